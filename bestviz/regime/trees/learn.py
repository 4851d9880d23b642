"""Learn readable trees from doubly robust scores, and see how much they change from sample to sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.trees.cuts import MOST_CUTS, Cut, candidate_cuts, sides_of
from bestviz.regime.trees.fallback import Fallback, rank_options
from bestviz.regime.trees.gate import allowed_options, option_scores, people_table, refuse_missing
from bestviz.regime.trees.search import DEEPEST, Found, Least, search, search_many
from bestviz.regime.trees.tree import Leaf, Node, PolicyTree, Split

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

NO_QUESTION = "none"


@dataclass(frozen=True)
class Stability:
    """How much a tree changes when the people are drawn anew, with their scores as they are.

    Attributes
    ----------
    replicates : int
    same_root : float
        Share of replicates whose tree asks for the same feature first.
    same_features : float
        Share of replicates whose tree asks for the same features.
    same_option : float
        Share of people who get the same option as from the tree of all people, mean over replicates.
    roots : mapping of str to float
        Share of replicates by feature asked for first, most frequent first; "none" for trees without a question.
    """

    replicates: int
    same_root: float
    same_features: float
    same_option: float
    roots: Mapping[str, float]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {**self.__dict__, "roots": dict(self.roots)}


@dataclass(frozen=True)
class TreeSearch:
    """Everything that is needed to learn trees from one sample, worked out once; made by `prepare`.

    Attributes
    ----------
    cuts : tuple of Cut
    sides : bool array, shape (cuts, n)
        Of whom each cut is true.
    fallback : Fallback
    allowed : bool array, shape (n, options)
    granted : int array, shape (n, options)
        Position of the option that each person gets for each option that a leaf may name.
    payoff : array, shape (n, options)
        The score of that option.
    least : Least
    """

    cuts: tuple[Cut, ...]
    sides: BoolArray
    fallback: Fallback
    allowed: BoolArray
    granted: IntArray
    payoff: FloatArray
    least: Least

    @classmethod
    def prepare(
        cls,
        features: pd.DataFrame,
        scores: pd.DataFrame,
        allowed: pd.DataFrame | None = None,
        *,
        ranking: Sequence[str] | None = None,
        alternatives: Mapping[str, str] | None = None,
        thresholds: Mapping[str, Sequence[float]] | None = None,
        most_cuts: int = MOST_CUTS,
        least: Least | None = None,
    ) -> TreeSearch:
        """Set up the search.

        Parameters
        ----------
        features : DataFrame, one row a person
            What the tree may ask for: numbers, ordered categories (ordered pandas categories), other names; missing
            allowed.
        scores : DataFrame, one column an option
            Doubly robust score of each person and option, higher is better; matched by index. Only those of allowed
            options count.
        allowed : DataFrame of bool, optional
            One column an option; default everything.
        ranking : sequence of str, optional
            All options in the order in which they replace what is not allowed; default by `rank_options`.
        alternatives : mapping of str to str, optional
            For some options, what replaces them before the ranking does.
        thresholds : mapping of str to sequence of float, optional
            Cuts of numeric features to use in place of rounded quantiles.
        most_cuts : int
            Quantile cuts of one numeric feature at most.
        least : Least, optional
            Fewest people of a leaf; default 5 % and at least 10.

        Raises
        ------
        RegimeError
            Tables that do not fit together, a missing score, nothing allowed for somebody, or a wrong setting.
        """
        features = people_table(features)
        options, values = option_scores(scores, features.index)
        may = allowed_options(allowed, features.index, options)
        refuse_missing(values, may, options, features.index)
        if isinstance(most_cuts, bool) or not isinstance(most_cuts, int) or most_cuts < 1:
            raise RegimeError(f"most_cuts must be a whole number, 1 or more, not {most_cuts!r}.")
        order = [options[at] for at in rank_options(values, may)] if ranking is None else ranking
        fallback = Fallback(options, tuple(order), dict(alternatives or {}))
        cuts = candidate_cuts(features, thresholds, most_cuts)
        granted = fallback.granted(may)
        payoff = np.take_along_axis(values, granted, axis=1)
        return cls(cuts, sides_of(cuts, features), fallback, may, granted, payoff, least or Least())

    def tree(self, depth: int = DEEPEST, weights: FloatArray | None = None) -> PolicyTree:
        """The best tree of at most a depth of 0, 1 or 2, under weights (n,) such as bootstrap counts.

        Among trees of the same value the one with the fewest leaves, then the one whose cuts come first.
        """
        found = search(self.payoff, self.sides, depth, weights, self.least, self.allowed)
        return self._grown(found, np.ones(len(self.payoff)) if weights is None else np.asarray(weights, dtype=float))

    def search_many(self, weights: FloatArray, depth: int = DEEPEST) -> list[PolicyTree]:
        """The best tree under each row of weights (R, n); cuts and ranking are those of all people."""
        found = search_many(self.payoff, self.sides, weights, depth, self.least, self.allowed)
        return [self._grown(one, row) for one, row in zip(found, np.asarray(weights, dtype=float), strict=True)]

    def stability(self, weights: FloatArray, depth: int = DEEPEST) -> Stability:
        """How often the tree changes over bootstrap counts (R, n), at least one row.

        The scores stay as they are, and so do cuts and ranking: what learning the scores adds is not in it.
        """
        everybody = search(self.payoff, self.sides, depth, None, self.least, self.allowed)
        replicates = search_many(self.payoff, self.sides, weights, depth, self.least, self.allowed)
        if not replicates:
            raise RegimeError("weights has no rows; give at least one replicate.")
        root, asked, got = self._root(everybody), self._features(everybody), self._got(everybody)
        roots = Counter(self._root(one) for one in replicates)
        shares = {name: count / len(replicates) for name, count in sorted(roots.items(), key=lambda r: (-r[1], r[0]))}
        return Stability(
            replicates=len(replicates),
            same_root=shares.get(root, 0.0),
            same_features=float(np.mean([self._features(one) == asked for one in replicates])),
            same_option=float(np.mean([(self._got(one) == got).mean() for one in replicates])),
            roots=shares,
        )

    def _root(self, found: Found) -> str:
        return NO_QUESTION if found.root is None else self.cuts[found.root].feature

    def _features(self, found: Found) -> set[str]:
        return {self.cuts[cut].feature for cut in (found.root, *found.second) if cut is not None}

    def _got(self, found: Found) -> IntArray:
        named = np.take(found.options, found.leaves(self.sides))
        return self.granted[np.arange(len(named)), named]

    def _grown(self, found: Found, weights: FloatArray) -> PolicyTree:
        leaf = found.leaves(self.sides)
        if found.root is None:
            root = self._side(found, leaf, weights, None, range(4))
        else:
            true, other = (
                self._side(found, leaf, weights, cut, numbers)
                for cut, numbers in zip(found.second, (range(2), range(2, 4)), strict=True)
            )
            root = Split(self.cuts[found.root], true, other)
        return PolicyTree(root, self.fallback, found.value, float(weights.sum()))

    def _side(self, found: Found, leaf: IntArray, weights: FloatArray, cut: int | None, numbers: Iterable[int]) -> Node:
        """One leaf for all the numbers, or a split into a leaf for each of two."""
        numbers = list(numbers)
        if cut is not None:
            true, other = (self._side(found, leaf, weights, None, [number]) for number in numbers)
            return Split(self.cuts[cut], true, other)
        option = found.options[numbers[0]]
        w = weights * np.isin(leaf, numbers)
        people = float(w.sum())
        return Leaf(
            self.fallback.options[option],
            people,
            float(w @ self.allowed[:, option] / people),
            float(w @ self.payoff[:, option] / people),
        )
