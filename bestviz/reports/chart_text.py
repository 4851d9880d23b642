"""The advice as plain text, to be copied into a patient's chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bestviz import wording
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.reports.facts import Facts, facts_of
from bestviz.reports.view import View, view_of
from bestviz.trial import MEASURES, arm_name
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import handout as words

_MOST = 5  # notes and cautions written out


def chart_text(
    advice: Mapping[str, Any],
    patient: Patient | Mapping[str, Any],
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    exclusions: Sequence[str] = (),
    tried: Mapping[str, str] | None = None,
    today: date | None = None,
) -> str:
    """The advice in at most about 45 lines; the first says so where the data are simulated.

    Parameters and errors are those of `bestviz.reports.handout.make_handout`.
    """
    view = view_of(advice, patient, preferences, exclusions=exclusions, tried=tried, today=today)
    facts = facts_of(view)
    parts = [
        [f"{wording.SIMULATED}."] if view.simulated else [],
        [f"Treatment options for chronic low-back pain, week {view.week}, {view.date}", facts.headline],
        _inputs(facts),
        _options(view),
        _answers(view),
        _plan(view),
        _outcomes(view),
        _notes("Keep in mind", [*facts.stops, *facts.warnings]),
        _notes("Ask and check", facts.cautions),
        [wording.TOLD_APART, _source(view)],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _inputs(facts: Facts) -> Iterable[str]:
    rows = (
        ("Known", facts.known),
        ("Not known", facts.unknown),
        ("Not possible", facts.refused),
        ("What matters", facts.preferences),
        ("Benefit counts", facts.horizon),
    )
    return [f"{label}: {text}." for label, text in rows if text]


def _options(view: View) -> Iterable[str]:
    if view.options:
        yield "OPTIONS (benefit in meaningful changes, 95 % interval)"
    for place, option in enumerate(view.options, 1):
        yield (
            f"{words.numbered(place, view.advice, option['arm'])}: {words.utility_cell(option)}, best in "
            f"{wording.of_100(option['probability_best'])}; {words.standing(view.advice, option['arm'])}"
        )


def _answers(view: View) -> Iterable[str]:
    for answer in view.by_response:
        best = answer["recommended_second"]
        others = [arm_name(arm) for arm in answer["near_equal"] if arm != best]
        tail = f"; cannot be told apart: {wording.listed(others)}" if others else ""
        yield f"If {answer['response']}: {arm_name(best) if best else 'nothing can be recommended'}{tail}"


def _plan(view: View) -> Iterable[str]:
    if view.plan:
        best = view.best or ""
        yield f"PLAN after {arm_name(best)}, by response at week 12"
        for row in view.plan:
            step = wording.step(best, row["action"], row["arm"])
            reason = f" ({row['reason']})" if row["reason"] else ""
            yield f"{row['response']}, {wording.of_100(row['probability'])}: {step}{reason}"


def _outcomes(view: View) -> Iterable[str]:
    best, week = view.best, view.horizon_week
    codes = view.outcomes(best) if best else []
    if best and codes:
        yield f"EXPECTED with {wording.option_name(view.advice, best)}, change since week 0 (95 % interval)"
    for code in codes:
        row = view.row(best or "", code, PRIMARY_WEEK if MEASURES[code].role == "burden" else week)
        if row:
            yield _outcome(row)
    if codes:
        yield wording.NATURAL_COURSE if view.has_difference else words.NO_COMPARISON


def _outcome(row: Mapping[str, Any]) -> str:
    measure = MEASURES[row["outcome"]]
    unit = "of 100 people" if measure.binary else wording.unit(measure)
    text = f"{measure.short}, week {row['week']}: {words.change_cell(row)} {unit}"
    if measure.role != "burden":
        text += f", {wording.better(measure)}"
    if row["difference_from_esc"] is not None and row["arm"] != "ESC":
        text += f"; against enhanced self-care {words.difference_cell(row)}"
    if row["chance_of_meaningful_improvement"] is not None:
        text += f"; {words.gained(measure)}: {words.people_better(row)}"
    return text


def _notes(title: str, items: Sequence[str]) -> Iterable[str]:
    if items:
        yield f"{title.upper()}"
    yield from (f"- {item}" for item in items[:_MOST])
    if len(items) > _MOST:
        yield f"- and {len(items) - _MOST} more: see the page in BestViz"


def _source(view: View) -> str:
    model = view.advice["model"]
    people = "simulated participants" if model["simulated"] else "participants"
    return (
        f"Model {model['name']}, BestViz {model['version']}, digest {model['digest'][:16]}, {model['participants']} "
        f"{people} ({model['trained_on']}). It ranks options and does not decide."
    )
