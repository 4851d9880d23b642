"""The additive learner: which prior variances its columns have, and the directions that are left to learn.

With prior variances V frozen, the regression on X is a ridge regression with penalty 1 on the directions of X V^(1/2),
and the directions about which the data say next to nothing are left out.
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
    design: FloatArray, outcomes: FloatArray, weights: FloatArray, layout: StageDesign, scale: FloatArray | None = None
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
    """
    scale = outcomes.std(axis=0) if scale is None else scale
    varies = scale > 1e-10 * np.maximum(np.abs(outcomes).max(axis=0), 1e-300)
    if not varies.any():
        only_level = np.arange(layout.width) == 0
        return Penalties(np.where(only_level, LARGEST_VARIANCE, 0.0), -np.inf)
    scaled = (outcomes[:, varies] - outcomes[:, varies].mean(axis=0)) / scale[varies]
    return learn_penalties(Moments.of(design, scaled, weights), layout.group, layout.block)


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
