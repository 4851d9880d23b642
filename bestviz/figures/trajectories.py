"""One outcome over the weeks of the trial for the plans chosen.

Two intervals, never mixed: the bars at the weeks say how sure the mean is (95 %); the wide band says how much people
vary around it (80 % of people), and is drawn for one plan only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import fade, look, palette, whole_figure
from bestviz.trial import ARMS, MEASURES, Measure

_DODGE = 0.45  # weeks between plans, so that tied plans stay visible side by side
_TIED = 0.25  # of a meaningful change: closer than this at the last week is told in words

# Pixels: title above, plot, axis with its title, a line of the legend, note on simulated data.
_ABOVE, _PLOT, _AXIS, _LINE, _NOTE = 48, 280, 48, 21, 28
_TITLE: dict[str, Any] = {
    "xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "align": "left",
    "xshift": -36, "yshift": 8, "showarrow": False,
}  # fmt: skip
_LEGEND = {"yanchor": "top", "itemclick": False, "itemdoubleclick": False, "tracegroupgap": 0}

Rows = list[Mapping[str, Any]]


def build_trajectories(
    *, advice: Mapping[str, Any], outcome: str, arms: Sequence[str], vary: str | None = None, dark: bool = False
) -> go.Figure:
    """Draw the expected course of one outcome.

    Parameters
    ----------
    advice : mapping
        What `recommend --json` prints.
    outcome : str
        Outcome code.
    arms : sequence of str
        Plans to draw by their arms; drawn in the fixed order of arms.
    vary : str, optional
        The one plan whose people-vary band is drawn.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace a plan (name = `wording.plan_name`), and the band of `vary` (name "8 of 10 people, ...").
    """
    measure, colors = MEASURES[outcome], palette(dark)
    plans = {arm: rows_of(advice, arm, outcome) for arm in ARMS if arm in arms}
    plans = {arm: rows for arm, rows in plans.items() if rows}
    traces = [_band(plans[vary], vary, dark)] if vary in plans else []
    for place, (arm, rows) in enumerate(plans.items()):
        traces.append(_course(advice, rows, arm, measure, shift=_DODGE * (place - (len(plans) - 1) / 2), dark=dark))
    if plans and not measure.binary:
        traces += _meaningful_change(_goal(advice, measure), dark, measure)
    weeks = sorted({row["week"] for rows in plans.values() for row in rows})
    below = _AXIS + _LINE * len(traces) + _NOTE
    title = f"{measure.name}<br>{wording.scale(measure)}"
    layout = {
        "margin": {"l": 44, "r": 12, "t": _ABOVE, "b": below, "autoexpand": False},
        "xaxis": {
            "title": {"text": "weeks since the start", "standoff": 6},
            "tickvals": weeks,
            "range": [min(weeks, default=0) - 1.5, max(weeks, default=36) + 1.5],
        },
        "yaxis": {"range": _range(plans, vary, measure, _goal(advice, measure))}
        | ({"tickformat": ".0%"} if measure.binary else {}),
        "annotations": [_TITLE | {"text": title, "font": {"size": 12, "color": colors.muted}}],
        # One entry a line: as high on a phone as on a wide screen, so that nothing overlaps and no space is left.
        "legend": {"orientation": "v", "x": 0, "xanchor": "left", "xref": "container", "y": -_AXIS / _PLOT} | _LEGEND,
        "hovermode": "closest",
    }
    simulated = advice["model"]["simulated"]
    return whole_figure(traces, layout, height=_ABOVE + _PLOT + below, simulated=simulated, dark=dark)


def describe_trajectories(*, advice: Mapping[str, Any], outcome: str, arms: Sequence[str]) -> str:
    """Alternative text: where each plan starts and is expected to be, and which cannot be seen apart."""
    measure = MEASURES[outcome]
    plans = {arm: rows for arm in ARMS if arm in arms and (rows := rows_of(advice, arm, outcome))}
    if not plans:
        return f"{measure.name}: no course to show."
    begin = next(iter(plans.values()))[0]
    parts = []
    for arm, rows in plans.items():
        steps = ", ".join(
            f"{_value(measure, row['mean'])} at week {row['week']}" for row in rows[1:] if row["week"] in (12, 24, 36)
        )
        parts.append(f"{wording.plan_name(advice, arm)}: {steps}")
    scale = wording.scale(measure)
    start = f"{_value(measure, begin['mean'])} at week {begin['week']}"
    text = f"Expected course of {measure.name} ({scale}) from {start}. {'; '.join(parts)}."
    tied = ties(advice, outcome, arms)
    text += f" {tied}" if tied else ""
    return f"{text} {wording.SIMULATED}." if advice["model"]["simulated"] else text


def ties(advice: Mapping[str, Any], outcome: str, arms: Sequence[str]) -> str:
    """Which plans lie on top of each other at the last week, in words; empty when none."""
    plans = {arm: rows for arm in ARMS if arm in arms and (rows := rows_of(advice, arm, outcome))}
    close = _TIED * MEASURES[outcome].meaningful_change
    ends = sorted((rows[-1]["mean"], arm) for arm, rows in plans.items())
    pairs = [(a, b) for (x, a), (y, b) in pairwise(ends) if y - x <= close]
    if not pairs:
        return ""
    return " ".join(
        f"{wording.plan_name(advice, a)} and {wording.plan_name(advice, b).lower()} run almost together."
        for a, b in pairs
    )


def rows_of(advice: Mapping[str, Any], arm: str, outcome: str) -> Rows:
    """The rows of one plan and outcome in the order of weeks."""
    rows = [r for r in advice["trajectories"] if r["arm"] == arm and r["outcome"] == outcome]
    return sorted(rows, key=lambda row: row["week"])


def _value(measure: Measure, value: float) -> str:
    return wording.of_100(value) if measure.binary else wording.number(value, measure.decimals)


def _course(
    advice: Mapping[str, Any], rows: Rows, arm: str, measure: Measure, *, shift: float, dark: bool
) -> dict[str, Any]:
    style = look(arm, dark)
    mean = [row["mean"] for row in rows]
    return {
        "type": "scatter",
        "x": [row["week"] + (shift if place else 0) for place, row in enumerate(rows)],
        "y": mean,
        "name": wording.plan_name(advice, arm),
        "mode": "lines+markers",
        "line": {"color": style.color, "dash": style.dash, "width": 2.5},
        "marker": {"symbol": style.symbol, "size": 9, "color": style.color, "line": {"color": style.edge, "width": 1}},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_bar(row, 1) for row in rows],
            "arrayminus": [_bar(row, 0) for row in rows],
            "color": style.color,
            "thickness": 2,
            "width": 5,
        },
        "hovertext": [_hover(advice, measure, arm, row) for row in rows],
        "hoverinfo": "text",
    }


def _known(row: Mapping[str, Any]) -> bool:
    """Whether a value was entered, so that there is no interval around it."""
    low, high = row["mean_interval"]
    return bool(low == high)


def _bar(row: Mapping[str, Any], end: int) -> float | None:
    """From the mean to the end of its interval; None where there is nothing to draw."""
    return None if _known(row) else abs(row["mean_interval"][end] - row["mean"])


def _hover(advice: Mapping[str, Any], measure: Measure, arm: str, row: Mapping[str, Any]) -> str:
    if _known(row):
        return f"week {row['week']}: {_value(measure, row['mean'])}, as entered"
    mean, people = (" to ".join(_value(measure, end) for end in row[f"{kind}_interval"]) for kind in ("mean", "person"))
    return (
        f"{wording.plan_name(advice, arm)}, week {row['week']}: {_value(measure, row['mean'])}<br>"
        f"the mean lies within {mean} (95 %)<br>8 of 10 people: {people}"
    )


def _band(rows: Rows, arm: str, dark: bool) -> dict[str, Any]:
    style = look(arm, dark)
    weeks = [row["week"] for row in rows]
    low, high = ([row["person_interval"][end] for row in rows] for end in (0, 1))
    return {
        "type": "scatter",
        "x": weeks + weeks[::-1],
        "y": high + low[::-1],
        "name": "8 of 10 people fall in here",
        "mode": "lines",
        "fill": "toself",
        "fillcolor": fade(style.color, 0.12),
        "line": {"color": fade(style.color, 0.55), "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _goal(advice: Mapping[str, Any], measure: Measure) -> float | None:
    """A meaningful change better than at week 0; None where it is not known or outside the instrument."""
    start = _at_week_0(advice, measure)
    if start is None:
        return None
    goal = start + measure.sign * measure.meaningful_change
    return goal if measure.minimum <= goal <= measure.maximum else None


def _at_week_0(advice: Mapping[str, Any], measure: Measure) -> float | None:
    """Mean at week 0; at week 12 it follows from what is expected later and its change since then."""
    rows = {(row["arm"], row["week"]): row["mean"] for row in advice["trajectories"] if row["outcome"] == measure.code}
    for (_, week), mean in rows.items():
        if week == 0:
            return float(mean)
    for row in advice["outcomes"]:
        if row["outcome"] == measure.code and (row["arm"], row["week"]) in rows:
            return float(rows[row["arm"], row["week"]] - row["change"])
    return None


def _meaningful_change(goal: float | None, dark: bool, measure: Measure) -> list[dict[str, Any]]:
    if goal is None:
        return []
    line = {
        "type": "scatter",
        "x": [-1.5, 37.5],
        "y": [goal, goal],
        "name": f"a meaningful improvement since week 0 ({wording.meaningful(measure)})",
        "mode": "lines",
        "line": {"color": palette(dark).text, "width": 1.5, "dash": "longdash"},
        "hoverinfo": "skip",
    }
    return [line]


def _range(plans: Mapping[str, Rows], vary: str | None, measure: Measure, goal: float | None) -> list[float]:
    """Everything drawn and a margin, inside the instrument."""
    values = [end for rows in plans.values() for row in rows for end in (*row["mean_interval"], row["mean"])]
    values += [end for row in plans.get(vary or "", []) for end in row["person_interval"]]
    if not values:
        return [measure.minimum, measure.maximum]
    values += [] if goal is None or measure.binary else [goal]
    pad = 0.08 * max(max(values) - min(values), 0.02)
    return [max(min(values) - pad, measure.minimum - pad), min(max(values) + pad, measure.maximum + pad)]
