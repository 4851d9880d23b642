"""All regimes whose values are shown together, in one part of a cross-fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.judging.part import Part
from bestviz.regime.judging.plans import (
    best,
    best_plan,
    learned_first,
    learned_second,
    rank_first,
    single_treatment,
)
from bestviz.regime.judging.scores import under
from bestviz.regime.judging.tree import learn_trees

FloatArray = npt.NDArray[np.float64]

AS_RANDOMISED = "as_randomised"
SINGLE = "single:"
BEST_SINGLE = "best_single"
BEST_FIXED = "best_fixed"
FIRST_ONLY = "personalise_first_only"
LEARNED = "learned"
TREE = "tree"
REFERENCES = (AS_RANDOMISED, BEST_SINGLE, BEST_FIXED)


@dataclass(frozen=True)
class Followed:
    """A regime in one part.

    Attributes
    ----------
    name : str
    first, second : array, shape (m, arms of the stage)
        Probability with which it gives each person each arm.
    options : array, shape (m, first arms, K)
        Scores of every first arm followed by its second-stage rule.
    named : str
        What was chosen in the training people: a first arm, for a plan also a second arm for each class; else empty.
    """

    name: str
    first: FloatArray
    second: FloatArray
    options: FloatArray
    named: str = ""

    def scores(self, part: Part) -> FloatArray:
        """Scores of the outcomes, later ones first; shape (m, K + E)."""
        return np.hstack([under(self.first, self.options), under(self.first, part.early_scores)])


def regimes_of(part: Part, weights: FloatArray, with_tree: bool = False) -> Iterator[Followed]:
    """The regimes for weights (K,) of the outcomes; whatever is chosen is chosen in the training people."""
    cases, training = part.cases, part.training
    later = under(cases.as_randomised, part.second_scores)
    expected = part.first_expected(training.as_randomised, cases.baseline)
    options = part.first_scores(expected, later)

    def then_randomised(name: str, first: FloatArray, named: str = "") -> Followed:
        return Followed(name, first, cases.as_randomised, options, named)

    labels = part.people.data.first_arms.labels
    starts = [single_treatment(arm, cases.allowed_first, part.first_table) for arm in range(len(labels))]
    top = rank_first(part, training.as_randomised, weights)[0]
    yield then_randomised(AS_RANDOMISED, part.first_table)
    for label, start in zip(labels, starts, strict=True):
        yield then_randomised(SINGLE + label, start)
    yield then_randomised(BEST_SINGLE, starts[top], labels[top])
    plan = best_plan(part, weights)
    yield _followed(
        part, BEST_FIXED, plan.first_rule(part.first_options), plan.second_rule(training), plan.second_rule(cases),
        labels[plan.first[0]],
    )  # fmt: skip
    yield then_randomised(FIRST_ONLY, best(expected @ weights, part.first_options))
    yield learned_regime(part, weights)
    if with_tree:
        tree = learn_trees(part, weights)
        # Nobody's features are kept for an engine that was learned elsewhere; its own rule then stands for the tree in
        # what is expected, which only has to be near.
        known = None if part.is_frozen else tree.second_rule(part.elsewhere, weights)[part.view.engine.people]
        yield _followed(
            part, TREE, tree.first_rule(part), learned_second(training, weights) if known is None else known,
            tree.second_rule(part, weights),
        )  # fmt: skip


def learned_regime(part: Part, weights: FloatArray) -> Followed:
    """The learned regime for weights (K,) of the outcomes."""
    return _followed(
        part, LEARNED, learned_first(part, weights), learned_second(part.training, weights),
        learned_second(part.cases, weights),
    )  # fmt: skip


def _followed(
    part: Part, name: str, first: FloatArray, training_rule: FloatArray, second: FloatArray, named: str = ""
) -> Followed:
    """A regime from its first-stage rule and its second-stage rule, in the training people and in those judged."""
    expected = part.first_expected(training_rule, part.cases.baseline)
    return Followed(name, first, second, part.first_scores(expected, under(second, part.second_scores)), named)
