"""Of 100 people like this: how many improve by a meaningful amount, one block of 100 a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.theme import look, palette, whole_figure
from bestviz.trial import ARMS, MEASURES

_ACROSS, _DOWN = 20, 5
_BLOCK = 136  # pixels a plan: two lines of text and five rows of people
_PITCH = _DOWN + 3.4  # from block to block, in rows of people


def build_icon_array(
    *, advice: Mapping[str, Any], outcome: str, week: int, arms: Sequence[str], dark: bool = False
) -> go.Figure:
    """Draw a block of 100 people a plan: filled where they improve meaningfully, hollow where they do not.

    Parameters
    ----------
    advice : mapping
        What `recommend --json` prints.
    outcome : str
        Outcome code.
    week : int
        Week of the outcome.
    arms : sequence of str
        Plans by their arms; drawn in the fixed order of arms, those without a chance left out.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        Two traces a plan: people who improve (name = arm label) and people who do not (name = arm label + " not").
    """
    plans = people_of(advice, outcome, week, arms)
    tops = {arm: -place * _PITCH for place, arm in enumerate(plans)}
    layout = {
        "annotations": [_heading(advice, arm, row, tops[arm]) for arm, row in plans.items()],
        "showlegend": False,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 32},
        "xaxis": {"visible": False, "range": [-0.7, _ACROSS - 0.3]},
        "yaxis": {"visible": False, "range": [-len(plans) * _PITCH + 2.8, 3.4]},
    }
    return whole_figure(
        [trace for arm, row in plans.items() for trace in _block(arm, row, tops[arm], dark)],
        layout,
        height=_BLOCK * max(len(plans), 1) + 40,
        simulated=advice["model"]["simulated"],
        dark=dark,
    )


def describe_icon_array(*, advice: Mapping[str, Any], outcome: str, week: int, arms: Sequence[str]) -> str:
    """Alternative text: the counts of `build_icon_array`."""
    measure = MEASURES[outcome]
    counts = "; ".join(label_of(advice, arm, row) for arm, row in people_of(advice, outcome, week, arms).items())
    text = (
        f"Of 100 people like this, how many improve by at least {wording.meaningful(measure)} in {measure.name} "
        f"by week {week}: {counts or 'no chance can be given'}."
    )
    return f"{text} {wording.SIMULATED}." if advice["model"]["simulated"] else text


def people_of(advice: Mapping[str, Any], outcome: str, week: int, arms: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Arm -> its row of the outcome table, in the fixed order of arms; those without a chance are left out."""
    arms = tuple(arms)
    rows = {arm: wording.outcome_row(advice, arm, outcome, week) for arm in ARMS if arm in arms}
    return {arm: row for arm, row in rows.items() if row and row["chance_of_meaningful_improvement"] is not None}


def label_of(advice: Mapping[str, Any], arm: str, row: Mapping[str, Any]) -> str:
    """How many improve with a plan, in words."""
    improved = wording.count_100(row["chance_of_meaningful_improvement"])
    return f"{wording.plan_name(advice, arm)}: {improved} (95 % interval {_ends(row)})"


def _ends(row: Mapping[str, Any]) -> str:
    return " to ".join(wording.count_100(end) for end in row["chance_interval"])


def _block(arm: str, row: Mapping[str, Any], top: float, dark: bool) -> list[dict[str, Any]]:
    """People who improve, and people who do not."""
    style = look(arm, dark)
    improved = round(100 * row["chance_of_meaningful_improvement"])
    people = [(i % _ACROSS, top - i // _ACROSS) for i in range(_ACROSS * _DOWN)]
    return [
        _people(arm, people[:improved], style.symbol, style.color, style.edge),
        _people(f"{arm} not", people[improved:], style.symbol, "rgba(0,0,0,0)", palette(dark).muted),
    ]


def _people(name: str, group: Sequence[tuple[int, float]], symbol: str, fill: str, edge: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [x for x, _ in group],
        "y": [y for _, y in group],
        "name": name,
        "mode": "markers",
        "marker": {"symbol": symbol, "size": 10, "color": fill, "line": {"width": 1.2, "color": edge}},
        "hoverinfo": "skip",
    }


def _heading(advice: Mapping[str, Any], arm: str, row: Mapping[str, Any], top: float) -> dict[str, Any]:
    count = f"<b>{wording.of_100(row['chance_of_meaningful_improvement'])}</b>"
    return {
        "text": f"{count} (95 % interval {_ends(row)})<br>{wording.plan_name(advice, arm)}",
        "xref": "paper", "x": 0, "y": top + 0.7, "xanchor": "left", "yanchor": "bottom", "align": "left",
        "showarrow": False, "font": {"size": 13},
    }  # fmt: skip
