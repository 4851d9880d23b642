"""How far first-stage effects lean on second-stage effects of the same treatments: learned, and free to be nothing.

The prior mean of a first-stage treatment effect or interaction is a share of the second-stage coefficient of the same
treatment and feature. The share is chosen by marginal likelihood, with 0 among the candidates.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bestviz.regime.additive import tune
from bestviz.regime.design import StageDesign
from bestviz.regime.penalties import Penalties
from bestviz.regime.stages import SecondStage

FloatArray = npt.NDArray[np.float64]

CANDIDATES = (0.25, 0.5, 1.0, 1.5, 2.0)
BLOCKS = ("arm", "pair", "modifier", "step")


def tune_first_stage(
    design: FloatArray, outcomes: FloatArray, weights: FloatArray, layout: StageDesign, second: SecondStage, share: bool
) -> tuple[Penalties, float]:
    """Learn the first-stage prior variances and, where wanted, how much is shared.

    Parameters
    ----------
    design : array, shape (n, p)
    outcomes : array, shape (n, K)
    weights : array, shape (n,)
    layout : StageDesign
    second : SecondStage
        Fitted; its full-data coefficients are the prior means.
    share : bool
        False: nothing is shared.

    Returns
    -------
    penalties : Penalties
        Of what the lent part leaves over.
    amount : float
        Share of the second-stage coefficient; may be more than the whole, as a first arm is often kept.
    """
    best, amount = tune(design, outcomes, weights, layout), 0.0
    same = lent_columns(layout, second)
    for candidate in CANDIDATES if share else ():
        mean = candidate * same @ second.coefficients[0][:, : outcomes.shape[1]]
        found = tune(design, outcomes - design @ mean, weights, layout, scale=outcomes.std(axis=0))
        if found.worth > best.worth:
            best, amount = found, candidate
    return best, amount


def lent_columns(layout: StageDesign, second: SecondStage) -> FloatArray:
    """What turns second-stage coefficients into those of the first-stage layout; a forest lends nothing; (p, q2)."""
    additive = same_columns(layout, second.basis.layout) @ second.basis.directions
    return np.pad(additive, ((0, 0), (0, second.basis.width - additive.shape[1])))


def same_columns(first: StageDesign, second: StageDesign) -> FloatArray:
    """1 where a first-stage and a second-stage column mean the same treatment and feature; shape (p, p2)."""
    place = {key: i for i, key in enumerate(second.keys)}
    same = np.zeros((first.width, second.width))
    for j, key in enumerate(first.keys):
        if key.block in BLOCKS and key in place:
            same[j, place[key]] = 1.0
    return same
