"""Two plans side by side on every outcome: expected improvement in meaningful changes with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import look, palette, whole_figure
from bestviz.trial import MEASURES, Measure

_ROW, _BELOW, _LINE = 54, 84, 22


def build_comparison(*, advice: Mapping[str, Any], arms: tuple[str, str], week: int, dark: bool = False) -> go.Figure:
    """Draw one row an outcome, the two plans under each other; right is better.

    Parameters
    ----------
    advice : mapping
        What `recommend --json` prints, at week 12 with `first_arm`.
    arms : (str, str)
        The two plans by their arms.
    week : int
        Week of the outcomes.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace a plan (name = `wording.plan_name`).
    """
    measures, colors = compared(advice, arms, week), palette(dark)
    places = {measure.code: len(measures) - 1 - i for i, measure in enumerate(measures)}
    layout = {
        "annotations": [
            {"text": measure.short, "x": 0, "xref": "paper", "xanchor": "left", "y": places[measure.code] + 0.3}
            | {"yanchor": "middle", "showarrow": False, "font": {"size": 12, "color": colors.text}}
            for measure in measures
        ],
        "shapes": [_RULE | {"y0": y + 0.5, "y1": y + 0.5, "line": {"color": colors.grid}} for y in places.values()],
        "margin": {"l": 8, "r": 8, "t": 2 * _LINE, "b": _BELOW},
        "legend": {"orientation": "v", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "itemclick": False}
        | {"itemdoubleclick": False},
        "yaxis": {"visible": False, "range": [-0.5, len(measures) - 0.5]},
        "xaxis": {
            "rangemode": "tozero",
            "zeroline": True,
            "zerolinecolor": colors.muted,
            "title": {
                "text": f"Improvement from week 0 to {week}<br>in meaningful changes, with its 95 % interval",
                "standoff": 6,
            },
        },
    }
    return whole_figure(
        [
            _plan(advice, arm, week, measures, places, shift, dark)
            for shift, arm in zip((0.02, -0.2), arms, strict=True)
        ],
        layout,
        height=len(measures) * _ROW + _BELOW + 2 * _LINE,
        simulated=advice["model"]["simulated"],
        dark=dark,
    )


def describe_comparison(*, advice: Mapping[str, Any], arms: tuple[str, str], week: int) -> str:
    """Alternative text: the expected change of every outcome with both plans."""
    one, two = (wording.plan_name(advice, arm) for arm in arms)
    each = []
    for measure in compared(advice, arms, week):
        texts = []
        for arm in arms:
            row = wording.outcome_row(advice, arm, measure.code, week)
            texts.append(wording.amount(measure, row["change"]) if row else "not given")
        each.append(f"{measure.short} {texts[0]} against {texts[1]} ({wording.better(measure)})")
    text = f"Expected change from week 0 to {week}, {one} against {two.lower()}: {'; '.join(each)}."
    return f"{text} {wording.SIMULATED}." if advice["model"]["simulated"] else text


def compared(advice: Mapping[str, Any], arms: Sequence[str], week: int) -> list[Measure]:
    """Measures that all these plans have at a week, in the fixed order, without side effects and stopping."""
    return [
        measure
        for measure in MEASURES.values()
        if measure.role != "burden"
        and all(wording.outcome_row(advice, arm, measure.code, week) is not None for arm in arms)
    ]


def _plan(
    advice: Mapping[str, Any],
    arm: str,
    week: int,
    measures: Sequence[Measure],
    places: Mapping[str, int],
    shift: float,
    dark: bool,
) -> dict[str, Any]:
    style = look(arm, dark)
    rows = [(measure, wording.outcome_row(advice, arm, measure.code, week) or {}) for measure in measures]
    steps = [measure.sign / measure.meaningful_change for measure in measures]
    means = [step * row["change"] for step, (_, row) in zip(steps, rows, strict=True)]
    ends = [sorted(step * end for end in row["change_interval"]) for step, (_, row) in zip(steps, rows, strict=True)]
    return {
        "type": "scatter",
        "x": means,
        "y": [places[measure.code] + shift for measure in measures],
        "name": wording.plan_name(advice, arm),
        "mode": "markers",
        "marker": {"symbol": style.symbol, "size": 11, "color": style.color}
        | {"line": {"color": style.edge, "width": 1.5}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [end[1] - mean for end, mean in zip(ends, means, strict=True)],
            "arrayminus": [mean - end[0] for end, mean in zip(ends, means, strict=True)],
            "color": style.color,
            "thickness": 2,
            "width": 4,
        },
        "hovertext": [
            f"{measure.short}: {wording.amount(measure, row['change'])} "
            f"({wording.amount_interval(measure, row['change_interval'])})"
            for measure, row in rows
        ],
        "hoverinfo": "text",
    }


_RULE: dict[str, Any] = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
