"""The learners: which columns a stage is regressed in, and how much each may vary.

- additive: main effects, arms and effect modification of single features, variances by marginal likelihood.
- forest: level, arms and the likeness of people in the leaves of trees.
- ensemble: the additive learner and a forest grown on what it leaves unexplained, stacked: how much the forest may add
  is chosen by out-of-fold error (never less than nothing, and nothing is among the choices).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from bestviz.regime.additive import directions_within, informed_directions
from bestviz.regime.arms import ArmCoding
from bestviz.regime.basis import StageBasis
from bestviz.regime.design import StageDesign
from bestviz.regime.forest import ForestPart, Likeness

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Learner = Literal["ensemble", "additive", "forest"]

LEARNERS: tuple[Learner, ...] = ("ensemble", "additive", "forest")
# Prior variances of a forest's parts, relative to the residual variance, among which out-of-fold error chooses.
SHARES = (0.0, 0.05, 0.15, 0.5, 1.5)
# A forest is added where it lowers that error by more than so many standard errors.
STANDARD_ERRORS = 2.0
FOLDS, TREES_IN_A_FOLD, TREES = 5, 40, 100
# A forest is learned from no more people than this: its cost grows with their number cubed.
MOST_PEOPLE = 1200
# Columns that hold no feature; all that the forest learner takes from the layout.
WITHOUT_FEATURES = ("level", "arm", "pair", "prior arm", "carry-over")


@dataclass(frozen=True)
class StageRows:
    """People of one stage as its learner sees them.

    Attributes
    ----------
    layout : StageDesign
    matrix : array, shape (n, p)
        Columns of the layout.
    features : array, shape (n, f)
        Encoded features.
    arms : (ArmCoding, ArmCoding or None)
        Of this stage and of the stage before.
    assigned : (int array, int array or None)
        Arms of the people.
    outcomes : array, shape (n, K)
        On comparable scales; what the columns are to explain.
    weights : array, shape (n,)
    """

    layout: StageDesign
    matrix: FloatArray
    features: FloatArray
    arms: tuple[ArmCoding, ArmCoding | None]
    assigned: tuple[IntArray, IntArray | None]
    outcomes: FloatArray
    weights: FloatArray

    def take(self, some: IntArray) -> StageRows:
        """Some of the people."""
        arm, before = self.assigned
        return StageRows(
            self.layout, self.matrix[some], self.features[some], self.arms,
            (arm[some], None if before is None else before[some]), self.outcomes[some], self.weights[some],
        )  # fmt: skip


def build_basis(
    learner: Learner,
    rows: StageRows,
    variance: FloatArray,
    seed: int,
    shares: tuple[float, float] | None = None,
    spread: FloatArray | None = None,
) -> StageBasis:
    """Columns of a stage for a learner whose additive variances are tuned.

    Parameters
    ----------
    learner : {"ensemble", "additive", "forest"}
    rows : StageRows
    variance : array, shape (p,)
        Prior variances of the columns of the layout.
    seed : int
        For the trees and the folds.
    shares : (float, float), optional
        Of a forest tuned before; default chosen by out-of-fold error.
    spread : array, shape (p,), optional
        Prior variances for how far estimates may be off; not needed without replicates.
    """
    if learner == "forest":
        blocks = np.array([key.block in WITHOUT_FEATURES for key in rows.layout.keys])
        variance = np.where(blocks, variance, 0.0)
        spread = None
    directions = narrow = informed_directions(rows.matrix, rows.weights, variance)
    core = None
    if spread is not None:
        directions, core = directions_within(rows.matrix, rows.weights, variance, spread)
    basis = StageBasis(rows.layout, directions, core=core)
    if learner == "additive" or not rows.features.shape[1] or not rows.outcomes.shape[1]:
        return basis
    rows = rows.take(_ordered(rows)[:: -(-len(rows.weights) // MOST_PEOPLE)])
    additive = rows.matrix @ narrow
    shares = _choose_shares(rows, additive, seed) if shares is None else shares
    if max(shares) <= 0:
        return basis
    likeness = _grow(rows, additive, np.arange(len(additive)), TREES, seed)
    return replace(basis, forest=ForestPart.build(likeness, rows.weights, shares))


def _grow(rows: StageRows, additive: FloatArray, used: IntArray, trees: int, seed: int) -> Likeness:
    """Trees grown on what the additive part leaves unexplained of some people."""
    kernel = additive[used] @ additive[used].T
    left_over = rows.outcomes.copy()
    left_over[used] -= kernel @ _dual(kernel, rows.outcomes[used], rows.weights[used])
    return Likeness.learn(rows.features, left_over, rows.weights, rows.arms, rows.assigned, used, trees, seed)


def _dual(kernel: FloatArray, outcomes: FloatArray, weights: FloatArray) -> FloatArray:
    """Ridge regression in terms of people: what the kernel (n, n) is multiplied by."""
    noise = 1.0 / np.maximum(weights, 1e-9)
    return cho_solve(cho_factor(kernel + np.diag(noise), lower=True, check_finite=False), outcomes, check_finite=False)


def _choose_shares(rows: StageRows, additive: FloatArray, seed: int) -> tuple[float, float]:
    """Shares with the least out-of-fold error: first of what arms share, then of what treatments have of their own."""
    errors = _out_of_fold(rows, additive, seed)
    shared = _least({share: errors(share, 0.0) for share in SHARES})
    own = _least({share: errors(shared, share) for share in SHARES})
    return shared, own


def _least(errors: Mapping[float, FloatArray]) -> float:
    """Share with the least error; 0 where that may be better by chance only (`STANDARD_ERRORS`)."""
    best = min(errors, key=lambda share: float(errors[share].sum()))
    gain = errors[0.0] - errors[best]
    return best if gain.sum() > STANDARD_ERRORS * np.sqrt(len(gain)) * gain.std() else 0.0


def _out_of_fold(rows: StageRows, additive: FloatArray, seed: int) -> Callable[[float, float], FloatArray]:
    """Errors of people (n,) in real folds as a function of the shares; each fold grows its own trees."""
    kernel = additive @ additive.T
    fold = _folds(rows, seed)
    parts = []
    for k in range(FOLDS):
        learned, held_out = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        alike, in_arms = _grow(rows, additive, learned, TREES_IN_A_FOLD, seed).among_people()
        parts.append((learned, held_out, alike, in_arms))

    def errors(shared: float, own: float) -> FloatArray:
        found = np.zeros(len(kernel))
        for learned, held_out, alike, in_arms in parts:
            both = kernel + shared * alike + own * in_arms
            pull = _dual(both[np.ix_(learned, learned)], rows.outcomes[learned], rows.weights[learned])
            missed = rows.outcomes[held_out] - both[np.ix_(held_out, learned)] @ pull
            found[held_out] = rows.weights[held_out] * (missed**2).sum(axis=1)
        return found

    return errors


def _folds(rows: StageRows, seed: int) -> IntArray:
    """Fold of each person, every arm spread over the folds; the order of the rows does not matter."""
    order = _ordered(rows)
    fold = np.empty(len(order), dtype=np.intp)
    fold[order] = (np.arange(len(order)) + seed) % FOLDS
    return fold


def _ordered(rows: StageRows) -> IntArray:
    """People by arm and then by what is known of them, whatever the order of the rows."""
    return np.lexsort((*np.round(np.hstack([rows.outcomes, rows.features]), 8).T, rows.assigned[0]))
