import io

import pandas as pd
import plotly.graph_objects as go
import pytest

from bestviz.errors import BestVizError
from bestviz.figures import export
from bestviz.figures.export import Caption, captioned, numbers, page, picture
from bestviz.figures.theme import new_figure

CAPTION = Caption(
    "Flow of <10 people", ("412 of 805 people. " * 12, "Simulated data: not for treatment decisions."), "alt & more"
)


@pytest.fixture
def figure():
    made = new_figure(height=300)
    made.add_trace(go.Scatter(x=[1], y=[2]))
    return made


def test_title_and_notes_stand_above_and_the_plot_keeps_its_size(figure):
    whole = captioned(figure, CAPTION)
    assert whole.layout.title.text == "Flow of &lt;10 people"
    assert "412 of 805 people" in whole.layout.title.subtitle.text
    above = whole.layout.height - figure.layout.height
    assert above > 0
    assert whole.layout.margin.t == 8 + above
    assert figure.layout.title.text is None


def test_a_page_is_whole_and_asks_nobody(figure):
    text = page(figure, CAPTION).decode()
    assert text.startswith("<!doctype html>")
    assert "<title>Flow of &lt;10 people</title>" in text
    assert "Simulated data: not for treatment decisions." in text
    assert 'aria-label="alt &amp; more"' in text
    assert len(text) > 1_000_000  # plotly.js is inside
    assert "cdn.plot.ly" not in text.split("<script")[0]
    assert '<script src="http' not in text.replace(" ", " ")


def test_numbers_carry_the_caption_and_read_back():
    table = pd.DataFrame({"arm": ["ESC", "=1+1"], "people": ["<10", ">192"]})
    made = numbers(table, CAPTION).decode("utf-8-sig")
    head = [line for line in made.splitlines() if line.startswith("#")]
    assert head[0] == "# Flow of <10 people"
    assert head[-1] == "# Simulated data: not for treatment decisions."
    back = pd.read_csv(io.StringIO(made), comment="#")
    assert list(back["people"]) == ["<10", ">192"]
    assert back["arm"][1] == "'=1+1"


def test_without_a_browser_it_is_one_sentence(figure, monkeypatch):
    monkeypatch.setattr(export, "find_browser", lambda: None)
    assert "HTML" in export.picture_problem()
    with pytest.raises(BestVizError, match="PNG and SVG need Chromium"):
        picture(figure, CAPTION, "png")


def test_a_browser_that_fails_is_one_sentence(figure, monkeypatch):
    monkeypatch.setattr(export, "find_browser", lambda: "/usr/bin/false")
    import kaleido

    def fail(*given, **how):
        raise RuntimeError("no display")

    monkeypatch.setattr(kaleido, "calc_fig_sync", fail)
    with pytest.raises(BestVizError, match="Chromium failed"):
        picture(figure, CAPTION, "svg")


def test_the_named_browser_comes_first(monkeypatch, tmp_path):
    mine = tmp_path / "chromium"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert export.find_browser() == str(mine)


@pytest.mark.skipif(export.find_browser() is None, reason="pictures need Chromium: apt-get install chromium")
def test_a_picture_says_what_it_shows(figure):
    made = picture(figure, CAPTION, "svg").decode()
    assert made.lstrip().startswith("<svg")
    assert "Simulated data: not for treatment decisions." in made
