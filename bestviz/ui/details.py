"""What stands behind the answer, one part at a time: only the one that is open is worked out and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.ui import inquiry
from bestviz.ui.case import Case
from bestviz.ui.comparing import draw_comparison
from bestviz.ui.course import draw_course, draw_outcomes
from bestviz.ui.markup import list_html, paragraph_html
from bestviz.ui.reasoning import draw_flips, draw_reasons
from bestviz.ui.tables import effort_html, observed_html
from bestviz.wording.case import EXPECTED_NOTE

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

Draw = Callable[["FittedModel", Mapping[str, Any], Case], None]
KEY_PARTS = {0: "details.tabs", 12: "details.tabs.12"}


@st.fragment
def draw_details(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    """Draw the parts as tabs; another one opened draws these alone again."""
    parts = PARTS if case.patient.week == 0 else {"As expected?": _draw_expected} | PARTS
    tabs = st.tabs(list(parts), key=KEY_PARTS[case.patient.week], on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw(model, advice, case)


def _draw_course(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    del model, case
    draw_course(advice)


def _draw_outcomes(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    del model, case
    draw_outcomes(advice)


def _draw_expected(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    if rows := inquiry.expected(model, case):
        st.html(observed_html(rows))
        st.caption(f"{EXPECTED_NOTE} {wording.simulated_note(advice)}".strip())
    else:
        st.info("Enter PEG or another value of week 12 to compare it with what had been expected.")


def _draw_effort(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    del model, case
    st.html(effort_html(advice))
    st.caption(f"{wording.EFFORT} {wording.simulated_note(advice)}".strip())


def _draw_certainty(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    del model, case
    st.write(wording.chances(advice))
    st.write(wording.TOLD_APART)
    st.write(wording.CERTAINTY)
    st.html(list_html(wording.support(advice, option) for option in wording.ranked(advice)))
    if text := wording.unknown_inputs(advice):
        st.html(paragraph_html(text))
    st.write(wording.NATURAL_COURSE)
    if note := wording.simulated_note(advice):
        st.caption(note)


PARTS: dict[str, Draw] = {
    "Course": _draw_course,
    "Outcomes": _draw_outcomes,
    "Effort and harm": _draw_effort,
    "Why": draw_reasons,
    "What if": draw_flips,
    "Compare": draw_comparison,
    "How sure": _draw_certainty,
}
