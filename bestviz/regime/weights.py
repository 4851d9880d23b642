"""Weights of outcomes and excluded treatments of new rows: checked, and grouped so that each distinct case is solved once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError

FloatArray = npt.NDArray[np.float64]


def weight_vector(weights: Mapping[str, float] | None, outcomes: tuple[str, ...]) -> FloatArray:
    """Weights as a vector over the outcomes, scaled to sum 1; equal where none are given.

    Raises
    ------
    RegimeError
        An unknown outcome, a weight that is negative or not finite, or no weight above 0.
    """
    if weights is None:
        return np.full(len(outcomes), 1 / len(outcomes))
    unknown = [str(name) for name in weights if name not in outcomes]
    if unknown:
        raise RegimeError(
            f"Weights name unknown outcome(s) {', '.join(unknown)}; the outcomes are {', '.join(outcomes)}."
        )
    vector = np.array([float(weights.get(name, 0.0)) for name in outcomes])
    wrong = [name for name, value in zip(outcomes, vector, strict=True) if not np.isfinite(value) or value < 0]
    if wrong:
        raise RegimeError(f"The weight of {', '.join(wrong)} is negative or not a finite number; give 0 or more.")
    if vector.sum() <= 0:
        raise RegimeError("All weights are 0; give at least one outcome a weight above 0.")
    return vector / vector.sum()


def weight_rows(
    weights: Mapping[str, float] | pd.DataFrame | None, index: pd.Index, outcomes: tuple[str, ...]
) -> FloatArray:
    """Weights of every row: shape (rows, K)."""
    if not isinstance(weights, pd.DataFrame):
        return np.tile(weight_vector(weights, outcomes), (len(index), 1))
    if len(weights) != len(index) or not index.isin(weights.index).all():
        raise RegimeError("The index of the weights does not match that of the rows; give every row its weights.")
    rows = weights.loc[index].fillna(0.0)
    return np.array([weight_vector(row, outcomes) for row in rows.to_dict("records")]).reshape(
        len(index), len(outcomes)
    )


def excluded_rows(excluded: pd.DataFrame | None, index: pd.Index, treatments: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Excluded treatments of every row, in the order of `treatments`: shape (rows, treatments).

    Raises
    ------
    RegimeError
        The index does not match, or a column is not a treatment.
    """
    if excluded is None:
        return np.zeros((len(index), len(treatments)), dtype=bool)
    if len(excluded) != len(index) or not index.isin(excluded.index).all():
        raise RegimeError("The index of `excluded` does not match that of the rows; give every row its exclusions.")
    unknown = [str(c) for c in excluded.columns if c not in treatments and excluded[c].any()]
    if unknown:
        raise RegimeError(
            f"`excluded` names unknown treatment(s) {', '.join(unknown)}; the treatments are {', '.join(treatments)}."
        )
    return excluded.loc[index].reindex(columns=list(treatments)).astype("boolean").fillna(False).to_numpy(bool)


def distinct_cases(
    weights: FloatArray, excluded: npt.NDArray[np.bool_], treatments: tuple[str, ...]
) -> Iterator[tuple[FloatArray, frozenset[str], npt.NDArray[np.intp]]]:
    """Each distinct combination of weights and exclusions with the rows that share it."""
    if not len(weights):
        return
    combined = np.hstack([weights, excluded])
    distinct, inverse = np.unique(combined, axis=0, return_inverse=True)
    for i, case in enumerate(distinct):
        barred = frozenset(t for t, no in zip(treatments, case[weights.shape[1] :] > 0, strict=True) if no)
        yield case[: weights.shape[1]], barred, np.flatnonzero(inverse.ravel() == i)
