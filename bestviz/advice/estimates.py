"""From predicted outcome columns to trajectories and changes in each measure's own unit, clipped to its instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.options import Utilities
from bestviz.advice.outcomes import column_name, improved_name, natural
from bestviz.advice.recommendation import Interval, OutcomeChange, OutcomeDifference, TrajectoryPoint
from bestviz.advice.uncertainty import PERSON_QUANTILES, Z_80, Z_95, spread
from bestviz.trial import Measure
from bestviz.trial.schedule import FOLLOW_UP_WEEK, PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]

REFERENCE = "ESC"
NO_ROOM = "already within one meaningful change of the best value"
NO_ROOM_LIKELY = "not known at week 0, and most people like this are within one meaningful change of the best value"
NO_INDICATOR = "a meaningful improvement is defined for measures taken at week 0 only"
# An answer less likely than this is outside the 80 % interval of a yes/no outcome.
UNLIKELY_ANSWER = 0.1


@dataclass(frozen=True)
class Predicted:
    """Predictions of all outcome columns for several arms.

    Attributes
    ----------
    model : FittedModel
    arms : tuple of str
    columns : tuple of str
        Outcome columns, late and early ones.
    values : array, shape (arms, R + 1, columns)
        Oriented, in meaningful changes; indicators as they are.
    drawn : array, shape (D, arms, columns)
        Full fit, for each draw of what is not known.
    person : array, shape (2, columns)
        10 % and 90 % quantiles of how far one person ends from the expected value.
    levels : mapping of str to array, shape (D,) or (1,)
        Week-0 values in the measures' own units, in each draw.
    known : mapping of (str, int) to array, shape (D,) or (1,)
        Values already observed (or drawn) in the measures' own units, by measure and week.
    utilities : Utilities
        Of the same arms.
    """

    model: FittedModel
    arms: tuple[str, ...]
    columns: tuple[str, ...]
    values: FloatArray
    drawn: FloatArray
    person: FloatArray
    levels: Mapping[str, FloatArray]
    known: Mapping[tuple[str, int], FloatArray]
    utilities: Utilities

    def column(self, name: str) -> int | None:
        """Position of an outcome column, None where the model does not have it."""
        return self._places.get(name)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.columns)}

    @cached_property
    def mean_sd(self) -> FloatArray:
        """Standard deviation over the replicates of every mean; shape (arms, columns)."""
        return spread(self.values.swapaxes(1, 2)) * self.model.calibration.means * self.utilities.leverage[:, None]

    @cached_property
    def drawn_sd(self) -> FloatArray:
        """Standard deviation over the draws of what is not known; shape (arms, columns)."""
        deviations: FloatArray = self.drawn.std(axis=0)
        return deviations

    @cached_property
    def gap_sd(self) -> FloatArray:
        """Standard deviation of every arm's difference from enhanced self-care; shape (arms, columns)."""
        return self.gap_sd_from(REFERENCE)

    def gap_sd_from(self, arm: str) -> FloatArray:
        """Standard deviation of every arm's difference from one arm; shape (arms, columns)."""
        other = self.arms.index(arm)
        between = (self.drawn - self.drawn[:, [other]]).std(axis=0)
        gaps = (self.values - self.values[[other]]).swapaxes(1, 2)
        leverage = self.utilities.leverage_against(arm)[:, None]
        return np.hypot(spread(gaps) * self.model.calibration.differences * leverage, between)

    def mean(self, at: int, place: int, measure: Measure, start: FloatArray | None = None) -> tuple[float, float]:
        """As `expected`, and its standard deviation.

        With week-0 values in each draw, the standard deviation is that of the change since then.
        """
        between = self.drawn_sd[at, place] * measure.meaningful_change
        if start is not None and len(start) > 1:
            between = (natural(self.drawn[:, at, place], measure) - start).std()
        sd = hypot(self.mean_sd[at, place] * measure.meaningful_change, between)
        return self.expected(at, place, measure), sd

    def expected(self, at: int, place: int, measure: Measure) -> float:
        """Expected value in the measure's own unit, not clipped."""
        return float(natural(self.values[at, 0, place], measure))


class _Values(NamedTuple):
    """A mean with its intervals, of the mean and of persons."""

    mean: float
    mean_interval: Interval
    person_interval: Interval


def trajectories(predicted: Predicted, arms: Sequence[str], start: int) -> list[TrajectoryPoint]:
    """Expected course of every measure for chosen arms, from week `start` on."""
    model = predicted.model
    courses = [model.measures[code] for code in model.outcome_codes if model.measures[code].role != "burden"]
    observed = _observed(predicted)
    return [
        point
        for arm in arms
        for measure in courses
        for week in measure.weeks
        if week >= start and (point := _point(predicted, observed, arm, measure, week))
    ]


def _point(
    predicted: Predicted, observed: Mapping[tuple[str, int], _Values], arm: str, measure: Measure, week: int
) -> TrajectoryPoint | None:
    if (measure.code, week) in observed:
        return TrajectoryPoint(arm, measure.code, week, *observed[measure.code, week])
    at, place = predicted.arms.index(arm), predicted.column(column_name(measure.code, week))
    if place is None:
        return None
    mean, sd = predicted.mean(at, place, measure)
    inside, ends = _within(mean, Z_95 * sd, measure.minimum, measure.maximum)
    if measure.binary:
        # One person is a yes or a no.
        person = (float(inside > 1 - UNLIKELY_ANSWER), float(inside >= UNLIKELY_ANSWER))
    else:
        # How far people end from what is expected of them, and how well that is known.
        below, above = sorted(natural(predicted.person[:, place], measure).tolist())
        low, high = mean - hypot(min(below, 0.0), Z_80 * sd), mean + hypot(max(above, 0.0), Z_80 * sd)
        person = (_inside(low, measure.minimum, measure.maximum), _inside(high, measure.minimum, measure.maximum))
    return TrajectoryPoint(arm, measure.code, week, inside, ends, _around(person, ends))


def _observed(predicted: Predicted) -> dict[tuple[str, int], _Values]:
    """What is already there, by measure and week: the same for all arms."""
    draws = dict(predicted.known) | {(code, 0): levels for code, levels in predicted.levels.items()}
    return {key: _summed_up(values, predicted.model.measures[key[0]]) for key, values in draws.items()}


def _summed_up(draws: FloatArray, measure: Measure) -> _Values:
    """A value that is known (no width), or drawn where it is not."""
    values = np.clip(draws, measure.minimum, measure.maximum)
    if np.ptp(values) == 0:
        value = float(values[0])
        return _Values(value, (value, value), (value, value))
    low, near, far, high = (float(v) for v in np.quantile(values, (0.025, *PERSON_QUANTILES, 0.975)))
    mean = float(values.mean())
    ends = _around((low, high), (mean, mean))
    return _Values(mean, ends, _around((near, far), ends))


def changes(predicted: Predicted, arms: Sequence[str]) -> list[OutcomeChange]:
    """Expected changes since week 0 at weeks 24 and 36 for chosen arms, against enhanced self-care where it is one."""
    model = predicted.model
    return [
        _change(predicted, predicted.arms.index(arm), model.measures[code], week, place, REFERENCE in arms)
        for arm in arms
        for code in model.outcome_codes
        for week in (PRIMARY_WEEK, FOLLOW_UP_WEEK)
        if (place := predicted.column(column_name(code, week))) is not None
    ]


def _change(
    predicted: Predicted, at: int, measure: Measure, week: int, place: int, against_reference: bool
) -> OutcomeChange:
    start = predicted.levels.get(measure.code, np.zeros(1))
    level, limits = float(start.mean()), (measure.minimum, measure.maximum)
    mean, sd = predicted.mean(at, place, measure, start)
    inside, (low, high) = _within(mean, Z_95 * sd, *limits)
    difference, ends = None, None
    if against_reference:
        other = predicted.arms.index(REFERENCE)
        difference, ends = _gap(predicted, at, other, place, measure, float(predicted.gap_sd[at, place]))
    return OutcomeChange(
        predicted.arms[at],
        measure.code,
        week,
        inside - level,
        (low - level, high - level),
        difference,
        ends,
        *_chance(predicted, at, measure, week),
    )


def _gap(predicted: Predicted, at: int, other: int, place: int, measure: Measure, sd: float) -> tuple[float, Interval]:
    """Difference of the expected values as shown, clipped to the instrument, with its 95 % interval."""
    limits, width = (measure.minimum, measure.maximum), measure.maximum - measure.minimum
    one, two = (_inside(predicted.expected(each, place, measure), *limits) for each in (at, other))
    return _within(one - two, Z_95 * sd * measure.meaningful_change, -width, width)


def differences(predicted: Predicted, arms: tuple[str, str]) -> list[OutcomeDifference]:
    """The first arm less the second, on every measure at weeks 24 and 36."""
    model, (at, other) = predicted.model, (predicted.arms.index(arm) for arm in arms)
    sds = predicted.gap_sd_from(arms[1])[at]
    return [
        OutcomeDifference(code, week, *_gap(predicted, at, other, place, model.measures[code], float(sds[place])))
        for code in model.outcome_codes
        for week in (PRIMARY_WEEK, FOLLOW_UP_WEEK)
        if (place := predicted.column(column_name(code, week))) is not None
    ]


def _chance(
    predicted: Predicted, at: int, measure: Measure, week: int
) -> tuple[float | None, Interval | None, str | None]:
    """Chance of a meaningful improvement with its 95 % interval, or why there is none."""
    place = predicted.column(improved_name(measure.code, week))
    if place is None or measure.code not in predicted.levels:
        return None, None, NO_INDICATOR
    levels = predicted.levels[measure.code]
    room = measure.sign * ((measure.maximum if measure.sign > 0 else measure.minimum) - levels)
    without = float((room < measure.meaningful_change - 1e-9).mean())
    if without > 0.5:
        return None, None, NO_ROOM if np.ptp(levels) == 0 else NO_ROOM_LIKELY
    sd = hypot(predicted.mean_sd[at, place], predicted.drawn_sd[at, place])
    chance, ends = _within(float(predicted.values[at, 0, place]), Z_95 * sd, 0.0, 1.0)
    return chance, ends, None


def _within(mean: float, half: float, minimum: float, maximum: float) -> tuple[float, Interval]:
    """A mean and its interval, clipped."""
    inside, low, high = (_inside(value, minimum, maximum) for value in (mean, mean - half, mean + half))
    return inside, (low, high)


def _inside(value: float, minimum: float, maximum: float) -> float:
    return float(min(max(value, minimum), maximum))


def _around(outer: Interval, inner: Interval) -> Interval:
    """An interval stretched where needed to hold another one."""
    return min(outer[0], inner[0]), max(outer[1], inner[1])
