"""Figures of a pack as files: SVG with one browser for all of them, or one HTML file where there is no browser."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

import plotly.graph_objects as go

from bestviz.figures import export
from bestviz.reports.pack.item import Item

# Plotly gives every drawing a random name of six hexadecimal digits, of which the names of its parts are made.
_NAME = re.compile(rb'id="(?:top)?defs-([0-9a-f]{6})"')
_STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#0B141B}"
    "h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:3rem}p{margin:.25rem 0;color:#55626E}"
)


@contextmanager
def browser_open() -> Iterator[None]:
    """One browser for all pictures made inside; starting one takes seconds."""
    import kaleido  # type: ignore[import-untyped]

    kaleido.start_sync_server(n=1, silence_warnings=True, path=export.find_browser(), mathjax=False)
    try:
        with warnings.catch_warnings():
            # Each picture names its browser for itself, which is not needed here, and kaleido says so every time.
            warnings.filterwarnings("ignore", message="The kopts argument is ignored", category=UserWarning)
            yield
    finally:
        kaleido.stop_sync_server(silence_warnings=True)


def svg(figure: go.Figure, item: Item) -> bytes:
    """The figure with its caption as SVG, the same bytes every time.

    Raises
    ------
    ExportError
        There is no browser, or it fails.
    """
    named = go.Figure(figure)
    for place, trace in enumerate(named.data):
        trace.uid = f"{item.key}-{place}"
    return same_names(export.picture(named, item.caption, "svg"))


def same_names(drawing: bytes) -> bytes:
    """An SVG without the random names of its parts; a colour that happens to read like one stays."""
    for name in dict.fromkeys(_NAME.findall(drawing)):
        drawing = re.sub(rb"(?<!#)" + name, b"figure", drawing)
    return drawing


def one_page(title: str, items: Sequence[Item]) -> bytes:
    """All figures, live, in one HTML file that needs no network: plotly.js is inside, once."""
    parts = []
    for place, item in enumerate(each for each in items if each.build is not None):
        assert item.build is not None
        body = item.build().to_html(
            full_html=False, include_plotlyjs=place == 0, div_id=item.key,
            config={"displaylogo": False, "responsive": True},
        )  # fmt: skip
        notes = "".join(f"<p>{escape(note)}</p>" for note in item.caption.notes)
        label = escape(item.caption.alt)
        parts.append(f'<h2>{escape(item.caption.title)}</h2>{notes}<div role="img" aria-label="{label}">{body}</div>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{''.join(parts)}</body></html>\n"
    ).encode()
