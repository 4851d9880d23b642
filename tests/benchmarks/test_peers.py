"""The peers that learned regimes are measured against."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers import NEEDED, PEERS, one_for_all, policy, q_function
from benchmarks.shares import fitted, one_share
from bestviz.study.rules import Familiar
from bestviz.study.scenarios import SCENARIOS, scenario_of
from bestviz.study.settings import Settings

PEOPLE = 250
OWN = [name for name in PEERS if name not in NEEDED]
EVERYWHERE = [name for name in SCENARIOS if name not in ("none", "modest", "strong", "sparse")]


@pytest.fixture(autouse=True)
def small_forests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(q_function, "TREES", 30)
    monkeypatch.setattr(q_function, "FOLDS", 4)
    monkeypatch.setattr(policy, "FOREST", policy.FOREST | {"n_estimators": 20})


class GroupMeans:
    """Stands in for a policy learner of econml: an arm is worth the mean outcome of those who had it."""

    def fit(self, outcome: np.ndarray, arm: np.ndarray, X: np.ndarray) -> None:
        self.means = np.array([outcome[arm == number].mean() for number in range(arm.max() + 1)])

    def predict_value(self, features: np.ndarray) -> np.ndarray:
        return np.tile(self.means[1:] - self.means[0], (len(features), 1))


@pytest.mark.parametrize(
    ("name", "scenario"),
    # Of the two lassos, one a scenario: contraindications, arms with other names, drop-out, missing features.
    [("lasso_pooled", "demo"), ("lasso_pooled", "threshold"), ("lasso_pooled", "responders_only")]
    + [("lasso", name) for name in ("planning", "smooth", "non_regular", "confounded")]
    + [(name, scenario) for name in ("best_single", "best_fixed") for scenario in EVERYWHERE],
)
def test_peers_obey_allowed_sets(name: str, scenario: str) -> None:
    # A scenario refuses a rule that chooses an arm which a person may not have.
    world = scenario_of(scenario)
    rule, people = fitted(name, world.tables(PEOPLE, 5), 1), world.people(300, 1)
    assert world.expected(rule, people).mean() < world.expected(world.references().oracle, people).mean() + 0.05


def test_a_forest_obeys_allowed_sets() -> None:
    world = scenario_of("responders_only")
    rule = fitted("random_forest", world.tables(PEOPLE, 5), 1)
    assert np.isfinite(world.expected(rule, world.people(300, 1))).all()


@pytest.mark.parametrize("name", OWN)
def test_peers_are_the_same_for_the_same_seed(name: str) -> None:
    world = scenario_of("planning")
    tables, people = world.tables(PEOPLE, 7), world.people(500, 1)
    values = [world.expected(fitted(name, tables, 3), people).mean() for _ in range(2)]
    assert values[0] == values[1]


@pytest.mark.parametrize("name", ["lasso", "lasso_pooled"])
def test_lasso_nears_the_oracle_in_a_large_trial(name: str) -> None:
    world = scenario_of("planning")
    people = world.people(5000, 1)
    best = world.expected(world.references().oracle, people).mean()
    assert world.expected(fitted(name, world.tables(4000, 8), 1), people).mean() > 0.97 * best


def test_best_plans_are_found_in_a_large_trial() -> None:
    world = scenario_of("planning")
    tables, people = world.tables(30_000, 9), world.people(20_000, 1)
    found = one_for_all.best_fixed(tables, 1)
    assert found.first[0] == one_for_all.best_single(tables, 1).ranking[0] == "EBEM"
    # Some second arms are so close that even this many people do not tell them apart.
    assert world.expected(found, people).mean() > 0.98 * world.expected(world.references().fixed, people).mean()


def test_first_chances_depend_on_the_allowed_set_unless_the_trial_tells() -> None:
    allowed = pd.DataFrame({"ESC": [True] * 5, "DUL": [True, True, True, False, False]})
    first = pd.Series(["ESC", "DUL", "DUL", "ESC", "ESC"])
    tables = SimpleNamespace(first=first, allowed_first=allowed, first_probability=None)
    assert one_for_all.first_chances(tables).tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3, 1, 1])
    tables.first_probability = pd.Series([0.5] * 5)
    assert one_for_all.first_chances(tables).tolist() == [0.5] * 5


def test_second_chances_are_even_over_what_is_allowed_unless_the_trial_tells() -> None:
    allowed = pd.DataFrame({"A": [True, True], "B": [True, False]})
    tables = SimpleNamespace(allowed_second=allowed, second_probability=None)
    assert one_for_all.second_chances(tables).tolist() == [0.5, 1]
    tables.second_probability = pd.Series([0.3, 1])
    assert one_for_all.second_chances(tables).tolist() == [0.3, 1]


def test_weighted_mean_leaves_out_who_is_not_known() -> None:
    outcome, weight = pd.Series([1.0, 4.0, np.nan, 9.0]), pd.Series([2.0, 1.0, 5.0, 1.0])
    assert one_for_all.weighted_mean(outcome, weight, pd.Series([True, True, True, False])) == 2.0
    assert one_for_all.weighted_mean(outcome, weight, pd.Series([False, False, True, False])) == -np.inf


# --- policies ---


def test_a_policy_chooses_the_best_of_what_is_allowed_and_known() -> None:
    arm = pd.Series(["A"] * 20 + ["B"] * 20 + ["C"] * 20 + ["D"] * 3)
    outcome = arm.map({"A": 1.0, "B": 3.0, "C": 2.0, "D": 9.0})
    history = pd.DataFrame({"x": np.arange(len(arm), dtype=float)})
    everything = pd.DataFrame(True, index=arm.index, columns=list("ABCD"))
    stage = policy.Stage.learned(history, everything, arm, outcome, lambda _: GroupMeans())
    assert stage.arms == ("A", "B", "C")  # three people are too few to learn about D
    may = pd.DataFrame([[1, 1, 1, 1], [1, 0, 1, 1], [0, 0, 0, 1]], columns=list("ABCD")).astype(bool)
    values = stage.values(history[:3], may)
    assert values.idxmax(axis=1).tolist() == ["B", "C", "D"]
    assert values.loc[1, ["A", "B", "C"]].tolist() == [0, -np.inf, 1]


def test_the_first_stage_of_policies_learns_from_what_the_best_second_arm_would_have_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learned: list[GroupMeans] = []

    def stand_in(*_: object) -> GroupMeans:
        learned.append(GroupMeans())
        return learned[-1]

    monkeypatch.setattr(policy, "learner_of", stand_in)
    world = scenario_of("planning")
    tables, people = world.tables(600, 3), world.people(300, 1)
    rule = policy.policy_tree(tables, 1)
    assert np.isfinite(world.expected(Familiar(rule, tables), people)).all()
    second, first = learned
    arms = [arm for arm in tables.allowed_second if (tables.second == arm).sum() >= policy.LEAST]
    assert second.means == pytest.approx([tables.outcomes["y"][tables.second == arm].mean() for arm in arms])
    worth = pd.DataFrame([dict(zip(arms, second.means, strict=True))] * 600).where(tables.allowed_second[arms])
    wished = tables.outcomes["y"] + worth.max(axis=1) - tables.second.map(dict(zip(arms, second.means, strict=True)))
    assert first.means[0] == pytest.approx(wished[tables.first == tables.allowed_first.columns[0]].mean())


def test_an_arm_that_is_not_allowed_has_no_chance_of_being_assigned() -> None:
    rng = np.random.default_rng(1)
    may = np.array([[1, 1, 1], [1, 0, 1]], dtype=float)[rng.integers(0, 2, 400)]
    arm = np.array([rng.choice(3, p=row / row.sum()) for row in may])
    features = np.hstack([rng.standard_normal((400, 2)), may])
    chance = policy.Assignment(3).fit(features, arm).predict_proba(features)
    assert (chance[may == 0] == 0).all()
    assert chance.sum(axis=1) == pytest.approx(np.ones(400))
    assert chance[may.all(axis=1)].mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.1)


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.filterwarnings("ignore")  # of econml and what it needs, about each other
def test_policies_of_econml_obey_allowed_sets_and_are_the_same_for_the_same_seed(name: str) -> None:
    pytest.importorskip("econml")
    for scenario in ("planning", "responders_only"):
        lines = [one_share(Settings(scenario, PEOPLE, name, replicates=0, value_people=300), 0) for _ in range(2)]
        assert lines[0]["value"] == lines[1]["value"] < lines[0]["oracle"] + 0.05


def test_learned_regimes_are_measured_like_the_peers() -> None:
    line = one_share(Settings("planning", PEOPLE, "additive", replicates=0, value_people=500), 2)
    assert line["seed"] == 1002
    assert line["random"] < line["value"] < line["oracle"]
    assert line["fixed"] < line["oracle"]


def test_a_package_that_is_not_installed_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(policy, "import_module", refuse)
    with pytest.raises(policy.PeerMissingError, match=r"^The policy trees and forests need econml, which is not"):
        policy.learner_of("DRPolicyTree", {"random_state": 1}, 3)
