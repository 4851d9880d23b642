"""Backward induction for a vector of outcomes with frozen smoothers, for the full data and every bootstrap replicate.

Fitting tunes the penalties once and solves both stages in every replicate. Asking (which arm, what to expect, for any weights
of the outcomes and any excluded treatments) only multiplies matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.additive import FirstStage, SecondStage, Solver, prior_pull, residual_covariance, tune
from bestviz.regime.completion import complete
from bestviz.regime.design import Features, StageDesign
from bestviz.regime.pairs import Pairs
from bestviz.regime.resampling import bootstrap_counts, strata_of
from bestviz.regime.sharing import tune_first_stage
from bestviz.regime.tables import TwoStageData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class FirstRule:
    """The first stage under given weights of the outcomes and exclusions; holds for every person.

    Attributes
    ----------
    coefficients : array, shape (R + 1, p)
        Of the weighted outcome, with the second-stage rule of the full fit.
    anew : array, shape (R + 1, p)
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
    pairs : Pairs
        The training people's possible second arms.
    second : SecondStage
    first : FirstStage
    sharing : Sharing
    versions : int array, shape (R + 1,)
        Which completed version of the data each replicate uses.
    """

    def __init__(
        self,
        data: TwoStageData,
        replicates: int,
        share: bool,
        seed: int,
        advance: Callable[[], None],
        keep_residuals: bool = True,
    ) -> None:
        self.first_arms, self.second_arms = data.first_arms, data.second_arms
        self.outcome_names = tuple(str(c) for c in data.outcomes.columns)
        self.weighable = data.weighable
        self.early_names = tuple(str(c) for c in data.early.columns)
        self.filler, done = complete(data, replicates > 0, seed)
        first = data.first.iloc[done.people]
        self._first_codes = data.first_arms.codes(first)
        second = data.second_arms.codes(data.second.iloc[done.people])
        self.pairs = Pairs.list_all(data.allowed_second[done.people], data.second_arms, list(first))
        counts = bootstrap_counts(strata_of(first, data.allowed_first[done.people]), replicates, seed)
        self.versions = np.zeros(replicates + 1, dtype=np.intp)
        if len(done.outcomes) > 1:
            self.versions[1:] = 1 + np.arange(replicates) % (len(done.outcomes) - 1)
        self._early = done.early
        # What a person's own outcome adds to the prediction under their best pair (see `_pseudo`).
        self._residual_weights = done.with_outcome * done.outcome_weights * keep_residuals
        generators = [np.random.default_rng([seed, r, 1]) for r in range(replicates + 1)]
        self._fit_second(done, second, counts, generators, advance)
        self._fit_first(done, counts, share, generators, advance)

    @property
    def replicates(self) -> int:
        """Number of replicates R."""
        return len(self.versions) - 1

    def weigh(self, weights: FloatArray) -> FloatArray:
        """Weights of the weighable outcomes as weights of all outcomes."""
        return np.pad(weights, (0, len(self.outcome_names) - len(weights)))

    # -- fitting ------------------------------------------------------------------------------------------------------

    def _fit_second(self, done, second: IntArray, counts, generators, advance) -> None:  # type: ignore[no-untyped-def]
        layout = StageDesign(self.second_arms, self.first_arms, [self.filler.baseline, self.filler.interim])
        features = [self._second_features(done.baseline, state) for state in done.interim]
        used = np.flatnonzero(done.with_outcome)
        outcomes = [values[used] for values in done.outcomes]
        full = layout.matrix(features[0].take(used), second[used], self._first_codes[used])
        penalties = tune(full, outcomes[0][:, : self.weighable], done.outcome_weights[used], layout)
        designs = [full[:, penalties.keep]]
        designs += [
            layout.matrix(f.take(used), second[used], self._first_codes[used], penalties.keep) for f in features[1:]
        ]
        weights = counts[:, used] * done.outcome_weights[used]
        self.second = SecondStage.fit(layout, penalties, designs, outcomes, weights, self.versions, generators, advance)
        self._own_designs = [_placed(design, used, len(done.people)) for design in designs]
        self._own_outcomes = [_placed(values, used, len(done.people)) for values in outcomes]
        person = self.pairs.person
        self._pair_designs = [
            self.second.matrix(f.take(person), self.pairs.arm, self._first_codes[person]) for f in features
        ]

    def _fit_first(self, done, counts, share: bool, generators, advance) -> None:  # type: ignore[no-untyped-def]
        layout = StageDesign(self.first_arms, None, [self.filler.baseline])
        features = Features.of([self.filler.baseline], [done.baseline])
        full = layout.matrix(features, self._first_codes)
        count = len(self.outcome_names)
        equal = (np.arange(count) < self.weighable) / self.weighable
        choice = self.choose(equal, (), replicates=False)[0][0]
        target = self._pseudo(np.eye(count), choice)
        penalties, self.sharing = tune_first_stage(
            full, target[:, : self.weighable], done.seen_weights, layout, self.second, share
        )
        design, weights = full[:, penalties.keep], counts * done.seen_weights
        size, early = len(penalties.keep), len(self.early_names)
        inverse = np.empty((len(weights), size, size))
        pull = np.empty((len(weights), size, count + early))
        covariances: list[FloatArray] = []
        for r in range(len(weights)):
            solver = Solver.of(design, weights[r], penalties)
            inverse[r] = solver.inverse
            later = penalties.values[:, None] * (self.sharing.matrix @ self.second.coefficients[r])
            pull[r] = np.hstack([later, np.zeros((size, early))])
            if r:
                pull[r] += np.hstack([prior_pull(penalties, c, generators[r]) for c in covariances])
            else:
                observed = np.hstack([target, done.early[0]])
                fitted = design @ (inverse[0] @ (design.T @ (weights[0][:, None] * observed) + pull[0]))
                covariance = residual_covariance(observed, fitted, weights[0], solver.freedom(penalties))
                covariances = [covariance[:count, :count], covariance[count:, count:]]
            advance()
        self.first = FirstStage(layout, penalties, design, weights, inverse, pull)
        self.first_covariance = covariances[0]

    # -- second stage -------------------------------------------------------------------------------------------------

    def second_rows(self, baseline: FloatArray, interim: FloatArray, first: IntArray) -> FloatArray:
        """Design rows of every (row, second arm) for encoded rows; shape (m, arms, p)."""
        rows, arms = len(baseline), len(self.second_arms.labels)
        repeated = np.repeat(np.arange(rows), arms)
        features = self._second_features(baseline, interim).take(repeated)
        return self.second.matrix(features, np.tile(np.arange(arms), rows), first[repeated]).reshape(rows, arms, -1)

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
        composite = self.second.coefficients[: len(self.versions) if replicates else 1] @ weights
        values = np.empty((len(composite), len(self.pairs.person)))
        for version, at in self._by_version(len(composite)):
            values[at] = composite[at] @ self._pair_designs[version].T
        return self.pairs.best(values, self.pairs.open_to(excluded)), values

    def _second_features(self, baseline: FloatArray, interim: FloatArray) -> Features:
        return Features.of([self.filler.baseline, self.filler.interim], [baseline, interim])

    def _by_version(self, upto: int) -> list[tuple[int, IntArray]]:
        versions = self.versions[:upto]
        return [(int(v), np.flatnonzero(versions == v)) for v in np.unique(versions)]

    # -- first stage --------------------------------------------------------------------------------------------------

    def first_rows(self, baseline: FloatArray) -> FloatArray:
        """Design rows of every (row, first arm) for encoded rows; shape (m, arms, p)."""
        rows, arms = len(baseline), len(self.first_arms.labels)
        repeated = np.repeat(np.arange(rows), arms)
        features = Features.of([self.filler.baseline], [baseline]).take(repeated)
        return self.first.matrix(features, np.tile(np.arange(arms), rows)).reshape(rows, arms, -1)

    def first_coefficients(self, weights: FloatArray, excluded: Collection[str]) -> FloatArray:
        """Coefficients of the weighted outcome at the first stage, full fit; shape (p,)."""
        choice, _ = self.choose(weights, excluded, replicates=False)
        pull = self.first.pull[0][:, : len(weights)] @ weights
        return self.first.coefficients(self._pseudo(weights[:, None], choice[0]), pull[:, None])[:, 0]

    def first_rule(self, weights: FloatArray, excluded: Collection[str]) -> FirstRule:
        """Solve the first stage in every replicate for weights (K,) and treatments that can be had at no stage."""
        choice, values = self.choose(weights, excluded)
        residuals = self._own_residuals(weights)
        pull = self.first.pull[:, :, : len(weights)] @ weights
        fixed = self.first.solve(values[:, choice[0]] + residuals, pull)
        anew = self.first.solve(np.take_along_axis(values, choice, axis=1) + residuals, pull)
        return FirstRule(fixed, anew, choice[0])

    def first_outcomes(
        self, smoothed: tuple[FloatArray, FloatArray], rule: FirstRule
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Expected outcomes of smoothed first-stage rows (see `FirstStage.smooth`) with the rule's second-stage choices.

        Returns
        -------
        outcomes : array, shape (m, R + 1, K)
        early : array, shape (m, R + 1, E)
        fallback : array, shape (m,)
            Share of the future in which no second arm is left and the first is assumed to be continued.
        """
        on_people, pulled = smoothed
        count = len(self.outcome_names)
        outcomes = self._carry(on_people, rule.choice) + pulled[:, :, :count]
        early = self._carry_early(on_people) + pulled[:, :, count:]
        fallback = np.clip(on_people[:, 0] @ ~self.pairs.allowed[rule.choice], 0.0, 1.0)
        return outcomes, early, fallback

    def _pseudo(self, weights: FloatArray, choice: IntArray) -> FloatArray:
        """Outcomes that the training people would have had under the chosen pairs, full fit.

        The prediction under the chosen pair, plus the person's own residual: their outcome less its prediction under the arm
        they were assigned. The residual keeps what the second-stage regression has shrunk away (Huang et al., Stat Med 2015;34:3424,
        doi 10.1002/sim.6558).

        Parameters
        ----------
        weights : array, shape (K, k)
        choice : int array, shape (n,)

        Returns
        -------
        array, shape (n, k)
        """
        coefficients = self.second.coefficients[0] @ weights
        residual = self._own_outcomes[0] @ weights - self._own_designs[0] @ coefficients
        return self._pair_designs[0][choice] @ coefficients + self._residual_weights[:, None] * residual

    def _own_residuals(self, weights: FloatArray) -> FloatArray:
        """Weighted residuals of the training people in every replicate; shape (R + 1, n)."""
        composite = self.second.coefficients @ weights
        residuals = np.empty((len(composite), len(self._residual_weights)))
        for version, at in self._by_version(len(composite)):
            residuals[at] = self._own_outcomes[version] @ weights - composite[at] @ self._own_designs[version].T
        return residuals * self._residual_weights

    def _carry(self, on_people: FloatArray, choice: IntArray) -> FloatArray:
        """Carry first-stage weights through the second stage to the outcomes; shape (m, R + 1, K)."""
        result = np.empty((*on_people.shape[:2], len(self.outcome_names)))
        for version, at in self._by_version(on_people.shape[1]):
            on, own = on_people[:, at], on_people[:, at] * self._residual_weights
            onto = on @ self._pair_designs[version][choice] - own @ self._own_designs[version]
            onto = np.einsum("mrp,rpk->mrk", onto, self.second.coefficients[at], optimize=True)
            result[:, at] = onto + own @ self._own_outcomes[version]
        return result

    def _carry_early(self, on_people: FloatArray) -> FloatArray:
        result = np.empty((*on_people.shape[:2], len(self.early_names)))
        for version, at in self._by_version(on_people.shape[1]):
            result[:, at] = on_people[:, at] @ self._early[version]
        return result


def _placed(values: FloatArray, rows: IntArray, total: int) -> FloatArray:
    """Put rows into a table of zeros with one row a person."""
    placed = np.zeros((total, values.shape[1]))
    placed[rows] = values
    return placed
