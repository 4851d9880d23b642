"""Take a figure and the numbers under it away: PNG, SVG, HTML, CSV, each made only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bestviz.figures import export
from bestviz.figures.export import Caption


def draw_downloads(
    figure_builder: Callable[[], go.Figure] | None, table: pd.DataFrame, name: str, caption: Caption
) -> None:
    """Draw the buttons, folded away.

    Parameters
    ----------
    figure_builder : callable or None
        Builds the figure in the light scheme; called in a thread of its own when a file is asked for, so it must not
        use Streamlit. None where there is only a table.
    table : DataFrame
        The numbers under the figure.
    name : str
        Name of the files without ending, unique on the page; no patient data.
    caption : Caption
        What every file says.
    """
    with st.expander("Download", key=f"download.{name}"):
        if figure_builder is not None:
            _draw_figure(figure_builder, name, caption)
        st.download_button(
            "Numbers (CSV)", lambda: export.numbers(table, caption), f"{name}.csv", "text/csv",
            key=f"download.{name}.csv", on_click="ignore",
        )  # fmt: skip


def _draw_figure(build: Callable[[], go.Figure], name: str, caption: Caption) -> None:
    kinds: dict[str, tuple[str, str, Callable[[], bytes]]] = {
        "html": ("Figure (HTML, works offline)", "text/html", lambda: export.page(build(), caption))
    }
    problem = export.picture_problem()
    if not problem:
        kinds["png"] = ("Figure (PNG)", "image/png", lambda: export.picture(build(), caption, "png"))
        kinds["svg"] = ("Figure (SVG)", "image/svg+xml", lambda: export.picture(build(), caption, "svg"))
    for kind, (label, mime, make) in kinds.items():
        st.download_button(label, make, f"{name}.{kind}", mime, key=f"download.{name}.{kind}", on_click="ignore")
    st.caption(problem or "A picture takes a few seconds.")
