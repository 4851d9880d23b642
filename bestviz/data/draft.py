"""A data set that has been read but not yet checked as a whole; where each of its cells stands in the files."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from bestviz.data.dataset import DatasetInfo
from bestviz.data.problems import Problem, Severity


@dataclass(frozen=True)
class Place:
    """Where the values of one participant column come from.

    Attributes
    ----------
    file : str
        File name inside the data folder.
    lines : Series of int
        Line number in that file, indexed by person id.
    column : str
        Column of that file.
    """

    file: str
    lines: pd.Series
    column: str

    def problem(self, severity: Severity, person: Hashable, message: str) -> Problem:
        """A finding about the value of one person."""
        line = self.lines.get(person)
        return Problem(severity, self.file, None if line is None else int(line), self.column, message)


@dataclass
class Draft:
    """What a reader got out of a folder, with everything that it found wrong on the way.

    Attributes
    ----------
    participants : DataFrame or None
        Index `id`, typed columns; None if the table cannot be used.
    places : mapping of column to Place
        Where each participant column stands in the files.
    assessments : DataFrame or None
        Columns id, week, measure, value, line; no duplicates, known people only.
    assessments_file, assessments_column : str
        File that the lines of the assessments refer to, and the column that holds their values.
    deep : DataFrame or None
        Index `id`, one numeric column a marker.
    info : DatasetInfo
        What `dataset.json` says.
    everyone : Index or None
        Ids that the files may name, also those left out of `participants`.
    assigned : bool
        Whether the data set holds assignments at all.
    rows : int
        Number of assessments in the files.
    problems : list of Problem
        Findings so far.
    """

    info: DatasetInfo
    participants: pd.DataFrame | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    assessments: pd.DataFrame | None = None
    assessments_file: str = "assessments.csv"
    assessments_column: str = "value"
    deep: pd.DataFrame | None = None
    everyone: pd.Index | None = None
    assigned: bool = True
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
