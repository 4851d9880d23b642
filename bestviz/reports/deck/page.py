"""The deck as one HTML file that needs no network: live figures, keyboard, presenter notes, a print style."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from bestviz.reports.deck.markup import stage, style
from bestviz.reports.deck.pictures import Progress, check
from bestviz.reports.deck.slide import Slide
from bestviz.reports.deck.wall import wall_figure
from bestviz.reports.html import Html, el, joined, paragraphs
from bestviz.wording import slides as words

# Nothing is fetched, whatever a text in the data says.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


def deck_html(
    slides: Sequence[Slide], *, title: str = words.DECK, dark: bool = False, progress: Progress | None = None
) -> bytes:
    """The deck as one self-contained page; needs no browser on this machine.

    Parameters
    ----------
    slides : sequence of Slide
    title : str
        Title of the page.
    dark : bool
    progress : callable(done, total, what), optional
        Told after each slide; may raise to cancel.

    Raises
    ------
    DeckError
        No slides.
    """
    check(slides)
    sections, figures = [], []
    for number, slide in enumerate(slides, 1):
        sections.append(_section(slide, number, len(slides)))
        figures.append(_figures(slide, dark))
        if progress is not None:
            progress(number, len(slides), words.WRITING)
    head = joined(
        [
            el("meta", charset="utf-8"),
            el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("title", title),
            el("style", Html(style("px", dark) + _part("page.css"))),
        ]
    )
    body = el(
        "body",
        el("main", el("h1", title), *sections, id="deck", tabindex=0, aria_label=words.CONTROLS),
        _controls(len(slides)),
        *_scripts(figures),
    )
    return f"<!DOCTYPE html>\n{el('html', el('head', head), body, lang='en')}\n".encode()


def _section(slide: Slide, number: int, total: int) -> Html:
    figure = el("div", class_="figure", role="img", aria_label=slide.alt)
    notes = el("div", el("h3", words.NOTES), paragraphs(*slide.spoken.split("\n\n")), class_="notes", hidden="")
    return el(
        "section", el("div", stage(slide, figure), class_="frame"), notes, class_="slide", id=f"slide-{number}",
        tabindex=-1, aria_label=words.place(number, total, slide.title),
    )  # fmt: skip


def _figures(slide: Slide, dark: bool) -> str:
    """The figure for the wall and, for phones, as on the pages; JSON that cannot end a script."""
    wall, page = wall_figure(slide, dark=dark), slide.figure(dark)
    if wall is None or page is None:
        return "null"
    text: str = f'{{"wall":{wall.to_json()},"page":{page.to_json()}}}'
    return text.replace("<", "\\u003c")


def _controls(total: int) -> Html:
    button: dict[str, Any] = {"type": "button"}
    return el(
        "nav",
        el("button", words.BACK, id="back", **button),
        el("span", f"1 / {total}", id="place", role="status"),
        el("button", words.ON, id="on", **button),
        el("button", words.NOTES_BUTTON, id="notes", aria_pressed="false", **button),
        aria_label=words.MOVING,
    )


def _scripts(figures: Sequence[str]) -> list[Html]:
    from plotly.offline import get_plotlyjs

    data = el("script", Html(f"[{','.join(figures)}]"), type="application/json", id="figures")
    return [data, el("script", Html(get_plotlyjs())), el("script", Html(_part("page.js")))]


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
