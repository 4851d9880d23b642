"""What is known of one patient, encoded for the regime; what is not known is drawn many times given the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz import wording
from bestviz.advice.inputs import patient_baseline
from bestviz.advice.model import FittedModel
from bestviz.advice.patient import Patient
from bestviz.errors import PatientError
from bestviz.regime.encoding import Encoder, NumericColumn
from bestviz.trial import BASELINE_MEASURES, COLUMNS, MEASURES

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

DRAWS = 24


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
    notes : tuple of str
        What is unusual about the patient, one sentence each.
    """

    draws: FloatArray
    unknown: tuple[str, ...]
    levels: Mapping[str, FloatArray]
    notes: tuple[str, ...]


def encode(model: FittedModel, patient: Patient) -> Known:
    """Encode a patient's baseline for a model.

    Raises
    ------
    PatientError
        An input that this model does not have, or one beyond the data dictionary with a value of the wrong type.
    """
    _check_extra(model, patient)
    encoder = model.engine.filler.baseline
    frame, notes = only_seen(encoder, patient_baseline(patient, model.inputs, model.markers))
    encoded = encoder.encode(frame)
    unknown = missing_inputs(encoder, encoded)
    if unknown:
        encoded = np.repeat(encoded, DRAWS, axis=0)
        means = encoder.normal.fill(encoded)
        # The same draws for the same patient: an answer must not change when a page is drawn again.
        half = encoder.normal.fill(encoded[: DRAWS // 2], np.random.default_rng(model.info.seed))
        draws = mirrored(encoder, half, means, np.isnan(encoded[0]))
    else:
        draws = encoded
    notes += [*_outside_range(encoder, frame), *_rare(model, draws)]
    if patient.deep and not model.markers:
        notes.append("Deep phenotyping markers are given, but this model was fitted without them: they are not used.")
    return Known(draws, unknown, _levels(model, patient, draws), tuple(notes))


def only_seen(encoder: Encoder, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """One row without categories that the data never held, and a sentence about each of those."""
    sentences = []
    for column in encoder.columns:
        value = frame[column.name].iloc[0]
        if isinstance(column, NumericColumn) or value is None or str(value) in column.levels:
            continue
        frame = frame.assign(**{column.name: pd.Series([None], dtype=object, index=frame.index)})
        sentences.append(
            f"{wording.input_label(column.name)}: nobody in the data is {wording.category(str(value))}; "
            "it is taken as not known."
        )
    return frame, sentences


def mirrored(encoder: Encoder, half: FloatArray, means: FloatArray, missing: BoolArray) -> FloatArray:
    """Draws with their mirror images about the conditional means, inside what was observed.

    So few draws would else lie beside the means by chance, and the answer with them.

    Parameters
    ----------
    encoder : Encoder
    half : array, shape (..., D / 2, q)
    means : array, shape (..., D, q)
    missing : bool array, shape (q,)
        What was drawn.

    Returns
    -------
    array, shape (..., D, q)
        Of a yes/no input as many draws are a yes as people like this have, those drawn highest.
    """
    count = half.shape[-2]
    free = np.concatenate([half, means[..., count:, :] - (half - means[..., :count, :])], axis=-2)
    draws = within(encoder, free, missing, draw=True)
    for place, column in enumerate(encoder.columns):
        at = int(np.flatnonzero(encoder.source == place)[0])
        if missing[at] and isinstance(column, NumericColumn) and is_yes_or_no(column.name):
            share = np.clip(means[..., at].mean(axis=-1) * column.sd + column.mean, 0.0, 1.0)
            rank = np.argsort(np.argsort(-free[..., at], axis=-1, kind="stable"), axis=-1)
            answers = rank < np.rint(share * free.shape[-2])[..., None]
            draws[..., at] = (answers - column.mean) / column.sd
    return draws


def within(encoder: Encoder, values: FloatArray, missing: BoolArray, draw: bool) -> FloatArray:
    """Values (..., q) with what is missing (q,) kept inside what was observed; see `Encoder.within_range`."""
    rows = values.reshape(-1, values.shape[-1]).copy()
    return encoder.within_range(rows, np.broadcast_to(missing, rows.shape), draw).reshape(values.shape)


def is_yes_or_no(name: str) -> bool:
    """Whether an input (without a week) is a yes or a no."""
    column, measure = COLUMNS.get(name), MEASURES.get(name)
    return (column is not None and column.kind == "boolean") or (measure is not None and measure.binary)


def missing_inputs(encoder: Encoder, encoded: FloatArray) -> tuple[str, ...]:
    """Names of the inputs that are missing in one encoded row."""
    gone = np.unique(encoder.source[np.isnan(encoded[0])])
    return tuple(encoder.columns[place].name for place in gone)


def column_of(encoder: Encoder, encoded: FloatArray, name: str) -> FloatArray | None:
    """A numeric input in its own unit, from encoded rows; None where the encoder does not have it."""
    for place, column in enumerate(encoder.columns):
        if column.name == name and isinstance(column, NumericColumn):
            values: FloatArray = encoded[:, np.flatnonzero(encoder.source == place)[0]] * column.sd + column.mean
            # Standardised and back: 0 and 1 are to be 0 and 1 again.
            return np.round(values, 9)
    return None


def _outside_range(encoder: Encoder, frame: pd.DataFrame) -> list[str]:
    sentences = []
    for column in encoder.columns:
        value = frame[column.name].iloc[0]
        if not isinstance(column, NumericColumn) or np.isnan(value):
            continue
        if not column.minimum - 1e-9 <= value <= column.maximum + 1e-9:
            shown, low, high = (_shown(column.name, v) for v in (value, column.minimum, column.maximum))
            sentences.append(
                f"{wording.input_label(column.name)}: {shown} is outside what is seen in the data ({low} to {high}): "
                "the estimates reach beyond them."
            )
    return sentences


def _shown(name: str, value: float) -> str:
    """A coded value as it is read; ordered categories are coded by their rank."""
    column = COLUMNS.get(name)
    if column is not None and column.ordered:
        return wording.category(column.values[round(value)])
    if is_yes_or_no(name):
        return "yes" if value else "no"
    return f"{value:g}"


def _rare(model: FittedModel, draws: FloatArray) -> list[str]:
    distance = model.engine.filler.baseline.normal.squared_distance(draws.mean(axis=0, keepdims=True))[0]
    if distance <= model.largest_usual_distance:
        return []
    return ["This combination of values is rarer than 99 of 100 in the data: take the estimates with care."]


def _levels(model: FittedModel, patient: Patient, draws: FloatArray) -> dict[str, FloatArray]:
    levels: dict[str, FloatArray] = {}
    for code in BASELINE_MEASURES:
        if code in patient.baseline:
            levels[code] = np.full(len(draws), float(patient.baseline[code]))
        elif (drawn := column_of(model.engine.filler.baseline, draws, code)) is not None:
            levels[code] = drawn
    return levels


def _check_extra(model: FittedModel, patient: Patient) -> None:
    numeric = {c.name: isinstance(c, NumericColumn) for c in model.engine.filler.baseline.columns}
    faults = [
        f"baseline.{name}: {value!r} is not a number, as this model needs it."
        for name, value in patient.baseline.items()
        if name in model.extra_inputs and numeric.get(name) and not isinstance(value, int | float)
    ]
    faults += [
        f"baseline.{name}: this model has no such input; leave it out."
        for name in patient.extra_inputs
        if name in patient.baseline and name not in model.inputs
    ]
    faults += [
        f"deep.{name}: this model was fitted without this marker; leave it out."
        for name in patient.deep
        if model.markers and name not in (*model.markers, *model.markers_left_out)
    ]
    if faults:
        raise PatientError(faults)
