"""A figure of the Regimes page with everything that goes with it: caption, numbers, downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.export import Caption
from bestviz.trial import SINGLE_ARMS
from bestviz.ui.regimes.asking import Question
from bestviz.ui.showing import show_with_numbers
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
    simulated = asked.trial.info.simulated
    below = [*notes, arm_key(SINGLE_ARMS)]
    show_with_numbers(
        "regimes",
        build=build,
        given=given,
        table=table,
        name=name,
        notes=below,
        caption=caption_of(asked, title, notes, describe(**given)),
        simulated=simulated,
    )


def caption_of(asked: Question, title: str, notes: Sequence[str], alt: str = "") -> Caption:
    """What stands with the files: what to know, what regimes aim at, which data."""
    lines = [*notes, arm_key(SINGLE_ARMS), weighed(asked), f"Data: {asked.trial.info.name}."]
    lines += [f"{wording.SIMULATED}."] if asked.trial.info.simulated else []
    return Caption(title, tuple(dict.fromkeys(lines)), alt)


def weighed(asked: Question) -> str:
    """The weights in force and when benefit counts, in a line."""
    shares = {code: round(100 * weight) for code, weight in asked.preferences.weights.items()}
    return f"Regimes aim at, of 100: {weights_line(shares)}; benefit {wording.horizon(asked.horizon)}."
