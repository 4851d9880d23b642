"""Advice at week 0: which treatment to start with, what then, what to expect, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bestviz import wording
from bestviz.advice.estimates import Predicted, changes, trajectories
from bestviz.advice.known import Known, encode
from bestviz.advice.model import FittedModel, Solved
from bestviz.advice.options import Ranking, Utilities, first_support, nothing_left, rank
from bestviz.advice.outcomes import baseline_utility
from bestviz.advice.patient import Patient
from bestviz.advice.plan import class_chances, plan_steps
from bestviz.advice.preferences import Preferences
from bestviz.advice.reasons import reasons_of
from bestviz.advice.recommendation import Reason, Recommendation
from bestviz.advice.why.contributions import contributions_between
from bestviz.advice.why.situation import first_situation
from bestviz.trial import refusals_first

FloatArray = npt.NDArray[np.float64]

REGIME = "regime"
WORTH_SAYING = 0.005
WIDER_WORTH_SAYING = 1.1


def advise_first(model: FittedModel, patient: Patient, preferences: Preferences, weights: FloatArray) -> Recommendation:
    """Advice for a patient at week 0 under weights (K,) of the outcome columns."""
    seen = foresee_first(model, patient, weights)
    engine, excluded, known, predicted = model.engine, patient.excluded, seen.known, seen.predicted
    refusals = refusals_first(excluded)
    ranking = rank(model, predicted.utilities, refusals, first_support(model))
    best, warnings = ranking.recommended, [*patient.entry_warnings(model.rule), *known.notes]
    points = trajectories(predicted, ranking.arms, start=0)
    plan = []
    if best is not None:
        at = engine.first_arms.labels.index(best)
        chances = class_chances(model, predicted.values[at, 0, len(engine.outcome_names) :])
        person = known.draws.mean(axis=0, keepdims=True)
        plan = plan_steps(model, best, person, seen.rows[at], seen.solved.composite, excluded, chances)
        points += [replace(point, arm=REGIME) for point in points if point.arm == best]
        warnings += _fallback_warning(float(seen.fallback[at]))
    elif len(excluded) == len(refusals):
        warnings.append("Every treatment is excluded for this patient: nothing can be recommended.")
    else:
        warnings.append(f"Nothing can be recommended: {nothing_left(model, refusals.values())}.")
    warnings += [*unknown_warning(known.unknown, ranking), *small_data_warning(model)]
    return Recommendation(
        model=model.summary(),
        preferences=preferences.to_dict(),
        horizon=patient.horizon,
        week=0,
        options=ranking.options,
        recommended=best,
        near_equal=ranking.near_equal,
        plan=tuple(plan),
        trajectories=tuple(points),
        outcomes=tuple(changes(predicted, ranking.arms)),
        reasons=tuple(_reasons(model, patient, seen, ranking)),
        unknown=known.unknown,
        warnings=tuple(warnings),
    )


@dataclass(frozen=True)
class Foreseen:
    """What a model says about a patient at week 0, before anything is ranked.

    Attributes
    ----------
    known : Known
    solved : Solved
    rows : array, shape (arms, q)
        First-stage design rows, averaged over what is not known.
    fallback : array, shape (arms,)
        Share of people like this for whom the trial has no next step.
    predicted : Predicted
    """

    known: Known
    solved: Solved
    rows: FloatArray
    fallback: FloatArray
    predicted: Predicted


def foresee_first(model: FittedModel, patient: Patient, weights: FloatArray) -> Foreseen:
    """Predict all outcomes of every first arm under weights (K,) of the outcome columns."""
    engine, known = model.engine, encode(model, patient)
    solved = model.solve(weights, frozenset(patient.excluded))
    drawn_rows = engine.first_rows(known.draws)
    rows = drawn_rows.mean(axis=0)
    later, early, fallback = engine.first_outcomes(rows, solved.rule)
    predicted = Predicted(
        model,
        engine.first_arms.labels,
        (*engine.outcome_names, *engine.early_names),
        np.concatenate([later, early], axis=2),
        np.tensordot(drawn_rows, solved.coefficients, axes=1),
        np.hstack([solved.residual_quantiles, model.early_quantiles]),
        known.levels,
        {},
        _utilities(model, solved, known, drawn_rows, weights),
    )
    return Foreseen(known, solved, rows, fallback, predicted)


def small_data_warning(model: FittedModel) -> list[str]:
    """A sentence where the data are small."""
    if not model.is_small:
        return []
    return [f"The model rests on only {model.info.participants} participants: every estimate is rough."]


def unknown_warning(unknown: tuple[str, ...], ranking: Ranking) -> list[str]:
    """What not knowing some inputs costs, where it is worth saying."""
    if not unknown or ranking.recommended is None or ranking.widened < WIDER_WORTH_SAYING:
        return []
    inputs = "1 input that is" if len(unknown) == 1 else f"{len(unknown)} inputs that are"
    return [f"The interval of the benefit is {ranking.widened:.1f} times as wide for the {inputs} not known."]


def _utilities(
    model: FittedModel, solved: Solved, known: Known, drawn_rows: FloatArray, weights: FloatArray
) -> Utilities:
    """Weighted improvement since week 0 of every first arm."""
    start = baseline_utility(weights, model.engine.outcome_names, known.levels, model.measures)
    return Utilities(
        model.engine.first_arms.labels,
        np.tensordot(drawn_rows, solved.rule.coefficients.T, axes=1) - start[:, None, None],
        np.tensordot(drawn_rows, solved.rule.anew.T, axes=1),
        solved.residual_variance,
    )


def _reasons(model: FittedModel, patient: Patient, seen: Foreseen, ranking: Ranking) -> list[Reason]:
    """What speaks for the best against the next best first arm."""
    if len(ranking.arms) < 2:
        return []
    situation = first_situation(model, patient, seen.known)
    arms, coefficients = (ranking.arms[0], ranking.arms[1]), seen.solved.rule.coefficients
    drawn = seen.predicted.utilities.drawn
    return reasons_of(contributions_between(situation, arms, coefficients, drawn, model.calibration))


def _fallback_warning(share: float) -> list[str]:
    if share < WORTH_SAYING:
        return []
    return [
        f"In about {wording.of_100(share)} people like this the trial has no next step (for example after stopping "
        "for harm); the estimates then assume that the first treatment is continued, which the trial did not study."
    ]
