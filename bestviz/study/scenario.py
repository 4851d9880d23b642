"""What a scenario offers: trials to learn from, and the truth by which what was learned is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.data.simulator.rules import Rule
from bestviz.errors import RegimeError
from bestviz.study.tables import Tables

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class References:
    """Rules that a learned one is compared with, all found in the truth.

    Attributes
    ----------
    oracle : Rule
        The best regime.
    fixed : Rule
        The best plan for everybody: a first arm, and a second arm for each response class.
    randomised : Rule
        The trial itself.
    """

    oracle: Rule
    fixed: Rule
    randomised: Rule


@dataclass(frozen=True)
class People:
    """New people, nothing of whom was learned from; a person is `draws` rows on end, the same but for chance.

    Attributes
    ----------
    baseline : DataFrame, one row a person and draw
        As learners see it, nothing missing.
    allowed_first : DataFrame of bool
        One column a first arm.
    draws : int
        Rows of each person, which differ in the noise of the first period alone.
    noise : object
        What the scenario needs to draw the state after the first period; the same whatever the rule.
    """

    baseline: pd.DataFrame
    allowed_first: pd.DataFrame
    draws: int
    noise: object

    def __len__(self) -> int:
        """Number of people, each counted once."""
        return len(self.baseline) // self.draws

    def mean(self, each: FloatArray) -> FloatArray:
        """What is expected of each person: the mean over the draws; shape (people,)."""
        return each.reshape(len(self), self.draws).mean(axis=1)


class Scenario(Protocol):
    """A world in which two-stage trials are drawn and rules are valued.

    The outcome is one number a person, higher is better. Rules are asked with tables as learners see them, in the
    labels of arms that the scenario's trials hold.
    """

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def says(self) -> str:
        """One sentence: what is true in it."""

    @property
    def size(self) -> int:
        """Participants of a trial unless told otherwise."""

    def tables(self, n: int, seed: int) -> Tables:
        """Draw one trial; the same seed gives the same trial."""

    def people(self, n: int, seed: int, draws: int = 1) -> People:
        """Draw new people; the same seed gives the same people and noise."""

    def expected(self, rule: Rule, people: People) -> FloatArray:
        """Expected outcome of each row under a rule, given the state after the first period; shape (rows,).

        Raises
        ------
        RegimeError
            The rule chose an arm that somebody may not have.
        """

    def drawn(self, rule: Rule, people: People, seed: int) -> FloatArray:
        """One actual outcome of each row under a rule; its mean is `expected`; shape (rows,).

        The same seed gives the same chance in the second period, whatever the rule. Errors as in `expected`.
        """

    def references(self) -> References:
        """The rules that know the truth."""


def refuse_not_allowed(chosen: pd.Series, allowed: pd.DataFrame) -> None:
    """Refuse a rule that leaves the allowed set.

    Raises
    ------
    RegimeError
        An arm that is not allowed, or no arm of the scenario.
    """
    places = allowed.columns.get_indexer(pd.Index(chosen))
    wrong = (places < 0) | ~allowed.to_numpy()[np.arange(len(chosen)), places]
    if wrong.any():
        raise RegimeError(f"The rule chose arms that are not allowed for {wrong.sum()} people.")
