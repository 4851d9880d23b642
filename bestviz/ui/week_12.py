"""The left side of the Week 12 page: the first twelve weeks, then the same three steps as at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.errors import InputError
from bestviz.trial import MEASURES, RESPONSE_CLASSES, SINGLE_ARMS, TREATMENTS
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK
from bestviz.ui import followed, state
from bestviz.ui.fields import field_of, remark
from bestviz.ui.inputs import draw_who
from bestviz.ui.markup import remark_html
from bestviz.ui.matters import draw_matters
from bestviz.ui.parts import ANSWER, redraw
from bestviz.ui.possible import draw_possible
from bestviz.wording.case import FRESH, PGIC, TAKEN, continued

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

STEPS = ("So far", "Who", "What is possible", "What matters")
KEY_STEP = "week12.tabs"
_PART, _CLASS = "part.followed", "part.class"
_REST = (
    "pain_intensity", "pain_interference", "physical_function", "opioid_use", "depression", "anxiety",
    "sleep_disturbance", "sleep_duration",
)  # fmt: skip


@st.fragment
def draw_steps(model: FittedModel) -> None:
    """Draw the steps; another step opened draws these alone again."""
    weeks, who, possible, matters = st.tabs(STEPS, key=KEY_STEP, on_change="rerun")
    if weeks.open:
        with weeks:
            _draw_weeks(model)
    if who.open:
        with who:
            draw_who(model.inputs)
    if possible.open:
        with possible:
            draw_possible()
    if matters.open:
        with matters:
            draw_matters(model.outcome_codes, SECOND_RANDOMISATION_WEEK)


@st.fragment(key=_PART)
def _draw_weeks(model: FittedModel) -> None:
    known = state.known_inputs(model.inputs)
    st.caption(continued(len(known)) if known else FRESH)
    _pick("First treatment", SINGLE_ARMS, followed.KEY_FIRST, {code: t.title for code, t in TREATMENTS.items()})
    _pick("Was it taken?", tuple(TAKEN), followed.KEY_TAKEN, TAKEN)
    _yes_no("adverse_event_first", "Unwanted effects of the treatment")
    _number("peg")
    _pick("Patient's impression of change (PGIC)", tuple(PGIC), followed.key_measured("pgic"), PGIC)
    _draw_class(model)
    with st.expander("What else was measured at week 12", key="group.followed", on_change="rerun") as more:
        if more.open:
            _draw_rest()


def _draw_rest() -> None:
    for start in range(0, len(_REST), 2):
        for column, name in zip(st.columns(2, wrap=False), _REST[start : start + 2], strict=False):
            with column:
                _draw_measured(name)


def _draw_measured(name: str) -> None:
    if MEASURES[name].binary:
        _yes_no(name, wording.input_label(name))
    else:
        _number(name)


@st.fragment(key=_CLASS)
def _draw_class(model: FittedModel) -> None:
    """The class by the rule, and a clinician's own with the reason."""
    st.session_state.setdefault(followed.KEY_CLASS, None)
    st.markdown(f"**Response at week 12: {_class_by_rule(model)}**")
    st.caption(model.rule.describe())
    own = st.segmented_control(
        "Your own judgement, where it differs", RESPONSE_CLASSES, key=followed.KEY_CLASS, on_change=redraw,
        args=(_CLASS, ANSWER), persist_state="session",
    )  # fmt: skip
    if own:
        st.text_input(
            "Reason", key=followed.KEY_REASON, max_chars=200, on_change=redraw, args=(_CLASS, ANSWER),
            persist_state="session",
        )  # fmt: skip
        if not st.session_state.get(followed.KEY_REASON):
            st.caption("Write the reason: it stands beside the advice.")


def _class_by_rule(model: FittedModel) -> str:
    if not followed.has_begun():
        return "choose the first treatment"
    try:
        patient = state.case(model.inputs, week=12).patient
    except InputError:
        return "not known"
    return patient.response_by_rule(model.rule) or "not known (it needs PGIC, and PEG at both weeks where PGIC is 2)"


def _pick(label: str, options: Sequence[Any], key: str, words: Mapping[Any, str]) -> None:
    st.session_state.setdefault(key, None)
    st.selectbox(
        label, options, index=None, format_func=words.__getitem__, placeholder=wording.NOT_KNOWN, key=key,
        on_change=redraw, args=(_CLASS, ANSWER), persist_state="session",
    )  # fmt: skip


def _yes_no(name: str, label: str) -> None:
    key = followed.key_measured(name)
    st.session_state.setdefault(key, None)
    st.segmented_control(
        label, [True, False], format_func=lambda yes: "yes" if yes else "no", key=key, on_change=redraw,
        args=(ANSWER,), persist_state="session",
    )  # fmt: skip


def _number(name: str) -> None:
    """A number without limits of the browser's: those keep the last value in silence; what is wrong is said below."""
    field, key = field_of(name), followed.key_measured(name)
    st.session_state.setdefault(key, None)
    st.number_input(
        field.label, value=None, step=field.step, format=f"%.{field.decimals}f", key=key,
        placeholder=wording.NOT_KNOWN, on_change=redraw, args=(_PART, ANSWER), persist_state="session",
    )  # fmt: skip
    value = st.session_state[key]
    if field.beyond(value):
        st.html(remark_html(remark(field, value)))
    before = st.session_state.get(state.key_input(name))
    if before is not None:
        st.caption(f"{before:g} at week 0")
