"""Take away: hand-outs for the patient and for the chart, text to copy, the case file. Nothing is written to disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.reports.chart_text import chart_text
from bestviz.reports.handout import KINDS, Kind, handout_html, make_handout
from bestviz.reports.pdf import pdf_possible
from bestviz.ui import state
from bestviz.ui.case import Case
from bestviz.wording import take_away as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel


def draw_take_away(model: FittedModel, case: Case, advice: Mapping[str, Any] | None) -> None:
    """Draw the section; without advice only the case file can be taken away.

    Parameters
    ----------
    model : FittedModel
        The model in use; its inputs say what belongs into the case file.
    case : Case
        The case that was asked about.
    advice : mapping or None
        What `recommend --json` prints for it.
    """
    st.subheader(words.TITLE)
    with st.container(horizontal=True):
        for kind in KINDS if advice else ():
            _draw_handout(kind, case, advice or {})
        _draw_case_file(model)
    if advice:
        _draw_text(case, advice)
        st.caption(f"{words.MADE if pdf_possible() else words.NO_PDF} {wording.simulated_note(advice)}".strip())
    st.caption(words.CASE_FILE)


def _draw_handout(kind: Kind, case: Case, advice: Mapping[str, Any]) -> None:
    ending, mime = ("pdf", "application/pdf") if pdf_possible() else ("html", "text/html")
    st.download_button(
        f"{words.BUTTONS[kind]} ({ending.upper()})", _maker(kind, case, advice), f"handout-{kind}.{ending}", mime,
        key=f"take.{kind}", on_click="ignore",
    )  # fmt: skip


def _maker(kind: Kind, case: Case, advice: Mapping[str, Any]) -> Callable[[], bytes | str]:
    """What makes the file once it is asked for, not at every repaint."""
    make: Callable[..., bytes | str] = make_handout if pdf_possible() else handout_html
    exclusions, tried = case.exclusions, case.tried
    return lambda: make(advice, case.patient, kind=kind, exclusions=exclusions, tried=tried)


@st.fragment
def _draw_text(case: Case, advice: Mapping[str, Any]) -> None:
    """The text is only made once it is unfolded: what shows it is a large part of a first view."""
    with st.expander(words.TEXT, key="group.chart_text", on_change="rerun") as folder:
        if folder.open:
            st.code(_text(case, advice), language=None, wrap_lines=True)


def _text(case: Case, advice: Mapping[str, Any]) -> str:
    return chart_text(advice, case.patient, exclusions=case.exclusions, tried=case.tried)


def _draw_case_file(model: FittedModel) -> None:
    """The file is made once it is asked for, too: a browser fetches one that is there with every change."""
    whole = state.whole_case(model.inputs)
    st.download_button(
        "Save the case file", whole.to_json, "case.json", "application/json", key="case.save", on_click="ignore"
    )
