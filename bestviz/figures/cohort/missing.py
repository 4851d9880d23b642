"""Missing values by first treatment and week."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.responses import Absent
from bestviz.figures.cohort.parts import SIZE, count, dodge, note
from bestviz.figures.theme import fade, look, new_figure, note_simulated, palette
from bestviz.trial import MEASURES, arm_title

_ABOVE, _PLOT, _BELOW = 28, 280, 100  # pixels


def build_missing(*, rows: Sequence[Absent], measure: str, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the share of people without a value: a point where it is shown, a bar over what it can be where not.

    Parameters
    ----------
    rows : sequence of Absent
        In the order of weeks.
    measure : str
        Code of the measure.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.
    """
    arms, weeks = list(dict.fromkeys(one.arm for one in rows)), sorted({one.week for one in rows})
    figure = new_figure(height=_ABOVE + _PLOT + _BELOW, dark=dark)
    for place, arm in enumerate(arms):
        mine, shift = [one for one in rows if one.arm == arm], dodge(place, len(arms))
        figure.add_traces([_line(mine, arm, shift, dark), _ranges(mine, arm, shift, dark)])
    title = note(
        f"{MEASURES[measure].short}: missing, of 100 people assigned",
        0,
        1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=-32,
        font={"size": SIZE, "color": palette(dark).muted},
    )
    figure.update_layout(
        margin={"l": 40, "r": 12, "t": _ABOVE, "b": _BELOW, "autoexpand": False},
        xaxis={"title": {"text": "weeks since the start", "standoff": 4}, "tickvals": weeks,
               "range": [min(weeks, default=0) - 2, max(weeks, default=36) + 2]},
        yaxis={"rangemode": "tozero"},
        annotations=[title],
        legend={"orientation": "h", "x": 0, "y": 28 / figure.layout.height, "yref": "container", "yanchor": "bottom",
                "itemclick": False, "itemdoubleclick": False, "entrywidth": 0.24, "entrywidthmode": "fraction"},
    )  # fmt: skip
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_missing(*, rows: Sequence[Absent], measure: str, simulated: bool) -> str:
    """Alternative text: how many values are missing by first treatment at the last week."""
    week = max((one.week for one in rows), default=0)
    parts = [
        f"{arm_title(one.arm)}: {one.missing.text} of {one.assigned.text} at week {week}."
        for one in rows
        if one.week == week
    ]
    tail = f" {wording.SIMULATED}." if simulated else ""
    return f"Missing values of {MEASURES[measure].name} by first treatment and week. {' '.join(parts)}{tail}"


def _line(rows: Sequence[Absent], arm: str, shift: float, dark: bool) -> go.Scatter:
    """Shares that are shown; the line breaks where one is not."""
    style = look(arm, dark)
    return go.Scatter(
        x=[one.week + shift for one in rows],
        y=[
            round(100 * share[0], 1) if (share := one.share) and one.missing.value is not None else None for one in rows
        ],
        name=arm,
        mode="lines+markers",
        line={"color": style.color, "dash": style.dash, "width": 2},
        marker={"symbol": style.symbol, "size": 9, "color": style.color},
        customdata=_hover(rows),
        hovertemplate=f"{arm_title(arm)}, %{{customdata}}<extra></extra>",
        connectgaps=False,
    )


def _ranges(rows: Sequence[Absent], arm: str, shift: float, dark: bool) -> go.Scatter:
    """A bar over what a hidden share can be: 0 to 9 people."""
    found = [one for one in rows if one.missing.value is None and one.share is not None]
    ends = [one.share or (0.0, 0.0) for one in found]
    return go.Scatter(
        x=[one.week + shift for one in found],
        y=[50 * (low + high) for low, high in ends],
        name=f"{arm}, not shown",
        mode="markers",
        marker={"size": 1, "opacity": 0},
        error_y={
            "type": "data",
            "array": [50 * (high - low) for low, high in ends],
            "color": fade(look(arm, dark).color, 0.55),
            "thickness": 5,
            "width": 0,
        },
        showlegend=False,
        customdata=_hover(found),
        hovertemplate=f"{arm_title(arm)}, %{{customdata}}<extra></extra>",
    )


def _hover(rows: Sequence[Absent]) -> list[str]:
    return [f"week {one.week}: {count(one.missing)} of {count(one.assigned)}" for one in rows]
