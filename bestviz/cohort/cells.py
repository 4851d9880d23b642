"""Counts of one cohort that share people, given by the finest cells: hidden together, beside those of everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from bestviz.cohort.jointly import Beside, Sum, protect_sums
from bestviz.cohort.suppression import Count

if TYPE_CHECKING:
    from bestviz.cohort.selection import Cohort

Name = tuple[Hashable, ...]
_SIZE = "size"  # of an arm, decided for all tables


class _OfAnArm(Protocol):
    @property
    def first(self) -> str:
        """First arm."""

    @property
    def marks(self) -> tuple[Hashable, ...]:
        """What its people have in common; numbers of people with any of these in common are protected."""


CellT = TypeVar("CellT", bound=_OfAnArm)


def protect_cells(
    cohort: Cohort,
    cells: Sequence[CellT],
    places: Callable[[Cohort], Iterable[CellT]],
    names: Callable[[CellT], Iterable[tuple[Name, float]]],
    whole: Mapping[Name, Count] | None,
    possible: npt.NDArray[np.bool_],
) -> dict[Name, Count]:
    """Publish every sum of cells that has a name.

    Parameters
    ----------
    cohort : Cohort
    cells : sequence of cell
        In which somebody could be.
    places : callable(Cohort)
        The cell of each person.
    names : callable(cell)
        The sums in which a cell takes part, each with what hiding it costs.
    whole : mapping of name to Count or None
        What this gave for everybody, where the cohort is some.
    possible : array of bool
        Cells in which somebody of the cohort could be.
    """
    people = _counted(cells, places(cohort))
    sums = _sums(cells, names) | _sizes(cohort, cells)
    withheld = {arm for arm, size in cohort.sizes.items() if size.value is None}
    for name, one in sums.items():
        # Of an arm whose size is hidden nothing else is shown.
        if one.known is None and {cells[place].first for place in one.cells} <= withheld:
            sums[name] = Sum(one.cells, one.cost, Count(0, None))
    beside = None
    if whole is not None:
        rest = _counted(cells, places(cohort.everybody)) - people
        published = {**whole} | {(_SIZE, arm): size for arm, size in cohort.everybody.sizes.items()}
        beside = Beside(rest, [published[name] for name in sums], possible)
    found = protect_sums(people, list(sums.values()), [cell.marks for cell in cells], beside)
    return dict(zip(sums, found, strict=True))


def _counted(cells: Sequence[CellT], places: Iterable[CellT]) -> npt.NDArray[np.int64]:
    found = Counter(places)
    return np.array([found[cell] for cell in cells], dtype=np.int64)


def _sums(
    cells: Sequence[CellT], names: Callable[[CellT], Iterable[tuple[Name, float]]]
) -> dict[Name, Sum]:  # fmt: skip
    members: dict[Name, set[int]] = {}
    costs: dict[Name, float] = {}
    for place, cell in enumerate(cells):
        for name, cost in names(cell):
            members.setdefault(name, set()).add(place)
            costs[name] = cost
    return {name: Sum(frozenset(found), costs[name]) for name, found in members.items()}


def _sizes(cohort: Cohort, cells: Sequence[CellT]) -> dict[Name, Sum]:
    """The arms, of which the size is known; nobody here can be in an arm that is not of the cohort."""
    found: dict[Name, Sum] = {}
    for arm in cohort.everybody.arms:
        members = frozenset(place for place, cell in enumerate(cells) if cell.first == arm)
        found[_SIZE, arm] = Sum(members, known=cohort.sizes.get(arm, Count(0, 0)))
    return found
