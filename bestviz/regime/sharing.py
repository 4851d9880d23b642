"""How far first-stage effects lean on second-stage effects of the same treatments: learned, and free to be nothing.

The prior mean of a first-stage treatment effect or interaction is a share of the second-stage coefficient of the same
treatment and feature. The share is chosen by marginal likelihood, 0 among the candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.additive import SecondStage, tune
from bestviz.regime.design import StageDesign
from bestviz.regime.penalties import Penalties

FloatArray = npt.NDArray[np.float64]

CANDIDATES = (0.25, 0.5, 0.75, 1.0)
BLOCKS = ("arm", "pair", "modifier", "step")
# Penalty of a column that may not depart from its shared prior mean.
TIGHT_PENALTY = 1e6


@dataclass(frozen=True)
class Sharing:
    """Prior means of first-stage coefficients.

    Attributes
    ----------
    amount : float
        Share of the second-stage coefficient, 0 to 1.
    matrix : array, shape (p first, p second)
        Prior means are this times the second-stage coefficients.
    """

    amount: float
    matrix: FloatArray


def tune_first_stage(
    design: FloatArray, outcomes: FloatArray, weights: FloatArray, layout: StageDesign, second: SecondStage, share: bool
) -> tuple[Penalties, Sharing]:
    """Learn the first-stage penalties and, where wanted, how much is shared.

    Parameters
    ----------
    design : array, shape (n, p), all columns of the layout
    outcomes : array, shape (n, K)
    weights : array, shape (n,)
    second : SecondStage
        Fitted; its full-data coefficients are the prior means.
    share : bool
        False: nothing is shared.
    """
    alone = tune(design, outcomes, weights, layout)
    best, sharing = alone, Sharing(0.0, np.zeros((len(alone.keep), len(second.penalties.keep))))
    same = _same_columns(layout, second) if share else np.zeros((layout.width, len(second.penalties.keep)))
    mapped = np.flatnonzero(same.any(axis=1))
    if not len(mapped):
        return best, sharing
    for amount in CANDIDATES:
        lent = amount * same @ second.coefficients[0][:, : outcomes.shape[1]]
        candidate = tune(design, outcomes - design @ lent, weights, layout, scale=outcomes.std(axis=0))
        if candidate.evidence > best.evidence:
            keep = np.union1d(candidate.keep, mapped)
            values = np.full(len(keep), TIGHT_PENALTY)
            values[np.searchsorted(keep, candidate.keep)] = candidate.values
            best = Penalties(keep, values, candidate.evidence)
            sharing = Sharing(amount, amount * same[keep])
    return best, sharing


def _same_columns(first: StageDesign, second: SecondStage) -> FloatArray:
    """1 where a first-stage and a kept second-stage column mean the same treatment and feature."""
    place = {second.layout.keys[j]: i for i, j in enumerate(second.penalties.keep)}
    same = np.zeros((first.width, len(place)))
    for j, key in enumerate(first.keys):
        if key.block in BLOCKS and key in place:
            same[j, place[key]] = 1.0
    return same
