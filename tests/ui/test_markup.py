import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bestviz.ui import markup, tables
from bestviz.wording import SIMULATED

EXAMPLE = Path(__file__).resolve().parents[1] / "figures" / "advice_example.json"
NASTY = '<img src=x onerror=alert(1)> & "quoted"'


@pytest.fixture
def advice():
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


class Reader(HTMLParser):
    """Text in reading order, and tags; fails on tags that do not close in order."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.open = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def test_the_plan_reads_in_order(advice):
    text = Reader(markup.plan_html(advice)).text
    places = [
        text.index(part) for part in ("Start", "excellent", "14 of 100", "Continue", "good", "add duloxetine", "poor")
    ]
    assert places == sorted(places)
    assert SIMULATED in text


def test_the_plan_tells_doubts(advice):
    text = Reader(markup.plan_html(advice)).text
    assert "cannot be told apart from it" in text
    assert "another option would be better for 21 of 100 of them" in text


def test_a_plan_row_with_nothing_left(advice):
    advice["plan"][3] |= {"arm": None, "reason": "everything else is contraindicated"}
    text = Reader(markup.plan_html(advice)).text
    assert "No second step can be advised everything else is contraindicated" in text


def test_the_answer_names_what_is_not_possible(advice):
    advice["first"][1] |= {"allowed": False, "reason": "bipolar disorder", "utility": None}
    assert "Duloxetine: bipolar disorder" in Reader(markup.refused_html(advice)).text


@pytest.mark.parametrize("arm", ["EBEM", "ESC"])
def test_the_table_has_every_outcome_with_unit_and_comparison(advice, arm):
    reader = Reader(tables.outcomes_html(advice, arm, 24))
    assert reader.tags.count("tr") == 1 + 11
    assert "T-score" in reader.text
    assert ("with enhanced self-care" in reader.text) == (arm != "ESC")


def test_texts_from_outside_are_escaped(advice):
    advice["model"] |= {"name": NASTY, "trained_on": NASTY}
    advice["first"][1] |= {"allowed": False, "reason": NASTY, "utility": None}
    advice["plan"][0] |= {"reason": NASTY, "response": NASTY}
    for row in advice["outcomes"]:
        row |= {"chance_of_meaningful_improvement": None, "reason": NASTY}
    parts = [
        markup.banner_html(advice["model"]),
        markup.refused_html(advice),
        markup.plan_html(advice),
        tables.outcomes_html(advice, "EBEM", 24),
        markup.list_html([NASTY]),
        markup.notes_html([NASTY]),
        markup.paragraph_html(NASTY),
        markup.remark_html(NASTY),
        markup.strip_html(NASTY),
    ]
    for part in parts:
        assert "<img" not in part
        assert "img" not in Reader(part).tags
    assert all(NASTY in Reader(part).text for part in parts)


def test_the_banner_says_simulated_until_it_is_not(advice):
    assert SIMULATED in markup.banner_html(advice["model"])
    assert SIMULATED not in markup.banner_html(advice["model"] | {"simulated": False})
    assert "No model" in markup.banner_html(None)


def test_of_100_people_every_plan_has_100_marks(advice):
    reader = Reader(markup.people_html(advice, "peg", 24, ["DUL", "EBEM"]))
    assert reader.tags.count("b") + reader.tags.count("i") == 200
    for arm in ("EBEM", "DUL"):
        row = next(r for r in advice["outcomes"] if (r["arm"], r["outcome"], r["week"]) == (arm, "peg", 24))
        assert f"first: {round(100 * row['chance_of_meaningful_improvement'])} (95 % interval" in reader.text
    assert reader.text.index("Exercise") < reader.text.index("Duloxetine")
    assert SIMULATED in reader.text
    assert markup.people_html(advice, "pgic", 24, ["DUL"]) == ""


def test_the_heads_of_the_table_have_weeks_and_intervals(advice):
    text = Reader(tables.outcomes_html(advice, "EBEM", 24)).text
    assert "Change from week 0 to 24 (95 % interval)" in text
