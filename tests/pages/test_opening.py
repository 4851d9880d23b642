"""Opening what is no case file: FHIR, files of other kinds; typical patients; what is said under a field."""

import json

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from bestviz.ui import state

PERSON = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1980-05-01"}


def observation(code, value, text="something"):
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-05-01",
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": text}]},
        "valueQuantity": {"value": value, "code": "{score}"},
    }


def bundle(*resources):
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}).encode()


@pytest.fixture
def page(recorded, open_page):
    return open_page("pages/patient.py")


def upload(page, content, name="file.json"):
    return page.file_uploader[0].upload(name, content, "application/json").run()


def html(app):
    return " ".join(part.proto.body for part in app.get("html"))


def captions(app):
    return " ".join(str(caption.value) for caption in app.caption)


def test_a_fhir_file_fills_the_fields_and_says_what_was_left(page, recorded):
    upload(page, bundle(PERSON, observation("77861-3", 58.9), observation("77865-4", 12), observation("8480-6", 1)))
    assert not page.exception
    assert not page.error
    assert recorded.asked[-1][0].baseline == {"age": 46, "sex": "male", "depression": 58.9}
    assert "FHIR file opened, as at week 0: 3 inputs found. Check them." in captions(page)
    assert "12 is outside 40 to 77; it is taken as not known" in html(page)
    assert "LOINC 8480-6: something" in html(page)
    assert [e.label for e in page.expander if "Not understood" in e.label] == ["Not understood, so not used: 1"]
    page.button(key="case.clear").click().run()
    assert recorded.asked[-1][0].baseline == {}
    assert "LOINC" not in html(page)


def test_a_long_list_of_what_is_not_understood_is_cut(page):
    upload(page, bundle(PERSON, observation("55758-7", 1), *(observation(f"{n}-1", 1) for n in range(100, 150))))
    assert "and 20 more" in html(page)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (bundle(PERSON, PERSON | {"id": "p2"}), "2 patients"),
        (bundle(PERSON | {"birthDate": "2015-01-01"}, observation("55758-7", 1)), "adults only"),
        (bundle(observation("8480-6", 1, "Blood pressure")), "no input was found in it. What was seen: LOINC 8480-6"),
        (bundle(PERSON)[:-9], "ends before it is complete"),
        (b"<Bundle/>", "it is XML"),
        (b'{"resourceType": "Binary"}', "a Bundle or a QuestionnaireResponse is needed"),
        (b'{"bestviz_case": 99, "patient": {}}', "version 99"),
        (b'{"bestviz_case": 1, "patient": {}, "colour": 1}', "unknown key 'colour'"),
        (b'{"patient": {"baseline": {"age": 44', "ends before it is complete"),
        (b'{"patient": {"baseline": {"peg": ' + b"[" * 50_000 + b"}}", "nested too deeply"),
        (b"{" + b" " * 2_000_000 + b"}", "larger than 1 MB"),
        (b"\x00\x01\x02", "not"),
    ],
)
def test_what_cannot_be_opened_is_said_and_nothing_is_lost(page, recorded, content, part):
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    upload(page, content)
    assert not page.exception
    assert len(page.error) == 1
    assert part in page.error[0].value
    assert page.error[0].value.startswith("The file was not opened, nothing has changed.")
    assert recorded.asked[-1][0].baseline == {"age": 58.0}


def test_data_that_are_too_few_for_typical_patients_say_so(recorded, open_page, monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setattr("bestviz.ui.opening.representatives", lambda model: ())
    page = open_page("pages/patient.py")
    assert "too few for typical patients: a group needs 10 people" in captions(page)
    st.cache_resource.clear()


def test_typical_patients_are_said_to_be_simulated(page):
    said = captions(page)
    assert "Typical of 48 simulated participants. Age 58 years." in said
    assert "Simulated data: not for treatment decisions." in said


def test_an_impossible_value_is_said_under_its_field_and_refused_in_the_answer(page, recorded):
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    page.number_input(key=state.key_input("peg")).set_value(55.0).run()
    assert "55 is impossible for PEG: it goes from 0 to 10 points." in html(page)
    assert any("is impossible" in error.value for error in page.error)
    assert recorded.asked[-1][0].baseline == {"age": 58.0}  # no advice with it, and none silently without it
    page.number_input(key=state.key_input("peg")).set_value(5.5).run()
    assert "impossible" not in html(page)
    assert not page.error
    assert recorded.asked[-1][0].baseline == {"age": 58.0, "peg": 5.5}


def test_outside_the_entry_criteria_is_said_under_the_field(page, recorded):
    page.number_input(key=state.key_input("peg")).set_value(3.0).run()
    page.selectbox(key=state.key_input("pain_duration")).set_value("under_3_months").run()
    assert html(page).count("read the advice with caution") == 2
    assert recorded.asked[-1][0].baseline == {"peg": 3.0, "pain_duration": "under_3_months"}
    page.number_input(key=state.key_input("age")).set_value(12.0).run()
    assert "adults only, so there is no advice" in html(page)


def alone(page, widget):
    """Run a change as a browser does, without drawing the whole page afterwards."""
    AppTest._run(page, widget.root.get_widget_states())
    return page


def test_fields_are_drawn_again_only_where_something_else_stands_under_them(page):
    alone(page, page.number_input(key=state.key_input("age")).set_value(58.0))
    assert not page.number_input
    page.run()
    alone(page, page.number_input(key=state.key_input("age")).set_value(10.0))
    assert [field.key for field in page.number_input if field.key == state.key_input("age")]
    assert not [field for field in page.number_input if field.key == state.key_input("bmi")]
