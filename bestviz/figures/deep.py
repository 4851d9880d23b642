"""What deep phenotyping adds: the value of the regime without and with the markers, and the difference."""

from __future__ import annotations

import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.deep import DeepGain
from bestviz.figures.theme import new_figure, note_simulated, palette
from bestviz.regime.judging.values import Estimate

_ROW, _BELOW = 62, 92  # pixels: a row with its name above the mark; axis, title and note


def build_deep(*, gain: DeepGain, dark: bool = False) -> go.Figure:
    """Draw three rows with 95 % intervals: value without markers, with markers, and what they add.

    Parameters
    ----------
    gain : DeepGain
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace; circles are values, the diamond is their difference.
    """
    rows, colors = rows_of(gain), palette(dark)
    places = list(range(len(rows) - 1, -1, -1))
    figure = new_figure(height=len(rows) * _ROW + 8 + _BELOW, dark=dark)
    figure.add_trace(
        go.Scatter(
            x=[each.value for _, each in rows],
            y=[y - 0.2 for y in places],
            name="value",
            mode="markers",
            marker={
                "symbol": ["circle", "circle", "diamond"],
                "size": 13,
                "color": [colors.muted, colors.muted, colors.accent],
            },
            error_x={
                "type": "data",
                "array": [each.interval[1] - each.value for _, each in rows],
                "color": colors.muted,
                "thickness": 2,
                "width": 5,
            },
            hovertext=[f"{name}: {_words(each)}" for name, each in rows],
            hoverinfo="text",
        )
    )
    figure.update_layout(
        annotations=[
            {"text": f"{name}: <b>{wording.number(each.value, 2)}</b>", "x": 0, "xref": "paper", "xanchor": "left"}
            | {"y": y + 0.2, "yanchor": "middle", "showarrow": False, "font": {"size": 13, "color": colors.text}}
            | {"bgcolor": colors.background}
            for (name, each), y in zip(rows, places, strict=True)
        ],
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 8, "b": _BELOW},
        yaxis={"visible": False, "range": [-0.55, len(rows) - 0.5]},
        xaxis={
            "rangemode": "tozero",
            "zeroline": True,
            "zerolinecolor": colors.muted,
            "title": {"text": axis_title(gain).replace(" | ", "<br>"), "standoff": 6},
        },
    )
    note_simulated(figure, simulated=gain.simulated, dark=dark)
    return figure


def axis_title(gain: DeepGain) -> str:
    """What the axis shows; ` | ` where a line may end."""
    when = wording.horizon(gain.horizon)
    return f"Weighted improvement since week 0, {when}, | in meaningful changes, with its 95 % interval"


def describe_deep(*, gain: DeepGain) -> str:
    """Alternative text: the finding, and both values."""
    each = "; ".join(f"{name} {_words(row)}" for name, row in rows_of(gain))
    text = f"{gain.statement} {axis_title(gain).replace(' | ', ' ')}: {each}."
    return f"{text} {wording.SIMULATED}." if gain.simulated else text


def rows_of(gain: DeepGain) -> list[tuple[str, Estimate]]:
    """The three rows with their names."""
    return [
        ("Regime without markers", gain.without),
        ("Regime with markers", gain.with_markers),
        ("What the markers add", gain.gain),
    ]


def _words(each: Estimate) -> str:
    return f"{wording.number(each.value, 2)} (95 % interval {wording.interval(each.interval, 2, signed=True)})"
