"""A learned model as it meets people in the simulated world: their tables, their classes, its own units."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.advice.inputs import coded_frame
from bestviz.data.simulator.rules import Rule
from bestviz.study.procedure import Procedure
from bestviz.study.scenario import FloatArray
from bestviz.trial import Measure, ResponseRule
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS


@dataclass(frozen=True)
class Classed:
    """A rule that is told the response class by a rule for classes, whatever the class was in the world."""

    rule: Rule
    classes: ResponseRule

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """As the rule does."""
        return self.rule.decide_first(baseline, allowed=allowed, excluded=excluded)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """As the rule does for the class by these cut-offs; allowed is what the trial allowed."""
        response = self.classes.classify(baseline["peg"], interim["peg"], interim["pgic"])
        told = interim.assign(response=response.astype(object))
        return self.rule.decide_second(baseline, first, told, allowed=allowed, excluded=excluded)


@dataclass(frozen=True)
class Coded:
    """A rule of learners that is asked with the simulator's own tables."""

    rule: Rule

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """As the rule does."""
        return self.rule.decide_first(_known(baseline, excluded), allowed=allowed, excluded=excluded)

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
        known, state = _known(baseline, excluded), coded_frame(interim, interim.columns)
        return self.rule.decide_second(known, first, state, allowed=allowed, excluded=excluded)


@dataclass(frozen=True)
class Rescaled(Procedure):
    """A procedure of which a meaningful change of PEG is not the usual one.

    Attributes
    ----------
    peg : Measure
        PEG as the model was fitted with it.
    """

    peg: Measure

    def start(self, baseline: pd.DataFrame) -> FloatArray:
        """What outcomes are improvements from, in the model's meaningful changes, a row each."""
        return self.peg.sign * baseline["peg"].to_numpy(float) / self.peg.meaningful_change


def _known(baseline: pd.DataFrame, excluded: pd.DataFrame) -> pd.DataFrame:
    """Baseline as learners see it, with what the person can have at no stage."""
    table = baseline.join(excluded.rename(columns=CONTRAINDICATION_COLUMNS))
    return coded_frame(table, table.columns)
