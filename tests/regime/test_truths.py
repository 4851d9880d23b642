"""Simple worlds whose best rule is known."""

import numpy as np
import pandas as pd
import pytest

from bestviz.regime import TwoStageRegime
from tests.regime.conftest import Study, make_simple


@pytest.fixture(scope="module")
def large():
    return make_simple(2000, seed=1).fit()


def test_the_best_rule_of_a_simple_world_is_found(large):
    x = np.linspace(-2, 2, 401)
    new = pd.DataFrame({"x": x})
    sure = np.abs(x) > 0.15
    expected = np.where(x > 0, "A", "B")
    assert (large.decide_first(new).to_numpy() == expected)[sure].all()
    for first in "AB":
        second = large.decide_second(new, pd.Series(first, index=new.index), None)
        assert (second.to_numpy() == expected)[sure].all()
    # Value of starting A: x now, and the better of x and -x later.
    utilities = large.utilities_first(new)
    assert np.abs(utilities["A"] - (x + np.abs(x))).mean() < 0.15


def test_effects_that_are_alike_at_both_stages_are_shared(large):
    assert large.engine_.tuning.lent > 0
    assert make_simple(300, seed=1).fit(share_stages=False).engine_.tuning.lent == 0


def test_sharing_does_no_harm_where_stages_have_nothing_in_common():
    errors = {}
    x = np.linspace(-1.5, 1.5, 61)
    for share in ("auto", False):
        found = []
        for seed in range(4):
            utilities = (
                make_simple(300, seed, stages_alike=False)
                .fit(share_stages=share)
                .utilities_first(pd.DataFrame({"x": x}))
            )
            found.append(np.abs(utilities["A"] - utilities["B"] - 2 * x).mean())
        errors[share] = np.mean(found)
    assert errors["auto"] < 1.15 * errors[False] + 0.02


def test_sharing_does_no_harm_where_stages_contradict_each_other():
    """A suits high x first and low x second: effects of one stage say the wrong thing about the other."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=500)
        first, second = rng.choice(["A", "B"], (2, 500))
        y = np.where(first == "A", x, -x) - np.where(second == "A", x, -x) + rng.normal(size=500)
        study = Study(pd.DataFrame({"x": x}), pd.Series(first), None, pd.Series(second), pd.DataFrame({"y": y}))
        utilities = study.fit().utilities_first(pd.DataFrame({"x": [-1.0, 1.0]}))
        assert (utilities["A"] - utilities["B"]).to_numpy() == pytest.approx([-2, 2], abs=0.5)


def test_excluded_treatments_are_missed_later_as_well():
    """C is worth much, but only after A and only later: without C, B is the better start."""
    rng = np.random.default_rng(0)
    n = 600
    first, second = rng.choice(["A", "B"], n), rng.choice(["A", "B", "C"], n)
    y = 1.0 * (first == "B") + 3.0 * ((first == "A") & (second == "C")) + rng.normal(size=n)
    study = Study(
        pd.DataFrame({"x": rng.normal(size=n)}), pd.Series(first), None, pd.Series(second), pd.DataFrame({"y": y})
    )
    regime, one = study.fit(), pd.DataFrame({"x": [0.0]})
    assert list(regime.decide_first(one)) == ["A"]
    assert list(regime.decide_first(one, excluded=pd.DataFrame({"C": [True]}))) == ["B"]
    both = regime.decide_first(pd.DataFrame({"x": [0.0, 0.0]}), excluded=pd.DataFrame({"C": [True, False]}))
    assert list(both) == ["B", "A"]
    gap = regime.utilities_first(one).loc[0] - regime.utilities_first(one, excluded=pd.DataFrame({"C": [True]})).loc[0]
    assert gap["A"] > 2
    assert abs(gap["B"]) < 0.5


def test_an_effect_on_one_outcome_of_many_is_not_lost():
    """Penalties are learned on all outcomes together; an arm that matters for one of twenty must still be seen to."""
    rng = np.random.default_rng(0)
    n = 600
    first, second = rng.choice(["A", "B"], (2, n))
    outcomes = pd.DataFrame(rng.normal(size=(n, 20))).add_prefix("y")
    outcomes["y0"] += 0.5 * (first == "A") + 0.5 * (second == "A")
    study = Study(pd.DataFrame({"x": rng.normal(size=n)}), pd.Series(first), None, pd.Series(second), outcomes)
    regime, one = study.fit(replicates=30), pd.DataFrame({"x": [0.0]})
    utilities = regime.utilities_first(one, {"y0": 1}).loc[0]
    assert utilities["A"] - utilities["B"] > 0.25
    later = regime.utilities_second(one, pd.Series(["A"]), None, {"y0": 1}).loc[0]
    assert later["A"] - later["B"] > 0.25
    # And where nothing was found, it is not known to be exactly nothing.
    engine = regime.engine_
    rule = engine.first_rule(np.eye(20)[5], ())
    rows = engine.first_rows(engine.filler.baseline.linear(one))[0]
    assert ((rows[0] - rows[1]) @ rule.coefficients.T)[1:].std() > 0.03


def test_weights_decide_between_outcomes_that_pull_apart():
    rng = np.random.default_rng(0)
    n = 400
    first, second = rng.choice(["A", "B"], (2, n))
    noise = rng.normal(size=(2, n))
    outcomes = pd.DataFrame({"relief": 1.0 * (first == "A") + noise[0], "safety": 1.0 * (first == "B") + noise[1]})
    regime = TwoStageRegime(select="error").fit(
        pd.DataFrame({"x": rng.normal(size=n)}), pd.Series(first), None, pd.Series(second), outcomes
    )
    one = pd.DataFrame({"x": [0.0]})
    assert list(regime.decide_first(one, {"relief": 1})) == ["A"]
    assert list(regime.decide_first(one, {"safety": 1})) == ["B"]
    assert list(regime.decide_first(one, {"relief": 5, "safety": 1})) == ["A"]


@pytest.mark.parametrize("lost_at", ["second assignment", "outcome"])
def test_drop_out_that_depends_on_what_was_seen_does_not_mislead(lost_at):
    """Under A people end either well or badly, under B in between; those who do badly under A are lost.

    Among those who stay, A looks better by about 1; in truth B is better by 0.5.
    """
    rng = np.random.default_rng(2)
    n = 3000
    x = rng.normal(size=n)
    first = rng.choice(["A", "B"], n)
    state = np.where(first == "A", 2.0 * x, 0.5) + 0.5 * rng.normal(size=n)
    y = state + 0.5 * rng.normal(size=n)
    signal = state if lost_at == "outcome" else np.where(first == "A", 2 * x, 0.5)
    gone = rng.random(n) < 0.85 / (1 + np.exp(3 * signal))
    outcomes, second = pd.DataFrame({"y": y}), pd.Series(rng.choice(["A", "B"], n))
    interim = pd.DataFrame({"state": state})
    outcomes[gone] = np.nan
    if lost_at == "second assignment":
        second = second.mask(gone)
        interim[gone] = np.nan
    stayed = ~gone
    naive = {arm: y[stayed & (first == arm)].mean() for arm in "AB"}
    assert naive["A"] - naive["B"] > 0.2
    regime = TwoStageRegime(select="error").fit(pd.DataFrame({"x": x}), pd.Series(first), interim, second, outcomes)
    means = regime.utilities_first(pd.DataFrame({"x": x})).mean()
    assert means["B"] - means["A"] == pytest.approx(0.5, abs=0.25)
    without = pd.DataFrame({"empty": np.full(n, np.nan)})
    overall = (
        TwoStageRegime(select="error")
        .fit(without, pd.Series(first), interim, second, outcomes)
        .utilities_first(without)
        .mean()
    )
    if lost_at == "outcome":
        assert overall["B"] - overall["A"] == pytest.approx(0.5, abs=0.3)


def halfway_slopes(seed):
    """How the second stage's gain of A rises with x (truly by 4), with and without what the first stage foretells."""
    rng = np.random.default_rng(seed)
    study = make_simple(400, seed=seed)
    x = study.baseline["x"]
    halfway = 2 * np.where(study.first == "A", x, -x) + rng.normal(size=400)
    # Noise is four times as large in the second stage: what the first one shows makes up for it.
    later = halfway + 2 * np.where(study.second == "A", x, -x) + 4 * rng.normal(size=400)
    study = study.with_(interim=pd.DataFrame({"state": halfway}), outcomes=pd.DataFrame({"y": later}))
    engine = study.fit(learner="additive").engine_
    assert engine.tuning.foretold > 0.5
    alone = study.fit(learner="additive", share_stages=False).engine_
    assert alone.tuning.foretold is None
    assert alone.second.basis.given == 0
    new = pd.DataFrame({"x": np.linspace(-2, 2, 41)})
    first, state = pd.Series(["A"] * 41), pd.DataFrame({"state": np.zeros(41)})
    slopes = []
    for one in (engine, alone):
        known = one.filler.baseline.linear(new)
        values = one.second_values(
            known, one.filler.fill_interim(known, one.first_arms.codes(first), state), np.zeros(41, int)
        )
        slopes.append(np.polyfit(new["x"], values[:, 0, 0] - values[:, 1, 0], 1)[0])
    return slopes


def test_what_treatments_did_by_halfway_is_foretold_of_the_second_stage():
    slopes = np.array([halfway_slopes(seed) for seed in range(4, 10)])
    foretold, alone = np.sqrt(((slopes - 4) ** 2).mean(axis=0))
    assert foretold < 0.9 * alone
    assert slopes[:, 0] == pytest.approx(np.full(6, 4), abs=1)
