"""Measures and model inputs: names, units, changes, and where a value stands."""

from __future__ import annotations

from collections.abc import Sequence

from bestviz.trial import COLUMNS, MEASURES, Measure
from bestviz.wording.numbers import interval, number, sentence

NOT_KNOWN = "not known"


UNCLEAR = "could be better or worse"


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


def clarity(measure: Measure, ends: Sequence[float]) -> str:
    """What the interval of a difference allows to say."""
    low, high = sorted(measure.sign * end for end in ends)
    if low > 0:
        return "better"
    return "worse" if high < 0 else UNCLEAR


def input_label(name: str) -> str:
    """Name of a model input as a clinician reads it; an unknown one by its own name."""
    if name in MEASURES:
        return {"peg": "PEG", "opioid_use": "Takes opioids daily"}.get(name, MEASURES[name].short)
    return COLUMNS[name].label if name in COLUMNS else sentence(name.replace("_", " "))


def inside(label: str) -> str:
    """A label inside a sentence: without its capital, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def category(value: str) -> str:
    """A category as it is read: `below_high_school` becomes `below high school`."""
    return value.replace("_", " ")
