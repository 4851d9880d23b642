"""One plan for everybody, chosen by inverse-probability-weighted means of the target in the trial.

Before, what baseline predicts by main effects is taken off the target: the means differ by less noise, and people who
may have an arm are made comparable with those who may have another. Where the trial does not tell the chances, first
arms are taken as random among people who may have the same ones, and second arms as drawn evenly from the allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.peers.q_function import cross_validated_lasso, feature_columns
from bestviz.data.simulator.rules import FixedPlan
from bestviz.study.tables import Tables


@dataclass(frozen=True)
class SingleTreatment:
    """The highest-ranked first arm that a person may have, then as randomised."""

    ranking: tuple[str, ...]
    seed: int

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return FixedPlan(self.ranking, {}).decide_first(baseline, allowed=allowed, excluded=excluded)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        may = allowed.to_numpy(bool)
        chance = np.random.default_rng(self.seed).random(may.shape) * may
        return pd.Series(allowed.columns.to_numpy()[chance.argmax(axis=1)], index=allowed.index)


def best_single(tables: Tables, seed: int) -> SingleTreatment:
    """First arms ranked by their weighted means."""
    outcome, weight = adjusted(tables, seed), 1 / first_chances(tables)
    means = {arm: weighted_mean(outcome, weight, tables.first == arm) for arm in tables.allowed_first}
    return SingleTreatment(ranked(means), seed)


def best_fixed(tables: Tables, seed: int) -> FixedPlan:
    """Second arms ranked for each first arm and class; first arms ranked by those whose second arm was the plan's."""
    outcome, choices = adjusted(tables, seed), 1 / second_chances(tables)
    second: dict[tuple[str, str], tuple[str, ...]] = {}
    for place, allowed in tables.allowed_second.groupby([tables.first, tables.interim["response"]]):
        here = tables.second[allowed.index]
        open_arms = allowed.columns[allowed.any()]
        means = {arm: weighted_mean(outcome[here.index], choices[here.index], here == arm) for arm in open_arms}
        second[place] = ranked(means)
    due = FixedPlan((), second).decide_second(
        tables.baseline, tables.first, tables.interim, allowed=tables.allowed_second,
        excluded=pd.DataFrame(index=tables.first.index),
    )  # fmt: skip
    kept, weight = (tables.second == due).fillna(False), choices / first_chances(tables)
    means = {arm: weighted_mean(outcome, weight, kept & (tables.first == arm)) for arm in tables.allowed_first}
    return FixedPlan(ranked(means), second)


def adjusted(tables: Tables, seed: int) -> pd.Series:
    """The target less what the lasso predicts from baseline."""
    target = tables.outcomes[tables.target]
    features, known = feature_columns().fit_transform(tables.baseline), target.notna()
    return target - cross_validated_lasso(seed).fit(features[known], target[known]).predict(features)


def first_chances(tables: Tables) -> pd.Series:
    """What the trial tells, or how frequent a person's first arm is among those who could have had the same ones."""
    if tables.first_probability is not None:
        return tables.first_probability
    sets = pd.Series(list(map(tuple, tables.allowed_first.to_numpy())), index=tables.first.index)
    return tables.first.groupby([sets, tables.first]).transform("size") / sets.groupby(sets).transform("size")


def second_chances(tables: Tables) -> pd.Series:
    """What the trial tells, or even chances of all that is allowed."""
    return 1 / tables.allowed_second.sum(axis=1) if tables.second_probability is None else tables.second_probability


def weighted_mean(outcome: pd.Series, weight: pd.Series, members: pd.Series) -> float:
    """Mean over the members whose outcome is known; minus infinity where there are none."""
    known = members & outcome.notna()
    return float(np.average(outcome[known], weights=weight[known])) if known.any() else -np.inf


def ranked(means: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(means, key=lambda arm: -means[arm]))
