"""Advice for hand-outs: small by hand, and as long as it can get. The numbers are made up."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest

from bestviz.reports.pdf import NoPdfError, pdf_library
from bestviz.trial import ARMS, BASELINE_MEASURES, INPUT_COLUMNS, MEASURES, SINGLE_ARMS, WEIGHTABLE

EXAMPLE = json.loads((Path(__file__).parents[1] / "figures" / "advice_example.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)
WEEKS = {0: (0, 6, 12, 18, 24, 36), 12: (12, 18, 24, 36)}
LONG = "a rather long sentence about what is unusual with this patient and what it means for the numbers shown here"


@pytest.fixture
def advice():
    return copy.deepcopy(EXAMPLE)


@pytest.fixture
def patient():
    return {"week": 0, "baseline": {"peg": 6.7, "age": 58}}


@pytest.fixture(scope="session")
def weasyprint():
    """For tests that make a PDF; skipped with the reason where that is not possible."""
    try:
        return pdf_library()
    except NoPdfError as fault:
        pytest.skip(str(fault))


def option(arm, place=0, **changes):
    numbers = {
        "arm": arm,
        "allowed": True,
        "reason": None,
        "utility": 1.55 - 0.2 * place,
        "utility_interval": [-1.1, 2.04],
        "probability_best": 0.4 - 0.1 * place,
        "near_equal": True,
        "equivalent": place == 1,
        "worth_participants": 61,
        "support": 201,
    }
    return numbers | changes


def refused(arm, reason):
    blank = {"utility": None, "utility_interval": None, "probability_best": 0.0, "worth_participants": None}
    return option(arm, allowed=False, reason=reason, near_equal=False, equivalent=False) | blank


def trajectories(arms, weeks):
    return [
        {
            "arm": arm,
            "outcome": "peg",
            "week": week,
            "mean": 6.7 - 0.05 * week,
            "mean_interval": [6.0 - 0.05 * week, 7.4 - 0.05 * week],
            "person_interval": [4.0 - 0.05 * week, 9.4 - 0.05 * week],
        }
        for arm in arms
        for week in weeks
    ]


def changes(arms, esc=True):
    rows = []
    for arm in arms:
        for code in ("peg", *WEIGHTABLE[1:]):
            burden = MEASURES[code].role == "burden"
            size = 0.12 if MEASURES[code].binary else -12.34
            rows += [
                {
                    "arm": arm,
                    "outcome": code,
                    "week": week,
                    "change": size,
                    "change_interval": [-0.12 if MEASURES[code].binary else -23.45, abs(size)],
                    "difference_from_esc": size if esc else None,
                    "difference_interval": [-abs(size), abs(size)] if esc else None,
                    "chance_of_meaningful_improvement": None if burden else 0.553,
                    "chance_interval": None if burden else [0.004, 0.997],
                    "reason": "not given" if burden else None,
                }
                for week in ((24,) if burden else (24, 36))
            ]
    return rows


def long_first(**given):
    """Advice at week 0 with everything there can be, at its longest."""
    first = "ACT"
    plan = [
        {
            "response": response,
            "probability": 0.25,
            "action": "augment",
            "arm": "ACT+EBEM",
            "reason": None,
            "better_otherwise": 0.456,
            "near_equal": ["EBEM", "DUL", "ESC+ACT", "ACT+EBEM", "ACT+DUL"],
        }
        for response in ("excellent", "good", "medium", "poor")
    ]
    return {
        "model": EXAMPLE["model"],
        "preferences": dict.fromkeys(WEIGHTABLE, 1 / len(WEIGHTABLE)),
        "horizon": "mean",
        "first": [option(arm, place) for place, arm in enumerate((first, "EBEM", "ESC", "DUL"))],
        "recommended_first": first,
        "near_equal": list(SINGLE_ARMS),
        "plan": plan,
        "trajectories": trajectories(SINGLE_ARMS, WEEKS[0]),
        "outcomes": changes(SINGLE_ARMS),
        "reasons": [{"feature": "age", "value": 1, "effect": 1, "interval": [0, 1], "text": LONG}] * 6,
        "unknown": [],
        "warnings": [f"{number}: {LONG}." for number in range(12)],
    } | given


def long_second(**given):
    """Advice at week 12 with five long options."""
    arms = ["ESC+EBEM", "ACT+EBEM", "EBEM+DUL", "ACT", "DUL"]
    others = [arm for arm in ARMS if arm not in arms]
    start = long_first()
    del start["first"], start["recommended_first"], start["plan"]
    return start | {
        "second": [option(arm, place / 2) for place, arm in enumerate(arms)]
        + [refused(arm, "not offered by the trial after exercise and manual therapy") for arm in others],
        "recommended_second": arms[0],
        "near_equal": arms,
        "response": "medium",
        "trajectories": trajectories(arms, WEEKS[12]),
        "outcomes": changes(arms, esc=False),
        **given,
    }


def everything(week=0):
    """A patient of whom all is known, with the longest values and reasons."""
    baseline = {"age": 81, "phq2": 6, "antidepressant": True, "peg": 10.0, "sex": "intersex", "opioid_use": True}
    numbers = {"bmi": 34.56, "widespread_areas": 7, "somatic": 6, "pcs6": 24, "gad2": 6, "expectation": 10}
    texts = {
        "education": "below_high_school",
        "employment": "not_working",
        "pain_duration": "6_to_12_months",
        "pain_frequency": "half_the_days",
        "radicular": "below_knee",
        "tobacco": "less_than_monthly",
        "back_surgery": True,
        "self_efficacy": 60,
    }
    known = {code: MEASURES[code].maximum for code in BASELINE_MEASURES if code != "opioid_use"}
    assert set(INPUT_COLUMNS) <= {*baseline, *numbers, *texts}
    patient = {"week": week, "baseline": known | baseline | numbers | texts, "horizon": "mean"}
    if week:
        interim = {code: MEASURES[code].maximum for code in BASELINE_MEASURES if code != "opioid_use"}
        patient |= {"first_arm": "EBEM", "interim": interim | {"pgic": 3}, "response_reason": "w" * 480}
        patient |= {"response": "medium", "stopped_first": True, "stopped_for_harm": True}
    return patient
