"""Conditional means and draws of missing values under a joint normal model.

Mean and covariance by expectation-maximisation over patterns of missingness (Little & Rubin, Statistical Analysis with
Missing Data, ch. 11), with a little shrinkage so that conditional distributions always exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

EM_ITERATIONS = 60
TOLERANCE = 2e-3
# Covariances are shrunk by this times columns over rows, within limits: more where there is little to learn them from.
SHRINKAGE = 0.15
SHRINKAGE_LIMITS = (1e-3, 0.5)


@dataclass(frozen=True)
class JointNormal:
    """A joint normal model of the columns of a matrix.

    Attributes
    ----------
    center : array, shape (q,)
    covariance : array, shape (q, q)
    """

    center: FloatArray
    covariance: FloatArray

    @classmethod
    def learn(cls, rows: FloatArray) -> JointNormal:
        """Learn mean and covariance from rows with missing values (NaN); shape (n, q)."""
        missing = np.isnan(rows)
        counts = (~missing).sum(axis=0)
        center = np.where(counts > 0, np.where(missing, 0.0, rows).sum(axis=0) / np.maximum(counts, 1), 0.0)
        filled = np.where(missing, center, rows)
        patterns = _patterns(missing)
        shrinkage = float(np.clip(SHRINKAGE * rows.shape[1] / max(len(rows), 1), *SHRINKAGE_LIMITS))
        covariance = _shrunk_covariance(filled, center, np.zeros((rows.shape[1],) * 2), shrinkage)
        for _ in range(EM_ITERATIONS if patterns else 0):
            extra = np.zeros_like(covariance)
            for pattern, members in patterns:
                slope, residual = _regression(covariance, pattern)
                known = filled[np.ix_(members, ~pattern)] - center[~pattern]
                filled[np.ix_(members, pattern)] = center[pattern] + known @ slope
                extra[np.ix_(pattern, pattern)] += len(members) * residual
            center, before = filled.mean(axis=0), covariance
            covariance = _shrunk_covariance(filled, center, extra / len(rows), shrinkage)
            scale = np.sqrt(np.diag(covariance))
            if (np.abs(covariance - before) < TOLERANCE * np.outer(scale, scale)).all():
                break
        return cls(center, covariance)

    def fill(self, rows: FloatArray, rng: np.random.Generator | None = None) -> FloatArray:
        """Fill NaN by conditional means, or by draws from the conditional distribution where `rng` is given."""
        filled = rows.copy()
        for pattern, members in _patterns(np.isnan(rows)):
            slope, residual = _regression(self.covariance, pattern)
            mean = self.center[pattern] + (rows[np.ix_(members, ~pattern)] - self.center[~pattern]) @ slope
            if rng is not None:
                mean = mean + rng.standard_normal(mean.shape) @ np.linalg.cholesky(residual).T
            filled[np.ix_(members, pattern)] = mean
        return filled

    def squared_distance(self, rows: FloatArray) -> FloatArray:
        """Squared Mahalanobis distance of complete rows from the centre; shape (n,)."""
        centred = rows - self.center
        return np.einsum("ij,ij->i", centred, np.linalg.solve(self.covariance, centred.T).T)


def _patterns(missing: npt.NDArray[np.bool_]) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]]:
    """Distinct patterns of missingness with the rows that show them; complete rows left out."""
    affected = np.flatnonzero(missing.any(axis=1))
    if not len(affected):
        return []
    distinct, inverse = np.unique(missing[affected], axis=0, return_inverse=True)
    inverse = inverse.ravel()
    return [(pattern, affected[inverse == i]) for i, pattern in enumerate(distinct)]


def _regression(covariance: FloatArray, missing: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Regression of the missing on the known columns: slope (known x missing) and residual covariance."""
    own = covariance[np.ix_(missing, missing)]
    if missing.all():
        return np.empty((0, len(own))), own
    cross = covariance[np.ix_(~missing, missing)]
    slope = np.asarray(np.linalg.solve(covariance[np.ix_(~missing, ~missing)], cross), dtype=np.float64)
    residual = own - cross.T @ slope
    return slope, (residual + residual.T) / 2 + 1e-9 * np.eye(len(residual))


def _shrunk_covariance(filled: FloatArray, center: FloatArray, extra: FloatArray, shrinkage: float) -> FloatArray:
    centred = filled - center
    covariance = centred.T @ centred / max(len(filled), 1) + extra
    diagonal = np.diag(np.diag(covariance))
    return (1 - shrinkage) * covariance + shrinkage * diagonal + 1e-6 * np.eye(len(covariance))
