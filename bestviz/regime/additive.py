"""The additive learner: which prior variances its columns have, and the directions that are left to learn.

With prior variances V frozen, the regression on X is a ridge regression with penalty 1 on the directions of X V^(1/2),
and the directions about which the data say next to nothing are left out. There are two sets of variances. Those of the
estimates hold few groups, since what is not clearly there is better left out. Those of the spread hold all: what was
left out may well be there, and intervals that do not know it are far too narrow (Berk and others 2013, doi
10.1214/12-AOS1077).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh

from bestviz.regime.design import StageDesign
from bestviz.regime.penalties import LARGEST_VARIANCE, Moments, Penalties, learn_penalties, weighted_gram

FloatArray = npt.NDArray[np.float64]

# A direction is left out where the data would move it by less than about this share of its prior. On a trial like BEST
# that leaves out about a tenth of the standard error of differences between arms; calibration makes up for it.
LEAST_INFORMATION = 0.05


def tune(
    design: FloatArray,
    outcomes: FloatArray,
    weights: FloatArray,
    layout: StageDesign,
    scale: FloatArray | None = None,
    spread: bool = False,
) -> Penalties:
    """Learn the prior variances of one stage on all outcomes together; constant outcomes say nothing and are left out.

    Parameters
    ----------
    design : array, shape (n, p)
    outcomes : array, shape (n, K)
    weights : array, shape (n,)
    layout : StageDesign
    scale : array, shape (K,), optional
        Outcomes are divided by this; default their standard deviations.
    spread : bool
        For how far estimates may be off: no group leaves only because it does not pay for itself.
    """
    scale = outcomes.std(axis=0) if scale is None else scale
    varies = scale > 1e-10 * np.maximum(np.abs(outcomes).max(axis=0), 1e-300)
    if not varies.any():
        only_level = np.arange(layout.width) == 0
        return Penalties(np.where(only_level, LARGEST_VARIANCE, 0.0), -np.inf)
    scaled = (outcomes[:, varies] - outcomes[:, varies].mean(axis=0)) / scale[varies]
    moments, independent = Moments.of(design, scaled, weights), _independent(scaled)
    if spread:
        return learn_penalties(moments, *layout.groupings[0])
    found = [learn_penalties(moments, *groups, independent) for groups in layout.groupings]
    return max(found, key=lambda each: each.worth)


def _independent(outcomes: FloatArray) -> float:
    """As how many independent outcomes (n, K) they count: the participation ratio of their correlations."""
    together = np.atleast_2d(np.corrcoef(outcomes, rowvar=False))
    return float(len(together) ** 2 / (together**2).sum())


def informed_directions(design: FloatArray, weights: FloatArray, variance: FloatArray) -> FloatArray:
    """Directions of the design about which the data say something, scaled to prior variance 1.

    Parameters
    ----------
    design : array, shape (n, p)
    weights : array, shape (n,)
    variance : array, shape (p,)
        Prior variances of the columns.

    Returns
    -------
    array, shape (p, q)
        Multiply design rows by this.
    """
    alive = np.flatnonzero(variance > 0)
    root = np.sqrt(variance[alive])
    scaled = design[:, alive] * root
    information, vectors = eigh(weighted_gram(scaled, weights))
    kept = information > LEAST_INFORMATION
    directions = np.zeros((len(variance), int(kept.sum())))
    directions[alive] = root[:, None] * vectors[:, kept]
    return directions


def directions_within(
    design: FloatArray, weights: FloatArray, variance: FloatArray, spread: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Directions for how far estimates may be off, and those of the estimates within them.

    Parameters
    ----------
    design : array, shape (n, p)
    weights : array, shape (n,)
    variance : array, shape (p,)
        Prior variances of the columns for the estimates.
    spread : array, shape (p,)
        The same for how far they may be off; where it is less than `variance`, that is used.

    Returns
    -------
    directions : array, shape (p, q)
        As `informed_directions` gives them for the spread.
    core : array, shape (q, c)
        ``directions @ core`` is what `informed_directions` gives for the estimates.
    """
    wide = np.maximum(variance, spread)
    alive = np.flatnonzero(wide > 0)
    root = np.sqrt(wide[alive])
    narrow = informed_directions(design, weights, variance)[alive] / root[:, None]
    inner, mixed = np.linalg.qr(narrow)
    gram = weighted_gram(design[:, alive] * root, weights)
    across = gram - inner @ (inner.T @ gram)
    across -= (across @ inner) @ inner.T
    information, vectors = eigh(across)
    outer = vectors[:, information > LEAST_INFORMATION]
    directions = np.zeros((len(variance), inner.shape[1] + outer.shape[1]))
    directions[alive] = root[:, None] * np.hstack([inner, outer])
    return directions, np.vstack([mixed, np.zeros((outer.shape[1], mixed.shape[1]))])
