"""Step 3 with a ranking and with questions, on a linear patient: what is said sets the weights in force."""

from types import SimpleNamespace

import numpy as np
import pytest

from bestviz.advice.preferences import PRESETS, Preferences
from bestviz.trial import MEASURES, WEIGHTABLE
from bestviz.ui import followed, state, told, week_12
from bestviz.ui.matters import KEY_WAY
from bestviz.wording import preferences as words

# Rows: the four treatments; columns: what each gives in each outcome. Which is best hangs on the weights.
GIVES = np.random.default_rng(3).normal(size=(4, len(WEIGHTABLE)))


@pytest.fixture
def linear(recorded, monkeypatch):
    """A model whose utilities are linear in the weights."""
    recorded.measures = MEASURES
    recorded.info = SimpleNamespace(simulated=True)
    calls = []

    def utilities_of(model, patient):
        calls.append(patient)
        gives = np.roll(GIVES, len(patient.baseline), axis=0)
        excluded = [["ESC", "ACT", "EBEM", "DUL"].index(code) for code in patient.excluded]

        def utilities(weights):
            found = weights @ gives.T
            found[:, excluded] = -np.inf
            return found

        utilities.codes = WEIGHTABLE
        return utilities

    monkeypatch.setattr("bestviz.ui.told.utilities_of", utilities_of)
    recorded.judged = calls
    return recorded


@pytest.fixture
def page(linear, open_page):
    return open_page("pages/patient.py").step(3)


def tell(page, way):
    return page.button_group(key=KEY_WAY).set_value(way).run()


def choose(page, choice):
    return page.button(key=f"ask.choose.{choice}").click().run()


def html(page):
    return " ".join(part.proto.body for part in page.get("html"))


def futures(page):
    return next((part.proto.body for part in page.get("html") if 'class="bv-futures"' in part.proto.body), None)


def said(page):
    return " ".join(str(part.value) for kind in (page.caption, page.markdown, page.info) for part in kind)


def in_force(model):
    return model.asked[-1][1]


def test_a_question_shows_two_futures_and_its_answer_sets_the_weights(page, linear):
    tell(page, "Questions")
    assert not page.exception
    assert in_force(linear) == {"peg": 1.0}
    first = futures(page)
    assert 'aria-label="Future A"' in first
    assert 'aria-label="Future B"' in first
    assert "Question 1, of at most 12." in said(page)
    assert "plausible sets of weights, the same first treatment is best" in said(page)
    assert [chart.proto.alt for chart in page.get("plotly_chart") if "known so far" in chart.proto.alt] == []
    choose(page, "a")
    weights = in_force(linear)
    assert set(weights) == set(WEIGHTABLE) - {"peg"}
    assert sum(weights.values()) == pytest.approx(1)
    assert futures(page) != first
    assert "Question 2, of at most 12." in said(page)
    (alt,) = [chart.proto.alt for chart in page.get("plotly_chart") if "known so far" in chart.proto.alt]
    assert "90 % interval" in alt


def test_back_one_takes_back_an_answer_and_at_last_the_weights_of_before(page, linear):
    page.radio(key="preset").set_value("typical_patient").run()
    first = futures(tell(page, "Questions"))
    assert not [button for button in page.button if button.key == "ask.back"]
    choose(page, "a")
    one, second = in_force(linear), futures(page)
    choose(page, "equal")
    page.button(key="ask.back").click().run()
    assert (in_force(linear), futures(page)) == (one, second)
    page.button(key="ask.back").click().run()
    assert futures(page) == first
    assert in_force(linear) == PRESETS["typical_patient"].preferences.to_dict()


def test_the_end_is_told_and_one_can_go_on(page, linear):
    tell(page, "Questions")
    for _ in range(12):
        if futures(page) is None:
            break
        choose(page, "a")
    assert futures(page) is None
    assert any(words.enough(why, 12) in said(page) for why in ("agreement", "loss", "questions"))
    page.button(key="ask.go_on").click().run()
    assert futures(page) is not None
    page.button(key="ask.back").click().run()
    assert futures(page) is not None


def test_contradictions_are_told(page, linear):
    tell(page, "Ranking").multiselect(key="ask.place.0").set_value(["stopping"]).run()
    session = page.session_state["ask.kept"][1]
    from bestviz.advice.elicitation import Gain, Question

    for steps in (0.5, 1, 2):
        session = session.answer(Question(Gain("anxiety", steps), Gain("stopping", 2)), "a")
    page.session_state["ask.kept"] = (page.session_state["ask.kept"][0], session)
    page.run()
    assert any("You ranked keeping up a treatment above" in warning.value for warning in page.warning)


def test_a_ranking_puts_weights_in_order_and_ties_share(page, linear):
    tell(page, "Ranking")
    assert [field.label for field in page.multiselect] == ["Most important"]
    page.multiselect(key="ask.place.0").set_value(["physical_function", "pain_intensity"]).run()
    page.multiselect(key="ask.place.1").set_value(["stopping"]).run()
    assert [field.label for field in page.multiselect] == [
        "Most important", "Second most important", "Third most important"
    ]  # fmt: skip
    weights = in_force(linear)
    assert min(weights["physical_function"], weights["pain_intensity"]) > weights["stopping"]
    assert weights["stopping"] > max(weights["anxiety"], weights["depression"])


def test_an_outcome_ranked_again_moves_and_an_empty_ranking_is_none(page, linear):
    tell(page, "Ranking").multiselect(key="ask.place.0").set_value(["stopping"]).run()
    page.multiselect(key="ask.place.1").set_value(["anxiety"]).run()
    page.multiselect(key="ask.place.2").set_value(["stopping"]).run()
    assert [field.value for field in page.multiselect] == [["anxiety"], ["stopping"], []]
    page.multiselect(key="ask.place.0").set_value([]).run()
    assert [field.value for field in page.multiselect] == [["stopping"], []]
    page.multiselect(key="ask.place.0").set_value([]).run()
    assert in_force(linear) == {"peg": 1.0}
    assert not page.exception


def test_back_one_keeps_the_ranking(page, linear):
    choose(tell(page, "Questions"), "b")
    tell(page, "Ranking").multiselect(key="ask.place.0").set_value(["anxiety"]).run()
    tell(page, "Questions").button(key="ask.back").click().run()
    assert "Question 1" in said(page)
    assert tell(page, "Ranking").multiselect(key="ask.place.0").value == ["anxiety"]


def test_other_weights_leave_what_was_said_and_it_can_be_used_again(page, linear):
    choose(tell(page, "Questions"), "a")
    weights = in_force(linear)
    tell(page, "Presets").radio(key="preset").set_value("equal").run()
    tell(page, "Questions")
    assert words.OTHER_WEIGHTS in said(page)
    page.button(key="ask.use").click().run()
    assert in_force(linear) == weights
    assert words.OTHER_WEIGHTS not in said(page)


def test_another_horizon_keeps_the_answers(page, linear):
    choose(tell(page, "Questions"), "a")
    weights, judged = in_force(linear), len(linear.judged)
    page.button_group(key=state.KEY_HORIZON).set_value(36).run()
    assert "Question 2" in said(page)
    assert in_force(linear) == weights
    assert len(linear.judged) == judged + 1


def test_a_cleared_case_forgets_what_was_said(page, linear):
    tell(page, "Ranking").multiselect(key="ask.place.0").set_value(["anxiety"]).run()
    choose(tell(page, "Questions"), "a")
    page.step(1).button(key="case.clear").click().run()
    assert in_force(linear) == {"peg": 1.0}
    assert "ask.kept" not in page.session_state
    page.step(3)
    assert "Question 1" in said(page)
    assert tell(page, "Ranking").multiselect(key="ask.place.0").value == []


def test_what_was_said_is_kept_over_pages(page, linear):
    choose(tell(page, "Questions"), "a")
    page.switch_page("pages/overview.py").run()
    page.switch_page("pages/patient.py").run()
    assert "Question 2" in said(page.step(3))


def test_at_week_12_questions_are_about_what_comes_next(linear, open_page):
    page = open_page("pages/week_12.py")
    page.session_state[week_12.KEY_STEP] = "What matters"
    page.session_state[state.key_input("sleep_disturbance")] = 60.0
    tell(page.run(), "Questions")
    assert words.NO_CLASS in said(page)
    page.session_state[followed.KEY_FIRST] = "EBEM"
    page.run()
    assert words.NO_CLASS in said(page)
    assert not linear.judged
    page.session_state[followed.key_measured("pgic")] = 1
    page.run()
    assert [(patient.week, patient.first_arm) for patient in linear.judged] == [(12, "EBEM")]
    assert "3.9 T-score points less" in futures(page)  # of sleep disturbance
    assert "today" not in futures(page)  # the value of week 0 is not today's
    assert "the same next step is best" in said(page)
    page.session_state[followed.key_measured("sleep_disturbance")] = 55.0
    assert "55 today, then 51.1" in futures(page.run())


def test_with_nothing_possible_there_is_nothing_to_ask(page, linear):
    for code in ("ESC", "ACT", "EBEM", "DUL"):
        page.step(2).checkbox(key=state.key_declined(code)).check().run()
    tell(page.step(3), "Questions")
    assert not page.exception
    assert "nothing to ask about" in said(page)


def test_peg_is_asked_about_only_where_its_parts_are_not():
    assert told.outcomes_asked(WEIGHTABLE) == tuple(code for code in WEIGHTABLE if code != "peg")
    assert told.outcomes_asked(("peg", "anxiety")) == ("peg", "anxiety")


def test_held_shares_stay_while_another_moves(page, linear):
    page.radio(key="preset").set_value("typical_patient").run()
    tell(page, "Sliders").multiselect(key=state.KEY_HELD).set_value(["physical_function"]).run()
    page.slider(key=state.key_weight("peg")).set_value(63).run()
    assert in_force(linear) == Preferences({"peg": 63, "physical_function": 37}).to_dict()


def test_the_words_of_the_weights():
    assert words.weights_line({"peg": 100}) == "PEG 100"
    assert words.weights_line({"anxiety": 40, "pain_intensity": 60, "peg": 0}) == "pain intensity 60, anxiety 40"
    many = dict(zip(WEIGHTABLE, (30, 20, 15, 10, 9, 8, 8), strict=False))
    assert words.weights_line(many).endswith("physical function 10, 3 others together 25")
    assert words.one_change("peg") == "1 point less"
    assert words.one_change("physical_function") == "3.6 T-score points more"
    assert words.one_change("opioid_use") == "no longer daily"
    assert words.one_change("stopping") == "20 fewer of 100 people"


def test_today_and_then_only_where_it_is_known_and_on_the_scale():
    assert words.today_then(MEASURES["pain_intensity"], 7, 2) == "7 today, then 4"
    assert words.today_then(MEASURES["physical_function"], 36, 1) == "36 today, then 39.6"
    assert words.today_then(MEASURES["pain_intensity"], 2, 2) == ""
    assert words.today_then(MEASURES["pain_intensity"], None, 2) == ""
    assert words.today_then(MEASURES["opioid_use"], 1, 1) == ""
