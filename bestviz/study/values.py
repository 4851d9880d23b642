"""Intervals of the cross-fitted values of regimes beside their true values.

What is judged are the rules learned without each fold of the people, so the truth of the learned regime and of the best
fixed plan is the mean over these rules of their true value. Readers take the interval of the learned regime for that of
the one learned from everybody; how often it holds the value of that one is told too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.evaluation import REPEATS, trial_judge
from bestviz.advice.preferences import PRIMARY_WEIGHTS
from bestviz.regime import TwoStageRegime
from bestviz.regime.judging.crossfit import refit
from bestviz.regime.judging.judge import FOLDS, Judge
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.people import judged_people
from bestviz.regime.judging.plans import FixedPlan, best_plan
from bestviz.regime.judging.regimes import BEST_FIXED, BEST_SINGLE, LEARNED, SINGLE
from bestviz.regime.judging.values import Estimate
from bestviz.study.best_like import BestLike
from bestviz.study.measures import JUDGED, SINGLE_COVERED, WHOLE
from bestviz.study.procedure import Procedure
from bestviz.study.scenario import FloatArray, People, Scenario

BoolArray = npt.NDArray[np.bool_]


def values_coverage(scenario: Scenario, learned: Procedure, people: People, known: dict[str, float]) -> dict[str, Any]:
    """Whether intervals of values, and of differences between them, hold the truth; errors and standard errors.

    Parameters
    ----------
    scenario, learned
    people : People
        New ones on whom true values are found.
    known : mapping of str to float
        True values of what is not learned in folds: as randomised, single treatments and, as `WHOLE`, the regime
        learned from everybody.

    Raises
    ------
    RegimeError
        Nothing can be learned without one of the folds.
    """
    judge, start = _judged(scenario, learned)
    found = judge.values({learned.tables.target: 1.0}, start=start)
    weights = np.array([float(name == learned.tables.target) for name in judge.outcomes])
    true = dict(known)
    for name in (LEARNED, BEST_FIXED):
        rules = [JudgedRule(part, weights, best_plan(part, weights) if name == BEST_FIXED else None)
                 for part in judge.parts]  # fmt: skip
        true[name] = float(np.mean([scenario.expected(rule, people).mean() for rule in rules]))
    true[BEST_SINGLE] = sum(share * known[SINGLE + arm] for arm, share in found.named[BEST_SINGLE].items())
    line: dict[str, Any] = {}
    for name in JUDGED:
        one, _, other = name.partition("_less_")
        judged = found.value(one)
        said = judged.differences[other] if other else judged.value
        line |= _compared(name, said, true[one] - true[other] if other else true[one])
        line[f"value_se_{name}"] = said.se
    singles = [name.removeprefix(SINGLE) for name in known if name.startswith(SINGLE)]
    for arm in singles:
        line[SINGLE_COVERED + arm] = _held(found.value(SINGLE + arm).value, known[SINGLE + arm])
    return line | _compared(WHOLE, found.value(LEARNED).value, known[WHOLE])


def _compared(name: str, said: Estimate, true: float) -> dict[str, Any]:
    return {f"value_covered_{name}": _held(said, true), f"value_error_{name}": said.value - true}


def _held(said: Estimate, true: float) -> list[float]:
    low, high = said.interval
    return [float(low <= true <= high), 1]


def _judged(scenario: Scenario, learned: Procedure) -> tuple[Judge, pd.Series | None]:
    """The judge of the whole procedure, and what outcomes are improvements from."""
    info, tables = learned.model.info, learned.tables
    if isinstance(scenario, BestLike):
        judge = trial_judge(learned.model, scenario.trial(info.participants, info.seed), jobs=1)
        return judge.judge, judge.start_level(PRIMARY_WEIGHTS)
    people = judged_people(
        tables.baseline, tables.first, tables.interim, tables.second, tables.outcomes, tables.allowed_first,
        tables.allowed_second, tables.first_probability, tables.second_probability, group=tables.interim["response"],
    )  # fmt: skip
    regime = TwoStageRegime(learner=info.learner, random_state=info.seed)  # type: ignore[arg-type]
    again = refit(regime, aim={tables.target: 1.0})
    return Judge.cross_fitted(people, again, FOLDS, REPEATS, info.seed), None


@dataclass(frozen=True)
class JudgedRule:
    """What was learned without one fold, asked about new people.

    Attributes
    ----------
    part : Part
    weights : array, shape (K,)
        Of the outcomes judged.
    plan : FixedPlan or None
        The best fixed plan of the part; None for the learned regime.
    """

    part: Part
    weights: FloatArray
    plan: FixedPlan | None

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """First arm of each person."""
        labels = list(self.part.people.data.first_arms.labels)
        may = allowed[labels].to_numpy(bool)
        if self.plan is not None:
            return _named(self.plan.first_rule(may), labels, baseline.index)
        treatments = list(self.part.people.treatments)
        barred = excluded.reindex(columns=treatments, fill_value=False).to_numpy(bool)
        values = self.part.view.learned_first(self._encoded(baseline), self.weights, barred, self.part.people)
        return _named(np.where(may, values, -np.inf), labels, baseline.index)

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
        part, data = self.part, self.part.people.data
        labels = list(data.second_arms.labels)
        codes = data.first_arms.codes(first)
        groups = pd.Index(part.groups).get_indexer(pd.Index(interim["response"].astype(object)))
        may = self._choosable(codes, groups, allowed[labels].to_numpy(bool))
        if self.plan is not None:
            order = self.plan.second[codes, groups]
            place = np.take_along_axis(may, order, axis=1).argmax(axis=1)
            return pd.Series(np.array(labels)[order[np.arange(len(order)), place]], index=baseline.index)
        engine, encoded = part.view.engine, self._encoded(baseline)
        own = engine.first_arms.codes(first)
        state = engine.filler.fill_interim(encoded, own, interim[list(data.interim.columns)])
        target = np.array([float(name in self._aim) for name in engine.outcome_names[: engine.weighable]])
        values = engine.second_values(encoded, state, own) @ target
        place = engine.second_arms.codes(labels)
        known = np.where(place >= 0, values[:, np.maximum(place, 0)], np.finfo(float).min)
        return _named(np.where(may, known, -np.inf), labels, baseline.index)

    @property
    def _aim(self) -> list[str]:
        return [name for name, weight in zip(self.part.view.outcomes, self.weights, strict=True) if weight]

    def _choosable(self, first: npt.NDArray[np.intp], groups: npt.NDArray[np.intp], allowed: BoolArray) -> BoolArray:
        """Second arms that somebody like them could be advised in training, else all that are allowed."""
        cases, data = self.part.training, self.part.people.data
        open_to = np.zeros((len(data.first_arms.labels), len(self.part.groups), allowed.shape[1]), dtype=bool)
        np.logical_or.at(open_to, (cases.first, cases.group), cases.choosable)
        may = allowed & open_to[first, groups]
        return np.where(may.any(axis=1, keepdims=True), may, allowed)

    def _encoded(self, baseline: pd.DataFrame) -> FloatArray:
        return self.part.view.engine.filler.baseline.linear(baseline[list(self.part.people.data.baseline.columns)])


def _named(values: FloatArray, labels: list[str], index: pd.Index) -> pd.Series:
    return pd.Series(np.array(labels)[values.argmax(axis=1)], index=index)
