"""Rules that can be read: the exact best tree with no, one or two questions, from doubly robust scores."""

from bestviz.regime.trees.cuts import Cut
from bestviz.regime.trees.fallback import Fallback, rank_options
from bestviz.regime.trees.learn import Stability, TreeSearch
from bestviz.regime.trees.moves import Moves, move_of
from bestviz.regime.trees.search import Found, Least, search, search_many
from bestviz.regime.trees.tree import Leaf, PolicyTree, Split

__all__ = [
    "Cut",
    "Fallback",
    "Found",
    "Leaf",
    "Least",
    "Moves",
    "PolicyTree",
    "Split",
    "Stability",
    "TreeSearch",
    "move_of",
    "rank_options",
    "search",
    "search_many",
]
