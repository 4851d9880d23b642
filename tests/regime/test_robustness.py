"""Odd but legitimate tables: answers for everybody, never an arm that is not allowed."""

import pickle
import warnings
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from bestviz.regime import TwoStageRegime
from bestviz.regime.engine import Engine
from bestviz.regime.tables import two_stage_data
from tests.regime.conftest import make_simple, make_study


def answers(regime, study):
    """Both decisions for the people of a study, checked to be allowed."""
    first = regime.decide_first(study.baseline, allowed=study.allowed_first)
    second = regime.decide_second(study.baseline, study.first, study.interim, allowed=study.allowed_second)
    for decided, allowed in ((first, study.allowed_first), (second, study.allowed_second)):
        assert decided.index.equals(study.baseline.index)
        assert decided.notna().all()
        if allowed is not None:
            assert all(allowed.loc[i, arm] for i, arm in decided.items())
    utilities = regime.utilities_first(study.baseline, allowed=study.allowed_first)
    expected = study.allowed_first.loc[utilities.index, utilities.columns] if study.allowed_first is not None else True
    assert (utilities.notna() == expected).all(axis=None)
    return first, second


def small(**changes):
    return make_study(n=120, seed=11).with_(**changes)


def fitted_answers(study, **settings):
    return answers(study.fit(**settings), study)


# -- what may be missing ---------------------------------


def test_interim_without_columns_or_not_given_is_the_same():
    study = small()
    none, empty = study.with_(interim=None), study.with_(interim=pd.DataFrame(index=study.baseline.index))
    for one, other in zip(fitted_answers(none), fitted_answers(empty), strict=True):
        assert one.equals(other)


def test_baseline_without_information():
    study = small()
    flat = study.with_(baseline=pd.DataFrame({"constant": 1.0}, index=study.baseline.index))
    first, _ = fitted_answers(flat)
    assert first[study.allowed_first["C"]].nunique() == 1
    fitted_answers(study.with_(baseline=pd.DataFrame(index=study.baseline.index)))


def test_everything_else_missing_but_arms_and_one_outcome():
    study = small()
    fitted_answers(
        study.with_(
            baseline=pd.DataFrame(None, index=study.baseline.index, columns=["x", "g"], dtype=object),
            interim=pd.DataFrame(np.nan, index=study.baseline.index, columns=["state"]),
            outcomes=study.outcomes[["y1"]],
        )
    )


def test_all_outcomes_missing_in_one_second_arm():
    study = small()
    for arm in ("A+B", "C"):
        lost = study.with_(outcomes=study.outcomes.mask(study.second == arm))
        fitted_answers(lost, replicates=2)


def test_all_outcomes_missing_after_one_first_arm_and_all_lost_in_one_first_arm():
    study = small()
    fitted_answers(study.with_(outcomes=study.outcomes.mask(study.first == "B")))
    gone = study.first == "B"
    fitted_answers(study.with_(second=study.second.mask(gone), interim=study.interim.mask(gone)))


def test_an_early_quantity_that_nobody_has():
    study = small()
    early = pd.DataFrame({"known": study.interim["state"], "unknown": np.nan}, index=study.baseline.index)
    engine = study.fit(early=early, replicates=2).engine_
    assert np.isfinite(np.stack(engine.completed.early)).all()


def test_missing_first_arms_teach_nothing_but_break_nothing():
    study = small()
    first = study.first.copy()
    first.iloc[:5] = None
    regime = study.with_(first=first).fit()
    assert not set(range(5)) & set(regime.engine_.people)


# -- small and lopsided ---------------------------------


def test_sixty_people():
    fitted_answers(make_study(n=60, seed=2), replicates=3)


def test_two_arms_and_nothing_else():
    study = make_simple(60, seed=1)
    fitted_answers(study)


def test_one_first_arm_only():
    study = small()
    study = study.with_(first=pd.Series("A", index=study.first.index), allowed_first=None, allowed_second=None)
    first, _ = fitted_answers(study)
    assert set(first) == {"A"}


def test_labels_of_one_stage_only():
    study = make_simple(100, seed=1)
    study = study.with_(second=study.second.map({"A": "P", "B": "Q"}))
    regime = study.fit()
    assert regime.first_arms_ == ("A", "B")
    assert regime.second_arms_ == ("P", "Q")
    assert regime.treatments_ == ("A", "B", "P", "Q")
    answers(regime, study)


def test_combinations_at_both_stages_and_only_combinations():
    study = make_simple(100, seed=1)
    fitted_answers(study.with_(first=study.first + "+C", second=study.second + "+C"))


def test_constant_outcomes_are_given_back():
    study = small()
    regime = study.with_(outcomes=study.outcomes.assign(y1=7.0, y2=7.0)).fit(replicates=2)
    assert regime.utilities_first(study.baseline).to_numpy() == pytest.approx(7.0, abs=1e-3)
    both = study.with_(outcomes=study.outcomes.assign(y1=7.0)).fit()
    assert both.utilities_first(study.baseline, {"y1": 1}).to_numpy() == pytest.approx(7.0, abs=1e-3)


@pytest.mark.parametrize("size", [1e-8, 1e8])
def test_the_unit_of_the_outcomes_does_not_matter(size):
    study = small()
    one = study.fit().utilities_first(study.baseline, {"y1": 1})
    other = study.with_(outcomes=study.outcomes * size).fit().utilities_first(study.baseline, {"y1": 1})
    pd.testing.assert_frame_equal(one * size, other, rtol=1e-4)


def test_constant_and_repeated_features_change_nothing_that_matters():
    study = small()
    more = study.baseline.assign(one=1.0, empty=np.nan, nearly=0.1 + 0.2 + np.arange(120) % 2 * 1e-17, same="s")
    pd.testing.assert_frame_equal(
        study.fit().utilities_first(study.baseline), study.with_(baseline=more).fit().utilities_first(more)
    )
    fitted_answers(study.with_(baseline=study.baseline.assign(again=study.baseline["x"], g2=study.baseline["g"])))


def test_many_names_in_one_column():
    study = small()
    names = study.baseline.assign(who=[f"n{i}" for i in range(120)])
    regime = study.with_(baseline=names).fit()
    assert regime.engine_.filler.baseline.width < 40
    answers(regime, study.with_(baseline=names))


# -- dtypes ---------------------------------

SAME = {
    "nullable": lambda t: t.convert_dtypes(),
    "pyarrow": lambda t: t.convert_dtypes(dtype_backend="pyarrow"),
    "objects": lambda t: t.astype(object).where(t.notna(), None),
    "categories": lambda t: t.astype({c: "category" for c in t.columns if t[c].dtype.kind not in "fib"}),
    "strings": lambda t: t.astype({c: "string" for c in t.columns if t[c].dtype.kind not in "fib"}),
}


@pytest.mark.parametrize("kind", SAME)
def test_the_dtype_of_a_column_does_not_matter(kind):
    study = small()
    study = study.with_(baseline=study.baseline.assign(flag=np.arange(120) % 3 == 0, count=np.arange(120) % 4))
    convert = SAME[kind]
    other = study.with_(
        baseline=convert(study.baseline),
        interim=convert(study.interim),
        outcomes=study.outcomes.convert_dtypes() if kind == "nullable" else study.outcomes,
        first=study.first.astype("category") if kind == "categories" else study.first,
        second=study.second.astype("category") if kind == "categories" else study.second.convert_dtypes(),
    )
    one, two = study.fit(), other.fit()
    expected = one.utilities_first(study.baseline, allowed=study.allowed_first)
    for regime, tables in ((two, other), (two, study), (one, other)):
        found = regime.utilities_first(tables.baseline, allowed=study.allowed_first)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-7, atol=1e-9)
        second = regime.utilities_second(tables.baseline, tables.first, tables.interim)
        pd.testing.assert_frame_equal(
            second, one.utilities_second(study.baseline, study.first, study.interim), rtol=1e-7, atol=1e-9
        )


def test_numbers_as_category_names_are_one_name_whatever_their_type():
    study = small()
    code = pd.Series(np.arange(120) % 3, index=study.baseline.index)
    regime = study.with_(baseline=study.baseline.assign(code=code.astype("category"))).fit()
    ints, floats = (study.baseline.assign(code=code.astype(t)) for t in (int, float))
    pd.testing.assert_frame_equal(regime.utilities_first(ints), regime.utilities_first(floats))


def test_columns_called_by_numbers():
    study = small()
    numbered = study.baseline.set_axis([0, 1, 2], axis=1)
    one, other = study.fit(), study.with_(baseline=numbered, outcomes=study.outcomes.set_axis([1, 2], axis=1)).fit()
    expected = one.utilities_first(study.baseline, {"y1": 1})
    pd.testing.assert_frame_equal(other.utilities_first(numbered, {1: 1}), expected)


# -- rows ---------------------------------


def test_rows_are_matched_by_index():
    study = small()
    shuffled = study.with_(
        first=study.first.sample(frac=1, random_state=1),
        interim=study.interim.sample(frac=1, random_state=2),
        second=study.second.sample(frac=1, random_state=3),
        outcomes=study.outcomes.sample(frac=1, random_state=4),
        allowed_first=study.allowed_first.sample(frac=1, random_state=5),
        allowed_second=study.allowed_second.sample(frac=1, random_state=6)[["A+B", "C", "B", "A"]],
    )
    for one, other in zip(fitted_answers(study), fitted_answers(shuffled), strict=True):
        assert one.equals(other)


def test_the_order_of_people_does_not_matter():
    study = small()
    order = np.random.default_rng(0).permutation(120)
    mixed = study.with_(**{k: t.iloc[order] for k, t in study.tables.items()})
    for ask in ("utilities_first",):
        one = getattr(study.fit(), ask)(study.baseline, allowed=study.allowed_first)
        other = getattr(mixed.fit(), ask)(study.baseline, allowed=study.allowed_first)
        pd.testing.assert_frame_equal(one, other, rtol=1e-6, atol=1e-8)


def test_integer_index_and_no_rows(plain):
    study = make_study(n=120, seed=5, gaps=False)
    numbers = study.with_(**{k: t.reset_index(drop=True) for k, t in study.tables.items()})
    assert list(fitted_answers(numbers)[0]) == list(plain.decide_first(study.baseline, allowed=study.allowed_first))
    none = study.baseline.iloc[:0]
    assert plain.decide_first(none).empty
    assert plain.decide_second(none, study.first.iloc[:0], study.interim.iloc[:0]).empty


def test_a_sample_with_repeats_can_be_asked_about(plain):
    study = make_study(n=120, seed=5, gaps=False)
    rows = [3, 3, 5]
    decided = plain.decide_second(study.baseline.iloc[rows], study.first.iloc[rows], study.interim.iloc[rows])
    assert decided.iloc[0] == decided.iloc[1]


# -- new people ---------------------------------


def test_categories_never_seen_count_as_not_known(plain):
    study = make_study(n=120, seed=5, gaps=False)
    with pytest.warns(UserWarning, match=r"Column g: zebra was not seen in training"):
        odd = plain.utilities_first(study.baseline.assign(g="zebra"))
    pd.testing.assert_frame_equal(odd, plain.utilities_first(study.baseline.drop(columns="g")))


def test_text_where_a_number_is_needed_counts_as_not_known(plain):
    study = make_study(n=120, seed=5, gaps=False)
    with pytest.warns(UserWarning, match=r"Column x: 'tall' is no number"):
        odd = plain.utilities_first(study.baseline.assign(x="tall"))
    pd.testing.assert_frame_equal(odd, plain.utilities_first(study.baseline.assign(x=np.nan)))


def test_nothing_known_of_a_new_person(plain):
    nobody = pd.DataFrame(index=["new"])
    assert plain.utilities_first(nobody).notna().all(axis=None)
    assert plain.decide_second(nobody, pd.Series(["B"], index=["new"]), None).notna().all()


def test_ten_thousand_people_within_two_seconds_even_with_weights_of_their_own(plain):
    from time import perf_counter

    rng = np.random.default_rng(0)
    many = pd.DataFrame({"x": rng.normal(size=10_000), "z": rng.normal(size=10_000), "g": "u"})
    own = pd.DataFrame(rng.dirichlet([1, 1], 10_000), columns=["y1", "y2"])
    start = perf_counter()
    plain.decide_first(many)
    plain.decide_second(many, pd.Series(["A"] * 10_000), None, own)
    assert perf_counter() - start < 2
    decided = plain.decide_first(many, own)
    some = rng.choice(10_000, 5)
    for i in some:
        assert plain.decide_first(many.loc[[i]], own.loc[i].to_dict()).iloc[0] == decided[i]


def test_weights_row_by_row_equal_the_same_weights_for_all(plain):
    study = make_study(n=120, seed=5, gaps=False)
    table = pd.DataFrame({"y1": [1.0, 0.0] * 60, "y2": [0.0, 2.0] * 60}, index=study.baseline.index)
    both = plain.utilities_first(study.baseline, table.sample(frac=1, random_state=0))
    ones, twos = (plain.utilities_first(study.baseline, {name: 1}) for name in ("y1", "y2"))
    assert both.iloc[::2].to_numpy() == pytest.approx(ones.iloc[::2].to_numpy())
    assert both.iloc[1::2].to_numpy() == pytest.approx(twos.iloc[1::2].to_numpy())
    ask = (study.baseline, study.first, study.interim)
    later = plain.utilities_second(*ask, table)
    assert later.iloc[::2].to_numpy() == pytest.approx(plain.utilities_second(*ask, {"y1": 1}).iloc[::2].to_numpy())


# -- allowed and excluded ---------------------------------


def test_never_an_arm_that_is_not_allowed_or_excluded(plain):
    study = make_study(n=120, seed=5, gaps=False)
    rng = np.random.default_rng(1)
    allowed = pd.DataFrame(rng.random((120, 4)) < 0.6, index=study.baseline.index, columns=list(plain.second_arms_))
    excluded = pd.DataFrame(rng.random((120, 3)) < 0.3, index=study.baseline.index, columns=list(plain.treatments_))
    open_arms = pd.DataFrame(
        {a: allowed[a] & ~excluded[a.split("+")].any(axis=1) for a in allowed}, index=allowed.index
    )
    rows = open_arms.any(axis=1)
    decided = plain.decide_second(
        study.baseline[rows], study.first[rows], study.interim[rows], allowed=allowed[rows], excluded=excluded[rows]
    )
    assert all(open_arms.loc[i, arm] for i, arm in decided.items())
    utilities = plain.utilities_second(
        study.baseline[rows], study.first[rows], study.interim[rows], allowed=allowed[rows], excluded=excluded[rows]
    )
    assert (utilities.notna() == open_arms.loc[rows, utilities.columns]).all(axis=None)
    rows = ~excluded.all(axis=1)
    decided = plain.decide_first(study.baseline[rows], excluded=excluded[rows])
    assert not any(excluded.loc[i, arm] for i, arm in decided.items())


def test_allowed_arms_never_seen_are_dropped_with_a_warning():
    study = small()
    more = study.allowed_first.assign(Z=True)
    with pytest.warns(UserWarning, match=r"Allowed first arm\(s\) Z never occur"):
        regime = study.with_(allowed_first=more).fit()
    assert regime.first_arms_ == ("A", "B", "C")
    with pytest.warns(UserWarning, match="Z never occurred in training and is left out"):
        assert "Z" not in set(regime.decide_first(study.baseline, allowed=more))


def test_nothing_is_learned_from_arms_that_were_not_allowed():
    study = make_study(n=120, seed=5, gaps=False)
    wrong = study.first.index[(study.first == "A").to_numpy()][:6]
    barred = study.allowed_first.copy()
    barred.loc[wrong, "A"] = False
    with pytest.warns(UserWarning, match="6 people were assigned a first arm that was not allowed"):
        one = study.with_(allowed_first=barred).fit()
    nonsense = study.outcomes.copy()
    nonsense.loc[wrong] = 1e6
    with pytest.warns(UserWarning, match="6 people"):
        other = study.with_(allowed_first=barred, outcomes=nonsense).fit()
    pd.testing.assert_frame_equal(one.utilities_first(study.baseline), other.utilities_first(study.baseline))
    wrong = study.second.index[(study.second == "A").to_numpy()][:6]
    barred = study.allowed_second.copy()
    barred.loc[wrong, "A"] = False
    nonsense = study.outcomes.copy()
    nonsense.loc[wrong] = 1e6
    with pytest.warns(UserWarning, match="6 people were assigned a second arm"):
        one, other = (study.with_(allowed_second=barred, outcomes=o).fit() for o in (study.outcomes, nonsense))
    ask = (study.baseline, study.first, study.interim)
    pd.testing.assert_frame_equal(one.utilities_second(*ask), other.utilities_second(*ask))


def test_an_arm_only_ever_given_against_the_rules_is_unknown():
    study = make_study(n=120, seed=5, gaps=False)
    with pytest.warns(UserWarning, match="not allowed"):
        regime = study.with_(allowed_first=study.allowed_first.drop(columns="C")).fit()
    assert regime.first_arms_ == ("A", "B")


def test_where_exclusions_leave_nothing_the_first_arm_is_continued(plain):
    study = make_study(n=120, seed=5, gaps=False)
    one, first = study.baseline.iloc[:1], pd.Series(["B"], index=study.baseline.index[:1])
    allowed = pd.DataFrame({"A": [True]}, index=one.index)
    barred = pd.DataFrame({"A": [True]}, index=one.index)
    with pytest.warns(UserWarning, match="continuing the first arm is assumed, an extrapolation"):
        decided = plain.decide_second(one, first, None, allowed=allowed, excluded=barred)
    assert list(decided) == ["B"]


def test_a_treatment_never_seen_may_be_excluded(plain):
    study = make_study(n=120, seed=5, gaps=False)
    odd = pd.DataFrame({"Z": True, "A": False}, index=study.baseline.index)
    with pytest.warns(UserWarning, match="excluded: Z never occurred in training"):
        decided = plain.decide_first(study.baseline, excluded=odd)
    assert decided.equals(plain.decide_first(study.baseline))


# -- an estimator as scikit-learn knows them ---------------------------------


def test_parameters_and_clones():
    regime = TwoStageRegime(replicates=2, random_state=4)
    assert clone(regime).get_params() == regime.get_params()
    assert set(regime.get_params()) == {"learner", "select", "share_stages", "replicates", "random_state"}
    assert regime.set_params(learner="additive").learner == "additive"
    with pytest.raises(NotFittedError):
        regime.decide_first(pd.DataFrame({"x": [1.0]}))


def test_fitting_again_forgets_what_was():
    study = small()
    regime = study.fit()
    before = regime.utilities_first(study.baseline)
    other = make_simple(60, seed=1)
    regime.fit(**other.tables)
    assert regime.outcomes_ == ("y",)
    pd.testing.assert_frame_equal(regime.fit(**study.tables).utilities_first(study.baseline), before)


def test_fitting_changes_no_table():
    study = small()
    copies = {k: t.copy() for k, t in study.tables.items()}
    study.fit(replicates=2)
    for name, table in study.tables.items():
        assert table.equals(copies[name])


def test_same_seed_same_answers_whatever_the_number_of_jobs(study, fitted, extras):
    with warnings.catch_warnings(), joblib.parallel_config(n_jobs=2):
        warnings.simplefilter("ignore")
        tuning = replace(fitted.engine_.tuning, second=None, first=None, halfway=None, early=None)
        again = Engine(two_stage_data(**study.tables, **extras), 12, 3, tuning)
    one, other = fitted.engine_, again
    assert np.array_equal(one.second.coefficients, other.second.coefficients)
    assert np.array_equal(one.first.inverse, other.first.inverse)
    weights = one.weigh(np.array([0.5, 0.5]))
    assert np.array_equal(one.first_rule(weights, ()).anew, other.first_rule(weights, ()).anew)


def test_another_seed_gives_other_replicates_and_the_same_answers(study, fitted, extras):
    if fitted.engine_.tuning.learner != "additive":
        pytest.skip("another seed grows other trees")
    other = study.fit(**extras, learner="additive", replicates=3, random_state=4)
    assert not np.allclose(other.engine_.second.coefficients[1], fitted.engine_.second.coefficients[1])
    pd.testing.assert_frame_equal(other.utilities_first(study.baseline), fitted.utilities_first(study.baseline))


def test_a_stored_regime_answers_exactly_the_same(study, fitted):
    regime = pickle.loads(pickle.dumps(fitted))
    pd.testing.assert_frame_equal(
        regime.utilities_first(study.baseline), fitted.utilities_first(study.baseline), check_exact=True
    )
    regime.engine_.round_replicates()
    again = pickle.loads(pickle.dumps(regime)).engine_
    engine, weights = regime.engine_, regime.engine_.weigh(np.array([0.2, 0.8]))
    one, other = engine.first_rule(weights, ("A",)), again.first_rule(weights, ("A",))
    for name in ("coefficients", "anew", "choice"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    rows = engine.first_rows(engine.filler.baseline.linear(study.baseline.iloc[:1]))[0]
    for a, b in zip(engine.first_outcomes(rows, one), again.first_outcomes(rows, other), strict=True):
        assert np.array_equal(a, b)
