"""From a data folder, in either format, on disk or in memory, to a validated Trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bestviz.data.assessments import read_assessments, read_deep
from bestviz.data.bacpac.read import is_bacpac, read_bacpac
from bestviz.data.checks import check
from bestviz.data.dataset import DatasetInfo, Trial
from bestviz.data.draft import Draft
from bestviz.data.info import read_info
from bestviz.data.participants import read_people
from bestviz.data.problems import Problem, errors_of
from bestviz.data.tables import Folder, Table, find_file, read_table, suggestion
from bestviz.errors import DataError
from bestviz.trial import MEASURES, ResponseRule

TABLES = ("participants", "assessments", "deep")


@dataclass(frozen=True)
class Validation:
    """What a data folder holds and everything that is wrong with it.

    Attributes
    ----------
    participants : int
        People in the data set.
    assessments : int
        Values in the data set: rows of `assessments`, or values scored from a BACPAC folder.
    measures : list of str
        Codes of the measures that have any value, in the order of the measures table.
    problems : tuple of Problem
        Every finding: errors first, then by file and row.
    trial : Trial or None
        None if there is any error.
    """

    participants: int
    assessments: int
    measures: list[str]
    problems: tuple[Problem, ...]
    trial: Trial | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The findings that forbid a fit."""
        return errors_of(self.problems)

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, as printed by `validate --json`."""
        return {
            "participants": self.participants,
            "assessments": self.assessments,
            "measures": self.measures,
            "problems": [problem.to_dict() for problem in self.problems],
        }


def validate(path: str | Path | Folder) -> Validation:
    """Check a data folder and list every problem; bad data raise nothing.

    Parameters
    ----------
    path : str, Path or MemoryFolder
        Folder with the three tables (`participants`, `assessments`, optional `deep`, `dataset.json`) or a BACPAC
        folder, on disk or in memory.

    Returns
    -------
    Validation
        Counts, problems and, if there is no error, the trial.
    """
    return examine(read_draft(path))


def read_draft(path: str | Path | Folder) -> Draft:
    """Read a data folder in either format, on disk or in memory; what is wrong with it stands in the draft."""
    folder = Path(path) if isinstance(path, str) else path
    if isinstance(folder, Path) and not folder.is_dir():
        what = "is a file, not a data folder" if folder.exists() else "does not exist"
        problem = Problem("error", folder.name, None, None, f"The folder {str(folder)!r} {what}.")
        return Draft(DatasetInfo(folder.name), problems=[problem])
    own = any(find_file(folder, stem) for stem in TABLES[:2])
    return read_bacpac(folder) if is_bacpac(folder) and not own else _read_tables(folder)


def examine(draft: Draft, rule: ResponseRule | None = None) -> Validation:
    """Check what was read as a whole, under another response rule if one is given.

    Parameters
    ----------
    draft : Draft
        From `read_draft`; it stays as it is, and can be examined again.
    rule : ResponseRule, optional
        Instead of the data set's own.
    """
    if rule is not None:
        draft = replace(draft, info=replace(draft.info, response_rule=rule))
    trial, problems = check(draft)
    present = set() if draft.assessments is None else set(draft.assessments["measure"].unique())
    return Validation(
        participants=0 if draft.participants is None else len(draft.participants),
        assessments=draft.rows,
        measures=[code for code in MEASURES if code in present],
        problems=problems,
        trial=trial,
    )


def load_trial(path: str | Path) -> Trial:
    """Load a data folder.

    Parameters
    ----------
    path : str or Path
        Folder with the three tables or a BACPAC folder.

    Returns
    -------
    Trial
        Validated; its `problems` hold the warnings. Without assignments (a BACPAC folder with no `assignments.csv`) all
        arms are missing: such a data set can be looked at, not fitted.

    Raises
    ------
    DataError
        If the folder cannot be read or the data break a rule; `problems` lists every finding.
    """
    found = validate(path)
    if found.trial is not None:
        return found.trial
    first, count = found.errors[0], len(found.errors)
    how_many = "1 error" if count == 1 else f"{count} errors; run validate for all of them. The first"
    raise DataError(
        f"The data in {str(path)!r} cannot be used: {how_many}: {str(first).removeprefix('error: ')}", found.problems
    )


def _read_tables(folder: Folder) -> Draft:
    info, _, problems = read_info(folder)
    draft = Draft(info, problems=problems)
    tables = {stem: _table(folder, stem, draft) for stem in TABLES}
    people = None
    if (table := tables["participants"]) is not None:
        draft.participants, draft.places, found = read_people(table)
        draft.problems += found
        if draft.participants is not None:
            people = draft.participants.index
            if not len(table):
                draft.problems.append(table.problem("error", "The table has no rows."))
    if (table := tables["assessments"]) is not None:
        draft.rows, draft.assessments_file = len(table), table.file
        draft.assessments, found = read_assessments(table, people)
        draft.problems += found
    if (table := tables["deep"]) is not None:
        draft.deep, found = read_deep(table, people)
        draft.problems += found
    return draft


def _table(folder: Folder, stem: str, draft: Draft) -> Table | None:
    paths = find_file(folder, stem)
    if len(paths) == 1:
        table, found = read_table(paths[0])
        draft.problems += found
        return table
    if paths:
        names = " and ".join(path.name for path in paths)
        draft.problems.append(Problem("error", paths[0].name, None, None, f"There are both {names}; keep one."))
    elif stem != "deep":
        others = [
            path.name for path in folder.iterdir() if path.stem not in TABLES and path.suffix in (".csv", ".parquet")
        ]
        near = suggestion(f"{stem}.csv", others)
        message = f"The table {stem} is missing: there is no {stem}.csv or {stem}.parquet.{near}"
        draft.problems.append(Problem("error", f"{stem}.csv", None, None, message))
    return None
