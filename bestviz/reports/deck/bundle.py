"""The figures of a deck as pictures in one ZIP: PNG and SVG of each, with their captions."""

from __future__ import annotations

from collections.abc import Sequence

from bestviz.reports.deck.pictures import Progress, deck_pictures
from bestviz.reports.deck.slide import Slide
from bestviz.reports.pack.archive import zipped
from bestviz.reports.pack.drawn import same_names

CAPTIONS = "captions.txt"


def deck_zip(slides: Sequence[Slide], *, dark: bool = False, progress: Progress | None = None) -> bytes:
    """The figures of slides as PNG and SVG in a ZIP, in their order; the same slides give the same bytes.

    Parameters
    ----------
    slides : sequence of Slide
        Those without a figure are left out.
    dark : bool
    progress : callable(done, total, what), optional
        Told after each picture; may raise to cancel.

    Raises
    ------
    DeckError
        No slides, no browser, or it fails.
    """
    place = {slide.key: f"{number:02d}_{slide.key}" for number, slide in enumerate(slides, 1)}
    files = {
        f"{place[key]}.{kind}": same_names(picture) if kind == "svg" else picture
        for kind in ("png", "svg")
        for key, picture in deck_pictures(slides, kind, dark=dark, progress=progress).items()
    }
    captions = [_caption(place[slide.key], slide) for slide in slides if slide.build is not None]
    return zipped({CAPTIONS: "\n".join(captions).encode(), **files})


def _caption(name: str, slide: Slide) -> str:
    whole = " ".join((*slide.caption, *slide.details))
    return "\n".join(part for part in (name, slide.title, whole, slide.alt, slide.note) if part) + "\n"
