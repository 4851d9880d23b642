"""What every part of the page does with its result: the figure, its caption, the numbers as a table, the downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bestviz import wording
from bestviz.cohort.selection import Cohort
from bestviz.figures.export import Caption
from bestviz.ui.showing import show_with_numbers
from bestviz.wording import cohort as words


def show(
    cohort: Cohort,
    *,
    title: str,
    build: Callable[..., go.Figure],
    describe: Callable[..., str],
    given: dict[str, Any],
    table: pd.DataFrame,
    name: str,
    notes: Sequence[str],
) -> None:
    """Show one figure with everything that goes with it.

    Parameters
    ----------
    cohort : Cohort
        Of whom.
    title : str
        What is shown; heading of the part and title of the files.
    build, describe : callable
        `build_*` and `describe_*` of a figure.
    given : dict
        Their arguments but for `simulated` and `dark`.
    table : DataFrame
        The numbers under the figure.
    name : str
        Name of the chart and of the files.
    notes : sequence of str
        What to know, the kind of interval first.
    """
    simulated = cohort.trial.info.simulated
    given = given | {"simulated": simulated}
    st.subheader(title)
    show_with_numbers(
        "cohort",
        build=build,
        given=given,
        table=table,
        name=name,
        notes=[*notes, words.arm_key(cohort.arms)],
        caption=caption_of(cohort, title, notes, describe(**given)),
        simulated=simulated,
    )


def caption_of(cohort: Cohort, title: str, notes: Sequence[str], alt: str = "") -> Caption:
    """What stands with the files: of whom, under which filters, which interval, which data."""
    info = cohort.trial.info
    lines = [
        f"{words.people_line(cohort)}. Filters: {words.filter_line(cohort.filters)}.",
        *notes,
        words.arm_key(cohort.arms),
        words.SMALL,
        f"Data: {info.name}.",
    ]
    lines += [f"{wording.SIMULATED}."] if info.simulated else []
    return Caption(title, tuple(dict.fromkeys(lines)), alt)
