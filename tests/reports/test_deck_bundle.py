"""Figures of slides as pictures in a ZIP."""

import zipfile
from io import BytesIO

import pytest

from bestviz.figures.export import find_browser
from bestviz.figures.timeline import build_timeline
from bestviz.reports.deck import DeckError, Slide, deck_zip, pictures

TEXT = Slide("text", "A title", points=("One.",))
DRAWN = Slide("design", "Design", ("A caption.",), alt="The trial.", build=build_timeline, details=("More of it.",))


@pytest.mark.skipif(find_browser() is None, reason="no Chromium")
def test_both_kinds_of_every_figure_in_the_order_of_the_slides():
    content = deck_zip([TEXT, DRAWN])
    with zipfile.ZipFile(BytesIO(content)) as found:
        assert found.namelist() == ["captions.txt", "02_design.png", "02_design.svg", "SHA256SUMS"]
        assert found.read("captions.txt").decode() == "02_design\nDesign\nA caption. More of it.\nThe trial.\n"
        assert found.read("02_design.png").startswith(b"\x89PNG")
        assert found.read("02_design.svg").startswith(b"<svg")
    assert deck_zip([TEXT, DRAWN]) == content


def test_without_a_browser_or_slides_it_says_so(monkeypatch):
    with pytest.raises(DeckError, match="choose at least one"):
        deck_zip([])
    monkeypatch.setattr(pictures, "find_browser", lambda: None)
    with pytest.raises(DeckError, match="need Chromium"):
        deck_zip([DRAWN])
