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
_LETTER, _ACROSS = 7.6, 72  # pixels of a letter; characters of a line across the whole slide
_AXIS, _LINE = 30, 16  # tick labels; a line of the axis title
_BELOW_MIDDLE = 0.17  # of a row: where most figures draw the mark
_BOX, _BOX_LINE = 0.05, 20  # of a row by which a box of the timeline grows each way; characters of its lines
_LEGEND_LINE = 19


def rows(figure: go.Figure, *, label: int = 25) -> None:
    """Names of rows, in lines of so many characters, beside them instead of above; the axis title in short lines."""
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
    title = _wrapped((figure.layout.xaxis.title.text or "").replace("<br>", " "), _ACROSS - label)
    lines = title.count("<br>") + 1
    figure.update_layout(xaxis={"title": {"text": title}}, margin={"l": beside + 6, "r": 12})
    figure.update_layout(margin={"b": _AXIS + _LINE * lines + _NOTE})


def lasting(figure: go.Figure) -> None:
    """Rows by first treatment, their names without saying so; the legend over the whole width."""
    for note in figure.layout.annotations:
        note.text = note.text.removesuffix(" first")
    rows(figure, label=33)
    figure.update_layout(legend={"x": 0, "xref": "container"})


def timeline(figure: go.Figure) -> None:
    """Names of treatments in two lines at most, in boxes high enough for them."""
    for note in figure.layout.annotations:
        if note.font.size == 11 and "<b>" not in note.text:
            note.text = _wrapped(note.text.replace("<br>", " "), _BOX_LINE)
    for shape in figure.layout.shapes:
        if shape.type == "rect" and shape.y1 - shape.y0 < 0.9:
            shape.update(y0=shape.y0 - _BOX, y1=shape.y1 + _BOX)


def courses(figure: go.Figure) -> None:
    """The numbers of people go to the notes; a legend takes the place of their heads."""
    title, *others = figure.layout.annotations
    title.text = title.text.replace("<br>", ": ", 1)
    figure.layout.annotations = [title, *(note for note in others if note.name == "simulated")]
    figure.update_layout(
        margin={"t": 30, "b": _AXIS + _LINE + _NOTE, "r": 90, "autoexpand": False},
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
        margin={"b": 4 + _NOTE, "autoexpand": False},
        legend={"x": 1, "xanchor": "right", "y": 1, "yanchor": "top"},
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
