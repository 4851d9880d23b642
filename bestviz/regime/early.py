"""What is known by the second assignment, regressed on baseline and first arm in all replicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.basis import StageBasis
from bestviz.regime.solving import drawn_means, in_parallel, inverse_system

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Stream of random numbers; those of the stages are others.
EARLY_DRAWS = 6


@dataclass(frozen=True)
class EarlyStage:
    """Smoother of what is known by the second assignment, on baseline and first arm, with variances of its own.

    Attributes
    ----------
    basis : StageBasis
    design : array, shape (n, q)
    weights : array, shape (R + 1, n)
    inverse : array, shape (R + 1, q, q)
    means : array, shape (R + 1, q, E)
        Drawn prior means; 0 for the full fit.
    fitted : array, shape (R + 1, q, E)
        Coefficients of the early quantities.
    """

    basis: StageBasis
    design: FloatArray
    weights: FloatArray
    inverse: FloatArray
    means: FloatArray
    fitted: FloatArray

    @classmethod
    def build(
        cls, basis: StageBasis, design: FloatArray, values: Sequence[FloatArray], versions: IntArray,
        weights: FloatArray, covariance: FloatArray, seed: int, advance: Callable[[], None],
    ) -> EarlyStage:  # fmt: skip
        """Solve every replicate; parameters as in `FirstStage.build`.

        Parameters
        ----------
        values : sequence of arrays, shape (n, E)
            One a completed version of the data.
        versions : int array, shape (R + 1,)
            Version that each replicate uses.
        """
        inverse = np.stack(in_parallel(inverse_system, [(design, one) for one in weights], advance))
        means = replicate_means(len(weights), design.shape[1], covariance, (seed, EARLY_DRAWS))
        targets = [design.T @ (one[:, None] * values[v]) for one, v in zip(weights, versions, strict=True)]
        return cls(basis, design, weights, inverse, means, inverse @ (np.stack(targets) + means))

    @property
    def freedom(self) -> float:
        """Degrees of freedom that the full fit uses."""
        return freedom_of(self.inverse[0])

    def predict(self, rows: FloatArray) -> FloatArray:
        """Expected early quantities of rows (m, q) in every replicate; shape (R + 1, m, E)."""
        expected: FloatArray = rows @ self.fitted
        return expected

    def coefficients(self, values: FloatArray) -> FloatArray:
        """Full-fit coefficients (q, k) of any quantities of the training people (n, k)."""
        found: FloatArray = self.inverse[0] @ (self.design.T @ (self.weights[0][:, None] * values))
        return found

    def replicates(self, values: FloatArray, place: int) -> FloatArray:
        """Coefficients (R + 1, q) of the early quantity at a place, from its values (R + 1, n)."""
        target = (self.weights * values) @ self.design + self.means[:, :, place]
        return np.einsum("rpq,rq->rp", self.inverse, target, optimize=True)


def replicate_means(count: int, width: int, covariance: FloatArray, seed: tuple[int, int]) -> FloatArray:
    """Drawn prior means of all replicates, none for the full fit; shape (count, width, K)."""
    means = np.zeros((count, width, len(covariance)))
    for r in range(1, count):
        means[r] = drawn_means(width, covariance, np.random.default_rng((seed[0], r, seed[1])))
    return means


def freedom_of(inverse: FloatArray) -> float:
    """Degrees of freedom that a regression with this inverse of X'WX + 1 uses."""
    return float(len(inverse) - np.trace(inverse))
