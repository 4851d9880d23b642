"""Slides show the pictures of the pages: the same figure for the same model, data, filters and weights."""

import json
from types import SimpleNamespace

import pytest

import bestviz
from bestviz.advice.archetypes import representatives
from bestviz.cohort.selection import Filters
from bestviz.figures.export import Caption, find_browser, picture
from bestviz.figures.options import build_options
from bestviz.figures.preference_map import build_preference_map
from bestviz.figures.reasons import build_reasons
from bestviz.figures.trajectories import build_trajectories
from bestviz.reports.deck import default_deck
from bestviz.reports.pack.drawn import same_names
from bestviz.ui import charts
from bestviz.ui.cohort.filters import key_filter
from tests.reports.deck_parts import assigned, judged

BOTH = assigned()
# Slide -> page and what is opened on it.
ON_PAGES = {
    "design": ("pages/overview.py", {}),
    "courses": ("pages/cohort.py", {"cohort.part": "Means by week"}),
    "responses": ("pages/cohort.py", {"cohort.part": "Response"}),
    "firsts": ("pages/regimes.py", {}),
    "both_randomised": ("pages/regimes.py", {}),
    "both_regime": ("pages/regimes.py", {}),
    "lasting": ("pages/lasting_and_deep.py", {}),
}


@pytest.fixture(scope="module")
def model(demo_models):
    return bestviz.load_model(demo_models / "demo")


@pytest.fixture(scope="module")
def slides(model, data_folder):
    filters = Filters(sex=("female",))
    deck = default_deck(
        model, bestviz.load_trial(data_folder), evaluation=judged(), assigned=BOTH, filters=filters, journeys=1
    )  # fmt: skip
    return {"journey" if slide.key.startswith("journey") else slide.key: slide for slide in deck}


@pytest.fixture
def drawn(monkeypatch, demo_models):
    """Every figure that a page shows."""
    found, once = [], charts.drawn_once

    def note(figure):
        found.append(figure)
        return once(figure)

    monkeypatch.setenv("BESTVIZ_MODELS", str(demo_models))
    monkeypatch.setattr(charts, "drawn_once", note)
    monkeypatch.setattr("bestviz.ui.regimes.values.draw_judge", lambda asked: None)
    monkeypatch.setattr("bestviz.ui.regimes.assigned.judge_of", lambda asked: SimpleNamespace())
    monkeypatch.setattr("bestviz.ui.regimes.assigned.assigned_of", lambda asked, judge: BOTH)
    return found


@pytest.mark.parametrize("key", ON_PAGES)
def test_a_slide_has_the_figure_of_its_page(slides, drawn, open_page, key):
    page, opened = ON_PAGES[key]
    app = open_page(page)
    for name, value in ({key_filter("sex"): ["female"]} | opened).items():
        app.session_state[name] = value
    drawn.clear()
    app.run()
    assert not app.exception
    assert rounded(slides[key].figure()) in [rounded(figure) for figure in drawn]


def rounded(figure):
    """A figure as JSON, numbers but for their last bits: a page may ask for many measures at once, a slide for one."""
    return json.loads(figure.to_json(), parse_float=lambda text: round(float(text), 9))


def test_slides_of_one_patient_have_the_figures_that_the_patient_page_builds(slides, model):
    advice = slides["one_patient"].build.keywords["advice"]
    first = {"week": 0, "baseline": representatives(model)[0].baseline, "horizon": 24}
    typical = model.recommend(first, {"peg": 1}).to_dict()
    assert advice == typical
    parts = {
        "one_patient": (build_options, {"advice": typical}),
        "why": (build_reasons, slides["why"].build.keywords | {"advice": typical}),
        "preferences": (build_preference_map, slides["preferences"].build.keywords),
        "journey": (build_trajectories, slides["journey"].build.keywords | {"advice": typical}),
    }
    for key, (build, given) in parts.items():
        for dark in (False, True):
            assert slides[key].figure(dark).to_json() == build(**given, dark=dark).to_json(), key


@pytest.mark.skipif(find_browser() is None, reason="no Chromium")
def test_the_same_figure_at_the_same_size_is_the_same_picture(slides):
    """So that equal figures, as above, are equal pictures."""
    caption = Caption("One")
    pictures = [picture(named(slides["firsts"].figure()), caption, "svg") for _ in range(2)]
    assert same_names(pictures[0]) == same_names(pictures[1])


def named(figure):
    """Without the random names of its parts."""
    for place, trace in enumerate(figure.data):
        trace.uid = str(place)
    return figure
