"""What speaks for one option and what for another: one bar an input, drawn towards the option that it speaks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import look, palette, whole_figure

_ROW, _HEAD, _BELOW = 44, 58, 86  # pixels: a row with its label above the bar; the two options; axis, title and note
_MOST = 8  # inputs drawn by themselves

REST = "all other inputs together"
UNKNOWN = "what is not known"
EVERYBODY = "what holds for the average participant"

Row = tuple[str, float, tuple[float, float] | None]


def build_reasons(
    *, advice: Mapping[str, Any], contributions: Mapping[str, Any], labels: Mapping[str, str], dark: bool = False
) -> go.Figure:
    """Draw where the difference between two options comes from.

    Parameters
    ----------
    advice : mapping
        What `recommend --json` prints, at week 12 with `first_arm`.
    contributions : mapping
        `Contributions.to_dict()`.
    labels : mapping of str to str
        Input -> its name with the patient's value, for example `Age: 58 years`.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One bar trace; right speaks for the first of the two options, left for the second. Lines are 95 % intervals.
    """
    rows, colors = rows_of(contributions, labels), palette(dark)
    ahead, behind = (wording.option_title(advice, arm) for arm in contributions["arms"])
    paint = [look(arm, dark) for arm in contributions["arms"]]
    places = list(range(len(rows) - 1, -1, -1))
    heads = [
        {"text": f"◀ speaks for<br>{_short(behind)}", "x": 0, "xanchor": "left", "align": "left"},
        {"text": f"speaks for ▶<br>{_short(ahead)}", "x": 1, "xanchor": "right", "align": "right"},
    ]
    annotations = [_NOTE | head | {"font": {"size": 12, "color": colors.text}} for head in heads]
    annotations += [
        {"text": label, "x": 0, "xref": "paper", "xanchor": "left", "y": y + 0.32, "yanchor": "middle"}
        | {"showarrow": False, "font": {"size": 12, "color": colors.text}}
        for (label, _, _), y in zip(rows, places, strict=True)
    ]
    reach = 1.08 * max([0.05, *(abs(end) for _, effect, ends in rows for end in (effect, *(ends or ())))])
    layout = {
        "annotations": annotations,
        "showlegend": False,
        "bargap": 0,
        "margin": {"l": 8, "r": 8, "t": _HEAD, "b": _BELOW},
        "yaxis": {"visible": False, "range": [-0.6, len(rows) - 0.4]},
        "xaxis": {
            "range": [-reach, reach],
            "zeroline": True,
            "zerolinecolor": colors.muted,
            "title": {
                "text": f"Part of the difference {wording.horizon(advice['horizon'])}<br>"
                "in meaningful changes, with its 95 % interval",
                "standoff": 6,
            },
        },
    }
    return whole_figure(
        [_bars(rows, places, [each.color for each in paint], colors.text)],
        layout,
        height=len(rows) * _ROW + _HEAD + _BELOW,
        simulated=advice["model"]["simulated"],
        dark=dark,
    )


def describe_reasons(*, advice: Mapping[str, Any], contributions: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Alternative text: which inputs speak for which option, and by how much."""
    ahead, behind = (wording.option_name(advice, arm) for arm in contributions["arms"])
    rows = rows_of(contributions, labels)
    sides = [
        (ahead, [f"{label} ({wording.number(effect, 2)})" for label, effect, _ in rows if effect > 0]),
        (behind, [f"{label} ({wording.number(-effect, 2)})" for label, effect, _ in rows if effect < 0]),
    ]
    each = " ".join(f"For {name}: {'; '.join(found)}." for name, found in sides if found)
    total = wording.number(contributions["difference"], 2, signed=True)
    text = (
        f"Where the difference between {ahead} and {behind} comes from, in meaningful changes "
        f"{wording.horizon(advice['horizon'])}; in all {total} "
        f"(95 % interval {wording.interval(contributions['interval'], 2, signed=True)}). {each}"
    )
    return f"{text} {wording.SIMULATED}." if advice["model"]["simulated"] else text


def rows_of(contributions: Mapping[str, Any], labels: Mapping[str, str]) -> list[Row]:
    """Label, effect and interval of each row: the largest inputs, then the rest, the unknown and the common part.

    The effects sum to the whole difference; the rest, a sum of several parts, has no interval.
    """
    parts = [part for part in contributions["parts"] if part["feature"] in labels]
    hidden = sum(part["effect"] for part in contributions["parts"] if part["feature"] not in labels)
    shown, others = parts[:_MOST], parts[_MOST:]
    rows: list[Row] = [(labels[part["feature"]], part["effect"], tuple(part["interval"])) for part in shown]
    rest = hidden + sum(part["effect"] for part in others)
    if others or abs(rest) >= 0.005:
        rows.append((REST, rest, None))
    for name, part in ((UNKNOWN, contributions["unknown"]), (EVERYBODY, contributions["common"])):
        if part is not None:
            rows.append((name, part["effect"], tuple(part["interval"])))
    return rows


def _bars(rows: Sequence[Row], places: Sequence[int], colors: Sequence[str], ink: str) -> dict[str, Any]:
    lows, highs = ([ends[side] if ends else None for _, _, ends in rows] for side in (0, 1))
    effects = [effect for _, effect, _ in rows]
    return {
        "type": "bar",
        "x": effects,
        "y": [place - 0.12 for place in places],
        "orientation": "h",
        "width": 0.32,
        "marker": {"color": [colors[0] if effect > 0 else colors[1] for effect in effects]},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [None if high is None else high - e for high, e in zip(highs, effects, strict=True)],
            "arrayminus": [None if low is None else e - low for low, e in zip(lows, effects, strict=True)],
            "color": ink,
            "thickness": 1,
            "width": 3,
        },
        "hovertext": [_hover(row) for row in rows],
        "hoverinfo": "text",
    }


def _hover(row: Row) -> str:
    label, effect, ends = row
    text = f"{label}: {wording.number(effect, 2, signed=True)}"
    return f"{text} (95 % interval {wording.interval(ends, 2, signed=True)})" if ends else text


def _short(title: str) -> str:
    """A long name over two lines, so that two of them fit beside each other on a phone."""
    words = title.split(" ")
    if len(title) <= 24:
        return title
    middle = (len(words) + 1) // 2
    return f"{' '.join(words[:middle])}<br>{' '.join(words[middle:])}"


_NOTE: dict[str, Any] = {"xref": "paper", "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
