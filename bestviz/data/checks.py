"""From a draft to a validated Trial: the rules that hold whatever format the data came in."""

from __future__ import annotations

import pandas as pd

from bestviz.data.check_design import check_design
from bestviz.data.check_outcomes import check_outcomes
from bestviz.data.dataset import Trial
from bestviz.data.draft import Draft
from bestviz.data.problems import Problem, errors_of, warnings_of
from bestviz.trial import COLUMNS


def check(draft: Draft, *, one_person: bool = False) -> tuple[Trial | None, tuple[Problem, ...]]:
    """Check a draft as a whole.

    Parameters
    ----------
    draft : Draft
        What a reader got out of a folder.
    one_person : bool
        Leave out the rules about the trial as a whole (missing visits, small arms, assignments).

    Returns
    -------
    Trial or None
        None if there is any error.
    tuple of Problem
        Every finding: errors first, then by file and row.
    """
    problems = list(draft.problems)
    trial = None
    if draft.participants is not None:
        people, found = check_covariates(draft)
        problems += found
        assessments = pd.DataFrame({"id": [], "week": [], "measure": [], "value": []})
        if draft.assessments is not None:
            assessments, found = check_outcomes(draft, people, one_person=one_person)
            problems += found
        trial = Trial(people, assessments, _deep(draft, people), draft.info)
        if not one_person and draft.assigned:
            problems += check_design(draft, trial)
    ordered = tuple(sorted(problems, key=lambda p: (p.severity, p.file, p.row or 0)))
    if trial is None or draft.assessments is None or errors_of(ordered):
        return None, ordered
    return Trial(trial.participants, trial.assessments, trial.deep, trial.info, warnings_of(ordered)), ordered


def check_covariates(draft: Draft) -> tuple[pd.DataFrame, list[Problem]]:
    """Participants with implausible covariates taken as missing, and a finding for each number out of its range."""
    assert draft.participants is not None
    people = draft.participants.copy()
    problems: list[Problem] = []
    for name in people.columns:
        column = COLUMNS.get(name)
        if column is None or column.minimum is None or column.maximum is None:
            continue
        values = people[name]
        # A body mass index of 80 is where the scale of plausible values ends: taken as missing itself.
        high = values >= column.maximum if name == "bmi" else values > column.maximum
        wrong = (values < column.minimum) | high
        low_end = values <= 0 if name.endswith("_probability") else values < column.minimum
        wrong |= low_end
        for person, value in values[wrong].items():
            place = draft.places[name]
            unit = f" {column.unit}" if column.unit else ""
            if name == "age" and value < column.minimum:
                message = f"Age {value:g} is under 18: the trial and its advice are for adults."
                problems.append(place.problem("error", person, message))
            elif column.use == "input":
                message = f"{column.label} of {value:g}{unit} is implausible; it is taken as missing."
                problems.append(place.problem("warning", person, message))
            else:
                message = f"{column.label} must be above 0 and at most 1, not {value:g}."
                problems.append(place.problem("error", person, message))
        people[name] = values.mask(wrong)
    return people, problems


def _deep(draft: Draft, people: pd.DataFrame) -> pd.DataFrame | None:
    if draft.deep is None:
        return None
    known = people.index[people.index.isin(draft.deep.index)]
    deep = draft.deep.reindex(known).dropna(how="all")
    deep.index.name = "id"
    return deep if len(deep) else None
