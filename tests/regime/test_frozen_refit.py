"""Changing the weights equals a refit of the weighted outcome with the smoother frozen.

The refit is written out here with least squares on stacked rows: it shares the frozen parts (design rows, penalties,
completed data, resampling counts, random streams) with the engine and none of its algebra.
"""

import numpy as np
import pytest

from bestviz.regime.design import Features
from bestviz.regime.resampling import bootstrap_counts, resampling_strata
from bestviz.regime.residuals import second_residuals

WEIGHTS = ([1.0, 0.0], [0.3, 0.7], [0.0, 1.0])


def ridge(design, weights, outcome, mean):
    """Penalised least squares with penalty 1 and prior mean, as ordinary least squares on stacked rows."""
    root = np.sqrt(weights)
    rows = np.vstack([design * root[:, None], np.eye(design.shape[1])])
    return np.linalg.lstsq(rows, np.concatenate([outcome * root, mean]), rcond=None)[0]


def core_of(basis):
    """Combinations of its own columns that a full fit stays within."""
    return np.eye(basis.width - basis.given) if basis.own_core is None else basis.own_core


def moved(core, design, weights, outcome):
    """What replicates are moved by: the fit within the core less that of all columns."""
    nothing = np.zeros(design.shape[1])
    return within(core, design, weights, outcome) - ridge(design, weights, outcome, nothing)


def within(core, design, weights, outcome):
    """Penalised least squares within the core of a basis."""
    return core @ ridge(design @ core, weights, outcome, np.zeros(core.shape[1]))


def residual_covariance(design, weights, outcomes):
    """Of a ridge regression with penalty 1; with the residuals and the degrees of freedom used."""
    hat = design @ np.linalg.solve((design.T * weights) @ design + np.eye(design.shape[1]), design.T * weights)
    residuals, freedom = outcomes - hat @ outcomes, np.trace(hat)
    return (residuals.T * weights) @ residuals / (weights.sum() - freedom), residuals, freedom


def draws(shape_rows, covariance, seed):
    values, vectors = np.linalg.eigh(covariance)
    normal = np.random.default_rng(seed).standard_normal((shape_rows, len(covariance)))
    return normal @ (vectors * np.sqrt(np.maximum(values, 0))).T


class Refit:
    """Backward induction for one weighted outcome, person by person."""

    def __init__(self, study, engine, weights, seed, excluded=()):
        self.engine, self.weights, self.seed, self.excluded = engine, np.append(weights, 0.0), seed, set(excluded)
        first = study.first.to_numpy()[engine.people]
        self.first = first
        allowed = study.allowed_second.to_numpy()[engine.people]
        self.allowed = [
            {arm for arm, yes in zip(study.allowed_second.columns, row, strict=True) if yes} for row in allowed
        ]
        may = study.allowed_first[list(engine.first_arms.labels)].to_numpy()[engine.people]
        strata = resampling_strata(engine.first_arms.codes(first), may)
        self.counts = bootstrap_counts(strata, engine.replicates, seed)

    def second_design(self, version, arms, rows):
        engine, done = self.engine, self.engine.completed
        encoders = [engine.filler.baseline, engine.filler.interim]
        features = Features.of(encoders, [done.baseline[rows], done.interim[version][rows]])
        return engine.second.basis.rows(
            features, np.arange(len(rows)), engine.second_arms.codes(arms), engine.first_arms.codes(self.first[rows])
        )

    def second_stage(self, study, r):
        design, weights, outcome, foretold = self.second_regression(study, r)
        core = core_of(self.engine.second.basis)
        if r == 0:
            return np.concatenate([foretold, within(core, design, weights, outcome)])
        mean = draws(design.shape[1], self.stray(study), (self.seed, r, 1)) @ self.weights
        own = ridge(design, weights, outcome, mean) + moved(core, *self.second_regression(study, 0)[:3])
        return np.concatenate([foretold, own])

    def stray(self, study):
        """Covariance of what all second-stage columns leave over, all outcomes."""
        done, engine = self.engine.completed, self.engine
        used = np.flatnonzero(done.with_outcome)
        design = self.second_design(0, study.second.to_numpy()[engine.people[used]], used)
        given, own = np.split(design, [engine.second.basis.given], axis=1)
        outcomes = done.outcomes[0][used] - given @ engine.second.coefficients[0, : given.shape[1]]
        return residual_covariance(own, done.outcome_weights[used], outcomes)[0]

    def second_regression(self, study, r):
        """Own columns, weights, what is left to explain, and what is foretold."""
        engine, done = self.engine, self.engine.completed
        version = engine.versions[r]
        used = np.flatnonzero(done.with_outcome)
        design = self.second_design(version, study.second.to_numpy()[engine.people[used]], used)
        composite = done.outcomes[version][used] @ self.weights
        foretold = self.foretold(r)
        given, own = np.split(design, [len(foretold)], axis=1)
        return own, self.counts[r, used] * done.outcome_weights[used], composite - given @ foretold, foretold

    def foretold(self, r):
        """What the first stage foretells of the second: the interim state regressed on baseline and first arm."""
        engine, forecast = self.engine, self.engine.forecast
        if forecast is None:
            return np.zeros(0)
        halfway = forecast.halfway
        width, target = halfway.design.shape[1], halfway.targets[engine.versions[r]] @ self.weights
        mean = draws(width, halfway.covariance, (self.seed, r, 4)) @ self.weights if r else np.zeros(width)
        return forecast.kept.T @ ridge(halfway.design, self.counts[r] * engine.completed.seen_weights, target, mean)

    def possible(self, person):
        """Second arms of a person: without what is excluded and new to them; else the first arm continued."""
        on = set(self.first[person].split("+"))
        left = [arm for arm in sorted(self.allowed[person]) if not (set(arm.split("+")) - on) & self.excluded]
        return left or [self.first[person]]

    def values(self, r, coefficients):
        """Weighted outcome of each person's possible second arms."""
        arms = [self.possible(i) for i in range(len(self.first))]
        rows = np.repeat(np.arange(len(arms)), [len(a) for a in arms])
        flat = [arm for own in arms for arm in own]
        values = self.second_design(self.engine.versions[r], flat, rows) @ coefficients
        return [dict(zip(own, values[rows == i], strict=True)) for i, own in enumerate(arms)]

    def first_stage(self, r, pseudo, second, full=None):
        """Coefficients; replicates need pseudo-outcomes and second-stage coefficients of the full fit as well."""
        engine, done = self.engine, self.engine.completed
        features, codes = Features.of([engine.filler.baseline], [done.baseline]), engine.first_arms.codes(self.first)
        design = engine.first.basis.rows(features, np.arange(len(codes)), codes)
        lent = engine.first.basis.layout.matrix(features, codes) @ engine.first.lent
        core = core_of(engine.first.basis)
        if r == 0:
            own = within(core, design, done.seen_weights, pseudo - lent @ second)
        else:
            mean = draws(design.shape[1], engine.first_covariances[0], (self.seed, r, 3)) @ self.weights
            own = ridge(design, self.counts[r] * done.seen_weights, pseudo - lent @ second, mean)
            own += moved(core, design, done.seen_weights, full[0] - lent @ full[1])
        return np.concatenate([own, second, np.zeros(engine.first.early.basis.width)])


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("excluded", [(), ("A",), ("B", "C")])
def test_every_replicate_equals_a_refit(study, fitted, weights, excluded):
    engine = fitted.engine_
    refit = Refit(study, engine, weights, seed=3, excluded=excluded)
    rule = engine.first_rule(engine.weigh(np.array(weights)), excluded)
    assert len(set(engine.versions)) > 1
    assert engine.first.basis.width > 3
    full = usual = None
    for r in range(engine.replicates + 1):
        second = refit.second_stage(study, r)
        assert second == pytest.approx(engine.second.coefficients[r] @ engine.weigh(np.array(weights)), abs=1e-8)
        values = refit.values(r, second)
        best = [max(own, key=own.get) for own in values]
        full = best if r == 0 else full
        fixed = np.array([own[arm] for own, arm in zip(values, full, strict=True)])
        anew = np.array([own[arm] for own, arm in zip(values, best, strict=True)])
        usual = (fixed, second) if r == 0 else usual
        assert refit.first_stage(r, fixed, second, usual) == pytest.approx(rule.coefficients[r], abs=1e-8)
        assert refit.first_stage(r, anew, second, usual) == pytest.approx(rule.anew[r], abs=1e-8)


def test_the_public_answers_are_those_of_the_full_refit(study, fitted):
    engine = fitted.engine_
    weights = {"y1": 3.0, "y2": 1.0}
    refit = Refit(study, engine, [0.75, 0.25], seed=3, excluded=("C",))
    second = refit.second_stage(study, 0)
    pseudo = np.array([max(own.values()) for own in refit.values(0, second)])
    rows = engine.first_rows(engine.filler.baseline.linear(study.baseline))
    expected = rows @ refit.first_stage(0, pseudo, second)
    barred = study.allowed_first.assign(A=False, B=False, C=True)
    found = fitted.utilities_first(study.baseline, weights, study.allowed_first, barred)
    assert found["C"].isna().all()
    assert found[["A", "B"]].to_numpy() == pytest.approx(expected[:, :2], abs=1e-8)


def test_residual_covariances_are_those_of_the_refit(study, fitted):
    engine = fitted.engine_
    refit = Refit(study, engine, [1.0, 0.0], seed=3)
    used = np.flatnonzero(engine.completed.with_outcome)
    design = refit.second_design(0, study.second.to_numpy()[engine.people[used]], used)
    weights = engine.completed.outcome_weights[used]
    given, design = np.split(design, [engine.second.basis.given], axis=1)
    outcomes = engine.completed.outcomes[0][used] - given @ engine.second.coefficients[0, : given.shape[1]]
    expected, residuals, freedom = residual_covariance(design @ core_of(engine.second.basis), weights, outcomes)
    assert engine.second.covariance == pytest.approx(expected, rel=1e-8)
    assert second_residuals(engine)[0] == pytest.approx(
        residuals * np.sqrt(weights.sum() / (weights.sum() - freedom)), abs=1e-8
    )
