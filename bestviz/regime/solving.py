"""Ridge regressions with penalty 1 and drawn prior means, one by one or in parallel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.linalg import cho_factor, cho_solve

from bestviz.regime.penalties import inverse_of, weighted_gram
from bestviz.regime.threads import in_one_thread

FloatArray = npt.NDArray[np.float64]


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


def full_inverse(design: FloatArray, weights: FloatArray, core: FloatArray | None) -> tuple[FloatArray, float]:
    """What X'Wy is multiplied by in the full fit, and the degrees of freedom that this uses.

    Parameters
    ----------
    design : array, shape (n, q)
    weights : array, shape (n,)
    core : array, shape (q, c), or None
        Combinations of columns that the fit stays within.

    Returns
    -------
    inverse : array, shape (q, q)
    freedom : float
    """
    inverse = inverse_system(design if core is None else design @ core, weights)
    freedom = len(inverse) - float(np.trace(inverse))
    return inverse if core is None else core @ inverse @ core.T, freedom


def solve(design: FloatArray, outcomes: FloatArray, weights: FloatArray, means: FloatArray | float = 0.0) -> FloatArray:
    """Coefficients (q, K) of outcomes (n, K) on a design (n, q) with row weights (n,) and prior means (q, K)."""
    target = design.T @ (weights[:, None] * outcomes) + means
    system = weighted_gram(design, weights) + np.eye(design.shape[1])
    coefficients: FloatArray = cho_solve(cho_factor(system, lower=True), target)
    return coefficients


def in_parallel(
    task: Callable[..., FloatArray], arguments: Sequence[tuple[object, ...]], advance: Callable[[], None]
) -> list[FloatArray]:
    """Run a task for many arguments through joblib, as the caller's `joblib.parallel_config` says; results in order."""
    results = []
    for result in Parallel(return_as="generator")(delayed(in_one_thread)(task, *each) for each in arguments):
        results.append(result)
        advance()
    return results
