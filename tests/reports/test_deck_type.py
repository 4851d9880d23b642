"""No type on a slide is too small: as PowerPoint, on templates, in the HTML page, and inside pictures."""

import re
import textwrap
from io import BytesIO

import pptx
import pytest
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Inches, Pt

import bestviz
from bestviz.cohort.selection import Filters
from bestviz.figures.export import find_browser
from bestviz.figures.timeline import build_timeline
from bestviz.reports.deck import Slide, deck_pictures, deck_pptx, default_deck, smallest_type, wall_figure
from bestviz.reports.deck import pptx as as_pptx
from bestviz.reports.deck.markup import style
from bestviz.reports.deck.wall import BODY, SMALL_PRINT, SMALLEST
from tests.reports.deck_parts import assigned, judged, sizes_of_type

LETTER = 0.58  # of the size of type: how wide a letter is, where the font is wide
DRAWN = Slide("design", "Design", ("A caption.",), alt="The trial.", build=build_timeline)


@pytest.fixture(scope="module")
def deck(demo_models):
    model, trial = bestviz.load_model(demo_models / "demo"), bestviz.simulate_trial(n=300, seed=1)
    filters = Filters(sex=("female",), age=("40 to 49", "50 to 64"))
    return default_deck(model, trial, evaluation=judged(), assigned=assigned(), filters=filters, journeys=2)


def template(wide, *, text=None):
    """A template of 7.5 inches height and this width; a place of text of its own where it is given."""
    own = pptx.Presentation()
    own.slide_width, own.slide_height = Inches(wide), Inches(7.5)
    side = 0.9 if wide > 12 else 0.5
    boxes = {
        PP_PLACEHOLDER.TITLE: (side, 0.4, wide - 2 * side, 1.45),
        PP_PLACEHOLDER.OBJECT: text or (side, 2, wide - 2 * side, 4.3),
    }
    for holder in (own.slide_master, *own.slide_layouts):
        for one in holder.placeholders:
            if box := boxes.get(one.placeholder_format.type):
                one.left, one.top, one.width, one.height = map(Inches, box)
    content = BytesIO()
    own.save(content)
    return content.getvalue()


def given_sizes(slide):
    """Points of every text of a slide that names its size; all but list marks do."""
    for shape in slide.shapes:
        frames = [shape.text_frame] if shape.has_text_frame else []
        if shape.has_table:
            frames = [cell.text_frame for row in shape.table.rows for cell in row.cells]
        for frame in frames:
            for paragraph in frame.paragraphs:
                for run in paragraph.runs:
                    yield (run.font.size or paragraph.font.size).pt


def test_the_smallest_type_of_every_slide(deck, monkeypatch):
    """Also of pictures: what a figure names, as large as the picture is on the slide."""
    drawn = []

    def draw(figures, kind, progress=None):
        drawn.extend(figures)
        return [PIXEL] * len(figures)

    monkeypatch.setattr(as_pptx, "draw", draw)
    for given, least in ((None, 20), (template(13.333), 20), (template(10), 18)):
        drawn.clear()
        assert smallest_type(given) == least
        slides = pptx.Presentation(BytesIO(deck_pptx(deck, template=given))).slides
        pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
        assert len(pictures) == len(drawn) == sum(slide.build is not None for slide in deck)
        for picture, figure in zip(pictures, drawn, strict=True):
            shrunk = picture.width / Pt(1) / figure.layout.width
            assert min(sizes_of_type(figure.to_dict())) * shrunk >= least - 0.01
        for slide in slides:
            assert min(given_sizes(slide)) >= least, slide.shapes.title.text_frame.text
            for shape in slide.shapes:
                assert shape.top + shape.height <= Inches(7.5)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


def test_a_template_with_little_room_is_told_and_its_type_is_smaller():
    small = template(10, text=(5, 0.3, 4, 3))  # beside the title
    assert smallest_type(small) == 8
    (slide,) = pptx.Presentation(BytesIO(deck_pptx([Slide("a", "A", points=("One.",))], template=small))).slides
    assert min(given_sizes(slide)) < 12


def test_on_a_narrow_template_points_and_figure_are_two_slides(deck, monkeypatch):
    monkeypatch.setattr(as_pptx, "draw", lambda figures, kind, progress=None: [PIXEL] * len(figures))
    journey = next(slide for slide in deck if slide.key.startswith("journey"))
    text, figure = pptx.Presentation(BytesIO(deck_pptx([journey], template=template(10)))).slides
    assert text.shapes.title.text_frame.text == figure.shapes.title.text_frame.text == journey.title
    assert not [shape for shape in text.shapes if shape.shape_type == 13]
    assert [shape for shape in figure.shapes if shape.shape_type == 13]
    assert journey.points[0] not in " ".join(shape.text_frame.text for shape in figure.shapes if shape.has_text_frame)
    assert len(pptx.Presentation(BytesIO(deck_pptx([journey]))).slides) == 1


def test_note_and_caption_fit_their_three_lines(deck):
    for slide in deck:
        lines = textwrap.wrap(slide.small_print, int(BODY[2] / (LETTER * SMALLEST)))
        assert len(lines) * 1.2 * SMALLEST <= SMALL_PRINT, slide.small_print


def test_captions_carry_people_interval_and_time(deck):
    for slide in deck:
        if slide.build is None and slide.table is None:
            continue
        text = " ".join(slide.caption)
        assert re.search(r"\d+ (of \d+ )?people|no numbers", text), slide.key
        assert re.search(r"95 % interval|[Nn]o interval|no numbers", text), slide.key
        assert re.search(r"[Ww]eeks? \d+", text), slide.key
        assert slide.note


def test_the_page_and_the_pdf_have_no_smaller_type():
    for unit in ("px", "pt"):
        sizes = [float(size) for size in re.findall(rf"font-size:([\d.]+){unit}", style(unit, dark=False))]
        assert len(sizes) >= 5
        assert min(sizes) >= SMALLEST
        assert "UNIT" not in style(unit, dark=True)


@pytest.mark.skipif(find_browser() is None, reason="no Chromium")
def test_the_smallest_type_in_a_picture_as_the_browser_drew_it(deck):
    for drawing in deck_pictures(deck, "svg").values():
        parts = re.findall(r"<text[^>]*font-size:\s*([\d.]+)px", drawing.decode())
        assert parts
        assert min(map(float, parts)) >= SMALLEST


@pytest.mark.parametrize("dark", [False, True])
def test_a_figure_on_the_wall_shows_what_the_page_shows(deck, dark):
    """The same values, colours, dashes and marks in the same order; sizes alone, and names of a legend, differ."""
    for slide in deck:
        if slide.build is not None:
            page, wall = slide.figure(dark).to_dict()["data"], wall_figure(slide, dark=dark).to_dict()["data"]
            assert drawn_of(wall) == drawn_of(page), slide.key


def drawn_of(part):
    """A figure's data without sizes, lengths and names."""
    if isinstance(part, dict):
        left_out = ("size", "width", "name", "pad", "thickness", "font", "textfont")
        return {key: drawn_of(inside) for key, inside in part.items() if key not in left_out}
    if isinstance(part, list | tuple):
        return [drawn_of(inside) for inside in part]
    return part.tolist() if hasattr(part, "tolist") else part
