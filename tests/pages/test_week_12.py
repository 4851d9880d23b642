import json

import pytest
from streamlit.testing.v1 import AppTest

from bestviz.ui import followed, state
from bestviz.ui.details import KEY_PARTS


def html(app):
    return " ".join(part.proto.body for part in app.get("html"))


def captions(app):
    return " ".join(str(caption.value) for caption in app.caption)


def asked(recorded):
    """The latest patient of week 12 that the model was asked about."""
    return next(patient for patient, _ in reversed(recorded.asked) if patient.week == 12)


@pytest.fixture
def page(recorded, open_page):
    return open_page("pages/week_12.py")


@pytest.fixture
def begun(page):
    return page.selectbox(key=followed.KEY_FIRST).set_value("EBEM").run()


def measure(page, name, value):
    return page.number_input(key=followed.key_measured(name)).set_value(value).run()


def pgic(page, value):
    return page.selectbox(key=followed.key_measured("pgic")).set_value(value).run()


def test_it_first_asks_which_treatment_was_had(page, recorded):
    assert "Choose the first treatment" in page.info[0].value
    assert not recorded.asked
    assert not page.exception


def test_without_a_class_the_answer_is_given_for_every_class(begun, recorded):
    assert asked(recorded).first_arm == "EBEM"
    for response in ("excellent", "good", "medium", "poor"):
        assert f"If the response is {response}:" in html(begun)
    assert "Adding duloxetine ranks first" in html(begun)


def test_peg_and_pgic_give_the_class_and_reach_the_model(begun, recorded):
    begun.number_input(key=followed.key_measured("peg")).set_value(4.0)
    pgic(begun, 3)
    assert asked(recorded).interim == {"peg": 4.0, "pgic": 3}
    assert any("Response at week 12: medium" in text.value for text in begun.markdown)
    assert "Adding <strong>duloxetine</strong> ranks first" in html(begun)


def test_a_class_of_ones_own_asks_for_its_reason_and_wins(begun, recorded):
    pgic(begun, 3)
    begun.button_group(key=followed.KEY_CLASS).set_value("poor").run()
    assert "Write the reason" in captions(begun)
    begun.text_input(key=followed.KEY_REASON).input("cannot work yet").run()
    patient = asked(recorded)
    assert (patient.response, patient.response_reason) == ("poor", "cannot work yet")


@pytest.mark.parametrize(
    ("taken", "stopped", "harm"), [("whole", False, False), ("stopped", True, False), ("harm", True, True)]
)
def test_what_was_taken_reaches_the_model(begun, recorded, taken, stopped, harm):
    begun.selectbox(key=followed.KEY_TAKEN).set_value(taken).run()
    patient = asked(recorded)
    assert (patient.stopped_first, patient.stopped_for_harm) == (stopped, harm)


def test_stopping_duloxetine_calls_for_a_taper(page, recorded):
    page.selectbox(key=followed.KEY_FIRST).set_value("DUL").run()
    assert any("Taper" in str(warning.value) for warning in page.warning)
    page.selectbox(key=followed.KEY_FIRST).set_value("ACT").run()
    assert not any("Taper" in str(warning.value) for warning in page.warning)


def test_the_patient_is_the_one_of_the_patient_page(recorded, open_page):
    page = open_page("pages/patient.py")
    page.number_input(key=state.key_input("peg")).set_value(6.7).run()
    page.switch_page("pages/week_12.py").run()
    assert "1 value of week 0" in captions(page)
    page.selectbox(key=followed.KEY_FIRST).set_value("ACT").run()
    assert asked(recorded).baseline == {"peg": 6.7}
    assert "6.7 at week 0" in captions(page)


def test_observed_stands_beside_expected(begun, recorded):
    begun.number_input(key=followed.key_measured("peg")).set_value(9.9)
    pgic(begun, 4)
    text = html(begun)
    assert "Observed against what had been expected" in text
    assert "worse than for 9 of 10 people like this" in text
    start = next(patient for patient, _ in reversed(recorded.asked) if patient.week == 0)
    assert start.excluded == {}  # what was had could be had


def test_a_case_of_week_12_opens_on_the_patient_page_and_is_saved_whole(recorded, open_page):
    page = open_page("pages/patient.py")
    file = {
        "bestviz_case": 2,
        "patient": {"week": 12, "baseline": {"peg": 6}, "first_arm": "DUL", "interim": {"pgic": 5}},
        "tried_before": {"ACT": "helped"},
    }
    page.file_uploader[0].upload("case.json", json.dumps(file).encode(), "application/json").run()
    assert not page.error
    assert recorded.asked[-1][0].week == 0
    assert "Tried before: acceptance and commitment therapy (it helped)" in html(page)
    page.switch_page("pages/week_12.py").run()
    patient = asked(recorded)
    assert (patient.week, patient.first_arm, patient.interim) == (12, "DUL", {"pgic": 5})


@pytest.mark.parametrize("part", ["Course", "Outcomes", "Effort and harm", "Why", "What if", "Compare", "How sure"])
def test_every_part_can_be_opened(begun, recorded, part):
    pgic(begun, 3)
    begun.session_state[KEY_PARTS[12]] = part
    begun.run()
    assert not begun.exception
    assert not begun.error


def test_a_change_of_the_class_draws_only_what_depends_on_it(begun, recorded):
    field = begun.selectbox(key=followed.key_measured("pgic"))
    AppTest._run(begun, field.set_value(2).root.get_widget_states())
    assert asked(recorded).interim == {"pgic": 2}
    assert not begun.title
