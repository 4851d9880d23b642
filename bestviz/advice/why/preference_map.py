"""Which option is ahead for one patient under all preferences over three outcomes: a map of a triangle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.preferences import Preferences
from bestviz.advice.why.decision import Decision
from bestviz.advice.why.utilities import UtilityMap
from bestviz.errors import PreferenceError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

FEWEST_POINTS = 3


@dataclass(frozen=True)
class PreferenceMap:
    """The option that is ahead at every point of a triangle of preferences.

    Attributes
    ----------
    outcomes : (str, str, str)
        All weight that is shared lies on the first in the first corner, and so on.
    others : mapping of str to float
        Weights of further outcomes, the same all over the map; the three share what is left.
    arms : tuple of str
        Options, in the order of the model.
    weights : array, shape (points, 3)
        Shares of the three outcomes in what they share; rows sum to 1.
    winners : int array, shape (points,)
        Position in `arms` of the option with the highest utility.
    margins : array, shape (points,), or None
        How far it is ahead of the next one, in meaningful changes; None where there is one option only.
    shares : array, shape (arms,)
        Share of the triangle in which each option is ahead.
    current : (float, float, float) or None
        Where the preferences asked about lie; None where they give the three outcomes no weight.
    """

    outcomes: tuple[str, str, str]
    others: Mapping[str, float]
    arms: tuple[str, ...]
    weights: FloatArray
    winners: IntArray
    margins: FloatArray | None
    shares: FloatArray
    current: tuple[float, float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping; winners by label."""
        return {
            "outcomes": list(self.outcomes),
            "others": dict(self.others),
            "arms": list(self.arms),
            "weights": self.weights.tolist(),
            "winners": [self.arms[at] for at in self.winners],
            "margins": None if self.margins is None else self.margins.tolist(),
            "shares": dict(zip(self.arms, self.shares.tolist(), strict=True)),
            "current": None if self.current is None else list(self.current),
        }


def map_preferences(
    decision: Decision,
    outcomes: Sequence[str],
    preferences: Preferences,
    points: int,
    others: Mapping[str, float] | None,
) -> PreferenceMap | None:
    """Map the preferences over three outcomes; None where nothing is possible for the patient.

    Parameters
    ----------
    decision : Decision
    outcomes : sequence of three outcome codes
    preferences : Preferences
        To be marked in the map.
    points : int
        About how many points; no more than that.
    others : mapping of outcome to weight, optional
        Of further outcomes, as shares of the whole; the three share what is left. Default none.

    Raises
    ------
    PreferenceError
        Not three different outcomes of the model, weights that are no shares or leave nothing, or too few points.
    """
    utilities, others = UtilityMap(decision), dict(others or {})
    _check(utilities.codes, outcomes, points, others)
    one, two, three = outcomes
    if not decision.allowed.any():
        return None
    steps = steps_of(points)
    grid = triangle(steps)
    weights = np.tile(utilities.row_of(others), (len(grid), 1))
    weights[:, [utilities.codes.index(code) for code in outcomes]] = grid * (1 - sum(others.values()))
    found = utilities(weights)[:, decision.allowed]
    winners = found.argmax(axis=1)
    margins = None
    if found.shape[1] > 1:
        ordered = np.sort(found, axis=1)
        margins = ordered[:, -1] - ordered[:, -2]
    area = _area(grid, steps)
    shares = np.bincount(winners, area, found.shape[1]) / area.sum()
    arms = tuple(arm for arm, may in zip(decision.arms, decision.allowed, strict=True) if may)
    current = _position(preferences, (one, two, three))
    return PreferenceMap((one, two, three), others, arms, grid, winners, margins, shares, current)


def steps_of(points: int) -> int:
    """Steps along a side of the finest triangular grid with no more than so many points."""
    return int((np.sqrt(8 * points + 1) - 3) / 2)


def triangle(steps: int) -> FloatArray:
    """All weights of three outcomes in so many equal steps; shape ((steps + 1)(steps + 2) / 2, 3)."""
    first, second = np.meshgrid(np.arange(steps + 1), np.arange(steps + 1), indexing="ij")
    inside = first + second <= steps
    first, second = first[inside], second[inside]
    return np.column_stack([first, second, steps - first - second]) / steps


def _position(preferences: Preferences, outcomes: tuple[str, str, str]) -> tuple[float, float, float] | None:
    one, two, three = (preferences.weights.get(code, 0.0) for code in outcomes)
    total = one + two + three
    return (one / total, two / total, three / total) if total > 0 else None


def _area(grid: FloatArray, steps: int) -> FloatArray:
    """What part of the triangle each point stands for: on a side half of what one inside does, in a corner a sixth."""
    zeros = (grid < 0.5 / steps).sum(axis=1)
    return np.array([1.0, 1 / 2, 1 / 6])[zeros]


def _check(codes: tuple[str, ...], outcomes: Sequence[str], points: int, others: Mapping[str, float]) -> None:
    known = ", ".join(codes)
    faults = [
        f"Preference map: {one!r} is no outcome of this model; use {known}." for one in outcomes if one not in codes
    ]
    if len(outcomes) != 3 or len(set(outcomes)) != 3:
        faults.append(f"Preference map: it shows three different outcomes, not {len(set(outcomes))}; choose three.")
    for code, weight in others.items():
        if code not in codes:
            faults.append(f"Preference map: {code!r} under others is no outcome of this model; use {known}.")
        elif code in outcomes:
            faults.append(f"Preference map: {code} is one of the three; leave it out of the others.")
        if not 0 <= weight < 1:
            faults.append(f"Preference map: the weight of {code} under others must be 0 or more and under 1.")
    if not faults and sum(others.values()) >= 1:
        faults.append("Preference map: the others have all the weight; leave some to the three outcomes.")
    if points < FEWEST_POINTS:
        faults.append(f"Preference map: {points} points are too few; it needs at least {FEWEST_POINTS}, its corners.")
    if faults:
        raise PreferenceError(faults)
