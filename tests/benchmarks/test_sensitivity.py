"""Faults do what they say and nothing else, and what they do to the advice is told by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import sensitivity, sensitivity_report
from benchmarks.clinic import Classed, Coded, Rescaled
from benchmarks.disturbances import AS_IT_IS, DISTURBANCES, Disturbance, with_changes
from bestviz.data.dataset import Trial
from bestviz.data.simulator import Truth, simulate_trial
from bestviz.study.best_like import BestLike
from bestviz.study.procedure import Procedure
from bestviz.trial import ARMS, DEFAULT_RESPONSE_RULE, MEASURES, RESPONSE_CLASSES, ResponseRule, allowed_first_table

FAULTS = {wrong.key: wrong for wrong in DISTURBANCES}


@pytest.fixture(scope="module")
def trial() -> Trial:
    return simulate_trial(600, seed=3)


def wronged(key: str, trial: Trial) -> Trial:
    return FAULTS[key].change(trial, np.random.default_rng(1))


def test_every_fault_leaves_the_trial_given_as_it_was_and_is_the_same_again(trial: Trial) -> None:
    before = simulate_trial(600, seed=3).digest
    for wrong in DISTURBANCES:
        first, again = (wrong.change(trial, np.random.default_rng(1)) for _ in range(2))
        assert len(first) == 600
        pd.testing.assert_frame_equal(first.participants, again.participants)
        pd.testing.assert_frame_equal(first.assessments, again.assessments)
    pd.testing.assert_frame_equal(trial.participants, simulate_trial(600, seed=3).participants)
    assert simulate_trial(600, seed=3).digest == before


def test_another_rule_moves_classes_one_way(trial: Trial) -> None:
    better = {name: -place for place, name in enumerate(RESPONSE_CLASSES)}
    usual = trial.response.map(better)
    strict, lenient = (wronged(key, trial).response.map(better) for key in ("rule_strict", "rule_lenient"))
    assert (strict.dropna() <= usual[strict.notna()]).all()
    assert (lenient.dropna() >= usual[lenient.notna()]).all()
    assert (strict != usual).mean() > 0.1
    assert (lenient != usual).mean() > 0.1


def test_meaningful_changes_are_those_that_were_asked_for() -> None:
    moved = with_changes({"peg": 1.5})
    assert moved["peg"].meaningful_change == 1.5 * MEASURES["peg"].meaningful_change
    assert moved["depression"] == MEASURES["depression"]


def test_worse_outcomes_are_missing_more_often(trial: Trial) -> None:
    late, left = trial.values("peg", 24), wronged("missing_if_worse", trial).values("peg", 24)
    gone = left.isna()[late.notna()]
    worst = late[late.notna()] > late.quantile(2 / 3)
    assert gone[worst].mean() == pytest.approx(0.40, abs=0.1)
    assert gone[~worst].mean() == pytest.approx(0.05, abs=0.04)
    assert left[left.notna()].equals(late[left.notna()])


def test_drop_out_is_thirty_percent_and_takes_all_that_follows(trial: Trial) -> None:
    changed = wronged("drop_out", trial)
    assert changed.values("peg", 24).isna().mean() == pytest.approx(0.30, abs=0.002)
    early = changed.values("peg", 12).isna() & trial.values("peg", 12).notna()
    assert early.sum() > 30
    people = changed.participants[early]
    assert people[["second_arm", "response", "stopped_first"]].isna().all(axis=None)
    assert changed.values("peg", 36)[early].isna().all()
    assert changed.values("peg", 6)[early].notna().any()


def test_sites_move_outcomes_alike_within_a_site_and_not_the_start(trial: Trial) -> None:
    changed = wronged("sites", trial)
    assert changed.values("peg", 0).equals(trial.values("peg", 0))
    moved = changed.values("peg", 24) - trial.values("peg", 24)
    inside = changed.values("peg", 24).between(0.01, 9.99)
    assert moved[inside].groupby(trial.participants["site"]).std().max() < 1e-9
    assert 0.2 < moved.groupby(trial.participants["site"]).mean().std() < 1.0
    assert changed.values("peg", 24).dropna().between(0, 10).all()
    assert changed.response.equals(trial.response)


def test_two_percent_of_arms_are_others_that_could_have_been(trial: Trial) -> None:
    changed = wronged("mislabelled", trial)
    before, after = trial.participants, changed.participants
    wrong = before["first_arm"] != after["first_arm"]
    assert wrong.sum() == pytest.approx(0.02 * 600, abs=1)
    allowed = allowed_first_table(before)
    assert all(allowed.loc[who, after.loc[who, "first_arm"]] for who in before.index[wrong])
    known = before["second_arm"].notna()
    assert (before["second_arm"] != after["second_arm"])[known].mean() == pytest.approx(0.02, abs=0.01)
    assert after["second_arm"][known].isin(ARMS).all()
    assert after["second_arm"][~known].isna().all()


class Noted:
    """A rule that notes the classes it is told."""

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return pd.Series(np.array(allowed.columns)[allowed.to_numpy().argmax(axis=1)], index=baseline.index)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, **known: pd.DataFrame
    ) -> pd.Series:
        self.told = interim["response"]
        return self.decide_first(baseline, **known)


def test_the_usual_rule_tells_the_classes_of_the_world_and_another_one_does_not() -> None:
    truth, scenario = Truth.for_strength("demo"), BestLike("demo")
    people = scenario.people(300, 1)
    plain, usual, strict = Noted(), Noted(), Noted()
    scenario.expected(plain, people)
    scenario.expected(Classed(usual, DEFAULT_RESPONSE_RULE), people)
    scenario.expected(Classed(strict, ResponseRule(0, 1, 2)), people)
    assert list(usual.told) == list(plain.told)
    assert list(strict.told) != list(plain.told)
    value = truth.value(Coded(plain), 300, 1).value
    assert value == pytest.approx(scenario.expected(plain, people).mean())


def test_a_start_in_other_units() -> None:
    peg = with_changes({"peg": 1.5})["peg"]
    procedure = Rescaled(None, None, Noted(), 1.0, np.ones(1), True, 0.0, peg)  # type: ignore[arg-type]
    assert isinstance(procedure, Procedure)
    assert procedure.start(pd.DataFrame({"peg": [6.0]})) == pytest.approx([-4.0])


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    asked = pytest.MonkeyPatch()
    asked.setattr(sensitivity, "TOLD", 6)
    asked.setattr(sensitivity, "DRAWS", 10)
    asked.setattr(sensitivity, "VALUED", 200)
    asked.setattr(sensitivity, "DISTURBANCES", (FAULTS["peg_larger"], NOBODY))
    found = sensitivity.one_trial(7000, 250, 20)
    asked.undo()
    return found


def _nobody(trial: Trial, rng: np.random.Generator) -> Trial:
    return Trial(trial.participants.assign(first_arm=pd.NA), trial.assessments, None, trial.info)


NOBODY = Disturbance("nobody", "nobody has an arm", _nobody)


def test_a_trial_with_faults_is_a_line_each(lines: list[dict[str, Any]]) -> None:
    usual, larger, nobody = lines
    assert (usual["wrong"], usual["changed"], usual["chance_moved"]) == (AS_IT_IS.key, 0, 0)
    assert "unavailable" in nobody
    # In other units nearly the same is learned, and told in the same units.
    assert larger["changed"] < 0.1
    assert larger["means_width"][0] == pytest.approx(usual["means_width"][0], rel=0.25)
    assert larger["value"] == pytest.approx(usual["value"], abs=0.1)


def judged(wrong: str, seed: int, value: float, covered: float = 19.0) -> dict[str, Any]:
    return {
        "wrong": wrong, "seed": seed, "n": 805, "replicates": 40, "changed": 0.1, "changed_typical": 0.2,
        "chance_moved": 0.05, "means_covered": [covered, 20], "means_width": [30.0 if wrong == "sites" else 20.0, 10],
        "differences_covered": [18.0, 20], "differences_width": [20.0, 10], "set_holds_best": [9.0, 10],
        "value": value, "value_typical": value,
    }  # fmt: skip


def test_trials_that_are_done_are_not_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "TRIALS", {"quick": 2, "full": 4})
    monkeypatch.setattr(sensitivity, "one_trial", lambda seed, n, replicates: [{"seed": seed}])
    monkeypatch.setattr(sensitivity, "Parallel", lambda **_: lambda tasks: (f(*a, **k) for f, a, k in tasks))
    quick = dict(sensitivity.measured("quick"))
    assert list(dict(sensitivity.measured("full"))) == [*quick, *dict(sensitivity.measured("full", quick))]
    assert [line["seed"] for lines in quick.values() for line in lines] == [int(seed) for seed in quick]


def table_of(lines: list[dict[str, Any]]) -> list[str]:
    return sensitivity_report.faults(sensitivity_report.pairs_of(lines), lines)[2:]


def test_what_an_investigator_takes_from_the_table() -> None:
    seeds = (1, 2, 3)
    usual = [judged("none", seed, 2.0) for seed in seeds]
    other = [judged("another", seed, 2.0) | {"changed": 0.4} for seed in seeds]
    fine = [judged("mislabelled", seed, 2.0) | {"set_holds_best": [10.0, 10]} for seed in seeds]
    lossy = [judged("sites", seed, 1.9 + 0.001 * seed, 17.0) | {"changed": 0.5} for seed in seeds]

    def said(*lines: dict[str, Any]) -> str:
        return " ".join(sensitivity_report.conclusions(sensitivity_report.pairs_of(lines)))

    assert said(*usual, *other, *fine) == (
        "Another trial would change the best first arm of 40 % of people. Nothing that was tried changes it as often. "
        "Intervals and sets hold the truth throughout. No value is lost beyond chance (PEG)."
    )
    sites = "sites differ by half a meaningful change (standard deviation)."
    assert said(*usual, *other, *fine, *lossy) == (
        f"Another trial would change the best first arm of 40 % of people. As many are changed by: {sites} "
        f"The truth is held too seldom with: {sites} With PEG alone value is lost beyond chance with: {sites}"
    )


def test_the_table_by_hand() -> None:
    lines = [
        judged("none", 1, 2.0),
        judged("none", 2, 2.0),
        judged("sites", 1, 1.9, 17.0),
        judged("sites", 2, 1.7, 17.0),
    ]
    failed = {"wrong": "drop_out", "seed": 1, "n": 805, "unavailable": "nobody"}
    usual, drop_out, sites = table_of([*lines, failed])
    assert usual.startswith(
        "| nothing | 10 (0) | 20 (0) | 5 (0) | 95.0 (0.0) | 100 (0) | 90.0 (0.0) | 100 (0) | **90.0**"
    )
    assert sites.split(" | ")[4:6] == ["**85.0** (0.0)", "150 (0)"]
    assert "20.0 (−107.1 to 147.1)" in sites
    assert drop_out.endswith("| – | 1 |")
    text = list(sensitivity_report.report([*lines, failed]))
    assert any(row.startswith("2 simulated trials of 805 people") for row in text)
    assert list(sensitivity_report.report([])) == []
