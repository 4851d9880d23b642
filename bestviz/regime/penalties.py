"""Penalties of the additive learner, learned by marginal likelihood on all outcomes together.

Model: y_k ~ N(X b_k, s_k^2 W^-1), b_jk ~ N(0, s_k^2 v_g(j)); a group of columns g shares the variance v_g over all
outcomes, so the penalty 1 / v_g and hence the smoothing weights do not depend on the outcome. Variances by MacKay's
fixed point (Neural Computation 1992;4:415). A group whose variance falls to nothing leaves the model. For
estimates a group also leaves that does not pay for looking at so many groups (`inclusion`); for how far they may be off
it stays, shrunk towards the groups of its block (automatic relevance with a common level).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotri

from bestviz.regime.inclusion import bars_of, leaving, log_odds

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

ITERATIONS = 120
# Groups are asked whether they pay once their variances have come near what they will be, now and then from there, and
# once nothing changes any more.
FIRST_ASKED, ASKED_EVERY = 6, 3
TOLERANCE = 1e-3
BLOCK_PULL = 0.05
NEGLIGIBLE_SHARE = 1e-4
LARGEST_VARIANCE = 1e4
FREE_BLOCKS = ("level",)
# Average effects of arms never leave the model: a prior standard deviation of at least a fifth of the residual one.
# Where they are small on average over the outcomes, some outcome may still depend on the arm, and none is known to
# be exactly the same under every arm.
KEPT_BLOCKS = ("arm", "prior arm")
LEAST_KEPT_VARIANCE = 0.04


def weighted_gram(design: FloatArray, weights: FloatArray) -> FloatArray:
    """X'WX of a design (n, p) with row weights (n,), none negative; shape (p, p)."""
    used = weights > 0
    rows = design[used] * np.sqrt(weights[used])[:, None]
    # A matrix times its own transpose: half the work of a product of two.
    return rows.T @ rows


def inverse_of(factor: FloatArray) -> FloatArray:
    """Inverse of a symmetric matrix from its lower Cholesky factor."""
    lower, _ = dpotri(factor, lower=1)
    return np.tril(lower) + np.tril(lower, -1).T


@dataclass(frozen=True)
class Moments:
    """Weighted sums that a penalised regression needs.

    Attributes
    ----------
    gram : array, shape (p, p)
        X'WX.
    cross : array, shape (p, K)
        X'WY.
    squares : array, shape (K,)
        Diagonal of Y'WY.
    rows : float
        Sum of the weights.
    """

    gram: FloatArray
    cross: FloatArray
    squares: FloatArray
    rows: float

    @classmethod
    def of(cls, design: FloatArray, outcomes: FloatArray, weights: FloatArray) -> Moments:
        """Form the sums from a design matrix (n, p), outcomes (n, K) and row weights (n,)."""
        squares = np.einsum("i,ik,ik->k", weights, outcomes, outcomes)
        cross = design.T @ (weights[:, None] * outcomes)
        return cls(weighted_gram(design, weights), cross, squares, float(weights.sum()))


@dataclass(frozen=True)
class Penalties:
    """Frozen prior variances of the columns, relative to the residual variance.

    Attributes
    ----------
    variance : array, shape (p,)
        0 for columns that left the model; large for the level.
    evidence : float
        Log marginal likelihood, up to a constant, averaged over the outcomes.
    price : float
        Log odds that all groups in the model had to have.
    """

    variance: FloatArray
    evidence: float
    price: float = 0.0

    @property
    def worth(self) -> float:
        """Evidence less the price of the groups: what sets of groups are compared by."""
        return self.evidence - self.price


def learn_penalties(moments: Moments, group: IntArray, block: list[str], independent: float | None = None) -> Penalties:
    """Maximise the marginal likelihood over the variances of the groups, where wanted among those that pay.

    Parameters
    ----------
    moments : Moments
        Of outcomes scaled to comparable size.
    group : int array, shape (p,)
        Group of each column.
    block : list of str
        Block of each group.
    independent : float, optional
        Groups that do not pay leave; as how many independent outcomes those of the moments count. By default all stay
        about which the data say anything, groups of a block pulled towards each other.
    """
    groups = _Groups.of(moments, group, block)
    variance, alive = groups.start(), groups.size > 0
    bars = None if independent is None else bars_of(block, alive & ~groups.certain, independent)
    evidence, keep, penalty = -np.inf, np.arange(len(group)), np.zeros(len(group))
    for step in range(ITERATIONS):
        keep = np.flatnonzero(alive[group])
        penalty = np.where(groups.free[group[keep]], 0.0, 1.0 / variance[group[keep]])
        state = _solve(moments, keep, penalty)
        settled, evidence = abs(state.evidence - evidence) < TOLERANCE, state.evidence
        variance = groups.updated(variance, alive, state, keep, penalty, BLOCK_PULL if bars is None else 0.0)
        stay = alive & (groups.certain | (variance * groups.scale * groups.size > NEGLIGIBLE_SHARE))
        if bars is not None and (settled or (step >= FIRST_ASKED and step % ASKED_EVERY == 0)):
            asked = np.flatnonzero(stay & ~groups.certain)
            odds = log_odds(state.means, state.covariance, 1.0 / np.maximum(penalty, 1e-12), group[keep], asked)
            stay[asked[leaving(odds, bars[asked])]] = False
        if settled and np.array_equal(stay, alive):
            break
        alive = stay
    final = np.zeros(len(group))
    final[keep] = np.where(penalty > 0, 1.0 / np.where(penalty > 0, penalty, 1.0), LARGEST_VARIANCE)
    price = 0.0 if bars is None else float(bars[alive & ~groups.certain].sum())
    return Penalties(final, evidence, price)


@dataclass(frozen=True)
class _Groups:
    """What does not change while variances are learned; arrays over the groups, but for `of_column`."""

    of_column: IntArray
    blocks: tuple[BoolArray, ...]
    free: BoolArray
    certain: BoolArray
    least: FloatArray
    size: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, moments: Moments, group: IntArray, block: list[str]) -> _Groups:
        names = np.array(block)
        free, kept = np.isin(names, FREE_BLOCKS), np.isin(names, KEPT_BLOCKS)
        size = np.bincount(group, minlength=len(block)).astype(float)
        squares = np.bincount(group, np.diag(moments.gram), len(block)) / np.maximum(size, 1) / moments.rows
        return cls(
            group, tuple(names == name for name in dict.fromkeys(block)), free, free | kept,
            np.where(kept, LEAST_KEPT_VARIANCE, 1e-12), size, np.maximum(squares, 1e-12),
        )  # fmt: skip

    def start(self) -> FloatArray:
        """Variances with which each block explains about a tenth of the residual variance."""
        variance = np.zeros(len(self.size))
        for members in self.blocks:
            variance[members] = 0.1 / (self.size[members].sum() * self.scale[members])
        return variance

    def updated(
        self, variance: FloatArray, alive: BoolArray, state: _State, keep: IntArray, penalty: FloatArray, pull: float
    ) -> FloatArray:
        """Variances after one more step of the fixed point."""
        count, group = len(self.size), self.of_column[keep]
        strength = np.bincount(group, state.size, count)
        freedom = np.maximum(self.size - np.bincount(group, penalty * state.spread, count), 1e-6)
        new = variance.copy()
        for members in self.blocks:
            among = members & alive
            if among.any():
                common = strength[among].sum() / freedom[among].sum()
                new[among] = (strength[among] + pull * common) / (freedom[among] + pull)
        return np.clip(new, self.least, LARGEST_VARIANCE)


def evidence_at(moments: Moments, variance: FloatArray) -> float:
    """Log marginal likelihood at prior variances (p,), as in `Penalties`."""
    keep = np.flatnonzero(variance > 0)
    return _solve(moments, keep, 1.0 / variance[keep]).evidence


@dataclass(frozen=True)
class _State:
    means: FloatArray
    covariance: FloatArray
    evidence: float

    @property
    def size(self) -> FloatArray:
        """Squared means, averaged over the outcomes."""
        return np.asarray((self.means**2).mean(axis=1))

    @property
    def spread(self) -> FloatArray:
        """Posterior variances."""
        return np.diag(self.covariance)


def _solve(moments: Moments, keep: IntArray, penalty: FloatArray) -> _State:
    """Posterior means in residual standard deviations, their covariance, and the evidence, at given penalties."""
    system = moments.gram[np.ix_(keep, keep)] + np.diag(penalty + 1e-9)
    factor = cho_factor(system, lower=True)
    cross = moments.cross[keep]
    coefficients = cho_solve(factor, cross)
    residual = moments.squares - np.einsum("jk,jk->k", cross, coefficients)
    noise = np.maximum(residual / moments.rows, 1e-9 * np.maximum(moments.squares / moments.rows, 1e-12))
    penalised = penalty > 0
    log_det = 2 * np.log(np.diag(factor[0])).sum() - np.log(penalty[penalised]).sum()
    evidence = -0.5 * (moments.rows * np.log(noise).mean() + log_det)
    return _State(coefficients / np.sqrt(noise), inverse_of(factor[0]), float(evidence))
