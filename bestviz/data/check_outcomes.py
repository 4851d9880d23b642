"""Rules about values of measures: inside their instrument, at a week of the schedule, there at all."""

from __future__ import annotations

import pandas as pd

from bestviz.data.draft import Draft
from bestviz.data.problems import Problem, Severity
from bestviz.trial import ASSESSED, MEASURES

LOWEST_ENTRY_PEG = 4.0  # entry criterion of the trial


def check_outcomes(draft: Draft, people: pd.DataFrame, *, one_person: bool) -> tuple[pd.DataFrame, list[Problem]]:
    """Check the values of all measures.

    Parameters
    ----------
    draft : Draft
        With `assessments`.
    people : DataFrame
        Participants, index `id`.
    one_person : bool
        Leave out the rules about the trial as a whole.

    Returns
    -------
    DataFrame
        Columns id, week, measure, value, sorted; only values inside their instrument at a week of the schedule.
    list of Problem
        Every finding.
    """
    values = draft.assessments
    assert values is not None
    facts = {code: (m.minimum, m.maximum, m.binary or m.role == "response") for code, m in MEASURES.items()}
    low, high, whole = (values["measure"].map({code: fact[i] for code, fact in facts.items()}) for i in range(3))
    outside = (values["value"] < low.astype(float)) | (values["value"] > high.astype(float))
    broken = whole.astype(bool) & (values["value"] % 1 != 0) & ~outside
    problems = [_outside(draft, row) for row in values[outside | broken].itertuples()]
    values = values[~(outside | broken)]
    values, found = _scheduled(draft, values)
    problems += found
    mild = (values["measure"] == "peg") & (values["week"] == 0) & (values["value"] < LOWEST_ENTRY_PEG)
    for row in values[mild].itertuples():
        message = f"PEG of {row.value:.3g} at week 0 is below the trial's entry criterion of 4."
        problems.append(_problem(draft, "warning", row.line, message))
    if not one_person:
        problems += _missing(draft, values, len(people))
    ordered = values.sort_values(["id", "week", "measure"], ignore_index=True)
    return ordered[["id", "week", "measure", "value"]].astype({"id": "str", "measure": "str"}), problems


def _problem(draft: Draft, severity: Severity, line: object, message: str, column: str | None = None) -> Problem:
    row = None if line is None else int(line)  # type: ignore[call-overload]
    return Problem(severity, draft.assessments_file, row, column or draft.assessments_column, message)


def _outside(draft: Draft, row: object) -> Problem:
    code, value = row.measure, row.value  # type: ignore[attr-defined]
    measure = MEASURES[code]
    whole = "a whole number " if measure.binary or measure.role == "response" else ""
    span = f"{whole}from {measure.minimum:g} to {measure.maximum:g}"
    message = f"{code} of {value:g} is outside its instrument: it must be {span}."
    return _problem(draft, "error", row.line, message)  # type: ignore[attr-defined]


def _scheduled(draft: Draft, values: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Only values at a week of the schedule; one finding for each measure and week that it does not have."""
    schedule = pd.MultiIndex.from_tuples([(code, week) for code, m in MEASURES.items() for week in m.weeks])
    stray = ~pd.MultiIndex.from_frame(values[["measure", "week"]]).isin(schedule)
    problems = []
    for (code, week), rows in values[stray].groupby(["measure", "week"])["line"]:
        how_many = "1 value is" if len(rows) == 1 else f"{len(rows)} values are"
        message = f"{code} is not measured at week {week} in this trial; {how_many} ignored."
        problems.append(_problem(draft, "warning", rows.min(), message, "week"))
    return values[~stray], problems


def _missing(draft: Draft, values: pd.DataFrame, people: int) -> list[Problem]:
    """One finding for each measure with missing visits; an error if there is no value after week 0 at all."""
    if not (values["week"] > 0).any():
        message = "There is no value of any measure after week 0: all outcomes are missing."
        said = any(p.severity == "error" and p.file == draft.assessments_file for p in draft.problems)
        return [] if said else [_problem(draft, "error", None, message)]
    counts = values.groupby(["measure", "week"]).size()
    problems = []
    for code in ASSESSED:
        gaps = {week: people - int(counts.get((code, week), 0)) for week in MEASURES[code].weeks}
        if all(gap == people for gap in gaps.values()):
            message = f"There is no value of {code} at any week."
        elif any(gaps.values()):
            listed = ", ".join(f"week {week}: {gap}" for week, gap in gaps.items() if gap)
            message = f"Missing visits: {code} is missing for so many of {people} people: {listed}."
        else:
            continue
        problems.append(_problem(draft, "warning", None, message, "measure"))
    return problems
