"""One part of a cross-fit: people who are judged, and the engine and chances that were learned without them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bestviz.regime.judging.chances import Chances
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.scores import Stage, under
from bestviz.regime.judging.view import Encoded, View

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """People as rules see them.

    Attributes
    ----------
    baseline : array, shape (n, q)
        Encoded.
    allowed_first : bool array, shape (n, first arms)
    first : int array, shape (n,)
        First arm assigned.
    group : int array, shape (n,)
        Class at the second assignment; -1 where not known.
    choosable : bool array, shape (n, second arms)
        Second arms among which rules choose.
    as_randomised : array, shape (n, second arms)
        Probabilities of the second assignment.
    expected : array, shape (n, second arms, K)
        Expected outcomes of every second arm.
    """

    baseline: FloatArray
    allowed_first: BoolArray
    first: IntArray
    group: IntArray
    choosable: BoolArray
    as_randomised: FloatArray
    expected: FloatArray

    def take(self, rows: IntArray) -> Cases:
        """Some of the people."""
        return Cases(
            self.baseline[rows], self.allowed_first[rows], self.first[rows], self.group[rows], self.choosable[rows],
            self.as_randomised[rows], self.expected[rows],
        )  # fmt: skip


def cases_of(
    view: View, people: JudgedPeople, encoded: Encoded, groups: tuple[str, ...], second_table: FloatArray
) -> Cases:
    """What rules see of people; `groups` are the labels of the classes."""
    known = people.choosable & view.knows_second
    return Cases(
        encoded.baseline,
        people.data.allowed_first,
        people.first,
        people.group_codes(groups),
        np.where(known.any(axis=1, keepdims=True), known, people.choosable),
        second_table,
        view.second_expected(encoded),
    )


@dataclass(frozen=True)
class Source:
    """Where a part's chances come from.

    Attributes
    ----------
    chances : Chances
    everybody : JudgedPeople
    rows : int array
        The people, none of them judged in the part, on whom they were estimated.
    is_frozen : bool
        Whether the engine was learned elsewhere, not on these people.
    """

    chances: Chances
    everybody: JudgedPeople
    rows: IntArray
    is_frozen: bool


@dataclass(frozen=True)
class Part:
    """People who are judged by an engine that was not learned from them.

    Attributes
    ----------
    view : View
    training : Cases
        The people on whom the engine smooths, `view.engine.people`.
    rows : int array, shape (m,)
        Positions of the people judged among all.
    people : JudgedPeople
        Who is judged.
    cases : Cases
        The same people as rules see them.
    groups : tuple of str
        Labels of the classes.
    first_table : array, shape (m, first arms)
        Probabilities of the first assignment.
    seen_first : array, shape (m,)
    seen_second : array, shape (m, K)
    seen_early : array, shape (m, E)
        1 / probability of being seen, 0 for who was not.
    source : Source
    """

    view: View
    training: Cases
    rows: IntArray
    people: JudgedPeople
    cases: Cases
    groups: tuple[str, ...]
    first_table: FloatArray
    seen_first: FloatArray
    seen_second: FloatArray
    seen_early: FloatArray
    source: Source

    @classmethod
    def of(cls, view: View, training: Cases, source: Source, rows: IntArray, groups: tuple[str, ...]) -> Part:
        """Apply an engine and chances to some people (rows) of all."""
        people, chances = source.everybody.take(rows), source.chances
        encoded = view.encode(people)
        return cls(
            view,
            training,
            rows,
            people,
            cases_of(view, people, encoded, groups, chances.second_table(view, people, encoded)),
            groups,
            chances.first_table(people, encoded),
            chances.seen_first(view, people, encoded),
            chances.seen_second(view, people, encoded),
            chances.seen_early(view, people, encoded),
            source,
        )

    @property
    def is_frozen(self) -> bool:
        """Whether the engine was learned elsewhere."""
        return self.source.is_frozen

    @cached_property
    def elsewhere(self) -> Part:
        """The people of the same trial who are not judged here, seen alike: rules may be learned from them."""
        return Part.of(self.view, self.training, self.source, self.source.rows, self.groups)

    @property
    def first_options(self) -> BoolArray:
        """First arms among which rules choose; shape (m, first arms)."""
        known = self.cases.allowed_first & self.view.knows_first
        return np.where(known.any(axis=1, keepdims=True), known, self.cases.allowed_first)

    @cached_property
    def second_scores(self) -> FloatArray:
        """Doubly robust scores of every second arm; shape (m, second arms, K)."""
        data = self.people.data
        stage = Stage(self.cases.expected, self.cases.as_randomised, self.people.second, self.seen_second)
        return stage.scores(data.outcomes[list(self.view.outcomes)].to_numpy())

    @cached_property
    def early_scores(self) -> FloatArray:
        """Doubly robust scores of every first arm for the early outcomes; shape (m, first arms, E)."""
        expected = self.view.early_expected(self.cases.baseline)
        stage = Stage(expected, self.first_table, self.people.first, self.seen_early)
        return stage.scores(self.people.data.early[list(self.view.early)].to_numpy())

    def first_expected(self, training_rule: FloatArray, baseline: FloatArray) -> FloatArray:
        """Expected outcomes of every first arm followed by a second-stage rule.

        Parameters
        ----------
        training_rule : array, shape (training people, second arms)
            Probability with which the rule gives each of the training people each second arm.
        baseline : array, shape (n, q)

        Returns
        -------
        array, shape (n, first arms, K)
        """
        return self.view.first_expected(under(training_rule, self.training.expected), baseline)

    def first_scores(self, expected: FloatArray, later: FloatArray) -> FloatArray:
        """Doubly robust scores of every first arm.

        Parameters
        ----------
        expected : array, shape (m, first arms, k)
            Of every first arm followed by a second-stage rule.
        later : array, shape (m, k)
            Scores of that rule at the second stage.

        Returns
        -------
        array, shape (m, first arms, k)
        """
        return Stage(expected, self.first_table, self.people.first, self.seen_first).scores(later)

    def course_weights(self, first_rule: FloatArray, second_rule: FloatArray, weights: FloatArray) -> FloatArray:
        """How much each person's outcomes count for a regime, 0 for who did not follow it or was not seen.

        Parameters
        ----------
        first_rule, second_rule : array, shape (m, arms of the stage)
        weights : array, shape (K,)
            Of the outcomes.

        Returns
        -------
        array, shape (m,)
        """
        rows = np.flatnonzero(self.people.second >= 0)
        first, second = self.people.first[rows], self.people.second[rows]
        counted = np.zeros(len(self.people))
        counted[rows] = (
            first_rule[rows, first] / self.first_table[rows, first] * self.seen_first[rows]
            * second_rule[rows, second] / self.cases.as_randomised[rows, second] * (self.seen_second[rows] @ weights)
        )  # fmt: skip
        return counted
