"""Does it last? Week 24 against week 36 by first treatment, and what fades in between for every outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.lasting_result import REGIME, Amount, Course, Lasting
from bestviz.figures.theme import look, new_figure, note_simulated, palette
from bestviz.trial import MEASURES, SINGLE_ARMS, Measure
from bestviz.wording import responding as words

_ROW, _HEAD, _BELOW = 72, 44, 92  # pixels: a row with its name above two marks; legend; axis, title and note
_SMALL = 50

Row = tuple[str, Course]


def build_lasting(*, lasting: Lasting, against_esc: bool = False, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the change at week 24 and at week 36 for each first treatment and the learned regime.

    Parameters
    ----------
    lasting : Lasting
    against_esc : bool
        Differences from starting with enhanced self-care in place of changes since week 0.
    simulated : bool
        Whether the participants are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        A trace of links, then filled marks for week 24 and open ones for week 36, each with its 95 % interval.
    """
    rows, measure, colors = rows_of(lasting, against_esc), MEASURES[lasting.measure], palette(dark)
    factor = 100.0 if measure.binary else 1.0
    places = list(range(len(rows) - 1, -1, -1))
    figure = new_figure(height=len(rows) * _ROW + _HEAD + _BELOW, dark=dark)
    figure.add_trace(_links(rows, places, factor, colors.muted))
    for week, shift in ((24, -0.08), (36, -0.3)):
        figure.add_trace(_marks(rows, week, [y + shift for y in places], measure, dark))
    figure.update_layout(
        annotations=[
            {"text": words.starting(arm), "x": 0, "xref": "paper", "xanchor": "left", "y": y + 0.25}
            | {"yanchor": "middle", "showarrow": False, "font": {"size": 13, "color": colors.text}}
            for (arm, _), y in zip(rows, places, strict=True)
        ],
        shapes=[_RULE | {"y0": y + 0.46, "y1": y + 0.46, "line": {"color": colors.grid}} for y in places],
        margin={"l": 8, "r": 8, "t": _HEAD, "b": _BELOW},
        legend={"orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "itemclick": False}
        | {"itemdoubleclick": False},
        yaxis={"visible": False, "range": [-0.55, len(rows) - 0.5]},
        xaxis={
            "rangemode": "tozero",
            "zeroline": True,
            "zerolinecolor": colors.muted,
            "title": {"text": axis_title(lasting, against_esc).replace(" | ", "<br>"), "standoff": 6},
        },
    )
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def axis_title(lasting: Lasting, against_esc: bool) -> str:
    """What the axis shows; ` | ` where a line may end."""
    measure = MEASURES[lasting.measure]
    what = "difference from starting with enhanced self-care" if against_esc else "change since week 0"
    unit = "people of 100" if measure.binary else wording.unit(measure)
    return f"{measure.short}: {what}, | {unit}, with its 95 % interval; {words.lower_is_better(measure)}"


def describe_lasting(*, lasting: Lasting, against_esc: bool = False, simulated: bool) -> str:
    """Alternative text: of every row both weeks and what became of the change."""
    measure = MEASURES[lasting.measure]
    each = "; ".join(
        f"{words.starting(arm)} {_words(measure, course.week_24)} at week 24, {_words(measure, course.week_36)} at "
        f"week 36, week 36 less week 24 {words.fine(measure, course.fading.estimate, course.fading.interval)}"
        for arm, course in rows_of(lasting, against_esc)
    )
    text = f"{axis_title(lasting, against_esc).replace(' | ', ' ')}, {lasting.people} participants: {each}."
    return f"{text} {wording.SIMULATED}." if simulated else text


def rows_of(lasting: Lasting, against_esc: bool) -> list[Row]:
    """Rows that there are, the learned regime first, then the arms in the fixed order."""
    rows = [lasting.row(arm) for arm in arms_of(lasting)]
    found = [(row.arm, row.against_esc if against_esc else row.change) for row in rows]
    return [(arm, course) for arm, course in found if course is not None]


def arms_of(lasting: Lasting) -> list[str]:
    """The learned regime, then the first treatments in the fixed order."""
    known = {row.arm for row in lasting.rows}
    return [arm for arm in (REGIME, *SINGLE_ARMS) if arm in known]


def build_fading(*, every: Mapping[str, Lasting], arm: str, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw for every outcome what is lost or gained from week 24 to week 36, in meaningful changes; right is better.

    Parameters
    ----------
    every : mapping of measure to Lasting
    arm : str
        First treatment, or `regime`.
    simulated : bool
        Whether the participants are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        One trace: filled where the 95 % interval leaves out 0, open where it does not.
    """
    rows, colors = fading_of(every, arm), palette(dark)
    places = list(range(len(rows) - 1, -1, -1))
    color, symbol = _style(arm, dark)
    figure = new_figure(height=len(rows) * _SMALL + 30 + _BELOW, dark=dark)
    figure.add_trace(
        go.Scatter(
            x=[value for _, value, _ in rows],
            y=[y - 0.2 for y in places],
            name=arm,
            mode="markers",
            marker={"symbol": symbol, "size": 11, "line": {"color": color, "width": 2},
                    "color": [color if low > 0 or high < 0 else colors.background for _, _, (low, high) in rows]},
            error_x=_bars([value for _, value, _ in rows], [ends for _, _, ends in rows], color),
            hovertext=[f"{measure.short}: {_fine(every[measure.code], arm)}" for measure, _, _ in rows],
            hoverinfo="text",
        )
    )  # fmt: skip
    reach = 1.08 * max([0.1, *(abs(end) for _, _, ends in rows for end in ends)])
    note = {
        "xref": "paper",
        "showarrow": False,
        "font": {"size": 12, "color": colors.text},
        "bgcolor": colors.background,
    }
    figure.update_layout(
        annotations=[
            *(note | {"text": text, "x": x, "xanchor": side, "yref": "paper", "y": 1, "yanchor": "bottom"}
              for text, x, side in (("◀ fades", 0, "left"), ("grows ▶", 1, "right"))),
            *(note | {"text": measure.short, "x": 0, "xanchor": "left", "y": y + 0.2, "yanchor": "middle"}
              for (measure, _, _), y in zip(rows, places, strict=True)),
        ],
        shapes=[_RULE | {"y0": y + 0.46, "y1": y + 0.46, "line": {"color": colors.grid}} for y in places],
        showlegend=False,
        margin={"l": 8, "r": 8, "t": 30, "b": _BELOW},
        yaxis={"visible": False, "range": [-0.55, len(rows) - 0.5]},
        xaxis={"range": [-reach, reach], "zeroline": True, "zerolinecolor": colors.muted,
               "title": {"text": FADING.replace(" | ", "<br>"), "standoff": 6}},
    )  # fmt: skip
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


FADING = "Change from week 24 to week 36 | in meaningful changes, with its 95 % interval"


def describe_fading(*, every: Mapping[str, Lasting], arm: str, simulated: bool) -> str:
    """Alternative text: what becomes of every outcome, in its own unit."""
    each = "; ".join(
        f"{measure.short} {_fine(every[measure.code], arm)}, {_fate(ends)}"
        for measure, _, ends in fading_of(every, arm)
    )
    text = f"{words.starting(arm)}: change from week 24 to week 36 with 95 % intervals: {each}."
    return f"{text} {wording.SIMULATED}." if simulated else text


def fading_of(every: Mapping[str, Lasting], arm: str) -> list[tuple[Measure, float, tuple[float, float]]]:
    """Measure, estimate and interval in meaningful changes; above 0 is better."""
    found = []
    for code, lasting in every.items():
        measure, fading = MEASURES[code], lasting.row(arm).change.fading
        step = measure.sign / measure.meaningful_change
        low, high = sorted(step * end for end in fading.interval)
        found.append((measure, step * fading.estimate, (low, high)))
    return found


def _fine(lasting: Lasting, arm: str) -> str:
    fading = lasting.row(arm).change.fading
    return words.fine(MEASURES[lasting.measure], fading.estimate, fading.interval)


def _fate(ends: tuple[float, float]) -> str:
    return "grows" if ends[0] > 0 else "fades" if ends[1] < 0 else "not clear"


def _words(measure: Measure, amount: Amount) -> str:
    return f"{wording.amount(measure, amount.estimate)} ({wording.amount_interval(measure, amount.interval)})"


def _style(arm: str, dark: bool) -> tuple[str, str]:
    """Colour and symbol; the learned regime, which is no treatment, has the accent and a star."""
    if arm == REGIME:
        return palette(dark).accent, "star"
    style = look(arm, dark)
    return style.color, style.symbol


def _links(rows: Sequence[Row], places: Sequence[int], factor: float, color: str) -> go.Scatter:
    ends = [(factor * c.week_24.estimate, factor * c.week_36.estimate, None) for _, c in rows]
    return go.Scatter(
        x=[x for row in ends for x in row],
        y=[y for place in places for y in (place - 0.08, place - 0.3, None)],
        mode="lines",
        line={"color": color, "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(rows: Sequence[Row], week: int, ys: list[float], measure: Measure, dark: bool) -> go.Scatter:
    factor, paper = 100.0 if measure.binary else 1.0, palette(dark).background
    amounts = [course.week_24 if week == 24 else course.week_36 for _, course in rows]
    styles = [_style(arm, dark) for arm, _ in rows]
    values = [factor * each.estimate for each in amounts]
    ends = [(factor * each.interval[0], factor * each.interval[1]) for each in amounts]
    return go.Scatter(
        x=values,
        y=ys,
        name=f"week {week} ({'filled' if week == 24 else 'open'})",
        mode="markers",
        marker={
            "symbol": [symbol for _, symbol in styles],
            "size": 12,
            "color": [color if week == 24 else paper for color, _ in styles],
            "line": {"color": [color for color, _ in styles], "width": 2},
        },
        error_x=_bars(values, ends, palette(dark).muted),
        hovertext=[
            f"{words.starting(arm)}, week {week}: {_words(measure, each)}"
            for (arm, _), each in zip(rows, amounts, strict=True)
        ],
        hoverinfo="text",
    )


def _bars(values: Sequence[float], ends: Sequence[tuple[float, float]], color: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [end[1] - value for value, end in zip(values, ends, strict=True)],
        "arrayminus": [value - end[0] for value, end in zip(values, ends, strict=True)],
        "color": color,
        "thickness": 1.5,
        "width": 4,
    }


_RULE: dict[str, Any] = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
