"""Advice at week 12: what to do next, given how the first treatment went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.estimates import Predicted, changes, trajectories
from bestviz.advice.first_stage import small_data_warning, unknown_warning
from bestviz.advice.inputs import INTERIM_MEASURES, INTERIM_PREFIX, patient_interim
from bestviz.advice.known import DRAWS, Known, column_of, encode, mirrored, missing_inputs, only_seen
from bestviz.advice.model import FittedModel
from bestviz.advice.options import Ranking, Utilities, nothing_left, rank, second_support
from bestviz.advice.outcomes import baseline_utility
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.advice.reasons import reasons_of
from bestviz.advice.recommendation import ClassAnswer, Reason, Recommendation
from bestviz.advice.why.contributions import contributions_between
from bestviz.advice.why.situation import second_situation
from bestviz.errors import PatientError
from bestviz.trial import RESPONSE_CLASSES, TREATMENTS, refusals_second
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK
from bestviz.trial.sequences import ResponseClass

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """A patient at week 12 as the regime sees them, in one response class.

    Attributes
    ----------
    first : str
        First arm.
    response : {"excellent", "good", "medium", "poor"}
    baseline : array, shape (D, q)
    interim : array, shape (D, s)
    unknown : tuple of str
        Inputs of weeks 0 and 12 that were not known.
    rows : array, shape (D, arms, p)
        Second-stage design rows of every draw and second arm.
    """

    first: str
    response: ResponseClass
    baseline: FloatArray
    interim: FloatArray
    unknown: tuple[str, ...]
    rows: FloatArray


def advise_second(
    model: FittedModel, patient: Patient, preferences: Preferences, weights: FloatArray
) -> Recommendation:
    """Advice for a patient at week 12 under weights (K,) of the outcome columns.

    Raises
    ------
    PatientError
        The first arm is one that nobody in the model's data had.
    """
    first = started(model, patient)
    known = encode(model, patient)
    composite = model.engine.second.coefficients @ weights
    start = baseline_utility(weights, model.engine.outcome_names, known.levels, model.measures)
    variance = float(weights @ model.engine.second.covariance @ weights)
    response = patient.response_class(model.rule)
    classes = RESPONSE_CLASSES if response is None else (response,)
    states = [state_at_week_12(model, patient, known, first, one) for one in classes]
    utilities = [_utilities(model, state, composite, start, variance) for state in states]
    rankings = [_rank(model, patient, *each) for each in zip(states, utilities, strict=True)]
    warnings = [*patient.entry_warnings(model.rule), *known.notes, *small_data_warning(model)]
    if response is None:
        return _by_class(model, patient, preferences, states, rankings, warnings)
    predicted = _predicted(model, patient, known, states[0], utilities[0])
    return _of_class(model, patient, preferences, predicted, states[0], rankings[0], composite, warnings)


def started(model: FittedModel, patient: Patient) -> str:
    """First arm of a patient at week 12.

    Raises
    ------
    PatientError
        Nobody in the model's data had it.
    """
    first = patient.first_arm
    if first is None or first not in model.engine.first_arms.labels:
        raise PatientError(f"first_arm: nobody in the data behind this model started {first}.")
    return first


def _of_class(
    model: FittedModel,
    patient: Patient,
    preferences: Preferences,
    predicted: Predicted,
    state: State,
    ranking: Ranking,
    composite: FloatArray,
    warnings: list[str],
) -> Recommendation:
    """The answer where the response class is known."""
    if ranking.recommended is None:
        warnings.append(f"Nothing can be recommended: {_why_nothing(model, patient, state)}.")
    return Recommendation(
        model=model.summary(),
        preferences=preferences.to_dict(),
        horizon=patient.horizon,
        week=SECOND_RANDOMISATION_WEEK,
        options=ranking.options,
        recommended=ranking.recommended,
        near_equal=ranking.near_equal,
        plan=(),
        trajectories=tuple(trajectories(predicted, ranking.arms, start=SECOND_RANDOMISATION_WEEK)),
        outcomes=tuple(changes(predicted, ranking.arms)),
        reasons=tuple(_reasons(model, patient, state, ranking, composite, predicted.utilities)),
        unknown=state.unknown,
        warnings=(*warnings, *unknown_warning(state.unknown, ranking)),
        response=state.response,
    )


def _by_class(
    model: FittedModel,
    patient: Patient,
    preferences: Preferences,
    states: list[State],
    rankings: list[Ranking],
    warnings: list[str],
) -> Recommendation:
    """The answer for every response class, where the class cannot be told."""
    warnings.append(
        "The response class is not known (it needs PGIC, and PEG where PGIC is 2): the answer is given for every class."
    )
    return Recommendation(
        model=model.summary(),
        preferences=preferences.to_dict(),
        horizon=patient.horizon,
        week=SECOND_RANDOMISATION_WEEK,
        options=(),
        recommended=None,
        near_equal=(),
        plan=(),
        trajectories=(),
        outcomes=(),
        reasons=(),
        unknown=states[0].unknown,
        warnings=tuple(warnings),
        by_response=tuple(
            ClassAnswer(state.response, ranking.options, ranking.recommended, ranking.near_equal)
            for state, ranking in zip(states, rankings, strict=True)
        ),
    )


def state_at_week_12(model: FittedModel, patient: Patient, known: Known, first: str, response: ResponseClass) -> State:
    """A patient at week 12 in one response class; what is not known is drawn."""
    engine, encoder = model.engine, model.engine.filler.interim
    # Nothing is said about a class that nobody in the data had: no arm has the participants.
    frame, _ = only_seen(encoder, patient_interim(patient, response, model.interim_columns))
    encoded = encoder.encode(frame)
    gone = missing_inputs(encoder, encoded)
    baseline = known.draws
    if gone and len(baseline) == 1:
        baseline = np.repeat(baseline, DRAWS, axis=0)
    codes = np.full(len(baseline), engine.first_arms.labels.index(first))
    frame = frame.loc[[0] * len(baseline)].reset_index(drop=True)
    interim = engine.filler.fill_interim(baseline, codes, frame)
    if gone:
        half, rng = len(baseline) // 2, np.random.default_rng(model.info.seed)
        drawn = engine.filler.fill_interim(baseline[:half], codes[:half], frame.iloc[:half], rng)
        interim = mirrored(encoder, drawn, interim, np.isnan(encoded[0]))
    unknown = (*known.unknown, *(f"{INTERIM_PREFIX}{name}" for name in gone if name != "response"))
    return State(first, response, baseline, interim, unknown, engine.second_rows(baseline, interim, codes))


def _utilities(
    model: FittedModel, state: State, composite: FloatArray, start: FloatArray, variance: float
) -> Utilities:
    """Weighted improvement since week 0 of every second arm."""
    drawn = np.tensordot(state.rows, composite.T, axes=1) - start[:, None, None]
    return Utilities(model.engine.second_arms.labels, drawn, drawn, variance)


def foresee_second(model: FittedModel, patient: Patient, weights: FloatArray) -> Predicted:
    """Predict all outcomes of every second arm, for a patient whose response class is known.

    Raises
    ------
    PatientError
        The first arm is one that nobody in the model's data had, or the response class is not known.
    """
    first, response = started(model, patient), patient.response_class(model.rule)
    if response is None:
        raise PatientError("response: the class at week 12 is not known; give it to compare what comes next.")
    known = encode(model, patient)
    state = state_at_week_12(model, patient, known, first, response)
    composite = model.engine.second.coefficients @ weights
    start = baseline_utility(weights, model.engine.outcome_names, known.levels, model.measures)
    variance = float(weights @ model.engine.second.covariance @ weights)
    return _predicted(model, patient, known, state, _utilities(model, state, composite, start, variance))


def _predicted(model: FittedModel, patient: Patient, known: Known, state: State, utilities: Utilities) -> Predicted:
    second = model.engine.second
    return Predicted(
        model,
        model.engine.second_arms.labels,
        model.engine.outcome_names,
        # Matrix by matrix: an einsum would copy all coefficients first.
        np.matmul(state.rows.mean(axis=0), second.coefficients).transpose(1, 0, 2),
        np.tensordot(state.rows, second.coefficients[0], axes=1),
        model.second_quantiles,
        known.levels,
        _observed(model, patient, state),
        utilities,
    )


def _rank(model: FittedModel, patient: Patient, state: State, utilities: Utilities) -> Ranking:
    return rank(model, utilities, _refusals(patient, state), second_support(model, state.first, state.response))


def _refusals(patient: Patient, state: State) -> dict[str, str | None]:
    return refusals_second(state.first, state.response, patient.excluded, bool(patient.stopped_for_harm))


def _observed(model: FittedModel, patient: Patient, state: State) -> dict[tuple[str, int], FloatArray]:
    """Week-12 values in the measures' own units, drawn where not known."""
    values = {}
    for code in INTERIM_MEASURES:
        given = patient.interim.get(code)
        drawn = column_of(model.engine.filler.interim, state.interim, code)
        if given is not None:
            values[code, SECOND_RANDOMISATION_WEEK] = np.array([float(given)])
        elif drawn is not None:
            values[code, SECOND_RANDOMISATION_WEEK] = drawn
    return values


def _reasons(
    model: FittedModel, patient: Patient, state: State, ranking: Ranking, composite: FloatArray, utilities: Utilities
) -> list[Reason]:
    """What speaks for the best against the next best second arm."""
    if len(ranking.arms) < 2:
        return []
    situation = second_situation(model, patient, state)
    arms = (ranking.arms[0], ranking.arms[1])
    return reasons_of(contributions_between(situation, arms, composite, utilities.drawn, model.calibration))


def _why_nothing(model: FittedModel, patient: Patient, state: State) -> str:
    refusals = _refusals(patient, state)
    why = nothing_left(model, refusals.values())
    without_harm = refusals_second(state.first, state.response, patient.excluded)
    if None not in refusals.values() and None in without_harm.values():
        why += f", as {TREATMENTS[state.first].name} was stopped because of harm"
    return why
