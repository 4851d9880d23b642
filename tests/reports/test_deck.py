"""The slide deck: what the story holds, figures for the wall, HTML and PDF. PowerPoint is in test_deck_pptx.py."""

import dataclasses
import json
import pickle
import re
from types import SimpleNamespace

import pytest

import bestviz
from bestviz.advice.archetypes import representatives
from bestviz.cohort.courses import means
from bestviz.cohort.responses import responses
from bestviz.cohort.selection import Filters, select
from bestviz.errors import PreferenceError
from bestviz.figures.cohort.courses import build_courses
from bestviz.figures.cohort.responses import build_responses
from bestviz.figures.export import find_browser
from bestviz.figures.regimes.paths import build_paths
from bestviz.figures.theme import LIGHT, color_of
from bestviz.reports.deck import (
    DeckError,
    Slide,
    Table,
    deck_html,
    deck_pdf,
    deck_pictures,
    deck_pptx,
    default_deck,
    for_slide,
    journey_slide,
    pictures,
    wall_figure,
)
from bestviz.reports.deck import regime_slides as regime
from bestviz.reports.deck.source import Source
from bestviz.reports.deck.wall import BESIDE_FIGURE, FIGURE, SMALLEST
from bestviz.wording import SIMULATED
from bestviz.wording import slides as words
from tests.reports.deck_parts import assigned, judged, sizes_of_type

TEXT = Slide("text", "A title", ("A caption.",), ("A note.",), simulated=True, points=("One.", "Two."))
NUMBERS = Slide("numbers", "Counts", alt="Ten people.", table=Table(("People", "ESC"), (("Randomised", "10"),)))
WOMEN = Filters(sex=("female",))
KEYS = [
    "question", "design", "people", "courses", "responses", "firsts", "values", "for_whom", "one_patient", "why",
    "sure", "preferences", "lasting", "limits", "next",
]  # fmt: skip


@pytest.fixture(scope="module")
def model(demo_models):
    return bestviz.load_model(demo_models / "demo")


@pytest.fixture(scope="module")
def trial():
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture(scope="module")
def deck(model, trial):
    return default_deck(model, trial, journeys=1)


def by_key(deck, key):
    return next(slide for slide in deck if slide.key == key)


def test_the_story_in_its_order(deck):
    assert [slide.key for slide in deck if not slide.key.startswith("journey_")] == KEYS
    assert deck[-3].key.startswith("journey_")


def test_every_slide_is_whole(deck):
    for slide in deck:
        assert slide.simulated
        assert SIMULATED in slide.small_print
        assert slide.spoken.count(SIMULATED) >= 1
        assert 0 < len(slide.title) <= 64
        assert (slide.build is not None) + (slide.table is not None) + bool(slide.points) >= 1
        assert bool(slide.alt) == (slide.build is not None or slide.table is not None), slide.key
        assert "close to equal" not in slide.spoken


def test_a_deck_goes_to_another_process(deck):
    assert [slide.key for slide in pickle.loads(pickle.dumps(deck))] == [slide.key for slide in deck]


@pytest.mark.parametrize("dark", [False, True])
def test_figures_for_the_wall(deck, dark):
    for slide in deck:
        figure = wall_figure(slide, dark=dark)
        if figure is None:
            continue
        found = list(sizes_of_type(figure.to_dict()))
        assert found, slide.key
        assert min(found) >= SMALLEST, slide.key
        assert (figure.layout.width, figure.layout.height) == (BESIDE_FIGURE if slide.points else FIGURE)
        assert not [note for note in figure.layout.annotations if note.name == "simulated"]


def test_a_figure_of_the_page_stays_as_it_is_and_keeps_its_note_if_wanted(deck):
    page = by_key(deck, "firsts").figure()
    before = page.to_json()
    kept = for_slide(page, note=True)
    assert page.to_json() == before
    assert [note.font.size for note in kept.layout.annotations if note.name == "simulated"] == [SMALLEST]


def test_the_same_colours_dashes_and_order_as_on_the_page(deck):
    slide = by_key(deck, "courses")
    page, wall = slide.figure(), wall_figure(slide)
    assert [trace.name for trace in wall.data] == ["ESC", "ACT", "EBEM", "DUL"]
    for small, large in zip(page.data, wall.data, strict=True):
        assert (large.line.color, large.line.dash, large.marker.symbol) == (
            small.line.color, small.line.dash, small.marker.symbol,
        )  # fmt: skip
        assert large.line.width == pytest.approx(small.line.width * 20 / 12)
        assert tuple(large.y) == tuple(small.y)
    assert wall.data[0].line.color == color_of("ESC")


def test_names_of_rows_stand_beside_them(deck):
    wall = wall_figure(by_key(deck, "one_patient"))
    names = [note for note in wall.layout.annotations if note.x == 0 and note.yref != "paper"]
    assert len(names) == 4
    assert all(note.xshift < -wall.layout.margin.l / 2 for note in names)


def test_counts_of_the_flow_are_those_of_the_trial(deck, trial):
    table = by_key(deck, "people").table
    first = trial.participants["first_arm"].value_counts()
    assert table.rows[0] == ("Randomised, week 0", *(str(first[arm]) for arm in table.heads[1:]))


def test_without_an_evaluation_it_says_how_to_make_one(deck):
    assert by_key(deck, "values").points == words.NO_VALUES
    assert by_key(deck, "values").build is None


@pytest.mark.parametrize(
    ("changes", "horizon", "told"),
    [
        ({"preferences": {"anxiety": 1.0}}, 24, "for other weights"),
        ({}, 36, "for benefit by week 24; judge them again for benefit by"),
        (
            {"data": "Another trial", "data_digest": "0"},
            24,
            "in other data (Another trial) than those shown (Simulated",
        ),
        ({"data_digest": "0"}, 24, "in other data of the same name (Simulated BEST-like trial) than those shown;"),
        ({"mode": "external"}, 24, "fitted to other data of the same name (Simulated BEST-like trial) than this one;"),
        ({"trained_on": "Another trial"}, 24, "of a model fitted to other data (Another trial)"),
    ],
)
def test_an_evaluation_of_something_else_is_not_shown_and_why(model, trial, changes, horizon, told):
    slide = by_key(default_deck(model, trial, evaluation=judged(**changes), horizon=horizon), "values")
    assert slide.build is None
    assert told in slide.points[0]
    assert slide.points[1:] == words.NO_VALUES[1:]


def test_an_evaluation_is_shown_without_single_treatments(model, trial):
    slide = by_key(default_deck(model, trial, evaluation=judged()), "values")
    assert slide.caption[:2] == (
        "300 people.",
        "Gain over the best fixed plan: +0.36 meaningful changes (95 % interval −0.19 to +0.92).",
    )
    assert slide.notes[0].startswith("No evidence that tailoring beats starting everyone on duloxetine")
    assert slide.notes[-1] == "A warning."
    assert "week 24" in slide.alt
    assert "Best fixed plan" in slide.alt
    assert "acceptance" not in slide.alt.lower()


def test_values_are_those_of_the_week_at_which_benefit_counts(model, trial):
    later = judged(weeks=[("utility", 36), ("peg", 24), ("peg", 36)])
    assert "week 36" in by_key(default_deck(model, trial, evaluation=later, horizon=36), "values").alt


def test_who_gets_both_treatments_where_the_regimes_were_judged(model, trial):
    both = assigned(few=5)
    assert {"both_randomised", "both_regime"}.isdisjoint(
        slide.key for slide in default_deck(model, trial, assigned=both)
    )
    deck = default_deck(model, trial, evaluation=judged(), assigned=both, filters=WOMEN)
    was, would = by_key(deck, "both_randomised"), by_key(deck, "both_regime")
    assert deck.index(would) == deck.index(was) + 1
    assert was.caption[0] == "100 people, whatever the filters."
    assert would.caption[0] == "95 people, whatever the filters."
    assert would.figure().to_json() == build_paths(paths=both.regime, simulated=True).to_json()
    assert "duloxetine not shown, few people" in would.alt


# -- filters ----------------------------------------------------------------------------------------------------------


def test_slides_of_the_trial_show_whom_the_filters_leave_and_say_so(model, trial, deck):
    women = select(trial, WOMEN)
    filtered = default_deck(model, trial, filters=WOMEN)
    for key in ("people", "courses", "responses"):
        assert by_key(filtered, key).caption[0] == f"{len(women)} of 300 people: female."
        assert "Filters: female." in by_key(filtered, key).details
        assert by_key(deck, key).caption[0] == "300 people."
    assert by_key(filtered, "people").table != by_key(deck, "people").table
    given = {"means": means(women, "peg"), "measure": "peg", "simulated": True}
    assert by_key(filtered, "courses").figure().to_json() == build_courses(**given).to_json()
    given = {"counts": responses(women), "simulated": True}
    assert by_key(filtered, "responses").figure().to_json() == build_responses(**given).to_json()


def test_slides_of_the_model_show_everybody_whatever_the_filters(model, trial, deck):
    filtered = default_deck(model, trial, filters=WOMEN)
    for key in ("firsts", "for_whom", "lasting"):
        assert by_key(filtered, key).caption[0].endswith(" people, whatever the filters.")
        assert by_key(filtered, key).figure().to_json() == by_key(deck, key).figure().to_json()
        assert "filters" not in by_key(deck, key).small_print


def test_filters_that_would_tell_about_few_people_leave_the_slides_of_the_trial_out(model, trial):
    people = trial.participants.assign(site=["101"] * 295 + ["102"] * 5)
    two = dataclasses.replace(trial, participants=people)
    for site in ("101", "102"):  # all but five, and five
        keys = {slide.key for slide in default_deck(model, two, filters=Filters(site=(site,)))}
        assert keys.isdisjoint({"people", "courses", "responses"})
        assert "firsts" in keys


def test_small_counts_are_not_shown_on_slides_of_few_people(model, trial):
    table = by_key(default_deck(model, trial, filters=Filters(sex=("female",), age=("18 to 39",))), "people").table
    numbers = [cell for row in table.rows for cell in row[1:]]
    assert "<10" in numbers
    assert not [cell for cell in numbers if cell.isdigit() and int(cell) < 10]


def test_a_long_list_of_filters_is_named_on_the_slide_and_told_in_the_notes(trial):
    many = select(trial, Filters(sex=("female", "male"), age=("40 to 49", "50 to 64"), contraindication=("none",)))
    assert words.left(many).endswith(" of 300 people: filters on sex, age and contraindication, in full in the notes.")
    assert words.filters_line(many) == (
        "Filters: female or male; age 40 to 49 or 50 to 64 years; contraindicated: none."
    )


def test_model_and_other_data_do_not_belong_together(model):
    deck = default_deck(model, bestviz.simulate_trial(n=120, seed=9))
    told = words.other_data(model.info.trained_on, "Simulated BEST-like trial")
    assert {slide.key for slide in deck if told in slide.spoken} >= {"question", "firsts", "values", "sure"}
    assert {slide.key for slide in deck if words.OTHER_PEOPLE in slide.caption} >= {"question", "firsts", "values"}
    assert told not in by_key(deck, "courses").spoken


def test_too_few_people_leave_the_slides_of_the_trial_out(model, trial):
    few = dataclasses.replace(
        trial,
        participants=trial.participants.iloc[:8],
        assessments=trial.assessments[trial.assessments["id"].isin(trial.participants.index[:8])],
    )
    keys = [slide.key for slide in default_deck(model, few)]
    assert not {"people", "courses", "responses"} & set(keys)
    assert {"question", "limits"} <= set(keys)


def test_weights_that_are_none(model, trial):
    with pytest.raises(PreferenceError, match="weather"):
        default_deck(model, trial, {"weather": 1})


def test_a_journey_says_what_first_what_then_and_the_expected_peg(model):
    slide = journey_slide(model, representatives(model)[0], {"peg": 1})
    first, expected, then = slide.points
    assert "ranks highest: best with a chance of" in first
    assert re.match(
        r"Expected PEG: \d\.\d at the start, \d\.\d at week 24 \(95 % interval \d\.\d to \d\.\d\)\.", expected
    )
    assert then.startswith("At week 12, ")
    assert re.fullmatch(r"journey_[a-z0-9_]+", slide.key)


def test_nothing_to_rank_gives_no_journey():
    advice = {"first": [], "recommended_first": None, "outcomes": [], "plan": []}
    model = SimpleNamespace(recommend=lambda *_: SimpleNamespace(to_dict=lambda: advice))
    assert journey_slide(model, SimpleNamespace(baseline={})) is None


def test_the_steps_in_few_words():
    assert words.step("ACT", "continue", "ACT") == "continue"
    assert words.step("ACT", "augment", "ACT+DUL") == "add DUL"
    assert words.step("DUL", "augment", "ACT+DUL") == "add ACT"
    assert words.step("ACT", "switch", "EBEM") == "switch to EBEM"


def test_how_sure_where_coverage_was_measured(model, trial):
    from bestviz.advice.uncertainty import Coverage

    calibration = dataclasses.replace(model.calibration, after=Coverage(0.94, 0.96, 0.5, 0.48))
    measured = SimpleNamespace(**{name: getattr(model, name) for name in ("name", "info")}, calibration=calibration)
    source = Source(measured, trial, bestviz.advice.preferences.Preferences({"peg": 1}), 24)
    source.__dict__["recommended"] = SimpleNamespace(several={1: SimpleNamespace(value=30)}, people=300)
    points = regime.sure(source).points
    assert points[0].startswith("For 270 of 300 people (90 of 100) two or more first treatments cannot be told apart")
    assert "held 94 of 100 true means and 96 of 100 true differences" in points[2]


def test_no_slides_are_refused():
    for make in (deck_html, deck_pdf, deck_pptx, deck_pictures):
        with pytest.raises(DeckError, match="choose at least one"):
            make(())


# -- HTML -------------------------------------------------------------------------------------------------------------


def test_one_page_that_needs_no_network(deck):
    content = deck_html(deck)
    text = content.decode()
    assert len(content) < 8_000_000
    assert text.count("<section ") == len(deck)
    assert text.count("plotly.js v") == 1
    assert not re.search(r"<(link|img|iframe)\b", text.split("<script")[0])
    assert "default-src &#x27;none&#x27;" in text
    assert deck_html(deck) == content


def test_texts_of_the_data_stay_text():
    evil = "</script><script>alert(1)</script>"
    text = deck_html([dataclasses.replace(TEXT, title=evil, caption=(evil,), notes=(evil,))]).decode()
    assert "alert(1)</script>" not in text.replace("alert(1)&lt;/script&gt;", "")


def test_figures_as_json_cannot_end_the_script(deck):
    slide = by_key(deck, "firsts")

    def build(dark=False):
        figure = slide.build(dark=dark)
        figure.layout.annotations[0].text = "</script>"
        return figure

    text = deck_html([dataclasses.replace(slide, build=build)]).decode()
    data = text.split('id="figures">')[1].split("</script>")[0]
    assert json.loads(data)[0]["page"]["layout"]["annotations"][0]["text"] == "</script>"


def test_html_tells_its_progress_and_can_be_stopped():
    told = []
    deck_html([TEXT, NUMBERS], progress=lambda *step: told.append(step))
    assert told == [(1, 2, "Writing slides"), (2, 2, "Writing slides")]

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deck_html([TEXT], progress=stop)


def test_dark_pages_are_dark():
    assert f"background:{LIGHT.background}" in deck_html([TEXT]).decode()
    assert f"background:{LIGHT.background}" not in deck_html([TEXT], dark=True).decode()


# -- PDF and pictures -------------------------------------------------------------------------------------------------


def test_a_pdf_of_a_page_a_slide(weasyprint):
    from io import BytesIO

    from pypdf import PdfReader

    content = deck_pdf([TEXT, NUMBERS], title="My slides")
    pages = PdfReader(BytesIO(content)).pages
    assert len(pages) == 2
    assert [float(pages[0].mediabox.width), float(pages[0].mediabox.height)] == [960, 540]
    assert f"{SIMULATED}." in pages[0].extract_text()
    assert "Randomised" in pages[1].extract_text()
    assert deck_pdf([TEXT, NUMBERS], title="My slides") == content


def test_without_a_browser_only_html(deck, monkeypatch):
    monkeypatch.setattr(pictures, "find_browser", lambda: None)
    slide = [by_key(deck, "firsts")]
    for make, kind in ((deck_pptx, "PNG"), (lambda given: deck_pictures(given, "svg"), "SVG")):
        with pytest.raises(DeckError, match=f"need Chromium as {kind}|figures need Chromium"):
            make(slide)
    assert deck_html(slide)
    assert deck_pptx([TEXT, NUMBERS])  # no figures, no browser


browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium")


@browser
def test_pictures_of_the_slides_that_have_figures(deck):
    found = deck_pictures([TEXT, by_key(deck, "firsts"), by_key(deck, "design")], "svg")
    assert list(found) == ["firsts", "design"]
    assert all(picture.startswith(b"<svg") for picture in found.values())
    assert SIMULATED in found["firsts"].decode()


@browser
def test_drawing_can_be_stopped(deck):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deck_pictures([by_key(deck, "firsts")], progress=stop)


def test_a_browser_that_fails_is_told_in_a_sentence(deck, monkeypatch):
    monkeypatch.setattr(pictures, "find_browser", lambda: "/bin/false")
    monkeypatch.setattr(pictures, "_drawn", lambda *_: _fail())
    with pytest.raises(DeckError, match="because Chromium failed"):
        deck_pictures([by_key(deck, "firsts")])


async def _fail():
    raise OSError("gone")
