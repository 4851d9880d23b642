"""A figure with everything that goes with it on the investigators' pages: caption, numbers, downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bestviz.figures.export import Caption
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.tables import numbers_html


def show_with_numbers(
    page: str,
    *,
    build: Callable[..., go.Figure],
    given: dict[str, Any],
    table: pd.DataFrame,
    name: str,
    notes: Sequence[str],
    caption: Caption,
    simulated: bool,
) -> None:
    """Show one figure.

    Parameters
    ----------
    page : str
        Part of the keys and of the files' names.
    build : callable
        `build_*` of a figure.
    given : dict
        Its arguments but for `dark`.
    table : DataFrame
        The numbers under the figure.
    name : str
        Name of the chart and of the files.
    notes : sequence of str
        What stands below the figure.
    caption : Caption
        Of the files; its alternative text is that of the chart, too.
    simulated : bool
        Whether the people are.
    """
    show_figure(build(**given, dark=is_dark()), alt=caption.alt, key=f"{page}.{name}")
    st.caption(" ".join(notes))
    with st.expander("The numbers", key=f"{page}.numbers.{name}", on_change="rerun") as numbers:
        if numbers.open:
            st.html(numbers_html(table, caption.title, simulated))
    draw_downloads(partial(build, **given), table, f"{page}-{name}", caption)
