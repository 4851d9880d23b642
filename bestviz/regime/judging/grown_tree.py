"""The readable rule that is shown: learned from everybody, each seen through what was learned without them.

What it is worth is judged elsewhere, by rules learned in the same way in parts of the people: the numbers in the leaves
here are of the people in whom the tree was found to be best, and flattered by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.judging.part import Part
from bestviz.regime.judging.plans import learned_second
from bestviz.regime.judging.scores import under
from bestviz.regime.judging.tree import TreeRule, allowed_flags, second_features
from bestviz.regime.trees import Leaf, Moves, PolicyTree, Split, Stability, TreeSearch

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

REDRAWS = 100


@dataclass(frozen=True)
class Stage:
    """One stage of the rule, and the people from whom it was learned.

    Attributes
    ----------
    tree : PolicyTree
    features : DataFrame
        What the tree may ask, a row a person.
    payoff : Series of float
        Score of what each person gets.
    stability : Stability
    """

    tree: PolicyTree
    features: pd.DataFrame
    payoff: pd.Series
    stability: Stability

    @property
    def members(self) -> Iterator[tuple[Leaf, pd.Index]]:
        """Each leaf in the order in which it is read, with its people."""
        yield from _members(self.tree.root, self.features)


@dataclass(frozen=True)
class GrownTree:
    """A readable two-stage rule learned from everybody.

    Attributes
    ----------
    first, second : Stage
        Options are first arms, and moves.
    """

    first: Stage
    second: Stage


def grow_tree(parts: Sequence[Part], weights: FloatArray, replicates: int) -> GrownTree:
    """Learn both trees from the people of all parts of a split, the second first.

    Parameters
    ----------
    weights : array, shape (K,)
        Of the outcomes.
    replicates : int
        Bootstrap samples for the stability.
    """
    told = [_told(part, weights) for part in parts]
    first = pd.concat([each[0] for each in told])
    allowed, scores = (pd.concat([each[at] for each in told]) for at in (1, 2))
    features = pd.concat([second_features(part.people) for part in parts]).loc[first.index]
    moves = Moves.learn(first, allowed)
    search = TreeSearch.prepare(
        features, moves.scores(first, scores), moves.allowed(first, allowed), alternatives=moves.alternatives
    )
    second = _stage(search, features, replicates)
    rule = TreeRule(second.tree, second.tree, moves)
    starts = pd.concat([_starts(part, rule, weights) for part in parts])
    labels = parts[0].people.data.first_arms.labels
    options = pd.concat([allowed_flags(part.first_options, labels, part.people.index) for part in parts])
    baseline = pd.concat([part.people.data.baseline for part in parts])
    return GrownTree(_stage(TreeSearch.prepare(baseline, starts, options), baseline, replicates), second)


def _told(part: Part, weights: FloatArray) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """First arm, allowed second arms and their scores, of the people of a part who were seen at week 12."""
    seen = np.flatnonzero(part.seen_first > 0)
    index, labels = part.people.index[seen], part.people.data.second_arms.labels
    scores = (part.cases.expected if part.is_frozen else part.second_scores) @ weights
    allowed = allowed_flags(part.cases.choosable[seen], labels, index)
    return part.people.data.first.iloc[seen], allowed, pd.DataFrame(scores[seen], index, list(labels))


def _starts(part: Part, rule: TreeRule, weights: FloatArray) -> pd.DataFrame:
    """Scores of the first arms followed by the second tree."""
    later = under(rule.second_rule(part, weights), part.second_scores)
    training = (
        learned_second(part.training, weights)
        if part.is_frozen
        else rule.second_rule(part.elsewhere, weights)[part.view.engine.people]
    )
    expected = part.first_expected(training, part.cases.baseline)
    scores = expected if part.is_frozen else part.first_scores(expected, later)
    return pd.DataFrame(scores @ weights, part.people.index, list(part.people.data.first_arms.labels))


def _stage(search: TreeSearch, features: pd.DataFrame, replicates: int) -> Stage:
    tree = search.tree()
    options = pd.Index(tree.options, dtype=object).get_indexer(pd.Index(tree.named(features), dtype=object))
    payoff = pd.Series(search.payoff[np.arange(len(features)), options], features.index)
    counts = np.random.default_rng(0).multinomial(len(features), np.full(len(features), 1 / len(features)), replicates)
    return Stage(tree, features, payoff, search.stability(counts.astype(float)))


def _members(node: Split | Leaf, features: pd.DataFrame) -> Iterator[tuple[Leaf, pd.Index]]:
    if isinstance(node, Leaf):
        yield node, features.index
        return
    true: BoolArray = node.cut.holds(features[node.cut.feature])
    yield from _members(node.true, features[true])
    yield from _members(node.otherwise, features[~true])
