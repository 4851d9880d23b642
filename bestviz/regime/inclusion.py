"""Which groups of columns stay in the model: those whose marginal likelihood pays for looking at so many groups.

A variance that maximises the marginal likelihood never lowers it, so a learner with many groups keeps a little of each
of them, and all that together hides what matters. A group therefore stays only if the odds that the data give for it
(Savage-Dickey ratio: prior over posterior density of no effect) are above a bar that rises with the number of groups
of its kind, as prior odds of 1 to that number would have it (a correction for multiplicity; Scott and Berger 2010,
doi 10.1214/10-AOS792). Plain effects have a lower bar than bends, steps, and what earlier arms change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# Share of the log of the number of groups of a block: found on the scenarios of `study` (docs/benchmarks.md).
BARS = {"main": 0.2, "modifier": 0.6}
OTHER_BAR = 1.1
# At most this share of the groups leaves at a time: who leaves gives others their due.
LEAVING = 0.3


def bars_of(block: Sequence[str], optional: BoolArray, independent: float) -> FloatArray:
    """Log odds that each group must have.

    Parameters
    ----------
    block : sequence of str, length G
    optional : bool array, shape (G,)
        Groups that may leave; only these are counted.
    independent : float
        As how many independent outcomes those count on which the odds are averaged.

    Returns
    -------
    array, shape (G,)
    """
    names = np.array(block)
    count = {name: int((optional & (names == name)).sum()) for name in set(block)}
    return np.array([BARS.get(b, OTHER_BAR) * np.log1p(count[b]) / independent for b in block])


def log_odds(
    means: FloatArray, covariance: FloatArray, variance: FloatArray, group: IntArray, asked: IntArray
) -> FloatArray:
    """What the data say for an effect of a group against none, averaged over the outcomes.

    Parameters
    ----------
    means : array, shape (p, K)
        Posterior means in residual standard deviations.
    covariance : array, shape (p, p)
        Posterior, in residual variances.
    variance : array, shape (p,)
        Prior variances of the columns.
    group : int array, shape (p,)
    asked : int array, shape (g,)

    Returns
    -------
    array, shape (g,)
        Minus infinity for a group without columns.
    """
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.append(asked, asked + 1)).reshape(2, -1).T
    found = np.full(len(asked), -np.inf)
    for place, (start, end) in enumerate(ends):
        at = order[start:end]
        if len(at):
            inner = covariance[np.ix_(at, at)]
            fit = np.einsum("jk,jk->k", means[at], np.linalg.solve(inner, means[at])).mean()
            found[place] = 0.5 * (np.linalg.slogdet(inner)[1] - np.log(variance[at]).sum() + fit)
    return found


def leaving(odds: FloatArray, bars: FloatArray) -> BoolArray:
    """The groups that leave now: of those below their bar the least likely ones."""
    short = np.flatnonzero(odds < bars)
    most = max(1, int(np.ceil(LEAVING * len(odds))))
    leaves = np.zeros(len(odds), dtype=bool)
    leaves[short[np.argsort(odds[short])][:most]] = True
    return leaves
