"""Probabilities of assignment and of being seen: frequencies where there are many, pooled where there are few."""

import numpy as np
import pytest

from bestviz.regime.judging.probabilities import (
    SMALLEST_ASSIGNED,
    Presence,
    Randomisation,
    given_or,
    inverse_seen,
)


def drawn(n: int, seed: int, strengths: tuple[float, ...] = (1, 1, 2)) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Allowed sets (some without arm 2), arms drawn in proportion to their strengths, covariates that do nothing."""
    rng = np.random.default_rng(seed)
    allowed = np.ones((n, len(strengths)), bool)
    allowed[:, 2] = rng.random(n) < 0.7
    chances = allowed * np.array(strengths, float)
    chances /= chances.sum(axis=1, keepdims=True)
    assigned = (chances.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return allowed, assigned, rng.normal(size=(n, 6))


def test_frequencies_within_each_set() -> None:
    allowed, assigned, features = drawn(4000, 0)
    table = Randomisation.fit(allowed, assigned, features).table(allowed, features)
    free = allowed[:, 2]
    assert table[free].mean(axis=0) == pytest.approx([0.25, 0.25, 0.5], abs=0.02)
    assert table[~free].mean(axis=0) == pytest.approx([0.5, 0.5, 0], abs=0.02)


def test_only_allowed_arms_get_any_and_rows_sum_to_one() -> None:
    allowed, assigned, features = drawn(300, 1)
    assigned[::10] = -1
    fitted = Randomisation.fit(allowed, assigned, features)
    rng = np.random.default_rng(2)
    new = rng.random((200, 3)) < 0.6
    table = fitted.table(new, 5 * rng.normal(size=(200, 6)))
    assert (table[~new] == 0).all()
    assert np.allclose(table.sum(axis=1), new.any(axis=1))
    assert table[new].min() > SMALLEST_ASSIGNED / 2


def test_a_set_never_seen_is_pooled_from_the_others() -> None:
    allowed, assigned, features = drawn(4000, 3, (1, 3, 2))
    fitted = Randomisation.fit(allowed, assigned, features)
    table = fitted.table(np.array([[True, False, True]]), np.zeros((1, 6)))
    assert table[0] == pytest.approx([1 / 3, 0, 2 / 3], abs=0.04)


def test_a_set_seen_in_few_is_between_its_own_frequency_and_the_pooled_one() -> None:
    allowed, assigned, features = drawn(2000, 4)
    some = np.array([[True, False, True]] * 10)
    fitted = Randomisation.fit(
        np.vstack([allowed, some]), np.append(assigned, [0] * 10), np.vstack([features, np.zeros((10, 6))])
    )
    assert 1 / 3 + 0.1 < fitted.table(some[:1], np.zeros((1, 6)))[0, 0] < 0.9


def test_covariates_that_matter_tilt_and_those_that_do_not_hardly_do() -> None:
    allowed, assigned, features = drawn(800, 5)
    quiet = Randomisation.fit(allowed, assigned, features).table(allowed, features)
    rng = np.random.default_rng(6)
    assigned = np.where(rng.random(800) < 1 / (1 + np.exp(-2 * features[:, 0])), 0, 1)
    loud = Randomisation.fit(allowed, assigned, features).table(allowed, features)
    assert quiet[allowed[:, 2]].std(axis=0).max() < 0.03
    assert np.corrcoef(loud[:, 0], features[:, 0])[0, 1] > 0.9
    assert loud[:, 0].std() > 0.1


def test_nobody_had_a_choice() -> None:
    allowed = np.eye(2, dtype=bool)[[0, 1, 0, 1]]
    fitted = Randomisation.fit(allowed, np.array([0, 1, 0, 1]), np.zeros((4, 0)))
    assert fitted.table(allowed, np.zeros((4, 0))).tolist() == allowed.astype(float).tolist()


def test_known_probabilities_take_the_place_of_estimates() -> None:
    table = np.array([[0.2, 0.2, 0.6], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.3, 0.3, 0.4]])
    filled = given_or(table, np.array([0, 1, 0, -1]), np.array([0.6, np.nan, 0.5, 0.5]))
    assert filled == pytest.approx(np.array([[0.6, 0.1, 0.3], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.3, 0.3, 0.4]]))


def test_seen_depends_on_what_is_known() -> None:
    rng = np.random.default_rng(8)
    features = rng.normal(size=(5000, 3))
    chance = 1 / (1 + np.exp(-1.5 - 0.8 * features[:, 0]))
    seen = rng.random(5000) < chance
    fitted = Presence.fit(seen, features)
    assert np.abs(fitted.probability(features) - chance).mean() < 0.02
    weights = inverse_seen(seen, features, fitted)
    assert (weights[~seen] == 0).all()
    assert weights.mean() == pytest.approx(1, abs=0.03)


def test_everybody_and_nobody_seen() -> None:
    features = np.zeros((5, 2))
    assert (Presence.fit(np.ones(5, bool), features).probability(features) == 1).all()
    assert (Presence.fit(np.zeros(5, bool), features).probability(features) == 0.1).all()


def test_same_people_same_probabilities() -> None:
    allowed, assigned, features = drawn(200, 9)
    one, two = (Randomisation.fit(allowed, assigned, features).table(allowed, features) for _ in range(2))
    assert (one == two).all()


def test_columns_that_hardly_vary_and_rare_categories_do_no_harm() -> None:
    """Rounding in a constant column must not count as variation, nor one person in hundreds as far away."""
    rng = np.random.default_rng(10)
    seen = rng.random(300) < 0.8
    features = np.column_stack([0.1 + 1e-17 * rng.normal(size=300), np.arange(300) == 7, rng.normal(size=300)])
    fitted = Presence.fit(seen, features)
    new = np.array([[0.2, 0.0, 0.0], [0.1, 1.0, 0.0], [0.1, 0.0, 50.0]])
    constant, rare, far = fitted.probability(new)
    assert constant == pytest.approx(seen.mean(), abs=0.02)
    assert rare > 0.4
    assert far == pytest.approx(seen.mean(), abs=0.1)
