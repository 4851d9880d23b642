"""Reading the columns of `participants` (also those of `assignments.csv` in a BACPAC folder) into typed values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pandas as pd

from bestviz.data.draft import Place
from bestviz.data.parsing import to_booleans, to_categories, to_numbers
from bestviz.data.problems import Problem
from bestviz.data.tables import Table, suggestion
from bestviz.trial import COLUMNS, SINGLE_ARMS, TREATMENTS, Column, arm_of

REQUIRED = tuple(column.name for column in COLUMNS.values() if column.required)
# "DUL+ACT" is the same arm as "ACT+DUL": treatments are accepted in any order and kept in the fixed one.
_ARM_SPELLINGS = {
    **{arm: arm for arm in SINGLE_ARMS},
    **{"+".join(pair): arm_of(pair) for pair in permutations(TREATMENTS, 2)},
}


def read_people(
    table: Table, key: str = "id", required: Sequence[str] = REQUIRED
) -> tuple[pd.DataFrame | None, dict[str, Place], list[Problem]]:
    """Type the columns of a table with one row a person.

    Parameters
    ----------
    table : Table
        Cells as text.
    key : str
        Column with the person's id.
    required : sequence of str
        Columns that must be there.

    Returns
    -------
    DataFrame or None
        Index `id`, known columns in the order of the data dictionary, then further ones; None without a key column.
    dict of str to Place
        Where each column stands.
    list of Problem
        Missing and unknown columns, missing and duplicate ids, values that are not of the column's type.
    """
    problems, misspelt = _header(table, key, required)
    if key not in table:
        return None, {}, problems
    ids = table[key]
    problems += table.problems(ids.isna(), key, "The person's id is missing.")
    problems += table.problems(ids.duplicated() & ids.notna(), key, "Duplicate id {value}: one row a person.")
    table = table.where(ids.notna() & ~ids.duplicated())
    index = pd.Index(table[key], name="id", dtype="str")
    lines = pd.Series(table.lines.to_numpy(), index=index)
    known = [name for name in COLUMNS if name in table and name not in (key, "id")]
    further = [name for name in table.columns if name not in COLUMNS and name != key]
    columns: dict[str, pd.Series] = {}
    for name in known:
        columns[name], found = _typed(table, COLUMNS[name])
        problems += found
    for name in further:
        columns[name] = _further(table[name])
        if name not in misspelt:
            kind = "number" if columns[name].dtype == float else "category"
            message = (
                f"Unknown optional column {name!r}, kept as a {kind}.{suggestion(name, set(COLUMNS) - set(known))}"
            )
            problems.append(table.problem("warning", message, name))
    frame = pd.DataFrame({name: values.to_numpy() for name, values in columns.items()}, index=index)
    frame = frame.astype({name: values.dtype for name, values in columns.items()})
    return frame, {name: Place(table.file, lines, name) for name in columns}, problems


def missing_columns(table: Table, required: Sequence[str]) -> tuple[list[Problem], set[str]]:
    """A finding for each required column that is not there, and the columns that look like misspellings of one."""
    strangers = [name for name in table.columns if name not in required and name not in COLUMNS]
    problems, misspelt = [], set()
    for name in required:
        if name in table:
            continue
        near = suggestion(name, strangers)
        message = f"The required column {name!r} is missing."
        if near:
            wrong = next(stranger for stranger in strangers if repr(stranger) in near)
            misspelt.add(wrong)
            message = f"The required column {name!r} is missing; is {wrong!r} meant? Rename it."
        problems.append(table.problem("error", message, name))
    return problems, misspelt


def _header(table: Table, key: str, required: Sequence[str]) -> tuple[list[Problem], set[str]]:
    return missing_columns(table, [key, *(name for name in required if name not in (key, "id"))])


def _typed(table: Table, column: Column) -> tuple[pd.Series, list[Problem]]:
    cells = table[column.name]
    if column.kind == "text":
        return cells, []
    if column.kind == "boolean":
        values, bad = to_booleans(cells)
        return values, table.problems(bad, column.name, f"{column.label} must be true or false, not {{value}}.")
    if column.kind == "category":
        spellings = _ARM_SPELLINGS if column.name in ("first_arm", "second_arm") else {v: v for v in column.values}
        cells = cells.str.replace(r"\s*\+\s*", "+", regex=True) if spellings is _ARM_SPELLINGS else cells
        values, bad = to_categories(cells, spellings)
        return values, _unknown_category(table, column, values, bad)
    if column.name == "age":
        cells = cells.str.replace(r"\+$", "", regex=True)  # "90+": ages of 90 and over are often given so
    values, bad = to_numbers(cells)
    problems = table.problems(bad, column.name, f"{column.label} must be a number, not {{value}}.")
    if column.kind == "integer":
        broken = values.notna() & (values % 1 != 0)
        problems += table.problems(broken, column.name, f"{column.label} must be a whole number, not {{value}}.")
    return values, problems


def _unknown_category(table: Table, column: Column, values: pd.Series, bad: pd.Series) -> list[Problem]:
    allowed = ", ".join(column.values)
    if column.name == "first_arm":
        pair = values.notna() & ~values.isin(SINGLE_ARMS)
        message = f"The first arm must be a single treatment ({allowed}), not {{value}}."
        found = table.problems(pair, column.name, message)
        values.mask(pair, inplace=True)
        return found + table.problems(
            bad, column.name, f"Unknown arm {{value}}; allowed: {allowed}.", hints=column.values
        )
    what = "arm" if column.name == "second_arm" else column.label[0].lower() + column.label[1:]
    return table.problems(bad, column.name, f"Unknown {what} {{value}}; allowed: {allowed}.", hints=column.values)


def _further(cells: pd.Series) -> pd.Series:
    """A column that the data dictionary does not know: numbers if all its cells are numbers, else a category."""
    values, bad = to_numbers(cells)
    return cells if bad.any() else values
