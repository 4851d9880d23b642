"""Counts that share people, in many tables of one view, are protected together.

Whatever is published of the same people is a sum over the finest cells of them (who started what, responded how, went
on to what). A reader can put all sums into one system of equations. So do we: for each number that must not be known
we look for another world that agrees with everything published and differs in it by `ROOM` people. Of all such worlds
a linear program finds the one in which the fewest and least wanted sums differ; these are hidden too. When it ends,
such a world is at hand for every number that must not be known; nothing is left to trust.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csc_array, hstack, identity

from bestviz.cohort.suppression import LEAST, ROOM, Count, shown

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_WHOLE = 1e-6  # how far a solution may be from whole people
_FREE = 1e-4  # what it costs to be off where it is hidden anyway: prefer worlds close to the truth
_NOTHING = 0.5  # a world that costs less hides nothing more
_QUICK = {"presolve": False}  # programs as small as these are solved before they are simplified


@dataclass(frozen=True)
class Sum:
    """A number of people that is published: the sum of some cells.

    Attributes
    ----------
    cells : frozenset of int
        Places of the cells.
    cost : float
        How bad it is to hide it although it is large enough.
    known : Count or None
        How it is published elsewhere, which cannot be changed here; None where it is decided here.
    """

    cells: frozenset[int]
    cost: float = 1.0
    known: Count | None = None


@dataclass(frozen=True)
class Beside:
    """The view of everybody that the reader has as well, if this one is of some.

    Attributes
    ----------
    people : array of int
        People of each cell who are left out of this view.
    published : sequence of Count
        The same sums, of everybody.
    possible : array of bool
        Cells in which somebody of this view can be.
    """

    people: IntArray
    published: Sequence[Count]
    possible: BoolArray


def protect_sums(
    people: IntArray, sums: Sequence[Sum], marks: Sequence[tuple[Hashable, ...]], beside: Beside | None = None
) -> list[Count]:
    """Hide small sums, and as few others as needed to keep them, and all differences of sums, hidden.

    Parameters
    ----------
    people : array of int
        People of each cell.
    sums : sequence of Sum
        What is to be published.
    marks : sequence of tuple
        What people of each cell have in common, all tuples of one length.
    beside : Beside, optional
        What the reader has of everybody.

    Returns
    -------
    list of Count
        In the order of `sums`. Given all of them (and what is beside them), a number of 1 to 9 people that is a sum,
        what one sum has more than another inside it, or that of people with some marks in common, can be off by `ROOM`
        people; by fewer only where nothing more can be hidden.
    """
    alike: dict[frozenset[int], Sum] = {}
    for one in sums:
        same = alike.get(one.cells, one)
        alike[one.cells] = Sum(one.cells, max(one.cost, same.cost), one.known or same.known)
    published = None if beside is None else dict(zip((one.cells for one in sums), beside.published, strict=True))
    found = _System(people, list(alike.values()), tuple(marks), beside, published).solved()
    counts = dict(zip(alike, found, strict=True))
    return [counts[one.cells] for one in sums]


class _System:
    """What a reader knows, as rows of one system over the cells (of this view, then of those left out of it).

    A world is feasible if every row is off the truth by no more than a reader must reckon with.
    """

    def __init__(
        self, people: IntArray, sums: list[Sum], marks: tuple[tuple[Hashable, ...], ...], beside: Beside | None,
        published: dict[frozenset[int], Count] | None,
    ) -> None:  # fmt: skip
        mask, secret = _shape(tuple(one.cells for one in sums), marks)
        known = [one.known for one in sums]
        self.sums, self.cells, self.truth, self.rows = sums, len(people), people.astype(float), mask
        most = np.full(len(people), np.inf)
        if beside is not None and published is not None:
            nothing = np.zeros_like(mask)
            self.truth = np.concatenate([self.truth, beside.people])
            most = np.concatenate([np.where(beside.possible, np.inf, 0.0), most])
            self.rows = np.vstack([np.hstack([mask, nothing]), np.hstack([mask, mask])])
            known += [published[one.cells] for one in sums]
        self.values = self.rows @ self.truth
        self.decided = np.array([count is None for count in known])
        self.hidden = self.decided & (self.values < LEAST)
        ends = [count or (Count(0, LEAST - 1) if value < LEAST else Count(LEAST, None))
                for count, value in zip(known, self.values, strict=True)]  # fmt: skip
        self.low = np.array([count.low for count in ends], float)
        self.high = np.array([np.inf if count.high is None else count.high for count in ends])
        self.secret = self._small(secret, most)
        # A row is its cells, less by how much it is over the truth, more by how much it is under it.
        unit = identity(len(self.rows), format="csc")
        room = np.concatenate([most, self.high - self.values, self.values - self.low])
        self.moving = np.flatnonzero(room > 0)  # what cannot be off, and a cell in which nobody can be, is left out
        self.ends = room[self.moving]
        self.system = hstack([csc_array(self.rows), -unit, unit], format="csc")[:, self.moving]
        shown_more = np.array([one.cost for one in sums]) * (1 + LEAST / (self.values[: len(sums)] + 1))
        self.cost = np.where(self.decided, np.resize(shown_more, len(self.rows)), 0.0)

    def _small(self, secret: FloatArray, most: FloatArray) -> FloatArray:
        """What must stay open: whatever counts 1 to 9 people, and small sums that are to be published."""
        off = [np.zeros_like(secret)] if len(most) > self.cells else []
        sides = [[secret, *off], [*off, secret], [secret, secret]] if off else [[secret]]
        kept = [self.rows[self.hidden & (self.values == 0)]]
        for side in sides:
            size = sum(part @ self.truth[at * self.cells :][: self.cells] for at, part in enumerate(side))
            small = (size > 0) & (size < LEAST)
            kept.append(np.hstack([part[small] for part in side]))
        # A cell in which nobody can be is no secret.
        rows = np.vstack(kept)
        return _unique(rows[rows @ (most > 0) > 0])

    def solved(self) -> list[Count]:
        """Hide what must be, then show again what turned out not to matter."""
        worlds = [self.truth]
        for aim in self.secret:
            if _range(np.array(worlds) @ aim) < ROOM and (world := self._other(aim)) is not None:
                worlds.append(world)
                self.hidden |= self.decided & (self.rows @ world != self.values)
        self._show_again(np.array(worlds))
        return self._counts()

    def _show_again(self, worlds: FloatArray) -> None:
        """Show what differs only in worlds that are not needed, the most wanted first."""
        need = np.minimum(_range(worlds @ self.secret.T), ROOM)
        able = np.flatnonzero(self.hidden & (self.values >= LEAST))
        for place in sorted(able, key=lambda row: -self.cost[row]):
            left = worlds[worlds @ self.rows[place] == self.values[place]]
            if (_range(left @ self.secret.T) >= need).all():
                worlds, self.hidden[place] = left, False

    def _other(self, aim: FloatArray) -> FloatArray | None:
        """The world in which this is off by `ROOM` people (by fewer if need be) and that costs least to allow."""
        for room in range(ROOM, 0, -1):
            found: list[tuple[float, FloatArray]] = []
            for sign in (1, -1):
                if (one := self._off(aim, sign, room)) is not None:
                    found.append(one)
                    if one[0] < _NOTHING:
                        break
            if found:
                return min(found, key=lambda one: one[0])[1]
        return None

    def _off(self, aim: FloatArray, sign: int, room: int) -> tuple[float, FloatArray] | None:
        """The cheapest world in which this is more (or, for -1, less) by so many people."""
        size = float(aim @ self.truth)
        if size + sign * room < 0:
            return None
        price = np.where(self.hidden, _FREE, self.cost)
        prices = np.concatenate([np.zeros(len(self.truth)), price, price])
        goal = np.concatenate([-sign * aim, np.zeros(2 * len(self.rows))])
        return self._world(prices[self.moving], csc_array(goal[None, self.moving]), -(sign * size + room))

    def _world(self, price: FloatArray, goal: csc_array, least: float) -> tuple[float, FloatArray] | None:
        """The world of the lowest price in which the goal is at most so large; None where there is none."""
        result: OptimizeResult = linprog(
            price, A_ub=goal, b_ub=[least], A_eq=self.system, b_eq=self.values,
            bounds=np.column_stack([np.zeros(len(price)), self.ends]), method="highs", options=_QUICK,
        )  # fmt: skip
        if result.status != 0:
            return None
        world = np.round(result.x)
        if np.abs(world - result.x).max() > _WHOLE:
            limits = [
                LinearConstraint(self.system, self.values, self.values), LinearConstraint(goal, -np.inf, least)
            ]  # fmt: skip
            result = milp(price, integrality=np.ones(len(price)), bounds=Bounds(0, self.ends), constraints=limits)
            if result.x is None:
                return None
            world = np.round(result.x)
        cells = np.zeros(len(self.truth))
        inside = self.moving[self.moving < len(cells)]
        cells[inside] = world[: len(inside)]
        return float(result.fun), cells

    def _counts(self) -> list[Count]:
        """The sums as they are shown; large ones that are hidden with the lower end that follows from this view."""
        here = len(self.sums)
        exact = self.decided & ~self.hidden
        low, high = (np.where(exact, self.values, ends)[:here] for ends in (self.low, self.high))
        rows = self.rows[:here, : self.cells]
        found = []
        for place, one in enumerate(self.sums):
            value = int(self.values[place])
            if one.known is not None:
                found.append(one.known)
            elif exact[place] or value < LEAST:
                found.append(shown(value))
            else:
                found.append(Count(max(LEAST, _lower_end(rows[place], rows, low, high)), None))
        return found


def _lower_end(row: FloatArray, rows: FloatArray, low: FloatArray, high: FloatArray) -> int:
    """The smallest sum that agrees with what is known of all sums."""
    exact, over, under = low == high, low > 0, np.isfinite(high)
    result: OptimizeResult = linprog(
        row, A_ub=np.vstack([-rows[over & ~exact], rows[under & ~exact]]),
        b_ub=np.concatenate([-low[over & ~exact], high[under & ~exact]]),
        A_eq=rows[exact], b_eq=low[exact], method="highs", options=_QUICK,
    )  # fmt: skip
    return round(result.fun) if result.status == 0 else 0


def _range(values: FloatArray) -> npt.NDArray[np.float64]:
    return values.max(axis=0) - values.min(axis=0)


@lru_cache(maxsize=4)
def _shape(
    sums: tuple[frozenset[int], ...], marks: tuple[tuple[Hashable, ...], ...]
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """The sums as rows over the cells, and what may be a secret: the same under all filters of a trial."""
    mask = np.array([[cell in one for cell in range(len(marks))] for one in sums], float)
    return mask, _unique(np.vstack([mask, _alike(marks), *_differences(mask)]))


def _unique(rows: FloatArray) -> FloatArray:
    """Rows of 0 and 1, each once, sorted."""
    packed = np.packbits(rows.astype(bool), axis=1)
    return rows[np.unique(packed, axis=0, return_index=True)[1]]


def _differences(mask: FloatArray) -> list[FloatArray]:
    """What one sum has more than another one inside it."""
    inside = (mask @ mask.T) == mask.sum(axis=1)[:, None]  # row inside column
    np.fill_diagonal(inside, False)
    return [(mask[large] - mask[small])[None, :] for small, large in np.argwhere(inside)]


def _alike(marks: Sequence[tuple[Hashable, ...]]) -> FloatArray:
    """Whoever has some marks in common: one row a group of cells."""
    groups: dict[Hashable, list[int]] = {}
    for size in range(1, len(marks[0]) + 1):
        for chosen in combinations(range(len(marks[0])), size):
            for place, mark in enumerate(marks):
                groups.setdefault((chosen, tuple(mark[at] for at in chosen)), []).append(place)
    rows = np.zeros((len(groups), len(marks)))
    for row, places in zip(rows, groups.values(), strict=True):
        row[places] = 1
    return rows
