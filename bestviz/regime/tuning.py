"""What is learned about the smoother itself: once, on all outcomes together, and frozen from then on.

A tuned smoother can be fitted again to other people (folds, simulated trials) without being tuned again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bestviz.regime.additive import tune
from bestviz.regime.arms import ArmCoding
from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features, StageDesign
from bestviz.regime.encoding import Encoder
from bestviz.regime.learners import Learner, StageRows, build_basis
from bestviz.regime.penalties import Penalties
from bestviz.regime.sharing import lent_columns, tune_first_stage
from bestviz.regime.stages import SecondStage

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Tuning:
    """How a learner smooths.

    Attributes
    ----------
    learner : {"ensemble", "additive", "forest"}
    share : bool
        Whether first-stage effects may lean on second-stage ones.
    second, first : Penalties or None
        Of the additive parts; None until learned.
    second_forest, first_forest : (float, float) or None
        Shares of the forest parts; None until learned.
    lent : float
        How much first-stage effects lean on second-stage effects of the same treatment, 0 to 1.
    """

    learner: Learner
    share: bool
    second: Penalties | None = None
    first: Penalties | None = None
    second_forest: tuple[float, float] | None = None
    first_forest: tuple[float, float] | None = None
    lent: float = 0.0


def second_basis(
    tuning: Tuning,
    encoders: list[Encoder],
    features: Features,
    arms: tuple[ArmCoding, ArmCoding],
    assigned: tuple[IntArray, IntArray],
    outcomes: FloatArray,
    weights: FloatArray,
    seed: int,
) -> tuple[Tuning, StageBasis]:
    """Columns of the second stage, tuned where they are not yet.

    Parameters
    ----------
    features : Features of n people
    arms, assigned : pairs
        Of the second and of the first stage.
    outcomes : array, shape (n, K)
    weights : array, shape (n,)
    """
    layout = StageDesign(*arms, encoders)
    matrix = layout.matrix(features, *assigned)
    penalties = tuning.second or tune(matrix, outcomes, weights, layout)
    rows = StageRows(layout, matrix, features.linear, arms, assigned, _scaled(outcomes), weights)
    basis = build_basis(tuning.learner, rows, penalties, seed, tuning.second_forest)
    return replace(tuning, second=penalties, second_forest=_shares(basis)), basis


def first_basis(
    tuning: Tuning,
    encoder: Encoder,
    features: Features,
    arms: ArmCoding,
    assigned: IntArray,
    outcomes: FloatArray,
    weights: FloatArray,
    second: SecondStage,
    seed: int,
) -> tuple[Tuning, StageBasis, FloatArray]:
    """Columns of the first stage and what the second stage lends (p, q2), tuned where they are not yet.

    Parameters
    ----------
    features : Features of n people
    outcomes : array, shape (n, K)
        Pseudo-outcomes.
    second : SecondStage
        Fitted.
    """
    layout = StageDesign(arms, None, [encoder])
    matrix = layout.matrix(features, assigned)
    if tuning.first is None:
        penalties, amount = tune_first_stage(matrix, outcomes, weights, layout, second, tuning.share)
    else:
        penalties, amount = tuning.first, tuning.lent
    lent = amount * lent_columns(layout, second)
    left_over = outcomes - matrix @ (lent @ second.coefficients[0][:, : outcomes.shape[1]])
    scaled = _scaled(left_over, outcomes.std(axis=0))
    rows = StageRows(layout, matrix, features.linear, (arms, None), (assigned, None), scaled, weights)
    basis = build_basis(tuning.learner, rows, penalties, seed, tuning.first_forest)
    return replace(tuning, first=penalties, lent=amount, first_forest=_shares(basis)), basis, lent


def _scaled(outcomes: FloatArray, scale: FloatArray | None = None) -> FloatArray:
    """Outcomes on comparable scales, without those that are the same for everybody."""
    scale = outcomes.std(axis=0) if scale is None else scale
    varies = scale > 1e-10 * np.maximum(np.abs(outcomes).max(axis=0), 1e-300)
    return (outcomes[:, varies] - outcomes[:, varies].mean(axis=0)) / scale[varies]


def _shares(basis: StageBasis) -> tuple[float, float]:
    return basis.forest.shares if basis.forest else (0.0, 0.0)
