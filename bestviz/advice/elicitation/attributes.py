"""The outcomes as they are put to patients: names, what they mean, and what some steps of improvement look like.

A step is one meaningful change. The attributes follow those of the choice studies in chronic low-back pain (CAPER,
doi 10.1002/pmrj.13112 and 10.1093/pm/pnad038); the words and the sizes are our own and assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bestviz import wording
from bestviz.trial import MEASURES, Measure

STEP_WORDS: dict[float, str] = {0.5: "half a step", 1: "one step", 2: "two steps", 3: "three steps"}
STEPS = tuple(STEP_WORDS)
AS_NOW = "as now"


@dataclass(frozen=True)
class Attribute:
    """One outcome in patients' words.

    Attributes
    ----------
    label : str
        Name inside a sentence.
    meaning : str
        What it is about.
    steps : tuple of float
        Improvements that may be asked about, in meaningful changes.
    people : str
        Of a yes/no outcome: what the people who are counted do or have; else empty.
    """

    label: str
    meaning: str
    steps: tuple[float, ...] = STEPS
    people: str = ""


ATTRIBUTES: dict[str, Attribute] = {
    "peg": Attribute(
        "pain and what it takes from you", "pain, and how much it gets in the way of enjoying life and being active"
    ),
    "pain_intensity": Attribute("pain", "how bad your low-back pain is on average"),
    "pain_interference": Attribute(
        "daily life despite pain", "how much pain gets in the way of work, home and time with others"
    ),
    "physical_function": Attribute("physical ability", "what you can do: walk, climb stairs, lift, do chores"),
    "opioid_use": Attribute(
        "doing without opioids", "not taking opioids every day", (0.5, 1), "take opioids every day"
    ),
    "depression": Attribute("mood", "feeling sad, hopeless or worthless"),
    "anxiety": Attribute("worry", "feeling fearful, anxious or uneasy"),
    "sleep_duration": Attribute("length of sleep", "hours of sleep a night"),
    "sleep_disturbance": Attribute("quality of sleep", "falling asleep, sleeping through, waking rested"),
    "adverse_event": Attribute(
        "side effects", "unwanted effects of a treatment", (0.5, 1, 2), "have side effects of a treatment"
    ),
    "stopping": Attribute(
        "keeping up a treatment", "not having to stop a treatment early", (0.5, 1, 2), "stop a treatment early"
    ),
}

# The first holds the other: one cannot get better while the other stays as it is, so they are never traded.
OVERLAPPING: frozenset[frozenset[str]] = frozenset(
    {frozenset({"peg", "pain_intensity"}), frozenset({"peg", "pain_interference"})}
)


def improvement(outcome: str, steps: float, measures: Mapping[str, Measure] = MEASURES) -> str:
    """An improvement in words and in the measure's own unit.

    Parameters
    ----------
    outcome : str
        A key of `ATTRIBUTES`.
    steps : float
        Meaningful changes; a key of `STEP_WORDS` reads best.
    measures : mapping of outcome code to Measure
        With the meaningful changes used.

    Returns
    -------
    str
        For example `two steps better (3 points less)` or `10 fewer of 100 people have side effects of a treatment`.
    """
    measure, people = measures[outcome], ATTRIBUTES[outcome].people
    if people:
        return f"{100 * steps * measure.meaningful_change:.0f} fewer of 100 people {people}"
    size = round(steps * measure.meaningful_change, 1)
    direction = "less" if measure.better == "lower" else "more"
    return f"{step_words(steps)} better ({size:g} {wording.unit(measure, size)} {direction})"


def step_words(steps: float) -> str:
    """A number of steps in words."""
    return STEP_WORDS.get(steps, f"{steps:g} steps")
