"""The words of a study of the whole procedure on simulated trials."""

from __future__ import annotations

from bestviz.wording.numbers import interval, number

VERDICTS = {"met": "met", "missed": "missed", "unclear": "outside, may be chance", None: ""}
LEARNERS = {"ensemble": "Ensemble", "additive": "Additive", "forest": "Forest"}
SAID = "Chance of being best as stated, of 100"
TRUE = "How often it truly was, of 100"
CALIBRATION = "Stated chance that an option is best, beside how often it was"
GAIN = "Share of the possible gain over the best fixed plan"
GAIN_AXIS = "Share of the possible gain, percent<br>(0: best fixed plan, 100: best regime)"
BARS = "Bars: 95 % interval over simulated trials."
BAND = "Shaded: what is aimed at."
TRIALS = "Each trial is simulated, so what is true is known."


def found(value: float, unit: str) -> str:
    """A number with its unit; a share as percent."""
    if not unit:
        return f"{number(100 * value)} %"
    return f"{number(value, 2)} {SHORT.get(unit, unit)}".strip()


def ends(pair: tuple[float, float] | None, unit: str) -> str:
    """An interval in the unit of the number beside it; empty where nothing is uncertain."""
    if pair is None or pair[0] == pair[1]:
        return ""
    return interval([100 * end for end in pair]) if not unit else interval(pair, 2)


def target(pair: tuple[float, float] | None, unit: str) -> str:
    """What is aimed at."""
    if pair is None:
        return ""
    low, high = pair if unit else (100 * pair[0], 100 * pair[1])
    places = 2 if unit else 0
    if low == -float("inf") or (not unit and low == 0):
        return f"at most {number(high, places)}"
    if high == float("inf") or (not unit and high == 100):
        return f"at least {number(low, places)}"
    return interval((low, high), places)


def title(scenario: str, n: int, learner: str, replicates: int) -> str:
    """What a study was of."""
    return f"{scenario}, n = {n}, {learner} learner, {replicates} replicates"


SHORT = {
    "standard deviations of the outcome": "SD",
    "meaningful changes": "changes",
    "seconds": "s",
    "unit of the outcome": "",
}
