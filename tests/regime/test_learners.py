"""Properties that every learner has, and what is particular to the forest."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from bestviz.regime.arms import ArmCoding
from bestviz.regime.forest import ForestPart, Likeness
from bestviz.regime.learners import LEARNERS
from bestviz.regime.leaves import Leaves
from tests.regime.conftest import make_simple, make_study

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def small():
    return make_study(n=120, seed=5)


@pytest.fixture(scope="module", params=LEARNERS)
def learner(request):
    return request.param


@pytest.fixture(scope="module")
def learned(small, learner):
    return small.fit(learner=learner)


def test_answers_are_finite_and_among_the_allowed(small, learned):
    utilities = learned.utilities_first(small.baseline, allowed=small.allowed_first)
    assert utilities.notna().to_numpy().tolist() == small.allowed_first[list(utilities.columns)].to_numpy().tolist()
    chosen = learned.decide_first(small.baseline, allowed=small.allowed_first)
    assert all(small.allowed_first.loc[person, arm] for person, arm in chosen.items())
    second = learned.decide_second(small.baseline, small.first, small.interim, allowed=small.allowed_second)
    assert all(small.allowed_second.loc[person, arm] for person, arm in second.items())


def test_the_order_of_people_does_not_matter(small, learner, learned):
    order = np.random.default_rng(0).permutation(120)
    mixed = small.with_(**{k: t.iloc[order] for k, t in small.tables.items()}).fit(learner=learner)
    one, other = (r.utilities_first(small.baseline, {"y1": 1}) for r in (learned, mixed))
    pd.testing.assert_frame_equal(one, other, rtol=1e-5, atol=1e-7)


def test_second_stage_utilities_of_weighted_outcomes_are_weighted_utilities(small, learned):
    one, other, both = (
        learned.utilities_second(small.baseline, small.first, small.interim, weights).to_numpy()
        for weights in ({"y1": 1}, {"y2": 1}, {"y1": 1, "y2": 3})
    )
    assert both == pytest.approx((one + 3 * other) / 4, abs=1e-9)


def test_nothing_is_learned_from_arms_that_were_not_allowed(small, learner):
    wrong = small.second.index[(small.second == "C").to_numpy()][:5]
    barred = small.allowed_second.copy()
    barred.loc[wrong, "C"] = False
    wild = small.outcomes.copy()
    wild.loc[wrong] *= 100
    one, other = (
        small.with_(allowed_second=barred, outcomes=y).fit(learner=learner).utilities_first(small.baseline)
        for y in (small.outcomes, wild)
    )
    # What they reported never enters; that they were seen does.
    assert one.to_numpy() == pytest.approx(other.to_numpy(), rel=1e-6, abs=1e-8)


def test_constant_outcomes_are_given_back(small, learner):
    same = small.with_(outcomes=small.outcomes.notna().astype(float).replace(0.0, np.nan) * 3.0)
    assert same.fit(learner=learner).utilities_first(small.baseline).to_numpy() == pytest.approx(3.0, abs=0.05)


def test_an_arm_that_nobody_had_is_left_out(small, learner):
    gone = small.first == "C"
    fewer = small.with_(**{k: t[~gone.to_numpy()] for k, t in small.tables.items()})
    regime = fewer.fit(learner=learner)
    assert list(regime.utilities_first(small.baseline).columns) == ["A", "B"]


def test_sixty_people(learner):
    study = make_study(n=60, seed=9)
    regime = study.fit(learner=learner, replicates=4)
    assert np.isfinite(regime.utilities_first(study.baseline).to_numpy()).all()


def test_perfect_separation_and_outcomes_missing_in_one_arm(small, learner):
    outcomes = small.outcomes.assign(y1=np.where(small.second == "A", 1.0, 0.0))
    outcomes.loc[(small.second == "B").to_numpy(), "y2"] = np.nan
    regime = small.with_(outcomes=outcomes.where(small.second.notna())).fit(learner=learner, replicates=3)
    found = regime.utilities_second(small.baseline, small.first, small.interim, {"y1": 1})
    assert np.isfinite(found.to_numpy()).all()
    assert (found["A"] > found["B"]).mean() > 0.95


def test_finds_who_benefits(learner):
    study = make_simple(400, seed=2)
    regime = study.fit(learner=learner)
    new = pd.DataFrame({"x": [-1.5, 1.5]})
    assert regime.decide_first(new).tolist() == ["B", "A"]


def test_stored_and_opened_it_answers_the_same(small, fitted):
    opened = pickle.loads(pickle.dumps(fitted))
    pd.testing.assert_frame_equal(
        opened.utilities_first(small.baseline), fitted.utilities_first(small.baseline), rtol=1e-9, atol=1e-10
    )


# -- the forest ---------------------------------


def test_the_ensemble_leaves_the_forest_out_where_it_adds_nothing():
    rng = np.random.default_rng(0)
    study = make_simple(200, seed=1)
    noise = study.with_(outcomes=pd.DataFrame({"y": rng.normal(size=200)})).fit(learner="ensemble").engine_.tuning
    assert sum((*noise.second_forest, *noise.first_forest)) <= 0.2


def test_the_ensemble_lets_the_forest_in_where_features_act_together():
    rng = np.random.default_rng(1)
    study = make_simple(600, seed=1)
    two = pd.DataFrame(rng.normal(size=(600, 2)), columns=["x", "z"])
    both = np.where((two["x"] > 0) == (two["z"] > 0), 2.0, -2.0) * np.where(study.second == "A", 1, -1)
    study = study.with_(baseline=two, outcomes=pd.DataFrame({"y": both + rng.normal(size=600)}))
    new = pd.DataFrame({"x": [1.0, -1.0, 1.0, -1.0], "z": [1.0, -1.0, -1.0, 1.0]})
    first = pd.Series(["A"] * 4)
    regime = study.fit(learner="ensemble")
    assert regime.engine_.tuning.second_forest[1] > 0
    assert regime.decide_second(new, first, None).tolist() == ["A", "A", "B", "B"]


def partition(n=80, seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, 3)), rng.normal(size=(n, 2))
    return x, y, Leaves.grow(x, y, np.ones(n), x, 7, seed)


def test_leaves_are_those_of_the_trees():
    x, y, leaves = partition()
    x, y = np.round(x, 8), np.round(y, 5)
    order = np.lexsort(np.hstack([y, x]).T)
    trees = ExtraTreesRegressor(
        7, min_samples_leaf=5, max_features=0.5, bootstrap=True, max_samples=0.5, random_state=0
    ).fit(x[order], y[order], sample_weight=np.ones(len(x)))
    assert np.array_equal(leaves.apply(x) - leaves.roots, trees.apply(x))
    assert np.array_equal(leaves.members, leaves.apply(x))


def test_likeness_is_the_share_of_trees_with_the_same_leaf():
    x, _, leaves = partition()
    by_hand = (leaves.apply(x[:5])[:, None] == leaves.members[None]).mean(axis=2)
    assert leaves.likeness(x[:5]) == pytest.approx(by_hand)
    assert np.diag(leaves.among_members()) == pytest.approx(1.0)


def test_forest_columns_span_the_likeness_of_people_and_arms():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(90, 3)), rng.normal(size=(90, 2))
    arms = ArmCoding.learn(pd.Series(rng.choice(["A", "B", "A+B"], 90)))
    code = rng.integers(0, 3, 90)
    likeness = Likeness.learn(x, y, np.ones(90), (arms, None), (code, None), np.arange(90), 20, 1)
    part = ForestPart.build(likeness, np.ones(90) * 100, (0.5, 0.25))
    rows = part.rows(x, np.arange(90), code, None)
    alike, in_arms = likeness.among_people()
    # The directions that are left out are those that matter least.
    assert rows @ rows.T == pytest.approx(0.5 * alike + 0.25 * in_arms, abs=0.02)
    weights = rng.normal(size=(part.width, 2))
    every = part.every_arm(likeness.leaves.reached(x[:4]), weights, None)
    for arm in range(3):
        assert every[:, arm] == pytest.approx(part.rows(x, np.arange(4), np.full(4, arm), None) @ weights, abs=1e-10)
