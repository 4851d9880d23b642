"""What is known of one patient, encoded for the regime; what is not known is drawn many times given the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.inputs import patient_baseline
from bestviz.advice.model import FittedModel
from bestviz.advice.patient import Patient
from bestviz.errors import PatientError
from bestviz.regime.encoding import NumericColumn
from bestviz.trial import BASELINE_MEASURES, COLUMNS, MEASURES

FloatArray = npt.NDArray[np.float64]

DRAWS = 24
UNUSUAL_PERCENTILE = 99
# Marks inputs of week 12 where names of both weeks stand side by side.
INTERIM_PREFIX = "interim."


@dataclass(frozen=True)
class Known:
    """One patient's baseline as the regime sees it.

    Attributes
    ----------
    draws : array, shape (D, q)
        Encoded baseline; one row where everything is known, else draws of what is not.
    unknown : tuple of str
        Inputs that were not known.
    levels : mapping of str to array, shape (D,)
        Week-0 value of every measure in its own unit, in each draw.
    """

    draws: FloatArray
    unknown: tuple[str, ...]
    levels: Mapping[str, FloatArray]


def encode(model: FittedModel, patient: Patient) -> Known:
    """Encode a patient's baseline for a model.

    Raises
    ------
    PatientError
        An input beyond the data dictionary has a value of the wrong type.
    """
    _check_extra(model, patient)
    encoder = model.engine.filler.baseline
    frame = patient_baseline(patient, model.inputs, model.markers)
    missing = encoder.missing_inputs(frame)[0]
    unknown = tuple(c.name for c, gone in zip(encoder.columns, missing, strict=True) if gone)
    if unknown:
        # The same draws for the same patient: an answer must not change when a page is drawn again.
        rng = np.random.default_rng(model.info.seed)
        draws = encoder.linear(frame.loc[[0] * DRAWS].reset_index(drop=True), rng)
    else:
        draws = encoder.linear(frame)
    return Known(draws, unknown, _levels(model, patient, draws))


def unusual_inputs(model: FittedModel, patient: Patient, known: Known) -> list[str]:
    """One sentence for each input outside the observed range, and one if the combination is rare in the data."""
    encoder = model.engine.filler.baseline
    frame = patient_baseline(patient, model.inputs, model.markers)
    sentences = []
    for column in encoder.columns:
        value = frame[column.name].iloc[0]
        if not isinstance(column, NumericColumn) or value is None or np.isnan(value):
            continue
        if not column.minimum - 1e-9 <= value <= column.maximum + 1e-9:
            label = input_label(column.name)
            sentences.append(
                f"{label} of {value:g} is outside the {column.minimum:g} to {column.maximum:g} seen in the data: "
                "the estimates reach beyond them."
            )
    distances = encoder.normal.squared_distance(model.engine.completed.baseline)
    distance = encoder.normal.squared_distance(known.draws.mean(axis=0, keepdims=True))[0]
    if distance > np.percentile(distances, UNUSUAL_PERCENTILE):
        sentences.append(
            "This combination of values is rarer than 99 of 100 in the data: take the estimates with care."
        )
    return sentences


def input_label(name: str) -> str:
    """Name of an input as a clinician reads it."""
    if name.startswith(INTERIM_PREFIX):
        return f"{input_label(name.removeprefix(INTERIM_PREFIX))} (week 12)"
    if name in COLUMNS:
        return COLUMNS[name].label
    return MEASURES[name].name if name in MEASURES else name


def _levels(model: FittedModel, patient: Patient, draws: FloatArray) -> dict[str, FloatArray]:
    encoder = model.engine.filler.baseline
    levels: dict[str, FloatArray] = {}
    for code in BASELINE_MEASURES:
        place = next((i for i, c in enumerate(encoder.columns) if c.name == code), None)
        if code in patient.baseline:
            levels[code] = np.full(len(draws), float(patient.baseline[code]))
        elif place is not None:
            column = encoder.columns[place]
            assert isinstance(column, NumericColumn)
            levels[code] = draws[:, np.flatnonzero(encoder.source == place)[0]] * column.sd + column.mean
    return levels


def _check_extra(model: FittedModel, patient: Patient) -> None:
    encoder = model.engine.filler.baseline
    numeric = {c.name: isinstance(c, NumericColumn) for c in encoder.columns}
    faults = [
        f"baseline.{name}: {value!r} is not a number, as this model needs it."
        for name, value in patient.baseline.items()
        if name in model.extra_inputs and numeric.get(name) and not isinstance(value, int | float)
    ]
    unknown = [
        f"baseline.{name}: this model has no such input."
        for name in patient.extra_inputs
        if name in patient.baseline and name not in model.inputs
    ]
    unknown += [
        f"deep.{name}: this model was fitted without this marker."
        for name in patient.deep
        if model.markers and name not in model.markers
    ]
    if faults or unknown:
        raise PatientError([*faults, *unknown])
