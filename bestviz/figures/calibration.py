"""How true intervals and chances were in simulated trials, as the replicates say and after calibration.

Two charts: the share of 95 % intervals that held the truth, and the chance said of the best option against how often it
truly was. Open marks: as the replicates say; filled: calibrated, which is what the pages show.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from bestviz.advice.uncertainty import Calibration, Coverage
from bestviz.figures.theme import new_figure, note_simulated, palette
from bestviz.wording import SIMULATED
from bestviz.wording import card as words

_ROW, _BELOW, _NOMINAL = 46, 92, 95.0
_STAGES = (("first treatments", "before", "after"), ("second treatments", "second_before", "second_after"))
_KINDS = (("means", words.MEANS), ("differences", words.DIFFERENCES))
_OPEN, _FILLED = ("circle-open", words.BEFORE), ("circle", words.AFTER)


def build_coverage(*, calibration: Calibration, dark: bool = False) -> go.Figure:
    """Draw the share of 95 % intervals that held the truth, one row for each stage and kind of interval.

    Parameters
    ----------
    calibration : Calibration
        With coverage that was measured.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        Two traces: before and after calibration.
    """
    rows, colors = _rows(calibration), palette(dark)
    figure = new_figure(height=len(rows) * _ROW + _BELOW, dark=dark)
    places = range(len(rows) - 1, -1, -1)
    for number, (symbol, name) in enumerate((_OPEN, _FILLED)):
        figure.add_scatter(
            x=[shares[number] for _, shares in rows], y=[y - 0.2 for y in places], name=name, mode="markers",
            marker={"symbol": symbol, "size": 12, "color": colors.accent, "line": {"width": 2}},
            text=[label for label, _ in rows], hovertemplate="%{text}: %{x:.0f} of 100<extra>" + name + "</extra>",
        )  # fmt: skip
    lowest = min(share for _, shares in rows for share in shares)
    note = {"xref": "paper", "x": 0, "xanchor": "left", "showarrow": False, "font": {"size": 12}}
    figure.update_layout(
        annotations=[note | {"y": y + 0.2, "text": label} for y, (label, _) in zip(places, rows, strict=True)],
        shapes=[_line(_NOMINAL, _NOMINAL, 0, 1, colors.muted, "paper")],
        margin={"l": 8, "r": 8, "t": 4, "b": _BELOW},
        legend=_LEGEND,
        yaxis={"visible": False, "range": [-0.6, len(rows) - 0.4]},
        xaxis={"title": {"text": words.COVERAGE_AXIS}, "range": [min(lowest, 85.0) - 3, 101]},
    )
    note_simulated(figure, simulated=True, dark=dark)  # coverage is known in simulated trials only
    return figure


def describe_coverage(*, calibration: Calibration) -> str:
    """Alternative text: every row, before and after."""
    rows = "; ".join(
        f"{label}: {after:.0f}, before calibration {before:.0f}" for label, (before, after) in _rows(calibration)
    )
    return f"Of 100 intervals that should hold the truth 95 times, so many did. {rows}. {SIMULATED}."


def build_chances(*, calibration: Calibration, dark: bool = False) -> go.Figure:
    """Draw the chance said of the option that is most likely best against how often it truly was best.

    Parameters
    ----------
    calibration : Calibration
        With coverage that was measured.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        Two traces: before and after calibration, a point a stage.
    """
    figure, colors = new_figure(height=340, dark=dark), palette(dark)
    for number, (symbol, name) in enumerate((_OPEN, _FILLED)):
        points = [(stage, pair[number]) for stage, pair in _measured(calibration)]
        figure.add_scatter(
            x=[100 * each.said for _, each in points], y=[100 * each.true for _, each in points], name=name,
            mode="markers+text" if number else "markers", text=[stage for stage, _ in points],
            textposition=["bottom center", "top center"][: len(points)], textfont={"size": 12},
            marker={"symbol": symbol, "size": 12, "color": colors.accent, "line": {"width": 2}},
            hovertemplate="%{text}: said %{x:.0f}, true %{y:.0f} of 100<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_layout(
        shapes=[_line(0, 100, 0, 100, colors.muted, "y")],
        margin={"l": 8, "r": 8, "t": 4, "b": _BELOW},
        legend=_LEGEND,
        xaxis={"title": {"text": words.SAID_AXIS}, "range": [0, 100]},
        yaxis={"title": {"text": words.TRUE_AXIS}, "range": [0, 100], "automargin": True},
    )
    note_simulated(figure, simulated=True, dark=dark)
    return figure


def describe_chances(*, calibration: Calibration) -> str:
    """Alternative text: what was said and what was true, for each stage."""
    rows = "; ".join(
        f"{stage}: said {100 * after.said:.0f}, true {100 * after.true:.0f}, before calibration said "
        f"{100 * before.said:.0f}, true {100 * before.true:.0f}"
        for stage, (before, after) in _measured(calibration)
    )
    return f"Chance said of the option most likely best, and how often it truly was best, of 100. {rows}. {SIMULATED}."


def _measured(calibration: Calibration) -> list[tuple[str, tuple[Coverage, Coverage]]]:
    """Coverage before and after of the stages for which it was measured."""
    found = ((stage, getattr(calibration, before), getattr(calibration, after)) for stage, before, after in _STAGES)
    return [(stage, (before, after)) for stage, before, after in found if before is not None and after is not None]


def _rows(calibration: Calibration) -> list[tuple[str, tuple[float, float]]]:
    """Label, and shares of 100 before and after."""
    return [
        (f"{kind}, {stage}", (100 * getattr(before, name), 100 * getattr(after, name)))
        for stage, (before, after) in _measured(calibration)
        for name, kind in _KINDS
    ]


def _line(x0: float, x1: float, y0: float, y1: float, color: str, yref: str) -> dict[str, Any]:
    place = {"x0": x0, "x1": x1, "y0": y0, "y1": y1, "yref": yref}
    return place | {"type": "line", "line": {"color": color, "dash": "dot", "width": 1.5}}


_LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}
