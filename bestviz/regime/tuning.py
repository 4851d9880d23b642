"""What is learned about the smoother itself: once, on all outcomes together, and frozen from then on.

A tuned smoother can be fitted again to other people (folds, simulated trials) without being tuned again, even where
they lack a category, so that the columns are not quite the same: variances are kept by block and feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
Variances = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Tuning:
    """How a learner smooths.

    Attributes
    ----------
    learner : {"ensemble", "additive", "forest"}
    share : bool
        Whether first-stage effects may lean on second-stage ones.
    second, first : mapping of (str, str) to float, or None
        Prior variance of each block and feature of the additive parts; None until learned.
    second_forest, first_forest : (float, float) or None
        Shares of the forest parts; None until learned.
    lent : float
        How much first-stage effects lean on second-stage effects of the same treatment, 0 to 1.
    compared : mapping of str to float
        Cross-fitted values of the candidates among which the learner was chosen; empty where it was not by value.
    """

    learner: Learner
    share: bool
    second: Variances | None = None
    first: Variances | None = None
    second_forest: tuple[float, float] | None = None
    first_forest: tuple[float, float] | None = None
    lent: float = 0.0
    compared: Mapping[str, float] = field(default_factory=dict)


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
    variances = tuning.second or _by_feature(layout, tune(matrix, outcomes, weights, layout))
    rows = StageRows(layout, matrix, features.linear, arms, assigned, _scaled(outcomes), weights)
    basis = build_basis(tuning.learner, rows, _by_column(layout, variances), seed, tuning.second_forest)
    return replace(tuning, second=variances, second_forest=_shares(basis)), basis


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
    variances, amount = tuning.first, tuning.lent
    if variances is None:
        penalties, amount = tune_first_stage(matrix, outcomes, weights, layout, second, tuning.share)
        variances = _by_feature(layout, penalties)
    lent = amount * lent_columns(layout, second)
    left_over = outcomes - matrix @ (lent @ second.coefficients[0][:, : outcomes.shape[1]])
    scaled = _scaled(left_over, outcomes.std(axis=0))
    rows = StageRows(layout, matrix, features.linear, (arms, None), (assigned, None), scaled, weights)
    basis = build_basis(tuning.learner, rows, _by_column(layout, variances), seed, tuning.first_forest)
    return replace(tuning, first=variances, lent=amount, first_forest=_shares(basis)), basis, lent


def _by_feature(layout: StageDesign, penalties: Penalties) -> Variances:
    return dict(zip(_names(layout), penalties.variance.tolist(), strict=True))


def _by_column(layout: StageDesign, variances: Variances) -> FloatArray:
    """Prior variances of the columns of a layout, 0 for a feature that was not there to be learned about."""
    return np.array([variances.get(name, 0.0) for name in _names(layout)])


def _names(layout: StageDesign) -> list[tuple[str, str]]:
    """Block and feature of each column: what its penalty group is called."""
    features = [f"{stage} {column.name}" for stage, encoder in enumerate(layout.encoders) for column in encoder.columns]
    return [(key.block, features[key.feature] if key.feature >= 0 else "") for key in layout.keys]


def _scaled(outcomes: FloatArray, scale: FloatArray | None = None) -> FloatArray:
    """Outcomes on comparable scales, without those that are the same for everybody."""
    scale = outcomes.std(axis=0) if scale is None else scale
    varies = scale > 1e-10 * np.maximum(np.abs(outcomes).max(axis=0), 1e-300)
    return (outcomes[:, varies] - outcomes[:, varies].mean(axis=0)) / scale[varies]


def _shares(basis: StageBasis) -> tuple[float, float]:
    return basis.forest.shares if basis.forest else (0.0, 0.0)
