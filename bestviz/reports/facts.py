"""What the sheet and the text for the chart both say in words: inputs, refusals, preferences, notes, cautions."""

from __future__ import annotations

from dataclasses import dataclass

from bestviz import wording
from bestviz.advice.inputs import input_label
from bestviz.reports.view import View, shortened
from bestviz.trial import TREATMENTS, arm_name
from bestviz.trial.eligibility import CRITERIA
from bestviz.wording import handout as words
from bestviz.wording.case import tried_before


@dataclass(frozen=True)
class Facts:
    """Sentences and lists; what does not apply is empty."""

    headline: str
    known: str
    unknown: str
    refused: str
    preferences: str
    horizon: str
    stops: tuple[str, ...]
    warnings: tuple[str, ...]
    cautions: tuple[str, ...]
    reasons: tuple[str, ...]
    reasons_title: str


def facts_of(view: View) -> Facts:
    """The facts of one advice."""
    advice, options = view.advice, view.options
    first_two = [wording.option_name(advice, option["arm"]) for option in options[:2]]
    return Facts(
        headline=_headline(view),
        known=_known(view),
        unknown="; ".join(wording.inside(input_label(name)) for name in advice["unknown"]),
        refused="; ".join(
            f"{wording.listed(map(arm_name, arms))} ({reason})" for reason, arms in view.refused().items()
        ),
        preferences=_preferences(view),
        horizon=wording.horizon(advice["horizon"]),
        stops=_stops(view),
        warnings=tuple(shortened(text, 400) for text in advice["warnings"]),
        cautions=tuple(
            f"{TREATMENTS[code].title}: {caution.label}. {caution.advice}" for code, caution in view.cautions()
        ),
        reasons=tuple(shortened(reason["text"], 400) for reason in advice["reasons"]),
        reasons_title=f"Why {first_two[0]} before {first_two[1]}" if len(first_two) > 1 else "Reasons",
    )


def _stops(view: View) -> tuple[str, ...]:
    outside = [f"Not so: {CRITERIA[one].label}. {CRITERIA[one].action}" for one in view.exclusions]
    tried = tried_before(view.tried, [code for code in TREATMENTS if view.mentions(code)])
    return (*outside, *([tried] if tried else []))


def _headline(view: View) -> str:
    if view.by_response:
        return "The response at week 12 is not known: the answer is given for each class."
    return wording.headline(view.advice)


def _known(view: View) -> str:
    patient = view.patient
    items = [shortened(words.known_input(name, value)) for name, value in patient.baseline.items()]
    items += [f"{name} {value:g}" for name, value in patient.deep.items()]
    text = "; ".join(items) or "nothing"
    if view.week == 0:
        return text
    later = [
        f"first treatment {arm_name(patient.first_arm or '')}",
        *([f"response {view.advice['response']}"] if view.advice.get("response") else []),
        *([f"stopped early: {_yes(patient.stopped_first)}"] if patient.stopped_first is not None else []),
        *([f"for harm: {_yes(patient.stopped_for_harm)}"] if patient.stopped_for_harm is not None else []),
        *(shortened(words.known_input(name, value)) for name, value in patient.interim.items()),
    ]
    reason = f" (reason: {shortened(patient.response_reason)})" if patient.response_reason else ""
    return f"{text}. At week 12: {'; '.join(later)}{reason}"


def _yes(value: bool | None) -> str:
    return "yes" if value else "no"


def _preferences(view: View) -> str:
    weights = view.advice["preferences"]
    order = sorted(weights, key=lambda code: -weights[code])
    each = "; ".join(f"{wording.inside(words.outcome_label(code))} {words.percent(weights[code])}" for code in order)
    return f"{each} (importance of one meaningful change)"
