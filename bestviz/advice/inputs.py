"""From participants or one patient to the feature tables that the regime sees.

Ordered categories become their rank, yes/no becomes 1/0; other categories and numbers stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from bestviz import wording
from bestviz.advice.patient import Patient
from bestviz.data.dataset import Trial
from bestviz.errors import DataError
from bestviz.trial import ASSESSED, BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK

# Marks inputs of week 12 where names of both weeks stand side by side.
INTERIM_PREFIX = "interim."
INTERIM_FLAGS = ("stopped_first", "adverse_event_first")
INTERIM_MEASURES = tuple(code for code in ASSESSED if SECOND_RANDOMISATION_WEEK in MEASURES[code].weeks)


def baseline_inputs(trial: Trial, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of the baseline inputs that a trial can offer: columns and week-0 measures with at least two values.

    Parameters
    ----------
    trial : Trial
    extra : iterable of str
        Further columns of the participants table to use.

    Raises
    ------
    DataError
        An extra column is not in the participants table.
    """
    missing = [name for name in extra if name not in trial.participants]
    if missing:
        raise DataError(f"participants: there is no column {', '.join(missing)} to use as model input.")
    names = [*INPUT_COLUMNS, *extra, *CONTRAINDICATION_COLUMNS.values()]
    present = [n for n in names if n in trial.participants and trial.participants[n].nunique() > 1]
    return (*present, *(m for m in BASELINE_MEASURES if trial.values(m, 0).nunique() > 1))


def baseline_table(trial: Trial, names: Iterable[str], markers: Iterable[str] = ()) -> pd.DataFrame:
    """Baseline features of all participants, one row a person; `markers` are deep phenotyping columns."""
    columns = {n: trial.values(n, 0) if n in BASELINE_MEASURES else _coded(n, trial.participants[n]) for n in names}
    for marker in markers:
        values = trial.deep[marker] if trial.deep is not None else pd.Series(dtype=float)
        columns[marker] = values.reindex(trial.participants.index)
    return pd.DataFrame(columns, index=trial.participants.index)


def interim_table(trial: Trial) -> pd.DataFrame:
    """State at week 12 of all participants: measures, response class, stopping and side effects of the first period."""
    columns: dict[str, pd.Series] = {m: trial.values(m, SECOND_RANDOMISATION_WEEK) for m in INTERIM_MEASURES}
    columns = {name: values for name, values in columns.items() if values.notna().any()}
    seen = pd.DataFrame(columns).notna().any(axis=1) | trial.participants["second_arm"].notna()
    columns["response"] = trial.response
    for flag in INTERIM_FLAGS:
        if flag in trial.participants:
            # What is recorded about the first period of someone not seen at week 12 is no state to decide on.
            columns[flag] = _coded(flag, trial.participants[flag]).where(seen)
    return pd.DataFrame(columns, index=trial.participants.index)


def coded_frame(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Any rows in the form that the regime sees; of `names`, only the columns that the frame has."""
    return pd.DataFrame({name: _coded(name, frame[name]) for name in names if name in frame}, index=frame.index)


def patient_baseline(patient: Patient, names: Iterable[str], markers: Iterable[str] = ()) -> pd.DataFrame:
    """Baseline features of one patient: one row; what is not known is missing."""
    flags = {column: code in patient.contraindicated for code, column in CONTRAINDICATION_COLUMNS.items()}
    return _row({**patient.baseline, **patient.deep, **flags}, (*names, *markers))


def patient_interim(patient: Patient, response: str | None, columns: Iterable[str]) -> pd.DataFrame:
    """State at week 12 of one patient: one row; what is not known is missing."""
    known: dict[str, object] = {**patient.interim, "response": response}
    if patient.stopped_first is not None:
        known["stopped_first"] = patient.stopped_first
    return _row(known, columns)


def input_label(name: str) -> str:
    """Name of an input of week 0 or 12 as a clinician reads it."""
    label = wording.input_label(name.removeprefix(INTERIM_PREFIX))
    return f"{label} (week 12)" if name.startswith(INTERIM_PREFIX) else label


def _row(known: Mapping[str, object], names: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame({n: [_code(n, known.get(n), _is_text(n, [known.get(n)]))] for n in names}, index=[0])


def _coded(name: str, values: pd.Series) -> pd.Series:
    plain = [None if missing else value for value, missing in zip(values, values.isna(), strict=True)]
    text = _is_text(name, plain)
    coded = [_code(name, value, text) for value in plain]
    return pd.Series(coded, index=values.index, dtype=object if text else float)


def _code(name: str, value: object, text: bool) -> str | float | None:
    """One value as the regime sees it; None or NaN where it is missing."""
    if value is None:
        return None if text else np.nan
    if text:
        return str(value)
    column = COLUMNS.get(name)
    if column is not None and column.ordered:
        return float(column.values.index(str(value)))
    return float(value)  # type: ignore[arg-type]


def _is_text(name: str, values: Iterable[object]) -> bool:
    """Whether a column is a set of names without an order; a column beyond the dictionary if it holds a text."""
    column = COLUMNS.get(name)
    if column is None:
        return any(isinstance(value, str) for value in values) and name not in MEASURES
    return column.kind == "category" and (name == "response" or not column.ordered)
