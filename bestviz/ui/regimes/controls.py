"""What the regimes aim at: the weights in force in a line, presets, and when benefit counts."""

from __future__ import annotations

import streamlit as st

from bestviz.advice.preferences import PRESETS
from bestviz.trial.schedule import HORIZONS
from bestviz.ui import state
from bestviz.ui.parts import redraw
from bestviz.ui.preference_markup import STYLE, weights_html
from bestviz.wording import regimes as words

CONTROLS, VALUES, DETAILS = "part.regimes.controls", "part.regimes.values", "part.regimes.details"
KEY_PRESET = "regimes.preset"
_HORIZONS = {24: "week 24", 36: "week 36", "mean": "both"}


@st.fragment(key=CONTROLS)
def draw_controls() -> None:
    """Draw the controls; a change draws what depends on it again."""
    st.html(STYLE + weights_html(state.shares()))
    current = state.weights()
    chosen = next((key for key, preset in PRESETS.items() if preset.preferences.to_dict() == current), None)
    st.session_state[KEY_PRESET] = chosen
    left, right = st.columns([3, 1])
    with left:
        st.segmented_control(
            words.PRESETS_LABEL, list(PRESETS), format_func=lambda key: PRESETS[key].label, key=KEY_PRESET, wrap=True,
            on_change=_take_preset,
        )  # fmt: skip
    with right:
        st.session_state.setdefault(state.KEY_HORIZON, 24)
        st.segmented_control(
            "When benefit counts", HORIZONS, format_func=_HORIZONS.__getitem__, required=True, key=state.KEY_HORIZON,
            on_change=redraw, args=(CONTROLS, VALUES, DETAILS), persist_state="session",
        )  # fmt: skip
    st.caption(words.OWN if chosen is None else PRESETS[chosen].explanation)


def _take_preset() -> None:
    if chosen := st.session_state.get(KEY_PRESET):
        state.take_weights(PRESETS[chosen].preferences.weights)
    redraw(CONTROLS, VALUES, DETAILS)
