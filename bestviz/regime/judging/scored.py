"""Scores of all regimes for one set of weights: any group, outcome or comparison costs a mean from here on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.columns import as_names, as_numbers
from bestviz.regime.judging.crossfit import groups_of
from bestviz.regime.judging.regimes import REFERENCES
from bestviz.regime.judging.values import Estimate, RegimeValue, Spread, estimates
from bestviz.regime.tables import matched

FloatArray = npt.NDArray[np.float64]

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


@dataclass(frozen=True)
class Scored:
    """What each person's course says about every regime, for one set of weights of the outcomes.

    Attributes
    ----------
    index : Index
        The people, n.
    weights : array, shape (K,)
        Of the outcomes.
    outcomes : tuple of str
        Names of all outcomes, the K that can carry weight first, then the E early ones.
    scores : mapping of regime to array, shape (splits, n, K + E)
    named : mapping of str to mapping of str to float
        As in `Judgement`.
    spreads : mapping of str to Spread
    """

    index: pd.Index
    weights: FloatArray
    outcomes: tuple[str, ...]
    scores: Mapping[str, FloatArray]
    named: Mapping[str, Mapping[str, float]]
    spreads: Mapping[str, Spread]

    def judged(self, subgroups: pd.Series | None = None, start: pd.Series | None = None) -> Judgement:
        """Values of all regimes, with differences from the regimes of reference; parameters as in `Judge.values`.

        Raises
        ------
        RegimeError
            A start that is not known, or a table of other people.
        """
        level = self._level(start)
        whole = {name: self._with_weighted(each, level) for name, each in self.scores.items()}
        found: list[RegimeValue] = []
        left_out = []
        for label, rows in self._subgroups(subgroups):
            if len(rows) < SMALLEST_SUBGROUP and label is not None:
                left_out.append(label)
                continue
            found += _compared({name: each[:, rows] for name, each in whole.items()}, (None, *self.outcomes), label)
        return Judgement(tuple(found), self.named, self.spreads, tuple(left_out))

    def difference(self, regime: str, other: str) -> Estimate:
        """What a regime is worth beyond another one, for the weighted outcome."""
        apart = self.scores[regime] - self.scores[other]
        return estimates((apart[:, :, : len(self.weights)] @ self.weights)[:, :, None])[0]

    def _level(self, start: pd.Series | None) -> FloatArray:
        if start is None:
            return np.zeros(len(self.index))
        numbers = as_numbers(matched(start, self.index, "start"))
        if numbers is None or not np.isfinite(numbers).all():
            raise RegimeError("start must hold a finite number for everybody who is judged.")
        return numbers

    def _with_weighted(self, scores: FloatArray, level: FloatArray) -> FloatArray:
        """Scores with that of the weighted outcome before them; shape (splits, n, 1 + K + E)."""
        weighted = scores[:, :, : len(self.weights)] @ self.weights - level
        return np.concatenate([weighted[:, :, None], scores], axis=2)

    def _subgroups(self, subgroups: pd.Series | None) -> Iterator[tuple[str | None, npt.NDArray[np.intp]]]:
        yield None, np.arange(len(self.index))
        if subgroups is not None:
            names = as_names(matched(subgroups, self.index, "subgroups"))
            for label in groups_of(names):
                yield label, np.flatnonzero(names == label)


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
