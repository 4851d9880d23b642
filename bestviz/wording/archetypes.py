"""Words for groups of participants: what sets a group apart, and its typical values in a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bestviz.trial import COLUMNS, MEASURES
from bestviz.wording.measures import category, input_label, inside
from bestviz.wording.numbers import sentence

LONGEST_NAME = 50

# What a low and a high value is called. The same words for two inputs mean that one of them is enough.
_LOW_HIGH: dict[str, tuple[str, str]] = {
    "age": ("younger", "older"),
    "bmi": ("lower body weight", "higher body weight"),
    "education": ("less schooling", "more schooling"),
    "pain_duration": ("shorter-lasting pain", "long-lasting pain"),
    "pain_frequency": ("pain on fewer days", "pain every day"),
    "widespread_areas": ("pain in few places", "widespread pain"),
    "radicular": ("little leg pain", "leg pain"),
    "somatic": ("few other symptoms", "stomach pain or headaches"),
    "pcs6": ("few pain worries", "many pain worries"),
    "phq2": ("good mood", "low mood"),
    "depression": ("good mood", "low mood"),
    "gad2": ("little anxiety", "much anxiety"),
    "anxiety": ("little anxiety", "much anxiety"),
    "tobacco": ("no tobacco", "tobacco"),
    "back_surgery": ("no back operation", "back operation"),
    "antidepressant": ("no antidepressant", "antidepressant"),
    "expectation": ("low expectations", "high expectations"),
    "self_efficacy": ("low confidence", "high confidence"),
    "peg": ("milder pain", "worse pain"),
    "pain_intensity": ("milder pain", "worse pain"),
    "pain_interference": ("pain interferes less", "pain interferes more"),
    "physical_function": ("low physical function", "good physical function"),
    "opioid_use": ("no daily opioids", "daily opioids"),
    "sleep_duration": ("short sleep", "long sleep"),
    "sleep_disturbance": ("sound sleep", "poor sleep"),
}
_SHOWN = ("age", "sex", "peg", "physical_function")


def trait(name: str, high: bool) -> str:
    """What a high or low value of a number is called, for example `low physical function`."""
    if name in _LOW_HIGH:
        return _LOW_HIGH[name][high]
    return f"{'high' if high else 'low'} {inside(input_label(name))}"


def kind(name: str, value: str) -> str:
    """What a category is called, for example `retired`; an unknown input with its name."""
    return category(value) if name in COLUMNS else f"{inside(input_label(name))} {category(value)}"


def archetype_name(traits: Sequence[str]) -> str:
    """The name of a group from its traits; that of an average group if there are none."""
    return sentence(", ".join(traits)) if traits else "About average in everything"


def archetype_text(baseline: Mapping[str, Any]) -> str:
    """Typical values in a line, for example `age 58 years, female, PEG 6.5 of 10, physical function T-score 36`."""
    return sentence(", ".join(_shown(name, baseline[name]) for name in _SHOWN if name in baseline))


def typical_of(people: int, simulated: bool) -> str:
    """How many participants stand behind a group."""
    return f"typical of {people} {'simulated ' if simulated else ''}participants"


def _shown(name: str, value: Any) -> str:
    if name in MEASURES:
        measure = MEASURES[name]
        if measure.unit == "T-score":
            return f"{inside(input_label(name))} T-score {value:g}"
        return f"{'PEG' if name == 'peg' else input_label(name)} {value:g} of {measure.maximum:g}"
    column = COLUMNS[name]
    return category(str(value)) if column.kind == "category" else f"{inside(input_label(name))} {value:g} {column.unit}"
