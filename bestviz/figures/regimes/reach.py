"""The trade-off of two outcomes: which pairs of values regimes reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.evaluation_reach import Reach, Reached
from bestviz.figures.regimes.marks import mark
from bestviz.figures.theme import fade, new_figure, note_simulated, palette
from bestviz.regime.judging.values import Estimate
from bestviz.trial import MEASURES
from bestviz.wording import regimes as words

_HEIGHT, _ABOVE, _BELOW = 560, 44, 186  # pixels; the title of the upright axis is above, the legend below
_JOINED = "Learned for these two"


def build_reach(*, reach: Reach, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the curve of regimes learned for the two outcomes, and the others as points; better is right and up.

    Parameters
    ----------
    reach : Reach
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        A trace for the curve, then one a regime.
    """
    colors = palette(dark)
    figure = new_figure(height=_HEIGHT, dark=dark)
    traces = [
        _points(reach, reach.learned, _JOINED, {"symbol": "circle-open", "color": colors.accent}, "lines+markers")
    ]
    traces += [_points(reach, [one], words.short(one.regime), mark(one.regime, dark), "markers") for one in reach.plain]
    figure.add_traces(traces)
    across, up = (_title(reach, at) for at in (0, 1))
    figure.update_layout(
        xaxis={"title": {"text": across, "standoff": 6}, "autorange": _direction(reach, 0)},
        # An upright title would take a third of a phone's width.
        yaxis={"automargin": True, "autorange": _direction(reach, 1)},
        annotations=[
            {"text": up, "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
            | {"align": "left", "yshift": 4, "showarrow": False, "font": {"size": 12, "color": colors.muted}}
        ],
        margin={"l": 8, "r": 8, "t": _ABOVE, "b": _BELOW},
        legend={"orientation": "h", "x": 0, "y": 26 / _HEIGHT, "yref": "container", "yanchor": "bottom"}
        | {"entrywidth": 0.47, "entrywidthmode": "fraction", "itemclick": False, "itemdoubleclick": False},
    )
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_reach(*, reach: Reach, simulated: bool) -> str:
    """Alternative text: the ends of the curve and every point."""
    first, last = reach.learned[0], reach.learned[-1]
    ends = "; ".join(
        f"all weight on {_inside(reach, at)}: {_numbers(reach, one)}" for at, one in ((1, first), (0, last))
    )
    others = "; ".join(f"{words.name(one.regime)}: {_numbers(reach, one)}" for one in reach.plain)
    axes = " against ".join(words.of_pair(MEASURES[c], w) for c, w in zip(reach.outcomes, reach.weeks, strict=True))
    text = f"Trade-off of {axes}, with 95 % intervals. Regimes learned for these two, {ends}. Others, {others}."
    return f"{text} {wording.SIMULATED}." if simulated else text


def reach_table(reach: Reach) -> pd.DataFrame:
    """The numbers: a row a regime."""
    rows = []
    for one in reach.rows:
        row: dict[str, Any] = {"regime": row_name(reach, one)}
        for at, code in enumerate(reach.outcomes):
            each = _scaled(reach, one, at)
            head = f"{MEASURES[code].short}, week {reach.weeks[at]}"
            row |= {head: each.value, f"{head}, lower end": each.interval[0], f"{head}, upper end": each.interval[1]}
        rows.append(row)
    return pd.DataFrame(rows)


def row_name(reach: Reach, one: Reached) -> str:
    """Name of a regime; of one on the curve, its weights."""
    if one.share is None:
        return words.name(one.regime)
    share = round(100 * one.share)
    return f"Learned: {_inside(reach, 0)} {share}, {_inside(reach, 1)} {100 - share} of 100"


def _points(reach: Reach, some: Iterable[Reached], name: str, marker: dict[str, Any], mode: str) -> go.Scatter:
    rows = list(some)
    pairs = [[_scaled(reach, one, at) for one in rows] for at in (0, 1)]
    bars = [
        {"type": "data", "array": [one.interval[1] - one.value for one in each], "width": 0}
        | {"color": fade(marker["color"], 0.25 if len(rows) > 1 else 0.5), "thickness": 1 if len(rows) > 1 else 2}
        for each in pairs
    ]
    return go.Scatter(
        x=[one.value for one in pairs[0]],
        y=[one.value for one in pairs[1]],
        name=name,
        mode=mode,
        marker=marker | {"size": 8 if len(rows) > 1 else 12},
        line={"color": marker["color"], "width": 2},
        error_x=bars[0],
        error_y=bars[1],
        text=[f"{row_name(reach, one)}<br>{_numbers(reach, one)}" for one in rows],
        hovertemplate="%{text}<extra></extra>",
    )


def _title(reach: Reach, at: int) -> str:
    return words.of_pair(MEASURES[reach.outcomes[at]], reach.weeks[at]).replace(" (", "<br>(")


def _direction(reach: Reach, at: int) -> str | bool:
    """Better is right and up."""
    return "reversed" if MEASURES[reach.outcomes[at]].sign < 0 else True


def _scaled(reach: Reach, one: Reached, at: int) -> Estimate:
    return one.values[at].times(words.factor(reach.outcomes[at]))


def _numbers(reach: Reach, one: Reached) -> str:
    parts = []
    for at, code in enumerate(reach.outcomes):
        each = _scaled(reach, one, at)
        parts.append(f"{_inside(reach, at)} {words.estimate(each.value, each.interval, words.decimals(code))}")
    return wording.listed(parts)


def _inside(reach: Reach, at: int) -> str:
    return wording.inside(MEASURES[reach.outcomes[at]].short)
