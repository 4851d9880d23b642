"""Step 3, what matters: presets, one slider an outcome shown as a share of 100, and when benefit counts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from bestviz import wording
from bestviz.advice.preferences import PRESETS
from bestviz.trial import MEASURES, WEIGHTABLE
from bestviz.trial.schedule import HORIZONS
from bestviz.ui import state
from bestviz.ui.parts import ANSWER, redraw

_PART = "part.matters"
_HORIZON_WORDS = {24: "week 24", 36: "week 36", "mean": "both"}


@st.fragment(key=_PART)
def draw_matters(outcomes: Sequence[str]) -> None:
    """Draw presets and sliders; `outcomes` are those the model knows."""
    offered = [code for code in WEIGHTABLE if code in outcomes]
    _draw_presets()
    st.session_state.setdefault(state.KEY_HORIZON, 24)
    st.segmented_control(
        "When benefit counts", HORIZONS, format_func=_HORIZON_WORDS.__getitem__, required=True, key=state.KEY_HORIZON,
        on_change=redraw, args=(ANSWER,), persist_state="session",
    )  # fmt: skip
    _start_sliders()
    st.markdown("**How important is one meaningful change?**")
    shares = state.weights()
    if not any(st.session_state[state.key_weight(code)] for code in offered):
        st.warning("All are 0: give one outcome some importance. Until then the last weights stay in force.")
    for code in offered:
        _draw_slider(code, shares.get(code, 0.0))


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
        st.caption("Own weights, set with the sliders.")


def _take_preset() -> None:
    if chosen := st.session_state.get("preset"):
        state.set_weights(PRESETS[chosen].preferences.weights)
    redraw(_PART, ANSWER)


def _start_sliders() -> None:
    if any(state.key_weight(code) not in st.session_state for code in WEIGHTABLE):
        state.set_weights(state.weights())


def _draw_slider(code: str, share: float) -> None:
    st.slider(
        f"{wording.input_label(code) if code != 'opioid_use' else MEASURES[code].short}: {100 * share:.0f} of 100",
        0,
        state.TOP,
        step=state.STEP,
        key=state.key_weight(code),
        help=f"One meaningful change: {_one_change(code)} ({MEASURES[code].meaningful_source}).",
        on_change=_take_sliders,
        persist_state="session",
    )


def _take_sliders() -> None:
    state.weights_from_sliders()
    redraw(_PART, ANSWER)


def _one_change(code: str) -> str:
    measure = MEASURES[code]
    if measure.role == "burden":
        return f"{100 * measure.meaningful_change:.0f} of 100 fewer people"
    return "no longer daily" if measure.binary else wording.meaningful(measure)
