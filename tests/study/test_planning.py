"""The trial team's planning scenario against numbers worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bestviz.data.simulator.rules import AsRandomised, FixedPlan
from bestviz.errors import RegimeError
from bestviz.study import planning
from bestviz.study.scenarios import scenario_of

MANY = 20_000
WORLD = planning.Planning()


def person(**known: float) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys([*planning.CHANCE_OF_ONE, *planning.NOISE], 0.0) | known])


def value(rule: object, seed: int, n: int = MANY) -> float:
    return float(WORLD.expected(rule, WORLD.people(n, seed)).mean())


@pytest.mark.parametrize(
    ("known", "arm", "mean"),
    [
        ({}, "ESC", 0.10),
        ({}, "ACT", 0.25),
        ({}, "DUL", 0.30),
        ({}, "EBEM", 0.40),
        ({"X1": 1}, "EBEM", 0.70),
        ({"X1": -1}, "EBEM", 0.10),
        ({"X1": 1}, "DUL", 0.30),
        ({"X2": 1, "X3": 1}, "ESC", 0.10),
        ({"X2": 1, "X3": -1}, "ESC", 0.60),
        ({"X4": 1, "X5": -1, "W1": 3}, "ESC", 0.10),
        ({}, "ESC+ACT", 0.35),  # no pair of actives
        ({}, "ACT+DUL", 0.45),
        ({"X1": 1}, "EBEM+DUL", 0.90),
        ({"X1": -1}, "ESC+EBEM", 0.20),
    ],
)
def test_means(known: dict[str, float], arm: str, mean: float) -> None:
    assert planning.mean_of(person(**known), arm) == pytest.approx([mean])


def test_baseline_has_the_stated_frequencies_and_variance() -> None:
    baseline = planning.draw_baseline(MANY, np.random.default_rng(1))
    signs = (baseline[list(planning.CHANCE_OF_ONE)] > 0).mean()
    assert signs.to_numpy() == pytest.approx([0.5, 0.9, 0.7, 0.7, 0.6], abs=0.015)
    assert baseline[list(planning.NOISE)].var().to_numpy() == pytest.approx([0.5] * 5, abs=0.03)


def test_trial_has_the_planned_classes_within_each_arm_and_unit_noise() -> None:
    drawn = WORLD.tables(MANY, 2)
    shares = pd.crosstab(drawn.first, drawn.interim["response"], normalize="index")
    for name, share in {"poor": 0.25, "medium": 0.265, "good": 0.36, "excellent": 0.125}.items():
        assert shares[name].to_numpy() == pytest.approx([share] * 4, abs=0.02)
    noise = drawn.halfway - planning.assigned_mean(drawn.baseline, drawn.first)
    later = drawn.outcomes["y"] - drawn.halfway - planning.assigned_mean(drawn.baseline, drawn.second)
    assert np.corrcoef(noise, later) == pytest.approx(np.eye(2), abs=0.02)
    assert [noise.std(), later.std()] == pytest.approx([1, 1], abs=0.02)


def test_second_arms_are_uniform_over_the_permitted() -> None:
    drawn = WORLD.tables(MANY, 3)
    here = drawn.second[(drawn.first == "ACT") & (drawn.interim["response"] == "medium")]
    shares = here.value_counts(normalize=True)
    assert set(shares.index) == {"ESC+ACT", "ACT+EBEM", "ACT+DUL", "EBEM", "DUL"}
    assert shares.to_numpy() == pytest.approx([0.2] * 5, abs=0.04)


def test_same_seed_same_trial() -> None:
    one, two, other = WORLD.tables(50, 1), WORLD.tables(50, 1), WORLD.tables(50, 2)
    pd.testing.assert_frame_equal(one.outcomes, two.outcomes)
    pd.testing.assert_frame_equal(one.baseline, two.baseline)
    assert not one.outcomes.equals(other.outcomes)


def test_oracle_is_worth_what_its_table_says() -> None:
    assert value(planning.Oracle(), 4) == pytest.approx(planning.oracle_value(), abs=0.01)


def test_plans_are_worth_the_known_shares_of_the_oracle() -> None:
    rules = WORLD.references()
    best = value(rules.oracle, 1)
    assert value(rules.randomised, 1) / best == pytest.approx(0.68, abs=0.01)
    assert value(rules.fixed, 1) / best == pytest.approx(0.88, abs=0.01)


def test_best_fixed_plan_is_not_beaten_by_another() -> None:
    plan = planning.best_fixed_plan()
    best = value(plan, 5)
    assert plan.first[0] == "EBEM"
    for start in plan.first[1:]:
        assert value(FixedPlan((start,), plan.second), 5) < best
    for place, ranking in plan.second.items():
        if place[0] == "EBEM" and len(ranking) > 1:
            other = plan.second | {place: ranking[::-1]}
            assert value(FixedPlan(plan.first, other), 5) < best


def test_outcomes_as_they_come_have_the_expected_mean_and_the_noise_of_both_periods() -> None:
    people, rule = WORLD.people(MANY, 8), planning.best_fixed_plan()
    surplus = WORLD.drawn(rule, people, 1) - WORLD.expected(rule, people)
    assert surplus.mean() == pytest.approx(0, abs=0.03)
    assert surplus.std() == pytest.approx(2**0.5, abs=0.03)


def test_a_rule_that_leaves_the_allowed_set_is_refused() -> None:
    rule = AsRandomised(lambda table: np.ones((len(table), 4)))
    wrong = SimpleNamespace(
        decide_first=rule.decide_first, decide_second=lambda b, a, s, **_: pd.Series("ESC", index=b.index)
    )
    with pytest.raises(RegimeError, match=r"^The rule chose arms that are not allowed for \d+ people\.$"):
        value(wrong, 6, 200)


def test_it_is_found_by_its_name() -> None:
    assert scenario_of("planning") == WORLD
