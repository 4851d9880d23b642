"""The worlds and peers that learned regimes are measured against."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks import planning, regret
from benchmarks.peers import PEERS, Tables, one_for_all, q_function
from bestviz.data.simulator import Truth
from bestviz.data.simulator.rules import AsRandomised, FixedPlan
from bestviz.errors import RegimeError

PEOPLE = 300
MANY = 20_000


@pytest.fixture(autouse=True)
def small_forests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(q_function, "TREES", 30)
    monkeypatch.setattr(q_function, "FOLDS", 4)


@pytest.fixture(scope="module")
def simulated() -> tuple[regret.Simulated, Tables]:
    world = regret.Simulated(Truth("demo"), PEOPLE)
    return world, world.tables(5)


def person(**known: float) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys([*planning.CHANCE_OF_ONE, *planning.NOISE], 0.0) | known])


# --- the planning scenario ---


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
def test_planning_means(known: dict[str, float], arm: str, mean: float) -> None:
    assert planning.mean_of(person(**known), arm) == pytest.approx([mean])


def test_planning_baseline_has_the_stated_frequencies_and_variance() -> None:
    baseline = planning.draw_baseline(MANY, np.random.default_rng(1))
    signs = (baseline[list(planning.CHANCE_OF_ONE)] > 0).mean()
    assert signs.to_numpy() == pytest.approx([0.5, 0.9, 0.7, 0.7, 0.6], abs=0.015)
    assert baseline[list(planning.NOISE)].var().to_numpy() == pytest.approx([0.5] * 5, abs=0.03)


def test_planning_trial_has_the_planned_classes_within_each_arm_and_unit_noise() -> None:
    drawn = planning.draw(2, 20_000)
    shares = pd.crosstab(drawn.first, drawn.interim["response"], normalize="index")
    for name, share in {"poor": 0.25, "medium": 0.265, "good": 0.36, "excellent": 0.125}.items():
        assert shares[name].to_numpy() == pytest.approx([share] * 4, abs=0.02)
    noise = drawn.interim["y1"] - planning.assigned_mean(drawn.baseline, drawn.first)
    later = drawn.outcome - drawn.interim["y1"] - planning.assigned_mean(drawn.baseline, drawn.second)
    assert np.corrcoef(noise, later) == pytest.approx(np.eye(2), abs=0.02)
    assert [noise.std(), later.std()] == pytest.approx([1, 1], abs=0.02)


def test_planning_second_arms_are_uniform_over_the_permitted() -> None:
    drawn = planning.draw(3, 20_000)
    here = drawn.second[(drawn.first == "ACT") & (drawn.interim["response"] == "medium")]
    shares = here.value_counts(normalize=True)
    assert set(shares.index) == {"ESC+ACT", "ACT+EBEM", "ACT+DUL", "EBEM", "DUL"}
    assert shares.to_numpy() == pytest.approx([0.2] * 5, abs=0.04)


def test_planning_oracle_is_worth_what_its_table_says() -> None:
    assert planning.value(planning.Oracle(), MANY, 4) == pytest.approx(planning.oracle_value(), abs=0.01)


def test_planning_plans_are_worth_the_known_shares_of_the_oracle() -> None:
    known = regret.Planning(MANY).references()
    assert known["random"] / known["oracle"] == pytest.approx(0.68, abs=0.01)
    assert known["fixed"] / known["oracle"] == pytest.approx(0.88, abs=0.01)


def test_planning_best_fixed_plan_is_not_beaten_by_another() -> None:
    plan = planning.best_fixed_plan()
    best = planning.value(plan, MANY, 5)
    assert plan.first[0] == "EBEM"
    for start in plan.first[1:]:
        assert planning.value(FixedPlan((start,), plan.second), MANY, 5) < best
    for place, ranking in plan.second.items():
        if place[0] == "EBEM" and len(ranking) > 1:
            other = plan.second | {place: ranking[::-1]}
            assert planning.value(FixedPlan(plan.first, other), MANY, 5) < best


def test_planning_refuses_a_rule_that_leaves_the_allowed_set() -> None:
    rule = AsRandomised(lambda table: np.ones((len(table), 4)))
    wrong = SimpleNamespace(
        decide_first=rule.decide_first, decide_second=lambda b, a, s, **_: pd.Series("ESC", index=b.index)
    )
    with pytest.raises(ValueError, match="not allowed for"):
        planning.value(wrong, 200, 6)


# --- peers ---


@pytest.mark.parametrize("name", PEERS)
def test_peers_obey_allowed_sets(name: str, simulated: tuple[regret.Simulated, Tables]) -> None:
    world, tables = simulated
    # The simulator refuses a rule that chooses an arm which a person may not have.
    value = world.value(PEERS[name](tables, 1), tables)
    oracle = world.value(world.truth.oracle())
    assert 0.3 * oracle < value < oracle


@pytest.mark.parametrize("name", PEERS)
def test_peers_are_the_same_for_the_same_seed(name: str) -> None:
    world = regret.Planning(PEOPLE)
    tables = world.tables(7)
    values = [world.value(PEERS[name](tables, 3), tables) for _ in range(2)]
    assert values[0] == values[1]


@pytest.mark.parametrize("name", ["lasso", "lasso_pooled"])
def test_lasso_nears_the_oracle_in_a_large_trial(name: str) -> None:
    world = regret.Planning(people=5000, participants=8_000)
    tables = world.tables(8)
    assert world.value(PEERS[name](tables, 1), tables) > 0.97 * world.value(planning.Oracle())


def test_best_plans_are_found_in_a_large_trial() -> None:
    tables = regret.Planning(people=1, participants=30_000).tables(9)
    found, best = one_for_all.best_fixed(tables, 1), planning.best_fixed_plan()
    assert found.first[0] == one_for_all.best_single(tables, 1).ranking[0] == "EBEM"
    # Some second arms are so close that even this many people do not tell them apart.
    assert planning.value(found, MANY, 9) > 0.98 * planning.value(best, MANY, 9)


def test_first_chances_depend_on_the_allowed_set() -> None:
    allowed = pd.DataFrame({"ESC": [True] * 5, "DUL": [True, True, True, False, False]})
    first = pd.Series(["ESC", "DUL", "DUL", "ESC", "ESC"])
    tables = SimpleNamespace(first=first, allowed_first=allowed)
    assert one_for_all.first_chances(tables).tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3, 1, 1])


def test_weighted_mean_leaves_out_who_is_not_known() -> None:
    outcome, weight = pd.Series([1.0, 4.0, np.nan, 9.0]), pd.Series([2.0, 1.0, 5.0, 1.0])
    assert one_for_all.weighted_mean(outcome, weight, pd.Series([True, True, True, False])) == 2.0
    assert one_for_all.weighted_mean(outcome, weight, pd.Series([False, False, True, False])) == -np.inf


# --- the measure ---


def test_shares_and_losses_by_hand() -> None:
    known = {"oracle": 2.0, "fixed": 1.5, "random": 1.0}
    assert regret.scored(1.75, known, 2.0) == {"gain_share": 0.5, "random_share": 0.75, "loss_sd": -0.125}
    assert regret.scored(1.0, known | {"oracle": 1.51}, 2.0)["gain_share"] is None


def test_learned_regimes_are_measured_like_the_peers(simulated: tuple[regret.Simulated, Tables]) -> None:
    world, tables = simulated
    learned = regret.fit("additive", tables, 1)
    assert 0.3 < world.value(learned, tables) / world.value(world.truth.oracle()) < 1


def test_rows_of_the_planning_scenario_hold_the_share_of_the_oracle() -> None:
    world = regret.Planning(PEOPLE)
    known = world.references()
    (row,) = regret.one_trial(world, 5, ["best_fixed"], known)
    assert row["oracle_share"] == row["value"] / known["oracle"] < 1
    assert row["gain_share"] == (row["value"] - known["fixed"]) / (known["oracle"] - known["fixed"])


def test_a_learner_that_cannot_be_had_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RegimeError("not there")

    monkeypatch.setattr(regret, "fit", refuse)
    rows = regret.one_trial(regret.Planning(50), 1, ["forest"], {})
    assert rows == [{"seed": 1, "learner": "forest", "unavailable": "not there"}]
    assert list(regret.summary(rows, {})) == []


def test_summary_pairs_trials_with_the_best_peer() -> None:
    known = {"oracle": 2.0, "fixed": 1.0, "random": 0.0}
    values = {"lasso": [1.0, 1.4], "best_fixed": [0.9, 1.0], "additive": [1.3, 1.5]}
    rows = [
        {"seed": seed, "learner": name, "fit_seconds": 1.0, "value": value} | regret.scored(value, known, 1.0)
        for name, pair in values.items()
        for seed, value in enumerate(pair)
    ]
    told = {row["learner"]: row for row in regret.summary(rows, known)}
    assert told["additive"]["best_peer"] == "lasso"
    assert told["additive"]["above_best_peer"] == pytest.approx(0.2)
    assert told["additive"]["above_best_peer_se"] == pytest.approx(0.1)  # of 0.3 and 0.1
    assert told["additive"]["gain_share"] == pytest.approx(0.4)
    assert "best_peer" not in told["lasso"]
