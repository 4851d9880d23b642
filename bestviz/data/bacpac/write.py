"""Writing a Trial as a BACPAC folder: items that score back to the same values; the rest into `assignments.csv`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bestviz.data.bacpac.codes import (
    COLUMN_CODES,
    COLUMN_SCALES,
    MEASURE_SCALES,
    RADICULAR,
    SINGLE_MEASURES,
    SLEEP_DURATION,
    Scale,
    Single,
)
from bestviz.data.bacpac.promis import T_SCORES
from bestviz.data.bacpac.read import read_bacpac
from bestviz.data.bacpac.records import hours_of
from bestviz.data.dataset import Trial
from bestviz.data.info import FILE as INFO_FILE
from bestviz.errors import DataError

_SEX = {"female": "Female", "male": "Male", "intersex": "Intersex"}
_RACE = {
    "asian": "Asian",
    "black": "Black or African American",
    "native_american": "American Indian or Alaska Native",
    "pacific_islander": "Native Hawaiian or Pacific Islander",
    "white": "White",
    "multiple": "Multiple",
}
_ETHNICITY = {"hispanic": "Hispanic or Latino", "not_hispanic": "Not Hispanic or Latino"}
_EDUCATION = {
    "below_high_school": "Some secondary school or high school education",
    "high_school": "High school or secondary school degree complete",
    "some_college": "Associate's or technical degree complete",
    "bachelor": "College or baccalaureate degree complete",
    "graduate": "Doctoral or postgraduate education",
}
_EMPLOYMENT = {"working": "Full-time employment", "not_working": "Not employed"}
_SURGERY = {True: "Yes, one operation", False: "No"}
_HEIGHT = 170.0  # cm; a trial holds the body mass index only, so the weight is the one that gives it at this height
_STUDY = "BEST"

Record = tuple[str, str, str, str, str, str, int]  # category, subcategory, test, words, number, derived flag, week


def write_bacpac(trial: Trial, folder: Path) -> None:
    """Write a trial as DM, SC, QSMD, FT, `assignments.csv` and `dataset.json`.

    Parameters
    ----------
    trial : Trial
        What to write.
    folder : Path
        An empty folder.

    Raises
    ------
    DataError
        If the format cannot carry a value.
    """
    people = trial.participants
    _demographics(people).to_csv(folder / "DM.csv", index=False, lineterminator="\n")
    _characteristics(people).to_csv(folder / "SC.csv", index=False, lineterminator="\n")
    _questionnaires(trial).to_csv(folder / "QSMD.csv", index=False, lineterminator="\n")
    if trial.deep is not None:
        _exams(trial.deep).to_csv(folder / "FT.csv", index=False, lineterminator="\n")
    info = trial.info.to_dict() | {"columns": list(people.columns)}
    (folder / INFO_FILE).write_text(json.dumps(info, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _assignments(trial, folder).to_csv(folder / "assignments.csv", index=False, lineterminator="\n")


def _assignments(trial: Trial, folder: Path) -> pd.DataFrame:
    """The participant columns that do not come back from the other tables exactly as they are."""
    draft = read_bacpac(folder)
    back, people = draft.participants, trial.participants
    if back is None or draft.assessments is None:
        raise DataError(f"The trial cannot be written as a BACPAC folder: {'; '.join(map(str, draft.problems[:3]))}")
    values = draft.assessments.sort_values(["id", "week", "measure"], ignore_index=True)
    deep = draft.deep
    if deep is not None and trial.deep is not None and set(deep.index) == set(trial.deep.index):
        deep = deep.reindex(trial.deep.index)
    given = trial.assessments.reset_index(drop=True)  # rows may have been taken out
    for got, wanted in ((values[list(given)], given), (deep, trial.deep)):
        if not _same(got, wanted):
            raise DataError(
                "The trial cannot be written as a BACPAC folder: an id, value or marker would not come back."
            )
    lost = [name for name in people if name not in back or not _same(back[[name]], people[[name]])]
    arms = [name for name in ("first_arm", "second_arm") if name in people and name not in lost]
    table = people[[*arms, *lost]].copy()
    for name in table:
        if pd.api.types.is_bool_dtype(table[name].dtype):
            table[name] = table[name].map({True: "true", False: "false"}).astype("str")
    table.insert(0, "USUBJID", people.index)
    return table


def _same(one: pd.DataFrame | None, other: pd.DataFrame | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.index.equals(other.index) and list(one) == list(other) and all(one[c].equals(other[c]) for c in one)


def _demographics(people: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"STUDYID": _STUDY, "DOMAIN": "DM", "USUBJID": people.index}, index=people.index)
    if "age" in people:
        table["AGE"] = [_number(age) if pd.notna(age) and age % 1 == 0 else "" for age in people["age"]]
    for column, (name, words) in {
        "SEX": ("sex", _SEX),
        "RACE": ("race", _RACE),
        "ETHNIC": ("ethnicity", _ETHNICITY),
    }.items():
        if name in people:
            table[column] = people[name].map(words).fillna("Unknown")
    return table


def _characteristics(people: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    words: dict[str, tuple[str, dict[Any, str]]] = {
        "education": ("EDLEVEL", _EDUCATION),
        "employment": ("EMPSTAT", _EMPLOYMENT),
        "back_surgery": ("BPSURG", _SURGERY),
    }
    cells: dict[str, dict[Any, Any]] = {
        name: people[name].dropna().to_dict() for name in (*words, "bmi") if name in people
    }
    for person in people.index:
        for name, (test, labels) in words.items():
            value = cells.get(name, {}).get(person)
            if value in labels:
                rows.append({"USUBJID": person, "SCTESTCD": test, "SCSTRESC": labels[value]})
        bmi = cells.get("bmi", {}).get(person)
        if bmi is not None:
            for test, size, unit in (("HEIGHT", _HEIGHT, "CM"), ("WEIGHT", round(bmi * (_HEIGHT / 100) ** 2, 4), "KG")):
                text = _number(size)
                rows.append(
                    {"USUBJID": person, "SCTESTCD": test, "SCORRES": text, "SCORRESU": unit}
                    | {"SCSTRESC": text, "SCSTRESN": text, "SCSTRESU": unit}
                )
    columns = ["USUBJID", "SCTESTCD", "SCORRES", "SCORRESU", "SCSTRESC", "SCSTRESN", "SCSTRESU"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "STUDYID", _STUDY)
    table.insert(1, "DOMAIN", "SC")
    return table


def _questionnaires(trial: Trial) -> pd.DataFrame:
    scales = {scale.name: scale for scale in MEASURE_SCALES}
    singles = {single.name: single for single in SINGLE_MEASURES}
    rows: list[tuple[Any, ...]] = []
    values = trial.assessments
    for person, week, measure, value in zip(
        values["id"], values["week"], values["measure"], values["value"], strict=True
    ):
        if measure in scales:
            records = _scored(scales[measure], float(value), int(week))
        elif measure in singles:
            records = iter([_single(singles[measure], float(value), int(week))])
        else:
            raise DataError(f"A BACPAC folder cannot carry the measure {measure!r}; give it as a participant column.")
        rows += [(person, *record) for record in records]
    for scale in COLUMN_SCALES:
        if scale.name in trial.participants:
            for person, value in trial.participants[scale.name].dropna().items():
                rows += [(person, *record) for record in _scored(scale, float(value), 0)]
    for name, (single, codes) in COLUMN_CODES.items():
        numbers = {value: code for code, value in codes.items()}
        if name in trial.participants:
            for person, value in trial.participants[name].dropna().items():
                if value in numbers:
                    rows.append((person, *_single(single, numbers[value], 0)))
    if "radicular" in trial.participants:
        thigh, knee = RADICULAR
        for person, value in trial.participants["radicular"].dropna().items():
            rows.append((person, *_single(thigh, int(value != "none"), 0)))
            rows.append((person, *_single(knee, int(value == "below_knee"), 0)))
    columns = ["USUBJID", "QSCAT", "QSSCAT", "QSTESTCD", "QSSTRESC", "QSSTRESN", "QSDRVFL", "VISITNUM"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["USUBJID", "VISITNUM", "QSCAT"], kind="stable")
    table["VISIT"] = "Week " + table["VISITNUM"].astype("str")
    table.insert(0, "STUDYID", _STUDY)
    table.insert(1, "DOMAIN", "QS")
    return table


def _scored(scale: Scale, value: float, week: int) -> Iterator[Record]:
    """Items and derived records that score to a value; only the derived record where no items do so exactly."""
    total = _total(scale, value)
    if total is not None:
        base, extra = divmod(total - scale.low * len(scale.items), len(scale.items))
        for place, item in enumerate(scale.items):
            code = scale.low + base + (place < extra)
            words = scale.answers[code - scale.low] if scale.answers else str(code)
            yield scale.category, scale.subcategory, item, words, str(code), "", week
    if scale.t_score:
        if total is not None:
            yield _derived(scale, scale.derived, total, week)
        yield _derived(scale, scale.t_score, value, week)
    elif scale.derived:
        yield _derived(scale, scale.derived, value, week)


def _derived(scale: Scale, test: str, value: float, week: int) -> Record:
    return scale.category, scale.subcategory, test, _number(round(value, 1)), _number(value), "Y", week


def _total(scale: Scale, value: float) -> int | None:
    """Sum of the items that gives exactly this value; None if no sum does."""
    count = len(scale.items)
    if scale.t_score:
        return next((raw for raw, t in T_SCORES[scale.name].items() if t == value), None)
    total = round(value * count) if scale.how == "mean" else round(value)
    back = total / count if scale.how == "mean" else float(total)
    return total if back == value and scale.low * count <= total <= scale.high * count else None


def _single(single: Single, value: float, week: int) -> Record:
    words = _number(value)
    if single.test == SLEEP_DURATION:
        words = _duration(value)
    elif single.answers and value % 1 == 0 and 0 <= value - single.first < len(single.answers):
        words = single.answers[int(value) - single.first]
    return single.category, single.subcategory, single.test, words, _number(value), "", week


def _duration(hours: float) -> str:
    """ISO 8601 duration that reads back as exactly these hours."""
    whole, minutes = int(hours), round((hours % 1) * 60)
    text = f"PT{whole}H{minutes}M"
    return text if hours_of(text) == hours else f"PT{_number(hours)}H"


def _exams(deep: pd.DataFrame) -> pd.DataFrame:
    rows: Iterable[tuple[Any, ...]] = (
        (person, marker, _number(value) if pd.notna(value) else "", "" if pd.notna(value) else "Not done")
        for person, values in deep.iterrows()
        for marker, value in values.items()
    )
    table = pd.DataFrame(rows, columns=["USUBJID", "FTTESTCD", "FTSTRESN", "FTSTAT"])
    table.insert(0, "STUDYID", _STUDY)
    table.insert(1, "DOMAIN", "FT")
    table["VISITNUM"], table["VISIT"] = 0, "Week 0"
    return table


def _number(value: float) -> str:
    """Shortest text without an exponent that reads back as the same number."""
    return np.format_float_positional(float(value), unique=True, trim="-")
