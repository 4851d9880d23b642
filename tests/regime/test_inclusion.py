"""Which groups stay in the estimates, and that what leaves stays in their uncertainty."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from bestviz.regime import TwoStageRegime
from bestviz.regime.additive import directions_within, informed_directions
from bestviz.regime.inclusion import bars_of, leaving, log_odds
from bestviz.regime.penalties import Moments, learn_penalties


def test_bars_rise_with_the_number_of_groups_of_a_kind_and_are_shared_by_independent_outcomes():
    block = ["level", *["main"] * 3, *["modifier"] * 8, "modifier", "curve"]
    optional = np.array([False, *[True] * 3, *[True] * 8, False, True])
    bars = bars_of(block, optional, 1.0)
    assert bars[1:4] == pytest.approx(np.full(3, 0.2 * np.log(4)))
    assert bars[4:12] == pytest.approx(np.full(8, 0.6 * np.log(9)))
    assert bars[13] == pytest.approx(1.1 * np.log(2))
    assert bars_of(block, optional, 4.0) == pytest.approx(bars / 4)


def test_odds_are_prior_over_posterior_density_of_no_effect():
    rng = np.random.default_rng(0)
    design = rng.normal(size=(50, 3))
    outcome = design @ [0.5, 0.0, 0.2] + rng.normal(size=50)
    variance = np.array([0.3, 0.3, 0.1])
    covariance = np.linalg.inv(design.T @ design + np.diag(1 / variance))
    means = covariance @ design.T @ outcome
    found = log_odds(means[:, None], covariance, variance, np.array([0, 1, 2]), np.array([2, 0]))
    for odds, j in zip(found, (2, 0), strict=True):
        prior = norm(0, np.sqrt(variance[j])).logpdf(0)
        assert odds == pytest.approx(prior - norm(means[j], np.sqrt(covariance[j, j])).logpdf(0))


def test_odds_of_a_group_are_those_of_two_models():
    """With known noise: the marginal likelihood with the group over that without it."""
    rng = np.random.default_rng(1)
    design = rng.normal(size=(60, 4))
    outcomes = design @ rng.normal(size=(4, 2)) * 0.3 + rng.normal(size=(60, 2))
    variance = np.array([0.2, 0.2, 0.5, 0.5])

    def evidence(some):
        system = np.eye(60) + (design[:, some] * variance[some]) @ design[:, some].T
        squares = np.einsum("nk,nm,mk->k", outcomes, np.linalg.inv(system), outcomes)
        return -0.5 * (np.linalg.slogdet(system)[1] + squares.mean())

    covariance = np.linalg.inv(design.T @ design + np.diag(1 / variance))
    means = covariance @ design.T @ outcomes
    (found,) = log_odds(means, covariance, variance, np.array([0, 1, 1, 0]), np.array([1]))
    assert found == pytest.approx(evidence([0, 1, 2, 3]) - evidence([0, 3]))
    (absent,) = log_odds(means, covariance, variance, np.array([0, 1, 1, 0]), np.array([5]))
    assert absent == -np.inf


def test_the_least_likely_groups_leave_first_and_few_at_a_time():
    odds, bars = np.array([3.0, -1.0, -2.0, 0.5, -3.0, 9.0, 0.1, 0.2, 0.3, 0.4]), np.ones(10)
    assert np.flatnonzero(leaving(odds, bars)).tolist() == [1, 2, 4]
    assert not leaving(odds, np.full(10, -5.0)).any()
    assert leaving(np.array([0.0]), np.array([1.0])).all()


@pytest.fixture(scope="module")
def noisy():
    """40 columns of which the first matters: moments, group and block of each."""
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(300), rng.normal(size=(300, 40))])
    outcome = 0.6 * design[:, [1]] + rng.normal(size=(300, 1))
    return Moments.of(design, outcome, np.ones(300)), np.arange(41), ["level"] + ["modifier"] * 40


def test_noise_leaves_and_what_matters_stays(noisy):
    choosy, all_in = learn_penalties(*noisy, independent=1.0), learn_penalties(*noisy)
    assert choosy.variance[1] > 0.1
    assert np.count_nonzero(choosy.variance[2:]) <= 2 < np.count_nonzero(all_in.variance[2:])
    stayed = np.count_nonzero(choosy.variance[1:])
    assert choosy.price == pytest.approx(stayed * 0.6 * np.log(41))
    assert choosy.worth == pytest.approx(choosy.evidence - choosy.price)
    assert all_in.worth == all_in.evidence


def test_directions_of_the_estimates_lie_within_those_of_the_spread():
    rng = np.random.default_rng(3)
    design, weights = rng.normal(size=(150, 12)), rng.random(150) + 0.5
    spread = rng.random(12) * 0.2
    variance = np.where(np.arange(12) < 4, 0.5, 0.0)
    directions, core = directions_within(design, weights, variance, spread)
    assert directions @ core == pytest.approx(informed_directions(design, weights, variance))
    # All columns together have the wider of the two prior variances.
    assert np.diag(directions @ directions.T) == pytest.approx(np.maximum(variance, spread), rel=0.1)


def test_replicates_change_no_estimate(study):
    with_them = study.fit(learner="additive", replicates=4)
    without = study.fit(learner="additive")
    asked = (study.baseline, {"y1": 1.0, "y2": 2.0})
    pd.testing.assert_frame_equal(with_them.utilities_first(*asked), without.utilities_first(*asked), atol=1e-8)
    tuning = with_them.engine_.tuning
    assert without.engine_.tuning.second_spread is without.engine_.tuning.first_spread is None
    assert tuning.second == without.engine_.tuning.second
    assert sum(v > 0 for v in tuning.second_spread.values()) > sum(v > 0 for v in tuning.second.values())


def test_replicates_stray_where_the_estimates_have_nothing():
    """A feature that left the estimates is still uncertain: people who differ in it alone differ in replicates."""
    rng = np.random.default_rng(4)
    n = 300
    baseline = pd.DataFrame(rng.normal(size=(n, 6)), columns=list("abcdef"))
    first, second = (pd.Series(rng.choice(["A", "B"], n)) for _ in range(2))
    outcomes = pd.DataFrame({"y": baseline["a"] + np.where(first == "A", 1, -1) * baseline["b"] + rng.normal(size=n)})
    regime = TwoStageRegime(learner="additive", replicates=20).fit(baseline, first, None, second, outcomes)
    engine = regime.engine_
    two = pd.DataFrame(np.zeros((2, 6)), columns=list("abcdef")).assign(f=[-2.0, 2.0])
    rows = engine.first_rows(engine.filler.baseline.linear(two))
    rule = engine.first_rule(engine.weigh(np.ones(1)), ())
    values = rows @ rule.coefficients.T
    benefit = (values[:, 0] - values[:, 1])[1] - (values[:, 0] - values[:, 1])[0]
    assert abs(benefit[0]) < 1e-9
    assert benefit[1:].std() > 0.05
