"""Likelihoods, particles, questions and their usefulness: against numbers worked out another way."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import beta

from bestviz.advice.elicitation import ATTRIBUTES, Answer, ChoiceModel, Gain, Question, Ranking
from bestviz.advice.elicitation.attributes import OVERLAPPING, improvement
from bestviz.advice.elicitation.choosing import expected_gain, information, most_useful
from bestviz.advice.elicitation.decision import Decision, StoppingRule
from bestviz.advice.elicitation.posterior import Posterior
from bestviz.advice.elicitation.questions import all_questions
from bestviz.advice.elicitation.statements import Evidence, gains_of
from bestviz.errors import PreferenceError
from bestviz.trial import MEASURES, WEIGHTABLE

MODEL = ChoiceModel()
EXACT = ChoiceModel(sharpness=(1.0,), tie=0.5, lapse=0.0)
THREE = ("pain_intensity", "physical_function", "adverse_event")


def ask(first, second, a=1.0, b=1.0):
    return Question(Gain(first, a), Gain(second, b))


def updated(posterior, statements, outcomes, model=MODEL, seed=5):
    """Take in statements one after the other."""
    for count, statement in enumerate(statements, start=1):
        said, before = (Evidence.of(part, outcomes) for part in ([statement], statements[: count - 1]))
        posterior = posterior.updated(
            lambda w, e=said: e.log_likelihood(model, w), lambda w, e=before: e.log_likelihood(model, w), (seed, count)
        )
    return posterior


# -- how people answer ------------------------------------------------------------------------------------------------


def test_answers_by_hand():
    a, equal = EXACT.answers(np.array([0.0, 2.0]), 1.0)
    assert a[0] == pytest.approx(1 / 2.5)
    assert equal[0] == pytest.approx(0.5 / 2.5)
    assert a[1] == pytest.approx(np.e / (np.e + 1 / np.e + 0.5))
    assert equal[1] == pytest.approx(0.5 / (np.e + 1 / np.e + 0.5))


def test_mirrored_questions_have_mirrored_answers():
    values = np.linspace(-40, 40, 81)
    for sharpness in MODEL.sharpness:
        a, equal = MODEL.answers(values, sharpness)
        mirrored, same = MODEL.answers(-values, sharpness)
        assert np.allclose(a + equal + mirrored, 1)
        assert np.allclose(equal, same)
        assert np.all(np.diff(a) > -1e-12)


def test_no_answer_is_ever_impossible():
    worth = np.array([[-110.0, 110.0, 110.0]])  # 10 steps in the only one of 11 outcomes that counts
    logs = MODEL.log_answers(worth, np.array([1, -1, 0]))
    assert np.all(logs >= np.log(MODEL.lapse / 3) - 1e-12)


def test_a_ranking_by_hand():
    weights = np.array([[0.5, 0.3, 0.2]])
    x, y, z = np.exp([1.5, 0.9, 0.6])
    whole = EXACT.log_ranking(weights, ((0,), (2,), (1,)))
    assert np.exp(whole[0, 0]) == pytest.approx(x / (x + y + z) * z / (y + z))
    top = EXACT.log_ranking(weights, ((1,),))
    assert np.exp(top[0, 0]) == pytest.approx(y / (x + y + z))
    tied = EXACT.log_ranking(weights, ((0, 1), (2,)))
    assert np.exp(tied[0, 0]) == pytest.approx(x * y / (x + y + z) ** 2)


@pytest.mark.parametrize("model", [EXACT, MODEL])
def test_all_rankings_together_are_certain(model):
    weights = np.random.default_rng(1).dirichlet(np.ones(4), 5)
    every = [model.log_ranking(weights, tuple((place,) for place in order)) for order in permutations(range(4))]
    assert np.exp(every).sum(axis=0) == pytest.approx(np.ones((5, len(model.sharpness))))


def test_a_ranking_of_two_is_a_choice_between_them():
    weights = np.array([[0.8, 0.2]])
    assert np.exp(EXACT.log_ranking(weights, ((0,), (1,)))[0, 0]) == pytest.approx(expit(2 * 0.6))


def test_a_tie_is_likeliest_between_equals():
    shares = np.linspace(0.05, 0.95, 19)
    logs = MODEL.log_ranking(np.column_stack([shares, 1 - shares]), ((0, 1),))
    assert shares[logs.sum(axis=1).argmax()] == pytest.approx(0.5)


# -- particles --------------------------------------------------------------------------------------------------------


def test_beforehand_all_weights_are_equally_likely():
    prior = Posterior.prior(3, 4, seed=2)
    low, high = prior.quantiles((0.05, 0.95))
    assert prior.mean == pytest.approx(np.full(3, 1 / 3), abs=0.02)
    assert low == pytest.approx(np.full(3, beta(1, 2).ppf(0.05)), abs=0.01)
    assert high == pytest.approx(np.full(3, beta(1, 2).ppf(0.95)), abs=0.03)
    assert prior.effective == pytest.approx(len(prior.weights))


STATEMENTS = [
    [Answer(ask("pain_intensity", "physical_function"), "b")],
    [Answer(ask("pain_intensity", "physical_function"), "equal"), Ranking((("adverse_event",),))],
    [
        Ranking((("pain_intensity",), ("physical_function", "adverse_event"))),
        Answer(ask("pain_intensity", "physical_function", 0.5, 3), "a"),
        Answer(ask("pain_intensity", "adverse_event", 0.5, 2), "a"),
        Answer(ask("physical_function", "adverse_event", 1, 3), "b"),
        Answer(ask("physical_function", "adverse_event", 2, 2), "b"),
    ],
]


@pytest.mark.parametrize("statements", STATEMENTS)
def test_particles_agree_with_the_integral_over_a_fine_grid(statements):
    posterior = updated(Posterior.prior(3, 4, seed=3), statements, THREE)
    steps = (np.arange(300) + 0.5) / 300
    first, second = (axis.ravel() for axis in np.meshgrid(steps, steps))
    grid = np.column_stack([first, second, 1 - first - second])[first + second < 1]
    density = np.exp(Evidence.of(statements, THREE).log_likelihood(MODEL, grid)).sum(axis=1)
    density /= density.sum()
    assert posterior.mean == pytest.approx(density @ grid, abs=0.02)
    for level, found in zip((0.05, 0.95), posterior.quantiles((0.05, 0.95)), strict=True):
        for place in range(3):
            assert density @ (grid[:, place] <= found[place]) == pytest.approx(level, abs=0.03)


def test_every_statement_leaves_enough_particles():
    posterior = updated(Posterior.prior(11, 4, seed=1), [Ranking(tuple((code,) for code in WEIGHTABLE))], WEIGHTABLE)
    assert posterior.effective >= 0.3 * len(posterior.weights)
    assert len(np.unique(posterior.weights, axis=0)) > 0.95 * len(posterior.weights)
    assert np.all(np.diff(posterior.mean) < 0)


def test_particles_stay_on_the_simplex_whatever_is_said():
    rng = np.random.default_rng(4)
    for seed in range(5):
        chosen = rng.choice(len(all_questions(WEIGHTABLE)), 12, replace=False)
        said = [Answer(all_questions(WEIGHTABLE)[place], str(rng.choice(["a", "b", "equal"]))) for place in chosen]
        posterior = updated(Posterior.prior(11, 4, seed), said, WEIGHTABLE)
        assert np.all(posterior.weights > 0)
        assert posterior.weights.sum(axis=1) == pytest.approx(np.ones(len(posterior.weights)))
        assert posterior.mass.sum() == pytest.approx(1)
        assert np.all(np.isfinite(posterior.mass))


# -- questions --------------------------------------------------------------------------------------------------------


def test_every_outcome_can_be_asked_about():
    assert set(ATTRIBUTES) == set(WEIGHTABLE)


def test_questions_are_all_different_and_sensible():
    questions = all_questions(WEIGHTABLE)
    assert len({question.key for question in questions}) == len(questions)
    pairs = {frozenset({question.a.outcome, question.b.outcome}) for question in questions}
    assert pairs == {frozenset(pair) for pair in combinations(WEIGHTABLE, 2)} - OVERLAPPING
    for question in questions:
        for gain in (question.a, question.b):
            assert gain.steps in ATTRIBUTES[gain.outcome].steps


def test_every_pair_can_be_asked_from_a_quarter_to_four_times():
    for pair in combinations(WEIGHTABLE, 2):
        ratios = [q.a.steps / q.b.steps for q in all_questions(pair)]
        assert not ratios or (min(ratios) <= 1 / 4 and max(ratios) >= 4) or "opioid_use" in pair
        assert not ratios or (min(ratios) <= 1 / 2 and 1 in ratios and max(ratios) >= 2)


def test_mirrored_and_resized_questions_are_the_same():
    question = ask("pain_intensity", "anxiety", 1, 2)
    assert question.key == ask("anxiety", "pain_intensity", 2, 1).key == ask("pain_intensity", "anxiety", 0.5, 1).key
    assert question.key != ask("pain_intensity", "anxiety", 2, 1).key
    assert question.key != ask("pain_intensity", "depression", 1, 2).key


def test_a_question_in_words():
    question = ask("pain_intensity", "sleep_disturbance", 2, 1)
    assert question.text() == (
        "A: Pain: two steps better (3 points less); Quality of sleep: as now. "
        "B: Pain: as now; Quality of sleep: one step better (3.9 T-score points less)."
    )
    assert question.to_dict() == {
        "a": {"pain_intensity": 2}, "b": {"sleep_disturbance": 1}, "text": question.text(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "steps", "words"),
    [
        ("sleep_duration", 2, "two steps better (1 hour more)"),
        ("physical_function", 0.5, "half a step better (1.8 T-score points more)"),
        ("peg", 1, "one step better (1 point less)"),
        ("adverse_event", 0.5, "10 fewer of 100 people have side effects of a treatment"),
        ("stopping", 2, "40 fewer of 100 people stop a treatment early"),
        ("opioid_use", 0.5, "50 fewer of 100 people take opioids every day"),
        ("peg", 1.25, "1.25 steps better (1.2 points less)"),
    ],
)
def test_improvements_in_words(outcome, steps, words):
    assert improvement(outcome, steps) == words


def test_sizes_follow_the_meaningful_changes_of_the_model():
    measures = MEASURES | {"peg": MEASURES["peg"].with_meaningful_change(2)}
    assert "two steps better (4 points less)" in ask("peg", "anxiety", 2, 1).text(measures)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Gain("pgic", 1), "'pgic' is no outcome that can be asked about"),
        (lambda: Gain("peg", 0), "peg by 0 steps"),
        (lambda: Gain("peg", float("nan")), "peg by nan steps"),
        (lambda: Gain("peg", 10.5), "peg by 10.5 steps; the steps must be above 0 and at most 10"),
        (lambda: ask("peg", "peg", 1, 2), "both sides improve peg"),
        (lambda: Answer(ask("peg", "anxiety"), "c"), "'c' is none of a, b, equal"),
        (lambda: Ranking(()), "a place without an outcome"),
        (lambda: Ranking((("peg",), ())), "a place without an outcome"),
        (lambda: Ranking((("peg",), ("anxiety", "peg"))), "peg is named twice"),
    ],
)
def test_faults(wrong, words):
    with pytest.raises(PreferenceError, match=words):
        wrong()


# -- what to ask ------------------------------------------------------------------------------------------------------


@pytest.fixture
def situation():
    """A posterior after one answer, three arms, and all questions about three outcomes."""
    posterior = updated(Posterior.prior(3, 4, seed=6), [Answer(ask(*THREE[:2]), "a")], THREE)
    arms = np.array([[1.2, 0.0, 0.3], [0.0, 1.3, 0.2], [0.4, 0.5, 0.6]])
    questions = all_questions(THREE)
    return posterior, posterior.weights @ arms.T, questions, gains_of(questions, THREE)


def given(posterior, question, choice):
    """Chance of an answer, and the chances of the particles after it, from the likelihood of the answer alone."""
    evidence = Evidence.of([Answer(question, choice)], THREE)
    joint = (posterior.mass * np.exp(evidence.log_likelihood(MODEL, posterior.weights))).sum(axis=1)
    return joint.sum(), joint / joint.sum()


def test_the_gain_is_that_of_answering_every_way_and_deciding_anew(situation):
    posterior, utilities, questions, gains = situation
    found = expected_gain(posterior, utilities, gains, MODEL, softness=1e-6)
    for question, gain in zip(questions, found, strict=True):
        answers = [given(posterior, question, choice) for choice in ("a", "b", "equal")]
        after = sum(chance * (chances @ utilities).max() for chance, chances in answers)
        assert gain == pytest.approx(after - (posterior.chances @ utilities).max(), abs=1e-5)


def test_information_is_the_divergence_from_what_was_believed(situation):
    posterior, _, questions, gains = situation
    found = information(posterior, gains, MODEL)
    for question, gain in zip(questions, found, strict=True):
        answers = [given(posterior, question, choice) for choice in ("a", "b", "equal")]
        after = sum(p * (chances @ np.log(chances / posterior.chances)) for p, chances in answers)
        assert gain == pytest.approx(after, abs=1e-9)


def test_no_question_is_expected_to_harm(situation):
    posterior, utilities, _, gains = situation
    for softness in (1e-6, 0.02, 1.0):
        assert np.all(expected_gain(posterior, utilities, gains, MODEL, softness) >= -1e-12)


def test_what_the_decision_turns_on_is_asked():
    """The arms differ in two of nine outcomes only: these two are asked about."""
    outcomes = WEIGHTABLE[1:10]
    posterior, questions = Posterior.prior(9, 4, seed=1), all_questions(outcomes)
    arms = np.zeros((2, 9))
    arms[0, 0] = arms[1, 5] = 1.0
    chosen = questions[most_useful(posterior, posterior.weights @ arms.T, gains_of(questions, outcomes), MODEL)]
    assert {chosen.a.outcome, chosen.b.outcome} == {outcomes[0], outcomes[5]}


def test_the_weights_are_asked_about_where_no_answer_can_change_the_arm(situation):
    posterior, _, _, gains = situation
    same = np.tile([1.0, 2.0], (len(posterior.weights), 1))
    assert most_useful(posterior, same, gains, MODEL) == information(posterior, gains, MODEL).argmax()


# -- deciding and stopping --------------------------------------------------------------------------------------------


def test_a_decision_by_hand():
    chances, nan = np.array([0.5, 0.3, 0.2]), np.nan
    values = np.array([[1.0, nan, 0.0], [0.0, 9.0, 1.0], [0.4, nan, 0.5]])
    decision = Decision.of(chances, values, np.array([0.6, nan, 0.4]))
    assert (decision.best, list(decision.allowed)) == (0, [0, 2])
    assert decision.agreement == pytest.approx(0.5)
    assert decision.loss == pytest.approx(0.3 * 1.0 + 0.2 * 0.1)


@pytest.mark.parametrize("gone", [np.nan, -np.inf, np.inf])
def test_no_arm_at_all(gone):
    with pytest.raises(PreferenceError, match="No first treatment may be chosen"):
        Decision.of(np.ones(2) / 2, np.full((2, 3), gone), np.full(3, gone))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ((0.9, 1.0, 0, 5), "agreement"),
        ((0.89, 0.05, 6, 5), None),
        ((0.89, 0.049, 6, 5), "loss"),
        ((0.89, 0.049, 5, 5), None),
        ((0.89, 1.0, 12, 5), "questions"),
        ((0.89, 1.0, 3, 0), "exhausted"),
    ],
)
def test_why_asking_ends(state, word):
    assert StoppingRule().reason(*state) == word
