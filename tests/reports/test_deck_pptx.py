"""Slides as PowerPoint: native titles, text, tables and notes; templates; the same bytes again."""

from io import BytesIO

import pptx
import pytest
from pptx.util import Pt

from bestviz.figures.export import find_browser
from bestviz.figures.timeline import build_timeline
from bestviz.reports.deck import DeckError, Slide, Table, deck_pptx
from bestviz.wording import SIMULATED

TEXT = Slide("text", "A title", ("A caption.",), ("A note.",), simulated=True, points=("One.", "Two."))
NUMBERS = Slide("numbers", "Counts", alt="Ten people.", table=Table(("People", "ESC"), (("Randomised", "10"),)))


def opened(content):
    return pptx.Presentation(BytesIO(content))


def file_of(presentation):
    content = BytesIO()
    presentation.save(content)
    return content.getvalue()


def test_native_titles_text_tables_and_notes():
    found = opened(deck_pptx([TEXT, NUMBERS], title="My slides"))
    assert (found.slide_width, found.slide_height) == (Pt(960), Pt(540))
    text, numbers = found.slides
    assert text.shapes.title.text_frame.text == "A title"
    assert [p.text for p in text.placeholders[1].text_frame.paragraphs] == ["One.", "Two."]
    assert text.notes_slide.notes_text_frame.text == f"A note.\n\nA caption.\n\n{SIMULATED}."
    assert f"{SIMULATED}." in " ".join(shape.text_frame.text for shape in text.shapes if shape.has_text_frame)
    (frame,) = (shape for shape in numbers.shapes if shape.has_table)
    assert [cell.text for row in frame.table.rows for cell in row.cells] == ["People", "ESC", "Randomised", "10"]
    assert frame._element.xpath(".//p:cNvPr")[0].get("descr") == "Ten people."
    assert [one.placeholder_format.idx for one in numbers.placeholders] == [0]


def test_type_is_large():
    found = opened(deck_pptx([TEXT, NUMBERS]))
    body = found.slides[0].placeholders[1].text_frame.paragraphs[0]
    assert body.font.size == Pt(24)
    (frame,) = (shape for shape in found.slides[1].shapes if shape.has_table)
    assert frame.table.cell(1, 1).text_frame.paragraphs[0].font.size == Pt(20)


def test_properties_name_nobody_and_say_simulated():
    facts = opened(deck_pptx([TEXT], title="My slides")).core_properties
    assert (facts.title, facts.author, facts.last_modified_by) == ("My slides", "", "")
    assert facts.comments == f"{SIMULATED}."
    assert opened(deck_pptx([NUMBERS])).core_properties.comments == ""


@pytest.mark.parametrize("dark", [False, True])
def test_the_same_slides_give_the_same_bytes(dark):
    assert deck_pptx([TEXT, NUMBERS], dark=dark) == deck_pptx([TEXT, NUMBERS], dark=dark)


def test_a_template_keeps_its_layouts_and_loses_its_slides(tmp_path):
    own = pptx.Presentation()
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text_frame.text = "An old slide"
    path = tmp_path / "t.pptx"
    path.write_bytes(file_of(own))
    found = opened(deck_pptx([TEXT, NUMBERS], template=path))
    assert [slide.shapes.title.text_frame.text for slide in found.slides] == ["A title", "Counts"]
    assert (found.slide_width, found.slide_height) == (own.slide_width, own.slide_height)
    assert [slide.slide_layout.name for slide in found.slides] == ["Title and Content", "Title Only"]
    assert b"An old slide" not in deck_pptx([TEXT], template=path.read_bytes())


def test_on_a_smaller_slide_type_is_smaller_so_that_all_fits():
    found = opened(deck_pptx([TEXT], template=file_of(pptx.Presentation())))
    size = found.slides[0].placeholders[1].text_frame.paragraphs[0].font.size
    assert Pt(14) < size < Pt(24)
    for shape in found.slides[0].shapes:
        assert shape.top + shape.height <= found.slide_height


def only(*names):
    """A template with these layouts alone."""
    own = pptx.Presentation()
    for layout in list(own.slide_layouts):
        if layout.name not in names:
            own.slide_layouts.remove(layout)
    return file_of(own)


@pytest.mark.parametrize("name", ["Title Only", "Title and Content"])
def test_one_layout_is_enough(name):
    text, numbers = opened(deck_pptx([TEXT, NUMBERS], template=only(name))).slides
    assert "One." in " ".join(shape.text_frame.text for shape in text.shapes if shape.has_text_frame)
    assert [one.placeholder_format.idx for one in numbers.placeholders] == [0]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (b"", "no PowerPoint file"),
        (b"PK\x03\x04 no zip", "no PowerPoint file"),
        (only("Blank"), "no layout with a title alone"),
    ],
)
def test_a_template_that_will_not_do(template, message):
    with pytest.raises(DeckError, match=message):
        deck_pptx([TEXT], template=template)


def test_a_template_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        deck_pptx([TEXT], template=tmp_path / "none.pptx")


@pytest.mark.skipif(find_browser() is None, reason="no Chromium")
def test_figures_as_sharp_pictures_with_their_words():
    slide = Slide("design", "Design", alt="The trial in words.", build=build_timeline)
    told = []
    content = deck_pptx([slide], progress=lambda *step: told.append(step))
    (picture,) = (shape for shape in opened(content).slides[0].shapes if shape.shape_type == 13)
    assert picture._element.xpath(".//p:cNvPr")[0].get("descr") == "The trial in words."
    assert picture.image.size[0] == pytest.approx(2 * picture.width / Pt(1), abs=2)
    assert told == [(1, 1, "Drawing figures")]
