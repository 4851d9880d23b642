"""Which option ranks first over a triangle of preferences, and where one patient's own lie.

Each corner is all weight on one outcome. A region has its option's colour and marks in its option's shape; of a pair of
treatments also stripes in the colour of the second. It is paler where the next option is little behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.regions import Outline, outlines
from bestviz.figures.theme import fade, look, palette, whole_figure
from bestviz.wording import preferences as words

if TYPE_CHECKING:
    from bestviz.advice.why.preference_map import PreferenceMap

HEIGHT = sqrt(3) / 2  # of a triangle with sides of 1
NARROW = 0.1  # meaningful changes: less ahead than this is drawn paler
_CLEAR, _PALE = 0.42, 0.14
_MARKS = 12  # rows of marks
_PLOT, _ABOVE, _CORNERS, _LINE, _NOTE = 340, 34, 44, 21, 28  # pixels; a line of the legend


def build_preference_map(
    *, preference_map: PreferenceMap, names: Mapping[str, str], simulated: bool, dark: bool = False
) -> go.Figure:
    """Draw the map.

    Parameters
    ----------
    preference_map : PreferenceMap
        From `FittedModel.preference_map`.
    names : mapping of arm to str
        How each option is called inside a sentence.
    simulated : bool
        Whether the data behind the model are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        For each option that ranks first somewhere its regions (name = arm label) and its marks (name = the option's
        name), and the patient's own place (name "this patient") where the preferences have one.
    """
    one, colors = preference_map, palette(dark)
    winners = sorted(set(one.winners.tolist()), key=lambda winner: -one.shares[winner])
    lines = sum(1 + _called(names[one.arms[winner]]).count("<br>") for winner in winners) + (one.current is not None)
    below = _CORNERS + _LINE * lines + _NOTE
    places = corner_place(one.weights)
    regions = outlines(one.weights, one.winners, one.margins, NARROW)
    traces = [_region(region, one.arms[region.winner], dark) for region in regions]
    traces += [_marks(one, places, winner, names[one.arms[winner]], dark) for winner in winners]
    traces += [] if one.current is None else [_own(one.current, dark)]
    edge = {"color": colors.muted, "width": 1}
    layout = {
        "margin": {"l": 8, "r": 8, "t": _ABOVE, "b": below},
        "xaxis": {"visible": False, "range": [-0.02, 1.02], "constrain": "domain"},
        "yaxis": {"visible": False, "range": [-0.02, HEIGHT + 0.02], "scaleanchor": "x", "constrain": "domain"},
        "annotations": _corners(one.outcomes),
        "shapes": [{"type": "path", "path": f"M0,0L1,0L0.5,{HEIGHT:.4f}Z", "line": edge}],
        "legend": {"x": 0, "xanchor": "left", "y": -_CORNERS / _PLOT, "yanchor": "top"} | _LEGEND,
        "hovermode": "closest",
    }
    return whole_figure(traces, layout, height=_ABOVE + _PLOT + below, simulated=simulated, dark=dark)


def describe_preference_map(*, preference_map: PreferenceMap, names: Mapping[str, str], simulated: bool) -> str:
    """Alternative text: the message, where the patient is, and what the corners are."""
    corners = wording.listed(wording.inside(words.outcome_label(code)) for code in preference_map.outcomes)
    called = [names[arm] for arm in preference_map.arms]
    text = f"Map of preferences over {corners}. {words.map_shares(called, preference_map.shares)}"
    if own := own_place(preference_map, names):
        text += f" {own}"
    return f"{text} {wording.SIMULATED}." if simulated else text


def own_place(preference_map: PreferenceMap, names: Mapping[str, str]) -> str:
    """What ranks first where the patient's own weights lie, in a sentence; empty where they have no place."""
    if preference_map.current is None:
        return ""
    near = _nearest(preference_map.weights, preference_map.current)
    ahead = None if preference_map.margins is None else float(preference_map.margins[near])
    return words.map_place(names[preference_map.arms[preference_map.winners[near]]], ahead)


def corner_place(weights: Any) -> Any:
    """Places (n, 2) of weights (n, 3): the first outcome on top, the second left, the third right."""
    shares = np.asarray(weights, dtype=float)
    return np.column_stack([shares[:, 0] / 2 + shares[:, 2], HEIGHT * shares[:, 0]])


def _region(outline: Outline, arm: str, dark: bool) -> dict[str, Any]:
    style = look(arm, dark)
    shade = fade(style.color, _PALE if outline.narrow else _CLEAR)
    fill: dict[str, Any] = {"fillcolor": shade}
    if style.edge != style.color:
        stripes = {"shape": "/", "fgcolor": style.edge, "bgcolor": shade, "size": 9, "solidity": 0.12}
        fill = {"fillpattern": stripes}
    x, y = _path(outline)
    return fill | {
        "type": "scatter", "x": x, "y": y, "name": arm, "mode": "lines", "line": {"width": 0}, "fill": "toself",
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _path(outline: Outline) -> tuple[list[float | None], list[float | None]]:
    """All parts of a region as one path, parted by None."""
    x: list[float | None] = []
    y: list[float | None] = []
    for part in outline.parts:
        places = corner_place(part)
        x += [*places[:, 0].round(4).tolist(), None]
        y += [*places[:, 1].round(4).tolist(), None]
    return x[:-1], y[:-1]


def _marks(one: PreferenceMap, places: Any, winner: int, name: str, dark: bool) -> dict[str, Any]:
    """The option's own mark here and there in its region: a second cue beside the colour, and its legend."""
    style = look(one.arms[winner], dark)
    chosen = [point for point in _sparse(one.weights) if one.winners[point] == winner]
    inside = np.flatnonzero(one.winners == winner)
    chosen = chosen or [int(inside[_nearest(one.weights[inside], one.weights[inside].mean(axis=0))])]
    edge = {"color": style.edge, "width": 2 if style.edge != style.color else 0}
    return {
        "type": "scatter", "x": places[chosen, 0], "y": places[chosen, 1], "name": _called(name), "mode": "markers",
        "marker": {"symbol": style.symbol, "size": 9, "color": style.color, "line": edge},
        "text": [_hover(one, point, name) for point in chosen], "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _sparse(weights: Any) -> list[int]:
    """Points of the grid nearest to those of a much coarser one, without its sides."""
    steps = range(1, _MARKS)
    coarse = [(i, j, _MARKS - i - j) for i in steps for j in steps if i + j < _MARKS]
    return [_nearest(weights, np.array(target) / _MARKS) for target in coarse]


def _nearest(weights: Any, target: Any) -> int:
    return int(((weights - np.asarray(target)) ** 2).sum(axis=1).argmin())


def _hover(one: PreferenceMap, point: int, name: str) -> str:
    shares = words.weights_line(
        {code: round(100 * share) for code, share in zip(one.outcomes, one.weights[point], strict=True)}
    )
    ahead = "" if one.margins is None else f", {wording.number(one.margins[point], 2)} meaningful changes ahead"
    return f"{wording.sentence(shares)} of 100:<br>{name}{ahead}"


def _own(current: tuple[float, float, float], dark: bool) -> dict[str, Any]:
    """Where the patient is: a cross, which no option has as its mark."""
    colors, place = palette(dark), corner_place([current])[0]
    return {
        "type": "scatter", "x": [place[0]], "y": [place[1]], "name": "this patient", "mode": "markers",
        "hoverinfo": "skip", "cliponaxis": False,
        "marker": {"symbol": "x", "size": 15, "color": colors.text, "line": {"color": colors.background, "width": 2}},
    }  # fmt: skip


def _corners(outcomes: tuple[str, str, str]) -> list[dict[str, Any]]:
    top, left, right = (words.outcome_label(code) for code in outcomes)
    base: dict[str, Any] = {"showarrow": False, "font": {"size": 12}}
    low = base | {"y": 0, "yanchor": "top", "yshift": -6}
    return [
        base
        | {"x": 0.5, "y": HEIGHT, "text": f"all weight on {wording.inside(top)}", "yanchor": "bottom", "yshift": 10},
        low | {"x": 0, "xanchor": "left", "align": "left", "text": f"all on<br>{wording.inside(left)}"},
        low | {"x": 1, "xanchor": "right", "align": "right", "text": f"all on<br>{wording.inside(right)}"},
    ]


def _called(name: str) -> str:
    """A name in the legend; that of a pair on two lines, so that it fits on a phone."""
    return wording.sentence(name).replace(" with ", "<br>with ")


_LEGEND: dict[str, Any] = {"orientation": "v", "itemclick": False, "itemdoubleclick": False, "tracegroupgap": 0}
