"""The Q-function of one stage: a regression on features and arms, asked about every allowed arm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LassoCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

FOLDS, MOST_ITERATIONS = 10, 20_000
TREES, LEAVES, FEATURES_A_SPLIT = 500, (5, 10, 20), 1 / 3


class Regressor(Protocol):
    """What Q-learning asks of a regression."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> Any: ...

    def predict(self, x: np.ndarray) -> np.ndarray: ...


def cross_validated_lasso(seed: int) -> Regressor:
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    return make_pipeline(StandardScaler(), LassoCV(cv=folds, max_iter=MOST_ITERATIONS))


class TunedForest:
    """A random forest whose smallest leaf has the least out-of-bag error."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, x: np.ndarray, y: np.ndarray) -> TunedForest:
        self.chosen = max((self._forest(leaf).fit(x, y) for leaf in LEAVES), key=lambda forest: forest.oob_score_)
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.chosen.predict(x)

    def _forest(self, leaf: int) -> RandomForestRegressor:
        return RandomForestRegressor(
            TREES, min_samples_leaf=leaf, max_features=FEATURES_A_SPLIT, oob_score=True, random_state=self.seed
        )


def feature_columns() -> ColumnTransformer:
    """Numbers on one scale, medians for missing ones; names as indicators, the most frequent for missing ones."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    return ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("names", names, make_column_selector(dtype_exclude="number")),
        ],
        sparse_threshold=0,
    )


class QFunction:
    """Expected outcome given history and arm.

    Parameters
    ----------
    regressor : Regressor
    arms : iterable of str
        An arm is coded by indicators of its treatments and of its combination.
    modifiers : iterable of str
        Columns of the history whose products with the treatments are in the regression.
    """

    def __init__(self, regressor: Regressor, arms: Iterable[str], modifiers: Iterable[str]) -> None:
        self.regressor, self.arms, self.modifiers = regressor, list(arms), list(modifiers)
        self.features, self.modifying = feature_columns(), feature_columns()
        treatments = list(dict.fromkeys(t for arm in self.arms for t in arm.split("+")))
        self.held = np.array([[float(t in arm.split("+")) for t in treatments] for arm in self.arms])
        pairs = np.eye(len(self.arms))[:, ["+" in arm for arm in self.arms]]
        self.indicators = np.hstack([self.held, pairs])

    def fit(self, history: pd.DataFrame, arm: pd.Series, outcome: pd.Series) -> QFunction:
        self.features.fit(history)
        self.modifying.fit(history[self.modifiers])
        number = np.array([self.arms.index(label) for label in arm], dtype=int)
        self.regressor.fit(self._matrix(history, np.arange(len(history)), number), outcome.to_numpy())
        return self

    def values(self, history: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
        """Expected outcome of each person (rows) under each arm; minus infinity where it is not allowed."""
        may = allowed.reindex(columns=self.arms, fill_value=False).to_numpy(bool)
        person, arm = np.nonzero(may)
        values = np.full(may.shape, -np.inf)
        values[person, arm] = self.regressor.predict(self._matrix(history, person, arm))
        return pd.DataFrame(values, index=history.index, columns=self.arms)

    def _matrix(self, history: pd.DataFrame, person: np.ndarray, arm: np.ndarray) -> np.ndarray:
        modifying = self.modifying.transform(history[self.modifiers])[person]
        products = self.held[arm][:, :, None] * modifying[:, None, :]
        features = self.features.transform(history)[person]
        return np.hstack([features, self.indicators[arm], products.reshape(len(arm), -1)])
