"""One patient's point of decision, put together once for all questions of why and what if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bestviz.advice.known import Known, encode
from bestviz.advice.model import FittedModel
from bestviz.advice.options import first_support, second_support, too_few
from bestviz.advice.patient import Patient
from bestviz.advice.second_stage import State, started, state_at_week_12
from bestviz.advice.why.situation import Situation, first_situation, second_situation
from bestviz.errors import PatientError
from bestviz.trial import refusals_first, refusals_second
from bestviz.trial.sequences import ResponseClass

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Decision:
    """A patient at week 0, or at week 12 in one response class.

    Attributes
    ----------
    model : FittedModel
    patient : Patient
    known : Known
        Of week 0.
    state : State or None
        At week 12.
    situation : Situation
    refusals : mapping of arm to str or None
        Why each arm of the protocol is not possible here; None where it is.
    """

    model: FittedModel
    patient: Patient
    known: Known
    state: State | None
    situation: Situation
    refusals: Mapping[str, str | None]

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms that the model knows here."""
        return self.situation.arms

    @property
    def allowed(self) -> BoolArray:
        """Which of `arms` are possible here; shape (arms,)."""
        return allowed_of(self.refusals, self.arms)

    @cached_property
    def rows(self) -> FloatArray:
        """Design rows of every draw and arm; shape (D, arms, q)."""
        return self.model.engine.first_rows(self.known.draws) if self.state is None else self.state.rows

    def coefficients(self, weights: FloatArray) -> FloatArray:
        """Of the outcome weighted by (K,), in all replicates; shape (R + 1, q)."""
        if self.state is None:
            return self.model.solve(weights, frozenset(self.patient.excluded)).rule.coefficients
        composite: FloatArray = self.model.engine.second.coefficients @ weights
        return composite


def decision_of(model: FittedModel, patient: Patient) -> Decision:
    """Put together what is asked about.

    Raises
    ------
    PatientError
        An input that the model does not have; at week 12 a first arm that nobody had, or an unknown response class.
    """
    if patient.week == 0:
        known = encode(model, patient)
        situation = first_situation(model, patient, known)
        return Decision(model, patient, known, None, situation, refusals_at_week_0(model, patient))
    first, response = started(model, patient), patient.response_class(model.rule)
    if response is None:
        raise PatientError(
            "response: the class at week 12 is not known (it needs PGIC, and PEG where PGIC is 2), and what is "
            "possible depends on it; give the class to ask why, or what would change the answer."
        )
    known = encode(model, patient)
    state = state_at_week_12(model, patient, known, first, response)
    situation = second_situation(model, patient, state)
    return Decision(model, patient, known, state, situation, refusals_at_week_12(model, patient, first, response))


def refusals_at_week_0(model: FittedModel, patient: Patient) -> dict[str, str | None]:
    """Why each first arm is not possible for a patient; None where it is."""
    refusals, support = refusals_first(patient.excluded), first_support(model)
    known = model.engine.first_arms.labels
    return {arm: refusals[arm] or too_few(model, arm, known, support) for arm in refusals}


def refusals_at_week_12(
    model: FittedModel, patient: Patient, first: str, response: ResponseClass
) -> dict[str, str | None]:
    """Why each second arm is not possible for a patient of a response class; None where it is."""
    refusals = refusals_second(first, response, patient.excluded, bool(patient.stopped_for_harm))
    support, known = second_support(model, first, response), model.engine.second_arms.labels
    return {arm: refusals[arm] or too_few(model, arm, known, support) for arm in refusals}


def allowed_of(refusals: Mapping[str, str | None], arms: tuple[str, ...]) -> BoolArray:
    """Which of the arms that the model knows are possible; shape (arms,)."""
    return np.array([refusals.get(arm, "") is None for arm in arms], dtype=bool)
