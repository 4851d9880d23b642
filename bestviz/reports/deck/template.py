"""The PowerPoint file that slides go into: a plain wide one, or the user's, whose layouts are found by kind."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Pt

from bestviz.figures.theme import COLORS, palette
from bestviz.reports.deck.pictures import DeckError
from bestviz.reports.deck.wall import BODY, HEIGHT, WIDTH
from bestviz.wording import slides as words

_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE}
_TEXTS = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT}
_FOOTERS = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER}
_TITLE = (36, 16, 888, 50)  # points: left, top, width, height
TITLE_SIZE, _TEXT_SIZE = 28, 24  # points
_MARGIN = 0.04  # of a foreign slide, where no text tells its own
_TITLE_ROOM = 72  # points: two lines

Box = tuple[int, int, int, int]  # left, top, width, height in EMU


@dataclass(frozen=True)
class Layouts:
    """A presentation without slides, and where things go on new ones.

    Attributes
    ----------
    presentation : Presentation
    bare : layout
        Has a title; what else it has is taken off figure slides.
    text : layout or None
        Has a title and one text.
    title, body : (left, top, width, height)
        Where titles go; and points, figures, tables and small print. EMU.
    """

    presentation: Any
    bare: Any
    text: Any | None
    title: Box
    body: Box


def layouts_of(template: Path | str | bytes | None, dark: bool) -> Layouts:
    """Open a template, or make our own.

    Raises
    ------
    DeckError
        It is no PowerPoint file, or has no layout that slides can go into.
    OSError
        The file cannot be read.
    """
    if template is None:
        return _found(_own(dark))
    content = template if isinstance(template, bytes) else Path(template).read_bytes()
    try:
        presentation = Presentation(io.BytesIO(content))
        _empty(presentation)
        return _found(presentation)
    except DeckError:
        raise
    except Exception as fault:  # whatever a file that is no presentation makes the reader throw
        raise DeckError(words.NOT_A_TEMPLATE) from fault


def _found(presentation: Any) -> Layouts:
    """Layouts by kind, whatever they are called."""
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    bare = next((one for one in layouts if _kinds(one) and not _others(one)), None)
    text = next((one for one in layouts if _kinds(one) and len(_others(one)) == 1 and _text_of(one) is not None), None)
    if bare is None and text is None:
        raise DeckError(words.NO_LAYOUT)
    return Layouts(presentation, bare or text, text, *_places(presentation, bare or text, text))


def _kinds(layout: Any) -> bool:
    """Whether a layout has a title, not that of a first page."""
    return any(one.placeholder_format.type in _TITLES for one in layout.placeholders)


def _others(layout: Any) -> list[Any]:
    known = _TITLES | _FOOTERS
    return [one for one in layout.placeholders if one.placeholder_format.type not in known]


def _text_of(layout: Any) -> Any | None:
    return next((one for one in _others(layout) if one.placeholder_format.type in _TEXTS), None)


def _places(presentation: Any, bare: Any, text: Any | None) -> tuple[Box, Box]:
    """Where titles go, and everything else.

    A title keeps its place but for the height of two lines. All else is as wide as the place of the text, from below
    the title down to the margin: there is room where the layouts have footers, which our slides have not.
    """
    wide, high = presentation.slide_width, presentation.slide_height
    holder = next(one for one in bare.placeholders if one.placeholder_format.type in _TITLES)
    title = (holder.left or 0, holder.top or 0, holder.width or wide, min(holder.height or high, Pt(_TITLE_ROOM)))
    top, bottom = title[1] + title[3], high - int(_MARGIN * high)
    place = None if text is None else _text_of(text)
    if place is None or not place.width:
        margin = int(_MARGIN * wide)
        return title, (margin, top, wide - 2 * margin, bottom - top)
    if not any(one.placeholder_format.type in _FOOTERS for one in bare.placeholders):
        bottom = place.top + place.height
    if top > place.top:  # titles stand elsewhere, or text begins beside them
        return title, (place.left, place.top, place.width, place.height)
    return title, (place.left, top, place.width, bottom - top)


def _empty(presentation: Any) -> None:
    """Take the slides of a template away; its layouts stay."""
    listed = presentation.slides._sldIdLst  # the library has no public way
    for entry in list(listed):
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)


# -- our own ----------------------------------------------------------------------------------------------------------


def _own(dark: bool) -> Any:
    """A wide, plain presentation in the colours of the pages."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(WIDTH), Pt(HEIGHT)
    master = presentation.slide_master
    for layout in list(presentation.slide_layouts):
        if layout.name not in ("Title and Content", "Title Only"):
            presentation.slide_layouts.remove(layout)
    for holder in (master, *presentation.slide_layouts):
        for one in list(holder.placeholders):
            _place(one)
    _style(master, dark)
    return presentation


def _place(one: Any) -> None:
    kind = one.placeholder_format.type
    if kind in _FOOTERS:
        one._element.getparent().remove(one._element)
        return
    one.left, one.top, one.width, one.height = map(Pt, _TITLE if kind in _TITLES else BODY)


def _style(master: Any, dark: bool) -> None:
    """Sizes, anchors and colours of everything that follows the master."""
    title = master.element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
    title.find(qn("a:defRPr")).set("sz", f"{100 * TITLE_SIZE}")
    title.find(qn("a:defRPr")).set("b", "1")
    text = master.element.find(f".//{qn('p:bodyStyle')}/{qn('a:lvl1pPr')}")
    text.find(qn("a:defRPr")).set("sz", f"{100 * _TEXT_SIZE}")
    colors = palette(dark)
    ends = (colors.background, colors.text) if dark else (colors.text, colors.background)
    named = dict(zip(("dk1", "lt1", "dk2", "lt2"), (*ends, colors.muted, colors.panel), strict=True))
    accents = (colors.accent, *(pair[int(dark)] for pair in COLORS.values()))
    named |= {f"accent{number}": color for number, color in enumerate(accents, 1)}
    _recolor(master, named.items())
    if dark:
        mapped = master.element.find(qn("p:clrMap"))
        for name, value in {"bg1": "dk1", "tx1": "lt1"}.items():
            mapped.set(name, value)


def _recolor(master: Any, named: Iterable[tuple[str, str]]) -> None:
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = theme.blob.decode()
    for name, color in named:
        text = re.sub(
            f"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{color[1:]}"/></a:{name}>', text, flags=re.DOTALL
        )
    theme._blob = text.encode()  # the library has no public way
