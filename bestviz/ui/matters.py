"""Step 3, what matters: four ways to tell it, the weights in force in a line, and when benefit counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from bestviz.advice.patient import Patient
from bestviz.advice.preferences import PRESETS
from bestviz.errors import InputError
from bestviz.trial import MEASURES, WEIGHTABLE
from bestviz.trial.schedule import HORIZONS
from bestviz.ui import followed, models, state, told
from bestviz.ui.parts import ANSWER, redraw
from bestviz.ui.preference_markup import STYLE, weights_html
from bestviz.ui.questions import draw_known, draw_questions
from bestviz.ui.ranking import draw_ranking
from bestviz.wording import preferences as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

PART = "part.matters"
WAYS = ("Presets", "Sliders", "Ranking", "Questions")
KEY_WAY = "matters.way"
_HORIZON_WORDS = {24: "week 24", 36: "week 36", "mean": "both"}


@st.fragment(key=PART)
def draw_matters(outcomes: Sequence[str], week: int = 0) -> None:
    """Draw the weights in force and one way to tell what matters.

    Parameters
    ----------
    outcomes : sequence of str
        Those the model knows.
    week : {0, 12}
        The point of decision that questions are about.
    """
    offered = [code for code in WEIGHTABLE if code in outcomes]
    st.html(STYLE + weights_html(state.shares()))
    st.session_state.setdefault(state.KEY_HORIZON, 24)
    st.segmented_control(
        "When benefit counts", HORIZONS, format_func=_HORIZON_WORDS.__getitem__, required=True, key=state.KEY_HORIZON,
        on_change=redraw, args=(PART, ANSWER), persist_state="session",
    )  # fmt: skip
    st.session_state.setdefault(KEY_WAY, WAYS[0])
    way = st.segmented_control(
        "Say what matters by", WAYS, required=True, key=KEY_WAY, on_change=redraw, args=(PART,),
        persist_state="session",
    )  # fmt: skip
    if way == "Presets":
        _draw_presets()
    elif way == "Sliders":
        _draw_sliders(offered)
    else:
        _draw_asking(str(way), week)


def _draw_presets() -> None:
    current = state.weights()
    chosen = next((key for key, preset in PRESETS.items() if preset.preferences.to_dict() == current), None)
    st.session_state["preset"] = chosen
    st.radio(
        "Start from",
        list(PRESETS),
        index=None,
        format_func=lambda key: PRESETS[key].label,
        captions=[preset.explanation for preset in PRESETS.values()],
        key="preset",
        on_change=_take_preset,
    )
    if chosen is None:
        st.caption("Own weights, none of these.")


def _take_preset() -> None:
    if chosen := st.session_state.get("preset"):
        state.take_weights(PRESETS[chosen].preferences.weights)
    redraw(PART, ANSWER)


def _draw_sliders(offered: list[str]) -> None:
    st.markdown("**How important is one meaningful change?**")
    st.caption("Shares of 100: where one moves, the others share the rest.")
    shares = state.shares()
    for code in offered:
        _draw_slider(code, shares.get(code, 0), offered)
    st.session_state.setdefault(state.KEY_HELD, [])
    st.multiselect(
        "Hold still while others move", offered, format_func=words.outcome_label, key=state.KEY_HELD,
        placeholder="none", on_change=redraw, args=(PART,), persist_state="session",
    )  # fmt: skip


def _draw_slider(code: str, share: int, offered: list[str]) -> None:
    key = state.key_weight(code)
    if st.session_state.get(key) != share:  # left alone where it is right: a reader may still be moving it
        st.session_state[key] = share
    st.slider(
        f"{words.outcome_label(code)} ({words.one_change(code)})",
        0,
        state.TOP,
        step=state.STEP,
        key=key,
        help=f"One meaningful change: {words.one_change(code)} ({MEASURES[code].meaningful_source}).",
        on_change=_take_slider,
        args=(code, offered),
    )


def _take_slider(code: str, offered: list[str]) -> None:
    state.weights_from_slider(code, offered)
    redraw(PART, ANSWER)


def _draw_asking(way: str, week: int) -> None:
    """Ranking or questions: both tell about the same weights, for the decision that the patient is at."""
    model = models.current()
    if model is None:
        return
    try:
        patient = _at_decision(model, week)
        if patient is None:
            st.info(words.NO_CLASS)
            return
        session = told.said_so_far(model, patient)
        if way == "Ranking":
            draw_ranking(session, PART)
        else:
            draw_questions(model, patient, session, PART)
        draw_known(session, model.info.simulated, PART)
        if told.PEG in model.outcome_codes and told.PEG not in session.outcomes:
            st.caption(words.NO_PEG)
    except InputError as fault:
        for message in fault.messages:
            st.info(message)


def _at_decision(model: FittedModel, week: int) -> Patient | None:
    """The patient of the case; None at week 12 as long as what can come next is not known."""
    if week and not followed.has_begun():
        return None
    patient = state.case(model.inputs, week).patient
    return None if week and patient.response_class(model.rule) is None else patient
