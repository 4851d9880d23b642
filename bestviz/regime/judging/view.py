"""A fitted engine seen through the arms and outcomes of the people in whom it is judged.

A fold, or another trial, may lack arms and outcomes that the engine knows, and the other way round. Here everything is
put into the order of the people's own arms and outcomes. An arm that the engine never saw is expected to do as the mean
of those it knows; no rule of its own chooses it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.arms import ArmCoding
from bestviz.regime.engine import Engine
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.weights import distinct_exclusions

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Encoded:
    """People as the engine encodes them.

    Attributes
    ----------
    baseline : array, shape (n, q)
    state : array, shape (n, s)
        Interim state, filled in for those in whom it was not seen.
    first : int array, shape (n,)
        First arm as the engine codes it; -1 for one that it does not know.
    """

    baseline: FloatArray
    state: FloatArray
    first: IntArray


class View:
    """An engine in the order of some people's arms and outcomes.

    Attributes
    ----------
    engine : Engine
    outcomes, early : tuple of str
        Outcomes of the second and of the first stage that both the engine and the people have.
    knows_first, knows_second : bool array, shape (arms of the stage,)
        Arms of the people that the engine knows.

    Parameters
    ----------
    only : collection of str, optional
        Look at these outcomes alone.
    """

    def __init__(self, engine: Engine, people: JudgedPeople, only: Collection[str] | None = None) -> None:
        data = people.data
        self.engine = engine
        wanted = {*data.outcomes, *data.early} if only is None else set(only)
        self.outcomes = tuple(n for n in engine.outcome_names[: engine.weighable] if n in data.outcomes and n in wanted)
        self.early = tuple(n for n in engine.early_names if n in data.early and n in wanted)
        self._first = engine.first_arms.codes(data.first_arms.labels)
        self._second = engine.second_arms.codes(data.second_arms.labels)
        self._outcomes = [engine.outcome_names.index(name) for name in self.outcomes]
        self._early = [engine.early_names.index(name) for name in self.early]
        self.knows_first, self.knows_second = self._first >= 0, self._second >= 0

    def encode(self, people: JudgedPeople) -> Encoded:
        """Encode people."""
        filler = self.engine.filler
        baseline = filler.baseline.linear(people.data.baseline)
        first = self._first[people.first]
        return Encoded(baseline, filler.fill_interim(baseline, first, people.data.interim), first)

    def before_second(self, encoded: Encoded) -> FloatArray:
        """What is known of people before the second assignment, as columns; shape (n, p)."""
        return np.hstack([encoded.baseline, _held(self.engine.first_arms, encoded.first), encoded.state])

    def before_state(self, encoded: Encoded) -> FloatArray:
        """What is known of people in the first period, as columns; shape (n, p)."""
        return np.hstack([encoded.baseline, _held(self.engine.first_arms, encoded.first)])

    def before_outcome(self, encoded: Encoded, second: IntArray) -> FloatArray:
        """What is known of people in the second period, as columns; shape (n, p)."""
        held = _held(self.engine.second_arms, np.where(second >= 0, self._second[second], -1))
        return np.hstack([self.before_second(encoded), held])

    def second_expected(self, encoded: Encoded) -> FloatArray:
        """Expected outcomes of every second arm; shape (n, arms, K)."""
        values = self.engine.second_values(encoded.baseline, encoded.state, np.maximum(encoded.first, 0))
        return _reordered(values, self._second)[:, :, self._outcomes]

    def first_expected(self, later: FloatArray, baseline: FloatArray) -> FloatArray:
        """Any quantities of the engine's training people, smoothed on baseline and first arm.

        Parameters
        ----------
        later : array, shape (training people of the engine, k)
        baseline : array, shape (m, q)
            Encoded.

        Returns
        -------
        array, shape (m, arms, k)
        """
        return _reordered(self.engine.smooth_first(later, baseline), self._first)

    def early_expected(self, baseline: FloatArray) -> FloatArray:
        """Expected early outcomes of every first arm; shape (m, arms, E)."""
        return self.first_expected(self.engine.completed.early[0][:, self._early], baseline)

    def learned_first(
        self, baseline: FloatArray, weights: FloatArray, excluded: BoolArray, people: JudgedPeople
    ) -> FloatArray:
        """Weighted outcome of every first arm followed by the learned second-stage rule.

        Parameters
        ----------
        baseline : array, shape (m, q)
            Encoded.
        weights : array, shape (K,)
            Of the outcomes.
        excluded : bool array, shape (m, treatments)
            Treatments that these people can have at no stage.
        people : JudgedPeople
            Says which treatments these are.

        Returns
        -------
        array, shape (m, arms)
        """
        own = np.zeros(len(self.engine.outcome_names))
        own[self._outcomes] = weights
        values = np.empty((len(baseline), len(self._first), 1))
        for out, members in distinct_exclusions(excluded, people.treatments):
            rows = np.tile(own, (len(members), 1))
            found = self.engine.first_values(baseline[members], rows, out)
            values[members] = _reordered(found[:, :, None], self._first)
        return values[:, :, 0]


def _reordered(values: FloatArray, place: IntArray) -> FloatArray:
    """Values of the engine's arms (n, arms, k) in another order; the mean for arms that it does not have (-1)."""
    ordered = values[:, np.maximum(place, 0)]
    ordered[:, place < 0] = values.mean(axis=1, keepdims=True)
    return ordered


def _held(arms: ArmCoding, codes: IntArray) -> FloatArray:
    """Treatments of the arms, centred; 0 where there is none."""
    return np.where(codes[:, None] >= 0, arms.components[codes], 0.0)
