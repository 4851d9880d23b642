"""Means, differences and intervals from scores; weights that rest on too few people."""

import numpy as np
import pytest

from bestviz.regime.judging.values import Estimate, RegimeValue, Spread, estimates


def test_mean_and_standard_error_by_hand() -> None:
    (estimate,) = estimates(np.array([[[1.0], [2.0], [6.0]]]))
    assert estimate.value == pytest.approx(3.0)
    assert estimate.se == pytest.approx(np.sqrt((4 + 1 + 9) / 2 / 3))
    low, high = estimate.interval
    assert (low + high) / 2 == pytest.approx(3.0)
    assert high - low == pytest.approx(2 * 1.96 * estimate.se, rel=1e-4)


def test_repeated_splits_take_the_median_and_add_their_spread() -> None:
    splits = np.stack([np.array([[0.0], [2.0]]) + shift for shift in (0.0, 1.0, 5.0)])
    (estimate,) = estimates(splits)
    assert estimate.value == 2.0
    # Each split has variance 2 / 2 = 1; squared distances from the median are 1, 0 and 16.
    assert estimate.se == pytest.approx(np.sqrt(np.median([1 + 1, 1 + 0, 1 + 16])))


def test_other_units_and_signs() -> None:
    flipped = Estimate(1.0, 0.5).times(-2.0)
    assert flipped == Estimate(-2.0, 1.0)
    assert str(Estimate(0.0, 0.0).times(-1.0).value) == "0.0"
    value = RegimeValue("learned", "y", None, 10, Estimate(1.0, 0.5), {"best_fixed": Estimate(0.2, 0.1)}).times(-1.0)
    assert value.to_dict() == {
        "regime": "learned", "outcome": "y", "subgroup": None, "people": 10, "value": -1.0, "se": 0.5,
        "interval": [pytest.approx(-1.98, abs=1e-3), pytest.approx(-0.02, abs=1e-3)],
        "difference_from_best_fixed": {
            "estimate": -0.2, "interval": [pytest.approx(-0.396, abs=1e-3), pytest.approx(-0.004, abs=1e-3)],
        },
    }  # fmt: skip


def test_equal_weights_count_in_full_and_one_that_dominates_is_told() -> None:
    even = Spread.of(np.array([2.0] * 30 + [0.0] * 10))
    assert (even.people, even.effective, even.largest) == (30, pytest.approx(30), pytest.approx(1 / 30))
    assert not even.is_thin
    heavy = Spread.of(np.array([1.0] * 30 + [20.0]))
    assert heavy.is_thin
    assert heavy.sentence("best_fixed") == (
        "The value of best_fixed rests on 31 people who followed it and were seen; with their unequal weights they "
        "count as 6, and one of them makes up 40%. Take its interval with caution."
    )
    assert heavy.to_dict() == {"people": 31, "effective": pytest.approx(2500 / 430), "largest": 0.4}


def test_nobody_followed() -> None:
    nobody = Spread.of(np.zeros(5))
    assert nobody.is_thin
    assert (nobody.people, nobody.effective, nobody.largest) == (0, 0.0, 1.0)
