"""The left side of the Patient page: three steps, of which only the open one is drawn, so that a change stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from bestviz.ui.inputs import draw_who
from bestviz.ui.matters import draw_matters
from bestviz.ui.possible import draw_possible

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

STEPS = ("1 Who", "2 What is possible", "3 What matters")
KEY_STEP = "steps.tabs"


@st.fragment
def draw_steps(model: FittedModel) -> None:
    """Draw the steps; another step opened draws these alone again."""
    who, possible, matters = st.tabs(STEPS, key=KEY_STEP, on_change="rerun")
    if who.open:
        with who:
            draw_who(model.inputs)
    if possible.open:
        with possible:
            draw_possible()
    if matters.open:
        with matters:
            draw_matters(model.outcome_codes)
