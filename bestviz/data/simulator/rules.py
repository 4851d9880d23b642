"""Rules that choose arms for simulated people: the true best regime and the plans it is compared with.

Every rule has the two callables of `Rule`; a learned regime fits in through a thin adapter. Tables have one row a
person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from bestviz.trial import ARMS, RESPONSE_CLASSES, SINGLE_ARMS


class Rule(Protocol):
    """What `Truth.value` asks of a rule."""

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """First arm of each person.

        Parameters
        ----------
        baseline : DataFrame
            Model-input columns and week-0 measures by their code.
        allowed : DataFrame of bool
            One column a first arm.
        excluded : DataFrame of bool
            One column a treatment code: what this person can have at no stage.
        """

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """Second arm of each person; `interim` holds week-12 measures by code, `response`, `stopped_first`, ..."""


@dataclass(frozen=True)
class FixedPlan:
    """One plan for everybody, with a ranking for those who cannot have its arms.

    Attributes
    ----------
    first : tuple of str
        First arms, best first: a person gets the first one that is allowed.
    second : mapping of (first arm, response class) to tuple of str
        Second arms, best first: a person gets the first one that is allowed.
    """

    first: tuple[str, ...]
    second: Mapping[tuple[str, str], tuple[str, ...]]

    @property
    def plan(self) -> dict[str, str]:
        """The plan of a person without contraindication: second arm for each response class."""
        return {response: self.second[self.first[0], response][0] for response in RESPONSE_CLASSES}

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """The highest-ranked allowed first arm."""
        return _highest(allowed, self.first)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """The highest-ranked allowed second arm for the first arm and class."""
        out = pd.Series(pd.NA, index=first.index, dtype="object")
        for (start, response), ranking in self.second.items():
            rows = (first == start) & (interim["response"] == response)
            out[rows] = _highest(allowed[rows], ranking)
        return out


@dataclass(frozen=True)
class AsRandomised:
    """The trial itself: random arms; with `start`, that first arm where it is allowed (a "single treatment").

    Attributes
    ----------
    probability : callable
        Exclusion table -> probabilities of the first arms, DataFrame people x first arms.
    start : str or None
        First arm given to everyone who may have it; others get a random one.
    seed : int
        Seed of the random choices.
    """

    probability: Callable[[pd.DataFrame], np.ndarray]
    start: str | None = None
    seed: int = 0

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """The start where it is allowed, else at random as in the trial."""
        chances = self.probability(excluded)
        uniform = np.random.default_rng([self.seed, 1]).random((len(chances), 1)) * chances.sum(axis=1, keepdims=True)
        arms = np.array(SINGLE_ARMS)[(chances.cumsum(axis=1) > uniform).argmax(axis=1)]
        if self.start is not None:
            arms = np.where(allowed[self.start], self.start, arms)
        return pd.Series(arms, index=baseline.index)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """Uniformly over the allowed arms."""
        may = allowed[list(ARMS)].to_numpy(bool)
        pick = np.floor(np.random.default_rng([self.seed, 2]).random(len(may)) * may.sum(axis=1))
        return pd.Series(np.array(ARMS)[(may.cumsum(axis=1) > pick[:, None]).argmax(axis=1)], index=baseline.index)


def _highest(allowed: pd.DataFrame, ranking: tuple[str, ...]) -> pd.Series:
    """The first arm of the ranking that each person may have; missing where none."""
    may = allowed[list(ranking)].to_numpy(bool)
    arms = np.array([*ranking, None], dtype=object)
    return pd.Series(arms[np.where(may.any(axis=1), may.argmax(axis=1), len(ranking))], index=allowed.index)
