"""Both stages regressed in all replicates, with frozen columns.

Every prediction is a weighted sum of participants' outcomes plus the pull of the drawn prior means, both linear in the
outcomes; so nothing is refitted when the weights of the outcomes change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import ThreadpoolController

from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features
from bestviz.regime.penalties import inverse_of, weighted_gram

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Streams of random numbers, so that draws of the two stages are independent and can be made again.
SECOND_DRAWS, FIRST_DRAWS = 1, 3


def drawn_means(width: int, covariance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Prior means of the coefficients, correlated across outcomes as the residuals are; shape (width, K)."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return rng.standard_normal((width, len(covariance))) @ root.T


def residual_covariance(outcomes: FloatArray, fitted: FloatArray, weights: FloatArray, freedom: float) -> FloatArray:
    """Covariance of residuals across outcomes, corrected for the degrees of freedom used; shape (K, K)."""
    residuals = outcomes - fitted
    return (residuals * weights[:, None]).T @ residuals / max(weights.sum() - freedom, 1.0)


def inverse_system(design: FloatArray, weights: FloatArray) -> FloatArray:
    """Inverse of X'WX + 1 for a design (n, q) with row weights (n,); shape (q, q)."""
    system = weighted_gram(design, weights) + np.eye(design.shape[1])
    return inverse_of(cho_factor(system, lower=True)[0])


def in_parallel(
    task: Callable[..., FloatArray], arguments: Sequence[tuple[object, ...]], advance: Callable[[], None]
) -> list[FloatArray]:
    """Run a task for many arguments through joblib, as the caller's `joblib.parallel_config` says; results in order."""
    results = []
    for result in Parallel(return_as="generator")(delayed(_in_one_thread)(task, *each) for each in arguments):
        results.append(result)
        advance()
    return results


def _in_one_thread(task: Callable[..., FloatArray], *arguments: object) -> FloatArray:
    """One BLAS thread a task: faster on matrices of this size, and the same rounding wherever the task runs."""
    with _threads().limit(limits=1, user_api="blas"):
        return task(*arguments)


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _second_coefficients(
    design: FloatArray, outcomes: FloatArray, weights: FloatArray, covariance: FloatArray, seed: tuple[int, int, int]
) -> FloatArray:
    means = drawn_means(design.shape[1], covariance, np.random.default_rng(seed))
    target = design.T @ (weights[:, None] * outcomes) + means
    system = weighted_gram(design, weights) + np.eye(design.shape[1])
    return cho_solve(cho_factor(system, lower=True), target)


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
        cls,
        basis: StageBasis,
        designs: Sequence[FloatArray],
        outcomes: Sequence[FloatArray],
        weights: FloatArray,
        versions: IntArray,
        seed: int,
        advance: Callable[[], None],
    ) -> SecondStage:
        """Solve every replicate.

        Parameters
        ----------
        basis : StageBasis
        designs, outcomes : sequences over versions of arrays (n, q) and (n, K)
            Version 0 holds conditional means of what is missing, the others draws.
        weights : array, shape (R + 1, n)
            Resampling counts times inverse-probability weights.
        versions : int array, shape (R + 1,)
            Version that each replicate uses.
        seed : int
            For the draws of prior means; the full fit draws none.
        advance : callable
            Called once a replicate.
        """
        inverse = inverse_system(designs[0], weights[0])
        full = inverse @ (designs[0].T @ (weights[0][:, None] * outcomes[0]))
        freedom = len(inverse) - np.trace(inverse)
        covariance = residual_covariance(outcomes[0], designs[0] @ full, weights[0], freedom)
        solved = in_parallel(
            _second_coefficients,
            [
                (designs[version], outcomes[version], weights[r], covariance, (seed, r, SECOND_DRAWS))
                for r, version in enumerate(versions)
                if r
            ],
            advance,
        )
        coefficients = np.stack([full, *solved])
        return cls(basis, coefficients, covariance, float(freedom))

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
