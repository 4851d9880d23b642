"""Policy trees and forests of econml by backward induction: each stage learns a policy from doubly robust scores.

econml knows no sets of allowed arms, so what may follow is among the features, arms that a person may not have have
no chance of being assigned, and of the allowed arms the one with the highest value in the tree or forest is chosen.
The first stage learns from the outcome as it would have been under the second arm chosen: the observed one plus the
difference in value between that arm and the one assigned. Arms that fewer than `LEAST` people had are not learned
about and are chosen for those only who may have no other.

Athey and Wager 2021, "Policy learning with observational data", Econometrica 89:133-161, doi 10.3982/ECTA15732.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression

from benchmarks.peers.q_function import cross_validated_lasso, feature_columns
from benchmarks.peers.q_learning import QRule, history_of
from bestviz.errors import BestVizError
from bestviz.study.tables import Tables

LEAST, FOLDS, LEAST_CHANCE = 10, 5, 0.02
TREE = {"max_depth": 2, "min_samples_leaf": 40, "honest": False}  # the best of the variants tried on four trials
FOREST = {"n_estimators": 500, "min_samples_leaf": 20}
PENALTY = 0.03  # of the logistic model of the assignment, so that weak evidence of confounding is taken for none
NEVER_SEEN = -1e9  # worse than everything that was learned about, better than what is not allowed


class PeerMissingError(BestVizError):
    """A package that a peer needs is not installed."""


def policy_tree(tables: Tables, seed: int) -> QRule:
    """One shallow tree a stage."""
    return backward(tables, seed, "DRPolicyTree", TREE)


def policy_forest(tables: Tables, seed: int) -> QRule:
    """Values averaged over many trees."""
    return backward(tables, seed, "DRPolicyForest", FOREST | {"n_jobs": 1})


def backward(tables: Tables, seed: int, kind: str, options: dict[str, Any]) -> QRule:
    """Learn the second stage, then the first under it."""
    learner, target = partial(learner_of, kind, options | {"random_state": seed}), tables.outcomes[tables.target]
    known = tables.second.notna() & target.notna()
    past = history_of(tables.baseline, tables.first, tables.interim)[known]
    may, then = tables.allowed_second[known], tables.second[known]
    second = Stage.learned(past, may, then, target[known], learner)
    values = second.values(past, may)
    gain = values.max(axis=1) - values.to_numpy()[np.arange(len(then)), values.columns.get_indexer(then)]
    wished = target[known] + gain.where(then.isin(second.arms), 0.0)
    baseline, start = tables.baseline[known], tables.allowed_first[known]
    first = Stage.learned(baseline, start, tables.first[known], wished, learner)
    return QRule(first.values, lambda b, a, s, allowed: second.values(history_of(b, a, s), allowed))


@dataclass(frozen=True)
class Stage:
    """A policy of one stage that tells the value of every arm.

    Attributes
    ----------
    features : ColumnTransformer
    arms : tuple of str
        What was learned about; the first is what the others are compared with.
    policy : object
        A fitted policy learner of econml.
    """

    features: ColumnTransformer
    arms: tuple[str, ...]
    policy: Any

    @classmethod
    def learned(
        cls, history: pd.DataFrame, allowed: pd.DataFrame, arm: pd.Series, outcome: pd.Series,
        learner: Callable[[int], Any],
    ) -> Stage:  # fmt: skip
        """Learn from the people whose arm was frequent enough."""
        often = arm.value_counts()
        arms = tuple(label for label in allowed if often.get(label, 0) >= LEAST)
        here = arm.isin(arms)
        stage = cls(feature_columns().fit(history[here]), arms, learner(len(arms)))
        number = np.array([arms.index(label) for label in arm[here]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the packages below econml about each other
            stage.policy.fit(outcome[here].to_numpy(), number, X=stage._matrix(history[here], allowed[here]))
        return stage

    def values(self, history: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
        """Value of each arm (columns) above that of the first one learned; minus infinity where it is not allowed."""
        out = pd.DataFrame(NEVER_SEEN, index=history.index, columns=allowed.columns)
        above = self.policy.predict_value(self._matrix(history, allowed))
        out[list(self.arms)] = np.hstack([np.zeros((len(out), 1)), above])
        return out.where(allowed, -np.inf)

    def _matrix(self, history: pd.DataFrame, allowed: pd.DataFrame) -> np.ndarray:
        return np.hstack([self.features.transform(history), allowed[list(self.arms)].to_numpy(float)])


class Assignment(ClassifierMixin, BaseEstimator):
    """Chances of arms: logistic in the features, nil for an arm that is not allowed.

    Parameters
    ----------
    arms : int
        How many; the last columns of the features say which of them are allowed.
    """

    def __init__(self, arms: int) -> None:
        self.arms = arms

    def fit(self, features: np.ndarray, arm: np.ndarray) -> Assignment:
        self.model_ = LogisticRegression(C=PENALTY, max_iter=1000).fit(features, arm)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        chance = self.model_.predict_proba(features) * features[:, -self.arms :]
        return chance / chance.sum(axis=1, keepdims=True)

    def predict(self, features: np.ndarray) -> np.ndarray:
        return self.classes_[self.predict_proba(features).argmax(axis=1)]


def learner_of(kind: str, options: dict[str, Any], arms: int) -> Any:
    """A policy learner of econml that is not fitted yet.

    Raises
    ------
    PeerMissingError
        econml is not installed.
    """
    try:
        policy = import_module("econml.policy")
    except ImportError:
        raise PeerMissingError(
            "The policy trees and forests need econml, which is not installed: pip install -r requirements-bench.txt."
        ) from None
    return getattr(policy, kind)(
        model_regression=cross_validated_lasso(options["random_state"]), model_propensity=Assignment(arms), cv=FOLDS,
        min_propensity=LEAST_CHANCE, **options,
    )  # fmt: skip
