"""Figures of slides as pictures: one Chromium for a whole deck, one figure after another."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bestviz.errors import BestVizError
from bestviz.figures.export import ONE_BROWSER, find_browser
from bestviz.reports.deck.wall import FIGURE, fitted, for_slide
from bestviz.wording import slides as words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from bestviz.reports.deck.slide import Slide

Progress = Callable[[int, int, str], None]
_SHARP = 2  # pixels of a PNG a point


class DeckError(BestVizError):
    """The slides cannot be made into a file; the message says why and what to take instead."""


def check(slides: Sequence[Slide]) -> None:
    """Refuse a deck without slides.

    Raises
    ------
    DeckError
        There is none.
    """
    if not slides:
        raise DeckError(words.EMPTY)


def deck_pictures(
    slides: Sequence[Slide], kind: str = "png", *, dark: bool = False, progress: Progress | None = None
) -> dict[str, bytes]:
    """The figures of slides, large enough for a slide, with the note on simulated data in them.

    Parameters
    ----------
    slides : sequence of Slide
        Those without a figure are left out.
    kind : {"png", "svg"}
        PNG has two pixels a point.
    dark : bool
    progress : callable(done, total, what), optional
        May raise to cancel.

    Returns
    -------
    dict of str to bytes
        Key of the slide -> picture.

    Raises
    ------
    DeckError
        No slides, no browser, or it fails.
    """
    check(slides)
    figures = {}
    for slide in slides:
        if (figure := fitted(slide, dark=dark)) is not None:
            figures[slide.key] = _named(for_slide(figure, note=True), slide.key)
    return dict(zip(figures, draw(list(figures.values()), kind, progress), strict=True))


def _named(figure: go.Figure, name: str) -> go.Figure:
    """With names of its parts that are the same every time; else they are random."""
    for place, trace in enumerate(figure.data):
        trace.uid = f"{name}-{place}"
    return figure


def draw(figures: Sequence[go.Figure], kind: str, progress: Progress | None = None) -> list[bytes]:
    """Figures as pictures of their own size.

    Raises
    ------
    DeckError
        There is no browser, or it fails.
    """
    if not figures:
        return []
    browser = find_browser()
    if browser is None:
        raise DeckError(words.NO_BROWSER.format(kind=kind.upper()))
    made: list[bytes] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_drawn(figures, kind, browser, made, progress))
        except BaseException as fault:  # whatever the browser's driver throws, or who follows the progress
            faults.append(fault)

    with ONE_BROWSER:
        # A thread of its own: that of the caller may have a loop already.
        thread = threading.Thread(target=work, name="slides")
        thread.start()
        thread.join()
    if faults:
        _explain(faults[0])
    return made


class _StoppedError(Exception):
    """Who follows the progress wants no more."""


async def _drawn(
    figures: Sequence[go.Figure], kind: str, browser: str, made: list[bytes], progress: Progress | None
) -> None:
    from kaleido import Kaleido  # type: ignore[import-untyped]

    # When it closes, the driver may log that it cannot read its own goodbye.
    logging.getLogger("choreographer").setLevel(logging.CRITICAL)
    scale = _SHARP if kind == "png" else 1
    async with Kaleido(n=1, path=browser, mathjax=False) as driver:
        for figure in figures:
            layout: Any = figure.layout
            size = {"format": kind, "width": layout.width or FIGURE[0], "height": layout.height or FIGURE[1]}
            made.append(bytes(await driver.calc_fig(figure, opts=size | {"scale": scale})))
            if progress is not None:
                try:
                    progress(len(made), len(figures), words.DRAWING)
                except BaseException as fault:
                    raise _StoppedError from fault


def _explain(fault: BaseException) -> None:
    if isinstance(fault, _StoppedError) and fault.__cause__ is not None:
        raise fault.__cause__
    raise DeckError(words.BROWSER_FAILED) from fault
