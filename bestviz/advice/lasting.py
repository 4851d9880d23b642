"""Does it last? Week 36 against week 24 for one measure, by first treatment and for the learned regime.

Everything is the model's expectation for the same people: those who may start with any of the treatments. The second
period is as recommended; nothing is given between weeks 24 and 36.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import numpy.typing as npt

from bestviz import wording
from bestviz.advice.lasting_result import (
    REFERENCE,
    REGIME,
    Amount,
    Course,
    Kept,
    Lasting,
    LastingRow,
    OtherHorizon,
)
from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import LATE_WEEKS, column_name, natural
from bestviz.advice.preferences import Preferences
from bestviz.advice.recommendation import Interval
from bestviz.advice.responders.asked import Asked, ask
from bestviz.advice.responders.cohort import Cohort
from bestviz.advice.responders.people import free_people, left_out, usable_first
from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import Z_95
from bestviz.data.dataset import Trial
from bestviz.errors import InputError
from bestviz.trial import Measure, arm_name
from bestviz.trial.schedule import HORIZONS, PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]

_AT_ONCE = 500  # people whose design rows are held at a time


def lasting(
    model: FittedModel,
    trial: Trial,
    measure: str = "peg",
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    horizon: int | str = PRIMARY_WEEK,
) -> Lasting:
    """Change at week 24 and at week 36, and what became of it in between.

    Parameters
    ----------
    model : FittedModel
    trial : Trial
        Whose participants are averaged over: as a rule the data of the model.
    measure : str
        Measured at week 0 and at both weeks.
    preferences : Preferences or mapping outcome -> weight, optional
        Of the regime. Default: PEG alone.
    horizon : {24, 36, "mean"}
        When the regime looks at the weighted outcome.

    Raises
    ------
    InputError, PreferenceError, DataError
        A measure that the model does not have at both weeks, an unknown outcome or horizon, or data that this model
        cannot be asked about.
    """
    if measure not in (both := lasting_measures(model)):
        choice = f"choose one of {', '.join(both)}" if both else "these data hold no such measure"
        raise InputError(
            f"measure: this model does not have {measure!r} at week 24 and at week 36, so whether its change lasts "
            f"cannot be said; {choice}."
        )
    return _lasting(model, trial, (measure,), preferences, horizon)[measure]


def lasting_all(
    model: FittedModel,
    trial: Trial,
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    horizon: int | str = PRIMARY_WEEK,
) -> Mapping[str, Lasting]:
    """`lasting` of every measure that the model has at both weeks, in the fixed order; empty where there is none."""
    return _lasting(model, trial, lasting_measures(model), preferences, horizon)


def lasting_measures(model: FittedModel) -> tuple[str, ...]:
    """Measures that a model has at weeks 0, 24 and 36, so not side effects and stopping."""
    names, starts = model.engine.outcome_names, {column.name for column in model.engine.filler.baseline.columns}
    return tuple(
        code
        for code in model.outcome_codes
        if code in starts and all(column_name(code, week) in names for week in LATE_WEEKS)
    )


def _lasting(
    model: FittedModel,
    trial: Trial,
    measures: tuple[str, ...],
    preferences: Preferences | Mapping[str, float] | None,
    horizon: int | str,
) -> dict[str, Lasting]:
    """Several measures for the same people, who are looked at once."""
    asked = {code: [ask(model, preferences, code, week, horizon) for week in LATE_WEEKS] for code in measures}
    if not asked:
        return {}
    wishes = asked[measures[0]][0].preferences
    with one_thread():
        cohort, usable = Cohort.of(model, trial), usable_first(model)
        best = {each: cohort.best(wishes, each) for each in HORIZONS}
        people = np.flatnonzero(free_people(cohort.allowed, usable) & cohort.decided)
        means = _mean_rows(model, cohort.encoded[people], best[horizon][people])
        every = [each for weeks in asked.values() for each in weeks]
        courses = iter(means @ each for each in Asked.later_coefficients(every))
        later = {code: np.stack([next(courses) for _ in weeks], axis=1) for code, weeks in asked.items()}
    names = [*model.engine.first_arms.labels, REGIME]
    horizons = tuple(
        OtherHorizon(pair, float((best[pair[0]] != best[pair[1]])[cohort.decided].mean()))
        for pair in combinations(HORIZONS, 2)
    )
    found = {}
    for code in measures:
        spec, start = model.measures[code], float(cohort.levels[code][people].mean())
        expected = {name: later[code][i] for i, name in enumerate(names) if name == REGIME or usable[i]}
        rows = tuple(_row(model, spec, arm, expected, start) for arm in expected)
        found[code] = Lasting(
            code, wording.unit(spec), wishes.to_dict(), horizon, len(people), rows, horizons, left_out(model, usable)
        )
    return found


def _mean_rows(model: FittedModel, encoded: FloatArray, best: npt.NDArray[np.intp]) -> FloatArray:
    """Mean design rows of people under each first arm, then as recommended; shape (arms + 1, q)."""
    total: FloatArray = np.zeros(())
    for start in range(0, len(encoded), _AT_ONCE):
        at = slice(start, start + _AT_ONCE)
        rows = model.engine.first_rows(encoded[at])
        regime = rows[np.arange(len(rows)), best[at]]
        total = total + np.vstack([rows.sum(axis=0), regime.sum(axis=0)])
    return total / len(encoded)


def _row(
    model: FittedModel, measure: Measure, arm: str, expected: Mapping[str, FloatArray], start: float
) -> LastingRow:
    """One row, from expected values in meaningful changes (2, R + 1) of every arm."""
    calibration = model.calibration
    level = start * measure.sign / measure.meaningful_change
    name = "the regime" if arm == REGIME else arm_name(arm)
    # Expected values stay inside the instrument, so changes cannot be larger than there is room for.
    limits = sorted(
        measure.sign * (end - start) / measure.meaningful_change for end in (measure.minimum, measure.maximum)
    )
    change = _course(measure, expected[arm] - level, calibration.means, (limits[0], limits[1]), f"change with {name}")
    if arm == REFERENCE or REFERENCE not in expected:
        return LastingRow(arm, change, None)
    width = (measure.maximum - measure.minimum) / measure.meaningful_change
    gap = _course(
        measure, expected[arm] - expected[REFERENCE], calibration.differences, (-width, width),
        f"difference between {name} and enhanced self-care",
    )  # fmt: skip
    return LastingRow(arm, change, gap)


def _course(measure: Measure, gains: FloatArray, factor: float, limits: Interval, what: str) -> Course:
    """A gain at both weeks, from replicates (2, R + 1) in meaningful changes; higher is better."""
    inside = np.clip(gains[:, 0], *limits)
    covariance = np.cov(gains[:, 1:]) * factor**2
    deviations = np.sqrt(np.diag(covariance))
    lost = float(np.sqrt(max(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1], 0.0)))
    width = limits[1] - limits[0]
    at = [_amount(measure, float(v), float(sd), limits) for v, sd in zip(inside, deviations, strict=True)]
    return Course(
        at[0], at[1], _amount(measure, float(inside[1] - inside[0]), lost, (-width, width)),
        _kept(inside, covariance, f"The {what} at week 24 is not clearly a gain, so a share of it would say nothing."),
    )  # fmt: skip


def _amount(measure: Measure, value: float, sd: float, limits: Interval) -> Amount:
    """In the measure's own unit and sign."""
    low, mean, high = natural(np.clip([value - Z_95 * sd, value, value + Z_95 * sd], *limits), measure)
    return Amount(float(mean) + 0.0, (float(min(low, high)), float(max(low, high))))


def _kept(gains: FloatArray, covariance: FloatArray, otherwise: str) -> Kept:
    """Ratio of two gains with Fieller's interval (1954, doi 10.1111/j.2517-6161.1954.tb00159.x)."""
    (first, both), (_, second) = covariance
    g = Z_95**2 * first / gains[0] ** 2 if gains[0] > 0 else np.inf
    if g >= 1:
        return Kept(None, None, otherwise)
    share = gains[1] / gains[0]
    middle = share - g * both / first if first > 0 else share
    inner = second - 2 * share * both + share**2 * first - (g * (second - both**2 / first) if first > 0 else 0.0)
    half = Z_95 / gains[0] * np.sqrt(max(inner, 0.0))
    return Kept(float(share), (float((middle - half) / (1 - g)), float((middle + half) / (1 - g))), None)
