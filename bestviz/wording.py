"""The words a clinician reads, in one module: the same on every page, in every figure and in every export.

"Cannot be told apart" (the data do not show which is better) and "equivalent" (we know that they are close) are
different words and never mixed. Everything here is plain text: whoever puts it into HTML or Markdown escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bestviz.trial import COLUMNS, MEASURES, TREATMENTS, Measure, arm_name, arm_title, treatments_of
from bestviz.trial.measures import BURDEN_MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK

SIMULATED = "Simulated data: not for treatment decisions"
NATURAL_COURSE = (
    "The trial had no untreated group, so every improvement includes what would have happened anyway; "
    "the difference from enhanced self-care does not."
)
REASONS = "Largest first. Inputs go together, so do not read much into a single one."
OUR_FAULT = (
    "This part of the page failed. The fault is in BestViz, not in what you entered, and nothing entered is lost: "
    "save the case file before you reload the page. The details are in the server's log."
)
NOT_KNOWN = "not known"
INTENDED_USE = (
    "BestViz helps a clinician and a patient to think through treatments for chronic low-back pain, with what a model "
    "learned from a trial. It ranks options and says how sure it is. It does not decide, diagnose or prescribe, and it "
    "has not been tested on patients outside the data it was fitted on."
)
UNCLEAR = "could be better or worse"
TOLD_APART = "Cannot be told apart: the data do not show which is better. Equivalent: we know that they are close."


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def count_100(chance: float) -> str:
    """A chance as a count of 100, for example `52`; never 0 or 100 where it is not exactly that."""
    if 0 < chance < 0.005:
        return "fewer than 1"
    if 0.995 < chance < 1:
        return "more than 99"
    return f"{100 * chance:.0f}"


def of_100(chance: float) -> str:
    """A chance in words, for example `52 of 100`."""
    return f"{count_100(chance)} of 100"


def number(value: float, decimals: int = 1, signed: bool = False) -> str:
    """A number with a true minus sign; with `signed` also a plus."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("−" if value < 0 else "+" if signed else "") + text


def interval(ends: Sequence[float], decimals: int = 1, signed: bool = False) -> str:
    """`−2.6 to −1.5`."""
    low, high = ends
    return f"{number(low, decimals, signed)} to {number(high, decimals, signed)}"


def horizon(value: int | str) -> str:
    """When the answer looks: `by week 24`, or the mean of both weeks."""
    return "on average over weeks 24 and 36" if value == "mean" else f"by week {value}"


def better(measure: Measure) -> str:
    """Which direction is better, in words."""
    return f"{measure.better} is better"


def unit(measure: Measure, count: float = 2) -> str:
    """The unit as it stands after a number: `points`, `T-score points`, `hours`, `of 100`."""
    if measure.binary:
        return "of 100"
    word = {"T-score": "T-score points", "category": "categories"}.get(measure.unit, measure.unit)
    return word.removesuffix("s") if count == 1 and not word.endswith("ies") else word


def scale(measure: Measure) -> str:
    """Unit, range and direction: `points 0 to 10, lower is better`."""
    if measure.binary:
        return "yes or no, no is better" if measure.better == "lower" else "yes or no, yes is better"
    kind = "T-score" if measure.unit == "T-score" else measure.unit
    return f"{kind} {measure.minimum:g} to {measure.maximum:g}, {better(measure)}"


def amount(measure: Measure, value: float, signed: bool = True) -> str:
    """A change with its unit, for example `−2.3 points`; of a yes/no outcome, people of 100."""
    if measure.binary:
        return f"{number(100 * value, 0, signed)} of 100"
    return f"{number(value, measure.decimals, signed)} {unit(measure)}"


def amount_interval(measure: Measure, ends: Sequence[float]) -> str:
    """An interval of a change without its unit, for example `−2.8 to −1.9`."""
    factor, decimals = (100, 0) if measure.binary else (1, measure.decimals)
    return interval([factor * end for end in ends], decimals, signed=True)


def meaningful(measure: Measure) -> str:
    """The meaningful change with its unit, for example `1 point` or `3.5 T-score points`."""
    return f"{measure.meaningful_change:g} {unit(measure, measure.meaningful_change)}"


def norm_hint(measure: Measure, value: float | None) -> str:
    """Where a value stands against the population, for example `1.3 SD worse than the population average`."""
    if measure.norm_mean is None or not measure.norm_sd:
        return f"usual: {measure.norm}" if measure.norm else ""
    if value is None:
        return f"population average {measure.norm_mean:g}"
    distance = (value - measure.norm_mean) / measure.norm_sd
    if abs(distance) < 0.05:
        return "at the population average"
    direction = "better" if distance * measure.sign > 0 else "worse"
    return f"{abs(distance):.1f} SD {direction} than average"


def input_label(name: str) -> str:
    """Name of a model input as a clinician reads it; an unknown one by its own name."""
    if name in MEASURES:
        return {"peg": "PEG", "opioid_use": "Takes opioids daily"}.get(name, MEASURES[name].short)
    return COLUMNS[name].label if name in COLUMNS else sentence(name.replace("_", " "))


def category(value: str) -> str:
    """A category as it is read: `below_high_school` becomes `below high school`."""
    return value.replace("_", " ")


def arm_first(arm: str) -> str:
    """A plan by its first arm: `Duloxetine first`."""
    return f"{arm_title(arm)} first"


def step(first: str, action: str, arm: str | None) -> str:
    """What to do after week 12, for example `Add duloxetine`."""
    if arm is None:
        return "No second step can be advised"
    added = [TREATMENTS[code].name for code in treatments_of(arm) if code not in treatments_of(first)]
    if action == "continue":
        return f"Continue {arm_name(first)}"
    if action == "augment":
        return f"Keep {arm_name(first)}, add {listed(added)}"
    return f"Switch to {arm_name(arm)}"


def ranked(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Allowed options, best first."""
    return [option for option in advice["first"] if option["allowed"] and option["utility"] is not None]


def not_told_apart(advice: Mapping[str, Any]) -> list[str]:
    """Arms that cannot be told apart from the best one, without those known to be equivalent and without the best."""
    best = advice["recommended_first"]
    return [
        option["arm"]
        for option in ranked(advice)
        if option["arm"] != best and option["near_equal"] and not option["equivalent"]
    ]


def equivalent(advice: Mapping[str, Any]) -> list[str]:
    """Arms known to be equivalent to the best one, without the best."""
    best = advice["recommended_first"]
    return [option["arm"] for option in ranked(advice) if option["arm"] != best and option["equivalent"]]


def headline(advice: Mapping[str, Any]) -> str:
    """The answer in one sentence; never a bare directive."""
    best = advice["recommended_first"]
    if best is None:
        return "No option can be ranked for this patient."
    close, same = not_told_apart(advice), equivalent(advice)
    others = len(ranked(advice)) - 1
    parts = [f"{arm_title(best)} ranks first"]
    if others > 2 and len(close) == others:
        return f"{parts[0]}, but none of the other options can be told apart from it."
    if others > 2 and len(same) == others:
        return f"{parts[0]}, but all other options are equivalent to it."
    if same:
        parts.append(f"{listed(map(arm_name, same))} {'is' if len(same) == 1 else 'are'} equivalent to it")
    if close:
        parts.append(f"{listed(map(arm_name, close))} cannot be told apart from it")
    if len(parts) > 1:
        return f"{parts[0]}, but {' and '.join(parts[1:])}."
    if not others:
        return f"{parts[0]}: it is the only option left."
    return f"{parts[0]}, ahead of the other {'options' if others > 1 else 'option'}."


def chances(advice: Mapping[str, Any]) -> str:
    """The chance of being best of each option, in words."""
    options = ranked(advice)
    if not options:
        return ""
    each = listed(f"{arm_name(option['arm'])} {count_100(option['probability_best'])}" for option in options)
    return f"Chance of being the best first step, of 100: {each}."


def outcome_row(advice: Mapping[str, Any], arm: str, outcome: str, week: int) -> Mapping[str, Any] | None:
    """The row of the outcome table for one arm, outcome and week; None where there is none."""
    wanted = (arm, outcome, week)
    return next((row for row in advice["outcomes"] if (row["arm"], row["outcome"], row["week"]) == wanted), None)


def expected(advice: Mapping[str, Any], outcome: str = "peg", week: int = 24) -> str:
    """What to expect of the option that ranks first, beside enhanced self-care."""
    best = advice["recommended_first"]
    row = outcome_row(advice, best, outcome, week) if best else None
    if row is None:
        return ""
    measure = MEASURES[outcome]
    change, ends = amount(measure, row["change"]), amount_interval(measure, row["change_interval"])
    text = f"With it, {input_label(outcome)} is expected to change by {change} by week {week} (95 % interval {ends})"
    if row["difference_from_esc"] is not None and best != "ESC":
        text += f"; {_against_esc(measure, row)}"
    return f"{text}. {_people(advice, row, measure)}".strip()


def _against_esc(measure: Measure, row: Mapping[str, Any]) -> str:
    gap, ends = row["difference_from_esc"], row["difference_interval"]
    side = clarity(measure, ends)
    if side == UNCLEAR:
        return (
            f"against enhanced self-care that is {amount(measure, gap)} ({amount_interval(measure, ends)}), "
            f"which {side}"
        )
    low, high = sorted(abs(end) for end in ends)
    return (
        f"that is {amount(measure, abs(gap), signed=False)} ({amount_interval(measure, (low, high)).replace('+', '')}) "
        f"{side} than with enhanced self-care"
    )


def burden(advice: Mapping[str, Any]) -> str:
    """Side effects and stopping with the option that ranks first, beside enhanced self-care; empty where not known."""
    best = advice["recommended_first"]
    parts = []
    for outcome in BURDEN_MEASURES:
        row = outcome_row(advice, best, outcome, PRIMARY_WEEK) if best else None
        if row is None:
            continue
        text = f"{_BURDEN_WORDS[outcome]} {of_100(row['change'])}"
        other = outcome_row(advice, "ESC", outcome, PRIMARY_WEEK)
        if best != "ESC" and other:
            text += f" (enhanced self-care {count_100(other['change'])})"
        parts.append(text)
    return f"Harm and burden by week {PRIMARY_WEEK}: {listed(parts)}." if parts else ""


_BURDEN_WORDS = {"adverse_event": "side effects in", "stopping": "stopping a treatment early in"}


def _people(advice: Mapping[str, Any], row: Mapping[str, Any], measure: Measure) -> str:
    chance = row["chance_of_meaningful_improvement"]
    if chance is None:
        return ""
    text = f"Of 100 people like this, {count_100(chance)} improve by at least {meaningful(measure)}"
    other = outcome_row(advice, "ESC", row["outcome"], row["week"])
    if row["arm"] != "ESC" and other and other["chance_of_meaningful_improvement"] is not None:
        text += f"; with enhanced self-care, {count_100(other['chance_of_meaningful_improvement'])}"
    return f"{text}."


def unknown_inputs(advice: Mapping[str, Any]) -> str:
    """Which inputs are not known and what that means."""
    names = [_inside(input_label(name)) for name in advice["unknown"]]
    if not names:
        return ""
    shown = names if len(names) <= _SHOWN else [*names[:_SHOWN], f"{len(names) - _SHOWN} more"]
    return (
        f"Not known: {listed(shown)}. The answer averages over the values that people like this have, "
        "so intervals are wider than they need be."
    )


_SHOWN = 6  # names of unknown inputs before the rest is only counted


def _inside(label: str) -> str:
    """A label inside a sentence: without its capital, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def model_line(model: Mapping[str, Any]) -> str:
    """Which model and data are behind a page."""
    kind = "simulated participants" if model["simulated"] else "participants"
    return f"{model['name']} · {model['participants']} {kind} · {model['trained_on']}"


def clarity(measure: Measure, ends: Sequence[float]) -> str:
    """What the interval of a difference allows to say."""
    low, high = sorted(measure.sign * end for end in ends)
    if low > 0:
        return "better"
    return "worse" if high < 0 else UNCLEAR


def refusal(option: Mapping[str, Any]) -> str:
    """An option that is not possible, with its reason."""
    return f"{arm_title(option['arm'])}: {option['reason'] or 'not allowed'}"


def support(option: Mapping[str, Any]) -> str:
    """How much stands behind one option."""
    people = option["worth_participants"]
    precise = "" if people is None else f"as precise as an average over about {people:.0f} people like this; "
    started = f"{option['support']} participants with the same possibilities started with it"
    return f"{arm_title(option['arm'])}: {precise}{started}."
