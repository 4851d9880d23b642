"""Reading a BACPAC folder as a whole: people, questionnaires, exams and the optional assignments."""

from __future__ import annotations

import pandas as pd

from bestviz.data.bacpac.exams import read_exams
from bestviz.data.bacpac.records import read_records
from bestviz.data.bacpac.scoring import Answers, score_columns, score_measures
from bestviz.data.bacpac.subjects import read_characteristics, read_demographics
from bestviz.data.draft import Draft, Place
from bestviz.data.info import read_info
from bestviz.data.participants import read_people
from bestviz.data.problems import Problem
from bestviz.data.tables import Folder, Table, find_file, read_table, suggestion
from bestviz.trial import COLUMNS

DEMOGRAPHICS, CHARACTERISTICS, EXAMS, EXPOSURES, ASSIGNMENTS = "DM", "SC", "FT", "EX", "assignments"
QUESTIONNAIRES = ("QSMD", "QS")


def is_bacpac(folder: Folder) -> bool:
    """Whether a folder holds the consortium's DM or questionnaire table."""
    return any(find_file(folder, stem) for stem in (DEMOGRAPHICS, *QUESTIONNAIRES))


def read_bacpac(folder: Folder, only: str | None = None) -> Draft:
    """Read a BACPAC folder.

    Parameters
    ----------
    folder : Path or another `Folder`
        With DM and QSMD (or QS); SC, FT, EX, `assignments.csv` and `dataset.json` are optional.
    only : str, optional
        USUBJID of the one person to read.

    Returns
    -------
    Draft
        Values typed and scored, not yet checked as a whole. People without an assignment are left out if there is an
        `assignments.csv`; without one, all arms are missing.
    """
    info, content, problems = read_info(folder, required=False)
    draft = Draft(info, assessments_column="QSSTRESN", problems=problems)
    table = _open(folder, (DEMOGRAPHICS,), draft, required=True)
    if table is None:
        return draft
    if only is not None and "USUBJID" in table:
        table = table.where(table["USUBJID"] == only)
    people, places, found = read_demographics(table)
    draft.problems += found
    if people is None:
        return draft
    if only is None and not len(people):
        draft.problems.append(table.problem("error", "The table has no rows."))
    answers = _questionnaires(folder, draft, people.index, only)
    if answers is not None:
        columns, lines, found = score_columns(answers)
        draft.problems += found
        people = people.join(columns)
        places |= {name: Place(answers.file, at.dropna(), "QSSTRESN") for name, at in lines.items()}
    people, places = _characteristics(folder, draft, people, places, only)
    people, places = _assignments(folder, draft, people, places, only)
    exams = _of(_open(folder, (EXAMS,), draft), people.index, draft, only)
    if exams is not None:
        draft.deep, found = read_exams(exams)
        draft.problems += found
    _of(_open(folder, (EXPOSURES,), draft), people.index, draft, only)  # nothing is taken from it, but it must be sound
    # A trial that was written in this format says which columns it had: nothing derived is added to them.
    named = content.get("columns")
    kept = [name for name in named if name in people] if isinstance(named, list) else list(COLUMNS)
    order = [name for name in kept if name in people]
    if not isinstance(named, list):
        order += [name for name in people.columns if name not in COLUMNS]
    draft.participants, draft.places = people[order], places
    if draft.assessments is not None:
        draft.assessments = draft.assessments[draft.assessments["id"].isin(people.index)]
    return draft


def _open(
    folder: Folder, stems: tuple[str, ...], draft: Draft, *, required: bool = False, legacy: bool = True
) -> Table | None:
    paths = [path for stem in stems for path in find_file(folder, stem)]
    if len(paths) == 1:
        table, found = read_table(paths[0], legacy=legacy)
        draft.problems += found
        return table
    if paths:
        names = " and ".join(path.name for path in paths)
        draft.problems.append(Problem("error", paths[0].name, None, None, f"There are both {names}; keep one."))
    elif required:
        known = (DEMOGRAPHICS, CHARACTERISTICS, EXAMS, EXPOSURES, *QUESTIONNAIRES)
        others = [path.name for path in folder.iterdir() if path.stem.upper() not in known]
        message = f"The table {' or '.join(stems)} is missing.{suggestion(f'{stems[0]}.csv', others)}"
        draft.problems.append(Problem("error", f"{stems[0]}.csv", None, None, message))
    return None


def _of(table: Table | None, people: pd.Index, draft: Draft, only: str | None) -> Table | None:
    """The rows of known people; an error for each person that DM does not have."""
    if table is None or "USUBJID" not in table:
        return table
    ids = table["USUBJID"]
    if only is not None:
        return table.where(ids == only)
    draft.problems += table.problems(ids.isna(), "USUBJID", "The person's id is missing.")
    unknown = ids.notna() & ~ids.isin(draft.everyone if draft.everyone is not None else people)
    for person, lines in table.lines[unknown].groupby(ids[unknown]):
        message = f"Unknown person: {person!r} is not in DM ({len(lines)} records)."
        draft.problems.append(Problem("error", table.file, int(lines.min()), "USUBJID", message))
    return table.where(ids.isin(people))


def _questionnaires(folder: Folder, draft: Draft, people: pd.Index, only: str | None) -> Answers | None:
    draft.everyone = people
    table = _of(_open(folder, QUESTIONNAIRES, draft, required=True), people, draft, only)
    if table is None:
        return None
    draft.assessments_file = table.file
    records, found = read_records(table)
    draft.problems += found
    if records is None:
        return None
    answers = Answers(records, table.file)
    draft.assessments, found = score_measures(answers)
    draft.problems += found
    draft.rows = len(draft.assessments)
    return answers


def _characteristics(
    folder: Folder, draft: Draft, people: pd.DataFrame, places: dict[str, Place], only: str | None
) -> tuple[pd.DataFrame, dict[str, Place]]:
    table = _of(_open(folder, (CHARACTERISTICS,), draft), people.index, draft, only)
    if table is None:
        message = "The table SC is missing: education, employment, body mass index and back surgery are not known."
        draft.problems.append(Problem("warning", "SC.csv", None, None, message))
        return people, places
    columns, found_places, found = read_characteristics(table)
    draft.problems += found
    return people.join(columns), places | found_places


def _assignments(
    folder: Folder, draft: Draft, people: pd.DataFrame, places: dict[str, Place], only: str | None
) -> tuple[pd.DataFrame, dict[str, Place]]:
    """Add the columns of `assignments.csv`; where it repeats a column of another table, it wins."""
    table = _of(_open(folder, (ASSIGNMENTS,), draft, legacy=False), people.index, draft, only)
    if table is None:
        draft.assigned = False
        if not find_file(folder, ASSIGNMENTS) and only is None:
            message = (
                "There is no assignments.csv: all arms are missing; people can be looked at, no model can be fitted."
            )
            draft.problems.append(Problem("warning", "assignments.csv", None, None, message))
        return people.assign(**{name: pd.Series(pd.NA, people.index, dtype="str") for name in _ARMS}), places
    required = () if only is not None else _ARMS
    columns, found_places, found = read_people(table, "USUBJID", required)
    draft.problems += found
    if columns is None:
        return people, places
    if only is None:
        without = people.index.difference(columns.index, sort=False)
        if len(without):
            message = f"{len(without)} people of DM have no assignment and are left out, for example {without[0]!r}."
            draft.problems.append(table.problem("warning", message, "USUBJID"))
            people = people.loc[people.index.isin(columns.index)]
    joined = people.drop(columns=[name for name in columns if name in people]).join(columns)
    return joined, places | found_places


_ARMS = ("first_arm", "second_arm")
