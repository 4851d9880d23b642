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

ITERATIONS = 120
# Groups are asked whether they pay once their variances have come near what they will be, and now and then from there.
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
    groups = len(block)
    blocks = {name: np.array([b == name for b in block]) for name in dict.fromkeys(block)}
    free = np.array([b in FREE_BLOCKS for b in block])
    kept = np.array([b in KEPT_BLOCKS for b in block])
    least = np.where(kept, LEAST_KEPT_VARIANCE, 1e-12)
    size = np.bincount(group, minlength=groups).astype(float)
    scale = np.maximum(np.bincount(group, np.diag(moments.gram), groups) / np.maximum(size, 1) / moments.rows, 1e-12)
    # Start: each block explains about a tenth of the residual variance.
    variance = np.array([0.1 / (size[blocks[b]].sum() * scale[g]) for g, b in enumerate(block)])
    alive = size > 0
    optional = alive & ~(free | kept)
    bars = np.zeros(groups) if independent is None else bars_of(block, optional, independent)
    pull = BLOCK_PULL if independent is None else 0.0
    evidence, keep, penalty, left = -np.inf, np.arange(len(group)), np.zeros(len(group)), False
    for step in range(ITERATIONS):
        keep = np.flatnonzero(alive[group])
        penalty = np.where(free[group[keep]], 0.0, 1.0 / variance[group[keep]])
        state = _solve(moments, keep, penalty)
        before, evidence = evidence, state.evidence
        strength = np.bincount(group[keep], state.size, groups)
        freedom = size - np.bincount(group[keep], penalty * state.spread, groups)
        freedom = np.where(alive, np.maximum(freedom, 1e-6), 0.0)
        updated = variance.copy()
        for members in blocks.values():
            among = members & alive
            if among.any():
                common = strength[among].sum() / freedom[among].sum()
                updated[among] = (strength[among] + pull * common) / (freedom[among] + pull)
        variance = np.clip(updated, least, LARGEST_VARIANCE)
        alive &= free | kept | (variance * scale * size > NEGLIGIBLE_SHARE)
        left = False
        if independent is not None and step >= FIRST_ASKED and step % ASKED_EVERY == 0:
            asked = np.flatnonzero(alive & optional)
            odds = log_odds(state.means, state.covariance, 1.0 / np.maximum(penalty, 1e-12), group[keep], asked)
            leaves = leaving(odds, bars[asked])
            alive[asked[leaves]], left = False, bool(leaves.any())
        if abs(evidence - before) < TOLERANCE and len(keep) == alive[group].sum() and not left:
            break
    final = np.zeros(len(group))
    final[keep] = np.where(penalty > 0, 1.0 / np.where(penalty > 0, penalty, 1.0), LARGEST_VARIANCE)
    return Penalties(final, evidence, float(bars[alive & optional].sum()))


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
