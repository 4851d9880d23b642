"""What is known about a person's weights: a dot for the mean and a bar for the 90 % interval, one row an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from bestviz.figures.theme import fade, new_figure, note_simulated, palette
from bestviz.wording import SIMULATED
from bestviz.wording import preferences as words

_ROW, _BELOW = 38, 72  # pixels: a row with its name above the bar; axis, its title and the note


def build_weights_known(
    *,
    weights: Mapping[str, float],
    intervals: Mapping[str, Sequence[float]],
    simulated: bool,
    dark: bool = False,
) -> go.Figure:
    """Draw what is known about each weight, largest on top.

    Parameters
    ----------
    weights : mapping of outcome to float
        Posterior means, shares of 1.
    intervals : mapping of outcome to (float, float)
        90 % intervals.
    simulated : bool
        Whether the data behind the model are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace: a dot for each mean with its interval, shares of 100.
    """
    codes, colors = sorted(weights, key=lambda code: weights[code]), palette(dark)
    means = [100 * weights[code] for code in codes]
    ends = [[100 * end for end in intervals[code]] for code in codes]
    figure = new_figure(height=_ROW * len(codes) + _BELOW, dark=dark)
    figure.add_scatter(
        x=means,
        y=[place - 0.22 for place in range(len(codes))],
        mode="markers",
        name="weight",
        marker={"size": 10, "color": colors.accent},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - mean for mean, (_, high) in zip(means, ends, strict=True)],
            "arrayminus": [mean - low for mean, (low, _) in zip(means, ends, strict=True)],
            "color": fade(colors.accent, 0.35),
            "thickness": 8,
            "width": 0,
        },
        text=[words.known_row(code, weights[code], intervals[code]) for code in codes],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.update_layout(
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 0, "b": _BELOW},
        yaxis={"visible": False, "range": [-0.6, len(codes) - 0.5]},
        xaxis={"title": {"text": "weight, of 100, with its 90 % interval", "standoff": 6}, "rangemode": "tozero"},
        annotations=[_NAME | {"y": place + 0.2, "text": words.outcome_label(code)} for place, code in enumerate(codes)],
    )
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_weights_known(
    *, weights: Mapping[str, float], intervals: Mapping[str, Sequence[float]], simulated: bool
) -> str:
    """Alternative text: every weight with its interval, largest first."""
    codes = sorted(weights, key=lambda code: -weights[code])
    rows = "; ".join(words.known_row(code, weights[code], intervals[code]) for code in codes)
    text = f"What is known so far about the weights, of 100 (90 % interval): {rows}."
    return f"{text} {SIMULATED}." if simulated else text


_NAME = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "middle", "showarrow": False, "font": {"size": 12}}
