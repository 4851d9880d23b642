"""The session of questions: what is learned, what is asked, when it ends, and that it can be told again."""

import json
import pickle
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from bestviz.advice.elicitation import Answer, Elicitation, Gain, Question, Ranking, StoppingRule
from bestviz.advice.elicitation.contradictions import NOTE
from bestviz.advice.known import encode
from bestviz.advice.outcomes import weight_vector
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.errors import PreferenceError
from bestviz.trial import WEIGHTABLE

CODES = ("pain_intensity", "physical_function", "sleep_disturbance", "adverse_event")
ARMS = np.array([[1.2, 0.1, 0.3, 0.2], [0.1, 1.1, 0.2, 0.3], [0.3, 0.2, 1.3, 0.1], [0.2, 0.4, 0.3, 1.0]])
PAIN_OR_SLEEP = Question(Gain("pain_intensity", 2), Gain("sleep_disturbance", 2))
ENDLESS = StoppingRule(agreement=1.1, loss=0.0)


def linear(arms, weights):
    return weights @ np.asarray(arms).T


def begin(arms=ARMS, codes=CODES, **more):
    return Elicitation(codes, partial(linear, arms), **more)


def go_on(session, choose):
    """Answer to the end; `choose` maps a question to a choice."""
    while question := session.next_question():
        session = session.answer(question, choose(question))
    return session


def knowing(weights):
    """Answers of someone who knows the weights and makes no mistake."""
    known = dict(zip(CODES, weights, strict=True))

    def choose(question):
        a, b = (known[gain.outcome] * gain.steps for gain in (question.a, question.b))
        return "equal" if abs(a - b) < 0.02 else "a" if a > b else "b"

    return choose


# -- what is learned --------------------------------------------------------------------------------------------------


def test_before_anything_is_said():
    session = begin()
    assert list(session.weights) == list(CODES)
    assert list(session.weights.values()) == pytest.approx([0.25] * 4, abs=0.02)
    assert sum(session.weights.values()) == pytest.approx(1)
    assert session.answers == ()
    assert session.contradictions == ()
    assert session.note == ""
    for low, high in session.intervals.values():
        assert 0 < low < 0.05
        assert 0.5 < high < 0.7


def test_a_ranking_orders_the_weights():
    session = begin().rank([[code] for code in reversed(CODES)])
    assert list(session.weights.values()) == sorted(session.weights.values())


def test_a_partial_ranking_says_nothing_of_the_rest():
    weights = begin().rank(["physical_function"]).weights
    rest = [weight for code, weight in weights.items() if code != "physical_function"]
    assert weights["physical_function"] > 1.5 * max(rest)
    assert max(rest) - min(rest) < 0.02


def test_ties_are_about_as_important():
    session = begin().rank([["pain_intensity", "physical_function"], ["sleep_disturbance", "adverse_event"]])
    pain, function, sleep, harm = session.weights.values()
    assert pain == pytest.approx(function, abs=0.03)
    assert sleep == pytest.approx(harm, abs=0.03)
    assert min(pain, function) > 1.5 * max(sleep, harm)


@pytest.mark.parametrize(("choice", "sign"), [("a", 1), ("b", -1)])
def test_an_answer_moves_the_weights_its_way(choice, sign):
    weights = begin().answer(PAIN_OR_SLEEP, choice).weights
    assert sign * (weights["pain_intensity"] - weights["sleep_disturbance"]) > 0.1


def test_about_equal_brings_weights_to_the_ratio_asked_about():
    session = begin()
    question = Question(Gain("pain_intensity", 3), Gain("sleep_disturbance", 1))
    pain, sleep = (session.posterior.weights[:, CODES.index(g.outcome)] for g in (question.a, question.b))
    after = session.answer(question, "equal").posterior
    off = np.abs(3 * pain - sleep)
    assert after.chances @ np.abs(3 * after.weights[:, 0] - after.weights[:, 2]) < off.mean() - 0.1


@pytest.mark.parametrize("weights", [(0.5, 0.1, 0.3, 0.1), (0.1, 0.2, 0.1, 0.6), (0.25, 0.25, 0.25, 0.25)])
def test_someone_who_makes_no_mistake_is_understood(weights):
    session = go_on(begin(ARMS[:1], rule=ENDLESS), knowing(weights))
    assert session.answered == 12
    assert list(session.weights.values()) == pytest.approx(weights, abs=0.06)
    for weight, (low, high) in zip(weights, session.intervals.values(), strict=True):
        assert low < weight < high
    assert not session.contradictions


# -- the decision -----------------------------------------------------------------------------------------------------


def test_the_best_arm_is_that_of_the_mean_weights():
    session = begin().answer(PAIN_OR_SLEEP, "b")
    mean = np.array(list(session.weights.values()))
    assert session.best == (ARMS @ mean).argmax() == 2
    values = session.posterior.weights @ ARMS.T
    assert session.best == (session.posterior.chances @ values).argmax()
    assert session.agreement == pytest.approx(session.posterior.chances @ (values.argmax(axis=1) == 2))
    assert session.expected_loss == pytest.approx(session.posterior.chances @ (values.max(axis=1) - values[:, 2]))


@pytest.mark.parametrize("gone", [np.nan, -np.inf])
def test_an_arm_that_is_not_allowed_is_never_chosen(gone):
    without = begin(np.where(np.arange(4)[:, None] == 2, gone, ARMS)).answer(PAIN_OR_SLEEP, "b")
    assert without.best != 2
    left = begin(np.delete(ARMS, 2, axis=0)).answer(PAIN_OR_SLEEP, "b")
    assert (without.agreement, without.expected_loss) == pytest.approx((left.agreement, left.expected_loss))
    assert without.next_question() == left.next_question()


def test_nothing_is_asked_where_nothing_depends_on_it():
    better = np.vstack([ARMS, ARMS.max(axis=0) + 0.1])
    for session in (begin(better), begin(ARMS[:1]), begin([[1.0], [2.0]], codes=("peg",))):
        assert session.next_question() is None
        assert (session.finished, session.stop_reason) == (True, "agreement")
        assert (session.agreement, session.expected_loss) == pytest.approx((1, 0), abs=1e-9)


def test_it_ends_in_every_way():
    unsure = go_on(begin(), lambda question: "equal")
    assert unsure.stop_reason in ("loss", "questions")
    small = go_on(begin(ARMS / 50), lambda question: "equal")
    assert (small.stop_reason, small.answered) == ("loss", 6)
    assert go_on(begin(rule=ENDLESS), lambda question: "a").stop_reason == "questions"
    two = begin(ARMS[:, :2], CODES[:2], rule=replace(ENDLESS, questions=99))
    every = go_on(two, lambda question: "a")
    assert every.stop_reason == "exhausted"
    assert 5 < every.answered < 20
    overlapping = begin([[1, 0], [0, 1]], ("peg", "pain_intensity"))
    assert (overlapping.stop_reason, overlapping.next_question()) == ("exhausted", None)


def test_the_same_is_never_asked_twice():
    rng = np.random.default_rng(1)
    session = begin(rule=replace(ENDLESS, questions=40))
    session = go_on(session, lambda question: str(rng.choice(["a", "b", "equal"])))
    keys = [answer.question.key for answer in session.answers]
    assert len(set(keys)) == len(keys) == 40


def test_where_the_arm_is_certain_the_weights_are_asked_about():
    session = begin([[1, 1, 1, 1], [0, 0, 0, 0]], rule=ENDLESS)
    assert session.expected_loss == 0
    wide = sum(high - low for low, high in session.intervals.values())
    session = go_on(session, knowing((0.4, 0.3, 0.2, 0.1)))
    assert sum(high - low for low, high in session.intervals.values()) < 0.6 * wide


# -- contradictions ---------------------------------------------------------------------------------------------------


def contradicting():
    session = begin()
    for steps in ((1, 1), (2, 1), (3, 1), (3, 0.5)):
        session = session.answer(Question(Gain("pain_intensity", steps[0]), Gain("sleep_disturbance", steps[1])), "b")
    return session


def test_an_answer_against_all_others_is_named():
    session = contradicting().answer(Question(Gain("pain_intensity", 1), Gain("sleep_disturbance", 3)), "a")
    (found,) = session.contradictions
    assert found.statement == session.answers[-1]
    assert found.probability < 0.1
    assert found.text == (
        "Between pain one step better and quality of sleep three steps better you chose pain, "
        "but your other answers speak for quality of sleep."
    )
    assert session.note == NOTE


def test_about_equal_against_all_others_is_named():
    session = contradicting()
    last = Question(Gain("pain_intensity", 1), Gain("sleep_disturbance", 3))
    (found,) = session.answer(last, "equal").contradictions
    assert "you called them about equal, but your other answers speak for quality of sleep" in found.text


def test_a_ranking_against_the_answers_is_named():
    session = contradicting().rank([["pain_intensity"], ["sleep_disturbance"]])
    texts = [found.text for found in session.contradictions]
    assert "You ranked pain above quality of sleep, but your answers say that quality of sleep matters more." in texts


def test_contradictions_leave_the_weights_uncertain_and_sound():
    """Someone answering against themselves throughout is not understood, and the intervals say so."""
    codes = ("pain_intensity", "physical_function", "sleep_disturbance", "depression")
    steady, torn = begin(codes=codes), begin(codes=codes)
    for a, b in ((2, 1), (1, 2), (3, 1), (1, 3)):
        for first, second in (("pain_intensity", "sleep_disturbance"), ("physical_function", "depression")):
            question = Question(Gain(first, a), Gain(second, b))
            steady = steady.answer(question, "a" if a > b else "b")
            torn = torn.answer(question, "b" if a > b else "a")
    width = [sum(high - low for low, high in session.intervals.values()) for session in (steady, torn)]
    assert width[1] > 1.1 * width[0]
    assert steady.note == ""
    assert torn.note == NOTE
    assert all(np.isfinite(list(torn.weights.values())))
    assert sum(torn.weights.values()) == pytest.approx(1)


# -- a session can be told again --------------------------------------------------------------------------------------


def test_the_same_answers_give_the_same_session():
    session = begin(seed=7).rank(["adverse_event"])
    session = go_on(session, knowing((0.2, 0.4, 0.1, 0.3)))
    kept = pickle.loads(pickle.dumps(list(session.answers)))
    again = begin(seed=7, answers=kept)
    assert again == session
    assert json.dumps(again.to_dict()) == json.dumps(session.to_dict())
    assert begin(seed=8, answers=kept).weights != session.weights
    assert list(begin(seed=8, answers=kept).weights.values()) == pytest.approx(list(session.weights.values()), abs=0.03)


def test_undo_goes_back_one_step():
    start = begin()
    ranked = start.rank(["adverse_event"])
    answered = ranked.answer(PAIN_OR_SLEEP, "a")
    assert answered.undo() == ranked
    assert answered.undo().weights == ranked.weights
    assert begin(answers=answered.answers).undo().undo().to_dict() == start.to_dict()
    with pytest.raises(PreferenceError, match="nothing to undo"):
        start.undo()


def test_a_session_never_changes():
    session = begin()
    before = session.to_dict()
    session.answer(PAIN_OR_SLEEP, "a").answer(PAIN_OR_SLEEP, "b").rank(["adverse_event"])
    assert session.to_dict() == before


def test_a_new_answer_or_ranking_takes_the_place_of_the_old():
    session = begin().rank(["adverse_event"]).answer(PAIN_OR_SLEEP, "a")
    mirrored = Question(Gain("sleep_disturbance", 1), Gain("pain_intensity", 1))
    assert session.answer(mirrored, "a").answers == (Ranking((("adverse_event",),)), Answer(mirrored, "a"))
    ranked = session.rank(["pain_intensity"])
    assert ranked.answers == (Answer(PAIN_OR_SLEEP, "a"), Ranking((("pain_intensity",),)))
    assert ranked.weights == begin(answers=ranked.answers).weights


def test_answers_go_with_other_utilities():
    session = begin().answer(PAIN_OR_SLEEP, "b")
    other = replace(session, utilities=partial(linear, ARMS[::-1]))
    assert other.weights == session.weights
    assert (session.best, other.best) == (2, 1)


def test_the_order_of_answers_hardly_matters():
    said = [Answer(q, "a") for q in (PAIN_OR_SLEEP, Question(Gain("adverse_event", 1), Gain("physical_function", 2)))]
    said.append(Ranking((("adverse_event",), ("pain_intensity",))))
    one, other = begin(answers=tuple(said)), begin(answers=tuple(reversed(said)))
    assert list(one.weights.values()) == pytest.approx(list(other.weights.values()), abs=0.03)


def test_json():
    session = begin().rank([["adverse_event"], ["pain_intensity", "physical_function"]]).answer(PAIN_OR_SLEEP, "b")
    told = json.loads(json.dumps(session.to_dict(), allow_nan=False))
    assert told["weights"] == session.weights
    assert told["answers"][0] == {"ranking": [["adverse_event"], ["pain_intensity", "physical_function"]]}
    assert told["answers"][1]["choice"] == "b"
    assert told["answers"][1]["question"]["a"] == {"pain_intensity": 2}
    assert (told["answered"], told["finished"], told["stop_reason"]) == (1, session.finished, session.stop_reason)
    assert Preferences(told["weights"]).weights == pytest.approx(session.weights)


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ((), "no outcome to ask about"),
        (("pgic",), "'pgic' is no outcome that can be weighed"),
        (("peg", "anxiety", "peg"), "peg is named twice"),
    ],
)
def test_outcomes_that_cannot_be_asked_about(codes, words):
    with pytest.raises(PreferenceError, match=words):
        begin(codes=codes)


@pytest.mark.parametrize(
    "say",
    [
        lambda session: session.rank(["peg"]),
        lambda session: session.answer(Question(Gain("peg", 1), Gain("pain_intensity", 1)), "a"),
        lambda session: replace(session, answers=(Ranking((("peg",),)),)),
    ],
)
def test_statements_about_other_outcomes(say):
    with pytest.raises(PreferenceError, match="'peg' is ranked or asked about, but is not among the outcomes"):
        say(begin())


def test_answers_that_are_none():
    with pytest.raises(PreferenceError, match="'maybe' is none of a, b, equal"):
        begin().answer(PAIN_OR_SLEEP, "maybe")


@pytest.mark.parametrize("wrong", [lambda w: w[:, 0], lambda w: w[:1] @ ARMS.T, lambda w: 1.0])
def test_utilities_of_another_shape(wrong):
    with pytest.raises(PreferenceError, match="Utilities must come as a table of"):
        _ = Elicitation(CODES, wrong).agreement


# -- with a fitted model ----------------------------------------------------------------------------------------------


def utilities_of(model, patient):
    """Utilities of the first arms for a patient, as a function of weights of the model's outcomes."""
    columns, codes = model.weighable_columns, model.outcome_codes
    vectors = np.array([weight_vector({code: 1.0}, patient.horizon, columns) for code in codes])
    row = encode(model, patient).draws.mean(axis=0, keepdims=True)
    engine, excluded = model.engine, frozenset(patient.excluded)
    barred = [bool(excluded & set(arm.split("+"))) for arm in engine.first_arms.labels]

    def utilities(weights):
        many = np.repeat(row, len(weights), axis=0)
        values = engine.first_values(many, engine.weigh(weights @ vectors), excluded)
        return np.where(barred, np.nan, values)

    return utilities


def test_with_a_fitted_model(model, typical):
    patient = Patient.from_dict({"baseline": typical, "contraindicated": {"DUL": "takes an MAO inhibitor"}})
    session = Elicitation(model.outcome_codes, utilities_of(model, patient), seed=1, rule=replace(ENDLESS, questions=4))
    session = session.rank([["physical_function"], ["pain_intensity", "sleep_disturbance"]])
    labels = model.engine.first_arms.labels
    for choice in ("a", "b", "equal", "a"):
        session = session.answer(session.next_question(), choice)
        assert labels[session.best] != "DUL"
        # Utilities bend with the weights, as the second treatment is chosen for them; either way to decide is as good.
        expected = session.posterior.chances @ session.utilities(session.posterior.weights)
        assert expected[session.best] == pytest.approx(np.nanmax(expected), abs=0.005)
    assert session.stop_reason == "questions"
    assert 0 < session.agreement <= 1
    json.dumps(session.to_dict(), allow_nan=False)
    advice = model.recommend(patient, session.weights)
    assert advice.recommended == labels[session.best]


def test_the_next_question_with_all_outcomes_is_among_those_offered():
    rng = np.random.default_rng(2)
    session = begin(rng.uniform(0, 1.5, (4, 11)), WEIGHTABLE)
    question = session.next_question()
    assert question is not None
    assert question == begin(session.utilities.args[0], WEIGHTABLE).next_question()
