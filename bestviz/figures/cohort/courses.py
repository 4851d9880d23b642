"""Means by first treatment and week with their intervals, and how many people each point rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.courses import Mean
from bestviz.figures.cohort.parts import SIZE, count, dodge, note
from bestviz.figures.theme import fade, look, new_figure, note_simulated, palette
from bestviz.trial import MEASURES, Measure, arm_title

# Pixels: title above, plot, axis with its title, a line of the table of people, note on simulated data.
_ABOVE, _PLOT, _AXIS, _LINE, _NOTE = 44, 280, 62, 18, 28


def build_courses(*, means: Sequence[Mean], measure: str, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the means of a measure over the weeks.

    Parameters
    ----------
    means : sequence of Mean
        In the order of weeks.
    measure : str
        Code of the measure.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace a first arm (name = its code); below the axis the number of people at each point.
    """
    scale, colors = MEASURES[measure], palette(dark)
    arms, weeks = list(dict.fromkeys(one.arm for one in means)), sorted({one.week for one in means})
    below = _AXIS + _LINE * (len(arms) + 1) + _NOTE
    figure = new_figure(height=_ABOVE + _PLOT + below, dark=dark)
    for place, arm in enumerate(arms):
        rows = [one for one in means if one.arm == arm and one.mean is not None]
        figure.add_trace(_line(rows, arm, scale, dodge(place, len(arms)), dark))
    first = min(weeks, default=0)
    figure.update_layout(
        showlegend=False,
        margin={"l": 52, "r": 12, "t": _ABOVE, "b": below, "autoexpand": False},
        xaxis={"title": {"text": "weeks since the start", "standoff": 4}, "tickvals": weeks,
               "range": [first - 2.2, max(weeks, default=36) + 2.2]},
        yaxis={"tickformat": ".0%" if scale.binary else None},
        annotations=[
            note(f"{scale.name}<br>{wording.scale(scale)}", 0, 1, xref="paper", yref="paper", xanchor="left",
                 yanchor="bottom", align="left", xshift=-44, yshift=6, font={"size": SIZE, "color": colors.muted}),
            *_people(means, arms, dark),
        ],
    )  # fmt: skip
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_courses(*, means: Sequence[Mean], measure: str, simulated: bool) -> str:
    """Alternative text: the mean of every first treatment at the first and last week, with its interval."""
    scale, weeks = MEASURES[measure], sorted({one.week for one in means})
    parts = []
    for arm in dict.fromkeys(one.arm for one in means):
        ends = [f"{_words(one, scale)} at week {one.week}" for one in means if one.arm == arm and one.week in weeks]
        parts.append(f"{arm_title(arm)}: {', '.join(ends)}.")
    tail = f" {wording.SIMULATED}." if simulated else ""
    return (
        f"Mean {scale.name} ({wording.scale(scale)}) by first treatment, with 95 % intervals. {' '.join(parts)}{tail}"
    )


def _words(one: Mean, scale: Measure) -> str:
    if one.mean is None or one.low is None or one.high is None:
        return "not shown"
    if scale.binary:
        return f"{wording.of_100(one.mean)} ({wording.interval((100 * one.low, 100 * one.high), 0)})"
    return f"{wording.number(one.mean)} ({wording.interval((one.low, one.high))})"


def _line(rows: Sequence[Mean], arm: str, scale: Measure, shift: float, dark: bool) -> go.Scatter:
    style = look(arm, dark)
    middle = [one.mean for one in rows if one.mean is not None]
    return go.Scatter(
        x=[one.week + shift for one in rows],
        y=middle,
        name=arm,
        mode="lines+markers",
        line={"color": style.color, "dash": style.dash, "width": 2},
        marker={"symbol": style.symbol, "size": 9, "color": style.color},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(one.high or 0) - (one.mean or 0) for one in rows],
            "arrayminus": [(one.mean or 0) - (one.low or 0) for one in rows],
            "color": fade(style.color, 0.55),
            "thickness": 2,
            "width": 0,
        },
        text=[f"week {one.week}: {_words(one, scale)}, {count(one.people)} people" for one in rows],
        hovertemplate=f"{arm_title(arm)}, %{{text}}<extra></extra>",
    )


def _people(means: Sequence[Mean], arms: Sequence[str], dark: bool) -> list[dict[str, Any]]:
    """How many people each point rests on, under the axis: a row an arm, which is the legend as well."""
    small = {"size": 11, "color": palette(dark).muted}
    left = {"x": 0, "xref": "paper", "xanchor": "left", "xshift": -48}
    row = {"y": 0, "yref": "paper", "yanchor": "middle", "showarrow": False, "font": small}
    notes = [row | left | {"text": "people with a value", "yshift": 6 - _AXIS}]
    for line, arm in enumerate(arms):
        down, style = {"yshift": -_AXIS - _LINE * (line + 0.6)}, look(arm, dark)
        title = f"{_MARKS[style.symbol]} <b>{arm}</b>"
        notes.append(row | left | down | {"text": title, "font": {"size": 11, "color": style.color}})
        notes += [row | down | {"x": one.week, "text": count(one.people)} for one in means if one.arm == arm]
    return notes


_MARKS = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲"}
