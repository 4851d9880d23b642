"""Cross-fitted and frozen values on small trials: what must add up, and what must not leak."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bestviz.errors import RegimeError
from bestviz.regime import TwoStageRegime
from bestviz.regime.engine import Engine
from bestviz.regime.judging.crossfit import History, folds_of, refit
from bestviz.regime.judging.judge import Judge
from bestviz.regime.judging.people import JudgedPeople, judged_people
from bestviz.regime.judging.plans import best_plan, piece_scores, pieces_of
from bestviz.regime.judging.regimes import regimes_of
from bestviz.regime.judging.scores import under
from bestviz.regime.tables import TwoStageData
from tests.regime.conftest import make_study

FIT = refit(TwoStageRegime(learner="additive"))
WEIGHTS = np.array([0.3, 0.7])


@pytest.fixture(scope="module")
def people(study: Any, extras: dict[str, pd.DataFrame]) -> JudgedPeople:
    """200 people, some lost before the second assignment, with classes."""
    group = study.interim["good"].map({"yes": "good", "no": "poor"})
    return judged_people(**study.tables, **extras, group=group)


@pytest.fixture(scope="module")
def judge(people: JudgedPeople) -> Judge:
    return Judge.cross_fitted(people, FIT, folds=3, seed=1)


@pytest.fixture(scope="module")
def history(study: Any) -> History:
    return History(
        study.first, study.second, study.interim["good"].map({"yes": "good", "no": "poor"}), study.allowed_first,
        study.allowed_second, study.allowed_second,
    )  # fmt: skip


def test_all_regimes_and_outcomes_have_finite_values(judge: Judge) -> None:
    found = judge.values()
    regimes = {each.regime for each in found.values}
    assert regimes == {
        "as_randomised", "single:A", "single:B", "single:C", "best_single", "best_fixed", "personalise_first_only",
        "learned",
    }  # fmt: skip
    assert {each.outcome for each in found.values} == {None, "y1", "y2", "good"}
    assert all(np.isfinite([each.value.value, each.value.se]).all() and each.value.se > 0 for each in found.values)
    assert sum(found.named["best_single"].values()) == pytest.approx(1)


def test_differences_are_differences(judge: Judge) -> None:
    found = judge.values({"y1": 1, "y2": 2})
    for outcome in (None, "y1", "good"):
        learned, fixed = found.value("learned", outcome), found.value("best_fixed", outcome)
        difference = learned.differences["best_fixed"]
        assert difference.value == pytest.approx(learned.value.value - fixed.value.value)
        assert abs(learned.value.se - fixed.value.se) <= difference.se <= learned.value.se + fixed.value.se
        assert fixed.differences["best_fixed"].value == fixed.differences["best_fixed"].se == 0.0


def test_a_single_treatment_is_the_same_as_the_best_one_where_that_was_chosen(judge: Judge) -> None:
    found = judge.values({"y1": 1})
    shares = found.named["best_single"]
    if len(shares) == 1:
        (arm,) = shares
        assert found.value("best_single").value == found.value(f"single:{arm}").value


def test_the_value_of_weighted_outcomes_is_the_weighted_value(judge: Judge) -> None:
    found = judge.values({"y1": 0.3, "y2": 0.7})
    for regime in ("as_randomised", "best_fixed", "learned"):
        parts = [found.value(regime, outcome).value.value for outcome in ("y1", "y2")]
        assert found.value(regime).value.value == pytest.approx(WEIGHTS @ parts)


def test_a_start_is_taken_off_the_weighted_outcome_alone(judge: Judge) -> None:
    start = pd.Series(np.linspace(0, 1, len(judge.people)), index=judge.people.index)
    plain, shifted = judge.values(), judge.values(start=start)
    assert shifted.value("learned").value.value == pytest.approx(plain.value("learned").value.value - start.mean())
    assert shifted.value("learned", "y1") == plain.value("learned", "y1")


def test_subgroups_make_up_everybody(judge: Judge) -> None:
    half = pd.Series(np.where(np.arange(len(judge.people)) % 3 == 0, "x", "y"), index=judge.people.index)
    found = judge.values(subgroups=half)
    sizes = {name: found.value("learned", None, name).people for name in ("x", "y")}
    mean = sum(found.value("learned", None, name).value.value * size for name, size in sizes.items())
    assert mean / sum(sizes.values()) == pytest.approx(found.value("learned").value.value)


def test_a_small_subgroup_is_left_out_and_told(judge: Judge) -> None:
    rare = pd.Series(["few"] * 9 + ["many"] * (len(judge.people) - 9), index=judge.people.index)
    found = judge.values(subgroups=rare)
    assert found.left_out == ("few",)
    assert "Subgroup few has fewer than 10 people and is left out." in found.notes()
    with pytest.raises(KeyError, match="No value of 'learned'"):
        found.value("learned", None, "few")


def test_pieces_sum_to_plans(judge: Judge) -> None:
    groups = judge.parts[0].groups
    pieces = pieces_of(judge.people, groups)
    for part in judge.parts[:2]:
        plan = best_plan(part, WEIGHTS)
        for first in range(3):
            whole = plan.starting(first)
            named = [(first, group, int(whole.second[first, group][0])) for group in range(len(groups))]
            used = [i for i, p in enumerate(pieces) if (p.first, p.group, p.second) in named]
            if len(used) < len(groups):
                continue
            expected = part.first_expected(whole.second_rule(part.training), part.cases.baseline)
            later = under(whole.second_rule(part.cases), part.second_scores)
            direct = under(whole.first_rule(part.cases.allowed_first), part.first_scores(expected, later)) @ WEIGHTS
            assert piece_scores(part, WEIGHTS, pieces)[:, used].sum(axis=1) == pytest.approx(direct)


def test_every_plan_is_listed_once_best_first(judge: Judge) -> None:
    plans = judge.plan_values({"y1": 1})
    keys = {(plan.first, *plan.second.items()) for plan in plans}
    # A and B: four second arms in each of two classes; C: without A+B three.
    assert len(plans) == len(keys) == 4**2 + 4**2 + 3**2
    values = [plan.value.value for plan in plans]
    assert values == sorted(values, reverse=True)
    assert set(plans[0].to_dict()) == {"first", "second", "estimate", "interval", "se"}


def test_too_many_plans_are_refused(study: Any) -> None:
    group = pd.Series([f"g{i % 12}" for i in range(200)], index=study.first.index)
    judge = Judge.cross_fitted(judged_people(**study.tables, group=group), FIT, folds=2)
    with pytest.raises(RegimeError, match="more than 5000 fixed plans"):
        judge.plan_values()


def test_nothing_leaks_from_the_people_judged(people: JudgedPeople, judge: Judge) -> None:
    """Other outcomes of the people of a fold change nothing that is done or expected in that fold."""
    rows = judge.parts[0].rows
    outcomes = people.data.outcomes.copy()
    outcomes.iloc[rows] = -outcomes.iloc[rows] * 5 + 7
    changed = replace(people, data=replace(people.data, outcomes=outcomes))
    before, after = judge.parts[0], Judge.cross_fitted(changed, FIT, folds=3, seed=1).parts[0]
    for one, other in zip(regimes_of(before, WEIGHTS), regimes_of(after, WEIGHTS), strict=True):
        assert (one.first == other.first).all()
        assert (one.second == other.second).all()
        assert one.named == other.named
    assert (before.cases.expected == after.cases.expected).all()
    assert (before.seen_second == after.seen_second).all()
    assert (before.second_scores != after.second_scores).any()


def test_the_best_of_many_equal_arms_is_not_flattered() -> None:
    """Of six arms that are all the same the best looks good in the people it was picked from, not in others."""
    picked, honest = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        n = 240
        first = pd.Series(rng.choice(list("ABCDEF"), n))
        study = {
            "baseline": pd.DataFrame({"x": rng.normal(size=n)}), "first": first, "interim": None,
            "second": pd.Series(rng.choice(list("AB"), n)), "outcomes": pd.DataFrame({"y": rng.normal(size=n)}),
        }  # fmt: skip
        found = Judge.cross_fitted(judged_people(**study), FIT, folds=4).values()
        gains = [found.value(f"single:{arm}").differences["as_randomised"].value for arm in "ABCDEF"]
        picked.append(max(gains))
        honest.append(found.value("best_single").differences["as_randomised"].value)
    assert np.mean(picked) > 0.1
    assert np.mean(honest) < 0.5 * np.mean(picked)


def test_value_as_randomised_without_dropout_is_near_the_mean() -> None:
    rng = np.random.default_rng(3)
    n = 300
    first, second = rng.choice(["A", "B"], (2, n), p=[0.7, 0.3])
    x = rng.normal(size=n)
    y = x + (first == "A") * (1 + x) + 0.5 * (second == "B") + rng.normal(size=n)
    study = {
        "baseline": pd.DataFrame({"x": x}), "first": pd.Series(first), "interim": None,
        "second": pd.Series(second), "outcomes": pd.DataFrame({"y": y}),
    }  # fmt: skip
    value = Judge.cross_fitted(judged_people(**study), FIT, folds=5).values().value("as_randomised").value
    assert value.value == pytest.approx(y.mean(), abs=0.03)
    assert value.se == pytest.approx(y.std() / np.sqrt(n), rel=0.15)


def test_a_rule_that_helps_is_seen_to_help() -> None:
    rng = np.random.default_rng(4)
    n = 600
    x = rng.normal(size=n)
    first, second = rng.choice(["A", "B"], (2, n))
    y = np.where(first == "A", x, -x) + np.where(second == "A", x, -x) + rng.normal(size=n)
    study = {
        "baseline": pd.DataFrame({"x": x}), "first": pd.Series(first), "interim": None,
        "second": pd.Series(second), "outcomes": pd.DataFrame({"y": y}),
    }  # fmt: skip
    gain = Judge.cross_fitted(judged_people(**study), FIT, folds=5).values().value("learned").differences["best_fixed"]
    # The best rule gains 2 E|x| = 1.596.
    assert gain.interval[0] < 2 * np.sqrt(2 / np.pi) < gain.interval[1] + 0.1
    assert gain.interval[0] > 1


def test_repeats_are_combined_and_the_same_seed_gives_the_same(people: JudgedPeople) -> None:
    done = []
    one, two = (
        Judge.cross_fitted(people, FIT, folds=2, repeats=2, seed=4, advance=lambda: done.append(1)) for _ in range(2)
    )
    assert len(done) == 8
    assert one.values().values == two.values().values
    assert len(one.parts) == 4
    assert (one.parts[0].rows != one.parts[2].rows).any()


def test_folds_hold_everybody_once_and_every_arm_evenly() -> None:
    first = np.repeat([0, 1, 2], [50, 31, 9])
    folds = folds_of(first, 5, 0)
    assert sorted(np.concatenate(folds)) == list(range(90))
    counts = np.array([np.bincount(first[fold], minlength=3) for fold in folds])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()
    assert {len(fold) for fold in folds} == {18}


@pytest.mark.parametrize("folds", [1, 91])
def test_folds_that_cannot_be(folds: int) -> None:
    with pytest.raises(RegimeError, match=f"at least 2 and at most the number of people \\(90\\), not {folds}"):
        folds_of(np.zeros(90, dtype=np.intp), folds, 0)


def test_what_cannot_be_learned_without_a_fold_is_told(people: JudgedPeople) -> None:
    def refuse(data: TwoStageData) -> Engine:
        raise RegimeError("Too little.")

    with pytest.raises(RegimeError, match=r"without one of the folds of people, so nothing is judged: Too little\."):
        Judge.cross_fitted(people, refuse, folds=2)


def test_unknown_weights_and_other_people_are_refused(judge: Judge) -> None:
    with pytest.raises(RegimeError, match="unknown outcome"):
        judge.values({"y3": 1})
    with pytest.raises(RegimeError, match="index of subgroups"):
        judge.values(subgroups=pd.Series(["a", "b"]))
    with pytest.raises(RegimeError, match="index of start"):
        judge.values(start=pd.Series([0.0]))
    with pytest.raises(RegimeError, match="a finite number for everybody"):
        judge.values(start=pd.Series(np.nan, index=judge.people.index))


def test_probabilities_that_are_known_are_used(study: Any) -> None:
    known = pd.Series(0.4, index=study.first.index)
    people = judged_people(**study.tables, first_probability=known)
    part = Judge.cross_fitted(people, FIT, folds=2).parts[0]
    rows = np.arange(len(part.rows))
    assert part.first_table[rows, part.people.first] == pytest.approx(0.4)
    assert part.first_table.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("bad", [0.0, 1.5, -0.1])
def test_impossible_probabilities_are_refused(study: Any, bad: float) -> None:
    with pytest.raises(RegimeError, match="probabilities must be above 0 and at most 1"):
        judged_people(**study.tables, second_probability=pd.Series(bad, index=study.first.index))


def test_classes_nobody_has_are_refused(study: Any) -> None:
    with pytest.raises(RegimeError, match="group is missing for everybody"):
        judged_people(**study.tables, group=pd.Series(None, index=study.first.index, dtype=object))


def test_people_without_a_class_count_as_not_seen(study: Any) -> None:
    group = study.interim["good"].where(np.arange(200) >= 20)
    people = judged_people(**study.tables, group=group)
    assert not people.seen[:20].any()
    assert (people.seen[20:] == group.notna().to_numpy()[20:]).all()


def test_people_with_nothing_to_decide_continue() -> None:
    """No second arm is allowed for them: continuing counts as assigned, and their outcomes are used."""
    rng = np.random.default_rng(6)
    n = 200
    first, second = rng.choice(["A", "B"], (2, n))
    may = pd.DataFrame(True, index=range(n), columns=["A", "B"])
    may.iloc[:20] = False
    study = {
        "baseline": pd.DataFrame({"x": rng.normal(size=n)}), "first": pd.Series(first), "interim": None,
        "second": pd.Series(second).mask(np.arange(n) < 20), "outcomes": pd.DataFrame({"y": rng.normal(size=n)}),
        "allowed_second": may,
    }  # fmt: skip
    people = judged_people(**study, group=pd.Series("all", index=range(n)))
    # Nothing at all is known of them after the first assignment here, so they do not count as seen.
    assert not people.seen[:20].any()
    assert (people.second[:20] == people.first[:20]).all()
    assert people.allowed_second[:20].sum() == 20
    interim = pd.DataFrame({"z": rng.normal(size=n)})
    people = judged_people(**(study | {"interim": interim}), group=pd.Series("all", index=range(n)))
    assert people.seen.all()
    part = Judge.cross_fitted(people, FIT, folds=2).parts[0]
    nothing = np.flatnonzero(part.rows < 20)
    assert (part.cases.as_randomised[nothing] == part.people.choosable[nothing]).all()
    for regime in regimes_of(part, np.ones(1)):
        assert (regime.second[nothing] == part.people.choosable[nothing]).all()


def test_a_frozen_engine_in_its_own_people_agrees_with_itself(
    study: Any, people: JudgedPeople, extras: dict[str, pd.DataFrame], history: History
) -> None:
    engine = study.fit(**extras, learner="additive").engine_
    judge = Judge.of_frozen(people, engine, history, folds=3, seed=1)
    assert judge.outcomes == ("y1", "y2")
    assert judge.early == ("good",)
    part = judge.parts[0]
    assert part.view.engine is engine
    found = judge.values()
    # The rules are the same whatever the fold.
    assert all(share == 1 for shares in found.named.values() for share in shares.values())


def test_in_the_people_it_was_learned_from_a_rule_looks_better_than_on_others() -> None:
    gains = []
    for seed in (1, 2, 3):
        study = make_study(n=200, seed=seed)
        people = judged_people(**study.tables)
        may = (study.allowed_first, study.allowed_second, study.allowed_second)
        history = History(study.first, study.second, study.interim["good"], *may)
        frozen = Judge.of_frozen(people, study.fit(learner="additive").engine_, history, folds=3, seed=1)
        both = frozen, Judge.cross_fitted(people, FIT, folds=3, seed=1)
        gains.append([each.values().value("learned").differences["as_randomised"].value for each in both])
    flattered, honest = np.mean(gains, axis=0)
    assert flattered > honest


def test_a_frozen_engine_in_people_with_other_arms_and_outcomes(study: Any, history: History) -> None:
    """An arm that the engine never saw is judged as a single treatment but chosen by none of its rules."""
    engine = study.fit().engine_
    other = make_study(n=150, seed=9)
    strange = other.first.where(other.first != "B", "D")
    allowed = other.allowed_first.rename(columns={"B": "D"})
    outcomes = other.outcomes[["y2"]].assign(y9=0.0)
    tables = other.with_(first=strange, allowed_first=allowed, outcomes=outcomes).tables
    group = other.interim["good"].map({"yes": "good", "no": "poor"})
    judge = Judge.of_frozen(judged_people(**tables, group=group), engine, history, folds=3)
    assert judge.outcomes == ("y2",)
    unseen = judge.people.data.first_arms.labels.index("D")
    for part in judge.parts:
        for regime in regimes_of(part, np.ones(1)):
            if regime.name in ("learned", "best_fixed", "personalise_first_only"):
                assert (regime.first[part.first_options.any(axis=1), unseen] == 0).all()
    assert np.isfinite(judge.values().value("single:D").value.value)


def test_nobody_is_warned_twice(people: JudgedPeople) -> None:
    """What a fold lacks is no news: all warnings were given for all people."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Judge.cross_fitted(people, FIT, folds=2)


def test_judging_some_outcomes_alone_gives_the_same_values(people: JudgedPeople, judge: Judge) -> None:
    alone = Judge.cross_fitted(people, FIT, folds=3, seed=1, only=["y1"])
    assert (alone.outcomes, alone.early) == (("y1",), ())
    whole = judge.values({"y1": 1})
    for regime in ("best_fixed", "learned"):
        assert alone.values().value(regime).value.value == pytest.approx(whole.value(regime, "y1").value.value)
