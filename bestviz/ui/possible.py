"""Step 2, what is possible: red flags and trial exclusions first, then each treatment's checklist."""

from __future__ import annotations

import streamlit as st

from bestviz import wording
from bestviz.trial import TREATMENTS
from bestviz.trial.checklists import contraindications_of
from bestviz.trial.eligibility import Criterion, asked_criteria
from bestviz.ui import state
from bestviz.ui.parts import ANSWER, redraw
from bestviz.wording.case import TRIED

_PART = "part.possible"
_HEADINGS = {
    "red flag": ("Red flags", "Any of these needs medical assessment first; there is no advice."),
    "exclusion": ("Not in the trial", "Nobody like this took part, so there is no advice."),
}


@st.fragment(key=_PART)
def draw_possible() -> None:
    """Draw the checklists; ticks are kept in the session."""
    criteria = asked_criteria()
    for kind, (title, note) in _HEADINGS.items():
        with st.expander(title, expanded=kind == "red flag", key=f"group.{kind}"):
            st.caption(note)
            for criterion in criteria:
                if criterion.kind == kind:
                    _tick(criterion.label, state.key_criterion(criterion.id), criterion.text)
            if kind == "exclusion":
                _draw_inclusion([c for c in criteria if c.kind == "inclusion"])
    st.markdown("**Each treatment**")
    for code, treatment in TREATMENTS.items():
        with st.expander(treatment.title, key=f"group.possible.{code}"):
            st.caption(wording.sentence(treatment.plain))
            _draw_treatment(code)


def _draw_inclusion(criteria: list[Criterion]) -> None:
    st.caption("Outside the entry criteria; advice is given, with caution.")
    for criterion in criteria:
        _tick(f"Not so: {criterion.label}", state.key_criterion(criterion.id), criterion.text)


def _draw_treatment(code: str) -> None:
    st.selectbox(
        f"Has {TREATMENTS[code].name} been tried before?",
        list(TRIED),
        index=None,
        format_func=TRIED.__getitem__,
        placeholder="no, or not known",
        key=state.key_tried(code),
        on_change=redraw,
        args=(ANSWER,),
        persist_state="session",
    )
    for one in contraindications_of(code):
        ticked = _tick(one.label, state.key_contraindication(one.id), asks=one.needs_reason)
        if one.needs_reason and ticked:
            st.text_input(
                "Reason", key=state.key_reason(code), max_chars=200, on_change=redraw, args=(_PART, ANSWER),
                persist_state="session",
            )  # fmt: skip
            if not st.session_state.get(state.key_reason(code)):
                st.caption("Write the reason: it stands beside the advice.")
    _tick("The patient declines it", state.key_declined(code))
    _tick("Not available here", state.key_unavailable(code))
    assumed = any(one.assumed and not one.needs_reason for one in contraindications_of(code))
    if assumed:
        st.caption("Checklist from public drug references; the trial's own list is not public.")


def _tick(label: str, key: str, help_text: str | None = None, asks: bool = False) -> bool:
    """A box to tick; `asks` where a field appears with the tick."""
    st.session_state.setdefault(key, False)
    text = help_text if help_text and help_text != label else None
    parts = (_PART, ANSWER) if asks else (ANSWER,)
    return st.checkbox(label, key=key, help=text, on_change=redraw, args=parts, persist_state="session")
