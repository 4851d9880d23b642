"""What leads to each leaf of a forest: for every leaf, the range that each input on its path must lie in.

A forest's likeness to a training person counts leaves, so it is a sum over leaves of "all conditions of the leaf are
met". Written as conditions a leaf, what an input changes can be worked out for all leaves at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from bestviz.regime.leaves import Leaves

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


class _Condition(NamedTuple):
    """Of a leaf: an encoded column of an input lies above `low` and not above `high`."""

    leaf: int
    source: int
    column: int
    low: np.float32
    high: np.float32


@dataclass(frozen=True)
class Paths:
    """Conditions of all leaves; a slot is one input on the path of one leaf, with all conditions on that input.

    Attributes
    ----------
    column : int array, shape (conditions,)
        Encoded column, ordered by slot.
    low, high : float32 array, shape (conditions,)
    start : int array, shape (slots,)
        First condition of each slot.
    leaf, source : int array, shape (slots,)
        Leaf and input of each slot, ordered by leaf.
    members : sparse array, shape (n, leaves)
        Which leaves each training person is in, one a tree, over the number of trees.
    """

    column: IntArray
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    start: IntArray
    leaf: IntArray
    source: IntArray
    members: csr_array

    @classmethod
    def of(cls, leaves: Leaves, source: IntArray) -> Paths:
        """Read the trees; `source` is the input of each encoded column."""
        number = np.cumsum(leaves.feature < 0) - 1
        found = sorted(_conditions(leaves, source, number))
        slots = np.array([(one.leaf, one.source) for one in found], dtype=np.intp).reshape(-1, 2)
        first = np.ones(len(slots), dtype=bool)
        first[1:] = (slots[1:] != slots[:-1]).any(axis=1)
        people, trees = leaves.members.shape
        places = (number[leaves.members.ravel()], np.arange(0, people * trees + 1, trees))
        members = csr_array((np.full(people * trees, 1 / trees), *places), shape=(people, int(number[-1]) + 1))
        return cls(
            np.array([one.column for one in found], dtype=np.intp),
            np.array([one.low for one in found], dtype=np.float32),
            np.array([one.high for one in found], dtype=np.float32),
            np.flatnonzero(first),
            slots[first, 0],
            slots[first, 1],
            members,
        )

    @property
    def count(self) -> int:
        """Number of leaves."""
        return int(self.members.shape[1])

    @cached_property
    def place(self) -> IntArray:
        """Place of each slot among those of its leaf; shape (slots,)."""
        return np.arange(len(self.leaf)) - np.searchsorted(self.leaf, self.leaf)

    @property
    def most(self) -> int:
        """Most slots that a leaf has."""
        return int(self.place.max(initial=-1)) + 1

    def met(self, features: FloatArray, slots: IntArray) -> BoolArray:
        """Whether rows (m, q) of encoded features meet the conditions of chosen slots; shape (len(slots), m)."""
        return _all_of(self._inside(features, slots), self._sizes[slots])

    def reached(self, features: FloatArray, slots: IntArray) -> BoolArray:
        """Whether rows (m, q) meet all of the chosen slots (ascending) of each leaf; shape (leaves, m)."""
        whole = np.ones((self.count, len(features)), dtype=bool)
        leaves, start = np.unique(self.leaf[slots], return_index=True)
        sizes = np.add.reduceat(self._sizes[slots], start) if len(slots) else start
        whole[leaves] = _all_of(self._inside(features, slots), sizes)
        return whole

    @cached_property
    def _sizes(self) -> IntArray:
        """Number of conditions of each slot."""
        return np.diff(self.start, append=len(self.column))

    def _inside(self, features: FloatArray, slots: IntArray) -> BoolArray:
        """Whether rows meet each condition of chosen slots; shape (conditions, m)."""
        sizes = self._sizes[slots]
        at = np.arange(sizes.sum()) + np.repeat(self.start[slots] - (np.cumsum(sizes) - sizes), sizes)
        # As the trees do it: in single precision, a value that equals a threshold goes to the left.
        values = features.T.astype(np.float32)[self.column[at]]
        return (values > self.low[at, None]) & (values <= self.high[at, None])


def _all_of(true: BoolArray, sizes: IntArray) -> BoolArray:
    """Whether all rows of each group of so many rows are true; shape (groups, m)."""
    start = np.cumsum(sizes) - sizes
    found = true[start]
    # The second rows of all groups at once, then the third: an order of magnitude faster than reduceat.
    for place in range(1, int(sizes.max(initial=0))):
        more = np.flatnonzero(sizes > place)
        found[more] &= true[start[more] + place]
    return found


def _conditions(leaves: Leaves, source: IntArray, number: IntArray) -> list[_Condition]:
    found = []
    whole = (np.float32(-np.inf), np.float32(np.inf))
    waiting: list[tuple[int, dict[int, tuple[np.float32, np.float32]]]] = [(int(root), {}) for root in leaves.roots]
    while waiting:
        node, path = waiting.pop()
        column = int(leaves.feature[node])
        if column < 0:
            leaf = int(number[node])
            found += [_Condition(leaf, int(source[c]), c, *limits) for c, limits in path.items()]
            continue
        cut, (low, high) = leaves.threshold[node], path.get(column, whole)
        waiting.append((int(leaves.left[node]), path | {column: (low, min(high, cut))}))
        waiting.append((int(leaves.right[node]), path | {column: (max(low, cut), high)}))
    return found
