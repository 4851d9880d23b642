"""The words of the pages Who responds, and Lasting and deep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bestviz.trial import MEASURES, Measure, arm_title
from bestviz.wording.measures import horizon, input_label, inside, meaningful, unit
from bestviz.wording.notices import SIMULATED
from bestviz.wording.numbers import interval, listed, number, of_100, sentence

WEIGHTED = "Weighted outcome (what matters on the Patient page)"
OTHER_QUESTION = (
    "This page asks **for whom a treatment works better or worse than for others**. Which treatment is best for one "
    "person is another question: someone can respond well to a treatment and still do better with another one."
)
DISCOVERY = (
    "This is discovery: found in the data that the model was fitted on, with no independent test. Do not read much "
    "into a single predictor."
)
AVERAGE = "the average of the others"
REGIME = "Learned regime"
GROUPS = (
    "How much better each group is expected to do when the first treatment is chosen for the person, compared with the "
    "trial's random choice. Values that do not rest on what the model expects are on the Regimes page."
)
LASTING = (
    "Nothing is given between weeks 24 and 36. What is left then is what lasts. The second period is as the learned "
    "regime recommends, whatever the first treatment."
)
NO_LATE = (
    "This model knows no outcome at weeks 0, 24 and 36, so whether a change lasts cannot be said. The part on deep "
    "phenotyping does not need it."
)
FADES = (
    "Filled: the 95 % interval leaves out 0. With this many outcomes, some intervals leave out 0 by chance alone. "
    "Changes include the natural course."
)
DEEP_WHAT = (
    "Deep phenotyping is costly: does it pay? The whole procedure is learned twice in the people who have the markers, "
    "with them and without. Both regimes are then judged in people who were left out, so neither is flattered."
)
DEEP_WAIT = "This takes some minutes. Nothing else waits for it."
DEEP_BUTTON = "Judge what the markers add"
DEEP_SWITCHES = "Number of people by first treatment without the markers (rows) and with them (columns)"
DEEP_GROUPS = (
    "Intervals: 95 %, from how few people there are. Thirds are of the people who have the marker. With this many "
    "groups, some differ by chance alone."
)
FEWER = "<10"
NOT_KEPT = "not said: no clear gain at week 24"


def when(outcome: str | None, week: int | None, at: int | str) -> str:
    """What is looked at: `PEG at week 24`, or the weighted outcome with its time."""
    return f"weighted outcome {horizon(at)}" if outcome is None else f"{measure_name(outcome)} at week {week}"


def measure_name(outcome: str) -> str:
    """Name of a measure inside a sentence."""
    return inside(MEASURES[outcome].short)


def unit_of_change(measure: Measure | None) -> str:
    """What one meaningful change is: `1 meaningful change is 1 point.`; empty for the weighted outcome."""
    return "" if measure is None else f"1 meaningful change is {meaningful(measure)}."


def simulated(is_simulated: bool) -> tuple[str, ...]:
    """The note on simulated data for a caption; nothing where they are not."""
    return (f"{SIMULATED}.",) if is_simulated else ()


def goes_with(labels: Sequence[str]) -> str:
    """`goes with depression and PHQ-2`; empty for none."""
    return f"goes with {listed(inside(label) for label in labels)}" if labels else ""


def starting(arm: str) -> str:
    """A row of what lasts: a first treatment, or the learned regime."""
    return REGIME if arm == "regime" else f"{arm_title(arm)} first"


def fine(measure: Measure, value: float, ends: Sequence[float]) -> str:
    """A small change with its interval and one more decimal than usual: `+0.33 points (+0.04 to +0.61)`."""
    factor, decimals = (100, 1) if measure.binary else (1, measure.decimals + 1)
    amounts = interval([factor * end for end in ends], decimals, signed=True)
    return f"{number(factor * value, decimals, signed=True)} {unit(measure)} ({amounts})"


def lower_is_better(measure: Measure) -> str:
    """Which side of a change is better: `to the left is better`."""
    return "to the left is better" if measure.better == "lower" else "to the right is better"


def profile_note(people: int, some_few: bool) -> str:
    """What bands and bars of a profile are."""
    pale = " Open marks and pale bars: fewer than 10 people are near, so the curve leans on others." if some_few else ""
    return f"Shaded or barred: 95 % interval of the mean, averaged over {people} participants.{pale}"


def aim(weights: Mapping[str, float]) -> str:
    """What the regime aims at: `The regime aims at PEG alone.`"""
    names = [MEASURES[code].short for code, weight in weights.items() if weight > 0]
    if len(names) == 1:
        return f"The regime aims at {inside(names[0])} alone, as set on the Patient page."
    shares = listed(f"{inside(MEASURES[code].short)} {100 * w:.0f} of 100" for code, w in weights.items() if w > 0)
    return f"The regime aims at {shares}, as set on the Patient page."


def have_markers(people: int, everybody: int, markers: int, left_out: Sequence[str]) -> str:
    """How many people have markers."""
    text = f"{people} of {everybody} participants have them; {markers} markers are used."
    return f"{text} Too few people have {listed(marker(name) for name in left_out)}." if left_out else text


def marker(name: str) -> str:
    """A marker, or another column, as it is read."""
    known = _MARKERS.get(name)
    return known if known else input_label(name)


def changed(share: float) -> str:
    """How many people get another first treatment."""
    return (
        f"With the markers, {of_100(share)} people get another first treatment than without. That alone does not make "
        "it a better one: where treatments cannot be told apart, chance in the data is enough to change the choice."
    )


def other_horizon(differs: float) -> str:
    """How often it matters whether the regime looks at week 24 or at week 36."""
    return (
        f"A regime that looks at week 36 would start {of_100(differs)} participants on another treatment than one that "
        "looks at week 24."
    )


def no_deep(fault: str) -> str:
    """Why nothing is said about markers."""
    return f"{sentence(fault.removeprefix('deep: '))} The parts above do not need them."


def deep_method(people: int, folds: int, repeats: int) -> str:
    """How markers were judged."""
    times = "once" if repeats == 1 else f"{repeats} times"
    return (
        f"{people} people, split {times} into {folds} parts, each judged by regimes learned from the others. "
        "Intervals: 95 %, for who happened to take part."
    )


_MARKERS = {
    "ppt_back": "Pressure pain threshold, back",
    "ppt_hand": "Pressure pain threshold, hand",
    "tsp": "Temporal summation of pain",
    "cpm": "Conditioned pain modulation",
    "cold_hold": "Cold, time held",
    "sit_to_stand": "Sit to stand",
}
