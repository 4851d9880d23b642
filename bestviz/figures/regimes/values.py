"""Values of regimes, or their differences from one of them: a dot and a 95 % interval, one row a regime."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.evaluation import Evaluation
from bestviz.figures.regimes.marks import mark
from bestviz.figures.theme import fade, new_figure, note_simulated, palette
from bestviz.regime.judging.regimes import REFERENCES, SINGLE
from bestviz.regime.judging.values import Estimate
from bestviz.trial import SINGLE_ARMS
from bestviz.wording import regimes as words

_ROW, _BELOW, _WRAP = 46, 84, 34  # pixels: a row, axis with its title and the note; characters of a title's line
_ORDER = (
    "as_randomised", *(SINGLE + arm for arm in SINGLE_ARMS), "best_single", "best_fixed", "personalise_first_only",
    "learned", "tree",
)  # fmt: skip


def rows_of(
    evaluation: Evaluation, outcome: str, week: int | str, reference: str | None = None, subgroup: str | None = None
) -> dict[str, Estimate]:
    """What is drawn, in the order of drawing: regime -> value, or difference from a reference (itself left out).

    Yes/no outcomes are given of 100 people.
    """
    judged = {
        each.judged.regime: each.judged
        for each in evaluation.values
        if (each.outcome, each.week, each.judged.subgroup) == (outcome, week, subgroup)
    }
    factor = words.factor(outcome)
    return {
        regime: (judged[regime].value if reference is None else judged[regime].differences[reference]).times(factor)
        for regime in _ORDER
        if regime in judged and regime != reference
    }


def build_values(
    *, evaluation: Evaluation, outcome: str, week: int | str, reference: str | None = None, dark: bool = False
) -> go.Figure:
    """Draw one row a regime.

    Parameters
    ----------
    evaluation : Evaluation
    outcome : str
        Measure code, or `utility`.
    week : int or "mean"
    reference : {"as_randomised", "best_single", "best_fixed"}, optional
        Draw differences from this regime; default values.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace a regime (name = regime).
    """
    rows, colors = rows_of(evaluation, outcome, week, reference), palette(dark)
    places = dict(zip(rows, range(len(rows) - 1, -1, -1), strict=True))
    figure = new_figure(height=len(rows) * _ROW + _BELOW, dark=dark)
    figure.add_traces([_dot(regime, each, places[regime], outcome, reference, dark) for regime, each in rows.items()])
    figure.update_layout(
        annotations=[
            note for regime, each in rows.items() for note in _notes(regime, each, places, outcome, reference)
        ],
        shapes=[_RULE | {"y0": y + 0.5, "y1": y + 0.5, "line": {"color": colors.grid}} for y in places.values()],
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 4, "b": _BELOW},
        yaxis={"visible": False, "range": [-0.5, len(rows) - 0.45]},
        xaxis={
            "title": {"text": _broken(words.axis(outcome, week, reference)), "standoff": 6},
            "zeroline": reference is not None,
            "zerolinecolor": colors.muted,
            "zerolinewidth": 1,
            "rangemode": "tozero" if reference else "normal",
        },
    )
    note_simulated(figure, simulated=evaluation.simulated, dark=dark)
    return figure


def describe_values(*, evaluation: Evaluation, outcome: str, week: int | str, reference: str | None = None) -> str:
    """Alternative text: every row with its interval."""
    rows, places = rows_of(evaluation, outcome, week, reference), words.decimals(outcome)
    numbers = "; ".join(
        f"{words.name(regime)} {words.estimate(each.value, each.interval, places, reference is not None)}"
        for regime, each in rows.items()
    )
    text = (
        f"{words.from_reference(reference)} with 95 % intervals, {words.axis(outcome, week, reference)}, "
        f"{evaluation.participants} people: {numbers}."
    )
    return f"{text} {wording.SIMULATED}." if evaluation.simulated else text


def values_table(evaluation: Evaluation, outcome: str, week: int | str) -> pd.DataFrame:
    """The numbers: a row a regime; value and differences, each with its ends."""
    rows = []
    for regime, value in rows_of(evaluation, outcome, week).items():
        row: dict[str, Any] = {"regime": words.name(regime)} | _ends("value", value)
        for reference in REFERENCES:
            other = rows_of(evaluation, outcome, week, reference).get(regime)
            if other is not None:
                row |= _ends(words.from_reference(reference).lower(), other)
        rows.append(row)
    return pd.DataFrame(rows)


def _ends(what: str, each: Estimate) -> dict[str, float]:
    low, high = each.interval
    return {what: each.value, f"{what}, lower end": low, f"{what}, upper end": high}


def _dot(regime: str, each: Estimate, y: float, outcome: str, reference: str | None, dark: bool) -> go.Scatter:
    marker = mark(regime, dark)
    text = words.estimate(each.value, each.interval, words.decimals(outcome), reference is not None)
    half = each.interval[1] - each.value
    return go.Scatter(
        x=[each.value],
        y=[y - 0.2],
        name=regime,
        mode="markers",
        marker=marker | {"size": 11},
        error_x={"type": "data", "array": [half], "color": fade(marker["color"], 0.4), "thickness": 8, "width": 0},
        hovertemplate=f"{words.name(regime)}: {text}<extra></extra>",
    )


def _notes(
    regime: str, each: Estimate, places: dict[str, int], outcome: str, reference: str | None
) -> list[dict[str, Any]]:
    number = words.estimate(each.value, each.interval, words.decimals(outcome), reference is not None)
    note = {"xref": "paper", "yanchor": "middle", "showarrow": False, "y": places[regime] + 0.25, "font": {"size": 12}}
    return [
        note | {"x": 0, "xanchor": "left", "text": words.row_name(regime)},
        note | {"x": 1, "xanchor": "right", "text": number},
    ]


def _broken(text: str) -> str:
    """A title on two lines where it is long."""
    if len(text) <= _WRAP:
        return text
    at = text.rfind(", ", 0, len(text))
    return f"{text[: at + 1]}<br>{text[at + 2 :]}"


_RULE: dict[str, Any] = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
