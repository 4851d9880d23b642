"""The deck as a PDF, a slide a page, with WeasyPrint: type and figures stay vectors, and everything is tagged."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from bestviz.reports.deck.markup import stage, style
from bestviz.reports.deck.pictures import Progress, check, draw
from bestviz.reports.deck.slide import Slide
from bestviz.reports.deck.wall import HEIGHT, WIDTH, wall_figure
from bestviz.reports.html import Html, el, joined
from bestviz.reports.pdf import ONE_DRAWING, pdf_library
from bestviz.wording import slides as words

_PAGE = f"@page{{size:{WIDTH}pt {HEIGHT}pt;margin:0}}.stage{{break-after:page}}.stage:last-child{{break-after:auto}}"


def deck_pdf(
    slides: Sequence[Slide], *, title: str = words.DECK, dark: bool = False, progress: Progress | None = None
) -> bytes:
    """The deck as a PDF of 13.333 x 7.5 inches a page.

    Parameters
    ----------
    slides : sequence of Slide
    title : str
        Title of the document.
    dark : bool
    progress : callable(done, total, what), optional
        Told after each figure; may raise to cancel.

    Raises
    ------
    DeckError
        No slides, or no browser for the figures.
    NoPdfError
        WeasyPrint or pango is missing.
    """
    check(slides)
    library = pdf_library()
    figures = [wall_figure(slide, dark=dark) for slide in slides]
    drawn = iter(draw([one for one in figures if one is not None], "svg", progress))
    stages = [
        stage(slide, Html("") if figure is None else _image(next(drawn), slide.alt))
        for slide, figure in zip(slides, figures, strict=True)
    ]
    head = joined([el("meta", charset="utf-8"), el("title", title), el("style", Html(style("pt", dark) + _PAGE))])
    text = f"<!DOCTYPE html>\n{el('html', el('head', head), el('body', *stages), lang='en')}\n"
    return _printed(library, text)


def _image(svg: bytes, alt: str) -> Html:
    content = base64.b64encode(svg).decode()
    return el("div", el("img", src=f"data:image/svg+xml;base64,{content}", alt=alt), class_="figure")


def _printed(library: Any, text: str) -> bytes:
    inside = library.urls.URLFetcher(allowed_protocols=("data",))  # only what the page itself holds
    name = hashlib.sha256(text.encode()).hexdigest()[:32].encode()
    with ONE_DRAWING:
        document = library.HTML(string=text, url_fetcher=inside)
        content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name)
    return content
