"""Calibration: simulated trials are like the data, and factors make true what is said where the truth is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

import bestviz
from bestviz.advice import calibration as calibration_package
from bestviz.advice.calibration.factors import TEMPERATURES, WIDTH_LIMITS, Errors, Factors, Judged
from bestviz.advice.calibration.judge import Refit
from bestviz.advice.calibration.measure import _weights, calibration_of
from bestviz.advice.calibration.source import Source
from bestviz.advice.calibration.tables import Tables
from bestviz.advice.calibration.world import World
from bestviz.advice.uncertainty import Calibration, Coverage, chances_of_being_best
from bestviz.errors import DataError, RegimeError
from bestviz.trial import allowed_first_table, permitted_second_arms
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS, contraindication_table


def judged(seed: int, too_sure: float, cases: int = 250, arms: int = 4, replicates: int = 60) -> Judged:
    """Estimates that stray from the truth by 1, of which the replicates say that it is 1 / too_sure."""
    rng = np.random.default_rng(seed)
    truth = 2 * rng.standard_normal((cases, arms))
    full = truth + rng.standard_normal((cases, arms))
    strayed = full[:, :, None] + rng.standard_normal((cases, arms, replicates)) / too_sure
    estimates = np.concatenate([full[:, :, None], strayed], axis=2)
    return Judged(estimates, estimates, truth, np.ones((cases, arms), dtype=bool))


@pytest.fixture(scope="module")
def bare():
    """Small data of PEG and PGIC alone with few inputs, in which nobody started on duloxetine."""
    trial = bestviz.simulate_trial(n=90, seed=5, deep=0.0)
    people = trial.participants[trial.participants["first_arm"] != "DUL"]
    kept = ["age", "sex", *CONTRAINDICATION_COLUMNS.values(), "first_arm", "second_arm", "stopped_first"]
    values = trial.assessments
    values = values[values["id"].isin(people.index) & values["measure"].isin(["peg", "pgic"])]
    return replace(trial, participants=people[kept], assessments=values)


@pytest.fixture(scope="module")
def small(bare):
    return bestviz.fit(bare, replicates=20, learner="additive")


# -- factors ----------------------------------------------------------------------------------------------------------


def test_errors_by_hand():
    # One person and three arms, of which the last is not allowed; the replicates' standard deviations are 1, 2 and 5.
    spread = np.array([-1.0, 0.0, 1.0])
    estimates = np.concatenate([np.zeros((1, 3, 1)), np.outer([1, 2, 5], spread)[None]], axis=2)
    one = Judged(estimates, estimates, np.array([[3.0, 1.0, 9.0]]), np.array([[True, True, False]]))
    assert one.errors_of_means() == pytest.approx([3 / 1, 1 / 2])
    # The replicates of the difference are 1, 0, -1: their standard deviation is 1.
    assert one.errors_of_differences() == pytest.approx([(3 - 1) / 1])


def test_said_and_true_by_hand():
    # In the replicates arms 1, 1, 0 win; truly arm 0 is best. Not allowed: arm 2, which would always win.
    estimates = np.array([[[0, 0, 0, 1], [0, 1, 1, 0], [9, 9, 9, 9]]], dtype=float)
    one = Judged(estimates, estimates, np.array([[2.0, 1.0, 7.0]]), np.array([[True, True, False]]))
    assert one.said_and_true(1.0) == pytest.approx((2 / 3, 0.0))
    assert replace(one, truth=one.truth[:, ::-1] * [[0, 1, 1]]).said_and_true(1.0) == pytest.approx((2 / 3, 1.0))


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_chances_are_those_that_the_advice_gives(temperature):
    some = judged(1, 1.5, cases=20)
    calibration = Calibration(chances=temperature)
    chances = [
        chances_of_being_best(each[None], may, calibration)
        for each, may in zip(some.competing, some.allowed, strict=True)
    ]
    best = some.truth.argmax(axis=1)
    assert some.said_and_true(temperature) == pytest.approx(
        (np.max(chances, axis=1).mean(), (np.argmax(chances, axis=1) == best).mean())
    )


@pytest.mark.parametrize("too_sure", [1.0, 1.5, 2.0, 3.0])
def test_factors_undo_how_much_too_sure_the_replicates_are(too_sure):
    errors = Errors.of([judged(seed, too_sure) for seed in range(6)])
    found = errors.factors()
    assert found.means == pytest.approx(too_sure, rel=0.1)
    assert found.differences == pytest.approx(too_sure, rel=0.1)
    after = errors.coverage_left_out()
    assert after.means == pytest.approx(0.95, abs=0.015)
    assert after.differences == pytest.approx(0.95, abs=0.015)


def test_halving_the_spread_doubles_the_factors():
    whole = [judged(seed, 1.4) for seed in range(4)]
    halved = []
    for each in whole:
        full = each.estimates[:, :, :1]
        close = full + (each.estimates - full) / 2
        halved.append(replace(each, estimates=close, competing=close))
    one, other = (Errors.of(part) for part in (whole, halved))
    assert other.factors().means == pytest.approx(2 * one.factors().means, abs=0.011)
    assert other.factors().differences == pytest.approx(2 * one.factors().differences, abs=0.011)
    assert other.factors().chances == pytest.approx(2 * one.factors().chances, abs=0.2)


def test_the_temperature_makes_chances_true():
    errors = Errors.of([judged(seed, 2.0) for seed in range(8)])
    before, after = errors.coverage_as_is(), errors.coverage_left_out()
    assert before.said - before.true > 0.1
    assert after.said == pytest.approx(after.true, abs=0.02)


def test_factors_stay_within_their_limits():
    narrow, wide = (Errors.of([judged(seed, too_sure) for seed in range(2)]).factors() for too_sure in (0.2, 50))
    assert (narrow.means, narrow.differences, narrow.chances) == (WIDTH_LIMITS[0], WIDTH_LIMITS[0], TEMPERATURES[0])
    assert (wide.means, wide.differences) == (WIDTH_LIMITS[1], WIDTH_LIMITS[1])
    assert wide.chances <= TEMPERATURES[-1]


def test_each_trial_is_judged_with_factors_of_the_others():
    sure, unsure = judged(1, 3.0), judged(2, 1.0)
    errors = Errors.of([sure, unsure])
    assert errors.factors(without=0) == Errors.of([unsure]).factors()
    crossed = [Errors.of([unsure]).factors(), Errors.of([sure]).factors()]
    assert errors.coverage_left_out() == errors.coverage(crossed)
    assert errors.coverage_as_is() == errors.coverage([Factors(1.0, 1.0, 1.0)] * 2)


def test_replicates_that_do_not_vary_are_no_division_by_zero():
    flat = judged(1, 1.0, cases=5)
    flat = replace(flat, estimates=np.repeat(flat.estimates[:, :, :1], 61, axis=2))
    assert np.isfinite(flat.errors_of_means()).all()
    assert Errors.of([flat]).factors().means == WIDTH_LIMITS[1]


# -- worlds -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trial():
    return bestviz.simulate_trial(n=300, seed=1)  # the model's


@pytest.fixture(scope="module")
def source(model, trial):
    return Source.of(model, trial, worlds=2)


@pytest.fixture(scope="module")
def world(source):
    return World.of(source, 1, (1, 0))


@pytest.fixture(scope="module")
def drawn(world):
    return world.draw((1, 1))


def test_a_world_has_the_people_of_the_trial(source, drawn):
    real = source.trial
    assert len(drawn) == len(real) == 300
    for name in ("baseline", "interim", "outcomes", "contraindications"):
        here, there = getattr(drawn, name), getattr(real, name)
        assert here.shape == there.shape
        assert list(here) == list(there)
    assert drawn.first.value_counts().to_dict() == real.first.value_counts().to_dict()
    rows = {tuple(row) for row in real.baseline.fillna(-1).itertuples(index=False)}
    assert {tuple(row) for row in drawn.baseline.fillna(-1).itertuples(index=False)} <= rows


def test_what_was_missing_stays_missing(source, drawn):
    for here, there in ((drawn.interim, source.trial.interim), (drawn.outcomes, source.trial.outcomes)):
        assert here.isna().mean().to_numpy() == pytest.approx(there.isna().mean().to_numpy(), abs=0.12)
        assert here.isna().any(axis=1).any() == there.isna().any(axis=1).any()
    assert drawn.outcomes[drawn.second.isna()].isna().all(axis=None)


def test_states_hold_only_values_that_were_observed(source, drawn):
    for name, values in drawn.interim.items():
        assert set(values.dropna()) <= set(source.trial.interim[name].dropna())


def test_nobody_gets_an_arm_that_is_not_allowed(source, drawn):
    assert drawn.second.notna().sum() > 200
    people = zip(drawn.first, drawn.interim["response"], drawn.second, drawn.harmed, strict=True)
    barred = contraindication_table(drawn.contraindications)
    barred = [{code for code in barred if row[code]} for _, row in barred.iterrows()]
    for (first, response, second, harmed), out in zip(people, barred, strict=True):
        assert first not in out
        if pd.isna(second):
            continue
        treatments = set(second.split("+"))
        assert not treatments & out
        assert not (harmed and first in treatments)
        if not pd.isna(response):
            assert second in permitted_second_arms(first, response)


def test_a_world_follows_its_seed_and_its_replicate(source, world, drawn):
    again, other = world.draw((1, 1)), world.draw((1, 2))
    pd.testing.assert_frame_equal(again.outcomes, drawn.outcomes)
    pd.testing.assert_frame_equal(again.interim, drawn.interim)
    assert not other.interim.equals(drawn.interim)
    assert not np.allclose(World.of(source, 2, (1, 0)).halfway, world.halfway)


def test_the_truth_is_that_of_the_replicate(source, world):
    who, engine = np.arange(10), source.engine
    first = source.first_codes(who)
    _, baseline = source.complete_baseline(who, np.random.default_rng(1))
    state = world.week12(who, baseline, first, np.random.default_rng(1))
    rows = engine.second_rows(baseline, state.encoded, first)
    expected = np.einsum("maq,qk->mak", rows, engine.second.coefficients[world.replicate])
    assert world.expected(baseline, state, first) == pytest.approx(expected)


def test_draws_and_their_mirror_images(source, world):
    who = np.tile(np.arange(3), 400)
    first = np.zeros(len(who), dtype=np.intp)
    _, baseline = source.complete_baseline(np.arange(3), np.random.default_rng(1))
    states = world.week12(who, baseline[who], first, np.random.default_rng(1), mirrored=True).state["pain_interference"]
    middle = states.to_numpy().reshape(2, 200, 3)
    # Only the limits of what was observed keep a pair from lying evenly about one middle.
    assert np.median(np.ptp(middle.mean(axis=0), axis=0)) < 0.5 * np.median(np.ptp(middle[0], axis=0))


def test_a_forest_is_judged_in_worlds_of_the_ensemble(small, bare):
    engine = object.__new__(type(small.engine))
    engine.__dict__.update(vars(small.engine), tuning=replace(small.engine.tuning, learner="forest"))
    source = Source.of(replace(small, engine=engine), bare, worlds=3)
    assert (source.tuning.learner, source.tuning.second) == ("forest", None)
    assert source.engine.tuning.learner == "ensemble"
    assert source.engine.replicates == 3


@pytest.fixture(scope="module")
def refit(source, world, drawn):
    return Refit(world, drawn, drawn.learn(source.engine.weighable, source.tuning, 5, 1))


def test_what_a_regime_says_is_compared_with_what_is_true(model, refit):
    weights = _weights(model)
    first, second = refit.judge(weights, (1, 3))
    assert first.estimates.shape == (len(weights) * 40, 4, 6)
    assert first.truth.shape == first.allowed.shape == (len(weights) * 40, 4)
    assert second.estimates.shape == (len(weights) * 160, len(refit.learned.second_arms.labels), 6)
    assert np.isfinite(first.truth).all()
    assert np.isfinite(first.estimates).all()
    # The regime learned something: it knows who does well.
    assert np.corrcoef(first.truth[first.allowed], first.estimates[:, :, 0][first.allowed])[0, 1] > 0.7
    again, _ = refit.judge(weights, (1, 3))
    assert np.array_equal(first.truth, again.truth)


def test_first_arms_that_a_person_cannot_have_are_not_judged(source, refit):
    people = refit._people(np.random.default_rng((1, 3)))
    expected = allowed_first_table(source.trial.contraindications.iloc[people.who])
    expected = expected[list(refit.learned.first_arms.labels)]
    assert (people.allowed == expected.to_numpy()).all()
    assert not people.allowed.all()


# -- the whole --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured(small, bare):
    return calibration_of(small, bare, worlds=3, replicates=10)


def test_a_calibration_states_what_was_measured_and_on_what(measured, bare):
    assert WIDTH_LIMITS[0] <= measured.means <= WIDTH_LIMITS[1]
    assert WIDTH_LIMITS[0] <= measured.differences <= WIDTH_LIMITS[1]
    assert TEMPERATURES[0] <= measured.chances <= TEMPERATURES[-1]
    assert f"{len(bare)} participants" in measured.conditions
    assert "PEG at week 24, all inputs known" in measured.conditions
    assert measured.measured_on.startswith("3 trials simulated from replicates of this model")
    assert "10 replicates" in measured.measured_on
    for coverage in (measured.before, measured.after, measured.second_before, measured.second_after):
        assert all(0 <= share <= 1 for share in vars(coverage).values())
    assert measured.to_dict()["before"] == vars(measured.before)


def test_a_calibration_is_the_same_again_in_any_backend(small, bare, measured):
    done = []
    with parallel_config(backend="threading", n_jobs=2):
        again = calibration_of(small, bare, worlds=3, replicates=10, advance=lambda: done.append(1))
    assert again == measured
    assert len(done) == 3


def test_fit_calibrates_when_asked(monkeypatch, bare, small):
    found, calls = Calibration(1.5, 1.2, 3.0, "as measured here"), []

    def fake(model, trial, advance):
        assert (model.digest, trial) == (small.digest, bare)
        advance()
        return found

    monkeypatch.setattr(calibration_package, "calibration_of", fake)
    model = bestviz.fit(
        bare, replicates=20, learner="additive", calibrate=True, progress=lambda *seen: calls.append(seen)
    )
    assert model.calibration == found
    assert calls[-1] == (1, calibration_package.WORLDS, "Calibrating")
    assert "as measured here" in model.card()


def test_data_that_cannot_be_learned_from_again_are_refused(small, bare, monkeypatch):
    def fails(*_):
        raise RegimeError("Every first arm has fewer than 5 people.")

    monkeypatch.setattr(Tables, "learn", fails)
    with pytest.raises(DataError, match=r"too small to calibrate on .* fit without calibration"):
        calibration_of(small, bare, worlds=2)


def test_without_a_choice_there_is_nothing_to_calibrate(small, bare, monkeypatch):
    monkeypatch.setattr(Judged, "has_choices", False)
    with pytest.raises(DataError, match="Nobody has a choice between first arms"):
        calibration_of(small, bare, worlds=2, replicates=5)


def test_without_a_choice_of_second_arms_only_first_arms_are_reported(small, bare, monkeypatch):
    joined = Judged.joined
    nothing = staticmethod(lambda parts: replace(joined(parts), allowed=np.zeros_like(joined(parts).allowed)))
    monkeypatch.setattr(Judged, "joined", nothing)
    found = calibration_of(small, bare, worlds=2, replicates=5)
    assert found.after is not None
    assert found.second_before is found.second_after is None


def test_the_card_says_which_coverage_was_measured(model):
    coverage = Coverage(0.951, 0.944, 0.437, 0.452)
    before = Coverage(0.843, 0.882, 0.613, 0.408)
    found = Calibration(1.3, 1.12, 2.5, "for these people", "20 simulated trials", before, coverage)
    card = replace(model, calibration=found).card()
    assert "means times 1.3, of differences times 1.12; replicates stray 2.5 times as far" in card
    assert "for these people." in card
    assert "Coverage measured on 20 simulated trials. Their effects have shapes that the model knows" in card
    assert (
        "first arms: 95 % intervals hold 95 % of means and 94 % of differences; the arm most likely to be best is said "
        "to be best in 44 of 100 and is in 45 (before calibration: 95 % intervals hold 84 % of means"
    ) in card
    assert "second arms" not in card
    later = replace(found, second_before=before, second_after=coverage)
    assert "second arms: 95 % intervals" in replace(model, calibration=later).card()
