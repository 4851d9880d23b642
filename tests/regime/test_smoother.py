"""Every answer is a weighted sum of people's outcomes: what follows from that."""

import numpy as np
import pandas as pd
import pytest

from bestviz.regime.design import Features
from bestviz.regime.residuals import early_residuals, first_residuals, second_residuals
from tests.regime.conftest import make_study


@pytest.fixture(scope="module")
def rule(fitted):
    return fitted.engine_.first_rule(fitted.engine_.weigh(np.array([0.6, 0.4])), ())


@pytest.fixture(scope="module")
def rows(study, fitted):
    engine = fitted.engine_
    return engine.first_rows(engine.filler.baseline.linear(study.baseline.iloc[:3])).reshape(9, -1)


def test_outcomes_weighted_equal_the_weighted_outcome(fitted, rule, rows):
    later, early, fallback = fitted.engine_.first_outcomes(rows, rule)
    weights = fitted.engine_.weigh(np.array([0.6, 0.4]))
    assert later @ weights == pytest.approx(rows @ rule.coefficients.T, abs=1e-8)
    assert early.shape == (9, 13, 1)
    assert fallback == pytest.approx(0.0)


def test_the_full_fit_alone_agrees_with_all_replicates(fitted, rule, rows):
    engine = fitted.engine_
    later, early, _ = engine.first_outcomes(rows, rule)
    alone = rows @ engine.full_first(rule.choice)
    assert alone == pytest.approx(np.hstack([later[:, 0], early[:, 0]]), abs=1e-8)


def test_smoothing_weights_reproduce_predictions(fitted, rule, rows):
    engine = fitted.engine_
    later, early, _ = engine.first_outcomes(rows, rule)
    smooth = engine.first.smooth_full(rows)
    lent = engine.second.coefficients[0]
    on_lent = engine.first.parts(rows)[1] @ lent
    left_over = engine.pseudo_outcomes(rule.choice) - engine.first.lent_design @ lent
    assert smooth @ left_over + on_lent == pytest.approx(later[:, 0], abs=1e-8)
    expected, _ = engine.first.expected_of(engine.completed.early[0], rows)
    assert expected == pytest.approx(early[:, 0], abs=1e-8)


def test_every_arm_at_once_is_the_rows_times_coefficients(study, fitted):
    engine, done, rng = fitted.engine_, fitted.engine_.completed, np.random.default_rng(0)
    features = Features.of([engine.filler.baseline, engine.filler.interim], [done.baseline, done.interim[0]])
    basis, people = engine.second.basis, len(engine.people)
    coefficients = rng.normal(size=(basis.width, 2))
    found = basis.every_arm(features, coefficients, engine.first_codes)
    for arm in range(len(engine.second_arms.labels)):
        rows = basis.rows(features, np.arange(people), np.full(people, arm), engine.first_codes)
        assert found[:, arm] == pytest.approx(rows @ coefficients, abs=1e-10)
    with pytest.raises(ValueError, match="needs the first arm"):
        basis.every_arm(features, coefficients)
    with pytest.raises(ValueError, match="needs the first arm"):
        basis.rows(features, np.arange(people), engine.first_codes)


def test_utilities_of_the_second_stage_are_those_of_the_engine(study, fitted):
    engine = fitted.engine_
    seen = study.interim["state"].notna() & study.interim["good"].notna()
    one = study.baseline[seen].iloc[:4]
    codes = engine.first_arms.codes(study.first[one.index])
    known = engine.filler.baseline.linear(one)
    rows = engine.second_rows(known, engine.filler.fill_interim(known, codes, study.interim.loc[one.index]), codes)
    weights = engine.weigh(np.array([0.5, 0.5]))
    expected = rows @ engine.second.coefficients[0] @ weights
    found = fitted.utilities_second(one, study.first[one.index], study.interim.loc[one.index])
    assert found.to_numpy() == pytest.approx(expected, abs=1e-8)
    predicted = engine.second.predict(rows[:, 0])
    assert predicted.shape == (4, 13, 3)
    assert predicted[:, 0] @ weights == pytest.approx(expected[:, 0], abs=1e-8)
    assert engine.second.predict(rows[:, 0], replicates=False)[:, 0] == pytest.approx(predicted[:, 0], abs=1e-10)


def test_carried_outcomes_do_not_tune_the_smoother():
    study = make_study(n=120, seed=5, gaps=False)
    carried = pd.DataFrame({"wild": np.random.default_rng(0).normal(size=120) * 100}, index=study.baseline.index)
    one, other = study.fit(), study.fit(carried=carried)
    assert one.outcomes_ == other.outcomes_ == ("y1", "y2")
    pd.testing.assert_frame_equal(one.utilities_first(study.baseline), other.utilities_first(study.baseline))


def test_replicates_scatter_around_the_full_fit(fitted, rule, rows):
    found = rows @ rule.coefficients.T
    spread = found[:, 1:].std(axis=1)
    assert (spread > 0.02).all()
    assert (np.abs(found[:, 1:].mean(axis=1) - found[:, 0]) < 3 * spread).all()
    # Choosing anew takes a maximum again: never below the fixed choice on average over people.
    engine = fitted.engine_
    everybody = engine.first.people_rows
    assert (everybody @ rule.anew.T).mean() >= (everybody @ rule.coefficients.T).mean() - 1e-9


def test_residuals_are_corrected_for_the_freedom_used(study, fitted, rule):
    engine = fitted.engine_
    later, people = second_residuals(engine)
    sooner = first_residuals(engine, rule.choice, engine.full_first(rule.choice))
    assert np.isfinite(later).all()
    assert np.isfinite(sooner).all()
    assert len(people) == engine.completed.with_outcome.sum()
    early = early_residuals(engine)
    covariance = np.average(early**2, weights=engine.first.weights[0], axis=0)
    assert covariance == pytest.approx(np.diag(engine.first_covariances[1]), rel=1e-8)
