"""Weights of outcomes and excluded treatments of new rows: checked, and grouped so that each case is solved once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.columns import as_numbers
from bestviz.regime.tables import flag_table, matched

FloatArray = npt.NDArray[np.float64]


def weight_rows(
    weights: Mapping[str, float] | pd.DataFrame | None, index: pd.Index, outcomes: tuple[str, ...]
) -> FloatArray:
    """Weights of every row over the outcomes, scaled to sum 1; equal where none are given; shape (rows, K).

    Raises
    ------
    RegimeError
        An unknown outcome, a weight that is negative or not a finite number, no weight above 0, or a table whose index
        does not match.
    """
    if weights is None:
        return np.full((len(index), len(outcomes)), 1 / len(outcomes))
    if isinstance(weights, pd.DataFrame):
        return _scaled(matched(weights, index, "weights"), outcomes)
    one = pd.DataFrame({name: [value] for name, value in dict(weights).items()}, index=[0])
    return np.repeat(_scaled(one, outcomes), len(index), axis=0)


def _scaled(table: pd.DataFrame, outcomes: tuple[str, ...]) -> FloatArray:
    table = table.rename(columns=str)
    unknown = [name for name in table.columns if name not in outcomes]
    if unknown:
        raise RegimeError(
            f"Weights name unknown outcome(s) {', '.join(unknown)}; the outcomes are {', '.join(outcomes)}."
        )
    rows = np.zeros((len(table), len(outcomes)))
    for name in table.columns:
        numbers = as_numbers(table[name])
        if numbers is None or not np.isfinite(numbers).all() or (numbers < 0).any():
            raise RegimeError(f"The weight of {name} is negative or not a finite number; give 0 or more.")
        rows[:, outcomes.index(name)] = numbers
    total = rows.sum(axis=1, keepdims=True)
    if (total <= 0).any():
        raise RegimeError("All weights are 0; give at least one outcome a weight above 0.")
    return rows / total


def excluded_rows(excluded: pd.DataFrame | None, index: pd.Index, treatments: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Excluded treatments of every row, in the order of `treatments`: shape (rows, treatments).

    A treatment that never occurred in training is chosen for nobody; excluding it is answered with a warning.

    Raises
    ------
    RegimeError
        The index does not match.
    """
    if excluded is None:
        return np.zeros((len(index), len(treatments)), dtype=bool)
    flags = flag_table(excluded, index, "excluded")
    unknown = [c for c in flags.columns if c not in treatments and flags[c].any()]
    if unknown:
        warnings.warn(
            f"excluded: {', '.join(unknown)} never occurred in training; the treatments are {', '.join(treatments)}.",
            stacklevel=4,
        )
    return flags.reindex(columns=list(treatments), fill_value=False).to_numpy(bool)


def distinct_exclusions(
    excluded: npt.NDArray[np.bool_], treatments: tuple[str, ...]
) -> Iterator[tuple[frozenset[str], npt.NDArray[np.intp]]]:
    """Each distinct set of excluded treatments with the rows that share it."""
    if not len(excluded):
        return
    distinct, inverse = np.unique(excluded, axis=0, return_inverse=True)
    for i, case in enumerate(distinct):
        barred = frozenset(t for t, no in zip(treatments, case, strict=True) if no)
        yield barred, np.flatnonzero(inverse.ravel() == i)
