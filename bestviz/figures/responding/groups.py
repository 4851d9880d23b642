"""What personalising adds in each group of people: a forest of gains over the trial's average, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import count
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.responders import Fairness, FairnessRow
from bestviz.advice.responders.tables import group_sizes
from bestviz.cohort.suppression import Count
from bestviz.figures.theme import new_figure, note_simulated, palette

Sizes = Mapping[tuple[str, str], Count]
_ROW, _TITLE, _BELOW = 30, 30, 104  # pixels: a group; a heading; axis, title and note


def build_groups(*, fairness: Fairness, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw one row a group, everybody first; marks grow with the number of people.

    Parameters
    ----------
    fairness : Fairness
    simulated : bool
        Whether the participants are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace; right means that starting as recommended adds more.
    """
    colors, lines = palette(dark), lines_of(fairness)
    heights = [_TITLE if isinstance(line, str) else _ROW for line in lines]
    total = sum(heights)
    tops = [sum(heights[:i]) for i in range(len(lines))]
    places = [total - top - height / 2 for top, height in zip(tops, heights, strict=True)]
    rows = [(line, y) for line, y in zip(lines, places, strict=True) if isinstance(line, FairnessRow)]
    sizes = group_sizes(fairness.rows)
    figure = new_figure(height=total + 24 + _BELOW, dark=dark)
    figure.add_trace(_marks(rows, sizes, dark))
    whole = rows[0][0].gain
    low = min(0.0, *(row.gain_interval[0] for row, _ in rows))
    high = max(row.gain_interval[1] for row, _ in rows)
    figure.update_layout(
        annotations=[
            _TEXT | {"text": "group, people", "yref": "paper", "y": 1, "yanchor": "bottom"}
            | {"font": {"size": 12, "color": colors.muted}},
            *(_text(line, y, sizes, colors.text) for line, y in zip(lines, places, strict=True)),
        ],
        shapes=[
            {"type": "line", "x0": whole, "x1": whole, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
            | {"line": {"color": colors.muted, "width": 1, "dash": "dot"}}
        ],
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 24, "b": _BELOW},
        yaxis={"visible": False, "range": [0, total]},
        # Names stand left of the marks, inside the plot: the axis begins further left than any interval.
        xaxis={"range": [low - 1.0 * (high - low), high + 0.05 * (high - low)], "zeroline": True,
               "zerolinecolor": colors.muted, "tickvals": _ticks(low, high), "showgrid": False,
               "title": {"text": axis_title(fairness), "standoff": 6}},
    )  # fmt: skip
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_groups(*, fairness: Fairness, simulated: bool) -> str:
    """Alternative text: the gain of everybody and of every group, with intervals."""
    parts = "; ".join(
        f"{row_name(row)} {wording.number(row.gain, 2, signed=True)} "
        f"({wording.interval(row.gain_interval, 2, signed=True)})"
        for row in fairness.rows
    )
    text = (
        "What starting as recommended adds over starting as randomised, "
        f"{wording.horizon(fairness.horizon)}, in meaningful changes with 95 % intervals: {parts}."
    )
    return f"{text} {wording.SIMULATED}." if simulated else text


def axis_title(fairness: Fairness) -> str:
    """What the axis shows, over lines that fit a phone."""
    return (
        "What starting as recommended adds over<br>starting as randomised, in meaningful changes<br>"
        f"{wording.horizon(fairness.horizon)}, with its 95 % interval"
    )


def row_name(row: FairnessRow) -> str:
    """`Sex: female`, or `Everybody`."""
    group = wording.sentence(row.group)
    return group if not row.column else f"{wording.input_label(row.column)}: {row.group}"


def lines_of(fairness: Fairness) -> list[str | FairnessRow]:
    """Rows with a heading before each column."""
    found: list[str | FairnessRow] = []
    column = ""
    for row in fairness.rows:
        if row.column != column:
            found.append(wording.input_label(row.column))
        column = row.column
        found.append(row)
    return found


def _ticks(low: float, high: float) -> list[float]:
    sizes = (size * 10.0**power for power in count(-2) for size in (5, 10, 20))
    step = next(size for size in sizes if (high - low) / size <= 5)
    first, last = int(low // step) + (low % step > 0), int(high // step)
    return [round(step * at, 2) for at in range(first, last + 1)]


def _text(line: str | FairnessRow, y: float, sizes: Sizes, color: str) -> dict[str, Any]:
    if isinstance(line, str):
        text = f"<b>{escape(line)}</b>"
    else:
        indent = "\u2003" if line.column else ""
        text = f"{indent}{escape(wording.sentence(line.group))}, {escape(sizes[line.column, line.group].text)}"
    return _TEXT | {"text": text, "y": y, "yanchor": "middle", "font": {"size": 12, "color": color}}


def _marks(rows: Sequence[tuple[FairnessRow, float]], sizes: Sizes, dark: bool) -> go.Scatter:
    colors = palette(dark)
    # A mark is as large as the number that is shown.
    people = [sizes[row.column, row.group] for row, _ in rows]
    largest = max(one.low for one in people)
    return go.Scatter(
        x=[row.gain for row, _ in rows],
        y=[y for _, y in rows],
        name="gain",
        mode="markers",
        marker={
            "symbol": ["diamond" if not row.column else "square" for row, _ in rows],
            "size": [7 + 8 * (one.low / largest) ** 0.5 for one in people],
            "color": colors.accent,
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row.gain_interval[1] - row.gain for row, _ in rows],
            "arrayminus": [row.gain - row.gain_interval[0] for row, _ in rows],
            "color": colors.accent,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=[
            f"{escape(row_name(row))}, {escape(one.text)} people: {wording.number(row.gain, 2, signed=True)} "
            f"(95 % interval {wording.interval(row.gain_interval, 2, signed=True)})"
            for (row, _), one in zip(rows, people, strict=True)
        ],
        hoverinfo="text",
    )


_TEXT: dict[str, Any] = {"x": 0, "xref": "paper", "xanchor": "left", "showarrow": False}
