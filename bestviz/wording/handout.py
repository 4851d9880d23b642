"""The words of the hand-outs: for the patient at a reading age of 12, for the chart in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestviz.trial import COLUMNS, MEASURES, TREATMENTS, Measure, arm_name, treatments_of
from bestviz.wording.measures import amount_interval, category, input_label, meaningful
from bestviz.wording.notices import INTENDED_USE
from bestviz.wording.numbers import count_100, interval, listed, number, of_100, sentence
from bestviz.wording.options import best, equivalent, not_told_apart, option_name, option_title, ranked

TITLES = {
    "patient": "Your back pain: options to talk over",
    "chart": "Treatment options for chronic low-back pain: summary for the chart",
}

# What matters, as a patient would say it.
_WISHES = {
    "peg": "pain and what it keeps you from doing",
    "pain_intensity": "how strong the pain is",
    "pain_interference": "how much pain gets in the way",
    "physical_function": "what your body can do",
    "opioid_use": "doing without opioids",
    "depression": "low mood",
    "anxiety": "worry",
    "sleep_duration": "how long you sleep",
    "sleep_disturbance": "how well you sleep",
    "adverse_event": "few side effects",
    "stopping": "a treatment you can keep up",
}

_FEELS = {"excellent": "Very much better", "good": "Much better", "medium": "A little better", "poor": "Not better"}

SURE = (
    "Numbers in brackets are 95 % ranges: the true number most likely lies inside. A wide range means that we do not "
    "know well."
)
NOTES = "Your clinician has notes on where this may not fit you. Ask about them."
NATURAL = (
    "Some people get better whatever they do, and everybody in the study had a treatment. So look at how much more an "
    "option gives than enhanced self-care."
)
NATURAL_ALONE = "Some people get better whatever they do, and everybody in the study had a treatment."
USUAL = "Visits, home practice and side effects named here are the usual ones: ask how it is here."
NO_COMPARISON = "The trial had no untreated group, so every improvement includes what would have happened anyway."
NO_STEP = "The study cannot say what to do then. Talk it over with your clinician."
NOT_THIS = (
    "This sheet does not decide for you, and it is not a prescription. You and your clinician decide together.",
    "It shows what happened to people like you in a study. Nobody can know how it will go for you.",
    "The method has not yet been tested on people outside that study.",
)
DUL_SAFETY = (
    "Duloxetine: do not stop it all at once; ask how. Get help right away if you have thoughts of harming yourself."
)
QUESTIONS = (
    "How many visits would I have, and what would I pay?",
    "What can I do if I get side effects?",
    "Which option fits best into my days?",
    "What do we do if it does not help after 12 weeks?",
)
DUL_QUESTION = "Does duloxetine go with the other medicines I take?"
NOTHING_RANKED = (
    "No option could be ranked for you. That does not mean that nothing can help: talk it over with your clinician."
)
CLASS_UNKNOWN = "What comes next depends on how you feel now. Below is what ranks first for each answer."
INTENDED = INTENDED_USE


def wishes(weights: Mapping[str, float]) -> str:
    """What matters to the patient, most important first, as shares of 100."""
    order = sorted(weights, key=lambda code: -weights[code])
    if len(order) == 1:
        return f"Only this counts here: {_WISHES[order[0]]}."
    if len({round(100 * weights[code]) for code in order}) == 1:
        return f"These count the same: {listed(_WISHES[code] for code in order)}."
    parts = [f"{_WISHES[code]} {count_100(weights[code])}" for code in order]
    return f"Of 100 points of importance: {listed(parts)}."


def plain_headline(advice: Mapping[str, Any]) -> str:
    """The answer for the patient: which option ranks first, what we do not know; never a bare directive."""
    first = best(advice)
    if first is None:
        return NOTHING_RANKED
    others = len(ranked(advice)) - 1
    close, same = ([option_name(advice, arm) for arm in found(advice)] for found in (not_told_apart, equivalent))
    parts = [f"For people like you, {option_name(advice, first)} ranks first."]
    if not others:
        parts.append("It is the only option left.")
    if same:
        know = "is equivalent: we know that it does" if len(same) == 1 else "are equivalent: we know that they do"
        parts.append(f"{sentence(listed(same))} {know} about as well.")
    if close:
        rest = "The other options" if len(close) == others > 1 else sentence(listed(close))
        parts.append(f"{rest} cannot be told apart from it: we do not know which is better.")
    return " ".join(parts)


def feels(response: str) -> str:
    """A response class as a patient would say it: `Much better`."""
    return _FEELS[response]


def people_better(row: Mapping[str, Any]) -> str:
    """Of 100 people like the patient, how many have a clear gain; with its interval."""
    chance, ends = row["chance_of_meaningful_improvement"], row["chance_interval"]
    return f"{of_100(chance)} ({chance_ends(ends)})"


def chance_ends(ends: Any) -> str:
    """An interval of a chance in people of 100: `42 to 61`."""
    return " to ".join(count_100(end) for end in ends)


def gain(outcome: str, week: int) -> str:
    """What the blocks of 100 people show, for the patient."""
    measure = MEASURES[outcome]
    return (
        f"Filled marks: of 100 people like you, those whose PEG score in week {week} is better than at the start by "
        f"{meaningful(measure)} or more."
    )


PEG_PLAIN = "PEG is a score from 0 to 10 for pain and what it keeps you from doing. Lower is better."


def share_row(row: Mapping[str, Any] | None, what: str) -> str:
    """A share of people with its interval: `Side effects: 15 of 100 (8 to 22)`; empty without a row."""
    return "" if row is None else f"{what}: {of_100(row['change'])} ({chance_ends(row['change_interval'])})"


def involves(code: str) -> str:
    """What a treatment asks of the patient: visits, and what is done at home."""
    effort = TREATMENTS[code].effort
    return f"{sentence(effort.visits)}; {effort.home}."


def usual_harm(arm: str) -> str:
    """The commonest unwanted effects of an option."""
    codes = treatments_of(arm)
    if len(codes) == 1:
        return f"Most usual: {TREATMENTS[arm].effort.usual_harm}."
    each = "; ".join(f"{TREATMENTS[code].effort.usual_harm} ({TREATMENTS[code].name})" for code in codes)
    return f"Most usual: {each}."


def so_far(first: str, response: str | None, stopped: bool | None) -> str:
    """At week 12, what happened since the start."""
    text = f"Your first treatment was {arm_name(first)}." + (" You stopped it early." if stopped else "")
    return f"{text} How you feel after 12 weeks: {feels(response).lower()}." if response else text


def people(count: int) -> str:
    """`1 person`, `12 people`."""
    return "1 person" if count == 1 else f"{count} people"


def unknown_plain(count: int) -> str:
    """How many facts were not known, for the patient."""
    if not count:
        return ""
    return f"We did not know {'1 fact' if count == 1 else f'{count} facts'} about you. So we are less sure."


def source_plain(model: Mapping[str, Any]) -> str:
    """Where the numbers come from, for the patient."""
    if model["simulated"]:
        return f"The numbers come from {model['participants']} made-up people. They only show how this sheet works."
    return f"The numbers come from a study of {model['participants']} people with back pain."


def known_input(name: str, value: Any) -> str:
    """One known input with its value and unit: `Age 58 years`."""
    label = input_label(name)
    if isinstance(value, bool):
        return f"{label}: {'yes' if value else 'no'}"
    if isinstance(value, str):
        return f"{label}: {category(value)}"
    if name in MEASURES:
        measure = MEASURES[name]
        if measure.binary:
            return f"{label}: {'yes' if value else 'no'}"
        if name == "pgic":
            return f"{label} {value:g} (1 very much improved to 7 very much worse)"
        shown = number(float(value), measure.decimals)
        return f"{label} T-score {shown}" if measure.unit == "T-score" else f"{label} {shown} {measure.unit}"
    unit = COLUMNS[name].unit if name in COLUMNS else ""
    return f"{label} {value:g} {'' if unit == 'score' else unit}".rstrip()


def change_cell(row: Mapping[str, Any]) -> str:
    """Change since week 0 with its 95 % interval, in the measure's unit or people of 100: `−2.8 (−3.9 to −1.8)`."""
    measure = MEASURES[row["outcome"]]
    if measure.role == "burden":
        return f"{count_100(row['change'])} ({chance_ends(row['change_interval'])})"
    return f"{_value(measure, row['change'])} ({amount_interval(measure, row['change_interval'])})"


def difference_cell(row: Mapping[str, Any]) -> str:
    """Difference from enhanced self-care with its 95 % interval."""
    if row["arm"] == "ESC":
        return "is enhanced self-care"
    if row["difference_from_esc"] is None:
        return "not given"
    measure = MEASURES[row["outcome"]]
    return f"{_value(measure, row['difference_from_esc'])} ({amount_interval(measure, row['difference_interval'])})"


def chance_cell(row: Mapping[str, Any]) -> str:
    """Of 100 people, how many improve meaningfully, with the 95 % interval."""
    if row["chance_of_meaningful_improvement"] is None:
        return "–"
    return f"{count_100(row['chance_of_meaningful_improvement'])} ({chance_ends(row['chance_interval'])})"


def utility_cell(option: Mapping[str, Any]) -> str:
    """Benefit in meaningful changes with its 95 % interval."""
    return f"{number(option['utility'], 2)} ({interval(option['utility_interval'], 2)})"


def standing(advice: Mapping[str, Any], arm: str) -> str:
    """How an option stands to the first one."""
    if arm == best(advice):
        return "ranks first"
    if arm in equivalent(advice):
        return "equivalent to the first"
    return "cannot be told apart" if arm in not_told_apart(advice) else "behind the first"


def outcome_label(code: str) -> str:
    """Name of an outcome as a clinician reads it."""
    return MEASURES[code].short if code != "peg" else "PEG"


def gained(measure: Measure) -> str:
    """What counts as better: `better by 1 point or more`."""
    return measure.meaningful_source if measure.binary else f"better by {meaningful(measure)} or more"


def percent(share: float) -> str:
    """A share as percent, with a decimal where it has one: `12.5 %`."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def numbered(place: int, advice: Mapping[str, Any], arm: str) -> str:
    """An option with its rank: `1. Duloxetine`, at week 12 `1. Adding duloxetine`."""
    return f"{place}. {option_title(advice, arm)}"


def _value(measure: Measure, value: float) -> str:
    """A signed value without its unit, of a yes/no outcome in people of 100: a table says the unit once."""
    return number(100 * value, 0, signed=True) if measure.binary else number(value, measure.decimals, signed=True)
