"""The pages of the app as a flat list, and the way into them.

Streamlit runs a file in `pages/` on its own when its address is the first that a new server is asked for, because it
learns of `st.navigation` only when app.py has run. `enter` at the top of each page mends that.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

PAGES: tuple[tuple[str, str], ...] = (
    ("pages/overview.py", "Overview"),
    ("pages/patient.py", "Patient"),
    ("pages/week_12.py", "Week 12"),
    ("pages/cohort.py", "Cohort"),
    ("pages/regimes.py", "Regimes"),
    ("pages/who_responds.py", "Who responds"),
    ("pages/lasting_and_deep.py", "Lasting and deep"),
    ("pages/data_and_model.py", "Data and model"),
    ("pages/presentation.py", "Presentation"),
)
_THROUGH_APP = "navigation.through_app"


def navigate() -> Any:
    """Register the pages and return the one asked for; app.py runs it."""
    st.session_state[_THROUGH_APP] = True
    return _register()


def enter() -> None:
    """Start again through app.py where a page was run without it."""
    if not st.session_state.get(_THROUGH_APP):
        st.session_state[_THROUGH_APP] = True  # once only: a test may run a page alone
        _register()
        st.rerun()


def _register() -> Any:
    pages = [st.Page(file, title=title, default=place == 0) for place, (file, title) in enumerate(PAGES)]
    return st.navigation(pages, position="top")
