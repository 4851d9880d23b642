"""What is true in each constructed scenario, worked out by hand, and what is difficult about it."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from bestviz.study.constructed import Confounded, NonRegular, RespondersOnly, Smooth, Sparse, Threshold
from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import Constructed

MANY = 20_000


def person(world: Constructed, **known: object) -> pd.DataFrame:
    """Somebody, with these features."""
    return world.draw(1, np.random.default_rng(0)).assign(**known)


def at_second(world: Constructed, someone: pd.DataFrame, first: str, y1: float) -> dict[str, float]:
    """Expected y under each second arm."""
    means = world.second_means(someone, np.array([world.first_arms.index(first)]), np.array([y1]))
    return dict(zip(world.second_arms, means[0], strict=True))


# --- features ---


def test_features_have_the_stated_frequencies_and_correlation() -> None:
    z = latent(MANY, 3, 0.4, np.random.default_rng(1))
    assert np.corrcoef(z.T) == pytest.approx(np.where(np.eye(3) == 1, 1, 0.4), abs=0.02)
    assert z.std(axis=0) == pytest.approx([1] * 3, abs=0.02)
    shares = pd.Series(levels(z[:, 0], {"low": 0.2, "mid": 0.5, "high": 0.3})).value_counts(normalize=True)
    assert shares[["low", "mid", "high"]].to_numpy() == pytest.approx([0.2, 0.5, 0.3], abs=0.015)
    assert is_one(z[:, 1], 0.35).mean() == pytest.approx(0.35, abs=0.015)
    assert levels(np.array([-3.0, 3.0]), {"low": 0.2, "high": 0.8}).tolist() == ["low", "high"]


# --- sparse ---

TYPICAL = {f"f{j:02d}": 10.0 for j in range(4, 10)}  # no prognosis


def test_sparse_means() -> None:
    someone = person(Sparse(), f01=62.0, f02=1.0, f03="low", **TYPICAL | {"f04": 12.0})
    # prognosis 0.4; B 0.1 + 0.5; C 0.1 + 0.8 * 0.6; D 0.05 - 0.6
    assert Sparse().first_means(someone)[0] == pytest.approx([0.4, 1.0, 0.98, -0.15])
    means = at_second(Sparse(), someone, "B", 2.0)
    assert means["B"] == pytest.approx(0.5 * 2 + 0.2 + 0.7 * 0.6)
    assert means["B+E"] == pytest.approx(0.5 * 2 + 0.2 + 0.7 * 0.6 + 0.4)
    without = at_second(Sparse(), person(Sparse(), f01=50.0, f02=0.0, f03="middle", **TYPICAL), "A", 0.0)
    assert (without["A"], without["A+E"], without["D"]) == pytest.approx((0.0, -0.3, 0.035))


def test_sparse_has_fifty_features_of_which_three_say_what_helps() -> None:
    world, rng = Sparse(), np.random.default_rng(2)
    one, other = world.draw(400, rng), world.draw(400, rng)
    assert one.shape[1] == 50
    mixed = other.assign(**{name: one[name] for name in ("f01", "f02", "f03")})
    for means in (world.first_means, world.second_effects):
        contrast = means(mixed) - means(mixed)[:, :1]
        assert contrast == pytest.approx(means(one) - means(one)[:, :1])
        assert means(mixed) != pytest.approx(means(one))


# --- smooth ---


def test_smooth_means() -> None:
    typical = {
        "age": 50.0, "pain": 10 / (1 + np.exp(-0.6)), "mood": 8.0, "bmi": 28.0, "sleep": 6.5, "steps": 5000.0,
        "years": 6.0, "worry": 20.0, "grip": 35.0, "hope": 6.0, "female": 0.6, "work": "none",
    }  # fmt: skip
    someone = person(Smooth(), **typical)
    # All curves are 0 but the bump, at its top; without work the prognosis is -0.3 * 0.45.
    assert Smooth().first_means(someone)[0] == pytest.approx(np.array([0, 0, 0.8 * (1 - 3**-0.5)]) - 0.135)
    stout = person(Smooth(), **typical | {"bmi": 28 * np.exp(0.18), "sleep": 7.7, "steps": 5000 * np.exp(-0.5)})
    assert Smooth().first_means(stout)[0, 1] == pytest.approx(0.7 * np.tanh(1.2) - 0.3 - 0.135)
    means = at_second(Smooth(), person(Smooth(), **typical | {"grip": 44.0}), "A", 1.0)
    assert means["A"] == pytest.approx(0.5 - 0.0675)
    assert means["D"] == pytest.approx(0.5 - 0.0675 + 0.8 * 0.6 * np.tanh(1) - 0.3 * np.tanh(1))


def test_the_bump_of_smooth_is_centred() -> None:
    u = norm.ppf((np.arange(MANY) + 0.5) / MANY)
    assert np.exp(-(u**2)).mean() == pytest.approx(3**-0.5, abs=1e-3)


@pytest.mark.parametrize("world", [Sparse(), Smooth()], ids=lambda world: world.name)
def test_one_baseline_value_in_twenty_is_missing_at_random(world: Constructed) -> None:
    whole, seen = world.complete(4000, 3), world.tables(4000, 3)
    gone = seen.baseline.isna()
    assert gone.mean().between(0.035, 0.065).all()
    assert seen.baseline[~gone].equals(whole.baseline[~gone])
    assert gone.corrwith(whole.outcomes["y"]).abs().max() < 0.06
    assert seen.outcomes.equals(whole.outcomes)


# --- threshold ---


@pytest.mark.parametrize(
    ("known", "first", "second"),
    [
        ({"age": 42.0, "score": 20.0, "smoker": 1.0, "years": 30.0}, "A", "P"),
        ({"age": 42.1, "score": 14.0, "smoker": 0.0, "years": 9.0}, "B", "Q"),
        ({"age": 70.0, "score": 13.0, "smoker": 0.0, "years": 9.1}, "C", "R"),
    ],
)
def test_threshold_arms_change_at_the_stated_places(known: dict[str, float], first: str, second: str) -> None:
    world = Threshold()
    someone = person(world, weight=95.0, work="none", **known)
    prognosis = -0.03 * (known["score"] - 12)
    means = dict(zip(world.first_arms, world.first_means(someone)[0], strict=True))
    main = {"A": 0.0, "B": 0.1, "C": 0.05}
    assert means == pytest.approx({arm: prognosis + main[arm] + 0.8 * (arm == first) for arm in main})
    later = at_second(world, someone, "A", 1.0)
    plain = {"P": 0.1 + 0.15, "Q": 0.2, "R": 0.05}  # P after A; Q by y1
    assert later == pytest.approx({arm: 0.5 + 0.5 * prognosis + plain[arm] + 0.7 * (arm == second) for arm in plain})


def test_threshold_people_leave_at_random_given_what_is_known() -> None:
    world = Threshold()
    whole, seen = world.complete(MANY, 4), world.tables(MANY, 4)
    here, to_end = seen.interim["y1"].notna(), seen.outcomes["y"].notna()
    assert [1 - here.mean(), here.mean() - to_end.mean()] == pytest.approx([0.06, 0.05], abs=0.01)
    assert not to_end[~here].any()
    assert seen.second.notna().equals(here)
    assert seen.interim["response"].notna().equals(here)
    assert seen.allowed_second[~here].all(axis=None)
    age = whole.baseline["age"]
    assert age[~here].mean() < age[here].mean() - 3
    assert whole.halfway[here & ~to_end].mean() < whole.halfway[to_end].mean() - 0.3


# --- non-regular ---


def test_non_regular_second_arms_are_exactly_tied_for_half_and_nearly_for_others() -> None:
    world = NonRegular()
    baseline = world.draw(MANY, np.random.default_rng(5))
    means = world.second_means(baseline, np.zeros(MANY, dtype=int), np.zeros(MANY))
    spread = np.ptp(means, axis=1)
    assert (spread == 0).mean() == pytest.approx(0.5, abs=0.015)
    assert ((spread > 0) & (spread < 0.25)).mean() == pytest.approx(0.16, abs=0.05)


def test_non_regular_means() -> None:
    world = NonRegular()
    known = {"marker": 1.0, "stiffness": 55.0, "drive": 3 * np.exp(0.4), "age": 62.0, "pain": 6.0}
    someone = person(world, sex="male", **known)
    assert world.first_means(someone)[0] == pytest.approx([-0.3, 0.3, -0.05])
    means = at_second(world, someone, "A", 2.0)
    assert means == pytest.approx({"P": 1 - 0.15, "Q": 0.85 + 0.24, "R": 0.85 + 0.01 - 0.24})
    assert at_second(world, person(world, sex="female", **known), "A", 2.0)["Q"] == pytest.approx(0.85 + 1.2)


# --- responders only ---


def test_who_does_not_respond_continues() -> None:
    drawn = RespondersOnly().tables(3000, 6)
    poor = drawn.interim["response"] == "non-responder"
    assert 0.4 < poor.mean() < 0.6
    assert drawn.second[poor].equals(drawn.first[poor].rename("second"))
    assert drawn.allowed_second[poor].sum(axis=1).eq(1).all()
    assert drawn.second_probability[poor].eq(1).all()
    assert drawn.second[~poor].isin(["S", "T"]).mean() == pytest.approx(2 / 3, abs=0.04)


def test_responders_only_means() -> None:
    world = RespondersOnly()
    someone = person(
        world, age=65.0, catastrophising=22 * np.exp(0.4), radiating=1.0, support=80.0, relapsed=1.0, work="full",
        pain=6.0,
    )  # fmt: skip
    assert world.first_means(someone)[0] == pytest.approx([0.3, 0.8, -0.1, 0.82])
    means = at_second(world, someone, "B", 1.0)
    assert means["B"] == pytest.approx(0.5 + 0.15 + 0.25)
    assert means["S"] == pytest.approx(0.5 + 0.15 - 0.2 + 0.25)
    assert means["T"] == pytest.approx(0.5 + 0.15 + 0.7)


# --- confounded ---


def test_confounded_means() -> None:
    world = Confounded()
    known = {"age": 63.0, "pain": 6.0, "work": "part", "years": 5.0, "depressed": 1.0}
    someone = person(world, activity=5000 * np.exp(0.5), **known)
    severity = 0.5 - 0.12
    assert world.first_means(someone)[0] == pytest.approx(-0.6 * severity + np.array([0, 0.5, 0.15 + 0.5 + 0.28]))
    means = at_second(world, someone, "C", 1.0)
    assert means["A"] == pytest.approx(0.5 - 0.3 * severity)
    assert means["C"] == pytest.approx(0.5 - 0.3 * severity + 0.8 * 0.93 - 0.2)


def test_every_assignment_has_a_chance_of_at_least_8_percent() -> None:
    world = Confounded()
    baseline = world.draw(MANY, np.random.default_rng(7))
    y1, every = np.random.default_rng(8).normal(0, 3, MANY), np.ones((MANY, 3), dtype=bool)
    for chances in (world.first_chances(baseline), world.second_chances(baseline, y1, every)):
        assert chances.sum(axis=1) == pytest.approx(np.ones(MANY))
        assert chances.min() >= 0.08
        assert chances.max() > 0.8


def test_naive_comparisons_are_biased_and_weighted_ones_are_not() -> None:
    world = Confounded()
    drawn = world.complete(2 * MANY, 9)
    means, first = world.first_means(drawn.baseline), drawn.first.to_numpy()
    true = (means[:, 2] - means[:, 0]).mean()
    y1 = drawn.halfway.to_numpy()
    naive = y1[first == "C"].mean() - y1[first == "A"].mean()
    chances = world.first_chances(drawn.baseline)
    weighted = [np.average(y1[first == arm], weights=1 / chances[first == arm, k]) for arm, k in (("C", 2), ("A", 0))]
    assert true == pytest.approx(0.15, abs=0.02)
    assert naive < true - 0.5
    assert weighted[0] - weighted[1] == pytest.approx(true, abs=0.06)


def test_later_assignment_follows_the_first_result() -> None:
    drawn = Confounded().complete(MANY, 10)
    low, high = (drawn.second[rows] == "C" for rows in (drawn.halfway < -1, drawn.halfway > 1))
    assert low.mean() > high.mean() + 0.3
