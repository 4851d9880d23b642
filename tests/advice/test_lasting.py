"""Week 36 against week 24: means of the same people, two routes agree, shares only of clear gains."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.lasting import _kept, lasting, lasting_all, lasting_measures
from bestviz.advice.lasting_tables import lasting_table
from bestviz.advice.outcomes import weight_vector
from bestviz.advice.preferences import Preferences
from bestviz.advice.responders.cohort import Cohort
from bestviz.advice.uncertainty import Calibration
from bestviz.data.dataset import Trial
from bestviz.errors import InputError, PreferenceError


@pytest.fixture(scope="module")
def trial() -> Trial:
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.mark.parametrize(("measure", "sign"), [("peg", -1.0), ("physical_function", 3.6)])
def test_changes_are_means_over_people_who_may_have_every_arm(model, trial, measure, sign):
    found = lasting(model, trial, measure)
    cohort, engine = Cohort.of(model, trial), model.engine
    free = cohort.allowed.all(axis=1)
    assert found.people == free.sum()
    rows = engine.first_rows(cohort.encoded[free]).mean(axis=0)
    weights = engine.weigh(weight_vector({"peg": 1.0}, 24, model.weighable_columns))
    later, _, _ = engine.first_outcomes(rows, model.solve(weights, frozenset()).rule)
    start = cohort.levels[measure][free].mean()
    for arm, label in enumerate(engine.first_arms.labels):
        change = found.row(label).change
        at = [later[arm, 0, engine.outcome_names.index(f"{measure}_{week}")] * sign - start for week in (24, 36)]
        assert change.week_24.estimate == pytest.approx(at[0], abs=1e-8)
        assert change.week_36.estimate == pytest.approx(at[1], abs=1e-8)
        assert change.fading.estimate == pytest.approx(at[1] - at[0], abs=1e-8)
        assert change.fading.interval[0] <= change.fading.estimate <= change.fading.interval[1]


def test_intervals_come_from_the_replicates(model, trial):
    plain = replace(model, calibration=Calibration())
    found = lasting(plain, trial).row("ACT")
    cohort, engine = Cohort.of(plain, trial), plain.engine
    rows = engine.first_rows(cohort.encoded[cohort.allowed.all(axis=1)]).mean(axis=0)
    weights = engine.weigh(weight_vector({"peg": 1.0}, 24, plain.weighable_columns))
    later, _, _ = engine.first_outcomes(rows, plain.solve(weights, frozenset()).rule)
    at = [engine.outcome_names.index(name) for name in ("peg_24", "peg_36")]
    act, esc = (later[engine.first_arms.labels.index(arm)][1:, at] for arm in ("ACT", "ESC"))
    for course, values in ((found.change, act), (found.against_esc, act - esc)):
        for amount, replicates in zip(
            (course.week_24, course.week_36, course.fading), (*values.T, values[:, 1] - values[:, 0]), strict=True
        ):
            half = (amount.interval[1] - amount.interval[0]) / 2
            assert half == pytest.approx(1.959964 * replicates.std(ddof=1), abs=1e-8)


def test_the_regime_expects_most_where_it_looks(model, trial):
    for horizon in (24, 36):
        found = lasting(model, trial, horizon=horizon)
        changes = [getattr(row.change, f"week_{horizon}").estimate for row in found.rows]
        assert found.rows[-1].arm == "regime"
        assert min(changes) == changes[-1]
    assert found.row("ESC").against_esc is None
    with pytest.raises(KeyError, match="no row for 'TEA'"):
        found.row("TEA")


def test_how_often_horizons_disagree(model, trial):
    found = {each.horizons: each.differs for each in lasting(model, trial).horizons}
    cohort, peg = Cohort.of(model, trial), Preferences({"peg": 1.0})
    arms = {h: cohort.utilities(peg, h)[:, :, 0] for h in (24, 36, "mean")}
    best = {h: np.where(cohort.allowed, u, -np.inf).argmax(axis=1) for h, u in arms.items()}
    assert found.keys() == {(24, 36), (24, "mean"), (36, "mean")}
    for (one, other), differs in found.items():
        assert differs == pytest.approx(np.mean(best[one] != best[other]))


def test_a_share_needs_a_clear_gain():
    covariance = np.array([[0.04, 0.01], [0.01, 0.04]])
    kept = _kept(np.array([2.0, 1.5]), covariance, "not clear")
    assert kept.share == pytest.approx(0.75)
    # Fieller: where (1.5 - 2 r)^2 = z^2 (.04 - .02 r + .04 r^2).
    z = 1.959964**2
    ends = np.sort(np.roots([4 - 0.04 * z, -6 + 0.02 * z, 2.25 - 0.04 * z]))
    assert kept.interval == pytest.approx(ends, abs=1e-9)
    for gain in (0.39, 0.0, -2.0):
        assert _kept(np.array([gain, 1.0]), covariance, "not clear").reason == "not clear"
    assert _kept(np.array([0.4, 1.0]), covariance, "not clear").share == pytest.approx(2.5)
    certain = _kept(np.array([2.0, 1.0]), np.zeros((2, 2)), "not clear")
    assert certain.interval == pytest.approx((0.5, 0.5))


def test_where_there_is_no_clear_gain_it_says_why(model, trial):
    vague = replace(model, calibration=Calibration(means=1000.0, differences=1000.0))
    found = lasting(vague, trial)
    for row in found.rows:
        assert row.change.kept.share is None
        assert row.change.kept.reason.startswith("The change with ")
        assert "not clearly a gain" in row.change.kept.reason
        # An interval is never wider than the instrument.
        assert row.change.week_24.interval[1] - row.change.week_24.interval[0] <= 10 + 1e-9
        assert row.change.fading.interval[1] - row.change.fading.interval[0] <= 20 + 1e-9


def test_it_becomes_json(model, trial, odd):
    plain = json.loads(
        json.dumps(lasting(model, trial, "depression", {"peg": 1, "depression": 2}).to_dict(), allow_nan=False)
    )
    assert plain["measure"] == "depression"
    assert plain["rows"][0]["change"]["week_24"].keys() == {"estimate", "interval"}
    assert plain["horizons"][1]["horizons"] == [24, "mean"]
    assert any("natural course" in note for note in plain["notes"])


@pytest.mark.parametrize("measure", ["adverse_event", "pgic", "happiness"])
def test_measures_without_both_weeks(model, trial, measure):
    with pytest.raises(InputError, match=f"does not have '{measure}' at week 24 and at week 36.*choose one of peg"):
        lasting(model, trial, measure)


def test_other_wrong_questions(model, trial):
    with pytest.raises(InputError, match="horizon: 12 is not one of 24, 36, mean"):
        lasting(model, trial, horizon=12)
    with pytest.raises(PreferenceError, match="unknown outcome"):
        lasting(model, trial, preferences={"happiness": 1})


def test_data_that_end_at_week_24(trial):
    values = trial.assessments[(trial.assessments["week"] < 36) & trial.assessments["measure"].isin(["peg", "pgic"])]
    keep = ["age", "first_arm", "second_arm", "response"]
    short = replace(trial, participants=trial.participants[keep], assessments=values)
    model = bestviz.fit(short, replicates=20, learner="additive")
    with pytest.raises(InputError, match="these data hold no such measure"):
        lasting(model, short)


def test_all_measures_at_once_are_the_same_as_one_by_one(model, trial):
    found = lasting_all(model, trial, {"anxiety": 1, "peg": 3}, horizon=36)
    assert tuple(found) == lasting_measures(model)
    assert "adverse_event" not in found
    for measure in ("peg", "sleep_duration"):
        alone = lasting(model, trial, measure, {"anxiety": 1, "peg": 3}, horizon=36)
        # To all but the last digits: products are taken together.
        tables = (lasting_table({measure: each}) for each in (found[measure], alone))
        pd.testing.assert_frame_equal(*tables, rtol=1e-9)
        assert found[measure].people == alone.people
        assert found[measure].horizons == alone.horizons
