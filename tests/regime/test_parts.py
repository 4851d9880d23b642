"""The parts of the regime on inputs small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest

from bestviz.regime.additive import informed_directions
from bestviz.regime.arms import ArmCoding, holds_treatment
from bestviz.regime.columns import as_names, as_numbers
from bestviz.regime.dropout import weights_of_seen
from bestviz.regime.encoding import CategoricalColumn, Encoder, NumericColumn
from bestviz.regime.learners import _least
from bestviz.regime.normal import JointNormal
from bestviz.regime.pairs import Pairs
from bestviz.regime.penalties import Moments, learn_penalties
from bestviz.regime.resampling import bootstrap_counts, resampling_strata, strata_of
from bestviz.regime.solving import drawn_means, inverse_system

# -- columns ---------------------------------


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series([True, False]), [1, 0]),
        (pd.Series([True, None], dtype="boolean"), [1, np.nan]),
        (pd.Series([True, None], dtype="bool[pyarrow]"), [1, np.nan]),
        (pd.Series([1, None], dtype="Int64"), [1, np.nan]),
        (pd.Series([1.5, None], dtype="float[pyarrow]"), [1.5, np.nan]),
        (pd.Series([1, 2.5, None, pd.NA], dtype=object), [1, 2.5, np.nan, np.nan]),
        (pd.Series([True, None], dtype=object), [1, np.nan]),
        (pd.Series([None, None], dtype=object), [np.nan, np.nan]),
        (pd.Series(["1", "2"]), None),
        (pd.Series([1, "a"], dtype=object), None),
        (pd.Series([1, 2], dtype="category"), None),
        (pd.Series([True, False], dtype="category"), None),
        (pd.Series([1 + 2j]), None),
        (pd.Series(pd.to_datetime(["2020-01-01"])), None),
    ],
)
def test_what_counts_as_numbers(values, numbers):
    found = as_numbers(values)
    if numbers is None:
        assert found is None
    else:
        np.testing.assert_array_equal(found, numbers)


def test_names():
    assert list(as_names(pd.Series([1.0, 2, None, "x", 2.5, True], dtype=object))) == [
        "1",
        "2",
        None,
        "x",
        "2.5",
        "True",
    ]


# -- encoder ---------------------------------


def test_encoder_by_hand():
    frame = pd.DataFrame({"age": [1.0, 2, 3, 4, 5, 6, 7], "arm": list("aabbbbb"), "same": 3})
    encoder = Encoder().fit(frame)
    age, arm = encoder.columns
    assert age == NumericColumn("age", 4.0, 2.0, 1.0, 7.0, (2.5, 4.0, 5.5), (3.0, 5.0))
    assert arm == CategoricalColumn("arm", ("a", "b"), (2 / 7, 5 / 7))
    assert list(encoder.source) == [0, 1, 1]
    linear = encoder.linear(frame)
    assert linear[:, 0] == pytest.approx((frame["age"] - 4) / 2)
    assert linear[0, 1:] == pytest.approx([5 / 7, -5 / 7])
    curves, source = encoder.curves(linear)
    assert list(source) == [0, 0, 0]
    assert curves[-1] == pytest.approx([(7 - 2.5) / 2, 1.5, 0.75])
    assert curves[0] == pytest.approx([0, 0, 0])
    steps, _ = encoder.steps(linear)
    assert steps[[2, 3, 5]].tolist() == [[0, 0], [1, 0], [1, 1]]


def test_encoder_fills_what_is_missing_within_what_was_seen():
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    frame = pd.DataFrame({"x": x, "y": x + 0.1 * rng.normal(size=300), "g": np.where(x > 0, "high", "low")})
    encoder = Encoder().fit(frame)
    new = pd.DataFrame({"x": [2.0, -2.0, 50.0]})
    assert encoder.missing_inputs(new).tolist() == [[False, True, True]] * 3
    filled = encoder.linear(new)
    y = encoder.columns[1]
    assert filled[:2, 1] * y.sd + y.mean == pytest.approx([2, -2], abs=0.2)
    assert filled[2, 1] * y.sd + y.mean == pytest.approx(y.maximum)
    drawn = encoder.linear(pd.concat([new.iloc[:1]] * 50, ignore_index=True), np.random.default_rng(0))
    levels = drawn[:, 2:] + np.array(encoder.columns[2].frequencies)
    assert set(np.unique(levels.round(9))) <= {0.0, 1.0}
    assert drawn[:, 1].std() > 0.01


def test_rare_names_are_known_but_have_no_column():
    frame = pd.DataFrame({"site": [f"s{i}" for i in range(30)] + ["s0", "s1"] * 10})
    encoder = Encoder().fit(frame)
    assert encoder.width == 20
    assert {"s0", "s1"} <= set(encoder.columns[0].levels)
    assert len(encoder.columns[0].rare) == 10
    rare = sorted(encoder.columns[0].rare)[0]
    assert encoder.encode(pd.DataFrame({"site": [rare]}))[0] == pytest.approx(-np.array(encoder.columns[0].frequencies))


# -- joint normal ---------------------------------


def test_conditional_means_and_draws_of_a_known_normal():
    model = JointNormal(np.array([1.0, -1.0]), np.array([[1.0, 0.8], [0.8, 1.0]]))
    rows = np.array([[3.0, np.nan], [np.nan, np.nan], [0.0, 0.5]])
    assert model.fill(rows) == pytest.approx(np.array([[3.0, 0.6], [1.0, -1.0], [0.0, 0.5]]))
    drawn = model.fill(np.tile([3.0, np.nan], (20_000, 1)), np.random.default_rng(0))[:, 1]
    assert drawn.mean() == pytest.approx(0.6, abs=0.02)
    assert drawn.var() == pytest.approx(1 - 0.64, abs=0.02)
    assert model.squared_distance(np.array([[1.0, -1.0], [2.0, -1.0]])) == pytest.approx([0, 1 / 0.36])


def test_a_normal_is_learned_although_the_high_values_are_missing():
    rng = np.random.default_rng(0)
    x = rng.normal(size=4000)
    y = x + 0.5 * rng.normal(size=4000)
    rows = np.column_stack([x, np.where(x > 0, np.nan, y)])
    model = JointNormal.learn(rows)
    assert np.nanmean(rows[:, 1]) < -0.6
    assert model.center[1] == pytest.approx(0, abs=0.08)
    assert model.covariance[1, 1] == pytest.approx(1.25, abs=0.12)


def test_a_normal_without_columns_or_with_an_empty_one():
    assert JointNormal.learn(np.empty((5, 0))).fill(np.empty((2, 0))).shape == (2, 0)
    filled = JointNormal.learn(np.array([[1.0, np.nan], [2.0, np.nan]])).fill(np.array([[1.5, np.nan]]))
    assert np.isfinite(filled).all()


# -- arms ---------------------------------


def test_arm_coding_by_hand():
    coding = ArmCoding.learn(pd.Series(["A", "B", "B", "A+B", None]))
    assert coding.labels == ("A", "B", "A+B")
    assert coding.treatments == ("A", "B")
    assert coding.counts.tolist() == [1, 2, 1]
    assert coding.components == pytest.approx(np.array([[0.5, -0.75], [-0.5, 0.25], [0.5, 0.25]]))
    assert coding.pairs.tolist() == [[0], [0], [1]]
    assert coding.codes(["A+B", "Z", None, "B", np.nan]).tolist() == [2, -1, -1, 1, -1]
    assert coding.codes([]).tolist() == []
    assert holds_treatment(["A+C", "B"], ["C", "B"]).tolist() == [[True, False], [False, True]]


# -- pairs ---------------------------------


@pytest.fixture
def pairs():
    """Three people: A may go on or switch; B may only get A; C, no second arm itself, may get A or B."""
    arms = ArmCoding.learn(pd.Series(["A", "B", "A+B"]))
    allowed = np.array([[True, True, False], [True, False, False], [True, True, False]])
    return Pairs.list_all(allowed, arms, ["A", "B", "C"])


def chosen(pairs, excluded, values):
    best = pairs.best(np.array([values], float), pairs.open_to(excluded))[0]
    return [("A", "B", "A+B")[arm] for arm in pairs.arm[best]]


def test_pairs_by_hand(pairs):
    assert list(zip(pairs.person, pairs.arm, strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert pairs.allowed.tolist() == [True, True, True, False, True, True]
    assert pairs.table.tolist() == [[0, 1], [2, 3], [4, 5]]
    # The fallback of the second person is better by far and still not theirs.
    assert chosen(pairs, (), [1, 2, 0, 9, 2, 1]) == ["B", "A", "A"]


def test_exclusions_by_hand(pairs):
    values = [1, 2, 0, 9, 2, 1]
    assert chosen(pairs, ("B",), values) == ["A", "A", "A"]
    # Who is on A already keeps it; B has nothing left but to go on; C has no fallback other than what is excluded.
    assert chosen(pairs, ("A",), values) == ["B", "B", "B"]
    assert chosen(pairs, ("A", "B"), values) == ["A", "B", "A"]
    assert chosen(pairs, ("Z",), values) == ["B", "A", "A"]


def test_pairs_against_brute_force():
    rng = np.random.default_rng(0)
    arms = ArmCoding.learn(pd.Series(["A", "B", "C", "A+B", "B+C"]))
    first = list(rng.choice(["A", "B", "A+B", "D"], 60))
    allowed = rng.random((60, 5)) < 0.5
    allowed[:, 2] |= np.array(first) == "D"  # nobody without any future
    pairs = Pairs.list_all(allowed, arms, first)
    values = rng.normal(size=len(pairs.person))
    table = {(p, arms.labels[a]): v for p, a, v in zip(pairs.person, pairs.arm, values, strict=True)}
    for excluded in [(), ("A",), ("B",), ("A", "C"), ("A", "B", "C")]:
        best = pairs.best(values[None], pairs.open_to(excluded))[0]
        for i, on in enumerate(first):
            new = {a: set(a.split("+")) - set(on.split("+")) for a in arms.labels}
            may = [a for a, yes in zip(arms.labels, allowed[i], strict=True) if yes]
            left = [a for a in may if not new[a] & set(excluded)]
            left = left or ([on] if on in arms.labels else may)
            assert arms.labels[pairs.arm[best[i]]] == max(left, key=lambda a, i=i: table[i, a])


# -- penalties ---------------------------------


def log_marginal(design, outcome, variance):
    """Log marginal likelihood of one outcome at given relative prior variances, noise at its best; flat level."""
    n = len(outcome)
    system = np.eye(n) + (design[:, 1:] * variance) @ design[:, 1:].T
    inverse = np.linalg.inv(system)
    ones = np.ones(n)
    level = ones @ inverse @ outcome / (ones @ inverse @ ones)
    squares = (outcome - level) @ inverse @ (outcome - level)
    return -0.5 * (n * np.log(squares / n) + np.linalg.slogdet(system)[1] + np.log(ones @ inverse @ ones))


def test_the_evidence_is_that_of_the_marginal_model():
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(60), rng.normal(size=(60, 3))])
    outcome = design @ [1, 1, -1, 0.5] + rng.normal(size=60)
    group, block = np.array([0, 1, 1, 1]), ["level", "main"]
    learned = learn_penalties(Moments.of(design, outcome[:, None], np.ones(60)), group, block)
    assert learned.variance[0] == 1e4
    assert learned.variance[1:] == pytest.approx([learned.variance[1]] * 3)
    assert learned.evidence == pytest.approx(log_marginal(design, outcome, learned.variance[1:]), abs=0.01)
    grid = learned.variance[1] * np.exp(np.linspace(-2, 2, 41))
    best = max(grid, key=lambda v: log_marginal(design, outcome, np.full(3, v)))
    assert abs(np.log(best / learned.variance[1])) < 0.35


def test_features_that_say_nothing_are_held_back_more():
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(400), rng.normal(size=(400, 10))])
    outcomes = 2 * design[:, [1]] + rng.normal(size=(400, 3))
    found = learn_penalties(
        Moments.of(design, outcomes, np.ones(400)), np.arange(11), ["level"] + ["main"] * 10
    ).variance
    assert found[1] > 50 * found[2:].max()


def test_weights_count_as_repeats():
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(50), rng.normal(size=50)])
    outcome = rng.normal(size=(50, 2))
    twice = np.repeat(np.arange(50), 2)
    one = Moments.of(design, outcome, np.full(50, 2.0))
    other = Moments.of(design[twice], outcome[twice], np.ones(100))
    for name in ("gram", "cross", "squares", "rows"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


def test_informed_directions_reproduce_the_ridge_fit():
    rng = np.random.default_rng(3)
    design, weights = rng.normal(size=(200, 6)), rng.random(200) + 0.5
    variance = np.array([2.0, 1.0, 0.5, 0.0, 1.0, 3.0])
    directions = informed_directions(design, weights, variance)
    assert directions.shape == (6, 5)
    assert not directions[3].any()
    outcome = rng.normal(size=200)
    rows = design @ directions
    fitted = rows @ inverse_system(rows, weights) @ rows.T @ (weights * outcome)
    used = variance > 0
    system = (design[:, used].T * weights) @ design[:, used] + np.diag(1 / variance[used])
    expected = design[:, used] @ np.linalg.solve(system, design[:, used].T @ (weights * outcome))
    assert fitted == pytest.approx(expected)


def test_drawn_means_are_correlated_as_told():
    covariance = np.array([[2.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    drawn = drawn_means(50_000, covariance, np.random.default_rng(0))
    assert np.cov(drawn.T) == pytest.approx(covariance, abs=0.05)


# -- resampling and drop-out ---------------------------------


def test_resampling_keeps_the_size_of_every_stratum():
    strata = strata_of(np.array(["A"] * 30 + ["B"] * 10), np.array([[True]] * 20 + [[False]] * 20))
    assert sorted(np.bincount(strata)) == [10, 10, 20]
    counts = bootstrap_counts(strata, 50, seed=1)
    assert counts.shape == (51, 40)
    assert (counts[0] == 1).all()
    for stratum in range(3):
        assert (counts[:, strata == stratum].sum(axis=1) == (strata == stratum).sum()).all()
    assert len(np.unique(counts[1:], axis=0)) == 50
    assert np.array_equal(counts[:11], bootstrap_counts(strata, 10, seed=1))
    assert not np.array_equal(counts[1:], bootstrap_counts(strata, 50, seed=2)[1:])


def test_small_strata_of_an_arm_are_resampled_together():
    arm = np.repeat([0, 1], 12)
    allowed = np.ones((24, 2), dtype=bool)
    allowed[[0, 1], 0] = False  # two people of the first arm
    allowed[2, :] = False  # and one more, alone
    strata = resampling_strata(arm, allowed)
    assert sorted(np.bincount(strata)) == [3, 9, 12]
    assert len(set(strata[:3])) == 1
    assert len(set(strata[arm == 1]) & set(strata[arm == 0])) == 0


def test_weights_of_those_seen():
    rng = np.random.default_rng(0)
    x = rng.normal(size=4000)
    seen = rng.random(4000) < 1 / (1 + np.exp(-x))
    weights = weights_of_seen(seen, x[:, None])
    assert (weights[~seen] == 0).all()
    assert weights[seen].mean() == pytest.approx(1)
    assert np.average(x[seen]) > 0.3
    assert np.average(x, weights=weights) == pytest.approx(0, abs=0.06)
    everybody = np.ones(5, bool)
    assert weights_of_seen(everybody, np.zeros((5, 1))).tolist() == [1] * 5
    assert weights_of_seen(~everybody, np.zeros((5, 1))).tolist() == [0] * 5
    assert weights_of_seen(np.array([True, False]), np.zeros((2, 1))).tolist() == [1, 0]


# -- forest -----------------------------------


def test_a_forest_is_added_only_where_it_is_better_by_more_than_chance():
    rng = np.random.default_rng(5)
    noise = rng.normal(size=400)
    alone = 5 + noise
    assert _least({0.0: alone, 0.05: alone - 0.3, 0.5: alone - 0.1}) == 0.05
    # Better by 0.08 on average, with a standard error of 0.05.
    by_chance = alone - 0.08 - (noise - noise.mean()) / noise.std()
    assert by_chance.sum() < alone.sum()
    assert _least({0.0: alone, 0.15: by_chance}) == 0.0
    assert _least({0.0: alone, 0.15: alone + 0.1}) == 0.0
