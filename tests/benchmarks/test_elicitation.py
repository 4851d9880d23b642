"""Simulated people who answer, and what is told of them."""

from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import curves, elicitation, elicitation_report
from benchmarks.answerers import CAREFUL, CARELESS, GROUPS, OUTCOMES, Manner, Person, profiles, weights_of
from bestviz.advice.elicitation import Gain, Question, StoppingRule

OPEN = Question(Gain("pain_intensity", 1), Gain("physical_function", 1))


def person(weights: list[float], manner: Manner, seed: int = 0) -> Person:
    return Person(OUTCOMES[3], np.array(weights), manner, np.random.default_rng(seed))


def test_without_noise_people_say_what_their_weights_are() -> None:
    exact = Manner(noise=1e-9, lapse=0.0)
    assert person([0.2, 0.7, 0.1], exact).order() == [["physical_function"], ["pain_intensity"], ["adverse_event"]]
    assert person([0.2, 0.7, 0.1], exact).answer(OPEN) == "b"
    assert person([0.7, 0.2, 0.1], exact).answer(OPEN) == "a"
    assert person([0.45, 0.46, 0.09], exact).answer(OPEN) == "equal"  # .03 is not felt


def test_careless_people_err_more_often_than_careful_ones() -> None:
    wrong = {
        manner: np.mean([person([0.6, 0.3, 0.1], manner, seed).answer(OPEN) != "a" for seed in range(400)])
        for manner in (CAREFUL, CARELESS)
    }
    assert wrong[CAREFUL] < 0.03
    assert 0.2 < wrong[CARELESS] < 0.45


@pytest.mark.parametrize("size", OUTCOMES)
@pytest.mark.parametrize("group", GROUPS)
def test_weights_are_on_the_simplex_and_arms_differ_by_the_range_at_most(size: int, group: str) -> None:
    rng = np.random.default_rng(0)
    assert weights_of(group, OUTCOMES[size], rng).sum() == pytest.approx(1)
    arms = profiles(OUTCOMES[size], rng)
    assert arms.shape == (4, size)
    assert np.ptp(arms, axis=0).max() <= 1.5


def test_the_same_person_whatever_the_manner() -> None:
    careful, careless = (elicitation.case(5, "few", manner, StoppingRule(), 7) for manner in (CAREFUL, CARELESS))
    assert np.array_equal(careful.arms, careless.arms)
    assert np.array_equal(careful.person.weights, careless.person.weights)


def test_curves_go_on_to_twelve_questions_and_come_down_to_nothing_lost() -> None:
    same, lost = elicitation.course(3, CAREFUL, "full", 3)
    assert len(same) == len(lost) == 13
    assert all((value == 0) == bool(hit) for hit, value in zip(same, lost, strict=True))
    assert lost[12] <= lost[0]


def test_lines_hold_every_ending_and_every_curve_and_become_a_section(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elicitation, "PEOPLE", {"quick": 2, "full": 3})
    monkeypatch.setattr(elicitation, "OUTCOMES", {3: OUTCOMES[3]})
    monkeypatch.setattr(elicitation, "Parallel", lambda n_jobs: lambda tasks: [f(*a, **k) for f, a, k in tasks])
    parts = dict(elicitation.measured("quick"))
    found = [line for lines in parts.values() for line in lines]
    assert [line["kind"] for line in found] == ["stopped"] * 3 + ["curve"] * 4
    text = "\n".join(elicitation_report.report(found))
    assert text.count("| 3 | careful | a ranking | 2 |") == 2
    assert text.count("| 3 | careless | nothing | 2 |") == 2
    missing = "curve 3 careless none"
    assert dict(elicitation.measured("quick", parts.keys() - {missing})) == {missing: parts[missing]}


def test_the_section_by_hand() -> None:
    ended = {
        "kind": "stopped", "outcomes": 9, "group": "few", "people": 300, "same_arm": 0.84, "same_arm_se": 0.021,
        "same_arm_equal_weights": 0.6, "gap_closed": 0.9, "lost": 0.0123, "covered": 0.74, "questions": 2.41,
    }  # fmt: skip
    row = "| 9 | one or two outcomes carry nearly everything | 300 | **84** (2) | 60 | 90 | 1.2 | 74 | 2.4 |"
    assert elicitation_report.endings([ended])[2] == row
    curve = {
        "kind": "curve", "outcomes": 5, "answers": "careless", "ranking": "full", "people": 60,
        "same_arm": [0.5 + 0.02 * at for at in range(13)], "same_arm_se": [0.064] * 13,
    }  # fmt: skip
    (row,) = elicitation_report.by_questions([curve], "same_arm", 100, 0)[2:]
    assert row.startswith("| 5 | careless | a ranking | 60 | 50 (6) | 52 (6) |")
    assert row.endswith("| 74 (6) |")
    assert list(elicitation_report.report([])) == []


def test_the_drawing_by_hand() -> None:
    curve = {"kind": "curve", "outcomes": 5, "answers": "careless", "ranking": "none", "same_arm": [0.4, *[1.0] * 12]}
    drawn = curves.drawing([curve, curve | {"outcomes": 3}, {"kind": "stopped"}])
    lines = ElementTree.fromstring(drawn).findall("{http://www.w3.org/2000/svg}polyline")
    assert [line.get("stroke-dasharray") for line in lines] == ["6 4", "6 4"]
    # 40 % is the foot of the panel, 100 % its top.
    bottom, top = (float(point.split(",")[1]) for point in lines[0].get("points", "").split()[:2])
    assert (bottom, top) == (curves.TOP + curves.DOWN, curves.TOP)
    assert "3 outcomes, careless answers, no ranking: from 40 to 100 %" in drawn
    assert curves.drawing([{"kind": "stopped"}]) == ""
