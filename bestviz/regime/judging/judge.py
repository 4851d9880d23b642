"""The judge: values of the learned regime and of plain ones, for any weights of the outcomes and any people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.engine import Engine
from bestviz.regime.judging.crossfit import Fit, History, cross_fit, quietly, see_through
from bestviz.regime.judging.grown_tree import REDRAWS, GrownTree, grow_tree
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.plan_values import PlanValue, values_of_plans
from bestviz.regime.judging.regimes import learned_regime, regimes_of
from bestviz.regime.judging.scored import Judgement, Scored
from bestviz.regime.judging.values import Estimate, Spread, estimates
from bestviz.regime.weights import weight_rows

FloatArray = npt.NDArray[np.float64]

FOLDS = 5


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
        return self.scored(weights, with_tree).judged(subgroups, start)

    def scored(self, weights: Mapping[str, float] | None = None, with_tree: bool = False) -> Scored:
        """Scores of all regimes for weights of the outcomes, for values in any groups; parameters as in `values`.

        Raises
        ------
        RegimeError
            Weights that cannot be.
        """
        vector = self._vector(weights)
        with quietly():
            scores, named, spreads = self._scores(vector, with_tree)
        return Scored(self.people.index, vector, (*self.outcomes, *self.early), scores, named, spreads)

    def learned(self, weights: Mapping[str, float] | None = None) -> dict[str, Estimate]:
        """Values of the learned regime alone, outcome by outcome: for many weights quicker than `values`.

        Raises
        ------
        RegimeError
            Weights that cannot be.
        """
        vector, names = self._vector(weights), (*self.outcomes, *self.early)
        scores = np.zeros((len(self._splits), len(self.people), len(names)))
        with quietly():
            for split, parts in enumerate(self._splits):
                for part in parts:
                    scores[split, part.rows] = learned_regime(part, vector).scores(part)
        return dict(zip(names, estimates(scores), strict=True))

    def tree(self, weights: Mapping[str, float] | None = None, replicates: int = REDRAWS) -> GrownTree:
        """The readable rule that is learned from everybody, to be shown; `values` judges rules learned in parts.

        Parameters
        ----------
        weights : mapping outcome -> weight, optional
            As in `values`.
        replicates : int
            Bootstrap samples that show how much it changes.

        Raises
        ------
        RegimeError
            Weights that cannot be.
        """
        with quietly():
            return grow_tree(self._splits[0], self._vector(weights), replicates)

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
