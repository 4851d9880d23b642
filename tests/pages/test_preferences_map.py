"""The preference map as a part of a page, on a model fitted to a small simulated trial."""

import re

import pytest
from streamlit.testing.v1 import AppTest

import bestviz
from bestviz.advice.patient import Patient
from bestviz.trial import WEIGHTABLE
from bestviz.ui.preferences_map import names_of, three_of

EBEM_TRIED = {"week": 12, "first_arm": "EBEM", "interim": {"peg": 4.3, "pgic": 3}, "response": "good"}


def script(folder, patient, preferences):
    import streamlit as st

    import bestviz
    from bestviz.advice.patient import Patient
    from bestviz.advice.preferences import Preferences
    from bestviz.ui.case import Case
    from bestviz.ui.preferences_map import draw_preference_map

    st.session_state.setdefault("weights", preferences)
    model = st.cache_resource(bestviz.load_model)(folder)
    draw_preference_map(model, Case(Patient.from_dict(patient), Preferences(st.session_state["weights"])))


@pytest.fixture
def part(demo_models):
    def open_part(patient=None, preferences=None):
        given = (str(demo_models / "demo"), patient or {}, preferences or {"peg": 1.0})
        return AppTest.from_function(script, args=given, default_timeout=60).run()

    return open_part


def said(part):
    return " ".join(str(one.value) for kind in (part.markdown, part.caption, part.info) for one in kind)


def chosen(part):
    return [box.value for box in part.selectbox]


def alt(part):
    return part.get("plotly_chart")[0].proto.alt


def test_the_map_says_its_message_and_where_the_patient_is(part):
    page = part({"baseline": {"peg": 6.7, "age": 58}})
    assert not page.exception
    assert chosen(page) == ["peg", "physical_function", "sleep_disturbance"]
    assert "ranks first" in said(page)
    assert "Where this patient's weights lie" in said(page)
    assert "All other outcomes have no weight here." in said(page)
    assert "Simulated data: not for treatment decisions" in alt(page)


def test_the_heaviest_outcomes_are_shown_and_the_others_keep_their_weights(part):
    weights = {"anxiety": 0.4, "stopping": 0.3, "peg": 0.2, "depression": 0.1}
    page = part(preferences=weights)
    assert chosen(page) == ["anxiety", "stopping", "peg"]
    assert "Depression keeps its weight, together 10 of 100." in said(page)


def test_what_the_map_says_of_the_patient_is_what_is_recommended(part, demo_models):
    weights = {"anxiety": 0.4, "stopping": 0.3, "peg": 0.2, "depression": 0.1}
    page = part({"baseline": {"peg": 6.7, "age": 58}}, weights)
    model = bestviz.load_model(demo_models / "demo")
    options = model.recommend({"baseline": {"peg": 6.7, "age": 58}}, weights).to_dict()["first"]
    lead = options[0]["utility"] - options[1]["utility"]
    name = names_of([options[0]["arm"]], Patient())[options[0]["arm"]]
    told = re.search(rf"lie, {name} ranks first, ([\d.]+) meaningful", said(page))
    assert told
    assert float(told[1]) == pytest.approx(lead, abs=0.05)  # the map tells it at the nearest point of its grid


def test_an_outcome_chosen_twice_changes_places(part):
    page = part()
    page.selectbox(key="map.left").set_value("peg").run()
    assert not page.exception
    assert chosen(page) == ["physical_function", "peg", "sleep_disturbance"]
    page.selectbox(key="map.right").set_value("stopping").run()
    assert chosen(page) == ["physical_function", "peg", "stopping"]
    page.session_state["weights"] = {"anxiety": 1.0}
    page.run()
    assert chosen(page) == ["physical_function", "peg", "stopping"]


def test_all_weight_elsewhere_leaves_the_map_to_the_three(part):
    page = part()
    page.selectbox(key="map.right").set_value("stopping").run()
    page.session_state["weights"] = {"anxiety": 1.0}
    page.run()
    assert not page.exception
    assert "Where this patient's weights lie" not in said(page)
    assert "All other outcomes have no weight here." in said(page)


def test_the_same_question_is_not_asked_again(part, monkeypatch):
    page = part()
    before = page.session_state["map.kept"][1]
    page.run()
    assert page.session_state["map.kept"][1] is before
    page.session_state["weights"] = {"anxiety": 1.0}
    assert page.run().session_state["map.kept"][1] is not before


def test_at_week_12_options_are_called_by_what_is_done(part):
    page = part(EBEM_TRIED)
    assert not page.exception
    assert "Adding enhanced self-care ranks first" in said(page)
    called = names_of(["EBEM", "EBEM+DUL", "DUL"], Patient.from_dict(EBEM_TRIED))
    assert list(called.values()) == [
        "continuing exercise and manual therapy",
        "adding duloxetine",
        "switching to duloxetine",
    ]


@pytest.mark.parametrize(
    ("patient", "part_of_message"),
    [
        ({"declined": ["ESC", "ACT", "EBEM", "DUL"]}, "No option is possible"),
        ({"week": 12, "first_arm": "EBEM"}, "the class at week 12 is not known"),
    ],
)
def test_without_a_map_there_is_a_sentence(part, patient, part_of_message):
    page = part(patient)
    assert not page.exception
    assert part_of_message in said(page)
    assert not page.get("plotly_chart")


def test_the_default_is_filled_up_with_usual_outcomes():
    assert three_of({"peg": 1}, WEIGHTABLE) == ("peg", "physical_function", "sleep_disturbance")
    assert three_of({"stopping": 0.6, "peg": 0.4}, WEIGHTABLE) == ("stopping", "peg", "physical_function")
    assert three_of({"peg": 1}, ("peg", "anxiety", "stopping")) == ("peg", "anxiety", "stopping")
