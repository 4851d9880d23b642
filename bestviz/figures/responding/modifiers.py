"""Who responds to one treatment: a signed lollipop a predictor, with its interval and what it goes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.responders import Companion, Modification, Modifier
from bestviz.figures.theme import Palette, look, new_figure, note_simulated, palette
from bestviz.trial import MEASURES, TREATMENTS
from bestviz.wording import responding as words

MOST = 10  # predictors drawn
_ROW, _HEAD, _BELOW = 64, 30, 104  # pixels: a row with its two lines above the stick; sides; axis, title and note


def build_modifiers(
    *,
    modification: Modification,
    treatment: str,
    companions: Mapping[str, Sequence[Companion]],
    simulated: bool,
    most: int = MOST,
    dark: bool = False,
) -> go.Figure:
    """Draw the strongest predictors of the benefit of one treatment.

    Parameters
    ----------
    modification : Modification
    treatment : str
    companions : mapping of feature to Companions
        What each input goes with.
    simulated : bool
        Whether the participants are.
    most : int
        Rows at most.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace of sticks, one of heads: filled where the 95 % interval leaves out 0, open where it does not.
    """
    rows, colors, style = modification.of(treatment)[:most], palette(dark), look(treatment, dark)
    places = list(range(len(rows) - 1, -1, -1))
    figure = new_figure(height=len(rows) * _ROW + _HEAD + _BELOW, dark=dark)
    figure.add_trace(_sticks(rows, places, style.color))
    figure.add_trace(_heads(rows, places, treatment, colors.background, dark))
    reach = 1.08 * max([0.1, *(abs(end) for row in rows for end in row.effect_interval)])
    sides = [("◀ works less well", 0.0, "left"), ("works better ▶", 1.0, "right")]
    figure.update_layout(
        annotations=[
            *(
                {"text": text, "x": x, "xanchor": anchor, "xref": "paper", "yref": "paper", "y": 1}
                | {"yanchor": "bottom", "showarrow": False, "font": {"size": 12, "color": colors.text}}
                for text, x, anchor in sides
            ),
            *(_label(row, y, companions, colors) for row, y in zip(rows, places, strict=True)),
        ],
        shapes=[_RULE | {"y0": y + 0.46, "y1": y + 0.46, "line": {"color": colors.grid}} for y in places],
        showlegend=False,
        margin={"l": 8, "r": 8, "t": _HEAD, "b": _BELOW},
        yaxis={"visible": False, "range": [-0.55, len(rows) - 0.4]},
        xaxis={
            "range": [-reach, reach],
            "zeroline": True,
            "zerolinecolor": colors.muted,
            "nticks": 7,
            "title": {"text": axis_title(modification), "standoff": 6},
        },
    )
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def axis_title(modification: Modification) -> str:
    """What the axis shows, over lines that fit a phone."""
    about = words.when(modification.outcome, modification.week, modification.horizon)
    return (
        f"{wording.sentence(about)}:<br>change of the benefit for 1 SD more,<br>in meaningful changes, "
        "with its 95 % interval"
    )


def describe_modifiers(
    *,
    modification: Modification,
    treatment: str,
    companions: Mapping[str, Sequence[Companion]],
    simulated: bool,
    most: int = MOST,
) -> str:
    """Alternative text: which predictors are clear, the strongest with numbers, and what they go with."""
    name, rows = TREATMENTS[treatment].name, modification.of(treatment)
    about = words.when(modification.outcome, modification.week, modification.horizon)
    clear = [row for row in rows if is_clear(row)]
    text = f"Who responds to {name} ({about}), {modification.people[treatment]} participants. "
    if clear:
        listed = "; ".join(_words(row, companions) for row in clear[:most])
        text += f"Intervals that leave out 0: {len(clear)} of {len(rows)} predictors. {listed}."
    elif rows:
        text += f"No interval of {len(rows)} predictors leaves out 0. The strongest: {_words(rows[0], companions)}."
    return f"{text} {wording.SIMULATED}." if simulated else text


def is_clear(row: Modifier) -> bool:
    """Whether the 95 % interval leaves out 0."""
    return row.effect_interval[0] > 0 or row.effect_interval[1] < 0


def row_title(row: Modifier) -> str:
    """`Age`, `Race: black`, `Back surgery: yes`."""
    return row.label if row.level is None else f"{row.label}: {row.level}"


def in_units(row: Modifier, outcome: str | None) -> str:
    """The effect in the feature's own unit, and the outcome's where one measure is looked at."""
    step = {None: f"per {_unit(row)} more", "yes": "for yes instead of no"}.get(row.level, "against the others")
    value, ends = row.per_unit, row.per_unit_interval
    amount = f"{wording.number(value, 2, signed=True)} ({wording.interval(ends, 2, signed=True)}) meaningful changes"
    if outcome is None:
        return f"{amount} {step}"
    return f"{amount} {step}; {words.unit_of_change(MEASURES[outcome])[:-1]}"


def _unit(row: Modifier) -> str:
    return {"years": "year", "": "step"}.get(row.unit, f"1 {row.unit}")


def _words(row: Modifier, companions: Mapping[str, Sequence[Companion]]) -> str:
    with_it = words.goes_with([each.label for each in companions.get(row.feature, ())])
    numbers = f"{wording.number(row.effect, 2, signed=True)} ({wording.interval(row.effect_interval, 2, signed=True)})"
    return f"{row_title(row)} {numbers}{f', {with_it}' if with_it else ''}"


def _label(row: Modifier, y: float, companions: Mapping[str, Sequence[Companion]], colors: Palette) -> dict[str, Any]:
    with_it = words.goes_with([each.label for each in companions.get(row.feature, ())[:2]])
    second = f"<br><span style='font-size:11px;color:{colors.muted}'>{escape(with_it)}</span>" if with_it else ""
    return {
        "text": f"{escape(row_title(row))}{second}",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "align": "left",
        "y": y + 0.17 if with_it else y + 0.14,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": 12, "color": colors.text},
        "bgcolor": colors.background,  # the line at 0 passes behind the words
        "borderpad": 0,
    }


def _sticks(rows: Sequence[Modifier], places: Sequence[int], color: str) -> go.Scatter:
    ends = [(0.0, row.effect, None) for row in rows]
    return go.Scatter(
        x=[x for row in ends for x in row],
        y=[y for place in places for y in (place - 0.28, place - 0.28, None)],
        mode="lines",
        line={"color": color, "width": 3},
        hoverinfo="skip",
    )


def _heads(rows: Sequence[Modifier], places: Sequence[int], treatment: str, paper: str, dark: bool) -> go.Scatter:
    style = look(treatment, dark)
    return go.Scatter(
        x=[row.effect for row in rows],
        y=[place - 0.28 for place in places],
        name=treatment,
        mode="markers",
        marker={
            "symbol": style.symbol,
            "size": 11,
            "color": [style.color if is_clear(row) else paper for row in rows],
            "line": {"color": style.color, "width": 2},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row.effect_interval[1] - row.effect for row in rows],
            "arrayminus": [row.effect - row.effect_interval[0] for row in rows],
            "color": palette(dark).muted,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=[
            f"{escape(row_title(row))}: {wording.number(row.effect, 2, signed=True)} for 1 SD more "
            f"(95 % interval {wording.interval(row.effect_interval, 2, signed=True)})"
            for row in rows
        ],
        hoverinfo="text",
    )


_RULE: dict[str, Any] = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
