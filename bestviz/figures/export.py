"""A figure and its numbers as files: PNG, SVG, one self-contained HTML page, CSV; each says what it shows and of whom.

Pictures need a Chromium on this machine (kaleido drives it); `picture_problem` says in a sentence where there is none.
"""

from __future__ import annotations

import os
import shutil
import textwrap
import threading
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz.errors import BestVizError
from bestviz.figures.theme import palette

_WIDTH, _WRAP, _TITLE, _LINE = 960, 130, 34, 18  # pixels; characters of a note's line; pixels of title and line
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ONE_BROWSER = threading.Lock()  # a browser takes much memory
# A cell that a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportError(BestVizError):
    """A file could not be made of a figure; the message says why and what to take instead."""


@dataclass(frozen=True)
class Caption:
    """What stands with an exported figure or table.

    Attributes
    ----------
    title : str
        What is shown.
    notes : tuple of str
        Of how many people, under which filters, which interval, that the data are simulated.
    alt : str
        Alternative text of the figure.
    """

    title: str
    notes: tuple[str, ...] = ()
    alt: str = ""


def captioned(figure: go.Figure, caption: Caption) -> go.Figure:
    """A copy of the figure with title and notes above it; the plot keeps its size."""
    lines = [line for note in caption.notes for line in textwrap.wrap(note, _WRAP)]
    above, copy = _TITLE + _LINE * len(lines), go.Figure(figure)
    margin = figure.layout.margin.t
    copy.update_layout(
        height=figure.layout.height + above,
        margin_t=(8 if margin is None else margin) + above,
        title={
            "text": escape(caption.title, quote=False),
            "subtitle": {
                "text": "<br>".join(escape(line, quote=False) for line in lines),
                "font": {"size": 12, "color": palette().muted},
            },
            "font": {"size": 16},
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 10, "l": 12},
        },
    )
    return copy


def find_browser() -> str | None:
    """Chromium of $CHROMIUM, else on the path; None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named and os.access(named, os.X_OK):
        return named
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


def picture_problem() -> str:
    """Why no PNG or SVG can be made here, in a sentence; empty where they can."""
    if find_browser():
        return ""
    return (
        "PNG and SVG need Chromium on the machine that runs BestViz, and there is none "
        "(Debian: apt-get install chromium). The HTML file holds the same figure."
    )


def picture(figure: go.Figure, caption: Caption, kind: str) -> bytes:
    """The figure as a picture.

    Parameters
    ----------
    figure : Figure
        From `bestviz.figures`.
    caption : Caption
        What is written above it.
    kind : {"png", "svg"}
        PNG has two pixels a point.

    Raises
    ------
    ExportError
        There is no browser, or it fails.
    """
    if problem := picture_problem():
        raise ExportError(problem)
    import kaleido  # type: ignore[import-untyped]

    whole = captioned(figure, caption)
    size = {"format": kind, "width": _WIDTH, "height": whole.layout.height, "scale": 2 if kind == "png" else 1}
    try:
        with ONE_BROWSER:
            made: Any = kaleido.calc_fig_sync(whole, opts=size, kopts={"path": find_browser(), "mathjax": False})
    except Exception as fault:  # whatever the browser's driver throws
        raise ExportError(
            "The picture could not be made, because Chromium failed. Try again, or take the HTML file."
        ) from fault
    return bytes(made)


def page(figure: go.Figure, caption: Caption) -> bytes:
    """The figure as one HTML page that needs no network: plotly.js is inside."""
    body = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False, "responsive": True})
    notes = "".join(f"<p>{escape(note)}</p>" for note in caption.notes)
    text = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(caption.title)}</title>"
        "<style>body{font-family:system-ui,sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#0B141B}"
        "h1{font-size:1.375rem}p{margin:.25rem 0;color:#55626E}</style></head><body>"
        f'<h1>{escape(caption.title)}</h1>{notes}<div role="img" aria-label="{escape(caption.alt)}">{body}</div>'
        "</body></html>\n"
    )
    return text.encode()


def numbers(table: pd.DataFrame, caption: Caption) -> bytes:
    """The table as CSV (UTF-8); title and notes are lines before it that begin with `# `."""
    head = "".join(f"# {' '.join(line.split())}\n" for line in (caption.title, *caption.notes))
    return (head + table.map(_harmless).to_csv(index=False, lineterminator="\n")).encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
