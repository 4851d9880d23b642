"""Outlines of the regions of a triangle in which each option is ahead, from a grid of points.

Along every row of the grid the place where one option takes over from the next is interpolated between its two points;
neighbouring rows are then joined, so that borders are smooth however coarse the grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Key = tuple[int, bool]


@dataclass(frozen=True)
class Outline:
    """Where one option is ahead, clearly or narrowly.

    Attributes
    ----------
    winner : int
        Position of the option.
    narrow : bool
        Whether it is ahead by less than the limit.
    parts : tuple of arrays, shape (corners, 3)
        Polygons in weights of the three outcomes; side by side they make up the region.
    """

    winner: int
    narrow: bool
    parts: tuple[FloatArray, ...]


@dataclass(frozen=True)
class _Stretch:
    """Part of a row, in steps from its start, with one option ahead."""

    key: Key
    start: float
    end: float


@dataclass(frozen=True)
class _Side:
    """One side of a strip: where it starts and ends, in steps, and how far up between two rows it lies."""

    start: float
    end: float
    height: float

    def part(self, stretch: _Stretch, start: float, end: float) -> _Side:
        """The part of this side that a stretch takes in proportion, where this side answers to `start` to `end`."""
        if end <= start:  # a row that is a point, the upper corner: it has one stretch
            return self
        scale = (self.end - self.start) / (end - start)
        from_, to = (self.start + scale * (place - start) for place in (stretch.start, stretch.end))
        return _Side(from_, to, self.height)


def outlines(weights: FloatArray, winners: IntArray, margins: FloatArray | None, narrow: float) -> list[Outline]:
    """Outlines of all regions of a triangular grid.

    Parameters
    ----------
    weights : array, shape (points, 3)
        All weights in equal steps, rows by the first weight.
    winners : int array, shape (points,)
    margins : array, shape (points,), or None
        How far each winner is ahead; None where there is one option only.
    narrow : float
        Being ahead by less is narrow.
    """
    steps = round((sqrt(8 * len(weights) + 1) - 3) / 2)
    ahead = np.full(len(weights), narrow) if margins is None else margins
    ends = np.cumsum(np.arange(steps + 1, 0, -1))[:-1]
    pairs = zip(np.split(winners, ends), np.split(ahead, ends), strict=True)
    rows = [_stretches(row.tolist(), leads.tolist(), narrow) for row, leads in pairs]
    parts: dict[Key, list[FloatArray]] = {}
    for first in range(steps):
        for key, low, high in _joined(rows[first], rows[first + 1]):
            corners = ((low.start, low), (low.end, low), (high.end, high), (high.start, high))
            places = [(first + side.height, at, steps - first - side.height - at) for at, side in corners]
            parts.setdefault(key, []).append(np.array(places) / steps)
    return [Outline(*key, tuple(found)) for key, found in sorted(parts.items())]


def _stretches(winners: Sequence[int], margins: Sequence[float], narrow: float) -> list[_Stretch]:
    """A row cut where another option takes over, and where the lead becomes narrow."""
    pieces = [piece for place in range(len(winners) - 1) for piece in _between(place, winners, margins)]
    cut = [part for piece in pieces for part in _cut(*piece, narrow)]
    if not cut:
        return [_Stretch((winners[0], margins[0] < narrow), 0.0, 0.0)]
    groups = [list(some) for _, some in groupby(cut, key=lambda part: part.key)]
    return [_Stretch(some[0].key, some[0].start, some[-1].end) for some in groups]


def _between(
    place: int, winners: Sequence[int], margins: Sequence[float]
) -> list[tuple[int, float, float, float, float]]:
    """Between two points: winner, start, its lead there, end, its lead there."""
    one, two, lead, other = winners[place], winners[place + 1], margins[place], margins[place + 1]
    if one == two:
        return [(one, place, lead, place + 1, other)]
    border = place + (lead / (lead + other) if lead + other > 0 else 0.5)
    return [(one, place, lead, border, 0.0), (two, border, 0.0, place + 1, other)]


def _cut(winner: int, start: float, lead: float, end: float, other: float, narrow: float) -> Iterator[_Stretch]:
    if (lead < narrow) == (other < narrow):
        yield _Stretch((winner, lead < narrow), start, end)
        return
    middle = start + (end - start) * (lead - narrow) / (lead - other)
    yield _Stretch((winner, lead < narrow), start, middle)
    yield _Stretch((winner, other < narrow), middle, end)


def _joined(low: Sequence[_Stretch], high: Sequence[_Stretch]) -> Iterator[tuple[Key, _Side, _Side]]:
    """Stretches of two rows joined: those that both begin and end with, and those between, which only one row has."""
    count = min(len(low), len(high))
    head = next((n for n in range(count) if low[n].key != high[n].key), count)
    tail = next((n for n in range(count - head) if low[-1 - n].key != high[-1 - n].key), count - head)
    pairs = [*zip(low[:head], high[:head], strict=True)]
    pairs += zip(low[len(low) - tail :], high[len(high) - tail :], strict=True)
    for one, two in pairs:
        yield one.key, _Side(one.start, one.end, 0.0), _Side(two.start, two.end, 1.0)
    below, above = low[head : len(low) - tail], high[head : len(high) - tail]
    start = (low[head - 1].end, high[head - 1].end) if head else (0.0, 0.0)
    end = (below[-1].end if below else start[0], above[-1].end if above else start[1])
    # They meet half-way; where the other row has nothing, they narrow to a point on it.
    height = 0.5 if below and above else float(bool(below))
    left, right = ((1 - height) * a + height * b for a, b in (start, end))
    meet = _Side(left, right, height)
    for stretches, sides, row in ((below, (start[0], end[0]), 0.0), (above, (start[1], end[1]), 1.0)):
        for one in stretches:
            own, other = _Side(one.start, one.end, row), meet.part(one, *sides)
            yield (one.key, own, other) if row == 0 else (one.key, other, own)
