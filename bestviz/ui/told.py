"""What a patient said about what matters, kept in the session: a ranking and answers, and the weights they tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from bestviz.advice.elicitation import Answer, Elicitation, Ranking, StoppingRule
from bestviz.advice.elicitation.decision import StopReason
from bestviz.advice.elicitation.statements import Choice
from bestviz.advice.model import FittedModel
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.advice.why.utilities import UtilityMap, utilities_of
from bestviz.ui import models, state

FloatArray = npt.NDArray[np.float64]

# A session goes on for as long as the reader wishes; when it is enough is said beside it.
ENOUGH, LONGEST = StoppingRule(), StoppingRule(agreement=2.0, loss=0.0, questions=24)
PEG, ITS_PARTS = "peg", {"pain_intensity", "pain_interference"}
_KEPT, _BEFORE, _MORE = "ask.kept", "ask.before", "ask.more"


@dataclass(frozen=True)
class Among:
    """Utilities for weights of some of the model's outcomes; the others have none.

    Attributes
    ----------
    utilities : UtilityMap
    outcomes : tuple of str
    """

    utilities: UtilityMap
    outcomes: tuple[str, ...]

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Utilities (N, arms) of weights (N, outcomes)."""
        codes = self.utilities.codes
        full = np.zeros((len(weights), len(codes)))
        full[:, [codes.index(code) for code in self.outcomes]] = weights
        with models.ADVISING:
            return self.utilities(full)


def outcomes_asked(known: Iterable[str]) -> tuple[str, ...]:
    """Outcomes to ask about: those the model knows, without PEG where the parts it sums up are among them."""
    codes = tuple(known)
    return tuple(code for code in codes if code != PEG) if ITS_PARTS & set(codes) else codes


def said_so_far(model: FittedModel, patient: Patient) -> Elicitation:
    """What has been said, judged for this patient; another patient's data keep the answers and change what they mean.

    Raises
    ------
    PatientError
        A patient whom this model cannot answer.
    """
    asked = (model.digest, str(patient.to_dict()))
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != asked:
        outcomes = outcomes_asked(model.outcome_codes)
        answers = kept[1].answers if kept and kept[1].outcomes == outcomes else ()
        with models.ADVISING:
            utilities = utilities_of(model, patient)
        kept = (asked, Elicitation(outcomes, Among(utilities, outcomes), answers=answers, rule=LONGEST))
        st.session_state[_KEPT] = kept
    session: Elicitation = kept[1]
    return session


def answer(choice: Choice) -> None:
    """Answer the question that is open."""
    session = _kept()
    if session and (question := session.next_question()):
        _take(session.answer(question, choice))


def back_one() -> None:
    """Take back the latest answer; a ranking stays."""
    session = _kept()
    if session and session.answered:
        latest = [said for said in session.answers if isinstance(said, Answer)][-1]
        kept = tuple(said for said in session.answers if said is not latest)
        _take(session.undo() if session.answers[-1] is latest else replace(session, answers=kept))


def rank(groups: Iterable[Iterable[str]]) -> None:
    """Take a ranking, in place of an earlier one; with nothing ranked, only the answers stay."""
    session, named = _kept(), [tuple(group) for group in groups]
    if session is None:
        return
    answers = tuple(said for said in session.answers if not isinstance(said, Ranking))
    _take(session.rank(named) if named else replace(session, answers=answers))


def ranked(session: Elicitation) -> tuple[tuple[str, ...], ...]:
    """The ranking that was given; empty where there is none."""
    return next((said.groups for said in session.answers if isinstance(said, Ranking)), ())


def ask_more() -> None:
    """Go on with asking although enough is known."""
    st.session_state[_MORE] = True


def why_enough(session: Elicitation) -> StopReason | None:
    """Why no more is asked; None while there is a question."""
    if session.stop_reason or st.session_state.get(_MORE):
        return session.stop_reason
    return ENOUGH.reason(session.agreement, session.expected_loss, session.answered, left=1)


def in_force(session: Elicitation) -> bool:
    """Whether the weights in force are those that were told here."""
    return Preferences(session.weights).to_dict() == state.weights()


def use_weights() -> None:
    """Put the weights in force that were told here."""
    if session := _kept():
        state.take_weights(session.weights)


def _kept() -> Elicitation | None:
    kept = st.session_state.get(_KEPT)
    return kept[1] if kept else None


def _take(session: Elicitation) -> None:
    """Keep a session; each answer sets the weights in force, and without any those from before come back."""
    asked, former = st.session_state[_KEPT]
    if not former.answers:
        st.session_state[_BEFORE] = state.weights()
    st.session_state[_KEPT] = (asked, session)
    state.take_weights(session.weights if session.answers else st.session_state[_BEFORE])
