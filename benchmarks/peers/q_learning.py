"""Two-stage Q-learning by backward induction with any regression; with the lasso also pooled over the stages.

Backward induction: Murphy 2005, "A generalization error for Q-learning", JMLR 6:1073-1097.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from benchmarks.peers.q_function import QFunction, Regressor, TunedForest, cross_validated_lasso
from bestviz.study.tables import Tables


@dataclass(frozen=True)
class QRule:
    """The allowed arm with the highest Q-value at each stage.

    Attributes
    ----------
    first_values : callable
        Baseline and allowed first arms -> Q-values.
    second_values : callable
        Baseline, first arm, interim and allowed second arms -> Q-values.
    """

    first_values: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
    second_values: Callable[[pd.DataFrame, pd.Series, pd.DataFrame, pd.DataFrame], pd.DataFrame]

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return self.first_values(baseline, allowed).idxmax(axis=1)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        return self.second_values(baseline, first, interim, allowed).idxmax(axis=1)


def lasso(tables: Tables, seed: int) -> QRule:
    """Main effects, treatments, combinations, and treatment x feature products; each stage by itself."""
    return q_learning(tables, lambda: cross_validated_lasso(seed), products=True)


def forest(tables: Tables, seed: int) -> QRule:
    """Features and indicators of the arm."""
    return q_learning(tables, lambda: TunedForest(seed), products=False)


def q_learning(tables: Tables, regressor: Callable[[], Regressor], products: bool) -> QRule:
    """Regress the target at stage 2, then its value under the best second arm at stage 1."""
    target, seen = tables.outcomes[tables.target], tables.second.notna()
    known = seen & target.notna()
    past = history_of(tables.baseline, tables.first, tables.interim)
    second = QFunction(regressor(), tables.allowed_second, past if products else ())
    second.fit(past[known], tables.second[known], target[known])
    best = second.values(past[seen], tables.allowed_second[seen]).max(axis=1)
    first = QFunction(regressor(), tables.allowed_first, tables.baseline if products else ())
    first.fit(tables.baseline[seen], tables.first[seen], best)
    return QRule(first.values, lambda b, a, s, allowed: second.values(history_of(b, a, s), allowed))


def pooled_lasso(tables: Tables, seed: int) -> QRule:
    """What each period adds, in one regression: treatments and their products with baseline have one effect in both.

    The first period adds the level halfway, the second the rest of the target. Stage 1 maximises what the first period
    adds and the best that the second then can. This is the form of the learner that the trial team planned.
    """
    target, no_interim = tables.outcomes[tables.target], tables.interim.iloc[:0]
    past = pd.concat([_period(1, tables.baseline, no_interim), _period(2, tables.baseline, tables.interim)])
    arm, added = pd.concat([tables.first, tables.second]), pd.concat([tables.halfway, target - tables.halfway])
    known = (arm.notna() & added.notna()).to_numpy()
    arms = dict.fromkeys([*tables.allowed_first, *tables.allowed_second])
    adds = QFunction(cross_validated_lasso(seed), arms, tables.baseline)
    adds.fit(past[known], arm[known], added[known])

    def second_values(b: pd.DataFrame, a: pd.Series, s: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
        return adds.values(_period(2, b, s), allowed)

    seen = tables.second.notna()
    best = second_values(tables.baseline, tables.first, tables.interim, tables.allowed_second)[seen].max(axis=1)
    then = QFunction(cross_validated_lasso(seed), tables.allowed_first, tables.baseline)
    then.fit(tables.baseline[seen], tables.first[seen], best)

    def first_values(b: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
        return then.values(b, allowed) + adds.values(_period(1, b, no_interim), allowed)[then.arms]

    return QRule(first_values, second_values)


def history_of(baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([baseline, first.rename("first_arm"), interim.add_prefix("interim.")], axis=1)


def _period(number: int, baseline: pd.DataFrame, interim: pd.DataFrame) -> pd.DataFrame:
    """Features of a period; an interim that is not there yet is filled in as constants, which the number offsets."""
    state = interim.reindex(baseline.index).add_prefix("interim.")
    return pd.concat([baseline, state], axis=1).assign(period=float(number))
