"""The twelve weeks since the start, as the widgets of the Week 12 page hold them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from bestviz.advice.patient import Patient
from bestviz.advice.patient_checks import INTERIM_KEYS
from bestviz.ui.fields import field_of

KEY_FIRST, KEY_TAKEN, KEY_CLASS, KEY_REASON = "followed.first", "followed.taken", "followed.class", "followed.reason"


def key_measured(name: str) -> str:
    """Key of the widget of one value of week 12."""
    return f"followed.in.{name}"


def has_begun() -> bool:
    """Whether a first treatment is chosen."""
    return bool(st.session_state.get(KEY_FIRST))


def values() -> dict[str, Any]:
    """The part of a patient file that belongs to week 12."""
    taken, response = st.session_state.get(KEY_TAKEN), st.session_state.get(KEY_CLASS)
    reason = (st.session_state.get(KEY_REASON) or "").strip()
    measured = {name: st.session_state.get(key_measured(name)) for name in INTERIM_KEYS}
    return {
        "first_arm": st.session_state.get(KEY_FIRST),
        "interim": {name: value for name, value in measured.items() if value is not None},
        "stopped_first": None if taken is None else taken != "whole",
        "stopped_for_harm": None if taken is None else taken == "harm",
        "response": response,
        "response_reason": reason if response and reason else None,
    }


def put(patient: Patient) -> None:
    """Set the widgets of week 12; a patient at week 0 empties them."""
    st.session_state[KEY_FIRST] = patient.first_arm
    st.session_state[KEY_TAKEN] = _taken(patient)
    st.session_state[KEY_CLASS] = patient.response
    st.session_state[KEY_REASON] = patient.response_reason or ""
    for name in INTERIM_KEYS:
        st.session_state[key_measured(name)] = field_of(name).value(patient.interim.get(name))


def _taken(patient: Patient) -> str | None:
    if patient.stopped_for_harm:
        return "harm"
    if patient.stopped_first is None:
        return None
    return "stopped" if patient.stopped_first else "whole"
