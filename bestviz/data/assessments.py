"""Reading the tables `assessments` (one row a value) and `deep` (one row a person) of the three-table format."""

from __future__ import annotations

import pandas as pd

from bestviz.data.parsing import to_numbers
from bestviz.data.participants import missing_columns
from bestviz.data.problems import Problem
from bestviz.data.tables import Table
from bestviz.trial import MEASURES

COLUMNS = ("id", "week", "measure", "value")


def read_assessments(table: Table, people: pd.Index | None) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Type the `assessments` table.

    Parameters
    ----------
    table : Table
        Cells as text.
    people : Index or None
        Known ids; None if they could not be read.

    Returns
    -------
    DataFrame or None
        Columns id, week, measure, value, line; only rows that can be used. None if a required column is missing.
    list of Problem
        Missing and unknown columns, wrong types, unknown measures and people, duplicates.
    """
    problems, misspelt = missing_columns(table, COLUMNS)
    for name in table.columns:
        if name not in COLUMNS and name not in misspelt:
            problems.append(table.problem("warning", f"Unknown optional column {name!r}; it is ignored.", name))
    if any(name not in table for name in COLUMNS):
        return None, problems
    for name in COLUMNS[:3]:
        problems += table.problems(table[name].isna(), name, f"The {name} is missing.")
    weeks, no_week = to_numbers(table["week"])
    no_week |= weeks.notna() & (weeks % 1 != 0)
    values, no_value = to_numbers(table["value"])
    strange = table["measure"].notna() & ~table["measure"].isin(list(MEASURES))
    unknown = pd.Series(False, index=weeks.index) if people is None else table["id"].notna() & ~table["id"].isin(people)
    problems += table.problems(no_week, "week", "The week must be a whole number, not {value}.")
    problems += table.problems(no_value, "value", "The value must be a number, not {value}.")
    problems += table.problems(strange, "measure", "Unknown measure {value}.", hints=MEASURES)
    problems += table.problems(unknown, "id", "Assessment of an unknown person: {value} is not among the participants.")
    frame = pd.DataFrame(
        {"id": table["id"], "week": weeks, "measure": table["measure"], "value": values, "line": table.lines}
    )
    keyed = frame["id"].notna() & frame["measure"].notna() & weeks.notna()
    again = keyed & frame.duplicated(["id", "week", "measure"])
    problems += table.problems(
        again, "id", "Duplicate assessment: this person, week and measure stand in an earlier row."
    )
    usable = keyed & ~(again | no_week | strange | unknown) & values.notna()
    return frame[usable].astype({"week": "int64"}), problems


def read_deep(table: Table, people: pd.Index | None) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Type the `deep` table: index `id`, one numeric column a marker; None if it has no id column."""
    problems, _ = missing_columns(table, ["id"])
    if problems:
        return None, problems
    ids = table["id"]
    unknown = pd.Series(False, index=ids.index) if people is None else ids.notna() & ~ids.isin(people)
    again = ids.duplicated() & ids.notna()
    problems += table.problems(ids.isna(), "id", "The person's id is missing.")
    problems += table.problems(again, "id", "Duplicate id {value}: one row a person.")
    problems += table.problems(unknown, "id", "Unknown person: {value} is not among the participants.")
    markers = {}
    for name, cells in table.columns.items():
        if name != "id":
            markers[name], bad = to_numbers(cells)
            problems += table.problems(bad, name, "The marker must be a number, not {value}.")
    frame = pd.DataFrame(markers, index=ids.index)[ids.notna() & ~again & ~unknown]
    frame.index = pd.Index(ids[frame.index], name="id", dtype="str")
    return frame, problems
