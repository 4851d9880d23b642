"""Means over the weeks and how values spread, by first arm; no single value of a person is handed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from bestviz.cohort.selection import KNOWN, Cohort
from bestviz.cohort.suppression import LEAST, Count
from bestviz.trial import MEASURES

_LEVEL = 0.95
_LARGE = 100  # people


@dataclass(frozen=True)
class Mean:
    """A mean of one first arm at one week.

    Attributes
    ----------
    arm : str
        First arm.
    week : int
        Weeks since the start.
    people : Count
        People with a value.
    mean, low, high : float or None
        Mean and its 95 % interval (Student's t), in the measure's unit; None with fewer than 10 people
        (of a yes/no measure: fewer than 10 of either).
    """

    arm: str
    week: int
    people: Count
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Spread:
    """How the values of one first arm at one week are spread.

    Attributes
    ----------
    mean : Mean
        Their mean.
    edges : tuple of float
        Ends of classes of values that hold at least 10 people each, one more than `shares`; empty with fewer than 10.
    shares : tuple of int
        People of 100 in each class.
    """

    mean: Mean
    edges: tuple[float, ...]
    shares: tuple[int, ...]


def means(cohort: Cohort, measure: str) -> tuple[Mean, ...]:
    """Means of a measure by week and first arm, at the weeks that the trial has values for."""
    return tuple(
        _mean(arm, week, people, values, MEASURES[measure].binary)
        for week in cohort.trial.weeks(measure)
        for arm, people, values in _by_arm(cohort, measure, week)
    )


def spreads(cohort: Cohort, measure: str, week: int) -> tuple[Spread, ...]:
    """How a measure is spread at one week, by first arm; empty for yes/no and where the trial has no value then."""
    if MEASURES[measure].binary or week not in cohort.trial.weeks(measure):
        return ()
    return tuple(
        Spread(_mean(arm, week, people, values, MEASURES[measure].binary), *_pooled(values, measure))
        for arm, people, values in _by_arm(cohort, measure, week)
    )


def _by_arm(cohort: Cohort, measure: str, week: int) -> Iterator[tuple[str, Count, np.ndarray]]:
    """Each first arm, how many people of it have a value, and these values; none where they may not be told of."""
    values, people = cohort.values(measure, week), cohort.observed(measure, week)
    every = cohort.trial.values(measure, week)
    for arm in cohort.arms:
        safe = cohort.is_safe(every, arm)
        yield arm, people[arm][KNOWN], values[cohort.first == arm].dropna().to_numpy() if safe else np.empty(0)


def _mean(arm: str, week: int, people: Count, values: np.ndarray, binary: bool) -> Mean:
    # The mean of a yes/no measure is a count of people, and of those who said the other.
    fewest = min(values.sum(), len(values) - values.sum()) if binary else len(values)
    if fewest < LEAST:
        return Mean(arm, week, people, None, None, None)
    middle = float(values.mean())
    half = float(student.ppf((1 + _LEVEL) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    places = _places(people, len(values))
    return Mean(arm, week, people, *(round(end, places) for end in (middle, middle - half, middle + half)))


def _places(people: Count, size: int) -> int:
    """Decimals: few where the number of people is hidden, as a sum of whole points over it would tell it."""
    if people.value is not None:
        return 3
    return 2 if size >= _LARGE else 1


def _pooled(values: np.ndarray, measure: str) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Classes one unit (or a twentieth of the scale) wide, joined with the next until each holds 10 people."""
    if len(values) < LEAST:
        return (), ()
    scale = MEASURES[measure]
    whole = scale.unit == "category"
    start, stop = (scale.minimum - 0.5, scale.maximum + 0.5) if whole else (scale.minimum, scale.maximum)
    width = 1.0 if whole or stop - start <= 20 else (stop - start) / 20
    fine = np.append(np.arange(start, stop - 1e-9, width), stop)
    edges, counts, held = [float(fine[0])], [], 0
    for count, end in zip(np.histogram(values, fine)[0], fine[1:], strict=True):
        held += int(count)
        if held >= LEAST:
            edges.append(float(end))
            counts.append(held)
            held = 0
    counts[-1] += held  # what is left over joins the last class
    edges[-1] = float(fine[-1])
    return tuple(edges), tuple(round(100 * count / len(values)) for count in counts)


def means_table(rows: tuple[Mean, ...]) -> pd.DataFrame:
    """Means as a table: DataFrame with columns arm, week, people, mean, low, high (empty where not shown)."""
    return pd.DataFrame(
        [
            {"arm": row.arm, "week": row.week, "people": row.people.text, "mean": row.mean, "low": row.low,
             "high": row.high}
            for row in rows
        ],
        columns=["arm", "week", "people", "mean", "low", "high"],
    )  # fmt: skip


def spreads_table(rows: tuple[Spread, ...]) -> pd.DataFrame:
    """Spreads as a table: DataFrame with columns arm, week, people, from, to, of_100."""
    found = [
        {"arm": row.mean.arm, "week": row.mean.week, "people": row.mean.people.text, "from": start, "to": end,
         "of_100": share}
        for row in rows
        for start, end, share in zip(row.edges[:-1], row.edges[1:], row.shares, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(found, columns=["arm", "week", "people", "from", "to", "of_100"])
