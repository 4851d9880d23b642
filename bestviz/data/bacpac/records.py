"""Reading the questionnaire records (QSMD or QS): one number a person, visit and test code."""

from __future__ import annotations

import re

import pandas as pd

from bestviz.data.bacpac.codes import ANSWERS, DERIVED, IMPRESSION, NOT_SURE, SLEEP_DURATION, TESTS
from bestviz.data.parsing import to_numbers
from bestviz.data.participants import missing_columns
from bestviz.data.problems import Problem
from bestviz.data.tables import Table, shown

REQUIRED = ("USUBJID", "QSTESTCD", "QSSTRESN", "VISITNUM")
_DURATION = re.compile(
    r"P(?:(?P<d>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:[.,]\d+)?)H)?(?:(?P<m>\d+(?:[.,]\d+)?)M)?(?:(?P<s>\d+(?:[.,]\d+)?)S)?)?"
)


def hours_of(duration: str) -> float | None:
    """Hours of an ISO 8601 duration of days, hours, minutes and seconds.

    Parameters
    ----------
    duration : str
        For example `"PT6H30M"`.

    Returns
    -------
    float or None
        6.5 for the example; None where the text is no such duration.
    """
    match = _DURATION.fullmatch(duration.strip())
    if match is None or not any(match.groupdict().values()):
        return None
    days, hours, minutes, seconds = (float((match[part] or "0").replace(",", ".")) for part in "dhms")
    return days * 24 + hours + minutes / 60 + seconds / 3600


def read_records(table: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Type the questionnaire records that BestViz scores; other test codes are left alone.

    Parameters
    ----------
    table : Table
        QSMD or QS, only known people.

    Returns
    -------
    DataFrame or None
        Columns id, week, test, value (missing allowed), line; no duplicates. None if a required column is missing.
    list of Problem
        Missing columns, wrong types, duplicates, contradictions between a number and its words.
    """
    problems, _ = missing_columns(table, REQUIRED)
    if problems:
        return None, problems
    table = table.where(table["QSTESTCD"].isin(TESTS))
    tests = table["QSTESTCD"]
    words = table.get("QSSTRESC")
    weeks, no_week = to_numbers(table["VISITNUM"])
    problems += table.problems(no_week | weeks.isna(), "VISITNUM", "The visit number must be a number, not {value}.")
    values, bad = to_numbers(table["QSSTRESN"])
    duration = tests == SLEEP_DURATION
    problems += table.problems(bad & ~duration, "QSSTRESN", "The result must be a number, not {value}.")
    values = _from_words(values, words, tests)
    values[duration], found = _durations(table.where(duration), values[duration], words[duration])
    problems += found
    not_sure = (values == NOT_SURE) & ~tests.isin(DERIVED) & (words.isna() | words.isin(["Not sure", "99", "99.0"]))
    values = values.mask(not_sure)
    values, found = _impressions(table, values, words, tests == IMPRESSION)
    problems += found
    frame = pd.DataFrame({"id": table["USUBJID"], "week": weeks, "test": tests, "value": values, "line": table.lines})
    frame = frame[weeks.notna() & (weeks % 1 == 0)]  # visits between the weeks (12.1) are unscheduled: not read
    again = frame.duplicated(["id", "week", "test"])
    repeated = again.reindex(tests.index, fill_value=False)
    problems += table.problems(
        repeated, "QSTESTCD", "Duplicate record of {value}: this person and visit have an earlier one."
    )
    return frame[~again].astype({"week": "int64"}), problems


def _from_words(values: pd.Series, words: pd.Series, tests: pd.Series) -> pd.Series:
    """Numbers, and where there is none the code of the words (`QSSTRESC`), if they are a number or in the codelist."""
    gaps = values.isna() & words.notna()
    if not gaps.any():
        return values
    numbers, _ = to_numbers(words[gaps])
    codes = {
        (test, answer): float(first + place)
        for test, (first, answers) in ANSWERS.items()
        for place, answer in enumerate(answers)
    }
    pairs = zip(tests[gaps], words[gaps], strict=True)
    coded = pd.Series([codes.get(pair, float("nan")) for pair in pairs], index=numbers.index, dtype=float)
    return values.fillna(numbers.fillna(coded))


def _durations(table: Table, values: pd.Series, words: pd.Series) -> tuple[pd.Series, list[Problem]]:
    """Hours from ISO 8601 durations in `QSSTRESC`, else the number; a finding where the two differ."""
    hours = words.map(lambda word: None if pd.isna(word) else hours_of(word)).astype(float)
    plain = words.isna() | to_numbers(words)[0].notna()
    strange = hours.isna() & ~plain & ~words.isin(["Not sure"])
    problems = table.problems(strange, "QSSTRESC", "{value} is not a duration; write PT6H30M for six and a half hours.")
    differ = hours.notna() & values.notna() & ((hours - values).abs() > 0.02)
    message = "The duration and the number of hours contradict each other; the duration {value} is used."
    problems += table.problems(differ, "QSSTRESC", message, "warning") if differ.any() else []
    return hours.fillna(values), problems


def _impressions(table: Table, values: pd.Series, words: pd.Series, rows: pd.Series) -> tuple[pd.Series, list[Problem]]:
    """PGIC from 1 to 7, also where the whole file follows the specification's codelist that counts from 0."""
    first, answers = ANSWERS[IMPRESSION]
    codes = {answer: float(first + place) for place, answer in enumerate(answers)}
    said = words[rows].map(codes)
    both = said.notna() & values[rows].notna()
    said, numbers = said[both], values[rows][both]
    if len(said) and (numbers == said - 1).all():
        message = (
            f"{IMPRESSION} is numbered from 0 here; its words are used (1 very much improved to 7 very much worse)."
        )
        return values.where(~rows, values + 1), [table.problem("warning", message, "QSSTRESN")]
    differs = numbers != said
    problems = []
    for at in differs.index[differs]:
        message = f"The number {numbers[at]:g} contradicts its words {shown(words[at])}; correct one of them."
        problems.append(Problem("error", table.file, int(table.lines[at]), "QSSTRESN", message))
    return values, problems
