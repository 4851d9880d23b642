"""The search finds the best tree: against plain enumeration, known answers, ties, leaf sizes, weights."""

from itertools import product

import numpy as np
import pytest

from bestviz.errors import RegimeError
from bestviz.regime.trees import Least, search, search_many

NO_LIMIT = Least(0, 1)


def members_of(sides, root, left, right):
    """Leaves of a tree as boolean rows, in reading order."""
    everybody = np.ones(sides.shape[1], dtype=bool)
    if root is None:
        return [everybody]
    leaves = []
    for side, cut in ((sides[root], left), (~sides[root], right)):
        leaves += [side] if cut is None else [side & sides[cut], side & ~sides[cut]]
    return leaves


def enumerate_trees(payoff, sides, depth, weights, fewest):
    """Every feasible tree as (value, leaves, root, left, right), by plain sums."""
    cuts = range(len(sides))
    second = [None, *cuts] if depth == 2 else [None]
    shapes = [(None, None, None)]
    if depth:
        shapes += list(product(cuts, second, second))
    for root, left, right in shapes:
        leaves = members_of(sides, root, left, right)
        if root is None or all(weights[leaf].sum() >= fewest for leaf in leaves):
            value = sum(max(weights[leaf] @ payoff[leaf, a] for a in range(payoff.shape[1])) for leaf in leaves)
            yield value / weights.sum(), len(leaves), root, left, right


def make_problem(seed, n=45, cuts=7, options=3, whole=False):
    rng = np.random.default_rng(seed)
    sides = rng.random((cuts, n)) < rng.uniform(0.2, 0.8, (cuts, 1))
    effect = sides.T @ rng.normal(size=(cuts, options))
    payoff = rng.integers(-1, 2, (n, options)).astype(float) if whole else effect + rng.normal(size=(n, options)) + 100
    return payoff, sides, rng.integers(0, 4, n).astype(float)


def key(found):
    """What a tree is compared by after its value: fewest leaves, then the earliest cuts, none before any."""
    return tuple(-1 if cut is None else cut for cut in found)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("whole", [False, True])
def test_agrees_with_plain_enumeration(seed, depth, whole):
    payoff, sides, weights = make_problem(seed, whole=whole)
    weights = np.ones(len(payoff)) if seed % 3 == 0 else weights
    least = Least(0.1, 3)
    found = search(payoff, sides, depth, weights, least)
    trees = list(enumerate_trees(payoff, sides, depth, weights, max(3, 0.1 * weights.sum())))
    best = max(tree[0] for tree in trees)
    assert found.value == pytest.approx(best, abs=1e-12 + 1e-13 * abs(best))
    tied = [tree for tree in trees if tree[0] > best - 1e-12]
    simplest = min(tied, key=lambda t: (t[1], key(t[2:3])))
    assert len(members_of(sides, found.root, *found.second)) == simplest[1]
    assert found.root == simplest[2]
    # Among the second cuts that are as good with this first cut, the earliest.
    same_root = [t for t in tied if t[1] == simplest[1] and t[2] == found.root]
    assert found.second in [t[3:] for t in same_root]
    with_same_shape = [t[3:] for t in same_root if [c is None for c in t[3:]] == [c is None for c in found.second]]
    assert found.second == min(with_same_shape, key=key)


@pytest.mark.parametrize("seed", range(5))
def test_the_reported_value_is_what_the_leaves_pay(seed):
    payoff, sides, weights = make_problem(seed)
    found = search(payoff, sides, 2, weights, NO_LIMIT)
    named = np.take(found.options, found.leaves(sides))
    assert found.value == pytest.approx(np.average(payoff[np.arange(len(payoff)), named], weights=weights), abs=1e-12)
    for leaf in members_of(sides, found.root, *found.second):
        assert len(set(named[leaf])) == 1
        sums = weights[leaf] @ payoff[leaf]
        assert sums[named[leaf][0]] == pytest.approx(sums.max(), abs=1e-9)


def test_a_deeper_tree_is_never_worse():
    for seed in range(20):
        payoff, sides, weights = make_problem(seed)
        values = [search(payoff, sides, depth, weights).value for depth in (0, 1, 2)]
        assert values == sorted(values)


def test_two_questions_that_only_help_together():
    first, second = np.repeat([True, True, False, False], 25), np.repeat([True, False, True, False], 25)
    noise = np.tile([True, False], 50)
    payoff = np.column_stack([np.where(first == second, 1.0, -1.0), np.where(first == second, -1.0, 1.0)])
    sides = np.vstack([noise, first, second])
    assert search(payoff, sides, 1).root is None
    found = search(payoff, sides, 2)
    assert (found.root, found.second, found.options, found.value) == (1, (2, 2), (0, 1, 1, 0), 1.0)


def test_one_side_may_stay_a_leaf():
    a, b = np.repeat([True, True, False, False], 25), np.repeat([True, False, True, False], 25)
    best = np.where(~a, 2, np.where(b, 0, 1))
    found = search(np.eye(3)[best], np.vstack([b, a]))
    assert (found.root, found.second, found.options, found.value) == (1, (0, None), (0, 1, 2, 2), 1.0)
    found = search(np.eye(3)[np.where(a, 2, np.where(b, 0, 1))], np.vstack([b, a]))
    assert (found.root, found.second, found.options, found.value) == (1, (None, 0), (2, 2, 0, 1), 1.0)


def test_equal_scores_need_no_question_and_the_first_option():
    sides = make_problem(0)[1]
    for value in (0.0, 0.1, -7.3):
        found = search(np.full((45, 3), value), sides, least=NO_LIMIT)
        assert (found.root, found.options) == (None, (0, 0, 0, 0))
        assert found.value == pytest.approx(value)


def test_tied_options_prefer_what_more_people_may_have():
    payoff, sides = np.ones((40, 3)), np.tile([True, False], 20)[None]
    allowed = np.ones((40, 3), dtype=bool)
    allowed[:5, 0] = False
    assert search(payoff, sides, allowed=allowed).options == (1, 1, 1, 1)
    payoff[:, 0] += 1e-6
    assert search(payoff, sides, allowed=allowed).options == (0, 0, 0, 0)


def test_the_same_cut_twice_counts_once_and_the_first_is_taken():
    x = np.tile([True, False], 20)
    payoff = np.column_stack([x, ~x]).astype(float)
    found = search(payoff, np.vstack([np.repeat([True, False], 20), x, x, ~x]))
    assert (found.root, found.second, found.options) == (1, (None, None), (0, 0, 1, 1))


def test_a_gain_too_small_to_be_more_than_rounding_is_a_tie():
    x = np.tile([True, False], 20)
    payoff = np.column_stack([np.where(x, 0.1 + 0.2, 0.3), np.full(40, 0.3)])
    payoff[0] = (5, -5)
    assert search(payoff, x[None]).root is None


def test_what_all_options_share_changes_nothing():
    payoff, sides, weights = make_problem(3)
    shift = np.random.default_rng(0).normal(0, 1e4, (len(payoff), 1))
    plain, shifted = (search(p, sides, 2, weights) for p in (payoff, payoff + shift))
    assert (plain.root, plain.second, plain.options) == (shifted.root, shifted.second, shifted.options)


def test_one_option_and_no_cuts():
    payoff, sides, _ = make_problem(1)
    assert search(payoff[:, :1], sides).root is None
    found = search(payoff, np.zeros((0, len(payoff)), dtype=bool))
    assert found.root is None
    assert found.value == pytest.approx(payoff.mean(axis=0).max())
    constant = np.vstack([np.ones(len(payoff), dtype=bool), np.zeros(len(payoff), dtype=bool)])
    assert search(payoff, constant, least=Least(0, 0)).root is None


@pytest.mark.parametrize("seed", range(6))
def test_no_leaf_is_smaller_than_the_fewest(seed):
    payoff, sides, weights = make_problem(seed, n=120)
    for w in (np.ones(120), weights):
        found = search(payoff, sides, 2, w, Least(0.1, 15))
        held = [w[leaf].sum() for leaf in members_of(sides, found.root, *found.second)]
        assert min(held) >= max(15, 0.1 * w.sum())


def test_exactly_the_fewest_is_enough():
    x = np.arange(100) < 7
    payoff = np.column_stack([x, ~x]).astype(float)
    assert search(payoff, x[None], 1, least=Least(0.07, 1)).root == 0
    assert search(payoff, x[None], 1, least=Least(0.0, 7)).root == 0
    assert search(payoff, x[None], 1, least=Least(0.071, 1)).root is None
    assert search(payoff, x[None], 1, least=Least(0.0, 8)).root is None
    assert search(payoff, x[None], 1).root is None


def test_a_weight_is_so_many_people():
    payoff, sides, weights = make_problem(8)
    copies = np.repeat(np.arange(len(payoff)), weights.astype(int))
    weighted, copied = search(payoff, sides, 2, weights), search(payoff[copies], sides[:, copies])
    assert (weighted.root, weighted.second, weighted.options) == (copied.root, copied.second, copied.options)
    assert weighted.value == pytest.approx(copied.value)


def test_the_order_of_people_does_not_matter():
    payoff, sides, weights = make_problem(5)
    order = np.random.default_rng(0).permutation(len(payoff))
    one = search(payoff, sides, 2, weights)
    other = search(payoff[order], sides[:, order], 2, weights[order])
    assert (one.root, one.second, one.options) == (other.root, other.second, other.options)


def test_many_searches_are_single_ones():
    payoff, sides, _ = make_problem(2)
    weights = np.random.default_rng(1).multinomial(45, np.ones(45) / 45, 6)
    many = search_many(payoff, sides, weights, 2, Least(0, 4))
    assert many == [search(payoff, sides, 2, row, Least(0, 4)) for row in weights]
    assert many == search_many(payoff, sides, weights, 2, Least(0, 4))
    assert len({(found.root, found.second) for found in many}) > 1


REFUSED = {
    "A tree of depth 3 cannot be searched; choose 0, 1 or 2.": {"depth": 3},
    "A tree of depth 'deep' cannot be searched": {"depth": "deep"},
    "weights must hold one number for each of the 45 people.": {"weights": np.ones(44)},
    "weights must be finite, 0 or more, and not all 0.": {"weights": np.zeros(45)},
    "weights must be finite": {"weights": np.r_[np.nan, np.ones(44)]},
    "weights must be finite, 0 or": {"weights": np.r_[-1, np.ones(44)]},
}


@pytest.mark.parametrize("message", REFUSED)
def test_refusals(message):
    payoff, sides, _ = make_problem(0)
    with pytest.raises(RegimeError) as error:
        search(payoff, sides, **REFUSED[message])
    assert str(error.value).startswith(message)


def test_refused_tables_of_weights_and_sizes():
    payoff, sides, _ = make_problem(0)
    with pytest.raises(RegimeError, match="weights must be a table with one row a replicate"):
        search_many(payoff, sides, np.ones(45))
    for share, people in ((1.5, 10), (-0.1, 10), (0.1, -1), (0.1, np.inf), (np.nan, 1)):
        with pytest.raises(RegimeError, match="the share must be between 0 and 1 and the number 0 or more"):
            Least(share, people)
