"""Intervals, chances of being best, and which options cannot be told apart, from bootstrap replicates.

Replicate 0 is the full fit; the others vary around it. Intervals are the full fit's estimate plus or minus normal
quantiles times the replicates' standard deviation, times the model's calibration factors.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Normal quantiles of two-sided intervals.
Z_80, Z_90, Z_95 = 1.281552, 1.644854, 1.959964
PERSON_QUANTILES = (0.1, 0.9)
# Half a meaningful change: differences below it are of no account.
NEGLIGIBLE = 0.5
EQUIVALENCE_PROBABILITY = 0.8


@dataclass(frozen=True)
class Coverage:
    """How true intervals and chances were where the truth is known; shares from 0 to 1.

    Attributes
    ----------
    means, differences : float
        95 % intervals that held the truth: of expected utilities, and of differences between two arms.
    said, true : float
        Mean chance said of the arm most likely to be best, and how often it truly was.
    """

    means: float
    differences: float
    said: float
    true: float


@dataclass(frozen=True)
class Calibration:
    """Factors on standard deviations; 1 = as the replicates say.

    Attributes
    ----------
    means, differences : float
        For intervals of expected values, and of differences between arms.
    chances : float
        For how far replicates stray when arms compete for being best.
    conditions : str
        For which design and size they were estimated; empty when they were not.
    measured_on : str
        What the coverage below was measured on; empty where it was not.
    before, after : Coverage or None
        First arms: as the replicates say, and with factors found without the trial that is judged.
    second_before, second_after : Coverage or None
        Second arms: as the replicates say, and with the factors.
    """

    means: float = 1.0
    differences: float = 1.0
    chances: float = 1.0
    conditions: str = ""
    measured_on: str = ""
    before: Coverage | None = None
    after: Coverage | None = None
    second_before: Coverage | None = None
    second_after: Coverage | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        return asdict(self)


# docs/benchmarks.md; `python -m bestviz study` measures anew what the replicates alone say.
MEASURED = Calibration(
    means=1.3,
    differences=1.0,
    chances=1.3,
    conditions="factors measured on 154 simulated trials of 11 kinds (500 to 805 people, BEST-like and others), first "
    "arms, one outcome, all inputs known; for other designs, sizes and outcomes they are a guess",
)


def spread(values: FloatArray) -> FloatArray:
    """Standard deviation over replicates of values (..., R + 1); 0 without replicates."""
    if values.shape[-1] < 3:
        return np.zeros(values.shape[:-1])
    return values[..., 1:].std(axis=-1, ddof=1)


def interval(estimate: FloatArray, sd: FloatArray, z: float = Z_95) -> FloatArray:
    """Lower and upper ends; shape (..., 2)."""
    return np.stack([estimate - z * sd, estimate + z * sd], axis=-1)


def chances_of_being_best(utilities: FloatArray, allowed: BoolArray, calibration: Calibration) -> FloatArray:
    """Share of replicates and draws in which each option has the highest utility.

    Parameters
    ----------
    utilities : array, shape (D, options, R + 1)
        In each draw of what is not known; replicate 0 is the full fit.
    allowed : bool array, shape (options,)
    calibration : Calibration

    Returns
    -------
    array, shape (options,)
        Sums to 1; 0 for options that are not allowed.
    """
    if not allowed.any():
        return np.zeros(len(allowed))
    full, replicates = utilities[:, :, :1], utilities[:, :, 1:]
    strayed = full + calibration.chances * (replicates - full)
    winners = np.where(allowed[:, None], strayed, -np.inf).argmax(axis=1)
    counts: FloatArray = np.bincount(winners.ravel(), minlength=len(allowed)) / winners.size
    return counts


@dataclass(frozen=True)
class Comparison:
    """Options against the best one.

    Attributes
    ----------
    best : int
        Position of the allowed option with the highest utility.
    near_equal : bool array, shape (options,)
        Allowed and cannot be told apart from the best: the 90 % interval of the difference holds something that is
        of no account; true for the best itself.
    equivalent : bool array, shape (options,)
        Allowed and known to be close to the best; true for the best itself.
    """

    best: int
    near_equal: BoolArray
    equivalent: BoolArray


def compare(utilities: FloatArray, allowed: BoolArray, calibration: Calibration) -> Comparison:
    """Compare options by utility in meaningful changes.

    Parameters
    ----------
    utilities : array, shape (D, options, R + 1)
        In each draw of what is not known; replicate 0 is the full fit.
    allowed : bool array, shape (options,), at least one true
    calibration : Calibration
    """
    full = utilities[:, :, 0]
    best = int(np.where(allowed, full.mean(axis=0), -np.inf).argmax())
    behind = utilities[:, best : best + 1] - utilities
    estimation = np.sqrt((spread(behind) ** 2).mean(axis=0)) * calibration.differences
    sd = np.hypot(estimation, behind[:, :, 0].std(axis=0))
    mean = behind[:, :, 0].mean(axis=0)
    near = mean - Z_90 * sd <= NEGLIGIBLE
    within = _normal_within(mean, sd, NEGLIGIBLE) >= EQUIVALENCE_PROBABILITY
    return Comparison(best, near & allowed, within & allowed)


def as_precise_as(residual_variance: float, replicate_variance: FloatArray) -> npt.NDArray[np.intp]:
    """Number of people whose plain average would be as precise as an estimate; shape as `replicate_variance`."""
    return np.maximum(np.rint(residual_variance / np.maximum(replicate_variance, 1e-12)), 1).astype(np.intp)


def weighted_quantiles(values: FloatArray, weights: FloatArray, levels: tuple[float, ...]) -> FloatArray:
    """Quantiles of each column of values (n, K) with row weights (n,); shape (len(levels), K)."""
    order = np.argsort(values, axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    share = np.cumsum(weights[order], axis=0)
    share = (share - 0.5 * weights[order]) / share[-1]
    return np.stack(
        [[np.interp(level, share[:, k], ordered[:, k]) for k in range(values.shape[1])] for level in levels]
    )


def _normal_within(mean: FloatArray, sd: FloatArray, limit: float) -> FloatArray:
    sd = np.maximum(sd, 1e-12)
    return ndtr((limit - mean) / sd) - ndtr((-limit - mean) / sd)
