"""Reading FT (physical and sensory tests) into the deep markers: one numeric column a marker, at week 0."""

from __future__ import annotations

import pandas as pd

from bestviz.data.parsing import to_numbers
from bestviz.data.participants import missing_columns
from bestviz.data.problems import Problem
from bestviz.data.tables import Table

REQUIRED = ("USUBJID", "FTTESTCD", "FTSTRESN", "VISITNUM")
_YES_NO = {"yes": 1.0, "no": 0.0}


def read_exams(table: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Type the FT records.

    A marker is a test code with its location and side (`PPTTEST_trapezius`, `HIPIRD`, `BABINSKI_left`); repeats and
    body positions are averaged. Yes and No are 1 and 0; gradings are numbers where the file numbers them; markers in
    words without numbers are left out.

    Parameters
    ----------
    table : Table
        Only known people.

    Returns
    -------
    DataFrame or None
        Index `id`, one numeric column a marker in the order of the file. None if a required column is missing.
    list of Problem
        Missing columns, wrong types, markers left out.
    """
    problems, _ = missing_columns(table, REQUIRED)
    if problems:
        return None, problems
    weeks, bad = to_numbers(table["VISITNUM"])
    problems += table.problems(bad, "VISITNUM", "The visit number must be a number, not {value}.")
    table = table.where((weeks == 0) & table["FTTESTCD"].notna())
    values, bad = to_numbers(table["FTSTRESN"])
    problems += table.problems(bad, "FTSTRESN", "The result must be a number, not {value}.")
    words = table.get("FTSTRESC")
    values = values.fillna(words.str.casefold().map(_YES_NO).astype(float))
    names = table["FTTESTCD"].copy()
    for column in ("FTLOC", "FTLAT"):
        part = table.get(column).str.casefold()
        part = part.str.replace(r"[^a-z0-9]+", "_", regex=True).str.strip("_")
        names = names + ("_" + part).fillna("")
    frame = pd.DataFrame({"id": table["USUBJID"], "marker": names, "value": values})
    in_words = values.isna() & words.notna()
    numbered = values.notna().groupby(names).any()
    worded = in_words.groupby(names).any()
    left_out = set(names.unique()) & set(numbered.index[~numbered & worded])
    for name in sorted(left_out):
        problems.append(
            table.problem("warning", f"The marker {name} is in words without numbers; it is left out.", "FTSTRESC")
        )
    frame = frame[~frame["marker"].isin(list(left_out))]
    markers = list(dict.fromkeys(frame["marker"]))
    # Values that are the same in every repeat stay exactly what they are.
    means = frame.groupby(["id", "marker"])["value"].mean().unstack("marker")
    deep = means.reindex(columns=markers)
    deep.columns.name = None
    deep.index = pd.Index(deep.index, name="id", dtype="str")
    return deep, problems
