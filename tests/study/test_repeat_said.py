"""What a study judges is what the advice says, to the last digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bestviz.advice.uncertainty import Z_95
from bestviz.study.best_like import BestLike
from bestviz.study.procedure import Procedure, learned_from
from bestviz.study.said import Said, said_of
from bestviz.study.scenario import People
from bestviz.study.settings import Settings
from bestviz.trial import MEASURES, TREATMENTS

DEMO, PEOPLE, DRAWS = BestLike("demo"), 12, 2
PEG = MEASURES["peg"]


@pytest.fixture(scope="module")
def learned() -> Procedure:
    return learned_from(DEMO, Settings("demo", 300, "additive", 20), 7)


@pytest.fixture(scope="module")
def people() -> People:
    return DEMO.people(PEOPLE, 11, DRAWS)


@pytest.fixture(scope="module")
def said(learned, people) -> list[Said]:
    return said_of(learned, people)


def patient_of(raw: pd.Series, inputs: tuple[str, ...]) -> dict[str, object]:
    """One simulated person as a patient file."""
    known = {name: raw[name] for name in inputs if not name.startswith("contraindicated")}
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in known.items()}
    return {"baseline": plain, "contraindicated": [c for c in TREATMENTS if raw[f"contraindicated_{c.lower()}"]]}


@pytest.fixture(scope="module")
def advised(learned, people):
    raw = people.noise.baseline.iloc[::DRAWS]
    patients = [patient_of(row, learned.model.inputs) for _, row in raw.iterrows()]
    return patients, [learned.model.recommend(patient) for patient in patients]


def test_some_may_not_have_every_arm(said):
    assert {int(one.allowed.sum()) for one in said} >= {3, 4}


def test_utilities_intervals_and_chances_are_those_of_the_advice(said, advised):
    for one, advice in zip(said, advised[1], strict=True):
        shown = {option.arm: option for option in advice.options if option.allowed}
        assert one.options.keys() == shown.keys()
        for arm, option in shown.items():
            at = one.arms.index(arm)
            assert one.options[arm].utility == pytest.approx(option.utility, abs=1e-9)
            assert one.means[at] == pytest.approx(option.utility_interval, abs=1e-9)
            assert one.chances[at] == pytest.approx(option.probability_best, abs=1e-9)
        assert {one.arms[at] for at in np.flatnonzero(one.near_equal)} == set(advice.near_equal)


def test_differences_are_those_of_the_advice(learned, said, advised):
    patients, _ = advised
    for one, patient in zip(said[:4], patients[:4], strict=True):
        first, second = np.flatnonzero(one.allowed)[[-1, 0]]
        arms = one.arms[first], one.arms[second]
        shown = next(d for d in learned.model.differences(patient, None, arms) if (d.outcome, d.week) == ("peg", 24))
        low, high = one.differences(np.array([first]), np.array([second]))[0] * PEG.meaningful_change * PEG.sign
        assert sorted((low, high)) == pytest.approx(shown.interval, abs=1e-9)


def test_intervals_of_a_person_are_those_of_the_advice(said, people, advised):
    start = people.baseline["peg"].to_numpy()[::DRAWS]
    for one, peg, advice in zip(said, start, advised[1], strict=True):
        for point in advice.trajectories:
            if (point.outcome, point.week) == ("peg", 24) and point.arm in one.options:
                low, high = one.person(one.arms.index(point.arm))
                shown = [peg + PEG.sign * PEG.meaningful_change * end for end in (high, low)]
                assert shown == pytest.approx(point.person_interval, abs=1e-9)


def test_an_interval_of_a_person_is_never_narrower_than_that_of_the_mean(said):
    for one in said:
        for at in np.flatnonzero(one.allowed):
            mean, sd = one.utilities.drawn[0, at, 0], (one.means[at, 1] - one.means[at, 0]) / (2 * Z_95)
            low, high = one.person(int(at))
            assert low <= max(mean - Z_95 * sd, one.ends[0]) + 1e-9
            assert high >= min(mean + Z_95 * sd, one.ends[1]) - 1e-9


def test_the_rule_that_is_valued_is_the_one_that_is_advised(learned, people, advised):
    excluded = pd.DataFrame(False, index=people.baseline.index, columns=list(TREATMENTS))
    for code in TREATMENTS:
        excluded[code] = people.baseline[f"contraindicated_{code.lower()}"] > 0
    chosen = learned.rule.decide_first(people.baseline, allowed=people.allowed_first, excluded=excluded)
    assert list(chosen[::DRAWS]) == [advice.recommended for advice in advised[1]]
