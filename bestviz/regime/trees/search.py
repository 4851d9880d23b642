"""Exact search for the best tree of depth 0, 1 or 2 among all that given cuts can make.

For every pair of cuts the summed payoff of the people of whom both are true is one entry of B diag(w p) B', with B the
cuts as 0 and 1, w the weights and p the payoffs of one option: a single matrix product an option. Sums over the other
three quarters follow by subtraction. The best option of each quarter, the best second cut on each side and the best
first cut are then maxima over tables. Nothing is left out and nothing is greedy.

The value searched is the augmented inverse-probability-weighted estimate of policy learning (Zhou, Athey and Wager
2023, doi 10.1287/opre.2022.2271, who search trees of this kind in the R package policytree, doi 10.21105/joss.02232).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.errors import RegimeError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

DEEPEST = 2
# Sums that differ by less, relative to the people's summed differences between options, are ties.
TIED = 1e-10


@dataclass(frozen=True)
class Least:
    """The fewest people of a leaf: a share of all, but at least a number; counted with their weights."""

    share: float = 0.05
    people: float = 10

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1 or not 0 <= self.people < np.inf:
            raise RegimeError(
                f"Fewest people of a leaf: the share must be between 0 and 1 and the number 0 or more, "
                f"not {self.share!r} and {self.people!r}."
            )

    def of(self, total: float) -> float:
        """The fewest people out of a total, less what rounding may take away; nobody is never enough."""
        return max(self.people, self.share * total, 1e-6) - 1e-9 * total


@dataclass(frozen=True)
class Found:
    """The best tree over given cuts.

    Attributes
    ----------
    root : int or None
        Position of the first cut; None for a tree that is one leaf.
    second : tuple of (int or None, int or None)
        Positions of the cut among the people of whom the first is true, and among the others; None where there is none.
    options : tuple of 4 int
        Position of the option of each leaf: both cuts true, only the first, only the second, none. Where a side is not
        cut its first two or last two agree.
    value : float
        Mean payoff.
    """

    root: int | None
    second: tuple[int | None, int | None]
    options: tuple[int, int, int, int]
    value: float

    def leaves(self, sides: BoolArray) -> IntArray:
        """Leaf of each person, numbered as `options`; shape (n,)."""
        return _leaves(self.root, self.second, sides)


def search(
    payoff: FloatArray,
    sides: BoolArray,
    depth: int = DEEPEST,
    weights: FloatArray | None = None,
    least: Least | None = None,
    allowed: BoolArray | None = None,
) -> Found:
    """Find the best tree.

    Parameters
    ----------
    payoff : array, shape (n, options)
        Score that a person adds if the leaf names an option; where it is not allowed, the score of the fallback.
    sides : bool array, shape (cuts, n)
        Of whom each cut is true.
    depth : {0, 1, 2}
        Most cuts that one person passes.
    weights : array, shape (n,), optional
        At least 0, such as bootstrap counts; default 1.
    least : Least, optional
        Fewest people of a leaf; default a share of .05 and at least 10.
    allowed : bool array, shape (n, options), optional
        Only for naming a leaf where options tie: the one that more of its people may have.

    Returns
    -------
    Found
        Among tied trees the one with the fewest leaves, then with the earliest first cut, then the earliest second
        cuts; among tied options the one allowed for most, then the earliest.

    Raises
    ------
    RegimeError
        An unknown depth, or weights that are negative, infinite, or all 0.
    """
    if depth not in range(DEEPEST + 1):
        raise RegimeError(f"A tree of depth {depth!r} cannot be searched; choose 0, 1 or 2.")
    w = _checked(np.ones(len(payoff)) if weights is None else weights, len(payoff))
    # Everybody stands in exactly one leaf, so only differences between options count. Those to the first option spare
    # one product and keep the sums precise.
    gains = payoff - payoff[:, :1]
    tie = TIED * float(w @ np.ptp(payoff, axis=1))
    fewest = (least or Least()).of(float(w.sum()))
    used = w > 0
    root, second = found = _best_cuts(gains[used], sides[:, used], w[used], depth, fewest, tie)
    leaf = _leaves(root, second, sides)
    options = _name(found, leaf, gains, w, allowed, tie)
    return Found(root, second, options, float(w @ payoff[np.arange(len(payoff)), np.take(options, leaf)] / w.sum()))


def search_many(
    payoff: FloatArray,
    sides: BoolArray,
    weights: FloatArray,
    depth: int = DEEPEST,
    least: Least | None = None,
    allowed: BoolArray | None = None,
) -> list[Found]:
    """Find the best tree under each row of `weights` (R, n), such as bootstrap counts; the rest as in `search`."""
    weights = np.asarray(weights, dtype=float)
    if weights.ndim != 2:
        raise RegimeError("weights must be a table with one row a replicate and one column a person.")
    return [search(payoff, sides, depth, row, least, allowed) for row in weights]


def _checked(weights: FloatArray, people: int) -> FloatArray:
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (people,):
        raise RegimeError(f"weights must hold one number for each of the {people} people.")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise RegimeError("weights must be finite, 0 or more, and not all 0.")
    return weights


def _best_cuts(
    gains: FloatArray, sides: BoolArray, w: FloatArray, depth: int, fewest: float, tie: float
) -> tuple[int | None, tuple[int | None, int | None]]:
    total = w.sum()
    counts = sides @ w
    # A cut with too few people on one side can stand nowhere in the tree.
    kept = np.flatnonzero((counts >= fewest) & (total - counts >= fewest))
    if depth == 0 or not len(kept):
        return None, (None, None)
    true = sides[kept].astype(float)
    weighted = w[:, None] * gains
    sums, all_sums = true @ weighted, weighted.sum(axis=0)
    uncut = sums.max(axis=1), (all_sums - sums).max(axis=1)
    if depth == 1:
        splits = np.full((2, len(kept), 1), -np.inf)
    else:
        splits = _best_splits(true, weighted, w, fewest)
    # One column a shape: no second cut, one among those of whom the first is true, one among the others, both.
    cut = splits.max(axis=2)
    values = np.column_stack([uncut[0] + uncut[1], cut[0] + uncut[1], uncut[0] + cut[1], cut[0] + cut[1]])
    enough = max(all_sums.max(), values.max()) - tie
    if all_sums.max() >= enough:
        return None, (None, None)
    few_leaves = next(shapes for shapes in ([0], [1, 2], [3]) if (values[:, shapes] >= enough).any())
    root, shape = np.argwhere(values[:, few_leaves] >= enough)[0]
    made = few_leaves[shape]
    second = [
        int(kept[np.argmax(splits[side, root] >= cut[side, root] - tie)]) if made in shapes else None
        for side, shapes in enumerate(((1, 3), (2, 3)))
    ]
    return int(kept[root]), (second[0], second[1])


def _best_splits(true: FloatArray, weighted: FloatArray, w: FloatArray, fewest: float) -> FloatArray:
    """Summed payoff of both leaves when the people on one side of a first cut are split by a second.

    Returns
    -------
    array, shape (2, cuts, cuts)
        Among those of whom the first cut (rows) is true, and among the others; -inf where a leaf is too small.
    """
    sums, all_sums = true @ weighted, weighted.sum(axis=0)
    # The first option gains nothing over itself anywhere: 0 is where the maxima start.
    both, only_first, none = np.zeros((3, len(true), len(true)))
    for option in range(1, weighted.shape[1]):
        of_both = (true * weighted[:, option]) @ true.T
        one = sums[:, option]
        np.maximum(both, of_both, out=both)
        np.maximum(only_first, one[:, None] - of_both, out=only_first)
        np.maximum(none, of_both - one[:, None] - one + all_sums[option], out=none)
    people = (true * w) @ true.T
    one = true @ w
    first_enough = one[:, None] - people >= fewest
    none_enough = people - one[:, None] - one + w.sum() >= fewest
    return np.stack([
        np.where((people >= fewest) & first_enough, both + only_first, -np.inf),
        np.where(first_enough.T & none_enough, only_first.T + none, -np.inf),
    ])  # fmt: skip


def _leaves(root: int | None, second: tuple[int | None, int | None], sides: BoolArray) -> IntArray:
    people = sides.shape[1]
    if root is None:
        return np.zeros(people, dtype=np.intp)
    inner = [np.ones(people, dtype=bool) if cut is None else sides[cut] for cut in second]
    return np.where(sides[root], np.where(inner[0], 0, 1), np.where(inner[1], 2, 3)).astype(np.intp)


def _name(
    found: tuple[int | None, tuple[int | None, int | None]],
    leaf: IntArray,
    gains: FloatArray,
    w: FloatArray,
    allowed: BoolArray | None,
    tie: float,
) -> tuple[int, int, int, int]:
    """The best option of each of four leaves; where a side or the whole is not cut, its leaves agree."""
    root, second = found
    weights = w * (leaf == np.arange(4)[:, None])
    sums = weights @ gains
    tied = sums >= sums.max(axis=1, keepdims=True) - tie
    may = np.zeros_like(sums) if allowed is None else weights @ allowed
    best = np.where(tied, may, -1.0).argmax(axis=1).tolist()
    first = best[0]
    third = first if root is None else best[2]
    return first, first if second[0] is None else best[1], third, third if second[1] is None else best[3]
