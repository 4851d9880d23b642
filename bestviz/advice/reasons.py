"""Why one option is ahead of another for this patient: what each known input adds to the difference.

The regressions are sums over inputs, so the difference between two arms is a part that is the same for everybody plus
one part an input: how this patient differs from the average participant, times how much that changes the difference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bestviz.advice.inputs import INTERIM_PREFIX, input_label
from bestviz.advice.recommendation import Reason
from bestviz.advice.uncertainty import Calibration, interval, spread
from bestviz.regime.design import ColumnKey, Features, StageDesign
from bestviz.trial import COLUMNS, MEASURES, arm_name
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

FloatArray = npt.NDArray[np.float64]

MOST_REASONS = 6
LEAST_EFFECT = 0.01


def contrast(
    layout: StageDesign, patient: Features, everybody: Features, arms: tuple[int, int], prior: int | None = None
) -> FloatArray:
    """How the patient differs from the average participant in the design columns that tell two arms apart.

    Parameters
    ----------
    layout : StageDesign
    patient, everybody : Features
        Draws of the patient, and the training people.
    arms : (int, int)
        Positions of the two arms among those of the layout.
    prior : int, optional
        Position of the patient's first arm, at the second stage.

    Returns
    -------
    array, shape (p,)
    """
    before = None if prior is None else np.full(2, prior)
    twice = np.zeros(2, dtype=np.intp)
    # For a given arm the columns are linear in the features: the mean of the rows is the row of the means.
    own, average = (
        layout.matrix(_mean_of(features).take(twice), np.array(arms), before) for features in (patient, everybody)
    )
    return (own[0] - own[1]) - (average[0] - average[1])


def _mean_of(features: Features) -> Features:
    parts = (features.linear, features.curves, features.steps)
    return Features(*(part.mean(axis=0, keepdims=True) for part in parts))


def reasons_between(
    difference: FloatArray,
    coefficients: FloatArray,
    keys: Sequence[ColumnKey],
    names: Sequence[str],
    values: Mapping[str, object],
    unknown: Collection[str],
    arms: tuple[str, str],
    calibration: Calibration,
) -> list[Reason]:
    """The inputs that matter most for one arm against another.

    Parameters
    ----------
    difference : array, shape (p,)
        As `contrast` makes it.
    coefficients : array, shape (p, R + 1)
        Of the weighted outcome.
    keys : sequence of ColumnKey
        Identity of the design columns.
    names : sequence of str
        Input column of each feature number.
    values : mapping of str to value
        What is known of the patient.
    unknown : collection of str
        Inputs that were averaged over; they are no reasons.
    arms : (str, str)
    """
    parts = difference[:, None] * coefficients
    features = np.array([key.feature for key in keys])
    found = []
    for number, name in enumerate(names):
        # Contraindications are part of what is possible, not of who the patient is.
        if name in unknown or name in CONTRAINDICATION_COLUMNS.values():
            continue
        effect = parts[features == number].sum(axis=0)
        if abs(effect[0]) >= LEAST_EFFECT:
            ends = interval(effect[0], spread(effect) * calibration.differences)
            found.append((name, float(effect[0]), (float(ends[0]), float(ends[1]))))
    found.sort(key=lambda reason: -abs(reason[1]))
    return [
        Reason(name, _known(values.get(name)), effect, ends, _sentence(name, values.get(name), effect, arms))
        for name, effect, ends in found[:MOST_REASONS]
    ]


def _known(value: object) -> float | str | bool | None:
    return value if isinstance(value, bool | int | float | str) else None


def _sentence(name: str, value: object, effect: float, arms: tuple[str, str]) -> str:
    ahead, behind = arms if effect > 0 else arms[::-1]
    return (
        f"{input_label(name)}{_shown(name, value)} speaks for {arm_name(ahead)} over {arm_name(behind)} "
        f"(by {abs(effect):.2f} meaningful changes)."
    )


def _shown(name: str, value: object) -> str:
    name = name.removeprefix(INTERIM_PREFIX)
    if isinstance(value, bool):
        return f": {'yes' if value else 'no'}"
    if isinstance(value, int | float):
        measure, column = MEASURES.get(name), COLUMNS.get(name)
        if measure is not None and measure.binary:
            return f": {'yes' if value else 'no'}"
        unit = measure.unit if measure else column.unit if column else ""
        return f" of {value:g} {unit}".rstrip()
    return f": {str(value).replace('_', ' ')}" if value is not None else ""
