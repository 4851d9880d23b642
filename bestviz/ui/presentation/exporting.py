"""Files to take away: slides as PowerPoint, HTML and PDF, and the manuscript pack; made when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from bestviz.figures.export import find_browser
from bestviz.reports.deck import DeckError, Slide, deck_html, deck_pdf, deck_pptx, deck_zip, smallest_type
from bestviz.reports.deck.wall import SMALLEST
from bestviz.reports.pack import make_pack
from bestviz.reports.pdf import pdf_possible
from bestviz.ui.presentation.showing import is_slide_dark
from bestviz.ui.presentation.source import Source
from bestviz.ui.work import draw_work
from bestviz.wording import presentation as words
from bestviz.wording import slides as slide_words

KEY_TEMPLATE = "deck.template"
_LARGEST = 20  # MB
_FILES = {
    "pptx": ("slides.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "html": ("slides.html", "text/html"),
    "pdf": ("slides.pdf", "application/pdf"),
    "zip": ("slides-pictures.zip", "application/zip"),
    "pack": ("manuscript-pack.zip", "application/zip"),
}


def draw_exports(given: Source, slides: Sequence[Slide]) -> None:
    """Draw the exports, folded away: as long as they are, a change of slide costs nothing here."""
    with st.expander(words.EXPORTS, key="deck.exports", on_change="rerun") as part:
        if part.open:
            _draw_open(given, tuple(slides))


def _draw_open(given: Source, slides: tuple[Slide, ...]) -> None:
    st.caption(words.MADE)
    look = {"dark": is_slide_dark()}
    token = (*given.file_key, hashlib.sha256(repr([_content(slide) for slide in slides]).encode()).hexdigest())
    with_browser = find_browser() is not None
    if not slides:
        st.info(words.EMPTY)
    elif with_browser:
        template = _template()
        _draw_one("pptx", (token, look, _digest(template)), deck_pptx, slides, template=template, **look)
    if slides:
        _draw_one("html", (token, look), deck_html, slides, **look)
    if slides and with_browser and pdf_possible():
        _draw_one("pdf", (token, look), deck_pdf, slides, **look)
    if with_browser and any(slide.build is not None for slide in slides):
        _draw_one("zip", (token, look), deck_zip, slides, **look)
    if not with_browser:
        st.info(words.NO_BROWSER)
    elif not pdf_possible():
        st.info(words.NO_PDF)
    asked = given.asked
    _draw_one(
        "pack", given.file_key, make_pack, asked.model, asked.trial, asked.preferences, given.pack_evaluation,
        filters=given.filters, assigned=given.assigned,
    )  # fmt: skip
    st.caption(words.PACK)


def _draw_one(kind: str, key: Any, make: Callable[..., bytes], *args: Any, **named: Any) -> None:
    """The file where it has been made, else how to get it."""
    name = f"deck.{kind}"
    # As text: whatever was chosen can be part of it.
    content: bytes | None = draw_work((name, repr(key)), name, words.MAKE[kind], make, *args, **named)
    if content is not None:
        file, mime = _FILES[kind]
        st.download_button(words.TAKE[kind], content, file, mime, key=f"{name}.take", on_click="ignore", type="primary")


def _content(slide: Slide) -> tuple[Any, ...]:
    """What the presenter can change of a slide; the rest follows from model, data and weights."""
    return slide.key, slide.title, slide.notes


def _template() -> bytes | None:
    uploaded = st.file_uploader(words.TEMPLATE, type=["pptx"], key=KEY_TEMPLATE, max_upload_size=_LARGEST)
    if uploaded is None:
        return None
    content = uploaded.getvalue()
    try:
        points = smallest_type(content)
    except DeckError as fault:
        st.error(str(fault))
    else:
        if points < SMALLEST:
            st.caption(slide_words.small_type(points))
    return content


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
