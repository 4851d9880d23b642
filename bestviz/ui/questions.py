"""Either-or questions about two futures, how sure their answers make us, and what is known so far about the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from bestviz.advice.elicitation import Elicitation, Question
from bestviz.advice.elicitation.statements import Choice
from bestviz.advice.patient import Patient
from bestviz.figures.weights_known import build_weights_known, describe_weights_known
from bestviz.ui import told
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.parts import ANSWER, redraw
from bestviz.ui.preference_markup import futures_html, today_of
from bestviz.wording import preferences as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

CHOICES: dict[str, Choice] = {"A": "a", "B": "b", words.SAME: "equal"}


def draw_questions(model: FittedModel, patient: Patient, session: Elicitation, part: str) -> None:
    """Draw the next question, or why there is none; `part` is drawn again with each answer."""
    reason = told.why_enough(session)
    question = None if reason else session.next_question()
    if question:
        most = told.LONGEST.questions if session.answered >= told.ENOUGH.questions else told.ENOUGH.questions
        st.caption(words.progress(session.answered, most))
        _draw_question(question, model, patient, part)
    elif reason:
        st.markdown(f"**{words.enough(reason, session.answered, patient.week)}**")
        if session.stop_reason is None:
            st.button("Ask more all the same", key="ask.go_on", on_click=_go_on, args=(part,))
    if session.answered:
        st.button("Back one", key="ask.back", on_click=_back, args=(part,))
    st.caption(words.same_best(session.agreement, patient.week))


def draw_known(session: Elicitation, simulated: bool, part: str) -> None:
    """Draw what is known so far about the weights, and where what was said contradicts itself."""
    if not session.answers:
        return
    if not told.in_force(session):
        st.info(words.OTHER_WEIGHTS)
        st.button("Use what was said here", key="ask.use", on_click=_use, args=(part,))
    if session.contradictions:
        st.warning(" ".join([*(one.text for one in session.contradictions), session.note]))
    st.markdown("**What is known so far about the weights**")
    weights, intervals = session.weights, session.intervals
    show_figure(
        build_weights_known(weights=weights, intervals=intervals, simulated=simulated, dark=is_dark()),
        alt=describe_weights_known(weights=weights, intervals=intervals, simulated=simulated),
        key="chart.weights",
    )


def _draw_question(question: Question, model: FittedModel, patient: Patient, part: str) -> None:
    st.markdown(words.ASK)
    today = patient.interim if patient.week else patient.baseline
    st.html(futures_html(question, model.measures, today_of(today)))
    st.caption(words.STEP_NOTE)
    with st.container(horizontal=True):
        for label, choice in CHOICES.items():
            width: Literal["content"] | int = 72 if len(label) == 1 else "content"
            st.button(label, key=f"ask.choose.{choice}", on_click=_answer, args=(choice, part), width=width)


def _answer(choice: Choice, part: str) -> None:
    told.answer(choice)
    redraw(part, ANSWER)


def _back(part: str) -> None:
    told.back_one()
    redraw(part, ANSWER)


def _go_on(part: str) -> None:
    told.ask_more()
    redraw(part)


def _use(part: str) -> None:
    told.use_weights()
    redraw(part, ANSWER)
