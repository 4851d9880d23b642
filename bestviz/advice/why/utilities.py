"""The utilities of one patient's options under many preferences at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import baseline_utility, weight_vector
from bestviz.advice.patient import Patient
from bestviz.advice.threads import one_thread
from bestviz.advice.why.decision import Decision, decision_of
from bestviz.regime.maps import first_map, second_map

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class UtilityMap:
    """Utilities of one patient's options as a function of preferences; full fit, the regime follows the preferences.

    Attributes
    ----------
    decision : Decision
    """

    decision: Decision

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms of the columns of a result."""
        return self.decision.arms

    @property
    def codes(self) -> tuple[str, ...]:
        """Outcomes of the columns of the weights: those that preferences may weigh, in the model's order."""
        return self.decision.model.outcome_codes

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Weighted improvement since week 0, what `recommend` shows for such preferences.

        Parameters
        ----------
        weights : array, shape (N, outcomes)
            Importance of one meaningful change in each of `codes`; 0 or more.

        Returns
        -------
        array, shape (N, arms)
            In meaningful changes; -inf for arms that are not possible.
        """
        engine, rows = self.decision.model.engine, self._rows
        columns = engine.weigh(weights @ self._columns)
        with one_thread():
            if self.decision.state is None:
                found = first_map(engine, rows, columns, self.decision.patient.excluded)
            else:
                found = second_map(engine, rows, columns)
        return np.where(self.decision.allowed, found - (weights @ self._start)[:, None], -np.inf)

    def row_of(self, weights: Mapping[str, float]) -> FloatArray:
        """Preferences by outcome code as one row of weights; shape (outcomes,)."""
        return np.array([weights.get(code, 0.0) for code in self.codes])

    @cached_property
    def _rows(self) -> FloatArray:
        # What is not known is averaged over first: utilities are linear in the rows.
        rows: FloatArray = self.decision.rows.mean(axis=0)
        return rows

    @cached_property
    def _columns(self) -> FloatArray:
        """Weights of the outcome columns for all weight on one outcome; shape (outcomes, K)."""
        model, horizon = self.decision.model, self.decision.patient.horizon
        return np.array([weight_vector({code: 1.0}, horizon, model.weighable_columns) for code in self.codes])

    @cached_property
    def _start(self) -> FloatArray:
        """Week-0 level of each outcome in meaningful changes; shape (outcomes,)."""
        model, levels = self.decision.model, self.decision.known.levels
        names = model.weighable_columns
        return np.array([baseline_utility(row, names, levels, model.measures).mean() for row in self._columns])


def utilities_of(model: FittedModel, patient: Patient) -> UtilityMap:
    """The utilities of a patient's options as a function of preferences.

    Parameters
    ----------
    model : FittedModel
    patient : Patient

    Returns
    -------
    UtilityMap
        Called with weights (N, outcomes), in the order of `model.outcome_codes`, it returns utilities (N, arms).

    Raises
    ------
    PatientError
        As `decision_of`.
    """
    return UtilityMap(decision_of(model, patient))
