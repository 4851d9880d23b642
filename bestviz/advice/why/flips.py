"""The smallest single changes that would put another option ahead: of one known input, or of one outcome's weight.

Every change is judged as the advice would judge the changed patient: what is not known is drawn again given the changed
value, and at week 12 the response class follows PEG and PGIC where nobody gave it. Values are looked at from the
present one outwards, and the first that changes the answer is narrowed down by halving. At week 0, without a forest and
with all inputs known, no nearer value is missed: between jumps the gap between two arms is a straight line in an input.
Else what is told flips the answer, but a narrow range nearer by that does so too may be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz import wording
from bestviz.advice.inputs import input_label
from bestviz.advice.preferences import Preferences
from bestviz.advice.why.changes import Side, Value, shown, sides_of, unit_of
from bestviz.advice.why.decision import Decision
from bestviz.advice.why.utilities import UtilityMap
from bestviz.advice.why.what_if import NOTHING, WhatIf
from bestviz.trial import MEASURES, arm_name

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

NO_INPUT = "No single change within what was observed flips it."
NO_WEIGHT = "More weight on a single outcome does not flip it."
# Weights are told in hundredths of the whole.
HUNDREDTHS = 100


@dataclass(frozen=True)
class Flip:
    """The smallest change of one input that puts another option ahead.

    Attributes
    ----------
    feature : str
        Name of the input, with `interim.` before it for one of week 12.
    before, after : value
        As they stand in a patient file.
    unit : str
        Empty where there is none.
    arm : str
        The option that is then ahead.
    response : str or None
        At week 12, the response class that then holds, where it is another one.
    change : float
        Size of the change in standard deviations of the participants.
    text : str
    """

    feature: str
    before: Value
    after: Value
    unit: str
    arm: str
    response: str | None
    change: float
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, `from` and `to` as they stand in a patient file."""
        return {
            "feature": self.feature,
            "from": self.before,
            "to": self.after,
            "unit": self.unit,
            "arm": self.arm,
            "response": self.response,
            "change": self.change,
            "text": self.text,
        }


@dataclass(frozen=True)
class WeightFlip:
    """The smallest further weight on one outcome, taken from all others alike, that puts another option ahead."""

    outcome: str
    before: float
    after: float
    arm: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping; weights as shares of the whole."""
        return {
            "outcome": self.outcome,
            "from": self.before,
            "to": self.after,
            "arm": self.arm,
            "text": self.text,
        }


@dataclass(frozen=True)
class Flips:
    """What would have to be different for another option to be ahead.

    Attributes
    ----------
    recommended : str or None
        None where nothing is possible.
    inputs : tuple of Flip
        Smallest change first.
    weights : tuple of WeightFlip
        Least further weight first.
    notes : tuple of str
        A sentence where there is no flip.
    """

    recommended: str | None
    inputs: tuple[Flip, ...]
    weights: tuple[WeightFlip, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        return {
            "recommended": self.recommended,
            "inputs": [flip.to_dict() for flip in self.inputs],
            "weights": [flip.to_dict() for flip in self.weights],
            "notes": list(self.notes),
        }


def flips_of(decision: Decision, preferences: Preferences, weights: FloatArray) -> Flips:
    """Find the smallest changes.

    Parameters
    ----------
    decision : Decision
    preferences : Preferences
    weights : array, shape (K,)
        The same, of the outcome columns.
    """
    if not decision.allowed.any():
        return Flips(None, (), (), ())
    what_if = WhatIf.of(decision, decision.coefficients(weights)[0])
    inputs = _input_flips(decision, what_if)
    further = _weight_flips(decision, preferences)
    notes = tuple(note for note, found in ((NO_INPUT, inputs), (NO_WEIGHT, further)) if not found)
    return Flips(decision.arms[what_if.present], inputs, further, notes)


def _input_flips(decision: Decision, what_if: WhatIf) -> tuple[Flip, ...]:
    smallest: dict[str, Flip] = {}
    for flip in _side_flips(decision, what_if):
        if flip.feature not in smallest or flip.change < smallest[flip.feature].change:
            smallest[flip.feature] = flip
    return tuple(sorted(smallest.values(), key=lambda flip: flip.change))


@dataclass
class _Bracket:
    """Two values of a side, the answer flips between them; before the first value stands the present one."""

    side: Side
    not_flipped: int
    flipped: int

    @property
    def middle(self) -> int:
        return (self.not_flipped + self.flipped) // 2

    def narrow(self, flips: bool) -> None:
        if flips:
            self.flipped = self.middle
        else:
            self.not_flipped = self.middle


def _side_flips(decision: Decision, what_if: WhatIf) -> list[Flip]:
    """The nearest value of each direction that flips the answer, where there is one."""
    brackets = _scan(what_if, sides_of(decision))
    while wide := [bracket for bracket in brackets if bracket.flipped - bracket.not_flipped > 1]:
        ahead, _ = what_if.answers([one.side for one in wide], [one.middle for one in wide])
        for bracket, flips in zip(wide, _flipped(what_if, ahead), strict=True):
            bracket.narrow(bool(flips))
    ahead, responses = what_if.answers([one.side for one in brackets], [one.flipped for one in brackets])
    now = decision.state.response if decision.state else None
    return [
        _flip(bracket.side, bracket.flipped, decision.arms[arm], response if response != now else None)
        for bracket, arm, response in zip(brackets, ahead, responses, strict=True)
    ]


def _scan(what_if: WhatIf, sides: list[Side]) -> list[_Bracket]:
    """Look at some values of each side; where the answer flips first."""
    if not sides:
        return []
    counts = [len(side.first) for side in sides]
    looked_at = [int(place) for side in sides for place in side.first]
    ahead, _ = what_if.answers(
        [side for side, count in zip(sides, counts, strict=True) for _ in range(count)], looked_at
    )
    found = []
    for side, flipped in zip(sides, np.split(_flipped(what_if, ahead), np.cumsum(counts)[:-1]), strict=True):
        if flipped.any():
            place = int(flipped.argmax())
            found.append(_Bracket(side, int(side.first[place - 1]) if place else -1, int(side.first[place])))
    return found


def _flipped(what_if: WhatIf, ahead: IntArray) -> BoolArray:
    return (ahead != what_if.present) & (ahead != NOTHING)


def _flip(side: Side, at: int, arm: str, response: str | None) -> Flip:
    after = side.values[at]
    unit = unit_of(side.name, after)
    then = f"{shown(side.name, after)} {unit}".rstrip()
    now = shown(side.name, side.before) + (f"; the response would then be {response}" if response else "")
    text = f"{input_label(side.name)}: if it were {then} (now {now}), {arm_name(arm)} would be ahead."
    return Flip(side.name, side.before, after, unit, arm, response, float(side.distance[at]), text)


def _weight_flips(decision: Decision, preferences: Preferences) -> tuple[WeightFlip, ...]:
    utilities = UtilityMap(decision)
    present = utilities.row_of(preferences.weights)
    asked = [
        (place, after / HUNDREDTHS)
        for place, before in enumerate(present)
        for after in range(int(before * HUNDREDTHS + 1e-9) + 1, HUNDREDTHS + 1)
    ]
    rows = [present]
    for place, after in asked:
        row = present * (1 - after) / (1 - present[place])
        row[place] = after
        rows.append(row)
    now, *ahead = utilities(np.array(rows)).argmax(axis=1)
    found: dict[int, WeightFlip] = {}
    for (place, after), arm in zip(asked, ahead, strict=True):
        if arm != now and place not in found:
            found[place] = _weight_flip(utilities.codes[place], float(present[place]), after, utilities.arms[arm])
    return tuple(sorted(found.values(), key=lambda flip: flip.after - flip.before))


def _weight_flip(outcome: str, before: float, after: float, arm: str) -> WeightFlip:
    text = (
        f"{MEASURES[outcome].short}: with {wording.of_100(after)} of the weight (now {wording.count_100(before)}), "
        f"{arm_name(arm)} would be ahead."
    )
    return WeightFlip(outcome, before, after, arm, text)
