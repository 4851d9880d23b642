"""One patient at one point of decision as the regime sees them, beside the participants that they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bestviz.advice.inputs import INTERIM_PREFIX
from bestviz.advice.known import Known
from bestviz.advice.model import FittedModel
from bestviz.advice.patient import Patient
from bestviz.advice.why.paths import Paths
from bestviz.advice.why.shapley import References
from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features
from bestviz.regime.encoding import Encoder
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

if TYPE_CHECKING:
    from bestviz.advice.second_stage import State

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Participants:
    """The training people of one stage.

    Attributes
    ----------
    average : Features
        Means of the features; one row.
    references : References or None
        None where the stage has no forest, or one that does not tell arms apart.
    """

    average: Features
    references: References | None

    @classmethod
    def of(cls, basis: StageBasis, encoders: list[Encoder], linear: list[FloatArray]) -> Participants:
        """Sum up encoded people, one block of columns an encoder."""
        everybody, references = Features.of(encoders, linear), None
        if basis.forest is not None and basis.forest.shares[1] > 0:
            paths = Paths.of(basis.forest.likeness.leaves, source_of(encoders))
            references = References.of(paths, everybody.linear)
        return cls(mean_of(everybody), references)


@dataclass(frozen=True)
class Situation:
    """One patient at one point of decision.

    Attributes
    ----------
    arms : tuple of str
        Arms that the model knows here.
    basis : StageBasis
    further : array, shape (p, q - q of the basis)
        Columns of the stage beyond those of the basis, as sums of the layout's columns.
    encoders : list of Encoder
        Of week 0, and at the second stage of week 12.
    draws : list of arrays, shape (D, .)
        The patient in each draw of what is not known, one block an encoder.
    participants : Participants
    values : mapping of str to value
        What is known of the patient, by input name.
    unknown : tuple of str
    prior : int or None
        Position of the first arm, at the second stage.
    """

    arms: tuple[str, ...]
    basis: StageBasis
    further: FloatArray
    encoders: list[Encoder]
    draws: list[FloatArray]
    participants: Participants
    values: Mapping[str, object]
    unknown: tuple[str, ...]
    prior: int | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Inputs in the order in which the regime numbers them."""
        prefixes = ("", INTERIM_PREFIX)[: len(self.encoders)]
        return tuple(
            f"{p}{c.name}" for p, encoder in zip(prefixes, self.encoders, strict=True) for c in encoder.columns
        )

    @cached_property
    def known(self) -> tuple[str, ...]:
        """Inputs that are known, in the same order."""
        return tuple(name for name in self.names if name not in self.unknown)


def first_situation(model: FittedModel, patient: Patient, known: Known) -> Situation:
    """The patient at week 0."""
    engine, first = model.engine, model.engine.first
    return Situation(
        engine.first_arms.labels,
        first.basis,
        np.hstack([first.lent, first.early.basis.directions]),
        [engine.filler.baseline],
        [known.draws],
        model.first_participants,
        _baseline_values(patient),
        known.unknown,
    )


def second_situation(model: FittedModel, patient: Patient, state: State) -> Situation:
    """The patient at week 12."""
    engine, basis = model.engine, model.engine.second.basis
    interim = {**patient.interim, "response": state.response, "stopped_first": patient.stopped_first}
    return Situation(
        engine.second_arms.labels,
        basis,
        np.empty((basis.layout.width, 0)),
        [engine.filler.baseline, engine.filler.interim],
        [state.baseline, state.interim],
        model.second_participants,
        {**_baseline_values(patient), **{f"{INTERIM_PREFIX}{name}": value for name, value in interim.items()}},
        state.unknown,
        engine.first_arms.labels.index(state.first),
    )


def mean_of(features: Features) -> Features:
    """Means of the features over the rows; one row. For a given arm the columns of a stage are linear in them."""
    parts = (features.linear, features.curves, features.steps)
    return Features(*(part.mean(axis=0, keepdims=True) for part in parts))


def source_of(encoders: list[Encoder]) -> IntArray:
    """Input of each encoded column, numbered through over the encoders."""
    offsets = np.cumsum([0, *(len(encoder.columns) for encoder in encoders)])
    return np.concatenate([encoder.source + start for encoder, start in zip(encoders, offsets, strict=False)])


def _baseline_values(patient: Patient) -> dict[str, object]:
    barred = {column: code in patient.contraindicated for code, column in CONTRAINDICATION_COLUMNS.items()}
    return {**patient.baseline, **patient.deep, **barred}
