"""The deck as a PowerPoint file: native titles, text, tables and notes; figures as sharp pictures with their words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.util import Emu, Pt

from bestviz.figures.theme import Palette, palette
from bestviz.reports.deck.pictures import Progress, check, draw
from bestviz.reports.deck.slide import Slide, Table
from bestviz.reports.deck.template import TITLE_SIZE, Box, Layouts, layouts_of
from bestviz.reports.deck.wall import BESIDE, GAP, SMALL_PRINT, SMALLEST, wall_figure
from bestviz.wording import SIMULATED
from bestviz.wording import slides as words

_POINT = 12700  # EMU
_TEXT = 24  # points of text that stands alone
_LEAST = 8  # points, however small a template
_ROOM = (720, 385)  # points that figures and small print need at full size of type
_NARROW = 800  # points at full size of type; a narrower slide has points or a figure, and a line more of small print
_LINE = 24  # points of a line of small print
_ROW, _FIRST_COLUMN = 36, 0.4  # points of a row of a table; share of its first column
_DAY = datetime(2026, 1, 1)  # the same file for the same slides, whenever it is made
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def deck_pptx(
    slides: Sequence[Slide],
    *,
    template: Path | str | bytes | None = None,
    title: str = words.DECK,
    dark: bool = False,
    progress: Progress | None = None,
) -> bytes:
    """The deck as a PowerPoint file; the same slides give the same bytes.

    Parameters
    ----------
    slides : sequence of Slide
    template : path or bytes, optional
        A .pptx whose masters and layouts are used; its slides are taken out.
    title : str
        Title in the file's properties.
    dark : bool
        Of figures and, without a template, of everything.
    progress : callable(done, total, what), optional
        Told after each figure; may raise to cancel.

    Raises
    ------
    DeckError
        No slides; no browser for the figures; a template that is none or lacks the layouts.
    OSError
        The template cannot be read.
    """
    check(slides)
    layouts = layouts_of(template, dark)
    scale = _scale(layouts.body)
    if _is_narrow(layouts.body, scale):
        slides = [part for slide in slides for part in _parted(slide)]
    areas = [_areas(slide, layouts.body, scale) for slide in slides]
    # Drawn as large as on our own slides, so that all of it fits; a smaller slide shows it smaller.
    sizes = [(body[2] / _POINT / scale, body[3] / _POINT / scale) for _, body, _ in areas]
    figures = [wall_figure(slide, dark=dark, size=size) for slide, size in zip(slides, sizes, strict=True)]
    drawn = iter(draw([one for one in figures if one is not None], "png", progress))
    for slide, figure, area in zip(slides, figures, areas, strict=True):
        page = _Page(layouts, slide, palette(dark), scale)
        page.fill(None if figure is None else next(drawn), area)
    _describe(layouts.presentation, title, any(slide.simulated for slide in slides))
    return _fixed(layouts.presentation)


def smallest_type(template: Path | str | bytes | None) -> int:
    """Points of the smallest type on the slides: 20, on a template with less room than figures need fewer.

    Raises
    ------
    DeckError, OSError
        As `deck_pptx`.
    """
    return round(SMALLEST * _scale(layouts_of(template, dark=False).body))


def _scale(body: Box) -> float:
    """How much smaller all type is than on our own slides; never larger."""
    return min(1.0, *(have / (need * _POINT) for have, need in zip(body[2:], _ROOM, strict=True)))


def _is_narrow(body: Box, scale: float) -> bool:
    return body[2] < _NARROW * _POINT * scale


def _parted(slide: Slide) -> tuple[Slide, ...]:
    """Points and the figure beside them as two slides."""
    if slide.build is None or not slide.points:
        return (slide,)
    return replace(slide, build=None, alt=""), replace(slide, points=())


def _areas(slide: Slide, whole: Box, scale: float) -> tuple[Box | None, Box, Box]:
    """Where points go, where the figure or table goes, where the small print goes."""
    left, top, width, height = whole
    small = int((SMALL_PRINT + _LINE * _is_narrow(whole, scale)) * _POINT * scale)
    body = (left, top, width, height - small)
    below = (left, top + height - small, width, small)
    if slide.build is None or not slide.points:
        return (body if slide.points else None), body, below
    text = int(width * BESIDE)
    gap = GAP * _POINT
    return (left, top, text, body[3]), (left + text + gap, top, width - text - gap, body[3]), below


class _Page:
    """One new slide of a presentation; `scale` says how much smaller than on our own slides all type is."""

    def __init__(self, layouts: Layouts, slide: Slide, colors: Palette, scale: float) -> None:
        self.slide, self.colors, self.scale, self.title = slide, colors, scale, layouts.title
        layout = layouts.text if slide.points and layouts.text is not None else layouts.bare
        self.page = layouts.presentation.slides.add_slide(layout)
        self.shapes: Any = self.page.shapes

    def fill(self, picture: bytes | None, areas: tuple[Box | None, Box, Box]) -> None:
        """Title, points, figure or table, small print and notes."""
        points, body, below = areas
        slide = self.slide
        title = self.shapes.title
        title.left, title.top, title.width, title.height = map(Emu, self.title)
        title.text_frame.text = slide.title
        title.text_frame.paragraphs[0].font.size = self._points(TITLE_SIZE)
        others = [one for one in self.page.placeholders if one.placeholder_format.idx != 0]
        holder = others.pop(0) if points is not None and others else None
        for one in others:
            one._element.getparent().remove(one._element)
        if points is not None:
            self._write_points(holder, points)
        if picture is not None:
            _name(self.shapes.add_picture(io.BytesIO(picture), *map(Emu, body)), slide)
        elif slide.table is not None:
            self._write_table(slide.table, body)
        self._write_small(below)
        self.page.notes_slide.notes_text_frame.text = slide.spoken

    def _write_points(self, holder: Any, area: Box) -> None:
        box = self.shapes.add_textbox(*map(Emu, area)) if holder is None else holder
        box.left, box.top, box.width, box.height = map(Emu, area)
        frame = box.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.text = "\n".join(self.slide.points)
        for paragraph in frame.paragraphs:
            paragraph.space_after = Pt(8)
            paragraph.font.size = self._points(_TEXT if self.slide.build is None else SMALLEST)

    def _write_table(self, table: Table, area: Box) -> None:
        lines = (table.heads, *table.rows)
        height = min(int(_ROW * _POINT * self.scale) * len(lines), area[3])
        shape = self.shapes.add_table(len(lines), len(table.heads), *map(Emu, (*area[:3], height)))
        _name(shape, self.slide)
        grid = shape.table
        grid.first_col = True
        first = int(area[2] * _FIRST_COLUMN)
        for place, column in enumerate(grid.columns):
            column.width = Emu(first if place == 0 else (area[2] - first) // (len(table.heads) - 1))
        for down, line in enumerate(lines):
            for across, text in enumerate(line):
                self._write_cell(grid.cell(down, across), text, down, across)

    def _write_cell(self, cell: Any, text: str, down: int, across: int) -> None:
        colors = self.colors
        cell.text, cell.vertical_anchor = text, MSO_ANCHOR.MIDDLE
        cell.fill.solid()
        cell.fill.fore_color.rgb = _rgb(colors.accent if down == 0 else (colors.background, colors.panel)[down % 2])
        font = cell.text_frame.paragraphs[0].font
        font.size, font.bold = self._points(SMALLEST), down == 0 or across == 0
        font.color.rgb = _rgb(colors.background if down == 0 else colors.text)

    def _write_small(self, area: Box) -> None:
        """Note on simulated data and caption."""
        slide, colors = self.slide, self.colors
        if not slide.small_print:
            return
        frame = self.shapes.add_textbox(*map(Emu, area)).text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.BOTTOM
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for text, bold, color in ((slide.note, True, colors.text), (" ".join(slide.caption), False, colors.muted)):
            run = frame.paragraphs[0].add_run()
            run.text, run.font.size, run.font.bold = f"{text} " if bold and text else text, self._points(SMALLEST), bold
            run.font.color.rgb = _rgb(color)

    def _points(self, size: float) -> Pt:
        return Pt(max(round(size * self.scale), _LEAST))


def _name(shape: Any, slide: Slide) -> None:
    shape.name = slide.title
    shape._element.xpath(".//p:cNvPr")[0].set("descr", slide.alt)  # the library has no public way


def _rgb(color: str) -> RGBColor:
    return RGBColor.from_string(color[1:])


def _describe(presentation: Any, title: str, simulated: bool) -> None:
    facts = presentation.core_properties
    facts.title, facts.comments = title, f"{SIMULATED}." if simulated else ""
    facts.author = facts.last_modified_by = facts.subject = facts.keywords = ""
    facts.created = facts.modified = _DAY
    facts.revision = 1


def _fixed(presentation: Any) -> bytes:
    """The file with the same date on every part."""
    made, fixed = io.BytesIO(), io.BytesIO()
    presentation.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_DAY), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
