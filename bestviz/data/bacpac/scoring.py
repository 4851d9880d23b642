"""Scoring: from the items of a questionnaire to the value of a measure or column, checked against recorded scores."""

from __future__ import annotations

import pandas as pd

from bestviz.data.bacpac.codes import COLUMN_CODES, COLUMN_SCALES, MEASURE_SCALES, RADICULAR, SINGLE_MEASURES, Scale
from bestviz.data.bacpac.promis import T_SCORES
from bestviz.data.problems import Problem

T_TOLERANCE = 0.06  # T-scores are given to one decimal


class Answers:
    """All records of a data set, one row a person and visit, one column a test code; with their lines in the file."""

    def __init__(self, records: pd.DataFrame, file: str) -> None:
        """Spread records (columns id, week, test, value, line)."""
        self.file = file
        self.values = records.pivot(index=["id", "week"], columns="test", values="value")
        self.lines = records.pivot(index=["id", "week"], columns="test", values="line")

    def __getitem__(self, test: str) -> pd.Series:
        """Values of one test code; missing throughout where the file does not have it."""
        return self.values[test] if test in self.values else pd.Series(float("nan"), self.values.index)

    def has(self, *tests: str) -> bool:
        """Whether the file has any record of these test codes."""
        return any(test in self.values for test in tests)

    def line(self, *tests: str) -> pd.Series:
        """Line of the first of these test codes that each person and visit has."""
        lines = [self.lines[test] for test in tests if test in self.lines]
        return pd.concat(lines, axis=1).bfill(axis=1).iloc[:, 0] if lines else pd.Series(float("nan"), self.lines.index)

    def problems(self, rows: pd.Series, test: str, message: str, *more: pd.Series) -> list[Problem]:
        """An error for each row where the mask holds; `{0}` is the value of the test, `{1}`.. those of `more`."""
        if not rows.any():
            return []
        at = self.line(test)[rows]
        parts = zip(at, self[test][rows], *(series[rows] for series in more), strict=True)
        return [
            Problem("error", self.file, int(line), "QSSTRESN", message.format(*(f"{part:g}" for part in rest)))
            for line, *rest in parts
        ]


def score(answers: Answers, scale: Scale) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """Score one questionnaire.

    Parameters
    ----------
    answers : Answers
        All records.
    scale : Scale
        What to score.

    Returns
    -------
    Series of float
        Index (id, week): mean or sum of the items where all are there, else the recorded score.
    Series of float
        Line of the record that speaks for the score.
    list of Problem
        Items out of range, recorded scores that contradict their items or lie outside the scale.
    """
    problems: list[Problem] = []
    items = pd.DataFrame({item: answers[item] for item in scale.items})
    for item in scale.items:
        wrong = (items[item] < scale.low) | (items[item] > scale.high) | (items[item] % 1 > 0)
        message = (
            f"{item} of {{0}} is outside its instrument: it must be a whole number from {scale.low} to {scale.high}."
        )
        problems += answers.problems(wrong, item, message)
        items[item] = items[item].mask(wrong)
    total = items.sum(axis=1, skipna=False)
    points = total / len(scale.items) if scale.how == "mean" else total
    if not scale.derived:
        return points, answers.line(*scale.items), problems
    recorded = answers[scale.derived]
    apart = (points - recorded).abs() > scale.tolerance
    message = f"The derived record {scale.derived} of {{0}} contradicts its items, which give {{1}}."
    problems += answers.problems(apart, scale.derived, message, points)
    count = 1 if scale.how == "mean" else len(scale.items)
    low, high = scale.low * count, scale.high * count
    wrong = (recorded < low) | (recorded > high)
    message = f"{scale.derived} of {{0}} is outside its instrument: it must be from {low} to {high}."
    problems += answers.problems(wrong & ~apart, scale.derived, message)
    return points.fillna(recorded.mask(wrong)), answers.line(scale.derived, *scale.items), problems


def score_promis(answers: Answers, scale: Scale) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """T-score of a PROMIS form: the recorded one, checked against its items; else from the raw sum by the table."""
    raw, lines, problems = score(answers, scale)
    by_table = raw.map(T_SCORES[scale.name]).astype(float)
    recorded = answers[scale.t_score]
    apart = (recorded - by_table).abs() > T_TOLERANCE
    message = f"The derived record {scale.t_score} of {{0}} contradicts its raw sum {{2}}, which gives {{1}}."
    problems += answers.problems(apart, scale.t_score, message, by_table, raw)
    lost = raw.notna() & by_table.isna() & recorded.isna()
    for week, line in zip(lines[lost].index.get_level_values("week"), lines[lost], strict=True):
        message = (
            f"There is no T-score at hand for this raw sum of {scale.name} at week {week}; it is taken as missing."
        )
        problems.append(Problem("warning", answers.file, int(line), "QSSTRESN", message))
    return recorded.fillna(by_table), answers.line(scale.t_score, scale.derived, *scale.items), problems


def score_measures(answers: Answers) -> tuple[pd.DataFrame, list[Problem]]:
    """All measures at all visits: columns id, week, measure, value, line; missing values are left out."""
    problems: list[Problem] = []
    parts = []
    for scale in MEASURE_SCALES:
        values, lines, found = score_promis(answers, scale) if scale.t_score else score(answers, scale)
        problems += found
        parts.append(pd.DataFrame({"measure": scale.name, "value": values, "line": lines}))
    for single in SINGLE_MEASURES:
        values, lines = answers[single.test], answers.line(single.test)
        parts.append(pd.DataFrame({"measure": single.name, "value": values, "line": lines}))
    frame = pd.concat(parts).dropna(subset=["value"]).reset_index()
    return frame[["id", "week", "measure", "value", "line"]].astype({"value": float, "line": "int64"}), problems


def score_columns(answers: Answers) -> tuple[pd.DataFrame, dict[str, pd.Series], list[Problem]]:
    """Participant columns from the week-0 records.

    Returns
    -------
    DataFrame
        Index `id`; only columns of which the file has any record.
    dict of str to Series
        Line of each value.
    list of Problem
        Every finding.
    """
    problems: list[Problem] = []
    columns: dict[str, pd.Series] = {}
    lines: dict[str, pd.Series] = {}
    for scale in COLUMN_SCALES:
        if answers.has(scale.derived, *scale.items):
            columns[scale.name], lines[scale.name], found = score(answers, scale)
            problems += found
    for name, (single, codes) in COLUMN_CODES.items():
        if not answers.has(single.test):
            continue
        values = answers[single.test]
        columns[name], lines[name] = values.map(codes).astype("str"), answers.line(single.test)
        span = f"from {min(codes)} to {max(codes)}"
        message = f"{single.test} of {{0}} is outside its instrument: it must be a whole number {span}."
        problems += answers.problems(values.notna() & ~values.isin(list(codes)), single.test, message)
    thigh, knee = (single.test for single in RADICULAR)
    if answers.has(thigh, knee):
        columns["radicular"], lines["radicular"] = _radicular(answers[thigh], answers[knee]), answers.line(knee, thigh)
        for test in (thigh, knee):
            wrong = answers[test].notna() & ~answers[test].isin([0, 1])
            problems += answers.problems(
                wrong, test, f"{test} of {{0}} is outside its instrument: it must be 0, 1 or 99."
            )
    if not columns:
        return pd.DataFrame(index=pd.Index([], name="id", dtype="str")), {}, problems
    at_start = answers.values.index.get_level_values("week") == 0
    table = pd.DataFrame(columns)[at_start].droplevel("week")
    return table, {name: line[at_start].droplevel("week") for name, line in lines.items()}, problems


def _radicular(thigh: pd.Series, knee: pd.Series) -> pd.Series:
    """How far leg pain goes; missing where "not sure" leaves it open."""
    far = pd.Series(float("nan"), index=thigh.index).astype("str")
    far = far.mask((knee == 0) & (thigh == 0), "none").mask((knee == 0) & (thigh == 1), "thigh")
    return far.mask(knee == 1, "below_knee")
