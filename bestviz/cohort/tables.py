"""Tables of counts by group, hidden so that neither the table nor that of everybody beside it gives a small count away.

Sizes of groups are decided once for all tables. Where a size is hidden, nothing else of that group is shown: the groups
of hidden size stand in every table as one. So two tables share nothing but sizes that are known, people of any one
table fit any other, and each can be protected by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from bestviz.cohort.suppression import Arc, Count, protect, shown

ALL = "all"  # name of the margin of a table
_REST = "groups of hidden size"
_MARGIN, _TOTAL = 20.0, 400.0  # what hiding a margin costs, in cells

Table = dict[str, dict[str, Count]]  # row -> level -> count
Sizes = Mapping[str, Count]
_LATENT = Count(0, None)  # nobody is told


@dataclass(frozen=True)
class Whole:
    """The table of everybody that a reader has as well.

    Attributes
    ----------
    counts : DataFrame of int
        As for the table itself.
    table : dict of str to dict of str to Count
        As it is published.
    sizes : mapping of str to Count
        Of the groups.
    """

    counts: pd.DataFrame
    table: Table
    sizes: Sizes


def protect_groups(sizes: Mapping[str, int], whole: tuple[Mapping[str, int], Sizes] | None = None) -> dict[str, Count]:
    """The sizes of groups that add up to a published total; every table of these groups hides the same ones.

    Parameters
    ----------
    sizes : mapping of str to int
    whole : mapping of str to int and of str to Count, optional
        The sizes of the same groups of everybody, and as they are published.
    """
    total = sum(sizes.values())
    arcs = [Arc("start", group if whole else "end", size) for group, size in sizes.items()]
    arcs.append(Arc("end", "start", total, _TOTAL, known=Count(total, total) if whole else None))
    if whole is not None:
        every, published = whole
        rest = sum(every.values()) - total
        arcs.append(Arc("end", "others", rest, known=Count(rest, rest)))
        for group, size in every.items():
            here = sizes.get(group, 0)
            if group not in sizes:  # nobody here can be in it
                arcs.append(Arc("start", group, 0, known=Count(0, 0)))
            arcs.append(Arc("others", group, size - here, known=_LATENT))
            arcs.append(Arc(group, "end", size, known=published[group]))
    return dict(zip(sizes, protect(arcs), strict=False))


def publish(
    counts: pd.DataFrame,
    sizes: Sizes | None = None,
    *,
    overall: bool = False,
    keep: str = "",
    never: frozenset[tuple[str, str]] = frozenset(),
    whole: Whole | None = None,
) -> Table:
    """Publish a table of counts with the totals of its rows, and of its columns where `overall` is set.

    Parameters
    ----------
    counts : DataFrame of int
        One row a group (an arm), one column a level; the levels of a row add up to the group.
    sizes : mapping of str to Count, optional
        Sizes of the groups as they are published elsewhere. Default: decided here.
    overall : bool
        Whether the sums over all groups are published too. Beside a table of everybody they are where all groups are.
    keep : str
        A level that is wanted more than the others: hidden for the sake of others only where nothing else helps.
    never : frozenset of (str, str)
        Rows and levels in which nobody can be, as every reader knows.
    whole : Whole, optional
        The table of everybody, where this one is of some.

    Returns
    -------
    dict of str to dict of str to Count
        Row -> level -> count. Every row has `all` (people of the group) as well; the row `all` holds the sums over the
        groups, without `overall` only that of everybody.
    """
    totals = _sums(counts, axis=1)
    sizes = protect_groups(totals) if sizes is None else sizes
    if whole is None:
        arcs = _arcs(_merged(counts, sizes), overall, keep, never)
    else:
        arcs = _arcs_beside(counts, keep, never, sizes, whole)
    found = dict(zip(arcs, protect(list(arcs.values())), strict=True))
    everybody = Count(sum(totals.values()), sum(totals.values()))
    table: Table = {}
    for row in counts.index:
        is_shown = sizes[row].value is not None
        table[row] = {ALL: sizes[row]} | {
            level: (shown(0) if (row, level) in never else found["cell", row, level]) if is_shown else _LATENT
            for level in counts.columns
        }
    table[ALL] = {ALL: everybody}
    if overall:
        sums = {level: ("sum", level) for level in counts.columns}
        table[ALL] |= {
            level: found[name] if name in found else _added([table[row][level] for row in counts.index])
            for level, name in sums.items()
        }
    return table


def _merged(counts: pd.DataFrame, sizes: Sizes) -> pd.DataFrame:
    """The table with all groups of hidden size as one."""
    names = [row if sizes[row].value is not None else _REST for row in counts.index]
    return counts.groupby(names, sort=False).sum() if _REST in names else counts


def _arcs(
    counts: pd.DataFrame, overall: bool, keep: str, never: frozenset[tuple[str, str]]
) -> dict[tuple[str, ...], Arc]:
    """The table as a flow: from the start over the groups (and the levels) to the end; sizes are known."""
    arcs: dict[tuple[str, ...], Arc] = {}
    for row, level, number in _cells(counts):
        head = ("level", level) if overall else "end"
        known = Count(0, 0) if (row, level) in never else _LATENT if row == _REST else None
        arcs["cell", row, level] = Arc(("group", row), head, number, _MARGIN if level == keep else 1.0, known=known)
    for row, size in _sums(counts, axis=1).items():
        arcs["size", row] = Arc("start", ("group", row), size, known=Count(size, size))
    for level, number in _sums(counts, axis=0).items() if overall else ():
        arcs["sum", level] = Arc(("level", level), "end", number, _MARGIN)
    total = int(counts.to_numpy().sum())
    arcs["all",] = Arc("end", "start", total, known=Count(total, total))
    return arcs


def _arcs_beside(
    counts: pd.DataFrame, keep: str, never: frozenset[tuple[str, str]], sizes: Sizes, whole: Whole
) -> dict[tuple[str, ...], Arc]:
    """The table, what it leaves out, and the table of everybody, as one flow.

    A group is split into people who are here and people who are not; of a level both flow into the cell of everybody,
    and from there into its sum. What is not here is never told, but the rest would tell it.
    """
    arcs: dict[tuple[str, ...], Arc] = {}
    some = {(row, level): number for row, level, number in _cells(counts)}
    for row, level, number in _cells(whole.counts):
        is_shown = row in sizes and sizes[row].value is not None
        cell = ("cell", row, level) if is_shown else ("group", row)
        arcs["whole", row, level] = Arc(cell, ("level", level), number, known=whole.table[row][level])
        if is_shown:
            here = some[row, level]
            empty = Count(0, 0) if (row, level) in never else None
            cost = _MARGIN if level == keep else 1.0
            arcs["cell", row, level] = Arc(("here", row), cell, here, cost, known=empty)
            arcs["rest", row, level] = Arc(("rest", row), cell, number - here, known=_LATENT)
    for level, number in _sums(whole.counts, axis=0).items():
        known = whole.table[ALL].get(level, _LATENT)
        arcs["level", level] = Arc(("level", level), "end", number, known=known)
    for row, size in _sums(whole.counts, axis=1).items():
        sides = {"group": size}
        if row in sizes and sizes[row].value is not None:
            here = int(counts.loc[row].to_numpy().sum())
            sides = {"here": here, "rest": size - here}
        for side, number in sides.items():
            arcs["size", side, row] = Arc("start", (side, row), number, known=Count(number, number))
    total = int(whole.counts.to_numpy().sum())
    arcs["all",] = Arc("end", "start", total, known=Count(total, total))
    return arcs


def _sums(counts: pd.DataFrame, axis: Literal[0, 1]) -> dict[str, int]:
    """Sums of the rows (axis 1) or columns."""
    names = counts.index if axis == 1 else counts.columns
    return dict(zip(map(str, names), map(int, counts.to_numpy().sum(axis=axis)), strict=True))


def _cells(counts: pd.DataFrame) -> list[tuple[str, str, int]]:
    numbers = counts.to_numpy().tolist()
    return [
        (str(row), str(level), int(number))
        for row, line in zip(counts.index, numbers, strict=True)
        for level, number in zip(counts.columns, line, strict=True)
    ]


def _added(counts: list[Count]) -> Count:
    """The sum of what is shown; not shown where one is not."""
    values = [count.value for count in counts]
    if any(value is None for value in values):
        return _LATENT
    total = sum(value for value in values if value is not None)
    return Count(total, total)
