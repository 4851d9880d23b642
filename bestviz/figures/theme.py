"""One look for every figure: template, colours of the treatments with a second cue, and the note on simulated data.

The four colours keep at least 4.5 : 1 against the background (text size) in both schemes, and stay apart by at least
16 units of CIE Lab for readers with protan, deutan or tritan vision (simulated after Machado 2009). Dash and marker say
the same once more, so nothing depends on colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from bestviz.trial import treatments_of
from bestviz.wording import SIMULATED

_BELOW = 60  # pixels of lower margin where a figure says nothing else
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours that are not a treatment's, for one scheme."""

    text: str
    muted: str
    grid: str
    background: str
    panel: str
    accent: str


@dataclass(frozen=True)
class Look:
    """How one arm is drawn.

    Attributes
    ----------
    color : str
        Colour of its line and of the inside of its marker.
    edge : str
        Colour of the marker's outline: the second treatment of a pair, else the same colour.
    dash : str
        Plotly dash of its line.
    symbol : str
        Plotly marker symbol.
    """

    color: str
    edge: str
    dash: str
    symbol: str


# Background, panel, text and accent are those of .streamlit/config.toml (tested).
LIGHT = Palette("#0B141B", "#55626E", "#E3E8EC", "#FFFFFF", "#F3F6F8", "#1F5F8B")
DARK = Palette("#E6ECF0", "#A9B5BF", "#2C363E", "#0D1114", "#182026", "#6FB3DF")

COLORS: dict[str, tuple[str, str]] = {
    "ESC": ("#6B7785", "#B4BDC6"),
    "ACT": ("#AE6018", "#F09A50"),
    "EBEM": ("#14704F", "#2BAE8E"),
    "DUL": ("#4F3D9C", "#9A82F0"),
}
_CUES: dict[str, tuple[str, str]] = {
    "ESC": ("dot", "circle"),
    "ACT": ("dash", "square"),
    "EBEM": ("solid", "diamond"),
    "DUL": ("dashdot", "triangle-up"),
}


def palette(dark: bool = False) -> Palette:
    """Colours of the light or the dark scheme."""
    return DARK if dark else LIGHT


def color_of(treatment: str, dark: bool = False) -> str:
    """Colour of one treatment in the light or the dark scheme."""
    return COLORS[treatment][int(dark)]


def look(arm: str, dark: bool = False) -> Look:
    """How an arm is drawn; a pair has the line of its first treatment, and the marker edge and dash of its second.

    Parameters
    ----------
    arm : str
        Arm label, for example `"ACT"` or `"ACT+DUL"`.
    dark : bool
        Whether the page is dark.
    """
    first, *others = treatments_of(arm)
    last = others[-1] if others else first
    return Look(color_of(first, dark), color_of(last, dark), _CUES[last][0], _CUES[first][1])


def fade(color: str, opacity: float) -> str:
    """A `#RRGGBB` colour with an opacity, as `rgba(...)`."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def template_name(dark: bool = False) -> str:
    """Name of the registered template."""
    return "bestviz_dark" if dark else "bestviz"


def new_figure(*, height: int, dark: bool = False) -> go.Figure:
    """An empty figure in the house style, `height` pixels high and as wide as its place."""
    return go.Figure(layout={"template": template_name(dark), "height": height})


def note_simulated(figure: go.Figure, *, simulated: bool, dark: bool = False) -> None:
    """Write the note on simulated data into the lower right corner, if it is; needs 24 pixels of lower margin."""
    if simulated:
        figure.add_annotation(_note(figure.layout.margin.b or _BELOW, dark))


def whole_figure(
    traces: Iterable[Mapping[str, Any]],
    layout: Mapping[str, Any],
    *,
    height: int,
    simulated: bool,
    dark: bool = False,
) -> go.Figure:
    """A figure in the house style from plain traces and a plain layout, made at once.

    For what is drawn again with every change: Plotly checks nothing here, as that would take most of the time; tests
    check instead. What is changed in such a figure is given in nested mappings, not as `xaxis_title`.

    Parameters
    ----------
    traces : iterable of mapping
        Each with its `type`.
    layout : mapping
        Without template and height; with 24 pixels of lower margin or more for the note.
    height : int
        Pixels.
    simulated : bool
        Whether the note on simulated data is written.
    dark : bool
        Whether the page is dark.
    """
    given: dict[str, Any] = {**layout, "template": _PLAIN[dark], "height": height}
    if simulated:
        below = layout.get("margin", {}).get("b", _BELOW)
        given["annotations"] = [*layout.get("annotations", ()), _note(below, dark)]
    return go.Figure({"data": list(traces), "layout": given}, _validate=False)


def _note(below: float, dark: bool) -> dict[str, Any]:
    """The note on simulated data, at the end of a lower margin of so many pixels."""
    return {
        "text": SIMULATED,
        "name": "simulated",
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 0,
        "xanchor": "right",
        "yanchor": "bottom",
        "yshift": -below,
        "showarrow": False,
        "font": {"size": 11, "color": palette(dark).muted},
    }


def _template(colors: Palette) -> go.layout.Template:
    axis = {
        "gridcolor": colors.grid,
        "linecolor": colors.grid,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"color": colors.muted, "size": 12},
        "title": {"font": {"color": colors.muted, "size": 12}},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": colors.text},
            "paper_bgcolor": colors.background,
            "plot_bgcolor": colors.background,
            "colorway": [COLORS[code][int(colors is DARK)] for code in COLORS],
            "margin": {"l": 8, "r": 8, "t": 8, "b": _BELOW},
            "xaxis": axis,
            "yaxis": axis,
            "dragmode": False,
            "hoverlabel": {"bgcolor": colors.panel, "bordercolor": colors.grid, "font": {"color": colors.text}},
            "legend": {"font": {"size": 12, "color": colors.text}, "bgcolor": "rgba(0,0,0,0)"},
        }
    )


pio.templates["bestviz"] = _template(LIGHT)
pio.templates["bestviz_dark"] = _template(DARK)
_PLAIN = tuple(pio.templates[template_name(dark)].to_plotly_json() for dark in (False, True))
