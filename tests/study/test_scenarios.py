"""What every constructed scenario promises: honest trials, and a truth that brute force agrees with."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bestviz.errors import InputError, RegimeError
from bestviz.study.constructed.best import CLASSES, first_values
from bestviz.study.constructed.world import Constructed
from bestviz.study.rules import learn
from bestviz.study.scenarios import SCENARIOS, scenario_of

WORLDS = [world for world in SCENARIOS.values() if isinstance(world, Constructed)]
MANY = 10_000

each_world = pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)


def test_all_six_are_found_by_name() -> None:
    names = [world.name for world in WORLDS]
    assert names == ["sparse", "smooth", "threshold", "non_regular", "responders_only", "confounded"]
    assert all(scenario_of(name).name == name for name in names)
    assert all(500 <= world.size <= 805 and world.says for world in WORLDS)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"^Unknown scenario 'spares'; choose one of none, .*sparse, .*confounded\.$"):
        scenario_of("spares")


@each_world
def test_same_seed_same_trial(world: Constructed) -> None:
    one, two, other = world.tables(80, 1), world.tables(80, 1), world.tables(80, 2)
    for name in ("baseline", "interim", "outcomes", "allowed_second"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    assert one.first.equals(two.first)
    assert one.second.equals(two.second)
    assert not one.outcomes.equals(other.outcomes)


@each_world
def test_people_differ_from_draw_to_draw_in_chance_alone(world: Constructed) -> None:
    people, again = world.people(20, 3, draws=4), world.people(20, 3)
    assert len(people) == len(again) == 20
    assert people.baseline.iloc[::4].reset_index(drop=True).equals(again.baseline)
    assert people.baseline.iloc[3::4].reset_index(drop=True).equals(again.baseline)
    assert len(np.unique(people.noise)) == 80
    assert people.baseline.notna().all(axis=None)


@each_world
def test_trials_obey_what_is_permitted(world: Constructed) -> None:
    drawn = world.complete(2000, 4)
    assert set(drawn.first) == set(world.first_arms)
    for (start, response), arms in world.permitted.items():
        rows = (drawn.first == start) & (drawn.interim["response"] == response)
        assert set(drawn.second[rows]) == set(arms)
        allowed = drawn.allowed_second[rows]
        assert all(allowed[arm].all() == (arm in arms) == allowed[arm].any() for arm in world.second_arms)
    assert ((drawn.interim["y1"] > world.cut) == (drawn.interim["response"] == "responder")).all()


@each_world
def test_a_rule_that_leaves_the_allowed_set_is_refused(world: Constructed) -> None:
    people, rules = world.people(100, 5), world.references()
    stray = SimpleNamespace(
        decide_first=rules.fixed.decide_first,
        decide_second=lambda baseline, first, interim, **_: pd.Series("Z", index=baseline.index),
    )
    with pytest.raises(RegimeError, match=r"^The rule chose arms that are not allowed for 100 people\.$"):
        world.expected(stray, people)
    stray.decide_first = lambda baseline, **_: pd.Series("A+Z", index=baseline.index)
    with pytest.raises(RegimeError, match=r"^The rule chose arms that are not allowed for 100 people\.$"):
        world.expected(stray, people)


@each_world
def test_the_trial_is_worth_its_own_mean(world: Constructed) -> None:
    y = world.complete(2 * MANY, 6).outcomes["y"]
    value = world.expected(world.references().randomised, world.people(2 * MANY, 7))
    error = np.hypot(y.std(), value.std()) / len(y) ** 0.5
    assert value.mean() == pytest.approx(y.mean(), abs=4 * error)


@each_world
def test_no_fixed_plan_is_better_than_the_best(world: Constructed) -> None:
    # Brute force over all plans: noise is drawn, nothing is integrated.
    rng = np.random.default_rng(8)
    baseline = world.draw(MANY, rng)
    noise = world.noise[0] * rng.standard_normal(MANY)
    plan, worth = world.references().fixed, {}
    for a, start in enumerate(world.first_arms):
        y1 = world.first_means(baseline)[:, a] + noise
        means = world.second_means(baseline, np.full(MANY, a), y1)
        worth[start] = dict.fromkeys(("best", "plan"), 0.0)
        for response, rows in zip(CLASSES, (y1 <= world.cut, y1 > world.cut), strict=True):
            value = dict(zip(world.second_arms, means[rows].sum(axis=0) / MANY, strict=True))
            worth[start]["best"] += max(value[arm] for arm in world.permitted[start, response])
            worth[start]["plan"] += value[plan.second[start, response][0]]
    # Plans that are nearly as good may change places by chance.
    assert worth[plan.first[0]]["plan"] == pytest.approx(max(each["best"] for each in worth.values()), abs=0.02)
    told = [worth[start]["plan"] for start in plan.first]
    assert told == pytest.approx(sorted(told, reverse=True), abs=0.02)


@each_world
def test_the_integral_over_the_first_period_agrees_with_brute_force(world: Constructed) -> None:
    rng = np.random.default_rng(9)
    baseline, draws = world.draw(6, rng), 40_000
    values = first_values(world, baseline)
    for person in range(len(baseline)):
        rows = baseline.iloc[np.full(draws, person)]
        for a in range(len(world.first_arms)):
            first = np.full(draws, a)
            y1 = world.first_means(rows)[:, a] + world.noise[0] * rng.standard_normal(draws)
            best = np.where(world.allowed(first, y1), world.second_means(rows, first, y1), -np.inf).max(axis=1)
            assert values[person, a] == pytest.approx(best.mean(), abs=4.5 * best.std() / draws**0.5)


@each_world
def test_rules_are_ordered_and_the_possible_gain_is_worth_learning(world: Constructed) -> None:
    people, rules = world.people(MANY, 10), world.references()
    oracle, fixed, random = (
        world.expected(rule, people).mean() for rule in (rules.oracle, rules.fixed, rules.randomised)
    )
    sd = world.complete(MANY, 11).outcomes["y"].std()
    assert oracle > fixed > random
    assert 0.15 < (oracle - fixed) / sd < 0.5
    # What the scenario says of itself.
    said = f"worth {(oracle - fixed) / sd:.2f} outcome SD"
    near = [f"worth {(oracle - fixed) / sd + step / 100:.2f} outcome SD" for step in (-2, -1, 1, 2)]
    assert any(words in " ".join((type(world).__doc__ or "").split()) for words in (said, *near))


@each_world
def test_the_oracle_is_not_beaten_by_perturbations_of_itself(world: Constructed) -> None:
    people, oracle = world.people(MANY, 12), world.references().oracle
    rng = np.random.default_rng(13)
    best = world.expected(oracle, people)

    def sometimes(own: pd.Series, allowed: pd.DataFrame) -> pd.Series:
        chance = rng.random(allowed.shape) * allowed.to_numpy()
        other = np.array(allowed.columns)[chance.argmax(axis=1)]
        return pd.Series(np.where(rng.random(len(own)) < 0.3, other, own), index=own.index)

    def second(baseline, first, interim, **may):
        return sometimes(oracle.decide_second(baseline, first, interim, **may), may["allowed"])

    later = SimpleNamespace(decide_first=oracle.decide_first, decide_second=second)
    assert (world.expected(later, people) <= best + 1e-12).all()  # given the state it is the best for each person
    earlier = SimpleNamespace(
        decide_first=lambda baseline, **may: sometimes(oracle.decide_first(baseline, **may), may["allowed"]),
        decide_second=oracle.decide_second,
    )
    lost = best - world.expected(earlier, people)
    assert lost.mean() > 3 * lost.std() / len(lost) ** 0.5


@each_world
def test_outcomes_as_they_come_have_the_expected_mean(world: Constructed) -> None:
    people, rule = world.people(MANY, 14), world.references().fixed
    surplus = world.drawn(rule, people, 1) - world.expected(rule, people)
    assert surplus.mean() == pytest.approx(0, abs=0.03)
    assert surplus.std() == pytest.approx(world.noise[1], rel=0.03)
    assert (world.drawn(rule, people, 1) - world.expected(rule, people) == surplus).all()


@each_world
def test_told_probabilities_are_those_of_the_design(world: Constructed) -> None:
    drawn = world.tables(3000, 15)
    if world.name == "confounded":
        assert drawn.first_probability is drawn.second_probability is None
        return
    assert drawn.first_probability.eq(1 / len(world.first_arms)).all()
    came = drawn.second.notna()
    told = 1 / drawn.allowed_second[came].sum(axis=1)
    assert drawn.second_probability[came].to_numpy() == pytest.approx(told.to_numpy())
    assert drawn.second_probability[~came].isna().all()


@each_world
def test_it_is_learned_without_a_warning(world: Constructed) -> None:
    drawn = world.tables(260, 16)
    # Of the many features of one scenario these hold all that says what helps, and some that do not.
    drawn = replace(drawn, baseline=drawn.baseline.iloc[:, :12])
    people, rules = world.people(4000, 17), world.references()
    learned = world.expected(learn("additive", drawn, 1), people).mean()
    oracle, fixed = (world.expected(rule, people).mean() for rule in (rules.oracle, rules.fixed))
    assert fixed - 0.2 * drawn.outcomes["y"].std() < learned < oracle
