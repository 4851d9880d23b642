"""One repeat: the same line again, known answers, and what is said where nothing can be learned."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
import pytest

from bestviz.advice.options import Option, Utilities
from bestviz.advice.uncertainty import Calibration
from bestviz.errors import InputError
from bestviz.regime import TwoStageRegime
from bestviz.regime.judging.crossfit import refit
from bestviz.regime.judging.judge import Judge
from bestviz.regime.judging.people import judged_people
from bestviz.study.best_like import BestLike
from bestviz.study.coverage import coverage
from bestviz.study.measures import MEASURES
from bestviz.study.planning import Planning
from bestviz.study.repeat import known_regimes, known_values, one_repeat, regret
from bestviz.study.rules import Started, learn
from bestviz.study.said import Said
from bestviz.study.settings import Settings
from bestviz.study.values import JudgedRule
from bestviz.trial import MEASURES as TRIAL_MEASURES

SMALL = Settings("planning", 150, "additive", 20, people=6, draws=5, value_people=400)
FACTS = {"scenario", "n", "learner", "replicates", "seed"}


@pytest.fixture(scope="module")
def line():
    return one_repeat(Settings(**SMALL.to_dict() | {"values": True}), 3)


def test_the_same_repeat_gives_the_same_line_but_for_times(line):
    again = one_repeat(SMALL, 3)
    assert again["seed"] == 1003
    assert {key: value for key, value in again.items() if not key.endswith("_seconds")} == {
        key: line[key] for key in again if not key.endswith("_seconds")
    }
    assert one_repeat(SMALL, 4)["value"] != again["value"]


def test_every_measure_of_a_line_is_explained_and_fits_in_json(line):
    keys = {measured.key for measured in MEASURES}
    for key in line.keys() - FACTS:
        assert any(fnmatchcase(key, known) for known in keys), key
    assert {key.replace("*", "ESC") for key in keys} <= line.keys()
    assert json.loads(json.dumps(line, allow_nan=False)) == line


def test_pooled_measures_are_sums_over_cases(line):
    assert line["means_covered"][1] == line["means_width"][1] == 6 * 4
    assert line["differences_covered"][1] == 6 * 6
    assert line["set_size"][1] == line["top_true"][1] == 6
    assert line["person_covered"][1] == 6 * 4 * 5
    assert sum(row[2] for row in line["chances"]) == 6 * 4
    assert sum(row[0] for row in line["chances"]) == pytest.approx(6)
    assert sum(row[1] for row in line["chances"]) == pytest.approx(6)


def test_a_trial_that_cannot_be_learned_from_says_why():
    found = one_repeat(Settings("planning", 3, "additive", 20, value_people=100), 0)
    assert found.keys() == FACTS | {"unavailable"}
    assert found["unavailable"].endswith(".")


def test_what_is_asked_wrongly_is_refused():
    with pytest.raises(InputError, match="Unknown scenario 'best'; choose one of none, modest"):
        one_repeat(Settings("best", 100), 0)
    with pytest.raises(InputError, match="at least 20 are needed"):
        one_repeat(Settings("demo", 120, "additive", 5), 0)


def test_shares_of_the_gain_by_hand():
    """The best regime has all of the gain, the best plan none."""
    scenario, known = Planning(), known_values("planning", 400)
    tables = scenario.tables(100, 1)

    class Learned:
        rule = scenario.references().oracle

    Learned.tables = tables
    found = regret(scenario, Learned, 400)
    assert found["gain_share"] == found["random_share"] == found["oracle_share"] == 1
    assert found["loss_sd"] == pytest.approx((known.fixed - known.oracle) / tables.outcomes["y"].std())
    Learned.rule = scenario.references().fixed
    assert regret(scenario, Learned, 400)["gain_share"] == 0


# -- what is said against what is true, by hand -----------------------------------------------------------------------


def said_of(chances, near, estimates, arms=("ESC", "ACT", "DUL")):
    """A person with intervals of the means of one either side; arms with a chance of None are not allowed."""
    options = {
        arm: Option(arm, True, None, estimate, (estimate - 1, estimate + 1), chance, arm in near, False, 50, 50)
        for arm, chance, estimate in zip(arms, chances, estimates, strict=True)
        if chance is not None
    }
    # Replicates -1 and 1 around every estimate, together in all arms but the last: sd of a gap 0, or 2 sqrt 2.
    sign = np.array([1.0, 1.0, -1.0])[: len(arms)]
    full = np.array(estimates, dtype=float)
    drawn = np.stack([full, full - sign, full + sign], axis=1)[None]
    utilities = Utilities(arms, drawn, drawn, 1.0)
    return Said(utilities, options, np.array([-2.0, 2.0]), (-np.inf, np.inf), Calibration())


def test_means_and_differences_by_hand():
    one = said_of((0.6, 0.3, 0.1), ("ESC",), (2.0, 1.0, 0.0))
    found = coverage([one], np.array([[2.9, 2.1, 0.5]]))
    assert found["means_covered"] == [2, 3]  # 2.1 is outside 0 to 2
    assert found["means_width"] == [6, 3]
    # ESC and ACT move together, so their gap is said to be exactly 1 (it is 0.8); the others have wide intervals.
    assert found["differences_covered"] == [2, 3]
    width = 2 * 1.959964 * 2 * np.sqrt(2)
    assert found["differences_width"] == pytest.approx([2 * width, 3], abs=1e-5)


def test_chances_and_sets_by_hand():
    people = [
        said_of((0.6, 0.3, 0.1), ("ESC",), (2.0, 1.0, 0.0)),  # truly best: ACT
        said_of((1.0, 0.0, None), ("ESC", "ACT"), (2.0, 1.0, 0.0)),  # ESC and ACT equally good, DUL not allowed
        said_of((1.0, None, None), ("ESC",), (2.0, 1.0, 0.0)),  # nothing to choose
    ]
    found = coverage(people, np.array([[0.0, 1.0, 0.5], [1.0, 1.0, 9.0], [1.0, 2.0, 3.0]]))
    chances = {at: row for at, row in enumerate(found["chances"]) if row[2]}
    assert chances == {0: [0, 0.5, 1], 1: [0.1, 0, 1], 3: [0.3, 1, 1], 6: [0.6, 0, 1], 9: [1.0, 0.5, 1]}
    assert found["top_said"] == [1.6, 2]
    assert found["top_true"] == [0.5, 2]
    assert found["set_holds_best"] == [1, 2]
    assert found["set_size"] == [3, 2]


def test_an_interval_of_a_person_by_hand():
    """Without doubt about the mean: expected value and quantiles; never narrower than the mean's; inside the scale."""
    one = said_of((0.6, 0.3, 0.1), ("ESC",), (2.0, 1.0, 0.0))
    sd = np.sqrt(2)  # of -1 and 1
    half = np.hypot(2.0, 1.281552 * sd)
    assert one.person(0) == pytest.approx((2 - max(half, 1.959964 * sd), 2 + max(half, 1.959964 * sd)))
    cut = Said(one.utilities, one.options, np.array([-9.0, 9.0]), (-1.0, 3.0), one.calibration)
    assert cut.person(0) == (-1.0, 3.0)


# -- actual outcomes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", [Planning(), BestLike("demo")], ids=lambda each: each.name)
def test_actual_outcomes_vary_around_what_is_expected(scenario):
    people = scenario.people(1500, 5)
    rule = Started(scenario.references().fixed, "ACT") if scenario.name == "planning" else scenario.references().fixed
    drawn, expected = scenario.drawn(rule, people, 1), scenario.expected(rule, people)
    error = drawn - expected
    assert abs(error.mean()) < 3.5 * error.std() / np.sqrt(len(error))
    assert np.array_equal(drawn, scenario.drawn(rule, people, 1))
    assert not np.array_equal(drawn, scenario.drawn(rule, people, 2))


def test_actual_outcomes_of_the_planning_scenario_have_the_noise_of_both_periods():
    scenario = Planning()
    people = scenario.people(4000, 5)
    rule = scenario.references().oracle
    error = scenario.drawn(rule, people, 1) - scenario.expected(rule, people)
    assert error.std() == pytest.approx(np.sqrt(2), rel=0.04)


def test_actual_outcomes_like_best_stay_on_the_instrument():
    scenario = BestLike("demo")
    people = scenario.people(300, 5)
    drawn = scenario.drawn(scenario.references().fixed, people, 1)
    peg = people.baseline["peg"].to_numpy() - drawn * TRIAL_MEASURES["peg"].meaningful_change
    assert peg.min() >= -1e-9
    assert peg.max() <= 10 + 1e-9
    assert np.allclose(peg * 3, np.rint(peg * 3), atol=1e-3)  # recorded in thirds


# -- values -----------------------------------------------------------------------------------------------------------


def test_the_rule_of_a_fold_is_what_was_learned_without_it():
    scenario = Planning()
    t = scenario.tables(160, 2)
    people = judged_people(t.baseline, t.first, t.interim, t.second, t.outcomes, t.allowed_first, t.allowed_second,
                           group=t.interim["response"])  # fmt: skip
    judge = Judge.cross_fitted(people, refit(TwoStageRegime("additive"), aim={"y": 1.0}), folds=2, seed=4)
    part = judge.parts[0]
    others = np.setdiff1d(np.arange(160), part.rows)
    kept = {name: getattr(t, name).iloc[others] for name in ("baseline", "first", "interim", "second", "outcomes",
            "allowed_first", "allowed_second")}  # fmt: skip
    own = learn("additive", type(t)(**kept, target="y", halfway=t.halfway.iloc[others]), 0)
    new = scenario.people(200, 9)
    nothing = pd.DataFrame(False, index=new.baseline.index, columns=["ESC", "ACT", "EBEM", "DUL"])
    asked = {"allowed": new.allowed_first, "excluded": nothing}
    rule = JudgedRule(part, np.array([1.0]), None)
    assert (rule.decide_first(new.baseline, **asked) == own.decide_first(new.baseline, **asked)).all()
    assert scenario.expected(rule, new).mean() == pytest.approx(scenario.expected(own, new).mean(), abs=0.02)


def test_stated_errors_of_values_are_what_intervals_rest_on(line):
    for name in ("learned", "best_fixed_less_as_randomised"):
        held = abs(line[f"value_error_{name}"]) <= 1.96 * line[f"value_se_{name}"]
        assert line[f"value_covered_{name}"] == [float(held), 1]


def test_single_treatments_are_worth_what_the_simulator_says():
    scenario = BestLike("demo")
    found = known_regimes("demo", 300)
    for arm in ("ACT", "DUL"):
        assert found[f"single:{arm}"] == pytest.approx(scenario.truth.value(scenario.truth.single(arm), 300, 1).value)
