"""Groups of participants by what they say of themselves; small groups are never shown alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz import wording
from bestviz.errors import InputError
from bestviz.regime.columns import as_names, as_numbers
from bestviz.trial import COLUMNS

IntArray = npt.NDArray[np.intp]

# What is looked at by default, where the data have it; income and insurance are no columns of the format, but may be
# there as further columns.
DEFAULT_COLUMNS = ("sex", "race", "ethnicity", "age", "education", "employment", "income", "insurance")
FEWEST_IN_A_GROUP = 10
NOT_KNOWN = "not known"
SMALL = f"groups of fewer than {FEWEST_IN_A_GROUP} together"
AGES = (("under 40", 40.0), ("40 to 64", 65.0), ("65 and over", np.inf))
THIRDS = ("lowest third", "middle third", "highest third")


@dataclass(frozen=True)
class Group:
    """People of one group.

    Attributes
    ----------
    column, name : str
    rows : int array
    is_one : bool
        False for people who only have in common that they are few or that nothing is known.
    """

    column: str
    name: str
    rows: IntArray
    is_one: bool


def grouping_columns(people: pd.DataFrame, columns: tuple[str, ...] | None) -> tuple[str, ...]:
    """Columns to group by.

    Raises
    ------
    InputError
        The data do not have a column, or none of the usual ones.
    """
    wanted = DEFAULT_COLUMNS if columns is None else tuple(columns)
    absent = [name for name in wanted if name not in people]
    if columns is not None and absent:
        raise InputError(f"columns: the participants have no column {', '.join(absent)}; leave it out.")
    found = tuple(name for name in wanted if name in people and people[name].notna().any())
    if not found:
        raise InputError("columns: the participants have nothing to group them by; name one of their columns.")
    return found


def groups_of(people: pd.DataFrame, column: str, counted: npt.NDArray[np.bool_]) -> tuple[list[Group], tuple[str, ...]]:
    """Groups of at least 10 people among those counted (n,), and the names of groups that are left out.

    Smaller groups are put together, and left out where they are fewer than 10 even so.
    """
    labels, order = _labels(people[column], column)
    found, small = [], []
    for name in [*order, NOT_KNOWN]:
        rows = np.flatnonzero((labels == name) & counted)
        if len(rows) >= FEWEST_IN_A_GROUP:
            found.append(Group(column, name, rows, name != NOT_KNOWN))
        elif len(rows):
            small.append(name)
    together = np.flatnonzero(np.isin(labels, small) & counted)
    if len(together) < FEWEST_IN_A_GROUP:
        return found, tuple(small)
    return [*found, Group(column, SMALL, together, False)], ()


def _labels(values: pd.Series, column: str) -> tuple[npt.NDArray[np.object_], list[str]]:
    """The group of each person, and the names of the groups in order."""
    known, numbers = COLUMNS.get(column), as_numbers(values)
    if numbers is not None and not np.isin(numbers[~np.isnan(numbers)], (0, 1)).all():
        return _ranges(numbers, column)
    if numbers is not None:
        names = [None if np.isnan(v) else "yes" if v else "no" for v in numbers]
        return _named(names), ["no", "yes"]
    texts = as_names(values)
    order = list(known.values) if known is not None and known.values else sorted(texts.dropna().unique())
    names = [None if text is None or pd.isna(text) else wording.category(text) for text in texts]
    return _named(names), [wording.category(text) for text in order]


def _ranges(numbers: npt.NDArray[np.float64], column: str) -> tuple[npt.NDArray[np.object_], list[str]]:
    """Ages by usual limits, other numbers by thirds."""
    names = [name for name, _ in AGES] if column == "age" else list(THIRDS)
    limits = [top for _, top in AGES[:-1]] if column == "age" else np.nanquantile(numbers, (1 / 3, 2 / 3))
    side = np.searchsorted(limits, numbers, side="right" if column == "age" else "left")
    return _named([None if np.isnan(v) else names[at] for v, at in zip(numbers, side, strict=True)]), names


def _named(names: list[str | None]) -> npt.NDArray[np.object_]:
    return np.array([NOT_KNOWN if name is None else name for name in names], dtype=object)
