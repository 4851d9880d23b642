"""One measure over scenarios and learners: a dot and a 95 % interval a row, beside what is aimed at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import fade, new_figure, note_simulated, palette
from bestviz.study.summary import Found
from bestviz.wording import study as words

Rows = Mapping[tuple[str, str], Found]
_ROW, _BELOW, _TOP = 46, 100, 8  # pixels: a row, axis with title and note
_ROOM = 0.06  # of the axis, at each end
_SYMBOLS = {"ensemble": "circle", "additive": "square", "forest": "diamond"}


def build_rows(*, rows: Rows, axis: str = "", dark: bool = False) -> go.Figure:
    """Draw one row a scenario and learner, in the order given; the target is a band behind them.

    Parameters
    ----------
    rows : mapping of (scenario, learner) to Found
        All of one measure; not empty.
    axis : str
        Title of the axis; default the measure's own words.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace a row (name = scenario and learner).
    """
    colors, first = palette(dark), next(iter(rows.values()))
    places = dict(zip(rows, range(len(rows) - 1, -1, -1), strict=True))
    figure = new_figure(height=len(rows) * _ROW + _BELOW + _TOP, dark=dark)
    figure.add_traces([_dot(key, one, places[key], dark) for key, one in rows.items()])
    title = axis or f"{_broken(first.says)}<br>{_unit(first)}"
    figure.update_layout(
        annotations=[
            {"text": f"{_name(key)}: {_text(one)}", "x": 0, "xref": "paper", "xanchor": "left", "y": places[key] + 0.22}
            | {"yanchor": "middle", "showarrow": False, "font": {"size": 12}}
            for key, one in rows.items()
        ],
        shapes=_band(rows, fade(colors.accent, 0.14)),
        showlegend=False,
        margin={"l": 8, "r": 8, "t": _TOP, "b": _BELOW},
        yaxis={"visible": False, "range": [-0.5, len(rows) - 0.45]},
        xaxis={"title": {"text": title, "standoff": 6}, "range": _reach(rows)},
    )
    note_simulated(figure, simulated=True, dark=dark)
    return figure


def describe_rows(*, rows: Rows) -> str:
    """Alternative text: every row with its interval, and the target."""
    first = next(iter(rows.values()))
    each = "; ".join(f"{_name(key)} {_text(one)}" for key, one in rows.items())
    aim = words.target(first.target, first.unit)
    tail = f" Aimed at: {aim}{'' if first.unit else ' %'}." if aim else ""
    return f"{first.says}, with 95 % intervals over simulated trials: {each}.{tail} {wording.SIMULATED}."


def rows_table(rows: Rows) -> pd.DataFrame:
    """The numbers: a row a scenario and learner; shares from 0 to 1."""
    table = []
    for (scenario, learner), one in rows.items():
        low, high = one.interval or (None, None)
        table.append(
            {"scenario": scenario, "learner": learner, one.says: one.value, "lower end": low, "upper end": high}
            | {"verdict": words.VERDICTS[one.verdict], "trials": one.repeats}
        )
    return pd.DataFrame(table)


def _dot(key: tuple[str, str], one: Found, y: int, dark: bool) -> go.Scatter:
    colors, factor = palette(dark), 1 if one.unit else 100
    value = factor * one.value
    low, high = one.interval or (one.value, one.value)
    return go.Scatter(
        x=[value],
        y=[y - 0.2],
        name=_name(key),
        mode="markers",
        marker={"size": 11, "symbol": _SYMBOLS.get(key[1], "cross"), "color": colors.accent},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [factor * high - value],
            "arrayminus": [value - factor * low],
            "color": fade(colors.accent, 0.5),
            "thickness": 3,
            "width": 0,
        },
        hovertemplate=f"{_name(key)}: {_text(one)}<extra></extra>",
    )


def _reach(rows: Rows) -> tuple[float, float]:
    """Ends of the axis: room for every interval and for the ends of the target."""
    first, factor = next(iter(rows.values())), _factor(rows)
    inside = [end for one in rows.values() for end in (one.interval or (one.value, one.value))]
    inside += [end for end in first.target or () if math.isfinite(end)]
    low, high = factor * min(inside), factor * max(inside)
    room = _ROOM * (high - low) or 1.0
    return low - room, high + room


def _band(rows: Rows, color: str) -> Sequence[dict[str, Any]]:
    """The target; where it has no end it reaches to that of the axis."""
    target, factor, ends = next(iter(rows.values())).target, _factor(rows), _reach(rows)
    if target is None:
        return []
    low, high = (
        factor * own if math.isfinite(own) else end for own, end in zip(target, ends, strict=True)
    )  # fmt: skip
    return [
        {"type": "rect", "yref": "paper", "x0": low, "x1": high, "y0": 0, "y1": 1, "line": {"width": 0}}
        | {"fillcolor": color, "layer": "below"}
    ]


def _factor(rows: Rows) -> float:
    return 1.0 if next(iter(rows.values())).unit else 100.0


def _name(key: tuple[str, str]) -> str:
    return f"{key[0].replace('_', ' ')}, {words.LEARNERS.get(key[1], key[1]).lower()}"


def _text(one: Found) -> str:
    ends = words.ends(one.interval, one.unit)
    return f"{words.found(one.value, one.unit)}{f' ({ends})' if ends else ''}"


def _unit(one: Found) -> str:
    return one.unit or "percent"


def _broken(text: str, most: int = 52) -> str:
    """Lines that fit a phone."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
