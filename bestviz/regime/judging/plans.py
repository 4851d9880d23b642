"""Regimes that are judged: the learned one and the plain ones it is compared with, as tables of probabilities.

A second-stage rule is an array (n, second arms), a first-stage rule an array (n, first arms): the probability with
which each person gets each arm. Plans rank all arms, and a person who may not have an arm gets the first one in the
ranking that is possible; who may not have a single treatment is randomised among the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bestviz.regime.judging.part import Cases, Part
from bestviz.regime.judging.people import JudgedPeople

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


def taking(arm: IntArray, arms: int) -> FloatArray:
    """The rule that gives each person one arm (n,) for certain; shape (n, arms)."""
    return np.eye(arms)[arm]


def best(values: FloatArray, allowed: BoolArray) -> FloatArray:
    """The rule that gives each person the allowed arm with the highest value; both (n, arms)."""
    return taking(np.where(allowed, values, -np.inf).argmax(axis=1), values.shape[1])


def highest_ranked(ranking: IntArray, allowed: BoolArray) -> FloatArray:
    """The rule that gives each person the first allowed arm of a ranking, (arms,) or (n, arms)."""
    order = np.broadcast_to(ranking, allowed.shape)
    place = np.take_along_axis(allowed, order, axis=1).argmax(axis=1)
    return taking(order[np.arange(len(order)), place], allowed.shape[1])


def single_treatment(arm: int, allowed: BoolArray, as_randomised: FloatArray) -> FloatArray:
    """The first-stage rule that gives an arm to all who may have it, and randomises the others."""
    start = taking(np.full(len(allowed), arm), allowed.shape[1])
    return np.where(allowed[:, [arm]], start, as_randomised)


def learned_second(cases: Cases, weights: FloatArray) -> FloatArray:
    """The learned second-stage rule: the highest expected weighted outcome."""
    return best(cases.expected @ weights, cases.choosable)


def learned_first(part: Part, weights: FloatArray) -> FloatArray:
    """The learned first-stage rule."""
    people = part.people
    values = part.view.learned_first(part.cases.baseline, weights, people.excluded, people)
    return best(values, part.first_options)


@dataclass(frozen=True)
class FixedPlan:
    """A first arm, and a second arm for each class; all arms ranked for who may not have those.

    Attributes
    ----------
    first : int array, shape (first arms,)
        Arms, best first.
    second : int array, shape (first arms, classes, second arms)
        For each first arm and class, second arms, best first.
    """

    first: IntArray
    second: IntArray

    def first_rule(self, allowed: BoolArray) -> FloatArray:
        """The highest-ranked first arm that each person may have."""
        return highest_ranked(self.first, allowed)

    def second_rule(self, cases: Cases) -> FloatArray:
        """The highest-ranked second arm that each person may have; as randomised where the class is not known."""
        rule = highest_ranked(self.second[cases.first, cases.group], cases.choosable)
        return np.where(cases.group[:, None] >= 0, rule, cases.as_randomised)

    def starting(self, arm: int) -> FixedPlan:
        """The same plan with another first arm."""
        return replace(self, first=_moved_up(self.first, arm))

    def naming(self, group: int, arm: int) -> FixedPlan:
        """The same plan with another second arm for one class after its first arm."""
        second = self.second.copy()
        second[self.first[0], group] = _moved_up(second[self.first[0], group], arm)
        return replace(self, second=second)


def _moved_up(ranking: IntArray, arm: int) -> IntArray:
    return np.concatenate([[arm], ranking[ranking != arm]]).astype(np.intp)


def best_plan(part: Part, weights: FloatArray) -> FixedPlan:
    """The best fixed plan for given weights of the outcomes, as the engine's training people show it.

    Second arms are ranked by the expected weighted outcome in training people with the same first arm and class, first
    arms by that of the plans that start with them; only people who may have all the arms compared are asked, where
    there are any. Expected outcomes are steadier than weighted outcomes of the few who happened to follow a plan; what
    the plan is worth is judged on other people in any case.
    """
    cases = part.training
    values = cases.expected @ weights
    second = np.empty((cases.allowed_first.shape[1], len(part.groups), values.shape[1]), dtype=np.intp)
    for first in range(len(second)):
        for group in range(len(part.groups)):
            cell = np.flatnonzero((cases.first == first) & (cases.group == group))
            cell = cell if len(cell) else np.arange(len(values))
            second[first, group] = _ranked(values[cell], cases.choosable[cell], part.view.knows_second)
    plan = FixedPlan(np.arange(len(second), dtype=np.intp), second)
    return replace(plan, first=rank_first(part, plan.second_rule(cases), weights))


def rank_first(part: Part, training_rule: FloatArray, weights: FloatArray) -> IntArray:
    """First arms by the expected weighted outcome of the training people, had all started with them, best first.

    Parameters
    ----------
    training_rule : array, shape (training people, second arms)
        What follows.
    """
    cases = part.training
    values = part.first_expected(training_rule, cases.baseline) @ weights
    return _ranked(values, cases.allowed_first, part.view.knows_first)


def _ranked(values: FloatArray, allowed: BoolArray, known: BoolArray) -> IntArray:
    """Arms by their mean value among people who may have every arm that anybody here may have, best first."""
    free = (allowed | ~allowed.any(axis=0)).all(axis=1)
    means = values[free if free.any() else slice(None)].mean(axis=0)
    return np.argsort(-np.where(known, means, -np.inf), kind="stable").astype(np.intp)


@dataclass(frozen=True)
class Piece:
    """A second arm for one class after one first arm: plans are made of these.

    Attributes
    ----------
    first, group, second : int
        Positions of the first arm, the class and the second arm.
    """

    first: int
    group: int
    second: int


def pieces_of(people: JudgedPeople, groups: tuple[str, ...]) -> list[Piece]:
    """Every second arm that somebody could have had, by first arm and class."""
    codes = people.group_codes(groups)
    found = []
    for first in range(people.data.allowed_first.shape[1]):
        for group in range(len(groups)):
            cell = people.seen & (people.first == first) & (codes == group)
            found += [Piece(first, group, int(arm)) for arm in np.flatnonzero(people.choosable[cell].any(axis=0))]
    return found


def piece_scores(part: Part, weights: FloatArray, pieces: list[Piece]) -> FloatArray:
    """What each piece adds to the score of the plans that hold it: a plan's score is the sum over its classes.

    Parameters
    ----------
    weights : array, shape (K,)
        Of the outcomes.
    pieces : list of Piece

    Returns
    -------
    array, shape (m, pieces)
    """
    base = best_plan(part, weights)
    expected, scores = part.training.expected @ weights, part.second_scores @ weights
    before, later, rules = [], [], []
    for piece in pieces:
        plan = base.starting(piece.first).naming(piece.group, piece.second)
        rules.append(plan.first_rule(part.cases.allowed_first))
        before.append(_within(plan, part.training, piece.group, expected))
        later.append(_within(plan, part.cases, piece.group, scores))
    smoothed = part.view.first_expected(np.column_stack(before), part.cases.baseline)
    options = part.first_scores(smoothed, np.column_stack(later))
    return np.einsum("pna,nap->np", np.stack(rules), options)


def _within(plan: FixedPlan, cases: Cases, group: int, values: FloatArray) -> FloatArray:
    """What the plan's second arms are worth in people of one class, 0 in the others; shape (n,).

    People whose class is not known count in the first class, so that nobody is lost in the sum.
    """
    return np.where(np.maximum(cases.group, 0) == group, (plan.second_rule(cases) * values).sum(axis=1), 0.0)
