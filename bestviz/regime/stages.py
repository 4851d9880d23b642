"""Both stages regressed in all replicates, with frozen columns.

Every prediction is a weighted sum of participants' outcomes plus the pull of the drawn prior means, both linear in the
outcomes; so nothing is refitted when the weights of the outcomes change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features
from bestviz.regime.halfway import Forecast
from bestviz.regime.solving import drawn_means, in_parallel, inverse_system, residual_covariance, solve

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Streams of random numbers, so that draws of the two stages are independent and can be made again.
SECOND_DRAWS, FIRST_DRAWS = 1, 3

# A forecast and the weights (R + 1, n) of the people it is learned from.
_Forecast = tuple[Forecast, FloatArray]


@dataclass(frozen=True)
class SecondData:
    """What the second stage is regressed on and what on; lists run over the completed versions of the data.

    Attributes
    ----------
    designs : sequence of arrays, shape (n, q)
        Version 0 holds conditional means of what is missing, the others draws.
    outcomes : sequence of arrays, shape (n, K)
    weights : array, shape (R + 1, n)
        Resampling counts times inverse-probability weights.
    versions : int array, shape (R + 1,)
        Version that each replicate uses.
    """

    designs: Sequence[FloatArray]
    outcomes: Sequence[FloatArray]
    weights: FloatArray
    versions: IntArray


def _second_replicate(
    data: SecondData, number: int, covariance: FloatArray, seed: int, basis: StageBasis, forecast: _Forecast | None
) -> FloatArray:
    version, weights = data.versions[number], data.weights[number]
    given, own = basis.split(data.designs[version])
    means = drawn_means(own.shape[1], covariance, np.random.default_rng((seed, number, SECOND_DRAWS)))
    foretold = np.zeros((0, len(covariance)))
    if forecast is not None:
        foretold = forecast[0].replicate(version, forecast[1][number], seed, number)
    return basis.join(foretold, solve(own, data.outcomes[version] - given @ foretold, weights, means))


@dataclass(frozen=True)
class SecondStage:
    """Second-stage regressions of all replicates; replicate 0 is the full fit.

    Attributes
    ----------
    basis : StageBasis
    coefficients : array, shape (R + 1, q, K)
    covariance : array, shape (K, K)
        Of the residuals of the full fit.
    freedom : float
        Degrees of freedom that the full fit uses.
    """

    basis: StageBasis
    coefficients: FloatArray
    covariance: FloatArray
    freedom: float

    @classmethod
    def fit(
        cls, basis: StageBasis, data: SecondData, forecast: _Forecast | None, seed: int, advance: Callable[[], None]
    ) -> SecondStage:
        """Solve every replicate.

        Parameters
        ----------
        basis : StageBasis
        data : SecondData
        forecast : (Forecast, array of shape (R + 1, n)), optional
            Prior means from the first stage, and the weights of its people.
        seed : int
            For the draws of prior means; the full fit draws none.
        advance : callable
            Called once a replicate.
        """
        (given, own), weights = basis.split(data.designs[0]), data.weights[0]
        foretold = forecast[0].coefficients if forecast else np.zeros((0, data.outcomes[0].shape[1]))
        left_over = data.outcomes[0] - given @ foretold
        inverse = inverse_system(own, weights)
        full = inverse @ (own.T @ (weights[:, None] * left_over))
        freedom = len(inverse) - np.trace(inverse)
        covariance = residual_covariance(left_over, own @ full, weights, freedom)
        tasks = [(data, r, covariance, seed, basis, forecast) for r in range(1, len(data.versions))]
        solved = in_parallel(_second_replicate, tasks, advance)
        return cls(basis, np.stack([basis.join(foretold, full), *solved]), covariance, float(freedom))

    def predict(self, rows: FloatArray, replicates: bool = True) -> FloatArray:
        """Expected outcomes of design rows; shape (m, R + 1, K), or (m, 1, K) for the full fit alone."""
        use = self.coefficients if replicates else self.coefficients[:1]
        return np.einsum("mq,rqk->mrk", rows, use, optimize=True)


@dataclass(frozen=True)
class FirstStage:
    """First-stage smoother of all replicates: weights over the people seen at the second assignment.

    A prediction is the lent part (second-stage coefficients shared with the first stage) plus a penalised regression of
    what the lent part leaves over.

    Attributes
    ----------
    basis : StageBasis
    lent : array, shape (p, q2)
        Multiplied by second-stage coefficients: prior means of the coefficients of the layout's columns.
    design : array, shape (n, q)
        Design rows of the training people.
    lent_design : array, shape (n, q2)
    weights : array, shape (R + 1, n)
        Resampling counts times inverse-probability weights.
    inverse : array, shape (R + 1, q, q)
    means : array, shape (R + 1, q, K + E)
        Drawn prior means of the coefficients of later and of early outcomes; 0 for the full fit.
    """

    basis: StageBasis
    lent: FloatArray
    design: FloatArray
    lent_design: FloatArray
    weights: FloatArray
    inverse: FloatArray
    means: FloatArray

    @property
    def freedom(self) -> float:
        """Degrees of freedom that the full fit uses."""
        return float(len(self.inverse[0]) - np.trace(self.inverse[0]))

    def rows(self, features: Features, person: IntArray, arm: IntArray) -> FloatArray:
        """Design rows, own part and lent part side by side; shape (rows, q + q2)."""
        lent = self.basis.layout.matrix(features.take(person), arm) @ self.lent
        return np.hstack([self.basis.rows(features, person, arm), lent])

    def every_arm(self, features: Features, coefficients: FloatArray) -> FloatArray:
        """Rows of every arm times coefficients (q + q2, c), without filling them; shape (m, arms, c)."""
        own, lent = np.split(coefficients, [self.basis.width])
        return self.basis.every_arm(features, own) + self.basis.layout.every_arm(features, self.lent @ lent)

    @classmethod
    def build(
        cls,
        basis: StageBasis,
        lent: FloatArray,
        design: FloatArray,
        lent_design: FloatArray,
        weights: FloatArray,
        covariances: Sequence[FloatArray],
        seed: int,
        advance: Callable[[], None],
    ) -> FirstStage:
        """Solve every replicate.

        Parameters
        ----------
        design, lent_design : arrays, shape (n, q) and (n, q2)
            Design rows of the training people.
        covariances : sequence of arrays
            Residual covariance of later (K, K) and of early outcomes (E, E).
        seed : int
            For the draws of prior means.
        """
        inverse = np.stack(in_parallel(inverse_system, [(design, one) for one in weights], advance))
        width = sum(len(c) for c in covariances)
        means = np.zeros((len(weights), design.shape[1], width))
        for r in range(1, len(weights)):
            rng = np.random.default_rng((seed, r, FIRST_DRAWS))
            means[r] = np.hstack([drawn_means(design.shape[1], c, rng) for c in covariances])
        return cls(basis, lent, design, lent_design, weights, inverse, means)

    def in_layout(self, coefficients: FloatArray) -> FloatArray:
        """Coefficients (q + q2, ...) of the additive and lent parts as those of the layout's columns (p, ...)."""
        own, lent = np.split(coefficients, [self.basis.width])
        return self.basis.in_layout(own) + self.lent @ lent

    def solve(self, outcomes: FloatArray, means: FloatArray, lent: FloatArray) -> FloatArray:
        """Coefficients of one weighted outcome in every replicate.

        Parameters
        ----------
        outcomes : array, shape (R', n)
        means : array, shape (R', q)
        lent : array, shape (R', q2)
            Second-stage coefficients of the same weighted outcome.

        Returns
        -------
        array, shape (R', q + q2)
            For rows as made by `rows`.
        """
        upto = len(outcomes)
        left_over = self.weights[:upto] * (outcomes - lent @ self.lent_design.T)
        own = np.einsum("rpq,rq->rp", self.inverse[:upto], left_over @ self.design + means, optimize=True)
        return np.hstack([own, lent])

    def solve_full(self, outcomes: FloatArray, lent: FloatArray) -> FloatArray:
        """Full-fit coefficients of many outcomes (c, n) with lent coefficients (c, q2); shape (c, q + q2)."""
        left_over = self.weights[0] * (outcomes - lent @ self.lent_design.T)
        return np.hstack([left_over @ self.design @ self.inverse[0], lent])

    def smooth(self, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Smoothing weights of new rows in every replicate.

        Parameters
        ----------
        rows : array, shape (m, q + q2)

        Returns
        -------
        on_people : array, shape (R + 1, m, n)
            Weight of each training person's outcome, less what the lent part explains.
        pulled : array, shape (R + 1, m, K + E)
            Contribution of the drawn prior means.
        on_lent : array, shape (m, q2)
            The lent part of the rows.
        """
        own, lent = rows[:, : self.design.shape[1]], rows[:, self.design.shape[1] :]
        solved = own @ self.inverse
        return (solved @ self.design.T) * self.weights[:, None], solved @ self.means, lent

    def smooth_full(self, rows: FloatArray) -> FloatArray:
        """Smoothing weights of new rows in the full fit, without the lent part; shape (m, n)."""
        return (rows[:, : self.design.shape[1]] @ self.inverse[0] @ self.design.T) * self.weights[0]

    def expected_of(self, values: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Any quantities of the training people (n, k), smoothed: for new rows (m, k) and for the people themselves."""
        own = self.inverse[0] @ (self.design.T @ (self.weights[0][:, None] * values))
        return rows[:, : self.design.shape[1]] @ own, self.design @ own
