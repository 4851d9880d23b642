"""The plan shown at week 0: for each response class, the second arm with the highest expected utility.

The week-12 state is integrated over the participants of that class with the first-stage smoothing weights; each of them
lends how far their state was from what was expected of them, added to what is expected of this patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import block_diag

from bestviz.advice.model import FittedModel
from bestviz.advice.options import nothing_left, second_support, too_few
from bestviz.advice.outcomes import class_name
from bestviz.advice.recommendation import PlanStep
from bestviz.advice.uncertainty import compare
from bestviz.regime.encoding import NumericColumn
from bestviz.trial import RESPONSE_CLASSES, action_of, refusals_second
from bestviz.trial.sequences import ResponseClass

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MOST_PEOPLE_A_CLASS = 100


def class_chances(model: FittedModel, early: FloatArray) -> FloatArray:
    """Chances of the four response classes from predicted indicators (E,): clipped to 0-1 and scaled to sum 1."""
    places = [model.engine.early_names.index(class_name(c)) for c in RESPONSE_CLASSES]
    chances = np.clip(early[places], 0.0, 1.0)
    return chances / chances.sum() if chances.sum() > 0 else np.full(len(places), 1 / len(places))


def plan_steps(
    model: FittedModel,
    first: str,
    baseline: FloatArray,
    row: FloatArray,
    composite: FloatArray,
    excluded: Mapping[str, str],
    chances: FloatArray,
) -> list[PlanStep]:
    """What to do after each response class.

    Parameters
    ----------
    model : FittedModel
    first : str
        Recommended first arm.
    baseline : array, shape (1, q)
        Encoded baseline of the patient.
    row : array, shape (q1,)
        First-stage design row of the patient and this arm.
    composite : array, shape (R + 1, q2)
        Second-stage coefficients of the weighted outcome.
    excluded : mapping of treatment code to reason
    chances : array, shape (4,)
    """
    likeness = np.maximum(model.engine.first.smooth_full(row[None])[0], 0.0)
    people = [_people_of(model, response, likeness) for response in RESPONSE_CLASSES]
    futures = _futures(model, first, baseline, _states(model, row), people, composite)
    return [
        _step(model, first, response, future, excluded, float(chance))
        for response, future, chance in zip(RESPONSE_CLASSES, futures, chances, strict=True)
    ]


class _People(NamedTuple):
    """The most alike participants of a class: positions among the training people of the first stage, and weights."""

    at: IntArray
    share: FloatArray


class _Future(NamedTuple):
    """What the second arms are worth after one response class.

    Attributes
    ----------
    share : array, shape (people,)
        Weight of each participant whose state stands for the patient's.
    each : array, shape (people, arms)
        Weighted outcome in each of these states, full fit.
    mean : array, shape (arms, R + 1)
        Averaged over the states, in every replicate.
    """

    share: FloatArray
    each: FloatArray
    mean: FloatArray


def _step(
    model: FittedModel,
    first: str,
    response: ResponseClass,
    future: _Future,
    excluded: Mapping[str, str],
    chance: float,
) -> PlanStep:
    support = second_support(model, first, response)
    refusals = refusals_second(first, response, excluded)
    known = model.engine.second_arms.labels
    arms = [a for a in refusals if refusals[a] is None and not too_few(model, a, known, support)]
    if not arms:
        return PlanStep(response, chance, None, None, nothing_left(model, refusals.values()), None, ())
    codes = [known.index(arm) for arm in arms]
    comparison = compare(future.mean[codes][None], np.ones(len(arms), bool), model.calibration)
    arm = arms[comparison.best]
    better = float(future.share[future.each[:, codes].argmax(axis=1) != comparison.best].sum())
    near = tuple(a for a, close in zip(arms, comparison.near_equal, strict=True) if close)
    return PlanStep(response, chance, action_of(first, arm), arm, None, better, near)


def _futures(
    model: FittedModel,
    first: str,
    baseline: FloatArray,
    states: FloatArray,
    people: list[_People],
    composite: FloatArray,
) -> list[_Future]:
    """What all second arms are worth after each response class, worked out together."""
    engine, basis = model.engine, model.engine.second.basis
    at = np.concatenate([one.at for one in people])
    features = engine.second_features(np.repeat(baseline, len(at), axis=0), states[at])
    reached = basis.reached(features)
    arms, prior = np.arange(len(engine.second_arms.labels)), engine.first_arms.labels.index(first)
    each = basis.every_arm(features, composite[0][:, None], np.full(len(at), prior), reached)[:, :, 0]
    shares = block_diag(*(one.share for one in people))
    mean = basis.averaged(features, shares, arms, np.full(len(arms), prior), reached) @ composite.T
    ends = np.cumsum([len(one.at) for one in people])[:-1]
    return [_Future(one.share, *rest) for one, *rest in zip(people, np.split(each, ends), mean, strict=True)]


def _people_of(model: FittedModel, response: str, likeness: FloatArray) -> _People:
    people = model.people_of_class[response]
    alike = people[likeness[people] > 0]
    people = alike if len(alike) else people
    if not len(people):
        people = np.arange(len(likeness))
    weight = likeness[people] if likeness[people].sum() > 0 else np.ones(len(people))
    most = np.argsort(-weight, kind="stable")[:MOST_PEOPLE_A_CLASS]
    return _People(people[most], weight[most] / weight[most].sum())


def _states(model: FittedModel, row: FloatArray) -> FloatArray:
    """Week-12 states of the training people, moved from what was expected of them to what is of the patient."""
    engine = model.engine
    states, encoder = engine.completed.interim[0], engine.filler.interim
    expected, everybody = engine.first.expected_of(states, row[None])
    moved = states.copy()
    for place, column in enumerate(encoder.columns):
        if isinstance(column, NumericColumn):
            at = np.flatnonzero(encoder.source == place)[0]
            low, high = ((v - column.mean) / column.sd for v in (column.minimum, column.maximum))
            moved[:, at] = np.clip(states[:, at] + expected[0, at] - everybody[:, at], low, high)
    return moved
