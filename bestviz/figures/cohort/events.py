"""Side effects and stopping by arm: a point and its 95 % interval, of 100 people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.events import Event
from bestviz.figures.cohort.parts import SIZE, count, note, plain
from bestviz.figures.theme import look, new_figure, note_simulated, palette
from bestviz.trial import arm_title
from bestviz.wording.cohort import event_label

_HEAD, _ROW, _LINE, _BELOW = 34, 25, 17, 76  # pixels; the vertical axis counts them from the top


def build_events(*, events: Sequence[Event], simulated: bool, dark: bool = False) -> go.Figure:
    """Draw a block of rows an event, a row an arm; the counts stand at the right.

    Parameters
    ----------
    events : sequence of Event
        Ordered by event, then by arm.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.
    """
    colors, notes, y = palette(dark), [], 0.0
    places: list[tuple[Event, float]] = []
    for name in dict.fromkeys(one.event for one in events):
        text = f"<b>{event_label(name)}</b>"
        notes.append(_at(text, -_LEFT + 4, y + _HEAD * 0.6, font={"size": SIZE, "color": colors.text}))
        y += _HEAD
        mine = [one for one in events if one.event == name]
        together = [one for one in mine if one.events.few] if len(mine) > _MANY else []
        for one in mine:
            if one not in together:
                places.append((one, y + _ROW / 2))
                y += _ROW
        for line in _together(together):
            notes.append(_at(line, 4 - _LEFT, y + _LINE / 2, font={"size": 11, "color": colors.muted}))
            y += _LINE
    figure = new_figure(height=int(y) + _BELOW, dark=dark)
    for one, row in places:
        style = look(one.arm, dark)
        notes.append(_at(f"<b>{one.arm}</b>", -_LEFT + 4, row, font={"size": 11, "color": style.color}))
        words = f"{count(one.events)} of {count(one.people)}"
        notes.append(note(words, 1, row, xref="paper", xanchor="right", xshift=_RIGHT - 4,
                          font={"size": 11, "color": colors.muted}))  # fmt: skip
        if one.share is not None:
            figure.add_trace(_point(one, row, dark))
    figure.update_layout(
        showlegend=False,
        annotations=notes,
        margin={"l": _LEFT, "r": _RIGHT, "t": 0, "b": _BELOW, "autoexpand": False},
        xaxis={"rangemode": "tozero", "title": {"text": "of 100 people", "standoff": 4}},
        yaxis={"visible": False, "range": [y, 0]},
    )
    if not figure.data:
        figure.update_xaxes(range=[0, 100])
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_events(*, events: Sequence[Event], simulated: bool) -> str:
    """Alternative text: each event by arm, as counts and of 100 with the interval."""
    parts = []
    for name in dict.fromkeys(one.event for one in events):
        found = "; ".join(f"{arm_title(one.arm)} {_words(one)}" for one in events if one.event == name)
        parts.append(f"{event_label(name)}: {found}.")
    tail = f" {wording.SIMULATED}." if simulated else ""
    return f"{' '.join(parts)}{tail}"


_LEFT, _RIGHT = 84, 84  # pixels beside the axis: the arm, the counts
_MANY = 4  # arms; of more, those with few events share a line
_WRAP = 52  # characters that fit on a phone


def _at(text: str, x: float, y: float, **how: Any) -> dict[str, Any]:
    return note(text, 0, y, xref="paper", xanchor="left", xshift=x, **how)


def _together(events: Sequence[Event]) -> list[str]:
    """Arms with few events in as many lines as a phone needs."""
    if not events:
        return []
    text = "; ".join(f"<10 of {one.people.text} with {one.arm}" for one in events)
    return [plain(line) for line in textwrap.wrap(text, _WRAP)]


def _words(one: Event) -> str:
    people = f"{one.events.text} of {one.people.text}"
    if one.share is None or one.low is None or one.high is None:
        return people
    ends = f"{wording.count_100(one.low)} to {wording.count_100(one.high)}"
    return f"{people}, {'about ' if one.about else ''}{wording.of_100(one.share)} (95 % interval {ends})"


def _point(one: Event, y: float, dark: bool) -> go.Scatter:
    style, share, low, high = look(one.arm, dark), one.share or 0.0, one.low or 0.0, one.high or 0.0
    return go.Scatter(
        x=[round(100 * share, 1)],
        y=[y],
        name=f"{one.event} {one.arm}",
        mode="markers",
        marker={"symbol": style.symbol, "size": 10, "color": style.color, "line": {"color": style.edge, "width": 2}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [round(100 * (high - share), 1)],
            "arrayminus": [round(100 * (share - low), 1)],
            "color": style.color,
            "thickness": 2,
            "width": 0,
        },
        hovertemplate=f"{arm_title(one.arm)}: {plain(_words(one))}<extra></extra>",
    )
