"""What each input adds to how alike a patient and the training people are in a forest: exact Shapley values.

An input that is not in the game takes the value that a participant has; all participants take their turn. For one
patient and one participant a leaf is reached where every input on its path comes from whoever meets its condition, and
the Shapley values of that are known in closed form (interventional TreeSHAP: Lundberg et al. 2020,
doi 10.1038/s42256-019-0138-9). Nothing is sampled: participants who meet the same conditions of a leaf are counted
together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np
import numpy.typing as npt

from bestviz.advice.why.paths import Paths

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Case = tuple[IntArray, BoolArray, BoolArray, FloatArray]

# Conditions times participants that are looked at together: bounds the memory.
CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class References:
    """Participants as the conditions of a forest's leaves see them.

    Attributes
    ----------
    paths : Paths
    leaf : int array, shape (patterns,)
    met : bool array, shape (patterns, most slots)
        Which slots of the leaf such participants meet; true where the leaf has none.
    share : array, shape (patterns,)
        Share of the participants; sums to 1 over the patterns of a leaf.
    """

    paths: Paths
    leaf: IntArray
    met: BoolArray
    share: FloatArray

    @classmethod
    def of(cls, paths: Paths, features: FloatArray) -> References:
        """Count participants (n, q) who meet the same of a leaf together."""
        at_once = max(CELLS_AT_ONCE // (len(features) * max(paths.most, 1)), 1)
        starts = range(0, paths.count, at_once)
        found = [_count(paths, features, start, min(start + at_once, paths.count)) for start in starts]
        leaf, missed, count = (np.concatenate(part) for part in zip(*found, strict=True))
        met = (missed[:, None] >> np.arange(paths.most)) & 1 == 0
        return cls(paths, leaf, met, count / len(features))

    @cached_property
    def expected(self) -> FloatArray:
        """Likeness to each training person, averaged over the participants; shape (n,)."""
        reached = np.bincount(self.leaf, self.share * self.met.all(axis=1), self.paths.count)
        return np.asarray(self.paths.members @ reached)

    def shapley(self, draws: FloatArray, player: IntArray, joint: int | None) -> FloatArray:
        """Parts of the likeness of a patient to each training person, one a player.

        Parameters
        ----------
        draws : array, shape (D, q)
            Of the patient; they differ in the inputs of the joint player alone.
        player : int array, shape (inputs,)
            Player that each input belongs to.
        joint : int or None
            The player that stands for all inputs that are not known.

        Returns
        -------
        array, shape (players, n)
            Sums, with `expected`, to the likeness averaged over the draws.
        """
        paths, players = self.paths, int(player.max(initial=-1)) + 1
        owner = np.zeros((paths.count, paths.most + 1), dtype=np.intp)
        owner[paths.leaf, paths.place] = player[paths.source]
        owner[:, -1] = joint or 0
        worth = np.zeros(paths.count * players)
        for rows, own, other, weight in self._cases(draws, player[paths.source] == joint):
            leaf = self.leaf[rows]
            each = weight[:, None] * _shapley_values(own, other)
            worth += np.bincount((leaf[:, None] * players + owner[leaf]).ravel(), each.ravel(), len(worth))
        parts: FloatArray = (paths.members @ worth.reshape(paths.count, players)).T
        return parts

    def _cases(
        self, draws: FloatArray, unknown: BoolArray
    ) -> Iterator[tuple[IntArray, BoolArray, BoolArray, FloatArray]]:
        """Patterns of participants for whom a leaf can be reached, what the patient and they meet, and the weight.

        The slots that are not known count as one, the last column: in some of the draws it is met, in others not.
        """
        paths = self.paths
        known, gone = np.flatnonzero(~unknown), np.flatnonzero(unknown)
        own = np.ones((paths.count, paths.most + 1), dtype=bool)
        own[paths.leaf[known], paths.place[known]] = paths.met(draws[:1], known)[:, 0]
        hidden = np.zeros((paths.count, paths.most), dtype=bool)
        hidden[paths.leaf[gone], paths.place[gone]] = True
        hidden = hidden[self.leaf]
        other = np.column_stack([self.met | hidden, (self.met | ~hidden).all(axis=1)])
        chance = paths.reached(draws, gone).mean(axis=1)
        for is_met, weight in ((True, chance), (False, 1 - chance)):
            own[:, -1] = is_met
            weights = self.share * weight[self.leaf]
            rows = np.flatnonzero((weights > 0) & (own[self.leaf] | other).all(axis=1))
            yield rows, own[self.leaf[rows]], other[rows], weights[rows]


def _count(paths: Paths, features: FloatArray, start: int, stop: int) -> tuple[IntArray, IntArray, IntArray]:
    """Leaf, missed slots (a bit each) and number of participants of every pattern at some of the leaves."""
    slots = np.arange(*np.searchsorted(paths.leaf, (start, stop)))
    missed = np.zeros((stop - start, len(features)), dtype=np.intp)
    met = paths.met(features, slots)
    for place in range(paths.most):
        here = np.flatnonzero(paths.place[slots] == place)
        missed[paths.leaf[slots[here]] - start] |= ~met[here] * np.intp(1 << place)
    distinct, count = np.unique((np.arange(start, stop)[:, None] << paths.most) + missed, return_counts=True)
    return distinct >> paths.most, distinct & ((1 << paths.most) - 1), count


def _shapley_values(own: BoolArray, other: BoolArray) -> FloatArray:
    """Shapley values of "every slot is met": with the input each slot is as in `own`, without it as in `other`."""
    gains, losses = own & ~other, other & ~own
    a, b = gains.sum(axis=1), losses.sum(axis=1)
    table = _table(own.shape[1])
    return gains * table[a, b, None] - losses * table[b, a, None]


def _table(most: int) -> FloatArray:
    """Chance that, of a + b players in random order, a given one of the a comes last of these, before all of the b."""
    table = np.zeros((most + 1, most + 1))
    for a in range(1, most + 1):
        for b in range(most + 1 - a):
            table[a, b] = factorial(a - 1) * factorial(b) / factorial(a + b)
    return table
