"""The gate of the trees: checks the tables they are given."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.columns import as_numbers
from bestviz.regime.tables import arm_table, feature_table

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def people_table(features: pd.DataFrame) -> pd.DataFrame:
    """Features of at least one person, column names as text.

    Raises
    ------
    RegimeError
        Not a table, nobody in it, two columns of one name, infinite values, or an index with duplicates.
    """
    features = feature_table(features, "features")
    if not len(features):
        raise RegimeError("features has no rows; give at least one person.")
    if not features.index.is_unique:
        raise RegimeError("The index of features has duplicates; give every person one row.")
    return features


def same_people(table: pd.DataFrame | pd.Series, index: pd.Index, name: str) -> None:
    """Refuse a table of other people than those of the features.

    Raises
    ------
    RegimeError
        Not a table, or the rows are not the same.
    """
    if not isinstance(table, pd.DataFrame | pd.Series):
        raise RegimeError(f"{name} must be a pandas table with one row a person, not a {type(table).__name__}.")
    if len(table) != len(index) or not table.index.is_unique or not table.index.isin(index).all():
        raise RegimeError(f"The index of {name} does not match that of features; give both the same people.")


def allowed_options(allowed: pd.DataFrame | None, index: pd.Index, options: tuple[str, ...]) -> BoolArray:
    """Allowed options, everything where no table is given; shape (n, options).

    Raises
    ------
    RegimeError
        The rows are not the same, a column is not yes or no, or nothing is allowed for somebody.
    """
    if allowed is not None:
        same_people(allowed, index, "allowed")
    return arm_table(allowed, index, options, "allowed")


def option_scores(scores: pd.DataFrame, index: pd.Index) -> tuple[tuple[str, ...], FloatArray]:
    """Options and their scores, NaN where missing; shape (n, options).

    Raises
    ------
    RegimeError
        No options, two of one name, the rows are not the same, or a column is not of finite numbers.
    """
    same_people(scores, index, "scores")
    scores = feature_table(scores, "scores").loc[index]
    options = tuple(str(c) for c in scores.columns)
    if not options:
        raise RegimeError("scores has no columns; give one column an option.")
    columns = [as_numbers(scores[option]) for option in options]
    for option, numbers in zip(options, columns, strict=True):
        if numbers is None:
            raise RegimeError(f"Column {option} of scores is not numeric; give numbers, higher meaning better.")
    return options, np.column_stack([c for c in columns if c is not None])


def refuse_missing(scores: FloatArray, allowed: BoolArray, options: tuple[str, ...], index: pd.Index) -> None:
    """Refuse a missing score of an allowed option.

    Raises
    ------
    RegimeError
        Naming the first.
    """
    gaps = np.argwhere(np.isnan(scores) & allowed)
    if len(gaps):
        person, option = gaps[0]
        raise RegimeError(
            f"The score of {options[option]} is missing for row {index[person]!r}, who may have it; "
            "give a score wherever an option is allowed."
        )
