"""The thin banner on every page: which model and data are behind it, and that they are simulated until they are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from bestviz.ui.markup import banner_html


def draw_banner(info: Mapping[str, Any] | None) -> None:
    """Draw the banner; `info` is `FittedModel.manifest()`, None where there is no model."""
    st.html(banner_html(info))
