"""Show a figure: the one place that hands Plotly figures to Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    st.plotly_chart(drawn_once(figure), theme=None, config=_CONFIG, alt=alt, key=key)


def drawn_once(figure: go.Figure) -> go.Figure:
    """The same figure with its template written into its layout, so that a browser draws it once.

    Streamlit gives a chart to Plotly and soon after a copy of it. Plotly takes copied data for new unless the figure
    has a `datarevision`, and a copied template for another one in any case; then it draws everything a second time.
    """
    plain = figure.to_plotly_json()
    layout = plain["layout"]
    template = layout.pop("template", {}).get("layout", {})
    # A line is drawn at an axis where the figure, not its template, gives the line a colour.
    axes = {
        key: {"showline": "linecolor" in layout.get(key, {})} | template[key[:5]]
        for key in (*layout, "xaxis", "yaxis")
        if key[1:5] == "axis" and key[:5] in template
    }
    whole = go.Figure(
        {"data": plain["data"], "layout": _over({**template, **axes}, layout) | {"datarevision": 0}}, _validate=False
    )
    whole.layout.template = None  # Plotly has put its own one there
    return whole


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, nested; what is above wins."""
    both = {**below, **above}
    nested = [key for key in above if isinstance(above[key], Mapping) and isinstance(below.get(key), Mapping)]
    return both | {key: _over(below[key], above[key]) for key in nested}
