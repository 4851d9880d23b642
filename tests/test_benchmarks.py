"""The worlds and peers that learned regimes are measured against."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks import planning, regret
from benchmarks.peers import PEERS, Tables, one_for_all, q_function
from bestviz.data.simulator import Truth
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
