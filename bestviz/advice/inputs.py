"""From participants or one patient to the feature tables that the regime sees.

Ordered categories become their rank, yes/no becomes 1/0; other categories and numbers stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from bestviz.advice.patient import Patient
from bestviz.data.dataset import Trial
from bestviz.errors import DataError
from bestviz.trial import ASSESSED, BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK

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
    """State at week 12 of all participants: measures, response class, stopping and adverse event of the first period."""
    columns: dict[str, pd.Series] = {m: trial.values(m, SECOND_RANDOMISATION_WEEK) for m in INTERIM_MEASURES}
    columns = {name: values for name, values in columns.items() if values.notna().any()}
    seen = pd.DataFrame(columns).notna().any(axis=1) | trial.participants["second_arm"].notna()
    columns["response"] = trial.response
    for flag in INTERIM_FLAGS:
        if flag in trial.participants:
            # What is recorded about the first period of someone not seen at week 12 is no state to decide on.
            columns[flag] = _coded(flag, trial.participants[flag]).where(seen)
    return pd.DataFrame(columns, index=trial.participants.index)


def patient_baseline(patient: Patient, names: Iterable[str], markers: Iterable[str] = ()) -> pd.DataFrame:
    """Baseline features of one patient: one row; what is not known is missing."""
    flags = {column: float(code in patient.contraindicated) for code, column in CONTRAINDICATION_COLUMNS.items()}
    known: Mapping[str, object] = {**patient.baseline, **patient.deep, **flags}
    return pd.DataFrame({n: _coded(n, pd.Series([known.get(n)], dtype=object)) for n in (*names, *markers)})


def patient_interim(patient: Patient, response: str | None, columns: Iterable[str]) -> pd.DataFrame:
    """State at week 12 of one patient: one row; what is not known is missing."""
    known: dict[str, object] = {**patient.interim, "response": response}
    if patient.stopped_first is not None:
        known["stopped_first"] = patient.stopped_first
    return pd.DataFrame({n: _coded(n, pd.Series([known.get(n)], dtype=object)) for n in columns})


def _coded(name: str, values: pd.Series) -> pd.Series:
    column = COLUMNS.get(name)
    if name == "response" or (column is not None and column.kind == "category" and not column.ordered):
        return values.astype("string").astype(object).where(values.notna(), None)
    if column is not None and column.ordered:
        ranks = {value: float(rank) for rank, value in enumerate(column.values)}
        return values.astype(object).map(ranks).astype(float)
    if column is None and not _is_numeric(values):
        return values.astype("string").astype(object).where(values.notna(), None)
    return pd.to_numeric(values.astype(object).where(values.notna(), np.nan), errors="coerce").astype(float)


def _is_numeric(values: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return True
    return all(isinstance(v, int | float | np.number) for v in values.dropna())
