"""From predicted outcome columns to trajectories and changes in each measure's own unit, clipped to its instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import column_name, improved_name, natural
from bestviz.advice.recommendation import OutcomeChange, TrajectoryPoint
from bestviz.advice.uncertainty import PERSON_QUANTILES, Z_95, spread
from bestviz.trial import Measure
from bestviz.trial.schedule import FOLLOW_UP_WEEK, PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]

NO_ROOM = "already within one meaningful change of the best value"
NO_INDICATOR = "a meaningful improvement is defined for measures taken at week 0 only"


@dataclass(frozen=True)
class Predicted:
    """Predictions of all outcome columns for several arms.

    Attributes
    ----------
    arms : tuple of str
    columns : tuple of str
        Outcome columns, late and early ones.
    values : array, shape (arms, R + 1, columns)
        Oriented, in meaningful changes; indicators as they are.
    drawn : array, shape (D, arms, columns)
        Full fit, for each draw of what is not known.
    person : array, shape (2, columns)
        10 % and 90 % quantiles of how far one person ends from the expected value.
    levels : mapping of str to array, shape (D,)
        Week-0 values in the measures' own units, in each draw.
    known : mapping of (str, int) to array, shape (D,) or (1,)
        Values already observed (or drawn) in the measures' own units, by measure and week.
    """

    arms: tuple[str, ...]
    columns: tuple[str, ...]
    values: FloatArray
    drawn: FloatArray
    person: FloatArray
    levels: Mapping[str, FloatArray]
    known: Mapping[tuple[str, int], FloatArray]

    def column(self, name: str) -> int | None:
        """Position of an outcome column, None where the model does not have it."""
        return self.columns.index(name) if name in self.columns else None


def trajectories(model: FittedModel, predicted: Predicted, arms: Sequence[str], start: int) -> list[TrajectoryPoint]:
    """Expected course of every measure for chosen arms, from week `start` on."""
    points = []
    for arm in arms:
        for code, measure in model.measures.items():
            if code not in model.outcome_codes or measure.role == "burden":
                continue
            for week in measure.weeks:
                if week >= start and (point := _point(model, predicted, arm, measure, week)):
                    points.append(point)
    return points


def _point(model: FittedModel, predicted: Predicted, arm: str, measure: Measure, week: int) -> TrajectoryPoint | None:
    at = predicted.arms.index(arm)
    if week == 0 and measure.code in predicted.levels:
        return _observed(arm, measure, week, predicted.levels[measure.code])
    if (measure.code, week) in predicted.known:
        return _observed(arm, measure, week, predicted.known[measure.code, week])
    place = predicted.column(column_name(measure.code, week))
    if place is None:
        return None
    mean, low, high = _mean(model, predicted, at, place, measure)
    inner = natural(predicted.values[at, 0, place] + predicted.person[:, place], measure)
    person = np.clip(np.sort(inner), measure.minimum, measure.maximum)
    if measure.binary:
        # One person is a yes or a no: the interval holds an answer unless it is less likely than 1 in 10.
        person = np.array([float(mean > 0.9), float(mean >= 0.1)])
    return TrajectoryPoint(arm, measure.code, week, mean, (low, high), (float(person[0]), float(person[1])))


def _observed(arm: str, measure: Measure, week: int, draws: FloatArray) -> TrajectoryPoint:
    """A value that is known (no width), or drawn where it is not."""
    inside = np.clip(draws, measure.minimum, measure.maximum)
    mean, low, high = inside.mean(), *np.quantile(inside, (0.025, 0.975))
    near, far = np.quantile(inside, PERSON_QUANTILES)
    return TrajectoryPoint(arm, measure.code, week, float(mean), (float(low), float(high)), (float(near), float(far)))


def changes(
    model: FittedModel, predicted: Predicted, arms: Sequence[str], reference: str | None
) -> list[OutcomeChange]:
    """Expected changes since week 0 at weeks 24 and 36 for chosen arms, against a reference arm where there is one."""
    return [
        _change(model, predicted, arm, model.measures[code], week, place, reference)
        for arm in arms
        for code in model.outcome_codes
        for week in (PRIMARY_WEEK, FOLLOW_UP_WEEK)
        if (place := predicted.column(column_name(code, week))) is not None
    ]


def _change(
    model: FittedModel,
    predicted: Predicted,
    arm: str,
    measure: Measure,
    week: int,
    place: int,
    reference: str | None,
) -> OutcomeChange:
    at = predicted.arms.index(arm)
    start = predicted.levels.get(measure.code, np.zeros(1))
    mean, low, high = _mean(model, predicted, at, place, measure, start)
    level = float(start.mean())
    difference, ends = _against(model, predicted, at, reference, place, measure)
    chance, chance_ends, reason = _chance(model, predicted, at, measure, week)
    return OutcomeChange(
        arm,
        measure.code,
        week,
        mean - level,
        (low - level, high - level),
        difference,
        ends,
        chance,
        chance_ends,
        reason,
    )


def _against(
    model: FittedModel, predicted: Predicted, at: int, reference: str | None, place: int, measure: Measure
) -> tuple[float | None, tuple[float, float] | None]:
    """Difference from the reference arm with its 95 % interval."""
    if reference is None:
        return None, None
    other = predicted.arms.index(reference)
    gap = natural(predicted.values[at, :, place] - predicted.values[other, :, place], measure)
    drawn = natural(predicted.drawn[:, at, place] - predicted.drawn[:, other, place], measure)
    half = Z_95 * float(np.hypot(float(spread(gap)) * model.calibration.differences, drawn.std()))
    bound = measure.maximum - measure.minimum
    ends = np.clip([gap[0], gap[0] - half, gap[0] + half], -bound, bound)
    return float(ends[0]), (float(ends[1]), float(ends[2]))


def _chance(
    model: FittedModel, predicted: Predicted, at: int, measure: Measure, week: int
) -> tuple[float | None, tuple[float, float] | None, str | None]:
    place = predicted.column(improved_name(measure.code, week))
    if place is None or measure.code not in predicted.levels:
        return None, None, NO_INDICATOR
    level = float(predicted.levels[measure.code].mean())
    room = measure.sign * ((measure.maximum if measure.sign > 0 else measure.minimum) - level)
    if room < measure.meaningful_change - 1e-9:
        return None, None, NO_ROOM
    chance = float(np.clip(predicted.values[at, 0, place], 0.0, 1.0))
    replicate_sd = float(spread(predicted.values[at, :, place])) * model.calibration.means
    half = Z_95 * float(np.hypot(replicate_sd, predicted.drawn[:, at, place].std()))
    return chance, (max(chance - half, 0.0), min(chance + half, 1.0)), None


def _mean(
    model: FittedModel,
    predicted: Predicted,
    at: int,
    place: int,
    measure: Measure,
    start: FloatArray | None = None,
) -> tuple[float, float, float]:
    """Expected value with its 95 % interval, in the measure's own unit, clipped to the instrument.

    With week-0 values in each draw, the interval is that of the change since then.
    """
    values = natural(predicted.values[at, :, place], measure)
    drawn = natural(predicted.drawn[:, at, place], measure) - (0.0 if start is None else start)
    half = Z_95 * float(np.hypot(float(spread(values)) * model.calibration.means, drawn.std()))
    ends = np.clip([values[0], values[0] - half, values[0] + half], measure.minimum, measure.maximum)
    return float(ends[0]), float(ends[1]), float(ends[2])
