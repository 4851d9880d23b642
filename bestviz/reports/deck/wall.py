"""Figures for the wall: the same figure with type, lines, marks and margins large enough to read from the last row.

A slide counts 960 x 540 points; a pixel of a figure is a point of the slide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from bestviz.reports.deck.slide import Slide

WIDTH, HEIGHT = 960, 540  # points of a slide: 13.333 x 7.5 inches
BODY = (36, 72, 888, 456)  # points: left, top, width, height of what is below the title
SMALL_PRINT = 76  # points of its height for the note on simulated data and the caption: three lines
BESIDE, GAP = 0.41, 12  # share of its width for points beside a figure; points between them
FIGURE = (BODY[2], BODY[3] - SMALL_PRINT)  # points of a figure
BESIDE_FIGURE = (round(BODY[2] * (1 - BESIDE)) - GAP, FIGURE[1])  # of one with points beside it
SMALLEST = 20  # points of type
_SCALE = SMALLEST / 12  # most type on the pages has 12 pixels
_NOTE = 24  # pixels that the note on simulated data takes below a figure of the pages
_FONTS = ("font", "tickfont", "textfont", "insidetextfont", "outsidetextfont")
_LENGTHS = ("xshift", "yshift", "standoff", "borderpad", "thickness", "ticklen", "pad")
_TYPE = re.compile(r"font-size:\s*(\d+(?:\.\d+)?)px")


def wall_figure(slide: Slide, *, dark: bool = False, size: tuple[float, float] | None = None) -> go.Figure | None:
    """The figure of a slide for the wall; None where the slide has none.

    Parameters
    ----------
    slide : Slide
    dark : bool
        Whether the slides are dark.
    size : (float, float), optional
        Width and height in points; default what it has on our own slides.
    """
    size = size or (BESIDE_FIGURE if slide.points else FIGURE)
    figure = fitted(slide, size[0], dark=dark)
    return None if figure is None else for_slide(figure, size=size)


def fitted(slide: Slide, width: float = FIGURE[0], *, dark: bool = False) -> go.Figure | None:
    """The figure of a slide with the changes for a place of so many points, not yet larger; None where it has none."""
    figure = slide.figure(dark)
    if figure is not None:
        figure.layout.width = width / _SCALE  # of the place; what a figure is fitted to
        slide.fit(figure)
    return figure


def for_slide(figure: go.Figure, *, size: tuple[float, float] = FIGURE, note: bool = False) -> go.Figure:
    """A copy of a figure of the pages for the wall: no type smaller than 20 points, all else larger in proportion.

    Parameters
    ----------
    figure : Figure
        From `bestviz.figures`, in the light or the dark scheme; colours, dashes, marks and order stay.
    size : (float, float)
        Width and height in points.
    note : bool
        Whether the note on simulated data stays in the figure; on a slide it stands in the caption.
    """
    import plotly.graph_objects as go

    whole = figure.to_dict()
    below = 0 if note else _without_note(whole["layout"])
    grown = _grown(whole, ())
    grown["layout"] |= {"width": size[0], "height": size[1]}
    if below:
        grown["layout"]["margin"]["b"] = max(grown["layout"]["margin"].get("b", 0) - below * _SCALE, 4)
    return go.Figure(grown)


def _without_note(layout: dict[str, Any]) -> float:
    """Take the note on simulated data out; the pixels that this frees."""
    before = layout.get("annotations", ())
    layout["annotations"] = [one for one in before if one.get("name") != "simulated"]
    return _NOTE if len(layout["annotations"]) < len(before) else 0


def _grown(value: Any, path: tuple[str, ...]) -> Any:
    """A part of a figure, larger; `path` says where it stands."""
    if isinstance(value, dict):
        return {key: _grown(part, (*path, key)) for key, part in value.items()}
    if isinstance(value, str):
        return _TYPE.sub(lambda found: f"font-size:{_type(float(found[1])):g}px", value)
    if isinstance(value, list | tuple):
        return [_grown(part, path) for part in value]
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_length(path):
        return value
    return _type(value) if path[-1] == "size" and path[-2] in _FONTS else value * _SCALE


def _type(size: float) -> float:
    return max(SMALLEST, size * _SCALE)


def _is_length(path: tuple[str, ...]) -> bool:
    """Whether a number is a length in pixels."""
    if len(path) < 2:
        return False
    inside, name = path[-2], path[-1]
    if name == "size":
        return inside in (*_FONTS, "marker", "pattern", "fillpattern")
    if name == "width":
        return inside == "line" or inside.startswith("error_")
    return name in _LENGTHS or (inside in ("margin", "pad") and name in "lrtb")
