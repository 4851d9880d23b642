"""A tree that names an option for everybody: at most two questions, then a leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.trees.cuts import Cut
from bestviz.regime.trees.fallback import Fallback
from bestviz.regime.trees.gate import allowed_options, people_table

BoolArray = npt.NDArray[np.bool_]

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Leaf:
    """Where a tree names an option.

    Attributes
    ----------
    option : str
    people : float
        Training people of the leaf, counted with their weights.
    allowed : float
        Share of them who may have the option; the others get the fallback.
    value : float
        Their mean score with what they get.
    """

    option: str
    people: float
    allowed: float
    value: float

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"option": self.option, "people": self.people, "allowed": self.allowed, "value": self.value}


@dataclass(frozen=True)
class Split:
    """Where a tree asks a question.

    Attributes
    ----------
    cut : Cut
    true, otherwise : Split or Leaf
        Where people go of whom the cut is true, and all others.
    """

    cut: Cut
    true: Split | Leaf
    otherwise: Split | Leaf

    def to_dict(self) -> dict[str, object]:
        """For JSON; nested."""
        return {"cut": self.cut.to_dict(), "if": self.true.to_dict(), "otherwise": self.otherwise.to_dict()}


Node = Split | Leaf


@dataclass(frozen=True)
class PolicyTree:
    """A decision rule that can be read.

    Attributes
    ----------
    root : Split or Leaf
    fallback : Fallback
        What people get who may not have the option that their leaf names.
    value : float
        Mean score of the people from whom the tree was learned, in the unit of the scores. It is optimistic: the tree
        is the best of very many on these very scores. For a value to report, learn and judge on different people.
    people : float
        People from whom it was learned, counted with their weights.
    """

    root: Node
    fallback: Fallback
    value: float
    people: float

    @property
    def options(self) -> tuple[str, ...]:
        """All options that a leaf could name."""
        return self.fallback.options

    @property
    def depth(self) -> int:
        """Most questions that one person is asked."""
        return _depth(self.root)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Leaves in the order in which they are read."""
        return tuple(node for node in _nodes(self.root) if isinstance(node, Leaf))

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Questions in the order in which they are read."""
        return tuple(node.cut for node in _nodes(self.root) if isinstance(node, Split))

    @property
    def features(self) -> tuple[str, ...]:
        """Features asked for, each once, in the order in which they are read."""
        return tuple(dict.fromkeys(cut.feature for cut in self.cuts))

    def named(self, features: pd.DataFrame) -> pd.Series:
        """Option that the leaf of each person names, whether or not the person may have it.

        Parameters
        ----------
        features : DataFrame, one row a person
            At least the features that the tree asks for, in the form in which it was learned; missing allowed.

        Raises
        ------
        RegimeError
            A feature is not there, or holds names in place of numbers.
        """
        features = people_table(features)
        absent = [name for name in self.features if name not in features.columns]
        if absent:
            raise RegimeError(f"The tree asks for {', '.join(absent)}; give features such a column, even an empty one.")
        names = np.empty(len(features), dtype=object)
        for leaf, members in _members(self.root, features, np.ones(len(features), dtype=bool)):
            names[members] = leaf.option
        return pd.Series(names, index=features.index, dtype="str")

    def decide(self, features: pd.DataFrame, allowed: pd.DataFrame | None = None) -> pd.Series:
        """Option of each person: never one that is not allowed.

        Parameters
        ----------
        features : DataFrame, one row a person
            As in `named`.
        allowed : DataFrame of bool, optional
            One column an option, matched by index; default everything.

        Raises
        ------
        RegimeError
            As in `named`, or the allowed sets are not those of the same people, or nothing is allowed for somebody.
        """
        named = self.named(features)
        granted = self.fallback.granted(allowed_options(allowed, named.index, self.options))
        position = pd.Index(self.options, dtype=object).get_indexer(pd.Index(named, dtype=object))
        got = np.asarray(self.options, dtype=object)[granted[np.arange(len(named)), position]]
        return pd.Series(got, index=named.index, dtype="str")

    def describe(
        self, labels: Texts | None = None, levels: Mapping[str, Texts] | None = None, options: Texts | None = None
    ) -> list[str]:
        """The rule in plain lines: the questions, then where a value is not known, then where an option is not allowed.

        Parameters
        ----------
        labels : mapping of str to str, optional
            Texts of features as they stand after "If".
        levels : mapping of str to mapping of str to str, optional
            For some features, texts of their categories: "yes" and "no" of a yes/no feature; the number, such as "3",
            of categories given by rank.
        options : mapping of str to str, optional
            Texts of options.
        """
        return list(_Reader(labels or {}, levels or {}, options or {}).lines(self))

    def to_dict(self) -> dict[str, object]:
        """For JSON; the rule is nested."""
        return {
            "depth": self.depth,
            "features": list(self.features),
            "options": list(self.options),
            "rule": self.root.to_dict(),
            "fallback": self.fallback.to_dict(),
            "value": self.value,
            "people": self.people,
        }


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Split):
        yield from _nodes(node.true)
        yield from _nodes(node.otherwise)


def _depth(node: Node) -> int:
    return 0 if isinstance(node, Leaf) else 1 + max(_depth(node.true), _depth(node.otherwise))


def _members(node: Node, features: pd.DataFrame, here: BoolArray) -> Iterator[tuple[Leaf, BoolArray]]:
    """Each leaf with the people who reach it."""
    if isinstance(node, Leaf):
        yield node, here
    else:
        true = node.cut.holds(features[node.cut.feature])
        yield from _members(node.true, features, here & true)
        yield from _members(node.otherwise, features, here & ~true)


@dataclass(frozen=True)
class _Reader:
    """Puts a tree into words."""

    labels: Texts
    levels: Mapping[str, Texts]
    options: Texts

    def lines(self, tree: PolicyTree) -> Iterator[str]:
        if isinstance(tree.root, Leaf):
            yield f"Everybody: {self._option(tree.root.option)}"
        else:
            yield from self._rule(tree.root)
        for cut in dict.fromkeys(tree.cuts):
            true, other = cut.sides(self.levels.get(cut.feature))
            yield f"If {self._label(cut)} is not known, it counts as {true if cut.missing else other}"
        yield from self._replaced(tree)

    def _rule(self, node: Node) -> list[str]:
        if isinstance(node, Leaf):
            return [self._option(node.option)]
        condition, true, other = self._condition(node.cut), self._rule(node.true), self._rule(node.otherwise)
        if isinstance(node.true, Split):
            end = ["Otherwise:", *_indented(other)] if isinstance(node.otherwise, Split) else [f"Otherwise: {other[0]}"]
            return [f"If {condition}:", *_indented(true), *end]
        if isinstance(node.otherwise, Split):
            return [f"If {condition}: {true[0]}", f"Otherwise, i{other[0][1:]}", *other[1:]]
        return [f"If {condition}: {true[0]}; otherwise: {other[0]}"]

    def _replaced(self, tree: PolicyTree) -> Iterator[str]:
        """What stands for options that are not allowed."""
        if len(tree.options) < 2:
            return
        for option in dict.fromkeys(leaf.option for leaf in tree.leaves):
            if option in tree.fallback.alternatives:
                instead = tree.fallback.alternatives[option]
                yield f"Where {self._option(option)} is not possible: {self._option(instead)}"
        ranking = ", ".join(map(self._option, tree.fallback.ranking))
        yield f"Where this is not possible: the first possible of {ranking}"

    def _condition(self, cut: Cut) -> str:
        return f"{self._label(cut)} is {cut.sides(self.levels.get(cut.feature))[0]}"

    def _label(self, cut: Cut) -> str:
        return self.labels.get(cut.feature, cut.feature)

    def _option(self, option: str) -> str:
        return self.options.get(option, option)


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
