"""Both randomisations, the class and the grid, against brute force and against the protocol's own functions."""

import numpy as np
import pandas as pd
import pytest

from bestviz.data.simulator import Truth
from bestviz.data.simulator.design import (
    FIRST_PROBABILITIES,
    allowed_second,
    exclusion_bits,
    exclusion_pattern,
    first_probability,
    minimise,
)
from bestviz.data.simulator.impression import class_codes, impression, impression_mean
from bestviz.data.simulator.people import people_of
from bestviz.data.simulator.scales import HIGH, LOW, STEP, censored_mean, record
from bestviz.data.simulator.trials import draw_baseline
from bestviz.trial import ARMS, DEFAULT_RESPONSE_RULE, RESPONSE_CLASSES, SINGLE_ARMS, allowed_second_table


def test_probabilities_sum_to_one_and_are_zero_where_contraindicated():
    table = Truth().randomisation_probabilities
    np.testing.assert_allclose(table.sum(axis=1), 1)
    assert list(table.columns) == list(SINGLE_ARMS)
    for code in ("ACT", "EBEM", "DUL"):
        assert table.loc[code, code] == 0
    assert table.loc["none", "DUL"] == pytest.approx(0.41, abs=0.02)  # the method's own simulation


def test_probabilities_are_those_of_the_minimisation():
    bits, arms = [], []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        people = draw_baseline(805, rng)
        bits.append(people_of(people, 1.0).excluded)
        arms.append(minimise(people, bits[-1], rng))
    bits, arms = np.concatenate(bits), np.concatenate(arms)
    np.testing.assert_allclose(np.bincount(arms) / len(arms), 0.25, atol=0.005)  # minimisation balances the arms
    for pattern, row in FIRST_PROBABILITIES.items():
        rows = bits == exclusion_bits(pattern)
        share = np.bincount(arms[rows], minlength=4) / rows.sum()
        expected = np.array([row[arm] for arm in SINGLE_ARMS])
        assert (np.abs(share - expected) <= 4 * np.sqrt(0.25 / rows.sum())).all(), pattern
        assert (share[expected == 0] == 0).all()


def test_first_probability_reads_the_table():
    found = first_probability(np.array([exclusion_bits("DUL"), 0]))
    np.testing.assert_allclose(found, [[0.328, 0.336, 0.336, 0], [0.195, 0.201, 0.201, 0.403]])
    assert [exclusion_pattern(exclusion_bits(p)) for p in ("", "ACT", "ACT+DUL")] == ["", "ACT", "ACT+DUL"]


def test_allowed_second_arms_agree_with_the_protocol():
    rng = np.random.default_rng(0)
    n = 400
    people = pd.DataFrame(
        {
            "first_arm": rng.choice(SINGLE_ARMS, n),
            "response": rng.choice(RESPONSE_CLASSES, n),
            "stopped_for_harm": rng.random(n) < 0.3,
            **{f"contraindicated_{code.lower()}": rng.random(n) < 0.2 for code in SINGLE_ARMS},
        }
    )
    first = people["first_arm"].map(SINGLE_ARMS.index).to_numpy()
    response = people["response"].map(RESPONSE_CLASSES.index).to_numpy()
    excluded = people_of(people, 0.0).excluded
    ours = allowed_second(first, response, people["stopped_for_harm"].to_numpy(), excluded)
    np.testing.assert_array_equal(ours, allowed_second_table(people)[list(ARMS)].to_numpy())


def test_class_codes_agree_with_the_response_rule():
    rng = np.random.default_rng(1)
    start, peg = np.round(rng.integers(0, 31, 3000) / 3, 4), np.round(rng.integers(0, 31, 3000) / 3, 4)
    pgic = rng.integers(1, 8, 3000).astype(float)
    names = DEFAULT_RESPONSE_RULE.classify(pd.Series(start), pd.Series(peg), pd.Series(pgic))
    codes = class_codes(DEFAULT_RESPONSE_RULE, start, peg, pgic)
    assert list(np.array(RESPONSE_CLASSES)[codes]) == list(names)


def test_recording_keeps_the_mean_and_the_grid():
    rng = np.random.default_rng(2)
    middle = np.array([0.5, 9.4, 45.0, 22.0, 42.0, 60.0, 6.3, 76.0])
    latent = middle + 2.0 * rng.standard_normal((60_000, 8))
    values = record(latent, rng.random(latent.shape))
    exact = [censored_mean(m, 2.0, low, high) for m, low, high in zip(middle, LOW, HIGH, strict=True)]
    error = values.std(axis=0) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0) - exact) < 4 * error).all()
    assert (values >= LOW).all()
    assert (values <= HIGH).all()
    steps = (values - LOW) / STEP
    np.testing.assert_allclose(steps, steps.round(), atol=2e-3)


def test_expected_impression_agrees_with_draws():
    rng = np.random.default_rng(3)
    peg = np.clip(5 + 2 * rng.standard_normal(100_000), 0, 10)
    drawn = impression(6.5 - peg, rng.standard_normal(len(peg)))
    exact = impression_mean(np.array([6.5]), np.array([5.0]), np.array([2.0]), 0, 10)
    assert exact[0] == pytest.approx(drawn.mean(), abs=0.02)
    assert set(np.unique(drawn)) == {1, 2, 3, 4, 5, 6, 7}
