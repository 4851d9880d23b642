"""What is learned about the smoother itself: once, on all outcomes together, and frozen from then on.

A tuned smoother can be fitted again to other people (folds, simulated trials) without being tuned again, even where
they lack a category, so that the columns are not quite the same: variances are kept by block and feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from bestviz.regime.additive import informed_directions, tune
from bestviz.regime.arms import ArmCoding
from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features, StageDesign
from bestviz.regime.encoding import Encoder
from bestviz.regime.halfway import Forecast, Halfway, interim_part
from bestviz.regime.learners import Learner, StageRows, build_basis
from bestviz.regime.penalties import Moments, Penalties, evidence_at
from bestviz.regime.sharing import lent_columns, same_columns, tune_first_stage
from bestviz.regime.solving import solve
from bestviz.regime.stages import SecondStage

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Variances = Mapping[tuple[str, str], float]

# Shares of the halfway effects among which marginal likelihood chooses. The interim state counts for less than its full
# size in later outcomes (regression to the mean), so more than the whole may be foretold.
FORETOLD = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Tuning:
    """How a learner smooths.

    Attributes
    ----------
    learner : {"ensemble", "additive", "forest"}
    share : bool
        Whether effects of one stage may lean on those of the other.
    second, first : mapping of (str, str) to float, or None
        Prior variance of each block, treatment and feature of the additive parts; None until learned.
    second_spread, first_spread : mapping of (str, str) to float, or None
        The same for how far estimates may be off; None until learned, which is where there are replicates.
    second_forest, first_forest : (float, float) or None
        Shares of the forest parts; None until learned.
    lent : float
        How much first-stage effects lean on second-stage effects of the same treatment; 0 for not at all.
    halfway : mapping of (str, str) to float, or None
        Prior variances of the regression of the interim state on the first stage; None until learned.
    foretold : float or None
        How much second-stage effects lean on what the same treatments did by the second assignment; None until learned.
    early : mapping of (str, str) to float, or None
        Prior variances for what is known by the second assignment; None until learned.
    compared : mapping of str to float
        Cross-fitted values of the candidates among which the learner was chosen; empty where it was not by value.
    """

    learner: Learner
    share: bool
    second: Variances | None = None
    first: Variances | None = None
    second_spread: Variances | None = None
    first_spread: Variances | None = None
    second_forest: tuple[float, float] | None = None
    first_forest: tuple[float, float] | None = None
    lent: float = 0.0
    halfway: Variances | None = None
    foretold: float | None = None
    early: Variances | None = None
    compared: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """Everybody seen at the second assignment, as the first stage sees them and with what came of it.

    Attributes
    ----------
    layout : StageDesign
        Of the first stage.
    matrix : array, shape (n, p)
        Its columns.
    weights : array, shape (n,)
    features : list over versions of Features
        Of baseline and interim state.
    """

    layout: StageDesign
    matrix: FloatArray
    weights: FloatArray
    features: list[Features]


@dataclass(frozen=True)
class SecondPeople:
    """People with a second arm and an outcome.

    Attributes
    ----------
    features : Features of m people
    assigned : (int array, int array)
        Second and first arms.
    outcomes : array, shape (m, K)
    weighable : int
        The first so many outcomes tune the smoother.
    weights : array, shape (m,)
    """

    features: Features
    assigned: tuple[IntArray, IntArray]
    outcomes: FloatArray
    weighable: int
    weights: FloatArray


def second_basis(
    tuning: Tuning,
    encoders: list[Encoder],
    arms: tuple[ArmCoding, ArmCoding],
    people: SecondPeople,
    before: Before,
    seed: int,
    replicates: bool,
) -> tuple[Tuning, StageBasis, Forecast | None]:
    """Columns of the second stage and what the first stage foretells of it, tuned where they are not yet.

    Parameters
    ----------
    encoders : list of Encoder
        Of baseline and of the interim state.
    arms : (ArmCoding, ArmCoding)
        Of the second and of the first stage.
    replicates : bool
        Whether there will be any, so that the spread of estimates is needed.
    """
    layout = StageDesign(*arms, encoders)
    matrix = layout.matrix(people.features, *people.assigned)
    weighable = people.outcomes[:, : people.weighable]
    variances = tuning.second or _by_feature(layout, tune(matrix, weighable, people.weights, layout))
    forecast, left_over = None, people.outcomes
    if tuning.share and encoders[1].columns:
        tuning, columns, halfway = _foretell(tuning, layout, matrix, people, before, variances)
        if tuning.foretold:
            forecast = Forecast.build(halfway, tuning.foretold * columns, matrix, people.weights)
            left_over = people.outcomes - matrix @ (forecast.columns @ forecast.coefficients)
            if tuning.second is None:
                scale = weighable.std(axis=0)
                tuned = tune(matrix, left_over[:, : people.weighable], people.weights, layout, scale)
                variances = _by_feature(layout, tuned)
    remaining, scale = left_over[:, : people.weighable], weighable.std(axis=0)
    spread = tuning.second_spread
    if replicates and spread is None:
        spread = _by_feature(layout, tune(matrix, remaining, people.weights, layout, scale, spread=True))
    rows = StageRows(
        layout, matrix, people.features.linear, arms, people.assigned, _scaled(remaining, scale), people.weights
    )
    wide = _by_column(layout, spread) if replicates and spread is not None else None
    basis = build_basis(tuning.learner, rows, _by_column(layout, variances), seed, tuning.second_forest, wide)
    if forecast is not None:
        directions = np.hstack([forecast.columns, basis.directions])
        basis = replace(basis, directions=directions, given=forecast.columns.shape[1])
    return replace(tuning, second=variances, second_spread=spread, second_forest=_shares(basis)), basis, forecast


def _foretell(
    tuning: Tuning, layout: StageDesign, matrix: FloatArray, people: SecondPeople, before: Before, variances: Variances
) -> tuple[Tuning, FloatArray, Halfway]:
    """Regress the interim state, as the outcomes weigh it, on the first stage; learn how much of it is foretold."""
    directions = informed_directions(matrix, people.weights, _by_column(layout, variances))
    coefficients = directions @ solve(matrix @ directions, people.outcomes, people.weights)
    targets = [interim_part(layout, features, coefficients) for features in before.features]
    halfway_variances = tuning.halfway or _by_feature(
        before.layout, tune(before.matrix, targets[0][:, : people.weighable], before.weights, before.layout)
    )
    own = informed_directions(before.matrix, before.weights, _by_column(before.layout, halfway_variances))
    halfway = Halfway.learn(before.matrix @ own, targets, before.weights)
    columns = same_columns(before.layout, layout).T @ own
    share = tuning.foretold
    if share is None:
        share = _foretold_share(layout, matrix, people, columns @ halfway.coefficients, variances)
    return replace(tuning, halfway=halfway_variances, foretold=share), columns, halfway


def _foretold_share(
    layout: StageDesign, matrix: FloatArray, people: SecondPeople, foretold: FloatArray, variances: Variances
) -> float:
    """Share with the highest marginal likelihood; 0 is among the candidates."""
    outcomes = people.outcomes[:, : people.weighable]
    varies = _varies(outcomes)
    if not varies.any():
        return 0.0
    scale = outcomes[:, varies].std(axis=0)
    scaled, own = outcomes[:, varies] / scale, (matrix @ foretold[:, : people.weighable])[:, varies] / scale
    column = _by_column(layout, variances)

    def evidence(share: float) -> float:
        left_over = scaled - share * own
        return evidence_at(Moments.of(matrix, left_over - left_over.mean(axis=0), people.weights), column)

    return max(FORETOLD, key=evidence)


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
    replicates: bool,
) -> tuple[Tuning, StageBasis, FloatArray]:
    """Columns of the first stage and what the second stage lends (p, q2), tuned where they are not yet.

    Parameters
    ----------
    features : Features of n people
    outcomes : array, shape (n, K)
        Pseudo-outcomes.
    second : SecondStage
        Fitted.
    replicates : bool
        As for `second_basis`.
    """
    layout = StageDesign(arms, None, [encoder])
    matrix = layout.matrix(features, assigned)
    variances, amount = tuning.first, tuning.lent
    if variances is None:
        penalties, amount = tune_first_stage(matrix, outcomes, weights, layout, second, tuning.share)
        variances = _by_feature(layout, penalties)
    lent = amount * lent_columns(layout, second)
    left_over = outcomes - matrix @ (lent @ second.coefficients[0][:, : outcomes.shape[1]])
    scale, spread = outcomes.std(axis=0), tuning.first_spread
    if replicates and spread is None:
        spread = _by_feature(layout, tune(matrix, left_over, weights, layout, scale, spread=True))
    scaled = _scaled(left_over, scale)
    rows = StageRows(layout, matrix, features.linear, (arms, None), (assigned, None), scaled, weights)
    wide = _by_column(layout, spread) if replicates and spread is not None else None
    basis = build_basis(tuning.learner, rows, _by_column(layout, variances), seed, tuning.first_forest, wide)
    tuned = replace(tuning, first=variances, first_spread=spread, lent=amount, first_forest=_shares(basis))
    return tuned, basis, lent


def early_basis(
    tuning: Tuning, layout: StageDesign, matrix: FloatArray, early: FloatArray, weights: FloatArray
) -> tuple[Tuning, StageBasis]:
    """Columns for what is known by the second assignment: additive for every learner, tuned where they are not yet.

    Parameters
    ----------
    layout : StageDesign
        Of the first stage, whose variances are tuned; they stand in where nothing early is known.
    matrix : array, shape (n, p)
    early : array, shape (n, E)
    weights : array, shape (n,)
    """
    variances = tuning.early or tuning.halfway or tuning.first or {}
    if tuning.early is None and early.shape[1]:
        variances = _by_feature(layout, tune(matrix, early, weights, layout, spread=True))
    directions = informed_directions(matrix, weights, _by_column(layout, variances))
    return replace(tuning, early=variances), StageBasis(layout, directions)


def _by_feature(layout: StageDesign, penalties: Penalties) -> Variances:
    return dict(zip(_names(layout), penalties.variance.tolist(), strict=True))


def _by_column(layout: StageDesign, variances: Variances) -> FloatArray:
    """Prior variances of the columns of a layout, 0 for a feature that was not there to be learned about."""
    return np.array([variances.get(name, 0.0) for name in _names(layout)])


def _names(layout: StageDesign) -> list[tuple[str, str]]:
    """Block with treatment, and feature, of each column: what its variance is kept under."""
    features = [f"{stage} {column.name}" for stage, encoder in enumerate(layout.encoders) for column in encoder.columns]
    return [
        (f"{key.block} {key.treatment}".rstrip(), features[key.feature] if key.feature >= 0 else "")
        for key in layout.keys
    ]


def _scaled(outcomes: FloatArray, scale: FloatArray | None = None) -> FloatArray:
    """Outcomes on comparable scales, without those that are the same for everybody."""
    scale = outcomes.std(axis=0) if scale is None else scale
    varies = _varies(outcomes, scale)
    return (outcomes[:, varies] - outcomes[:, varies].mean(axis=0)) / scale[varies]


def _varies(outcomes: FloatArray, scale: FloatArray | None = None) -> npt.NDArray[np.bool_]:
    """Outcomes that are not the same for everybody."""
    scale = outcomes.std(axis=0) if scale is None else scale
    found: npt.NDArray[np.bool_] = scale > 1e-10 * np.maximum(np.abs(outcomes).max(axis=0), 1e-300)
    return found


def _shares(basis: StageBasis) -> tuple[float, float]:
    return basis.forest.shares if basis.forest else (0.0, 0.0)
