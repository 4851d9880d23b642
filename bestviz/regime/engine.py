"""Backward induction for a vector of outcomes with frozen smoothers, for the full data and every bootstrap replicate.

Fitting tunes the penalties once and solves both stages in every replicate. Asking (which arm, what to expect, for any
weights of the outcomes and any excluded treatments) only multiplies matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.basis import StageBasis
from bestviz.regime.completion import complete
from bestviz.regime.design import Features, StageDesign
from bestviz.regime.early import EarlyStage
from bestviz.regime.latest import LatestSmooth
from bestviz.regime.pairs import Pairs
from bestviz.regime.resampling import bootstrap_counts, resampling_strata
from bestviz.regime.solving import full_inverse, residual_covariance
from bestviz.regime.stages import FirstStage, SecondData, SecondStage
from bestviz.regime.tables import TwoStageData
from bestviz.regime.threads import one_thread
from bestviz.regime.tuning import Before, SecondPeople, Tuning, early_basis, first_basis, second_basis

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# What a stored engine does not hold: it follows from the rest, is only needed for fitting, or stems from a question.
LEFT_OUT = ("_pair_designs", "_latest", "forecast", "pair_outcomes")
# Rows with weights of their own that are answered together: bounds the memory.
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class FirstRule:
    """The first stage under given weights of the outcomes and exclusions; holds for every person.

    Attributes
    ----------
    coefficients : array, shape (R + 1, q)
        Of the weighted outcome, with the second-stage rule of the full fit; for rows as made by `Engine.first_rows`.
    anew : array, shape (R + 1, q)
        The same with each replicate's own second-stage rule; for chances of being best only.
    choice : int array, shape (n,)
        Pair that the full fit's second-stage rule chooses for each training person.
    """

    coefficients: FloatArray
    anew: FloatArray
    choice: IntArray


class Engine:
    """A fitted two-stage regime with all its replicates; see the module's text.

    Attributes
    ----------
    outcome_names, early_names : tuple of str
    weighable : int
        The first so many outcomes may carry weight and tune the penalties; the others are carried along.
    first_arms, second_arms : ArmCoding
    filler : Filler
        Encodes new rows.
    people : int array, shape (n,)
        Positions of the training people of the first stage in the tables that were given.
    pairs : Pairs
        The training people's possible second arms.
    second : SecondStage
    first : FirstStage
    tuning : Tuning
        What was learned about the smoother itself; frozen from then on.
    forecast : Forecast or None
        What the first stage foretells of the second; not in a stored engine.
    versions : int array, shape (R + 1,)
        Which completed version of the data each replicate uses.
    """

    def __init__(
        self,
        data: TwoStageData,
        replicates: int,
        seed: int,
        tuning: Tuning,
        advance: Callable[[], None] = lambda: None,
    ) -> None:
        self.first_arms, self.second_arms = data.first_arms, data.second_arms
        self.outcome_names = tuple(str(c) for c in data.outcomes.columns)
        self.early_names = tuple(str(c) for c in data.early.columns)
        self.weighable = data.weighable
        self.filler, done = complete(data, replicates > 0, seed)
        self.people = done.people
        first = data.first.iloc[done.people]
        self.first_codes = data.first_arms.codes(first)
        self.pairs = Pairs.list_all(data.choosable_second[done.people], data.second_arms, [str(arm) for arm in first])
        counts = bootstrap_counts(
            resampling_strata(self.first_codes, data.allowed_first[done.people]), replicates, seed
        )
        self.versions = np.zeros(replicates + 1, dtype=np.intp)
        if len(done.outcomes) > 1:
            self.versions[1:] = 1 + np.arange(replicates) % (len(done.outcomes) - 1)
        self.completed = done
        self._seed = seed
        self.tuning = tuning
        self._fit_second(data.second.iloc[done.people], counts, advance)
        self._fit_first(counts, advance)

    @property
    def replicates(self) -> int:
        """Number of replicates R."""
        return len(self.versions) - 1

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Weights of the weighable outcomes, last axis, as weights of all outcomes."""
        carried = len(self.outcome_names) - weights.shape[-1]
        return np.concatenate([weights, np.zeros((*weights.shape[:-1], carried))], axis=-1)

    # -- fitting ------------------------------------------------------------------------------------------------------

    def _fit_second(self, second: pd.Series, counts: npt.NDArray[np.int16], advance: Callable[[], None]) -> None:
        done, used = self.completed, np.flatnonzero(self.completed.with_outcome)
        self.second_codes = self.second_arms.codes(second)
        weights = counts[:, used] * done.outcome_weights[used]
        assigned = self.second_codes[used], self.first_codes[used]
        outcomes = [values[used] for values in done.outcomes]
        features = [self.second_features(done.baseline, state) for state in done.interim]
        people = SecondPeople(features[0].take(used), assigned, outcomes[0], self.weighable, weights[0])
        layout, everybody = StageDesign(self.first_arms, None, [self.filler.baseline]), counts * done.seen_weights
        matrix = layout.matrix(self._people_features(), self.first_codes)
        before = Before(layout, matrix, everybody[0], features)
        encoders, arms = [self.filler.baseline, self.filler.interim], (self.second_arms, self.first_arms)
        self.tuning, basis, self.forecast = second_basis(
            self.tuning, encoders, arms, people, before, self._seed, self.replicates > 0
        )
        designs = [basis.rows(each, used, *assigned) for each in features]
        data = SecondData(designs, outcomes, weights, self.versions)
        given = (self.forecast, everybody) if self.forecast else None
        self.second = SecondStage.fit(basis, data, given, self._seed, advance)
        self._pair_designs = self._design_pairs()

    def _design_pairs(self) -> list[FloatArray]:
        """Second-stage design rows of all pairs, one array (P, q) a completed version."""
        done, person = self.completed, self.pairs.person
        return [
            self.second.basis.rows(
                self.second_features(done.baseline, state), person, self.pairs.arm, self.first_codes[person]
            )
            for state in done.interim
        ]

    def _fit_first(self, counts: npt.NDArray[np.int16], advance: Callable[[], None]) -> None:
        done = self.completed
        target = self.pseudo_outcomes(self._usual_choice())
        weights = counts * done.seen_weights
        self.tuning, basis, lent = first_basis(
            self.tuning, self.filler.baseline, self._people_features(), self.first_arms, self.first_codes,
            target[:, : self.weighable], weights[0], self.second, self._seed, self.replicates > 0,
        )  # fmt: skip
        design, lent_design = self._first_designs(basis, lent)
        left_over = target - lent_design @ self.second.coefficients[0]
        covariance = _covariance(design, left_over, weights[0])
        early = self._fit_early(weights, basis.layout, advance)
        self.first_covariances = [covariance, early[1]]
        self.first = FirstStage.build(
            basis, lent, design, lent_design, early[0], weights, covariance, self._seed, advance
        )

    def _usual_choice(self) -> IntArray:
        """Pair of each training person (n,) when all outcomes weigh the same and nothing is excluded."""
        equal = self.weigh(np.full(self.weighable, 1 / self.weighable))
        return self.choose(equal, (), replicates=False)[0][0]

    def _fit_early(
        self, weights: FloatArray, layout: StageDesign, advance: Callable[[], None]
    ) -> tuple[EarlyStage, FloatArray]:
        """What is known by the second assignment, and the covariance of its residuals."""
        values = self.completed.early[0]
        matrix = layout.matrix(self._people_features(), self.first_codes)
        self.tuning, basis = early_basis(self.tuning, layout, matrix, values, weights[0])
        design = matrix @ basis.directions
        covariance = _covariance(design, values, weights[0])
        early, versions = self.completed.early, self.versions
        stage = EarlyStage.build(basis, design, early, versions, weights, covariance, self._seed, advance)
        return stage, covariance

    def _people_features(self) -> Features:
        return Features.of([self.filler.baseline], [self.completed.baseline])

    def _first_designs(self, basis: StageBasis, lent: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First-stage design rows of the training people: own part and lent part."""
        features, people = self._people_features(), np.arange(len(self.people))
        matrix = basis.layout.matrix(features, self.first_codes)
        return basis.rows(features, people, self.first_codes), matrix @ lent

    # -- storage ------------------------------------------------------------------------------------------------------

    def round_replicates(self) -> None:
        """Keep the replicates' coefficients to single precision, so that a stored regime answers just as this one."""
        self.second.coefficients[1:] = self.second.coefficients[1:].astype(np.float32)

    def __getstate__(self) -> dict[str, object]:
        """Leave out what follows from the rest; single precision for the replicates' coefficients."""
        state = {name: value for name, value in self.__dict__.items() if name not in LEFT_OUT}
        coefficients = self.second.coefficients
        state["second"] = replace(self.second, coefficients=coefficients[1:].astype(np.float32))
        state["full_coefficients"] = coefficients[0]
        first = self.first
        state["first"] = (first.basis, first.lent, first.early.basis, first.weights)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Work out again what was left out."""
        full = state.pop("full_coefficients")
        basis, lent, early_basis, weights = state.pop("first")
        self.__dict__.update(state)
        replicates = state["second"].coefficients.astype(float)
        self.second = replace(state["second"], coefficients=np.concatenate([full[None], replicates]))
        self._pair_designs = self._design_pairs()
        later, sooner = self.first_covariances
        designs, nothing = self._first_designs(basis, lent), lambda: None
        early_design = basis.layout.matrix(self._people_features(), self.first_codes) @ early_basis.directions
        values = self.completed.early, self.versions
        early = EarlyStage.build(early_basis, early_design, *values, weights, sooner, self._seed, nothing)
        self.first = FirstStage.build(basis, lent, *designs, early, weights, later, self._seed, nothing)

    # -- second stage -------------------------------------------------------------------------------------------------

    def second_rows(self, baseline: FloatArray, interim: FloatArray, first: IntArray) -> FloatArray:
        """Design rows of every (row, second arm) for encoded rows; shape (m, arms, q)."""
        rows, arms = len(baseline), len(self.second_arms.labels)
        repeated = np.repeat(np.arange(rows), arms)
        features = self.second_features(baseline, interim)
        filled = self.second.basis.rows(features, repeated, np.tile(np.arange(arms), rows), first[repeated])
        return filled.reshape(rows, arms, -1)

    def choose(
        self, weights: FloatArray, excluded: Collection[str], replicates: bool = True
    ) -> tuple[IntArray, FloatArray]:
        """Second-stage choice for every training person.

        Returns
        -------
        choice : int array, shape (R + 1, n) or (1, n)
            Position of the chosen pair.
        values : array, shape (R + 1, P) or (1, P)
            Weighted outcome of every pair.
        """
        values = self._pair_values(self.second.coefficients[: len(self.versions) if replicates else 1] @ weights)
        return self.pairs.best(values, self.pairs.open_to(excluded)), values

    def _pair_values(self, composite: FloatArray) -> FloatArray:
        """Weighted outcome of every pair from second-stage coefficients (R', q) of it; shape (R', P)."""
        values = np.empty((len(composite), len(self.pairs.person)))
        for version, at in self._by_version(len(composite)):
            values[at] = composite[at] @ self._pair_designs[version].T
        return values

    def chosen_values(self, weights: FloatArray, choice: IntArray) -> FloatArray:
        """Weighted outcomes, one a row of weights (m, K), of the training people under chosen pairs; (m, R + 1, n)."""
        composites = np.moveaxis(self.second.coefficients @ weights.T, -1, 0)
        values = np.empty((len(weights), len(self.versions), len(choice)))
        for version, at in self._by_version(len(self.versions)):
            values[:, at] = composites[:, at] @ self._pair_designs[version][choice].T
        return values

    @cached_property
    def pair_outcomes(self) -> FloatArray:
        """Expected outcomes of every pair, full fit; shape (P, K)."""
        with one_thread():
            return np.asarray(self._pair_designs[0] @ self.second.coefficients[0])

    def pseudo_outcomes(self, choice: IntArray) -> FloatArray:
        """Expected outcomes of the training people under their chosen pairs (n,), full fit; shape (n, K)."""
        return self.pair_outcomes[choice]

    def second_features(self, baseline: FloatArray, interim: FloatArray) -> Features:
        """Features of encoded rows at the second stage."""
        return Features.of([self.filler.baseline, self.filler.interim], [baseline, interim])

    def _by_version(self, upto: int) -> list[tuple[int, IntArray]]:
        versions = self.versions[:upto]
        return [(int(v), np.flatnonzero(versions == v)) for v in np.unique(versions)]

    def second_values(self, baseline: FloatArray, interim: FloatArray, first: IntArray) -> FloatArray:
        """Expected weighable outcomes of every second arm for encoded rows, full fit; shape (m, arms, K)."""
        coefficients = self.second.coefficients[0][:, : self.weighable]
        return self.second.basis.every_arm(self.second_features(baseline, interim), coefficients, first)

    # -- first stage --------------------------------------------------------------------------------------------------

    def first_rows(self, baseline: FloatArray) -> FloatArray:
        """Design rows of every (row, first arm) for encoded rows; shape (m, arms, q)."""
        rows, arms = len(baseline), len(self.first_arms.labels)
        repeated = np.repeat(np.arange(rows), arms)
        features = Features.of([self.filler.baseline], [baseline])
        return self.first.rows(features, repeated, np.tile(np.arange(arms), rows)).reshape(rows, arms, -1)

    def first_values(self, baseline: FloatArray, weights: FloatArray, excluded: Collection[str]) -> FloatArray:
        """Weighted outcome of every first arm, full fit.

        Parameters
        ----------
        baseline : array, shape (m, q)
            Encoded rows.
        weights : array, shape (m, K)
            Weights of each row.
        excluded : collection of str
            Treatments that these rows can have at no stage.

        Returns
        -------
        array, shape (m, arms)
        """
        distinct, which = np.unique(weights, axis=0, return_inverse=True)
        if len(distinct) == 1:
            coefficients = self._first_coefficients(distinct, excluded).T
            return self.first.every_arm(Features.of([self.filler.baseline], [baseline]), coefficients)[:, :, 0]
        values = np.empty((len(baseline), len(self.first_arms.labels)))
        order = np.argsort(which.ravel(), kind="stable")
        for at in np.array_split(order, -(-len(order) // ROWS_AT_ONCE)):
            used, place = np.unique(which.ravel()[at], return_inverse=True)
            own = self._first_coefficients(distinct[used], excluded)[place]
            values[at] = np.einsum("maq,mq->ma", self.first_rows(baseline[at]), own)
        return values

    def _first_coefficients(self, weights: FloatArray, excluded: Collection[str]) -> FloatArray:
        """Full-fit coefficients of many weighted outcomes (c, K) at the first stage; shape (c, q)."""
        lent = weights @ self.second.coefficients[0].T
        values = weights @ self.pair_outcomes.T
        choice = self.pairs.best(values, self.pairs.open_to(excluded))
        return self.first.solve_full(np.take_along_axis(values, choice, axis=1), lent)

    def first_rule(self, weights: FloatArray, excluded: Collection[str]) -> FirstRule:
        """Solve the first stage in every replicate for weights (K,) and treatments that can be had at no stage."""
        composite = self.second.coefficients @ weights
        values = self._pair_values(composite)
        choice = self.pairs.best(values, self.pairs.open_to(excluded))
        chosen = np.stack([values[:, choice[0]], np.take_along_axis(values, choice, axis=1)])
        fixed, anew = self.first.solve(chosen, self.first.means[:, :, : len(weights)] @ weights, composite)
        return FirstRule(fixed, anew, choice[0])

    def first_outcomes(self, rows: FloatArray, rule: FirstRule) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Expected outcomes of first-stage rows with the rule's second-stage choices.

        Parameters
        ----------
        rows : array, shape (m, q)

        Returns
        -------
        outcomes : array, shape (m, R + 1, K)
        early : array, shape (m, R + 1, E)
        fallback : array, shape (m,)
            Share of the future in which no second arm is left and the first is assumed to be continued.
        """
        smoothed = self._latest(rows)
        onto, moved = self._latest.onto_second(smoothed, rule.choice)
        later = smoothed.pulled + onto @ self.second.coefficients
        if moved is not None:
            later[1:] += moved @ self.second.coefficients[0]
        fallback = np.clip(smoothed.on_people[0] @ ~self.pairs.allowed[rule.choice], 0.0, 1.0)
        return later.transpose(1, 0, 2), smoothed.early.transpose(1, 0, 2), fallback

    @cached_property
    def _latest(self) -> LatestSmooth:
        return LatestSmooth(self.first, self._pair_designs, self.versions, self._usual_choice())

    def full_first(self, choice: IntArray) -> FloatArray:
        """Full-fit coefficients of all outcomes under the chosen pairs and of the early quantities: (q, K + E)."""
        first, lent = self.first, self.second.coefficients[0]
        later = first.solve_full(self.pseudo_outcomes(choice).T, lent.T).T
        sooner = first.early.fitted[0]
        before = np.zeros((len(later) - len(sooner), sooner.shape[1]))
        return np.hstack([later, np.vstack([before, sooner])])

    def smooth_first(self, values: FloatArray, baseline: FloatArray) -> FloatArray:
        """Any quantities of the training people, smoothed on baseline and first arm by the full fit.

        Parameters
        ----------
        values : array, shape (n, k)
            One row for each of `people`.
        baseline : array, shape (m, q)
            Encoded rows.

        Returns
        -------
        array, shape (m, arms, k)
        """
        early = self.first.early
        return early.basis.every_arm(Features.of([self.filler.baseline], [baseline]), early.coefficients(values))


def _covariance(design: FloatArray, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Residual covariance of values (n, K) regressed on a design (n, q) with row weights (n,)."""
    inverse, freedom = full_inverse(design, weights, None)
    fitted = design @ (inverse @ (design.T @ (weights[:, None] * values)))
    return residual_covariance(values, fitted, weights, freedom)
