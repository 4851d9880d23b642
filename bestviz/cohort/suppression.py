"""Small numbers are not shown, and cannot be worked out from those that are.

Published counts hang together: rows add up to totals, branches to what they branch from. Seen as a flow in a network
every count is an arc and every sum a node, so one question answers everything: a hidden count can be worked out exactly
if and only if no closed walk over hidden arcs lets it move. Where none does, the walk that costs least is hidden too.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

LEAST = 10  # people; a smaller count is shown as "<10"
ROOM = 3  # a hidden count can be off by at least this many people, where the table allows
ALL = "all"  # name of the margin of a table
_ROUNDS = 5  # of working out what follows from what is shown
_MARGIN, _TOTAL = 20.0, 400.0  # what hiding a margin costs, in cells


@dataclass(frozen=True)
class Count:
    """A number of people as it may be shown.

    Attributes
    ----------
    low : int
        It is at least this.
    high : int or None
        It is at most this; None where nothing is said.
    """

    low: int
    high: int | None

    @property
    def value(self) -> int | None:
        """The number itself; None where it is hidden."""
        return self.low if self.low == self.high else None

    @property
    def few(self) -> bool:
        """Whether it is shown as "<10"."""
        return self.value is None and self.high == LEAST - 1

    @property
    def text(self) -> str:
        """As it is read: `202`, `<10`, `>192`, or `not shown`."""
        if self.value is not None:
            return str(self.value)
        if self.few:
            return f"<{LEAST}"
        return f">{self.low - 1}" if self.low else "not shown"


Table = dict[str, dict[str, Count]]  # row -> level -> count


@dataclass(frozen=True)
class Arc:
    """A count as an arc of the network: what flows from `tail` to `head`.

    Attributes
    ----------
    tail, head : hashable
        Nodes; what flows into a node flows out of it.
    value : int
        People, at least 0.
    cost : float
        How bad it is to hide it although it is large enough.
    hide : bool
        Whether it is hidden in any case.
    """

    tail: Hashable
    head: Hashable
    value: int
    cost: float = 1.0
    hide: bool = False


def shown(value: int) -> Count:
    """A count that stands alone: exact, or `<10`."""
    return Count(0, LEAST - 1) if value < LEAST else Count(value, value)


def protect(arcs: Sequence[Arc]) -> list[Count]:
    """Hide small counts, and as few others as needed to keep them hidden.

    Parameters
    ----------
    arcs : sequence of Arc
        Every count that is to be published, and how they add up.

    Returns
    -------
    list of Count
        In the order of `arcs`. Given all of them, no hidden count follows exactly. Where that cannot be had by hiding
        some, all are hidden.
    """
    hidden = {place for place, arc in enumerate(arcs) if arc.hide or arc.value < LEAST}
    for place in sorted(hidden):
        walk = _walk(arcs, hidden, place)
        if walk is None:
            return [Count(0, None)] * len(arcs)
        hidden |= walk
    return _tightened(arcs, hidden)


def _tightened(arcs: Sequence[Arc], hidden: set[int]) -> list[Count]:
    """The counts; a large hidden one with the lower end that follows anyway: `>192` says more than `>9`."""
    counts = [
        Count(LEAST, None) if place in hidden and arc.value >= LEAST else shown(arc.value)
        for place, arc in enumerate(arcs)
    ]
    low = [float(count.low) for count in counts]
    high = [float("inf") if count.high is None else float(count.high) for count in counts]
    sides: dict[Hashable, tuple[list[int], list[int]]] = {}
    for place, arc in enumerate(arcs):
        sides.setdefault(arc.tail, ([], []))[0].append(place)
        sides.setdefault(arc.head, ([], []))[1].append(place)
    for _ in range(_ROUNDS):
        before = (low.copy(), high.copy())
        for out, into in sides.values():
            for these, those in ((out, into), (into, out)):
                least, most = sum(low[p] for p in those), sum(high[p] for p in those)
                for place in these:
                    low[place] = max(low[place], least - sum(high[p] for p in these if p != place))
                    high[place] = min(high[place], most - sum(low[p] for p in these if p != place))
        if before == (low, high):
            break
    return [
        Count(int(low[place]), None) if count.high is None else count for place, count in enumerate(counts)
    ]  # fmt: skip


def _walk(arcs: Sequence[Arc], hidden: set[int], place: int) -> set[int] | None:
    """Arcs to hide so that the one at `place` can move, by `ROOM` people if possible; None where it cannot at all."""
    arc = arcs[place]
    for room in range(ROOM, 0, -1):
        up, down = _spare(arc.value)
        ways = []
        if up >= room:
            ways.append(_cheapest(arcs, hidden, place, arc.head, arc.tail, room))
        if down >= room:
            ways.append(_cheapest(arcs, hidden, place, arc.tail, arc.head, room))
        found = [way for way in ways if way is not None]
        if found:
            return min(found, key=lambda way: way[0])[1]
    return None


def _spare(value: int) -> tuple[float, float]:
    """By how much a hidden count could be larger or smaller, for all that a reader knows of it."""
    return (LEAST - 1 - value, value) if value < LEAST else (float("inf"), value - LEAST)


def _cheapest(
    arcs: Sequence[Arc], hidden: set[int], without: int, start: Hashable, end: Hashable, room: int
) -> tuple[float, set[int]] | None:
    """The path that costs least to hide (Dijkstra); along an arc its count grows, against it it falls."""
    steps: dict[Hashable, list[tuple[Hashable, float, int]]] = {}
    for place, arc in enumerate(arcs):
        if place == without:
            continue
        up, down = _spare(arc.value)
        # A large count says little less when it is hidden by a few people, so the largest is hidden first.
        cost = 1e-6 if place in hidden else arc.cost * (1 + LEAST / (arc.value + 1))
        if up >= room:
            steps.setdefault(arc.tail, []).append((arc.head, cost, place))
        if down >= room:
            steps.setdefault(arc.head, []).append((arc.tail, cost, place))
    queue: list[tuple[float, int, Hashable, frozenset[int]]] = [(0.0, 0, start, frozenset())]
    seen, ticket = set(), 0
    while queue:
        cost, _, node, path = heapq.heappop(queue)
        if node == end:
            return cost, set(path)
        if node in seen:
            continue
        seen.add(node)
        for following, price, place in steps.get(node, ()):
            ticket += 1
            heapq.heappush(queue, (cost + price, ticket, following, path | {place}))
    return None


def publish(counts: pd.DataFrame, *, overall: bool = False, keep: str = "") -> Table:
    """Publish a table of counts with the totals of its rows, and of its columns where `overall` is set.

    Parameters
    ----------
    counts : DataFrame of int
        One row a group (an arm), one column a level; the levels of a row add up to the group.
    overall : bool
        Whether the sums over all groups are published too.
    keep : str
        A level that is wanted more than the others: hidden for the sake of others only where nothing else helps.

    Returns
    -------
    dict of str to dict of str to Count
        Row -> level -> count. Every row has `all` (people of the group) as well; the row `all` holds the sums over the
        groups, without `overall` only that of everybody.
    """
    arcs = _table_arcs(counts, overall, keep)
    table: Table = {}
    for (row, level), count in zip(arcs, protect(list(arcs.values())), strict=True):
        table.setdefault(row, {})[level] = count
    return table


def protect_groups(sizes: Mapping[str, int]) -> dict[str, Count]:
    """The sizes of groups that add up to a published total; every table of these groups hides the same ones."""
    arcs = [Arc("start", "end", size) for size in sizes.values()]
    counts = protect([*arcs, Arc("end", "start", sum(sizes.values()), _TOTAL)])
    return dict(zip(sizes, counts, strict=False))


def _table_arcs(counts: pd.DataFrame, overall: bool, keep: str) -> dict[tuple[str, str], Arc]:
    """The table as a flow: from the start over the groups (and the levels) to the end and back."""
    cells, columns = counts.to_numpy(), list(counts.columns)
    sizes = dict(zip(counts.index, map(int, cells.sum(axis=1)), strict=True))
    groups, arcs = protect_groups(sizes), {}
    for row, numbers in zip(counts.index, cells.tolist(), strict=True):
        arcs[row, ALL] = Arc("start", ("group", row), sizes[row], _MARGIN, groups[row].value is None)
        for level, number in zip(columns, numbers, strict=True):
            cost = _MARGIN if level == keep else 1.0
            arcs[row, level] = Arc(("group", row), ("level", level) if overall else "end", number, cost)
    for level, number in zip(columns, cells.sum(axis=0).tolist(), strict=True) if overall else ():
        arcs[ALL, level] = Arc(("level", level), "end", number, _MARGIN)
    arcs[ALL, ALL] = Arc("end", "start", int(cells.sum()), _TOTAL)
    return arcs
