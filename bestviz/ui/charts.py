"""Show a figure: the one place that hands Plotly figures to Streamlit."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

_CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def show_figure(figure: go.Figure, *, alt: str, key: str) -> None:
    """Show a figure as wide as its place.

    Parameters
    ----------
    figure : Figure
        From `bestviz.figures`.
    alt : str
        Alternative text that says the figure's message.
    key : str
        Name of the chart, unique on the page.
    """
    st.plotly_chart(figure, theme=None, config=_CONFIG, alt=alt, key=key)
