"""The four response classes at week 12 by first treatment: a bar of 100 people each."""

from __future__ import annotations

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.responses import NOT_KNOWN
from bestviz.cohort.suppression import Count
from bestviz.cohort.tables import ALL, Table
from bestviz.figures.cohort.parts import SIZE, count, note, plain, shade
from bestviz.figures.theme import Palette, color_of, new_figure, note_simulated, palette
from bestviz.trial import RESPONSE_CLASSES, arm_title

_SHADES = {"excellent": 1.0, "good": 0.65, "medium": 0.38, "poor": 0.16}
_HIDDEN = "not shown (few)"
_ROW, _ABOVE, _BELOW = 64, 8, 150  # pixels


def build_responses(*, counts: Table, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the classes as stacked bars, the best on the left.

    Parameters
    ----------
    counts : dict of arm to dict of level to Count
        From `bestviz.cohort.responses.responses`.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace a class, and one for what is not shown: a bar whose count is given by its lower end is as long as
        that, and what is missing to 100 stands at the end.
    """
    colors = palette(dark)
    arms = [arm for arm in counts if counts[arm][ALL].value]
    figure = new_figure(height=_ABOVE + _ROW * len(counts) + _BELOW, dark=dark)
    rows = {arm: len(counts) - 1 - place for place, arm in enumerate(counts)}
    for level in (*RESPONSE_CLASSES, NOT_KNOWN):
        figure.add_trace(_bars(level, {arm: counts[arm] for arm in arms}, rows, colors))
    figure.add_trace(_rest({arm: counts[arm] for arm in arms}, rows, colors))
    heads = [
        note(f"<b>{arm}</b>  {count(counts[arm][ALL])} people", 0, y + 0.4, xref="paper", xanchor="left",
             font={"size": SIZE, "color": color_of(arm, dark)})
        for arm, y in rows.items()
    ]  # fmt: skip
    figure.update_layout(
        barmode="stack",
        annotations=heads,
        margin={"l": 8, "r": 12, "t": _ABOVE, "b": _BELOW, "autoexpand": False},
        xaxis={"range": [0, 100], "title": {"text": "of 100 people assigned", "standoff": 4}},
        yaxis={"visible": False, "range": [-0.5, len(counts) - 0.4]},
        legend={"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "traceorder": "normal",
                "itemclick": False, "itemdoubleclick": False, "entrywidth": 0.47, "entrywidthmode": "fraction"},
    )  # fmt: skip
    figure.update_layout(legend={"y": 26 / figure.layout.height})
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_responses(*, counts: Table, simulated: bool) -> str:
    """Alternative text: the classes of every first treatment as counts and of 100."""
    parts = []
    for arm, row in counts.items():
        found = ", ".join(f"{level} {_words(one, row[ALL])}" for level, one in row.items() if level != ALL)
        parts.append(f"{arm_title(arm)}: {found}.")
    tail = f" {wording.SIMULATED}." if simulated else ""
    return f"Response class at week 12 by first treatment. {' '.join(parts)}{tail}"


def _words(one: Count, total: Count) -> str:
    if one.value is None or not total.value:
        return one.text
    return f"{one.text} ({wording.of_100(one.value / total.value)})"


def _bars(level: str, counts: Table, rows: dict[str, int], colors: Palette) -> go.Bar:
    fill, text = (colors.panel, colors.muted) if level == NOT_KNOWN else shade(colors, _SHADES[level])
    found = [counts[arm][level] for arm in counts]
    return go.Bar(
        x=[100 * one.low / counts[arm][ALL].low for arm, one in zip(counts, found, strict=True)],
        y=[rows[arm] - 0.05 for arm in counts],
        orientation="h",
        width=0.5,
        name=f"class {level}" if level == NOT_KNOWN else level,
        marker={"color": fill, "line": {"color": colors.background, "width": 1}},
        text=[count(one) if one.low else "" for one in found],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"color": text, "size": SIZE},
        customdata=[f"{arm_title(arm)}, {level}: {plain(_words(row[level], row[ALL]))}" for arm, row in counts.items()],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip


def _rest(counts: Table, rows: dict[str, int], colors: Palette) -> go.Bar:
    left = [row[ALL].low - sum(one.low for level, one in row.items() if level != ALL) for row in counts.values()]
    return go.Bar(
        x=[100 * rest / row[ALL].low for rest, row in zip(left, counts.values(), strict=True)],
        y=[rows[arm] - 0.05 for arm in counts],
        orientation="h",
        width=0.5,
        name=_HIDDEN,
        marker={
            "color": colors.background,
            "line": {"color": colors.muted, "width": 1},
            "pattern": {"shape": "/", "size": 5, "fgcolor": colors.muted, "solidity": 0.2},
        },
        hovertemplate=f"{_HIDDEN}<extra></extra>",
    )
