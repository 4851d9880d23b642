"""The options ranked: expected benefit with its interval, and the chance of being the best first step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import fade, look, palette, whole_figure

CHANCE = "chance of being best"
_ROW = 66  # pixels a row: name and chance above, interval below
_HEAD = 24  # `CHANCE` over its column
_BELOW = 92  # axis, its title and the note


def build_options(*, advice: Mapping[str, Any], dark: bool = False) -> go.Figure:
    """Draw one row an option, best on top; options that are not possible are left to the text.

    Parameters
    ----------
    advice : mapping
        What `recommend --json` prints.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace an option (name = arm label): a bar for the 95 % interval of the mean, a marker for the mean.
    """
    options, colors = wording.ranked(advice), palette(dark)
    rows = list(zip(options, range(len(options) - 1, -1, -1), strict=True))
    notes = [note for option, y in rows for note in _notes(advice, option, y, colors.muted)]
    head = {"text": CHANCE, "yref": "paper", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"}
    layout = {
        "annotations": [*notes, _NOTE | head | {"font": {"size": 12, "color": colors.muted}}],
        "shapes": [_RULE | {"y0": y + 0.5, "y1": y + 0.5, "line": {"color": colors.grid, "width": 1}} for _, y in rows],
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": _HEAD, "b": _BELOW},
        "yaxis": {"visible": False, "range": [-0.5, len(rows) - 0.5]},
        "xaxis": {
            "title": {"text": axis_title(advice).replace(" in meaningful", "<br>in meaningful"), "standoff": 6},
            "rangemode": "tozero",
            "zeroline": True,
            "zerolinecolor": colors.muted,
            "zerolinewidth": 1,
        },
    }
    return whole_figure(
        [_mark(advice, option, y, dark) for option, y in rows],
        layout,
        height=len(rows) * _ROW + _HEAD + _BELOW,
        simulated=advice["model"]["simulated"],
        dark=dark,
    )


def axis_title(advice: Mapping[str, Any]) -> str:
    """What the horizontal axis shows, with its unit and time."""
    return f"Benefit {wording.horizon(advice['horizon'])} in meaningful changes, with its 95 % interval"


def describe_options(*, advice: Mapping[str, Any]) -> str:
    """Alternative text: the message and the numbers of `build_options`."""
    options = wording.ranked(advice)
    if not options:
        return "Ranked options: none can be ranked."
    numbers = "; ".join(
        f"{wording.option_name(advice, o['arm'])} {wording.number(o['utility'], 2)} "
        f"({wording.interval(o['utility_interval'], 2)}), best with a chance of {wording.of_100(o['probability_best'])}"
        for o in options
    )
    text = f"{wording.headline(advice)} {axis_title(advice)}: {numbers}."
    return f"{text} {wording.SIMULATED}." if advice["model"]["simulated"] else text


def status_of(advice: Mapping[str, Any], arm: str) -> str:
    """Whether an option is as good as the first, in words; empty where it is not, and for the first itself."""
    if arm in wording.equivalent(advice):
        return "equivalent to the first"
    return "cannot be told apart from the first" if arm in wording.not_told_apart(advice) else ""


def _mark(advice: Mapping[str, Any], option: Mapping[str, Any], y: float, dark: bool) -> dict[str, Any]:
    style = look(option["arm"], dark)
    low, high = option["utility_interval"]
    words = f"{wording.number(option['utility'], 2)} (95 % interval {wording.interval((low, high), 2)})"
    return {
        "type": "scatter",
        "x": [option["utility"]],
        "y": [y - 0.25],
        "name": option["arm"],
        "mode": "markers",
        "marker": {"symbol": style.symbol, "size": 13, "color": style.color},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - option["utility"]],
            "arrayminus": [option["utility"] - low],
            "color": fade(style.color, 0.35),
            "thickness": 12,
            "width": 0,
        },
        "hovertemplate": f"{wording.option_title(advice, option['arm'])}: {words}<extra></extra>",
    }


def _notes(advice: Mapping[str, Any], option: Mapping[str, Any], y: float, muted: str) -> list[dict[str, Any]]:
    left = _NOTE | {"yref": "y", "yanchor": "middle", "x": 0, "xanchor": "left"}
    right = left | {"x": 1, "xanchor": "right"}  # a line below the name: long names and it share no line on a phone
    status = status_of(advice, option["arm"])
    notes = [
        left | {"y": y + 0.28, "text": wording.option_title(advice, option["arm"])},
        right | {"y": y + 0.02, "text": f"<b>{wording.of_100(option['probability_best'])}</b>"},
    ]
    if status:
        notes.append(left | {"y": y + 0.02, "text": status, "font": {"size": 12, "color": muted}})
    return notes


_NOTE: dict[str, Any] = {"xref": "paper", "showarrow": False}
_RULE: dict[str, Any] = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
