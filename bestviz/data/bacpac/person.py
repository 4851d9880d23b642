"""One person out of a BACPAC folder: what advice needs, with no assignment asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bestviz.data.bacpac.read import DEMOGRAPHICS, is_bacpac, read_bacpac
from bestviz.data.checks import check
from bestviz.data.problems import Problem, errors_of
from bestviz.data.tables import Folder, find_file, read_table
from bestviz.errors import DataError


@dataclass(frozen=True)
class PersonRecord:
    """What the files say about one person.

    Attributes
    ----------
    id : str
        USUBJID.
    participant : dict
        Participant columns that are known, in the types of the data dictionary.
    measures : dict of int to dict
        Week -> measure code -> value.
    deep : dict of str to float
        Markers at week 0 that are known.
    problems : tuple of Problem
        Warnings about this person and the files.
    """

    id: str
    participant: dict[str, Any]
    measures: dict[int, dict[str, float]]
    deep: dict[str, float]
    problems: tuple[Problem, ...]


def list_people(folder: str | Path | Folder) -> list[str]:
    """Ids (USUBJID) of everyone in the DM table of a BACPAC folder, in the order of the file."""
    folder = _folder(folder)
    paths = find_file(folder, DEMOGRAPHICS)
    if not paths:
        raise DataError(f"There is no DM table in {str(folder)!r}.")
    table, problems = read_table(paths[0], legacy=True)
    if table is None or "USUBJID" not in table:
        reason = str(problems[0]) if problems else f"{paths[0].name} has no column USUBJID."
        raise DataError(f"The people of {str(folder)!r} cannot be listed: {reason}", problems)
    return [str(person) for person in table["USUBJID"].dropna().unique()]


def read_person(folder: str | Path | Folder, usubjid: str) -> PersonRecord:
    """Read one person for advice; needs no assignments.

    Parameters
    ----------
    folder : str, Path or MemoryFolder
        BACPAC folder.
    usubjid : str
        The person's id.

    Returns
    -------
    PersonRecord
        Values typed, scored and checked like those of a whole data set.

    Raises
    ------
    DataError
        If the folder or the person cannot be read, or a value of this person breaks a rule (for example age under 18).
    """
    folder = _folder(folder)
    people = list_people(folder)
    if usubjid not in people:
        raise DataError(f"There is no person {usubjid!r} in {str(folder)!r}; it holds {len(people)} people.")
    trial, problems = check(read_bacpac(folder, only=usubjid), one_person=True)
    wrong = errors_of(problems)
    if trial is None:
        raise DataError(f"The data of {usubjid!r} cannot be used: {str(wrong[0]).removeprefix('error: ')}", problems)
    known = trial.participants.loc[usubjid].dropna()
    participant = {str(name): _plain(value) for name, value in known.items()}
    measures: dict[int, dict[str, float]] = {}
    table = trial.assessments
    for week, measure, value in zip(table["week"], table["measure"], table["value"], strict=True):
        measures.setdefault(int(week), {})[measure] = float(value)
    markers: dict[Any, Any] = {} if trial.deep is None else trial.deep.loc[usubjid].dropna().to_dict()
    deep = {str(name): float(value) for name, value in markers.items()}
    return PersonRecord(usubjid, participant, measures, deep, problems)


def _plain(value: Any) -> Any:
    """A cell as Python's own type."""
    return value.item() if isinstance(value, np.generic) else value


def _folder(given: str | Path | Folder) -> Folder:
    folder: Folder = Path(given) if isinstance(given, str) else given
    if isinstance(folder, Path) and not folder.is_dir():
        raise DataError(f"The folder {str(folder)!r} does not exist or is not a folder.")
    if not is_bacpac(folder):
        raise DataError(f"{str(folder)!r} is not a BACPAC folder: it has neither a DM nor a QSMD or QS table.")
    return folder
