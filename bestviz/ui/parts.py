"""Parts of a page that are drawn again alone: a change costs what depends on it and no more."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitAPIException

ANSWER = "part.answer"


def redraw(*parts: str) -> None:
    """As a callback of a widget: draw only these parts again (fragments by their keys), not the page."""
    try:
        st.rerun(list(parts))
    except StreamlitAPIException:  # a change before the page was drawn once
        st.rerun()
