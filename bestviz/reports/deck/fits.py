"""What figures made for narrow pages change on a wide slide: names beside the rows, legends beside the plot.

Lengths are pixels as on the pages; all is made larger afterwards.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NOTE = 24  # below, for the note on simulated data
_LETTER, _LARGEST_SHARE = 7.6, 0.68  # pixels of a letter; most of the width that names take
_AXIS, _LINE = 30, 16  # tick labels; a line of the axis title
_BELOW_MIDDLE = 0.17  # of a row: where most figures draw the mark
_BOX, _BOX_LINE = 0.05, 20  # of a row by which a box of the timeline grows each way; characters of its lines
_TIMELINE = (-0.9, 5.5)  # heights of the timeline without the line on its marks
_LEGEND_LINE = 19
_BAND_GAP = 6  # between bands
_WIDE = 533  # our own slides


def rows(figure: go.Figure, *, label: int = 25) -> None:
    """Names of rows beside them instead of above, in lines of so many characters; the axis title over the whole width.

    On a narrow slide the lines of names are shorter.
    """
    across = int(figure.layout.width / _LETTER)
    label = min(label, int(_LARGEST_SHARE * across))
    beside = label * _LETTER
    names: dict[int, list[str]] = defaultdict(list)
    kept = []
    for note in figure.layout.annotations:
        if note.xref == "paper" and note.x == 0 and note.yref != "paper":
            names[round(note.y)].append(note.text)
        else:
            note.text = _two_lines(note.text)
            if note.x == 0 and note.xref == "paper":  # a head: what it says may need the whole half
                note.xshift = -beside
            kept.append(note)
    figure.layout.annotations = kept
    for place, texts in names.items():
        figure.add_annotation(
            text="<br>".join(_wrapped(text, label) for text in texts), x=0, xref="paper", xanchor="left",
            xshift=-beside, y=place - _BELOW_MIDDLE, yanchor="middle", align="left", showarrow=False,
            font={"size": 12},
        )  # fmt: skip
    lines = _title_below(figure, across)
    figure.update_layout(margin={"l": beside + 6, "r": 12, "b": _AXIS + _LINE * lines + _NOTE})


def _title_below(figure: go.Figure, across: int) -> int:
    """Put the title of the axis under the whole figure, to the right; the number of its lines."""
    title = figure.layout.xaxis.title
    text = _wrapped((title.text or "").replace("<br>", " "), across)
    if text:
        color = figure.layout.template.layout.xaxis.title.font.color
        figure.add_annotation(
            text=text, x=1, xref="paper", xanchor="right", align="right", y=0, yref="paper", yanchor="top",
            yshift=6 - _AXIS, showarrow=False, font={"size": 12, "color": color},
        )  # fmt: skip
        title.text = None
    return text.count("<br>") + 1


def lasting(figure: go.Figure) -> None:
    """Rows by first treatment, their names without saying so; the legend over the whole width."""
    for note in figure.layout.annotations:
        note.text = note.text.removesuffix(" first")
    rows(figure, label=33)
    figure.update_layout(legend={"x": 0, "xref": "container"})


def timeline(figure: go.Figure) -> None:
    """Names of treatments in two lines at most, in boxes high enough for them; the caption explains the marks."""
    figure.layout.annotations = [note for note in figure.layout.annotations if not note.text.startswith("■")]
    for note in figure.layout.annotations:
        if note.font.size == 11 and "<b>" not in note.text:
            note.text = _wrapped(note.text.replace("<br>", " "), _BOX_LINE)
        elif note.font.size == 13:  # the name of a period
            note.text = note.text.replace("<br>", " ")
    for shape in figure.layout.shapes:
        if shape.type == "rect" and shape.y1 - shape.y0 < 0.9:
            shape.update(y0=shape.y0 - _BOX, y1=shape.y1 + _BOX)
    figure.update_yaxes(range=_TIMELINE)


def courses(figure: go.Figure) -> None:
    """The numbers of people go to the notes; a legend takes the place of their heads."""
    title, *others = figure.layout.annotations
    title.text = _wrapped(title.text.replace("<br>", ": ", 1), int(figure.layout.width / _LETTER))
    figure.layout.annotations = [title, *(note for note in others if note.name == "simulated")]
    figure.update_layout(
        margin={
            "t": 14 + _LINE * (1 + title.text.count("<br>")),
            "b": _AXIS + _LINE + _NOTE,
            "r": 90,
            "autoexpand": False,
        },
        showlegend=True,
        legend={"orientation": "v", "x": 1.02, "xanchor": "left", "y": 0.5, "yanchor": "middle"},
    )


def trajectories(figure: go.Figure) -> None:
    """The legend in the lower margin, with short names."""
    figure.for_each_trace(lambda trace: trace.update(name=(trace.name or "").replace(" since week 0", "")))
    below = _AXIS + _LINE + _LEGEND_LINE * len(figure.data)
    figure.update_layout(
        margin={"b": below + _NOTE},
        legend={"x": 0, "y": 0, "yref": "container", "yanchor": "bottom"},
    )


def paths(figure: go.Figure) -> None:
    """Bands closer together, so that the names of all second treatments have room."""
    figure.update_traces(node={"pad": _BAND_GAP, "thickness": 8})


def responses(figure: go.Figure) -> None:
    """The legend in two lines below."""
    figure.update_layout(margin={"b": _AXIS + _LINE + 2 * _LEGEND_LINE + 8 + _NOTE})
    figure.update_layout(legend={"entrywidth": 0.3, "y": 0})


def preference_map(figure: go.Figure) -> None:
    """The legend and the names of the lower corners beside the triangle."""
    for note in figure.layout.annotations:
        if note.y == 0 and note.name != "simulated":
            side = "right" if note.x == 0 else "left"
            note.update(xanchor=side, xshift=-8 if note.x == 0 else 8, yanchor="bottom", yshift=0, align=side)
    figure.update_layout(
        margin={"b": 4 + _NOTE, "r": max(8, (_WIDE - figure.layout.width) / 2), "autoexpand": False},
        legend={"x": 1, "xref": "container", "xanchor": "right", "y": 1, "yanchor": "top"},
    )


def _two_lines(text: str) -> str:
    """The first break stays."""
    first, *rest = text.split("<br>")
    return "<br>".join([first, " ".join(rest)]) if rest else first


def _wrapped(text: str, width: int) -> str:
    """Lines of at most so many characters; text with markup stays as it is."""
    if "<" in text:
        return text
    kept = text.replace(" %", "\u00a0%")  # no line begins with a percent sign
    return "<br>".join(textwrap.wrap(kept, width, break_on_hyphens=False))
