"""Doubly robust scores: by hand, as a mean, and right when only one of their two halves is."""

from collections.abc import Callable

import numpy as np
import pytest

from bestviz.regime.judging.scores import Stage, early_scores, regime_scores, under


def test_scores_of_one_stage_by_hand() -> None:
    # Person 0 had arm 1 and is seen (probability .8), person 1 had arm 0 and is not, person 2 had nothing.
    expected = np.array([[[1.0], [2.0]], [[3.0], [4.0]], [[5.0], [6.0]]])
    probability = np.array([[0.5, 0.5], [0.25, 0.75], [0.5, 0.5]])
    stage = Stage(expected, probability, np.array([1, 0, -1]), np.array([1 / 0.8, 0.0, 1.0]))
    scores = stage.scores(np.array([[5.0], [np.nan], [np.nan]]))
    # 2 + (5 - 2) / (.5 * .8) = 9.5; everybody else keeps what was expected.
    assert scores[:, :, 0].tolist() == [[1.0, 9.5], [3.0, 4.0], [5.0, 6.0]]


def test_two_stages_by_hand() -> None:
    first = Stage(np.array([[[1.0], [2.0]]]), np.array([[0.25, 0.75]]), np.array([0]), np.array([1 / 0.9]))
    second = Stage(np.array([[[3.0], [4.0]]]), np.array([[0.4, 0.6]]), np.array([1]), np.array([[1 / 0.8]]))
    g1, g2 = np.array([[0.7, 0.3]]), np.array([[0.2, 0.8]])
    score = regime_scores(first, second, np.array([[6.0]]), g1, g2)
    later = 0.2 * 3 + 0.8 * 4
    by_hand = (
        0.7 * 1 + 0.3 * 2
        + 0.7 / 0.25 / 0.9 * (later - 1)
        + 0.7 * 0.8 / (0.25 * 0.6) / (0.9 * 0.8) * (6 - 4)
    )  # fmt: skip
    assert score.item() == pytest.approx(by_hand)


def test_each_outcome_has_its_own_chance_of_being_seen() -> None:
    stage = Stage(np.zeros((1, 1, 2)), np.ones((1, 1)), np.array([0]), np.array([[2.0, 0.0]]))
    assert stage.scores(np.array([[3.0, np.nan]])).tolist() == [[[6.0, 0.0]]]
    assert early_scores(stage, np.array([[3.0, np.nan]]), np.ones((1, 1))).tolist() == [[6.0, 0.0]]


def test_without_dropout_the_value_as_randomised_is_the_mean_whatever_is_expected() -> None:
    """With the frequencies as probabilities, what is wrong in the expectations cancels."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 2, 400), rng.integers(0, 3, 400)
    outcomes = rng.normal(size=(400, 1))
    pi1 = np.tile(np.bincount(first) / 400, (400, 1))
    pi2 = np.tile(np.bincount(second) / 400, (400, 1))
    wrong1 = np.tile(rng.normal(size=(1, 2, 1)), (400, 1, 1))
    wrong2 = np.tile(rng.normal(size=(1, 3, 1)), (400, 1, 1))
    everybody = np.ones(400)
    scores = regime_scores(
        Stage(wrong1, pi1, first, everybody), Stage(wrong2, pi2, second, everybody), outcomes, pi1, pi2
    )
    assert scores.mean() == pytest.approx(outcomes.mean())


def test_scores_are_linear_in_outcomes_and_rules() -> None:
    rng = np.random.default_rng(1)
    seen = np.where(rng.random((50, 3)) < 0.8, 1.25, 0.0)
    stage = Stage(rng.normal(size=(50, 4, 3)), np.full((50, 4), 0.25), rng.integers(0, 4, 50), seen)
    scores = stage.scores(rng.normal(size=(50, 3)))
    g, h = rng.dirichlet(np.ones(4), (2, 50))
    assert np.allclose(under(0.3 * g + 0.7 * h, scores), 0.3 * under(g, scores) + 0.7 * under(h, scores))


Wrong = Callable[[np.ndarray], np.ndarray]


def small_trial(n: int, seed: int) -> dict[str, np.ndarray]:
    """Binary state, confounded arms, drop-out that depends on the state; the value of any rule is known."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, n)
    p1 = np.where(x == 1, 0.7, 0.4)
    a1 = (rng.random(n) < p1).astype(int)
    s_seen = np.where(a1 == 1, 0.7, 0.9)
    seen = rng.random(n) < s_seen
    z = (rng.random(n) < 0.3 + 0.4 * (a1 == x)).astype(int)
    p2 = np.where(z == 1, 0.6, 0.3)
    a2 = (rng.random(n) < p2).astype(int)
    o_seen = 0.6 + 0.3 * z
    observed = seen & (rng.random(n) < o_seen)
    y = 1.0 * z + 0.5 * a2 * (2 * z - 1) + 0.4 * x * a1 + rng.normal(size=n)
    return {"x": x, "p1": p1, "a1": a1, "s": s_seen, "seen": seen, "z": z, "p2": p2, "a2": a2, "o": o_seen,
            "observed": observed, "y": y}  # fmt: skip


def true_value() -> float:
    """Of the rule: first arm 1 for everybody, second arm 1 where z is 1."""
    return float(np.mean([0.5 * 0 + p * 1.5 + 0.4 * x for x, p in ((0, 0.3), (1, 0.7))]))


def value_of(trial: dict[str, np.ndarray], q_right: bool, p_right: bool) -> tuple[float, float]:
    n, t = len(trial["x"]), trial
    two = np.column_stack
    pi1, pi2 = two([1 - t["p1"], t["p1"]]), two([1 - t["p2"], t["p2"]])
    s, o = t["s"], t["o"]
    q2 = np.stack([t["z"] + 0.5 * b * (2 * t["z"] - 1) + 0.4 * t["x"] * t["a1"] for b in (0, 1)], axis=1)
    p_z = np.stack([0.3 + 0.4 * (a == t["x"]) for a in (0, 1)], axis=1)
    q1 = np.stack([1.5 * p_z[:, a] + 0.4 * t["x"] * a for a in (0, 1)], axis=1)
    if not q_right:
        q1, q2 = np.full((n, 2), 0.3), np.full((n, 2), -0.2)
    if not p_right:
        pi1, pi2, s, o = np.full((n, 2), 0.5), np.full((n, 2), 0.5), np.full(n, 0.6), np.full(n, 0.9)
    first = Stage(q1[:, :, None], pi1, t["a1"], t["seen"] / s)
    arms = np.where(t["seen"], t["a2"], -1)
    second = Stage(q2[:, :, None], pi2, arms, t["observed"] / o)
    y = np.where(t["observed"], t["y"], np.nan)[:, None]
    g1, g2 = np.tile([0.0, 1.0], (n, 1)), two([1 - t["z"], t["z"]]).astype(float)
    scores = regime_scores(first, second, y, g1, g2)[:, 0]
    return float(scores.mean()), float(scores.std() / np.sqrt(n))


@pytest.mark.parametrize(("q_right", "p_right"), [(True, True), (True, False), (False, True)])
def test_one_right_half_is_enough(q_right: bool, p_right: bool) -> None:
    value, se = value_of(small_trial(100_000, 7), q_right, p_right)
    assert se < 0.02
    assert abs(value - true_value()) < 3 * se


def test_two_wrong_halves_are_not_enough() -> None:
    value, se = value_of(small_trial(100_000, 7), False, False)
    assert abs(value - true_value()) > 10 * se
