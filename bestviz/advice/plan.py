"""The plan shown at week 0: for each response class, the second arm with the highest expected utility.

The week-12 state is integrated over the participants of that class with the first-stage smoothing weights; each of them
lends how far their state was from what was expected of them, added to what is expected of this patient.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.options import nothing_left, second_support, too_few
from bestviz.advice.outcomes import class_name
from bestviz.advice.recommendation import PlanStep
from bestviz.advice.uncertainty import compare
from bestviz.regime.encoding import NumericColumn
from bestviz.trial import RESPONSE_CLASSES, action_of, refusals_second
from bestviz.trial.sequences import ResponseClass

FloatArray = npt.NDArray[np.float64]

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
    weights: FloatArray,
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
    weights : array, shape (K,)
        Of the outcome columns.
    excluded : mapping of treatment code to reason
    chances : array, shape (4,)
    """
    likeness = np.maximum(model.engine.first.smooth_full(row[None])[0], 0.0)
    states = _states(model, row)
    return [
        _step(model, first, response, baseline, states, likeness, weights, excluded, float(chance))
        for response, chance in zip(RESPONSE_CLASSES, chances, strict=True)
    ]


def _step(
    model: FittedModel,
    first: str,
    response: ResponseClass,
    baseline: FloatArray,
    states: FloatArray,
    likeness: FloatArray,
    weights: FloatArray,
    excluded: Mapping[str, str],
    chance: float,
) -> PlanStep:
    engine = model.engine
    support = second_support(model, first, response)
    refusals = refusals_second(first, response, excluded)
    known = engine.second_arms.labels
    arms = [a for a in refusals if refusals[a] is None and not too_few(model, a, known, support)]
    if not arms:
        return PlanStep(response, chance, None, None, nothing_left(model, refusals.values()), None, ())
    people = _people_of(model, response, likeness)
    share = likeness[people] / likeness[people].sum()
    codes = np.array([known.index(arm) for arm in arms])
    rows = _rows(model, first, baseline, states[people], codes)
    composite = engine.second.coefficients @ weights
    each = rows @ composite[0]
    mean_rows = np.einsum("j,jaq->aq", share, rows)
    comparison = compare((mean_rows @ composite.T)[None], np.ones(len(arms), bool), model.calibration)
    arm = arms[comparison.best]
    better = float(share[each.argmax(axis=1) != comparison.best].sum())
    near = tuple(a for a, close in zip(arms, comparison.near_equal, strict=True) if close)
    return PlanStep(response, chance, action_of(first, arm), arm, None, better, near)


def _people_of(model: FittedModel, response: str, likeness: FloatArray) -> npt.NDArray[np.intp]:
    """The most alike participants of a class; positions among the training people of the first stage."""
    classes = model.history["response"].to_numpy()[model.engine.people]
    people = np.flatnonzero(classes == response)
    alike = people[likeness[people] > 0]
    people = alike if len(alike) else people
    if not len(people):
        people = np.arange(len(classes))
    if not likeness[people].sum() > 0:
        likeness[people] = 1.0
    return people[np.argsort(-likeness[people], kind="stable")[:MOST_PEOPLE_A_CLASS]]


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


def _rows(
    model: FittedModel, first: str, baseline: FloatArray, states: FloatArray, arms: npt.NDArray[np.intp]
) -> FloatArray:
    """Second-stage design rows of (state, arm): shape (states, arms, q)."""
    engine = model.engine
    people, count = len(states), len(arms)
    repeated = np.repeat(np.arange(people), count)
    features = engine.second_features(np.repeat(baseline, people, axis=0), states)
    prior = np.full(len(repeated), engine.first_arms.labels.index(first))
    return engine.second.basis.rows(features, repeated, np.tile(arms, people), prior).reshape(people, count, -1)
