import json

import pytest
from streamlit.testing.v1 import AppTest

from bestviz.trial import PREFERENCE_MEASURES
from bestviz.trial.eligibility import CRITERIA
from bestviz.ui import state
from bestviz.ui.matters import KEY_WAY


def html(app):
    return " ".join(part.proto.body for part in app.get("html"))


@pytest.fixture
def page(recorded, open_page):
    return open_page("pages/patient.py")


def upload(page, content, name="case.json"):
    return page.file_uploader[0].upload(name, content, "application/json").run()


def test_a_blank_page_asks_with_nothing_known(page, recorded):
    patient, preferences = recorded.asked[-1]
    assert patient.baseline == {}
    assert preferences == {"peg": 1.0}
    assert "ranks first" in html(page)


def test_a_value_entered_reaches_the_model_and_shows_its_norm(page, recorded):
    page.number_input(key=state.key_input("physical_function")).set_value(37.0).run()
    assert recorded.asked[-1][0].baseline == {"physical_function": 37.0}
    assert any("1.3 SD worse than average" in str(caption.value) for caption in page.caption)
    page.number_input(key=state.key_input("physical_function")).set_value(None).run()
    assert recorded.asked[-1][0].baseline == {}


def test_a_folded_group_is_not_drawn_and_keeps_its_values(page, recorded):
    group, phq2, age = "group.Mood, worry and sleep", state.key_input("phq2"), state.key_input("age")
    page.number_input(key=phq2).set_value(3).run()
    page.session_state[group] = False
    page.run()
    assert phq2 not in [field.key for field in page.number_input]
    page.number_input(key=age).set_value(50.0).run()
    assert recorded.asked[-1][0].baseline == {"phq2": 3, "age": 50.0}
    page.session_state[group] = True
    page.run()
    assert page.number_input(key=phq2).value == 3
    page.session_state[group] = False
    page.run()
    page.button(key="case.clear").click().run()  # also what is not drawn
    page.session_state[group] = True
    page.run()
    assert page.number_input(key=phq2).value is None
    assert recorded.asked[-1][0].baseline == {}


def test_an_input_only_the_model_knows_has_a_field(page, recorded):
    page.number_input(key=state.key_input("grip_strength")).set_value(31.5).run()
    assert not page.error
    assert recorded.asked[-1][0].baseline == {"grip_strength": 31.5}
    assert not [n for n in page.number_input if "contraindicated" in n.label.lower()]


@pytest.mark.parametrize("criterion", ["cauda_equina", "pregnant"])
def test_a_red_flag_or_exclusion_stops_advice_with_the_reason(page, recorded, criterion):
    page.step(2)
    asked = len(recorded.asked)
    page.checkbox(key=state.key_criterion(criterion)).check().run()
    assert len(recorded.asked) == asked
    assert CRITERIA[criterion].action in page.error[0].value
    assert CRITERIA[criterion].label in html(page)
    assert not page.get("plotly_chart")
    page.checkbox(key=state.key_criterion(criterion)).uncheck().run()
    assert page.get("plotly_chart")


def test_what_is_only_outside_the_entry_criteria_warns(page, recorded):
    page.step(2).checkbox(key=state.key_criterion("back_worst")).check().run()
    assert not page.error
    assert "Outside the trial&#x27;s entry criteria" in html(page)


def test_contraindications_declines_and_absence_have_their_reasons(page, recorded):
    page.step(2).checkbox(key=state.key_contraindication("dul_bipolar")).check()
    page.checkbox(key=state.key_declined("ACT")).check()
    page.checkbox(key=state.key_unavailable("ESC")).check().run()
    assert set(recorded.asked[-1][0].excluded) == {"DUL", "ACT", "ESC"}
    assert "Duloxetine: Bipolar disorder or mania" in html(page)
    assert "declined by the patient" in html(page)


def test_a_judgement_asks_for_its_reason(page, recorded):
    page.step(2).checkbox(key=state.key_contraindication("act_judgement")).check().run()
    assert any("Write the reason" in str(caption.value) for caption in page.caption)
    page.text_input(key=state.key_reason("ACT")).input("hears poorly").run()
    assert recorded.asked[-1][0].contraindicated == {"ACT": "hears poorly"}


def told_by(page, way):
    """Step 3, with one of the ways to tell what matters."""
    return page.step(3).button_group(key=KEY_WAY).set_value(way).run()


def test_a_slider_changes_the_weights_and_leaves_the_preset(page, recorded):
    assert page.step(3).radio(key="preset").value == "trial_primary"
    told_by(page, "Sliders").slider(key=state.key_weight("anxiety")).set_value(50).run()
    assert recorded.asked[-1][1] == {"peg": 0.5, "anxiety": 0.5}
    assert page.slider(key=state.key_weight("peg")).value == 50
    assert "PEG 50, anxiety 50" in html(page)
    assert told_by(page, "Presets").radio(key="preset").value is None


def test_a_preset_moves_the_sliders(page, recorded):
    page.step(3).radio(key="preset").set_value("typical_patient").run()
    assert recorded.asked[-1][1]["physical_function"] == pytest.approx(1.79 / 4.79)
    told_by(page, "Sliders")
    assert page.slider(key=state.key_weight("physical_function")).value == 37
    assert page.slider(key=state.key_weight("peg")).value == 0


def test_weight_taken_from_the_only_outcome_goes_to_the_others(page, recorded):
    told_by(page, "Sliders").slider(key=state.key_weight("peg")).set_value(0).run()
    assert not page.exception
    assert recorded.asked[-1][1] == pytest.approx(dict.fromkeys(PREFERENCE_MEASURES, 0.125), abs=0.01)
    page.slider(key=state.key_weight("peg")).set_value(100).run()
    assert recorded.asked[-1][1] == {"peg": 1.0}


def test_the_horizon_reaches_the_model(page, recorded):
    page.step(3).button_group(key=state.KEY_HORIZON).set_value("mean").run()
    assert recorded.asked[-1][0].horizon == "mean"


def test_looking_around_asks_nothing_again(page, recorded):
    asked = len(recorded.asked)
    page.selectbox(key="course.outcome").set_value("anxiety").run()
    assert len(recorded.asked) == asked


def test_an_example_fills_the_fields_and_clear_empties_them(page, recorded):
    page.button(key="case.example.0").click().run()
    assert not page.exception
    assert recorded.asked[-1][0].baseline == {"age": 58.0, "sex": "female", "phq2": 3, "peg": 6.5}
    said = " ".join(str(caption.value) for caption in page.caption)
    assert "Older, low mood. Typical of 48 simulated participants; nobody's own record." in said
    page.button(key="case.clear").click().run()
    assert not page.exception
    assert recorded.asked[-1][0].baseline == {}


def test_the_case_is_kept_over_pages(page, recorded):
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    page.step(2).checkbox(key=state.key_declined("DUL")).check().run()
    told_by(page, "Sliders").slider(key=state.key_weight("anxiety")).set_value(50).run()
    page.switch_page("pages/overview.py").run()
    page.switch_page("pages/patient.py").run()
    patient, preferences = recorded.asked[-1]
    assert patient.baseline == {"age": 58.0}
    assert "DUL" in patient.excluded
    assert preferences == {"peg": 0.5, "anxiety": 0.5}
    assert page.step(1).number_input(key=state.key_input("age")).value == 58.0
    assert page.step(2).checkbox(key=state.key_declined("DUL")).value
    assert page.step(3).slider(key=state.key_weight("anxiety")).value == 50


FILE = {
    "patient": {
        "week": 0,
        "baseline": {"age": 44, "phq2": 4, "opioid_use": 1, "sex": "male"},
        "contraindicated": {"DUL": "Bipolar disorder or mania; allergic to it"},
        "declined": ["ACT"],
        "horizon": 36,
        "deep": {"marker_1": 0.5},
    },
    "preferences": {"physical_function": 0.7, "anxiety": 0.3},
}


def test_a_case_file_is_opened_whole_and_saved_the_same(page, recorded):
    upload(page, json.dumps(FILE).encode())
    assert not page.exception
    assert not page.error
    patient, preferences = recorded.asked[-1]
    assert patient.baseline == {"age": 44, "phq2": 4, "opioid_use": True, "sex": "male"}
    assert patient.contraindicated == {"DUL": "Bipolar disorder or mania; allergic to it"}
    assert patient.deep == {"marker_1": 0.5}
    assert patient.horizon == 36
    assert preferences == {"physical_function": 0.7, "anxiety": 0.3}
    assert page.step(2).checkbox(key=state.key_contraindication("dul_bipolar")).value
    assert page.text_input(key=state.key_reason("DUL")).value == "allergic to it"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"not json", "not JSON"),
        (b"", "empty"),
        (b'{"patient": {"baseline": {"peg": 11}}}', "baseline.peg: 11 is impossible"),
        (b'{"patient": {"baseline": {"age": 15}}}', "adults only"),
        (b'{"patient": {"week": 12}}', "first_arm: missing"),
        (b'{"bestviz_case": 9, "patient": {}}', "version 9"),
    ],
)
def test_a_bad_case_file_is_one_clear_sentence_and_nothing_is_lost(page, recorded, content, part):
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    upload(page, content)
    assert not page.exception
    assert part in " ".join(error.value for error in page.error)
    assert recorded.asked[-1][0].baseline == {"age": 58.0}


def test_a_change_draws_only_what_depends_on_it(page, recorded):
    field = page.number_input(key=state.key_input("age"))
    AppTest._run(page, field.set_value(58.0).root.get_widget_states())
    assert recorded.asked[-1][0].baseline == {"age": 58.0}
    assert "ranks first" in html(page)
    assert not page.title
    assert not page.number_input


def test_with_nothing_entered_the_headline_says_so(page, recorded):
    assert "Nothing is known about this patient yet" in html(page)
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    assert "Nothing is known" not in html(page)


def test_cautions_show_where_they_belong(page, recorded):
    page.number_input(key=state.key_input("age")).set_value(71.0).run()
    assert any("falls" in str(warning.value) and "65 years" in str(warning.value) for warning in page.warning)
    page.step(2).checkbox(key=state.key_declined("DUL")).check().run()
    assert not any("65 years" in str(warning.value) for warning in page.warning)


def test_nothing_possible_is_said_without_a_chart(page, recorded, monkeypatch):
    answer = recorded.recommend

    def nothing(patient, preferences):
        advice = answer(patient, preferences)
        mapping = advice.to_dict() | {"recommended_first": None, "near_equal": [], "plan": []}
        for option in mapping["first"]:
            option |= {"allowed": False, "reason": "declined by the patient", "utility": None}
        advice.to_dict = lambda: mapping
        return advice

    monkeypatch.setattr(recorded, "recommend", nothing)
    page.number_input(key=state.key_input("age")).set_value(50.0).run()
    assert not page.exception
    assert "No option can be ranked" in html(page)
    assert not page.get("plotly_chart")


def test_a_case_can_be_saved_when_the_answer_fails(page, recorded, monkeypatch):
    def fail(patient, preferences):
        raise RuntimeError("bug")

    monkeypatch.setattr(recorded, "recommend", fail)
    page.number_input(key=state.key_input("age")).set_value(50.0).run()
    assert page.exception
    assert [button.label for button in page.get("download_button")] == ["Save the case file"]
