"""The words for what a model's rule is worth and for how sure it is, in the card and where models are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bestviz.trial import COLUMNS, MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording.measures import better, unit
from bestviz.wording.numbers import interval, number

NOT_KNOWN = "not known"
_PEG = MEASURES["peg"]


def cross_fitted(value: float, ends: Sequence[float]) -> str:
    """Mean PEG under the rule, in people it was not learned from."""
    return (
        f"mean PEG {number(value, 2)} {unit(_PEG)} at week {PRIMARY_WEEK} (95 % interval {interval(ends, 2)}), "
        f"{better(_PEG)}"
    )


def gained(gain: float, ends: Sequence[float]) -> str:
    """What that is less than under the best fixed plan."""
    return (
        f"difference from the best fixed plan {number(gain, 2, signed=True)} {unit(_PEG)} "
        f"(95 % interval {interval(ends, 2, signed=True)})"
    )


def times(count: int) -> str:
    """`once`, `2 times`."""
    return "once" if count == 1 else f"{count} times"


def group_by(name: str) -> str:
    """What groups are formed by."""
    return COLUMNS[name].label if name in COLUMNS else name.capitalize()


def calibrated(calibration: Mapping[str, Any] | None) -> str:
    """Whether intervals are calibrated and on what, in short."""
    if calibration is None:
        return NOT_KNOWN
    if calibration.get("measured_on"):
        return "measured on its own data"
    return "taken from other simulated trials" if calibration.get("conditions") else "none"


def covered(calibration: Mapping[str, Any] | None) -> str:
    """How often 95 % intervals hold the truth, where that was measured."""
    after = (calibration or {}).get("after")
    if not isinstance(after, Mapping):
        return "coverage not measured"
    means, differences = (f"{100 * float(after[name]):.0f}" for name in ("means", "differences"))
    return f"95 % intervals hold {means} of 100 means, {differences} of 100 differences"


# -- charts of calibration --------------------------------------------------------------------------------------------

MEANS, DIFFERENCES = "Expected values", "Differences"
BEFORE, AFTER = "as replicates say", "calibrated"
COVERAGE_AXIS = "Of 100 intervals (95 %), held the truth"
SAID_AXIS, TRUE_AXIS = "Said to be best, of 100", "Truly best, of 100"
COVERAGE_NOTE = (
    "Intervals and chances were checked in simulated trials, where the truth is known. The dotted line is where they "
    "should be."
)
NO_TEST_SET = "Real effects may have other shapes, so with real patients both may be less true."
