"""The outcome columns of the model: every measure at its weeks, in meaningful changes, higher is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bestviz.data.dataset import Trial
from bestviz.errors import DataError, PreferenceError
from bestviz.trial import BASELINE_MEASURES, MEASURES, RESPONSE_CLASSES, WEIGHTABLE, Measure
from bestviz.trial.schedule import FOLLOW_UP_WEEK, PRIMARY_WEEK, SECOND_RANDOMISATION_WEEK

LATE_WEEKS = (PRIMARY_WEEK, FOLLOW_UP_WEEK)
FEWEST_VALUES = 10


def column_name(measure: str, week: int) -> str:
    """Name of the outcome column of a measure at a week, for example `peg_24`."""
    return f"{measure}_{week}"


def improved_name(measure: str, week: int) -> str:
    """Name of the indicator of a meaningful improvement since week 0, for example `peg_24_improved`."""
    return f"{measure}_{week}_improved"


def class_name(response: str) -> str:
    """Name of the indicator of a response class."""
    return f"response_{response}"


def oriented(values: pd.Series, measure: Measure) -> pd.Series:
    """Values in meaningful changes, higher is better."""
    return measure.sign * values / measure.meaningful_change


def natural(values: np.ndarray, measure: Measure) -> np.ndarray:
    """Back from meaningful changes (higher is better) to the measure's own unit and sign."""
    return measure.sign * values * measure.meaningful_change


@dataclass(frozen=True)
class OutcomeTables:
    """Outcomes of a trial as the regime sees them.

    Attributes
    ----------
    weighable : DataFrame
        Weightable measures at weeks 24 and 36, oriented, in meaningful changes.
    carried : DataFrame
        PEG at week 18, and indicators (0/1) of a meaningful improvement.
    early : DataFrame
        Measures at weeks 6 and 12, oriented; indicators of the response classes.
    """

    weighable: pd.DataFrame
    carried: pd.DataFrame
    early: pd.DataFrame


def outcome_tables(trial: Trial, measures: Mapping[str, Measure] = MEASURES) -> OutcomeTables:
    """Build the outcome columns of a trial.

    A measure and week with fewer than 10 values is left out; so is a measure whose week-0 values are missing or all the
    same, as improvements since then cannot be told.

    Raises
    ------
    DataError
        PEG, the primary outcome, has too few values at week 0 or 24, or nobody has a response class.
    """
    weighable: dict[str, pd.Series] = {}
    carried: dict[str, pd.Series] = {}
    early: dict[str, pd.Series] = {}
    for code in WEIGHTABLE:
        measure = measures[code]
        if code in BASELINE_MEASURES and not _has_start(trial.values(code, 0)):
            continue
        for week in measure.weeks:
            values = _observed(trial, measure, week)
            if week == 0 or values.notna().sum() < FEWEST_VALUES:
                continue
            place = weighable if week in LATE_WEEKS else carried if week > SECOND_RANDOMISATION_WEEK else early
            place[column_name(code, week)] = oriented(values, measure)
            if week in LATE_WEEKS and code in BASELINE_MEASURES:
                gain = measure.sign * (values - trial.values(code, 0))
                carried[improved_name(code, week)] = _indicator(gain >= measure.meaningful_change - 1e-9, gain)
    if column_name("peg", PRIMARY_WEEK) not in weighable:
        raise DataError(
            f"assessments: PEG, the primary outcome, has fewer than {FEWEST_VALUES} values at week 0 or at week "
            f"{PRIMARY_WEEK} (or the same one for everybody at week 0), so nothing can be learned about it."
        )
    response = trial.response
    if response.isna().all():
        raise DataError(
            "participants: nobody has a response class at week 12, neither in the column response nor from PEG and "
            "PGIC, so nothing can be learned about second arms; add one or the other."
        )
    for name in RESPONSE_CLASSES:
        early[class_name(name)] = _indicator(response == name, response)
    index = trial.participants.index
    return OutcomeTables(*(pd.DataFrame(part, index=index) for part in (weighable, carried, early)))


def weight_vector(weights: Mapping[str, float], horizon: int | str, columns: tuple[str, ...]) -> np.ndarray:
    """Preference weights as weights of the outcome columns.

    Parameters
    ----------
    weights : mapping of outcome code to weight, summing to 1
    horizon : {24, 36, "mean"}
        A measure not taken at week 36 counts at week 24.
    columns : tuple of str
        Outcome columns of the model.

    Raises
    ------
    PreferenceError
        The model's data have no values of a weighted outcome.
    """
    vector = np.zeros(len(columns))
    absent = [code for code in weights if not horizon_columns(code, horizon, columns)]
    if absent:
        raise PreferenceError(
            [f"{MEASURES[code].name}: the data behind this model do not have it; give it no weight." for code in absent]
        )
    for code, weight in weights.items():
        used = horizon_columns(code, horizon, columns)
        for name in used:
            vector[columns.index(name)] = weight / len(used)
    return vector


def baseline_utility(
    weights: np.ndarray, columns: tuple[str, ...], levels: Mapping[str, np.ndarray], measures: Mapping[str, Measure]
) -> np.ndarray:
    """Weighted week-0 level in meaningful changes, in each draw (D,): what utilities are improvements from.

    Side effects and stopping start at 0.
    """
    total = np.zeros(len(next(iter(levels.values()))) if levels else 1)
    for name, weight in zip(columns, weights, strict=True):
        code = name.rsplit("_", 1)[0]
        if weight and code in levels:
            total = total + weight * measures[code].sign * levels[code] / measures[code].meaningful_change
    return total


def horizon_columns(code: str, horizon: int | str, columns: tuple[str, ...]) -> list[str]:
    """Outcome columns in which a measure counts at a horizon."""
    weeks = LATE_WEEKS if horizon == "mean" else (int(horizon),)
    names = [column_name(code, week) for week in weeks if column_name(code, week) in columns]
    fallback = column_name(code, PRIMARY_WEEK)
    return names or ([fallback] if fallback in columns else [])


def _has_start(values: pd.Series) -> bool:
    return bool(values.notna().sum() >= FEWEST_VALUES and values.nunique() > 1)


def _observed(trial: Trial, measure: Measure, week: int) -> pd.Series:
    if measure.role != "burden":
        return trial.values(measure.code, week)
    pair = {
        "adverse_event": ("adverse_event_first", "adverse_event_second"),
        "stopping": ("stopped_first", "stopped_second"),
    }[measure.code]
    flags = [_flag(trial.participants, name) for name in pair]
    # Once is enough for a yes; a no needs both periods.
    either = (flags[0] == 1) | (flags[1] == 1)
    return pd.Series(np.where(either, 1.0, np.where(flags[0].isna() | flags[1].isna(), np.nan, 0.0)), flags[0].index)


def _flag(participants: pd.DataFrame, name: str) -> pd.Series:
    if name not in participants:
        return pd.Series(np.nan, index=participants.index)
    return participants[name].astype("boolean").astype("Float64").astype(float)


def _indicator(true: pd.Series, known: pd.Series) -> pd.Series:
    return true.astype(float).where(known.notna())
