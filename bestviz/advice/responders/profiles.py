"""What to expect of each treatment along one feature, all else as it is in the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import baseline_utility
from bestviz.advice.preferences import Preferences
from bestviz.advice.recommendation import Interval
from bestviz.advice.responders.asked import Asked, ask
from bestviz.advice.responders.averages import Averaging, forest_coefficients
from bestviz.advice.responders.features import Feature, feature_named, features_of
from bestviz.advice.responders.people import free_weights, left_out, usable_first
from bestviz.advice.responders.plain import plain
from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import Z_95, spread
from bestviz.errors import InputError
from bestviz.regime.encoding import CategoricalColumn
from bestviz.trial import BASELINE_MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

REFERENCE = "ESC"
POINTS = 21
LIMITS = (0.01, 0.99)
# Values of a scale with few of them are shown one by one; a value that only one person has was filled in.
SHARE_ON_A_SCALE = 0.8

NOTES = (
    "Averages over participants who may have every one of these treatments, all else as it is in the data: inputs that "
    "go together change alone here.",
    "Improvements include the natural course; the difference from enhanced self-care does not.",
)


@dataclass(frozen=True)
class ProfilePoint:
    """What to expect of one treatment at one value of the feature.

    Attributes
    ----------
    arm : str
    value : float or str
        In the feature's own unit; ordered categories by their rank, yes/no as 1/0, other categories by name.
    mean : float
        Expected outcome in the measure's unit and sign, or weighted improvement from baseline in meaningful changes.
    mean_interval : (float, float)
        95 %.
    difference : float or None
        From enhanced self-care; None where the model does not have it.
    difference_interval : (float, float) or None
    started : int
        Participants near this value who started this arm.
    """

    arm: str
    value: float | str
    mean: float
    mean_interval: Interval
    difference: float | None
    difference_interval: Interval | None
    started: int


@dataclass(frozen=True)
class Profile:
    """Expected outcomes of all treatments along one feature.

    Attributes
    ----------
    feature, label, unit : str
    kind : {"number", "ordered", "yes_no", "category"}
    outcome : str or None
        Measure; None for the weighted improvement.
    week : int or None
    horizon : {24, 36, "mean"}
    preferences : mapping of outcome to weight
    values : tuple of float or str
        Where the profile is evaluated; numbers between the 1st and the 99th percentile of the participants.
    value_labels : tuple of str
    people : tuple of int
        Participants nearest to each value: where there are few, the profile leans on the others.
    averaged_over : int
        Participants over whom is averaged.
    points : tuple of ProfilePoint
        By arm, then by value.
    left_out : tuple of str
        Arms that nothing is said about, and why.
    """

    feature: str
    label: str
    unit: str
    kind: str
    outcome: str | None
    week: int | None
    horizon: int | str
    preferences: Mapping[str, float]
    values: tuple[float | str, ...]
    value_labels: tuple[str, ...]
    people: tuple[int, ...]
    averaged_over: int
    points: tuple[ProfilePoint, ...]
    left_out: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, a sentence each."""
        return NOTES

    def of(self, arm: str) -> tuple[ProfilePoint, ...]:
        """The profile of one arm, in the order of `values`."""
        return tuple(point for point in self.points if point.arm == arm)

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, intervals as lists."""
        return {**plain(self), "notes": list(self.notes)}


def profile(
    model: FittedModel,
    feature: str,
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    outcome: str | None = None,
    week: int | None = None,
    horizon: int | str = PRIMARY_WEEK,
    points: int = POINTS,
) -> Profile:
    """Expected outcome of starting each treatment, then as recommended, along one feature.

    Parameters
    ----------
    model : FittedModel
    feature : str
        Baseline input.
    preferences : Preferences or mapping outcome -> weight, optional
        Of the weighted improvement, and of the rule that is followed after the first treatment. Default: PEG alone.
    outcome : str, optional
        One measure instead of the weighted improvement, in its own unit and sign.
    week : int, optional
        Of that measure; default 24.
    horizon : {24, 36, "mean"}
        When the weighted improvement is looked at.
    points : int
        Values of a number at which it is evaluated, 2 to 101; a scale with fewer values is evaluated at each.

    Raises
    ------
    InputError, PreferenceError
        An unknown feature, outcome, week or horizon, or too few points.
    """
    if isinstance(points, bool) or not isinstance(points, int) or not 2 <= points <= 101:
        raise InputError(f"points: {points!r} is not a whole number from 2 to 101.")
    asked, named = ask(model, preferences, outcome, week, horizon), feature_named(model, feature)
    engine, usable = model.engine, usable_first(model)
    observed = named.observed(engine.filler.baseline, engine.completed.baseline)
    values = _values(named, observed, points)
    near = _nearest(named, observed, values)
    with one_thread():
        weights = free_weights(model, usable)
        sums = _expected(asked, named, values, weights)
    arms = np.flatnonzero(usable)
    count = len(values)
    started = [np.bincount(near[engine.first_codes == arm], minlength=count) for arm in arms]
    return Profile(
        named.name, named.label, named.unit, named.kind, outcome, asked.week, horizon, asked.preferences.to_dict(),
        tuple(values), tuple(named.value_label(value) for value in values),
        tuple(int(n) for n in np.bincount(near, minlength=count)), int((weights > 0).sum()),
        tuple(_points(asked, sums, arms, values, started)), left_out(model, usable),
    )  # fmt: skip


def _values(feature: Feature, observed: npt.NDArray[Any], points: int) -> Sequence[float | str]:
    """Where a profile is evaluated: every level or value of a scale, else evenly between percentiles."""
    if isinstance(feature.column, CategoricalColumn):
        return list(feature.column.levels)
    if feature.kind == "yes_no":
        return [0.0, 1.0]
    low, high = np.quantile(observed, LIMITS)
    distinct, counts = np.unique(observed, return_counts=True)
    scale = distinct[(counts > 1) & (distinct >= low) & (distinct <= high)]
    if 2 <= len(scale) <= points and np.isin(observed, scale).mean() >= SHARE_ON_A_SCALE:
        return [float(value) for value in scale]
    if low == high:
        low, high = feature.column.minimum, feature.column.maximum
    return [float(value) for value in np.linspace(low, high, points)]


def _nearest(feature: Feature, observed: npt.NDArray[Any], values: Sequence[float | str]) -> IntArray:
    """Position of the value that each person is nearest to; shape (n,)."""
    if isinstance(feature.column, CategoricalColumn):
        return np.array([values.index(value) for value in observed], dtype=np.intp)
    return np.abs(observed[:, None] - np.array(values, dtype=float)).argmin(axis=1).astype(np.intp)


def _expected(asked: Asked, feature: Feature, values: Sequence[float | str], weights: FloatArray) -> FloatArray:
    """Expected outcome of every arm at every value; shape (values, arms, R + 1)."""
    model, engine = asked.model, asked.model.engine
    basis, encoder = engine.first.basis, engine.filler.baseline
    people = np.flatnonzero(weights)
    encoded, weights = engine.completed.baseline[people], weights[people]
    coefficients = asked.first_coefficients()
    sums = Averaging(
        basis, engine.first.in_layout(coefficients), forest_coefficients(basis, coefficients), [encoder], [encoded],
        weights[:, None, None] * np.eye(len(engine.first_arms.labels)),
    ).at(feature, feature.encoded(values))  # fmt: skip
    if asked.outcome is not None:
        return sums
    # The weighted outcome is shown as an improvement; along a week-0 measure its start changes too.
    levels = {
        each.name: np.full(len(values), np.average(each.observed(encoder, encoded).astype(float), weights=weights))
        for each in features_of(model, 1)
        if each.name in BASELINE_MEASURES
    }
    if feature.name in levels:
        levels[feature.name] = np.array(values, dtype=float)
    return sums - baseline_utility(asked.weights, engine.outcome_names, levels, model.measures)[:, None, None]


def _points(
    asked: Asked, sums: FloatArray, arms: IntArray, values: Sequence[float | str], started: list[IntArray]
) -> list[ProfilePoint]:
    """Points of the arms, clipped to the instrument."""
    model, measure = asked.model, asked.measure
    labels = model.engine.first_arms.labels
    low, high = (-np.inf, np.inf) if measure is None else (measure.minimum, measure.maximum)
    shown = asked.in_own_unit(sums)
    mean, half = shown[:, :, 0], Z_95 * spread(shown) * model.calibration.means
    reference = labels.index(REFERENCE) if REFERENCE in labels and labels.index(REFERENCE) in arms else None
    found = []
    for row, arm in enumerate(arms):
        for g, value in enumerate(values):
            inside, below, above = np.clip([mean[g, arm] + side * half[g, arm] for side in (0, -1, 1)], low, high)
            gap, ends = None, None
            if reference is not None:
                gap = float(inside - np.clip(mean[g, reference], low, high))
                sd = spread(shown[g, arm] - shown[g, reference]) * model.calibration.differences
                bounds = np.clip([gap - Z_95 * sd, gap + Z_95 * sd], low - high, high - low)
                ends = (float(bounds[0]), float(bounds[1]))
            found.append(
                ProfilePoint(
                    labels[arm], value, float(inside), (float(below), float(above)), gap, ends, int(started[row][g])
                )
            )
    return found
