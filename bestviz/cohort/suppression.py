"""Small numbers are not shown, and cannot be worked out from those that are.

Published counts hang together: rows add up to totals, branches to what they branch from. Seen as a flow in a network
every count is an arc and every sum a node, so one question answers everything: a hidden count can be worked out exactly
if and only if no closed walk over hidden arcs lets it move. Where none does, the walk that costs least is hidden too.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

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
    known : Count or None
        What a reader knows of it, which cannot be changed here; None where it is decided here.
    """

    tail: Hashable
    head: Hashable
    value: int
    cost: float = 1.0
    hide: bool = False
    known: Count | None = None

    @property
    def is_open(self) -> bool:
        """Whether a reader does not know it exactly, before anything is hidden for the sake of others."""
        return self.hide or self.value < LEAST if self.known is None else self.known.value is None

    @property
    def is_secret(self) -> bool:
        """Whether it must not follow; that nobody is left out of a view is no secret."""
        return self.is_open and (self.known is None or 0 < self.value < LEAST)


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
    hidden = {place for place, arc in enumerate(arcs) if arc.is_open}
    for place in [place for place in sorted(hidden) if arcs[place].is_secret]:
        walk = _walk(arcs, hidden, place)
        if walk is None:
            return [arc.known or Count(0, None) for arc in arcs]
        hidden |= walk
    return _tightened(arcs, hidden)


def _tightened(arcs: Sequence[Arc], hidden: set[int]) -> list[Count]:
    """The counts; a large hidden one with the lower end that follows anyway: `>192` says more than `>9`."""
    counts = [
        arc.known or (Count(LEAST, None) if place in hidden and arc.value >= LEAST else shown(arc.value))
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
        Count(int(low[place]), None) if count.high is None and arcs[place].known is None else count
        for place, count in enumerate(counts)
    ]


def _walk(arcs: Sequence[Arc], hidden: set[int], place: int) -> set[int] | None:
    """Arcs to hide so that the one at `place` can move, by `ROOM` people if possible; None where it cannot at all."""
    arc = arcs[place]
    for room in range(ROOM, 0, -1):
        up, down = _spare(arc)
        ways = []
        if up >= room:
            ways.append(_cheapest(arcs, hidden, place, arc.head, arc.tail, room))
        if down >= room:
            ways.append(_cheapest(arcs, hidden, place, arc.tail, arc.head, room))
        found = [way for way in ways if way is not None]
        if found:
            return min(found, key=lambda way: way[0])[1]
    return None


def _spare(arc: Arc) -> tuple[float, float]:
    """By how much a hidden count could be larger or smaller, for all that a reader knows of it."""
    known = arc.known or (Count(0, LEAST - 1) if arc.value < LEAST else Count(LEAST, None))
    return (float("inf") if known.high is None else known.high - arc.value), arc.value - known.low


def _cheapest(
    arcs: Sequence[Arc], hidden: set[int], without: int, start: Hashable, end: Hashable, room: int
) -> tuple[float, set[int]] | None:
    """The path that costs least to hide (Dijkstra); along an arc its count grows, against it it falls."""
    steps: dict[Hashable, list[tuple[Hashable, float, int]]] = {}
    for place, arc in enumerate(arcs):
        if place == without:
            continue
        up, down = _spare(arc)
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
