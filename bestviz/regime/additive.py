"""The additive learner: penalised regressions of both stages, frozen penalties, all replicates.

Every prediction is a weighted sum of participants' outcomes plus the pull of the drawn prior means, both linear in the
outcomes; so nothing here is refitted when the weights of the outcomes change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from bestviz.regime.design import Features, StageDesign
from bestviz.regime.penalties import Moments, Penalties, learn_penalties

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

JITTER = 1e-9


def tune(
    design: FloatArray, outcomes: FloatArray, weights: FloatArray, layout: StageDesign, scale: FloatArray | None = None
) -> Penalties:
    """Learn the penalties of one stage on all outcomes together; constant outcomes say nothing and are left out.

    Parameters
    ----------
    design : array, shape (n, p)
    outcomes : array, shape (n, K)
    weights : array, shape (n,)
    layout : StageDesign
    scale : array, shape (K,), optional
        Outcomes are divided by this; default their standard deviations.
    """
    scale = outcomes.std(axis=0) if scale is None else scale
    varies = scale > 1e-10 * np.maximum(np.abs(outcomes).max(axis=0), 1e-300)
    if not varies.any():
        return Penalties(np.array([0]), np.zeros(1), -np.inf)
    scaled = (outcomes[:, varies] - outcomes[:, varies].mean(axis=0)) / scale[varies]
    return learn_penalties(Moments.of(design, scaled, weights), layout.group, layout.block)


def prior_pull(penalties: Penalties, covariance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Penalty times a draw of the prior mean of the coefficients, correlated across outcomes as the residuals are.

    Returns
    -------
    array, shape (p, K)
        0 for unpenalised columns.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draw = rng.standard_normal((len(penalties.values), len(covariance))) @ root.T
    return np.sqrt(penalties.values)[:, None] * draw


def residual_covariance(outcomes: FloatArray, fitted: FloatArray, weights: FloatArray, freedom: float) -> FloatArray:
    """Covariance of residuals across outcomes, corrected for the degrees of freedom used; shape (K, K)."""
    residuals = outcomes - fitted
    return (residuals * weights[:, None]).T @ residuals / max(weights.sum() - freedom, 1.0)


@dataclass(frozen=True)
class Solver:
    """Normal equations of one stage in one replicate.

    Attributes
    ----------
    inverse : array, shape (p, p)
        Inverse of X'WX + penalties.
    """

    inverse: FloatArray

    @classmethod
    def of(cls, design: FloatArray, weights: FloatArray, penalties: Penalties) -> Solver:
        """Factor the system of a design matrix (n, p) with row weights (n,)."""
        gram = (design * weights[:, None]).T @ design
        scale = max(float(np.trace(gram)) / len(gram), 1.0)
        factor = cho_factor(gram + np.diag(penalties.values + JITTER * scale), lower=True)
        inverse = cho_solve(factor, np.eye(len(gram)))
        return cls((inverse + inverse.T) / 2)

    def freedom(self, penalties: Penalties) -> float:
        """Effective degrees of freedom used by the fit."""
        return float(len(self.inverse) - (penalties.values * np.diag(self.inverse)).sum())


@dataclass(frozen=True)
class SecondStage:
    """Second-stage regressions of all replicates; replicate 0 is the full fit.

    Attributes
    ----------
    layout : StageDesign
    penalties : Penalties
    coefficients : array, shape (R + 1, p, K)
    covariance : array, shape (K, K)
        Of the residuals of the full fit.
    """

    layout: StageDesign
    penalties: Penalties
    coefficients: FloatArray
    covariance: FloatArray

    @classmethod
    def fit(
        cls,
        layout: StageDesign,
        penalties: Penalties,
        designs: list[FloatArray],
        outcomes: list[FloatArray],
        weights: FloatArray,
        versions: IntArray,
        seeds: list[np.random.Generator],
        advance,  # type: ignore[no-untyped-def]
    ) -> SecondStage:
        """Solve every replicate.

        Parameters
        ----------
        designs, outcomes : list over versions of arrays (n, p) and (n, K)
            Version 0 holds conditional means of what is missing, the others draws.
        weights : array, shape (R + 1, n)
            Resampling counts times inverse-probability weights.
        versions : int array, shape (R + 1,)
            Version that each replicate uses.
        seeds : list of R + 1 Generators
            For the draws of prior means; the full fit draws none.
        advance : callable
            Called once a replicate.
        """
        width, count = designs[0].shape[1], outcomes[0].shape[1]
        coefficients = np.empty((len(weights), width, count))
        covariance = np.zeros((count, count))
        for r, version in enumerate(versions):
            solver = Solver.of(designs[version], weights[r], penalties)
            target = designs[version].T @ (weights[r][:, None] * outcomes[version])
            if r:
                target = target + prior_pull(penalties, covariance, seeds[r])
            coefficients[r] = solver.inverse @ target
            if not r:
                fitted = designs[0] @ coefficients[0]
                covariance = residual_covariance(outcomes[0], fitted, weights[0], solver.freedom(penalties))
            advance()
        return cls(layout, penalties, coefficients, covariance)

    def matrix(self, features: Features, arm: IntArray, prior: IntArray) -> FloatArray:
        """Design rows of the kept columns; shape (m, p)."""
        return self.layout.matrix(features, arm, prior, self.penalties.keep)

    def predict(self, rows: FloatArray, replicates: bool = True) -> FloatArray:
        """Expected outcomes of design rows; shape (m, R + 1, K), or (m, 1, K) for the full fit alone."""
        use = self.coefficients if replicates else self.coefficients[:1]
        return np.einsum("mp,rpk->mrk", rows, use, optimize=True)


@dataclass(frozen=True)
class FirstStage:
    """First-stage smoother of all replicates: weights over the people seen at the second assignment.

    Attributes
    ----------
    layout : StageDesign
    penalties : Penalties
    design : array, shape (n, p)
        Design rows of the training people.
    weights : array, shape (R + 1, n)
        Resampling counts times inverse-probability weights.
    inverse : array, shape (R + 1, p, p)
    pull : array, shape (R + 1, p, K)
        Penalty times prior mean of the coefficients.
    """

    layout: StageDesign
    penalties: Penalties
    design: FloatArray
    weights: FloatArray
    inverse: FloatArray
    pull: FloatArray

    def matrix(self, features: Features, arm: IntArray) -> FloatArray:
        """Design rows of the kept columns; shape (m, p)."""
        return self.layout.matrix(features, arm, None, self.penalties.keep)

    def smooth(self, rows: FloatArray, replicates: bool = True) -> tuple[FloatArray, FloatArray]:
        """Smoothing weights of new design rows.

        Parameters
        ----------
        rows : array, shape (m, p)
        replicates : bool
            False: the full fit alone.

        Returns
        -------
        on_people : array, shape (m, R + 1, n)
            Weight of each training person's outcome.
        pulled : array, shape (m, R + 1, K)
            Contribution of the prior means.
        """
        upto = len(self.inverse) if replicates else 1
        solved = np.einsum("mp,rpq->mrq", rows, self.inverse[:upto], optimize=True)
        on_people = (solved.reshape(-1, solved.shape[2]) @ self.design.T).reshape(len(rows), upto, -1)
        on_people *= self.weights[:upto]
        return on_people, np.einsum("mrq,rqk->mrk", solved, self.pull[:upto], optimize=True)

    def solve(self, outcomes: FloatArray, pull: FloatArray) -> FloatArray:
        """Coefficients of one outcome in every replicate; shapes (R + 1, n) and (R + 1, p) give (R + 1, p)."""
        target = (self.weights * outcomes) @ self.design + pull
        return np.einsum("rpq,rq->rp", self.inverse, target, optimize=True)

    def coefficients(self, outcomes: FloatArray, pull: FloatArray) -> FloatArray:
        """Coefficients of the full fit for other outcomes of the same people; shapes (n, k) and (p, k) give (p, k)."""
        return self.inverse[0] @ (self.design.T @ (self.weights[0][:, None] * outcomes) + pull)
