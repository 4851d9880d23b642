"""What a reader sees when the program itself fails: a sentence; the details are in the server's log."""

from __future__ import annotations

import streamlit as st

from bestviz import wording


def apologise(fault: Exception) -> bool:
    """Say it in a sentence instead of Streamlit's box; Streamlit has logged the details before."""
    del fault
    st.error(wording.OUR_FAULT)
    return True
