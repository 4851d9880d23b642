"""Trees as partitions of people: who ends in the same leaf as whom.

Only the partition of the trees is used, never their own predictions. Trees are grown by scikit-learn and kept as plain
arrays, so that a stored model depends on no version of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.ensemble import ExtraTreesRegressor

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

SHARE_OF_PEOPLE = 0.5
SHARE_OF_FEATURES = 0.5
LEAVES_A_TREE = 20
FEWEST_IN_A_LEAF = 5


@dataclass(frozen=True)
class Leaves:
    """Partitions of the people by all trees.

    Attributes
    ----------
    feature, left, right : int array, shape (nodes,)
        Feature that a node asks about (-1 in a leaf) and the nodes that follow; all trees side by side.
    threshold : float32 array, shape (nodes,)
        To the left where the feature is at most this.
    roots : int array, shape (T,)
    members : int array, shape (n, T)
        Leaf of each training person in each tree.
    """

    feature: npt.NDArray[np.int32]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float32]
    roots: npt.NDArray[np.int32]
    members: npt.NDArray[np.int32]

    @classmethod
    def grow(
        cls,
        features: FloatArray,
        targets: FloatArray,
        weights: FloatArray,
        everybody: FloatArray,
        trees: int,
        seed: int,
    ) -> Leaves:
        """Grow extremely randomised trees on many targets at once (Geurts, Ernst & Wehenkel 2006,
        doi 10.1007/s10994-006-6226-1), each on half of the people.

        Parameters
        ----------
        features : array, shape (m, q)
        targets : array, shape (m, t)
            On comparable scales.
        weights : array, shape (m,)
        everybody : array, shape (n, q)
            The people to be kept as `members`.
        trees : int
            How many, T.
        """
        # Neither the order of the rows nor rounding errors (between splits that are equally good) are to matter.
        features, targets, weights = np.round(features, 8), np.round(targets, 5), np.round(weights, 8)
        order = np.lexsort(np.hstack([targets, features]).T)
        forest = ExtraTreesRegressor(
            n_estimators=trees,
            min_samples_leaf=max(FEWEST_IN_A_LEAF, int(SHARE_OF_PEOPLE * len(features) / LEAVES_A_TREE)),
            max_features=SHARE_OF_FEATURES,
            bootstrap=True,
            max_samples=SHARE_OF_PEOPLE,
            random_state=seed,
        ).fit(features[order], targets[order], sample_weight=weights[order])
        grown = [one.tree_ for one in forest.estimators_]
        roots = np.cumsum([0, *(tree.node_count for tree in grown[:-1])])
        pairs = list(zip(grown, roots, strict=True))
        partition = cls(
            np.concatenate([np.where(t.children_left < 0, -1, t.feature) for t in grown]).astype(np.int32),
            np.concatenate([t.children_left + start for t, start in pairs]).astype(np.int32),
            np.concatenate([t.children_right + start for t, start in pairs]).astype(np.int32),
            np.concatenate([t.threshold for t in grown]).astype(np.float32),
            roots.astype(np.int32),
            np.zeros((0, trees), np.int32),
        )
        return partition.of(everybody)

    def of(self, people: FloatArray) -> Leaves:
        """The same trees with other people (n, q) as members."""
        return Leaves(self.feature, self.left, self.right, self.threshold, self.roots, self.apply(people))

    def apply(self, features: FloatArray) -> npt.NDArray[np.int32]:
        """Leaf of each row (m, q) in each tree; shape (m, T)."""
        values = features.astype(np.float32)
        found = np.tile(self.roots, len(values))
        # Most have arrived long before the deepest: only the others go on.
        on_the_way = np.arange(len(found))
        while len(on_the_way):
            node = found[on_the_way]
            asked = self.feature[node]
            inside = asked >= 0
            on_the_way, node, asked = on_the_way[inside], node[inside], asked[inside]
            goes_left = values[on_the_way // len(self.roots), asked] <= self.threshold[node]
            found[on_the_way] = np.where(goes_left, self.left[node], self.right[node])
        return found.reshape(len(values), len(self.roots))

    def reached(self, features: FloatArray) -> csr_array:
        """Which leaves rows (m, q) are in, one a tree; shape (m, nodes)."""
        return self._indicator(self.apply(features))

    def likeness(self, features: FloatArray) -> FloatArray:
        """Share of the trees in which a row (m, q) and a training person are in the same leaf; shape (m, n)."""
        return self._together(self.apply(features))

    def smooth(self, reached: csr_array, values: FloatArray) -> FloatArray:
        """Likeness of rows times values of the training people (n, c), by sums in each leaf.

        Parameters
        ----------
        reached : sparse array, shape (m, nodes)
            Of the rows.

        Returns
        -------
        array, shape (m, c)
        """
        smoothed: FloatArray = reached @ (self._indicator(self.members).T @ values)
        return smoothed / len(self.roots)

    def averaged(self, reached: csr_array, shares: FloatArray) -> FloatArray:
        """Shares (g, m) times the likeness of rows to the training people, without filling it; shape (g, n)."""
        averaged: FloatArray = (self._indicator(self.members) @ (reached.T @ shares.T)).T
        return averaged / len(self.roots)

    def among_members(self) -> FloatArray:
        """Likeness of the training people; shape (n, n)."""
        return self._together(self.members)

    def _together(self, leaf: npt.NDArray[np.int32]) -> FloatArray:
        shared: FloatArray = (self._indicator(leaf) @ self._indicator(self.members).T).toarray()
        return shared / len(self.roots)

    def _indicator(self, leaf: npt.NDArray[np.int32]) -> csr_array:
        rows, trees = leaf.shape
        starts = np.arange(0, rows * trees + 1, trees)
        return csr_array((np.ones(leaf.size), leaf.ravel(), starts), shape=(rows, len(self.feature)))
