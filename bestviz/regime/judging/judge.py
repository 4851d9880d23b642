"""The judge: values of the learned regime and of plain ones, for any weights of the outcomes and any people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.columns import as_names, as_numbers
from bestviz.regime.engine import Engine
from bestviz.regime.judging.crossfit import Fit, History, cross_fit, groups_of, quietly, see_through
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.plan_values import PlanValue, values_of_plans
from bestviz.regime.judging.regimes import REFERENCES, regimes_of
from bestviz.regime.judging.values import RegimeValue, Spread, estimates
from bestviz.regime.tables import matched
from bestviz.regime.weights import weight_rows

FloatArray = npt.NDArray[np.float64]

FOLDS = 5
SMALLEST_SUBGROUP = 10


@dataclass(frozen=True)
class Judgement:
    """Values of all regimes for one set of weights.

    Attributes
    ----------
    values : tuple of RegimeValue
        By regime, outcome (the weighted one first) and subgroup (everybody first).
    named : mapping of str to mapping of str to float
        For regimes that are chosen anew in every part: share of the parts in which each first arm was chosen.
    spreads : mapping of str to Spread
        How evenly the weights are spread on which each regime's value rests.
    left_out : tuple of str
        Subgroups with too few people.
    """

    values: tuple[RegimeValue, ...]
    named: Mapping[str, Mapping[str, float]]
    spreads: Mapping[str, Spread]
    left_out: tuple[str, ...]

    def value(self, regime: str, outcome: str | None = None, subgroup: str | None = None) -> RegimeValue:
        """One of the values.

        Raises
        ------
        KeyError
            There is no such value.
        """
        for each in self.values:
            if (each.regime, each.outcome, each.subgroup) == (regime, outcome, subgroup):
                return each
        raise KeyError(f"No value of {regime!r} for outcome {outcome!r} and subgroup {subgroup!r}.")

    def notes(self, naming: Callable[[str], str] = str) -> tuple[str, ...]:
        """What a reader must know, a sentence each; `naming` gives the regimes other names."""
        few = tuple(
            f"Subgroup {name} has fewer than {SMALLEST_SUBGROUP} people and is left out." for name in self.left_out
        )
        return few + tuple(spread.sentence(naming(name)) for name, spread in self.spreads.items() if spread.is_thin)


class Judge:
    """Judges regimes in people from whom nothing of them was learned.

    Make one with `Judge.cross_fitted` or `Judge.of_frozen`. The engines are kept, so that other weights of the outcomes
    cost products alone.

    Attributes
    ----------
    people : JudgedPeople
    outcomes, early : tuple of str
        Outcomes judged: those of the second stage, which may carry weight, and the early ones.
    """

    def __init__(self, people: JudgedPeople, splits: list[list[Part]]) -> None:
        self.people = people
        self._splits = splits
        self.outcomes, self.early = splits[0][0].view.outcomes, splits[0][0].view.early

    @property
    def parts(self) -> list[Part]:
        """All parts of all splits."""
        return [part for parts in self._splits for part in parts]

    @classmethod
    def cross_fitted(
        cls,
        people: JudgedPeople,
        fit: Fit,
        folds: int = FOLDS,
        repeats: int = 1,
        seed: int = 0,
        advance: Callable[[], None] = lambda: None,
        only: Collection[str] | None = None,
    ) -> Judge:
        """Repeat the whole procedure without each fold of people.

        Parameters
        ----------
        people : JudgedPeople
        fit : callable(TwoStageData) -> Engine
            The whole procedure, with every choice in it.
        folds, repeats : int
            People are split into so many folds, so many times; repeated splits are combined by the median.
        seed : int
            Of the splits.
        advance : callable
            Called once a fold, for a progress bar.
        only : collection of str, optional
            Judge these outcomes alone, which is quicker.

        Raises
        ------
        RegimeError
            Too many folds, or nothing can be learned without one of them.
        """
        return cls(people, cross_fit(people, fit, folds, repeats, seed, advance, only))

    @classmethod
    def of_frozen(
        cls,
        people: JudgedPeople,
        engine: Engine,
        history: History,
        folds: int = FOLDS,
        repeats: int = 1,
        seed: int = 0,
        advance: Callable[[], None] = lambda: None,
    ) -> Judge:
        """Judge an engine that was learned elsewhere in new people.

        The learned regime and the plans are the engine's own choices from the people it was learned from (`history`);
        only probabilities of assignment and of being seen are estimated in the new people, without each fold.
        """
        return cls(people, see_through(people, engine, history, folds, repeats, seed, advance))

    def values(
        self,
        weights: Mapping[str, float] | None = None,
        subgroups: pd.Series | None = None,
        start: pd.Series | None = None,
        with_tree: bool = False,
    ) -> Judgement:
        """Values of all regimes, with differences from the regimes of reference.

        Parameters
        ----------
        weights : mapping outcome -> weight, optional
            Scaled to sum 1; default equal. They say what every regime aims at.
        subgroups : Series, optional
            A label for each person (missing: in none); values are also given for each.
        start : Series of float, optional
            Subtracted from each person's weighted outcome, such as its value at the start.
        with_tree : bool
            Also learn and judge readable rules; they are searched anew for other weights, which takes seconds.

        Raises
        ------
        RegimeError
            Weights that cannot be, a start that is not known, or a table of other people.
        """
        vector = self._vector(weights)
        level = self._level(start)
        with quietly():
            scores, named, spreads = self._scores(vector, with_tree)
        columns = (None, *self.outcomes, *self.early)
        whole = {name: self._with_weighted(each, vector, level) for name, each in scores.items()}
        found: list[RegimeValue] = []
        left_out = []
        for label, rows in self._subgroups(subgroups):
            if len(rows) < SMALLEST_SUBGROUP and label is not None:
                left_out.append(label)
                continue
            found += self._compared({name: each[:, rows] for name, each in whole.items()}, columns, label)
        return Judgement(tuple(found), named, spreads, tuple(left_out))

    def plan_values(self, weights: Mapping[str, float] | None = None) -> tuple[PlanValue, ...]:
        """Values of every fixed plan for the weighted outcome, best first.

        The plans are given, not chosen, so each value stands for itself; the highest of so many is flattered.

        Raises
        ------
        RegimeError
            More than 5000 plans.
        """
        return values_of_plans(self.people, self._splits, self._vector(weights))

    def _vector(self, weights: Mapping[str, float] | None) -> FloatArray:
        return weight_rows(weights, pd.RangeIndex(1), self.outcomes)[0]

    def _level(self, start: pd.Series | None) -> FloatArray:
        if start is None:
            return np.zeros(len(self.people))
        numbers = as_numbers(matched(start, self.people.index, "start"))
        if numbers is None or not np.isfinite(numbers).all():
            raise RegimeError("start must hold a finite number for everybody who is judged.")
        return numbers

    def _scores(
        self, weights: FloatArray, with_tree: bool
    ) -> tuple[dict[str, FloatArray], dict[str, dict[str, float]], dict[str, Spread]]:
        """Scores of each regime (splits, n, K + E), what was named how often, and how the weights are spread."""
        shape = (len(self._splits), len(self.people))
        scores: dict[str, FloatArray] = {}
        counted: dict[str, FloatArray] = {}
        named: dict[str, Counter[str]] = {}
        for split, parts in enumerate(self._splits):
            for part in parts:
                for regime in regimes_of(part, weights, with_tree):
                    place = scores.setdefault(regime.name, np.zeros((*shape, len(self.outcomes) + len(self.early))))
                    place[split, part.rows] = regime.scores(part)
                    counts = part.course_weights(regime.first, regime.second, weights)
                    counted.setdefault(regime.name, np.zeros(shape))[split, part.rows] = counts
                    if regime.named:
                        named.setdefault(regime.name, Counter())[regime.named] += 1
        shares = {
            name: {arm: times / arms.total() for arm, times in arms.most_common()} for name, arms in named.items()
        }
        return scores, shares, {name: Spread.of(each[0]) for name, each in counted.items()}

    def _with_weighted(self, scores: FloatArray, weights: FloatArray, level: FloatArray) -> FloatArray:
        """Scores with that of the weighted outcome before them; shape (splits, n, 1 + K + E)."""
        weighted = scores[:, :, : len(weights)] @ weights - level
        return np.concatenate([weighted[:, :, None], scores], axis=2)

    def _subgroups(self, subgroups: pd.Series | None) -> Iterator[tuple[str | None, npt.NDArray[np.intp]]]:
        yield None, np.arange(len(self.people))
        if subgroups is not None:
            names = as_names(matched(subgroups, self.people.index, "subgroups"))
            for label in groups_of(names):
                yield label, np.flatnonzero(names == label)

    @staticmethod
    def _compared(
        scores: Mapping[str, FloatArray], columns: tuple[str | None, ...], label: str | None
    ) -> Iterator[RegimeValue]:
        """Values and differences for each regime and outcome."""
        for name, own in scores.items():
            values = estimates(own)
            differences = {reference: estimates(own - scores[reference]) for reference in REFERENCES}
            for at, outcome in enumerate(columns):
                own_differences = {reference: each[at] for reference, each in differences.items()}
                yield RegimeValue(name, outcome, label, own.shape[1], values[at], own_differences)
