"""What a model recommends to everybody in a trial at once, each among what they may have."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.inputs import baseline_table
from bestviz.advice.known import column_of
from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import baseline_utility, weight_vector
from bestviz.advice.preferences import Preferences
from bestviz.advice.responders.people import usable_first
from bestviz.data.dataset import Trial
from bestviz.errors import DataError
from bestviz.regime.design import Features
from bestviz.regime.weights import distinct_exclusions
from bestviz.trial import BASELINE_MEASURES, TREATMENTS, allowed_first_table
from bestviz.trial.allowed import contraindication_table

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cohort:
    """The participants of a trial as a model sees them.

    Attributes
    ----------
    model : FittedModel
    encoded : array, shape (n, q)
        Baseline; what is not known is replaced by its conditional mean.
    missing : bool array, shape (n, inputs)
    allowed : bool array, shape (n, arms)
        Not contraindicated, and started by enough participants.
    barred : bool array, shape (n, treatments)
        Contraindicated, in the fixed order of the treatments.
    levels : mapping of str to array, shape (n,)
        Week-0 values of the measures in their own units.
    """

    model: FittedModel
    encoded: FloatArray
    missing: BoolArray
    allowed: BoolArray
    barred: BoolArray
    levels: Mapping[str, FloatArray]

    @classmethod
    def of(cls, model: FittedModel, trial: Trial) -> Cohort:
        """The participants of a trial.

        Raises
        ------
        DataError
            The trial has none of the model's inputs, or nobody may have an arm that the model knows.
        """
        encoder, people = model.engine.filler.baseline, trial.participants
        names = [n for n in model.inputs if n in BASELINE_MEASURES or n in people]
        markers = [m for m in model.markers if trial.deep is not None and m in trial.deep]
        frame = baseline_table(trial, names, markers)
        if not frame.notna().any(axis=None):
            raise DataError(
                "participants: these data have none of the inputs of the model; choose the model's own data."
            )
        with warnings.catch_warnings():
            # A category that the model never saw counts as not known, and is counted as missing below.
            warnings.filterwarnings("ignore", message="Column .* is treated as not known")
            encoded, missing = encoder.linear(frame), encoder.missing_inputs(frame)
        may = allowed_first_table(people)[list(model.engine.first_arms.labels)].to_numpy(bool) & usable_first(model)
        if not may.any():
            raise DataError("participants: nobody may have any of the first treatments that the model knows.")
        drawn = {code: column_of(encoder, encoded, code) for code in BASELINE_MEASURES}
        levels = {code: values for code, values in drawn.items() if values is not None}
        return cls(model, encoded, missing, may, contraindication_table(people).to_numpy(bool), levels)

    def __len__(self) -> int:
        """Number of people."""
        return len(self.encoded)

    @property
    def decided(self) -> BoolArray:
        """Who has any option; shape (n,)."""
        some: BoolArray = np.any(self.allowed, axis=1)
        return some

    def best(self, preferences: Preferences, horizon: int | str) -> IntArray:
        """The recommended first arm of each person, -1 where nothing is left; shape (n,). The full fit alone."""
        engine, weights = self.model.engine, self._weights(preferences, horizon)
        values = np.empty(self.allowed.shape)
        for out, members in self._patterns():
            rows = np.tile(weights, (len(members), 1))
            values[members] = engine.first_values(self.encoded[members], rows, out)
        return self._highest(values)

    def utilities(self, preferences: Preferences, horizon: int | str) -> FloatArray:
        """Weighted improvement since week 0 of every first arm, then as recommended; shape (n, arms, R + 1)."""
        engine, weights = self.model.engine, self._weights(preferences, horizon)
        found = np.empty((*self.allowed.shape, engine.replicates + 1))
        for out, members in self._patterns():
            rule = self.model.solve(weights, out).rule
            features = Features.of([engine.filler.baseline], [self.encoded[members]])
            found[members] = engine.first.every_arm(features, rule.coefficients.T)
        start = baseline_utility(weights, engine.outcome_names, self.levels, self.model.measures)
        return found - start[:, None, None]

    def recommended(self, utilities: FloatArray) -> IntArray:
        """As `best`, from utilities that are there already."""
        return self._highest(utilities[:, :, 0])

    def _highest(self, values: FloatArray) -> IntArray:
        arm = np.where(self.allowed, values, -np.inf).argmax(axis=1)
        return np.where(self.decided, arm, -1).astype(np.intp)

    def _weights(self, preferences: Preferences, horizon: int | str) -> FloatArray:
        return self.model.engine.weigh(weight_vector(preferences.weights, horizon, self.model.weighable_columns))

    def _patterns(self) -> list[tuple[frozenset[str], IntArray]]:
        return list(distinct_exclusions(self.barred, tuple(TREATMENTS)))
