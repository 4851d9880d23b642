"""Advice at week 12: what to do next, given how the first treatment went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.estimates import Predicted, changes, trajectories
from bestviz.advice.first_stage import small_data_warning
from bestviz.advice.inputs import INTERIM_MEASURES, patient_interim
from bestviz.advice.known import DRAWS, INTERIM_PREFIX, Known, encode, unusual_inputs
from bestviz.advice.model import FittedModel
from bestviz.advice.options import Ranking, Utilities, rank, second_support
from bestviz.advice.outcomes import baseline_utility
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.advice.reasons import reasons_between
from bestviz.advice.recommendation import ClassAnswer, Reason, Recommendation
from bestviz.errors import PatientError
from bestviz.regime.design import Features
from bestviz.regime.encoding import NumericColumn
from bestviz.trial import RESPONSE_CLASSES, refusals_second
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK

FloatArray = npt.NDArray[np.float64]

REFERENCE = "ESC"


@dataclass(frozen=True)
class State:
    """A patient at week 12 as the regime sees them.

    Attributes
    ----------
    response : str
    baseline : array, shape (D, q)
    interim : array, shape (D, s)
    unknown : tuple of str
        Inputs of weeks 0 and 12 that were not known.
    """

    response: str
    baseline: FloatArray
    interim: FloatArray
    unknown: tuple[str, ...]


def advise_second(
    model: FittedModel, patient: Patient, preferences: Preferences, weights: FloatArray
) -> Recommendation:
    """Advice for a patient at week 12 under weights (K,) of the outcome columns.

    Raises
    ------
    PatientError
        The first arm is one that nobody in the model's data had.
    """
    if patient.first_arm not in model.engine.first_arms.labels:
        raise PatientError(f"first_arm: nobody in the data behind this model started {patient.first_arm}.")
    known = encode(model, patient)
    response = patient.response_class(model.rule)
    warnings = [*patient.entry_warnings(model.rule), *unusual_inputs(model, patient, known), *small_data_warning(model)]
    if response is None:
        return _by_class(model, patient, preferences, weights, known, warnings)
    state = _state(model, patient, known, response)
    rows = _rows(model, patient, state)
    ranking, later = _rank(model, patient, known, state, rows, weights)
    if ranking.recommended is None:
        warnings.append(_nothing_left(patient, response))
    predicted = Predicted(
        model.engine.second_arms.labels,
        model.engine.outcome_names,
        later,
        rows @ model.engine.second.coefficients[0],
        model.second_quantiles,
        known.levels,
        _observed(model, patient, state),
    )
    shown = [option.arm for option in ranking.options if option.allowed]
    return Recommendation(
        model=model.summary(),
        preferences=preferences.to_dict(),
        horizon=patient.horizon,
        week=SECOND_RANDOMISATION_WEEK,
        options=ranking.options,
        recommended=ranking.recommended,
        near_equal=ranking.near_equal,
        plan=(),
        trajectories=tuple(trajectories(model, predicted, shown, start=SECOND_RANDOMISATION_WEEK)),
        outcomes=tuple(changes(model, predicted, shown, REFERENCE if REFERENCE in shown else None)),
        reasons=tuple(_reasons(model, patient, state, ranking, weights)),
        unknown=state.unknown,
        warnings=tuple(warnings),
        response=response,
    )


def _by_class(
    model: FittedModel,
    patient: Patient,
    preferences: Preferences,
    weights: FloatArray,
    known: Known,
    warnings: list[str],
) -> Recommendation:
    """The answer for every response class, where the class cannot be told."""
    answers, unknown = [], known.unknown
    for response in RESPONSE_CLASSES:
        state = _state(model, patient, known, response)
        ranking, _ = _rank(model, patient, known, state, _rows(model, patient, state), weights)
        answers.append(ClassAnswer(response, ranking.options, ranking.recommended, ranking.near_equal))
        unknown = state.unknown
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
        unknown=unknown,
        warnings=tuple(warnings),
        by_response=tuple(answers),
    )


def _state(model: FittedModel, patient: Patient, known: Known, response: str) -> State:
    engine = model.engine
    frame = patient_interim(patient, response, model.interim_columns)
    encoder = engine.filler.interim
    missing = encoder.missing_inputs(frame)[0]
    gone = tuple(f"{INTERIM_PREFIX}{c.name}" for c, no in zip(encoder.columns, missing, strict=True) if no)
    baseline = known.draws
    if gone and len(baseline) == 1:
        baseline = np.repeat(baseline, DRAWS, axis=0)
    first = np.full(len(baseline), engine.first_arms.labels.index(str(patient.first_arm)))
    rng = np.random.default_rng(model.info.seed) if gone else None
    interim = engine.filler.fill_interim(baseline, first, frame.loc[[0] * len(baseline)].reset_index(drop=True), rng)
    return State(response, baseline, interim, (*known.unknown, *gone))


def _rows(model: FittedModel, patient: Patient, state: State) -> FloatArray:
    """Design rows of every draw and second arm; shape (D, arms, q)."""
    first = np.full(len(state.baseline), model.engine.first_arms.labels.index(str(patient.first_arm)))
    return model.engine.second_rows(state.baseline, state.interim, first)


def _rank(
    model: FittedModel, patient: Patient, known: Known, state: State, rows: FloatArray, weights: FloatArray
) -> tuple[Ranking, FloatArray]:
    """Rank the second arms; also their expected outcomes (arms, R + 1, K)."""
    engine, excluded = model.engine, patient.excluded
    start = baseline_utility(weights, engine.outcome_names, known.levels, model.measures)
    later = engine.second.predict(rows.mean(axis=0))
    composite = engine.second.coefficients @ weights
    drawn = rows @ composite.T
    residual_variance = float(weights @ engine.second.covariance @ weights)
    utilities = Utilities(
        engine.second_arms.labels,
        later @ weights - start.mean(),
        drawn[:, :, 1:].transpose(1, 0, 2).reshape(rows.shape[1], -1),
        (drawn[:, :, 0] - (start[:, None] if len(start) == len(drawn) else start.mean())).std(axis=0),
        residual_variance,
    )
    first = str(patient.first_arm)
    refusals = refusals_second(first, state.response, excluded, bool(patient.stopped_for_harm))  # type: ignore[arg-type]
    support = second_support(model, first, state.response)
    return rank(model, utilities, refusals, support), later


def _observed(model: FittedModel, patient: Patient, state: State) -> dict[tuple[str, int], FloatArray]:
    """Week-12 values in the measures' own units, drawn where not known."""
    encoder = model.engine.filler.interim
    values = {}
    for place, column in enumerate(encoder.columns):
        if column.name in INTERIM_MEASURES and isinstance(column, NumericColumn):
            at = np.flatnonzero(encoder.source == place)[0]
            given = patient.interim.get(column.name)
            drawn = state.interim[:, at] * column.sd + column.mean
            values[column.name, SECOND_RANDOMISATION_WEEK] = drawn if given is None else np.array([float(given)])
    return values


def _reasons(model: FittedModel, patient: Patient, state: State, ranking: Ranking, weights: FloatArray) -> list[Reason]:
    """What speaks for the best against the next best second arm."""
    arms = [option.arm for option in ranking.options if option.allowed][:2]
    if len(arms) < 2:
        return []
    engine = model.engine
    encoders = [engine.filler.baseline, engine.filler.interim]
    features = Features.of(encoders, [state.baseline, state.interim])
    count = len(state.baseline)
    first = np.full(count, engine.first_arms.labels.index(str(patient.first_arm)))
    pair = [
        engine.second.layout.matrix(features, np.full(count, engine.second_arms.labels.index(arm)), first).mean(axis=0)
        for arm in arms
    ]
    names = [c.name for c in encoders[0].columns] + [f"{INTERIM_PREFIX}{c.name}" for c in encoders[1].columns]
    interim = {**patient.interim, "response": state.response, "stopped_first": patient.stopped_first}
    values = {**patient.baseline, **patient.deep, **{f"{INTERIM_PREFIX}{k}": v for k, v in interim.items()}}
    coefficients = engine.second.directions @ (engine.second.coefficients @ weights).T
    return reasons_between(
        pair[0] - pair[1],
        coefficients,
        engine.second.layout.keys,
        names,
        values,
        state.unknown,
        (arms[0], arms[1]),
        model.calibration,
    )


def _nothing_left(patient: Patient, response: str) -> str:
    if patient.stopped_for_harm:
        return (
            f"The trial has no next step for {response} response after a treatment that was stopped because of harm: "
            "nothing can be recommended."
        )
    return "No second treatment that the trial offers here is left for this patient: nothing can be recommended."
