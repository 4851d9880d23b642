"""A figure of the Regimes page with everything that goes with it: caption, numbers, downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bestviz import wording
from bestviz.figures.export import Caption
from bestviz.trial import SINGLE_ARMS
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.cohort.show import numbers_html
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.regimes.asking import Question
from bestviz.wording.cohort import arm_key
from bestviz.wording.preferences import weights_line


def show(
    asked: Question,
    *,
    title: str,
    build: Callable[..., go.Figure],
    describe: Callable[..., str],
    given: dict[str, Any],
    table: pd.DataFrame,
    name: str,
    notes: Sequence[str],
) -> None:
    """Show one figure.

    Parameters
    ----------
    asked : Question
    title : str
        Of the files and of the table.
    build, describe : callable
        `build_*` and `describe_*` of a figure.
    given : dict
        Their arguments but for `dark`.
    table : DataFrame
        The numbers under the figure.
    name : str
        Name of the chart and of the files.
    notes : sequence of str
        What to know, below the figure and in every file.
    """
    alt, simulated = describe(**given), asked.trial.info.simulated
    show_figure(build(**given, dark=is_dark()), alt=alt, key=f"regimes.{name}")
    st.caption(" ".join([*notes, arm_key(SINGLE_ARMS)]))
    with st.expander("The numbers", key=f"regimes.numbers.{name}", on_change="rerun") as numbers:
        if numbers.open:
            st.html(numbers_html(table, title, simulated))
    lines = [*notes, arm_key(SINGLE_ARMS), weighed(asked), f"Data: {asked.trial.info.name}."]
    caption = Caption(title, (*lines, *([f"{wording.SIMULATED}."] if simulated else [])), alt)
    draw_downloads(partial(build, **given), table, f"regimes-{name}", caption)


def weighed(asked: Question) -> str:
    """The weights in force and when benefit counts, in a line."""
    shares = {code: round(100 * weight) for code, weight in asked.preferences.weights.items()}
    return f"Regimes aim at, of 100: {weights_line(shares)}; benefit {wording.horizon(asked.horizon)}."
