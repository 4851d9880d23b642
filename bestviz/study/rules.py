"""Learned regimes as rules of a scenario, and rules that are made of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bestviz.data.simulator.rules import Rule
from bestviz.regime import TwoStageRegime
from bestviz.study.tables import Tables


@dataclass(frozen=True)
class Learned:
    """A fitted regime as a rule for one outcome.

    Attributes
    ----------
    regime : TwoStageRegime
    target : str
        The outcome that decides.
    """

    regime: TwoStageRegime
    target: str

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """First arm of each person."""
        return self.regime.decide_first(baseline, {self.target: 1.0}, allowed, excluded)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """Second arm of each person."""
        return self.regime.decide_second(baseline, first, interim, {self.target: 1.0}, allowed, excluded)


@dataclass(frozen=True)
class Familiar:
    """A rule that is asked with no other columns than those of the tables that it was learned from."""

    rule: Rule
    tables: Tables

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """As the rule does."""
        known = baseline[list(self.tables.baseline)]
        return self.rule.decide_first(known, allowed=allowed, excluded=excluded)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """As the rule does."""
        known, state = baseline[list(self.tables.baseline)], interim[list(self.tables.interim)]
        return self.rule.decide_second(known, first, state, allowed=allowed, excluded=excluded)


@dataclass(frozen=True)
class Started:
    """Start one arm, or what the rule chooses where that is not allowed; then follow the rule."""

    rule: Rule
    arm: str

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """The arm where it is allowed."""
        own = self.rule.decide_first(baseline, allowed=allowed, excluded=excluded)
        return pd.Series(np.where(allowed[self.arm], self.arm, own), index=baseline.index)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """As the rule does."""
        return self.rule.decide_second(baseline, first, interim, allowed=allowed, excluded=excluded)


def learn(learner: str, tables: Tables, seed: int, replicates: int = 0) -> Familiar:
    """Fit a regime to a trial.

    Parameters
    ----------
    learner : {"ensemble", "additive", "forest"}
    tables : Tables
    seed, replicates : int
        As in `TwoStageRegime`.

    Raises
    ------
    RegimeError
        The trial cannot be learned from.
    """
    regime = TwoStageRegime(learner=learner, replicates=replicates, random_state=seed)  # type: ignore[arg-type]
    regime.fit(
        tables.baseline,
        tables.first,
        tables.interim,
        tables.second,
        tables.outcomes,
        tables.allowed_first,
        tables.allowed_second,
        tables.first_probability,
        tables.second_probability,
        aim={tables.target: 1.0},
    )
    return Familiar(Learned(regime, tables.target), tables)
