"""How values spread at one week: a bean a first treatment, drawn from classes of at least 10 people each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.courses import Spread
from bestviz.figures.cohort.parts import SIZE, note, plain
from bestviz.figures.theme import fade, look, new_figure, note_simulated, palette
from bestviz.trial import MEASURES, Measure, arm_title

_ROW, _ABOVE, _BELOW = 76, 8, 84  # pixels
_POINTS, _SMOOTH = 121, 0.03  # of a bean's outline; smoothing as a share of the scale
_WIDEST = 0.3  # of a row, to either side


def build_spreads(*, spreads: Sequence[Spread], measure: str, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw a bean a first arm, with the mean and its 95 % interval in it.

    Parameters
    ----------
    spreads : sequence of Spread
        Of one week.
    measure : str
        Code of the measure.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.
    """
    scale, colors = MEASURES[measure], palette(dark)
    figure = new_figure(height=_ABOVE + _ROW * max(len(spreads), 1) + _BELOW, dark=dark)
    rows = list(zip(spreads, range(len(spreads) - 1, -1, -1), strict=True))
    grid, shapes = _outlines(spreads, scale)
    notes: list[dict[str, Any]] = []
    for (one, y), outline in zip(rows, shapes, strict=True):
        style = look(one.mean.arm, dark)
        if outline is not None:
            figure.add_trace(_bean(one, grid, outline, y - 0.12, fade(style.color, 0.3), style.color))
            figure.add_trace(_mean(one, y - 0.12, scale, dark))
        head = f"<b>{one.mean.arm}</b>  {plain(_words(one, scale))}"
        notes.append(note(head, 0, y + 0.36, xref="paper", xanchor="left", font={"size": SIZE, "color": style.color}))
    figure.update_layout(
        showlegend=False,
        margin={"l": 12, "r": 12, "t": _ABOVE, "b": _BELOW, "autoexpand": False},
        xaxis={"range": [scale.minimum - 0.5, scale.maximum + 0.5] if scale.unit == "category" else
               [scale.minimum, scale.maximum], "dtick": 1 if scale.maximum <= 10 else None,
               "title": {"text": plain(f"{scale.short}: {wording.scale(scale)}"), "standoff": 4}},
        yaxis={"visible": False, "range": [-0.5, max(len(spreads), 1) - 0.5]},
        annotations=notes,
    )  # fmt: skip
    figure.update_xaxes(title_font_color=colors.muted)
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_spreads(*, spreads: Sequence[Spread], measure: str, simulated: bool) -> str:
    """Alternative text: mean and the fullest class of every first treatment."""
    scale, parts = MEASURES[measure], []
    for one in spreads:
        text = f"{arm_title(one.mean.arm)}: {_words(one, scale)}"
        if one.shares:
            top = int(np.argmax(np.array(one.shares) / np.diff(one.edges)))
            text += f"; most crowded {_class(one, top, scale)} with {one.shares[top]} of 100"
        parts.append(f"{text}.")
    tail = f" {wording.SIMULATED}." if simulated else ""
    week = spreads[0].mean.week if spreads else "?"
    return f"How {scale.name} is spread at week {week}, by first treatment. {' '.join(parts)}{tail}"


def _class(one: Spread, place: int, scale: Measure) -> str:
    start, end = one.edges[place], one.edges[place + 1]
    if scale.unit == "category":
        low, high = start + 0.5, end - 0.5
        return f"at {low:g}" if low == high else f"from {low:g} to {high:g}"
    return f"from {start:g} to {end:g}"


def _words(one: Spread, scale: Measure) -> str:
    mean = one.mean
    if mean.mean is None or mean.low is None or mean.high is None:
        return f"{mean.people.text} people, no number shown"
    ends = wording.interval((mean.low, mean.high), 1)
    return f"mean {wording.number(mean.mean, 1)} (95 % interval {ends}), {mean.people.text} people"


def _outlines(spreads: Sequence[Spread], scale: Measure) -> tuple[np.ndarray, list[np.ndarray | None]]:
    """Half widths of the beans on one grid, all on the same scale: equal areas are equal shares."""
    half = 0.5 if scale.unit == "category" else 0.0
    grid = np.linspace(scale.minimum - half, scale.maximum + half, _POINTS)
    width = _SMOOTH * (grid[-1] - grid[0])
    kernel = np.exp(-0.5 * ((grid[:, None] - grid) / width) ** 2)
    kernel /= kernel.sum(axis=1, keepdims=True)
    heights: list[np.ndarray | None] = []
    for one in spreads:
        if not one.shares:
            heights.append(None)
            continue
        density = np.array(one.shares) / np.diff(one.edges)
        place = np.clip(np.searchsorted(one.edges, grid, side="right") - 1, 0, len(density) - 1)
        heights.append(kernel @ density[place])
    top = max((one.max() for one in heights if one is not None), default=1.0)
    return grid, [None if one is None else np.round(_WIDEST * one / top, 3) for one in heights]


def _bean(one: Spread, grid: np.ndarray, outline: np.ndarray, y: float, fill: str, line: str) -> go.Scatter:
    return go.Scatter(
        x=np.concatenate([grid, grid[::-1]]).round(3).tolist(),
        y=np.concatenate([y + outline, y - outline[::-1]]).round(3).tolist(),
        name=one.mean.arm,
        mode="lines",
        fill="toself",
        fillcolor=fill,
        line={"color": line, "width": 1},
        hoverinfo="skip",
    )


def _mean(one: Spread, y: float, scale: Measure, dark: bool) -> go.Scatter:
    style, mean = look(one.mean.arm, dark), one.mean
    middle, low, high = mean.mean or 0.0, mean.low or 0.0, mean.high or 0.0
    return go.Scatter(
        x=[middle],
        y=[y],
        name=f"{mean.arm} mean",
        mode="markers",
        marker={"symbol": style.symbol, "size": 9, "color": palette(dark).background,
                "line": {"color": style.color, "width": 2}},
        error_x={"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                 "color": style.color, "thickness": 2, "width": 5},
        hovertemplate=f"{arm_title(mean.arm)}: {plain(_words(one, scale))}<extra></extra>",
    )  # fmt: skip
