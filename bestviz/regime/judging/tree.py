"""Readable rules learned in the training people of a part: one tree a stage, from doubly robust scores.

The second tree is learned first, on the scores of the second arms as moves (continue, add, switch); the first on the
scores of the first arms followed by it. For an engine that was learned elsewhere the outcomes of new people are not
touched: the trees then read the engine's expectations in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.judging.part import Part
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.plans import learned_second, taking
from bestviz.regime.judging.scores import under
from bestviz.regime.trees import Moves, PolicyTree, TreeSearch

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Marks features of the second assignment where names of both stages stand side by side.
INTERIM_PREFIX = "interim."
FIRST_ARM = "first arm"


@dataclass(frozen=True)
class TreeRule:
    """A readable two-stage regime.

    Attributes
    ----------
    first : PolicyTree
        Options are first arms.
    second : PolicyTree
        Options are moves.
    moves : Moves
    """

    first: PolicyTree
    second: PolicyTree
    moves: Moves

    def first_rule(self, part: Part) -> FloatArray:
        """First arm of the people of a part; shape (m, first arms)."""
        return _first_rule(part, self.first)

    def second_rule(self, part: Part, weights: FloatArray) -> FloatArray:
        """Second arm of the people of a part; shape (m, second arms)."""
        return _second_rule(part, self.second, self.moves, weights)


def learn_trees(part: Part, weights: FloatArray) -> TreeRule:
    """Learn both trees in the people from whom the rules of a part may be learned.

    Parameters
    ----------
    weights : array, shape (K,)
        Of the outcomes.
    """
    source = part.elsewhere
    people, own = source.people, not part.is_frozen
    seen = np.flatnonzero(source.seen_first > 0)
    some = people.take(seen)
    scores = (source.second_scores if own else source.cases.expected) @ weights
    first, allowed = (
        some.data.first,
        allowed_flags(source.cases.choosable[seen], people.data.second_arms.labels, some.index),
    )
    moves = Moves.learn(first, allowed)
    table = pd.DataFrame(scores[seen], index=some.index, columns=allowed.columns)
    search = TreeSearch.prepare(
        second_features(some), moves.scores(first, table), moves.allowed(first, allowed),
        alternatives=moves.alternatives,
    )  # fmt: skip
    second = search.tree()
    rule = _second_rule(source, second, moves, weights)
    later = under(rule, source.second_scores)
    training = rule[part.view.engine.people] if own else learned_second(part.training, weights)
    expected = part.first_expected(training, source.cases.baseline)
    starts = (source.first_scores(expected, later) if own else expected) @ weights
    labels = people.data.first_arms.labels
    options = allowed_flags(source.first_options, labels, people.index)
    first_search = TreeSearch.prepare(
        people.data.baseline, pd.DataFrame(starts, index=people.index, columns=options.columns), options
    )
    return TreeRule(first_search.tree(), second, moves)


def second_features(people: JudgedPeople) -> pd.DataFrame:
    """What a tree may ask at the second assignment: baseline, state and first arm."""
    data = people.data
    return data.baseline.join(data.interim.add_prefix(INTERIM_PREFIX)).assign(**{FIRST_ARM: data.first})


def _first_rule(part: Part, tree: PolicyTree) -> FloatArray:
    people = part.people
    labels = people.data.first_arms.labels
    chosen = tree.decide(people.data.baseline, allowed_flags(part.first_options, labels, people.index))
    return taking(people.data.first_arms.codes(chosen), len(labels))


def _second_rule(part: Part, tree: PolicyTree, moves: Moves, weights: FloatArray) -> FloatArray:
    """As the tree says; as learned for people whom it cannot tell anything, such as those who were not seen."""
    people, labels = part.people, part.people.data.second_arms.labels
    rule = learned_second(part.cases, weights)
    known = np.flatnonzero((part.seen_first > 0) & people.data.first.isin(list(moves.arms)).to_numpy())
    if not len(known):
        return rule
    some = people.take(known)
    allowed = moves.allowed(some.data.first, allowed_flags(part.cases.choosable[known], labels, some.index))
    possible = allowed.any(axis=1).to_numpy()
    told, first = second_features(some)[possible], some.data.first[possible]
    if len(told):
        chosen = moves.second_arms(first, tree.decide(told, allowed[possible]))
        rule[known[possible]] = taking(people.data.second_arms.codes(chosen), len(labels))
    return rule


def allowed_flags(allowed: npt.NDArray[np.bool_], labels: tuple[str, ...], index: pd.Index) -> pd.DataFrame:
    """Flags (n, arms) as a table with one column an arm."""
    return pd.DataFrame(allowed, index=index, columns=list(labels))
