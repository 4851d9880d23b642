"""The stated chance of being best beside how often it was so, by tenths."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import fade, new_figure, note_simulated, palette
from bestviz.study.summary import Tenth
from bestviz.wording import study as words

_HEIGHT, _BELOW = 460, 84  # pixels


def build_calibration(*, tenths: Sequence[Tenth], within: float = 0.05, dark: bool = False) -> go.Figure:
    """Draw a dot with its 95 % interval for each tenth; on the line, what is said is true.

    Parameters
    ----------
    tenths : sequence of Tenth
    within : float
        Half the width of the band that is aimed at, a share.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        Traces: band, line, dots.
    """
    colors, band = palette(dark), 100 * within
    figure = new_figure(height=_HEIGHT, dark=dark)
    figure.add_scatter(
        x=[0, 100, 100, 0], y=[band, 100 + band, 100 - band, -band], mode="lines", fill="toself", hoverinfo="skip",
        line={"width": 0}, fillcolor=fade(colors.muted, 0.18),
    )  # fmt: skip
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": colors.muted, "dash": "dot", "width": 1}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=[100 * one.said for one in tenths],
        y=[100 * one.true for one in tenths],
        mode="markers",
        marker={"size": 10, "color": colors.accent},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (one.interval[1] - one.true) for one in tenths],
            "arrayminus": [100 * (one.true - one.interval[0]) for one in tenths],
            "color": fade(colors.accent, 0.5),
            "thickness": 3,
            "width": 0,
        },
        text=[_text(one) for one in tenths],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_layout(
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 34, "b": _BELOW},
        xaxis={"title": {"text": words.SAID, "standoff": 6}, "range": [-2, 102]},
        yaxis={"range": [-2, 102], "automargin": True},
        # An upright title would take a third of a phone's width.
        annotations=[
            {"text": words.TRUE, "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left"}
            | {"yanchor": "bottom", "yshift": 4, "showarrow": False, "font": {"size": 12, "color": colors.muted}}
        ],
    )
    note_simulated(figure, simulated=True, dark=dark)
    return figure


def describe_calibration(*, tenths: Sequence[Tenth]) -> str:
    """Alternative text: every tenth."""
    each = "; ".join(_text(one) for one in tenths)
    return f"{words.CALIBRATION}, with 95 % intervals: {each}. {wording.SIMULATED}."


def calibration_table(tenths: Sequence[Tenth]) -> pd.DataFrame:
    """The numbers: a row a tenth, shares."""
    rows = [
        {"said": one.said, "true": one.true, "true, lower end": one.interval[0], "true, upper end": one.interval[1]}
        | {"options": one.cases}
        for one in tenths
    ]
    return pd.DataFrame(rows)


def _text(one: Tenth) -> str:
    ends = wording.interval([100 * end for end in one.interval], 0)
    return f"said {100 * one.said:.0f}, true {100 * one.true:.0f} of 100 ({ends}), {one.cases} options"
