"""Exact Shapley values of a forest's likeness, against the definition written out."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from bestviz.advice.why import shapley
from bestviz.advice.why.paths import Paths
from bestviz.advice.why.shapley import References
from bestviz.regime.leaves import Leaves

# Encoded columns 1 and 2 are one input.
SOURCE = np.array([0, 1, 1, 2, 3])
INPUTS = 4


def grown(features, trees=12, seed=1):
    rng = np.random.default_rng(seed)
    targets = np.column_stack([features[:, 0] * features[:, 1] + features[:, 3], features[:, 2] - features[:, 4]])
    targets = targets + 0.1 * rng.normal(size=targets.shape)
    return Leaves.grow(features, targets, np.ones(len(features)), features, trees, seed)


@pytest.fixture(scope="module")
def people():
    return np.random.default_rng(3).normal(size=(120, len(SOURCE)))


@pytest.fixture(scope="module")
def leaves(people):
    return grown(people)


def likeness_with(leaves, taken, patient, people):
    """Likeness averaged over all participants and draws, the inputs of the columns `taken` from the patient."""
    mixed = np.concatenate([np.where(taken, draw, people) for draw in patient])
    return leaves.likeness(mixed).mean(axis=0)


def by_definition(leaves, patient, people, player):
    count = player.max() + 1
    worth = {}
    for size in range(count + 1):
        for coalition in combinations(range(count), size):
            worth[coalition] = likeness_with(leaves, np.isin(player[SOURCE], coalition), patient, people)
    parts = np.zeros((count, leaves.members.shape[0]))
    for coalition, value in worth.items():
        share = factorial(len(coalition)) * factorial(count - len(coalition) - 1) if len(coalition) < count else 0
        for one in set(range(count)) - set(coalition):
            joined = tuple(sorted((*coalition, one)))
            parts[one] += share / factorial(count) * (worth[joined] - value)
    return parts


@pytest.mark.parametrize("row", [0, 5, 40])
def test_all_known(leaves, people, row):
    references = References.of(Paths.of(leaves, SOURCE), people)
    patient, player = people[[row]] + 0.3, np.arange(INPUTS)
    parts = references.shapley(patient, player, None)
    np.testing.assert_allclose(parts, by_definition(leaves, patient, people, player), atol=1e-12)
    np.testing.assert_allclose(references.expected + parts.sum(axis=0), leaves.likeness(patient)[0], atol=1e-12)


@pytest.mark.parametrize("player", [[0, 1, 2, 2], [2, 0, 2, 1], [0, 0, 0, 0]])
def test_what_is_not_known_is_one_player(leaves, people, player):
    references, player = References.of(Paths.of(leaves, SOURCE), people), np.array(player)
    joint = int(player.max())
    patient = np.repeat(people[[7]], 6, axis=0)
    unknown = player[SOURCE] == joint
    patient[:, unknown] = np.random.default_rng(8).normal(size=(6, unknown.sum()))
    parts = references.shapley(patient, player, joint)
    np.testing.assert_allclose(parts, by_definition(leaves, patient, people, player), atol=1e-12)
    expected = leaves.likeness(patient).mean(axis=0)
    np.testing.assert_allclose(references.expected + parts.sum(axis=0), expected, atol=1e-12)


def test_an_input_that_no_tree_asks_about_adds_nothing(people):
    flat = people.copy()
    flat[:, 3] = 0.0
    references = References.of(Paths.of(grown(flat), SOURCE), flat)
    parts = references.shapley(flat[[2]] + [0, 0, 0, 5.0, 0], np.arange(INPUTS), None)
    assert np.abs(parts[2]).max() == 0
    assert np.abs(parts).max() > 0


def test_paths_lead_where_the_trees_do(leaves, people):
    paths = Paths.of(leaves, SOURCE)
    new = np.random.default_rng(4).normal(size=(50, len(SOURCE)))
    reached = paths.reached(new, np.arange(len(paths.leaf)))
    assert (reached.sum(axis=0) == len(leaves.roots)).all()
    np.testing.assert_allclose((paths.members @ reached).T, leaves.likeness(new), atol=1e-12)


def test_a_value_at_a_threshold_goes_where_the_tree_sends_it(leaves, people):
    paths = Paths.of(leaves, SOURCE)
    at = np.flatnonzero(np.isfinite(paths.high))[:20]
    rows = np.repeat(people[:1], len(at), axis=0)
    rows[np.arange(len(at)), paths.column[at]] = paths.high[at]
    reached = paths.reached(rows, np.arange(len(paths.leaf)))
    np.testing.assert_allclose((paths.members @ reached).T, leaves.likeness(rows), atol=1e-12)


def test_trees_that_ask_nothing(people):
    flat = np.zeros_like(people)
    paths = Paths.of(Leaves.grow(flat, people[:, :2], np.ones(len(flat)), flat, 3, 1), SOURCE)
    references = References.of(paths, flat)
    assert paths.most == 0
    np.testing.assert_array_equal(references.expected, np.ones(len(flat)))
    np.testing.assert_array_equal(references.shapley(people[:1], np.arange(INPUTS), None), np.zeros((4, len(flat))))
    assert paths.reached(people[:2], np.arange(0)).all()


def test_many_participants_are_counted_in_parts(leaves, people, monkeypatch):
    paths = Paths.of(leaves, SOURCE)
    whole = References.of(paths, people)
    monkeypatch.setattr(shapley, "CELLS_AT_ONCE", 1000)
    parts = References.of(paths, people)
    np.testing.assert_array_equal(whole.met, parts.met)
    np.testing.assert_array_equal(whole.share, parts.share)
    np.testing.assert_allclose(np.bincount(parts.leaf, parts.share), np.ones(paths.count))
