"""The gate of the regime: checks the tables it is given and puts them into one order."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.arms import ArmCoding

BoolArray = npt.NDArray[np.bool_]

MIN_PEOPLE_IN_AN_ARM = 5


@dataclass(frozen=True)
class TwoStageData:
    """A two-stage trial as the learners see it; all tables share one index.

    Attributes
    ----------
    baseline, interim : DataFrame
        Features before the first and before the second assignment; `interim` may have no columns.
    first, second : Series of str
        Arm labels; `second` is missing after drop-out.
    outcomes : DataFrame of float
        Higher is better; missing allowed. The first `weighable` columns may carry weight, the others are carried along.
    weighable : int
    early : DataFrame of float
        Further quantities of the first stage to be smoothed on (baseline, first); may have no columns.
    first_arms, second_arms : ArmCoding
    allowed_first, allowed_second : bool array, shape (n, arms of the stage)
    """

    baseline: pd.DataFrame
    first: pd.Series
    interim: pd.DataFrame
    second: pd.Series
    outcomes: pd.DataFrame
    weighable: int
    early: pd.DataFrame
    first_arms: ArmCoding
    second_arms: ArmCoding
    allowed_first: BoolArray
    allowed_second: BoolArray

    def __len__(self) -> int:
        """Number of people."""
        return len(self.baseline)


def two_stage_data(
    baseline: pd.DataFrame,
    first: pd.Series,
    interim: pd.DataFrame | None,
    second: pd.Series,
    outcomes: pd.DataFrame,
    allowed_first: pd.DataFrame | None = None,
    allowed_second: pd.DataFrame | None = None,
    carried: pd.DataFrame | None = None,
    early: pd.DataFrame | None = None,
) -> TwoStageData:
    """Check and align the tables of a trial.

    Raises
    ------
    RegimeError
        Indexes that do not match, infinite or non-numeric outcomes, nobody to learn from, or fewer than 5 people in every
        first arm.
    """
    index = baseline.index
    interim = pd.DataFrame(index=index) if interim is None else interim
    carried = pd.DataFrame(index=index) if carried is None else carried
    early = pd.DataFrame(index=index) if early is None else early
    named = {"first": first, "interim": interim, "second": second, "outcomes": outcomes}
    named |= {"carried": carried, "early": early}
    named |= {n: t for n, t in (("allowed_first", allowed_first), ("allowed_second", allowed_second)) if t is not None}
    _check_indexes(index, named)
    if not len(outcomes.columns):
        raise RegimeError("The outcomes table has no columns; give at least one outcome.")
    weighable = len(outcomes.columns)
    outcomes = _numbers(outcomes.loc[index].join(carried.loc[index]), "outcomes")
    early = _numbers(early.loc[index], "early outcomes")
    for name, table in (("baseline", baseline), ("interim", interim)):
        _check_finite(table, name)
    first, second = _labels(first.loc[index]), _labels(second.loc[index])
    first, may_first = _allowed(first, allowed_first, index, "first")
    second, may_second = _allowed(second, allowed_second, index, "second")
    counts = first.value_counts()
    if not (counts >= MIN_PEOPLE_IN_AN_ARM).any():
        raise RegimeError(
            f"Every first arm has fewer than {MIN_PEOPLE_IN_AN_ARM} people; a regime cannot be learned from these data."
        )
    _check_learnable(second, outcomes)
    first_arms, second_arms = ArmCoding.learn(first), ArmCoding.learn(second)
    return TwoStageData(
        baseline, first, interim.loc[index], second, outcomes, weighable, early, first_arms, second_arms,
        may_first.reindex(columns=list(first_arms.labels), fill_value=False).to_numpy(bool),
        may_second.reindex(columns=list(second_arms.labels), fill_value=False).to_numpy(bool),
    )  # fmt: skip


def arm_table(allowed: pd.DataFrame | None, index: pd.Index, labels: tuple[str, ...], what: str) -> BoolArray:
    """Allowed arms of new rows in the order of `labels`; every arm where no table is given.

    Raises
    ------
    RegimeError
        The table's index does not match, or nothing the regime knows is allowed for some row.
    """
    if allowed is None:
        return np.ones((len(index), len(labels)), dtype=bool)
    _check_indexes(index, {what: allowed})
    unknown = [c for c in allowed.columns if c not in labels and allowed[c].any()]
    if unknown:
        warnings.warn(
            f"{what}: {', '.join(map(str, unknown))} never occurred in training and is left out.", stacklevel=3
        )
    table = allowed.loc[index].reindex(columns=list(labels), fill_value=False).fillna(False).to_numpy(bool)
    empty = ~table.any(axis=1)
    if empty.any():
        raise RegimeError(
            f"{what}: nothing that the regime knows is allowed for {empty.sum()} row(s), the first being "
            f"{index[empty][0]!r}; allow at least one of {', '.join(labels)}."
        )
    return table


def _check_indexes(index: pd.Index, tables: dict[str, pd.DataFrame | pd.Series]) -> None:
    if not index.is_unique:
        raise RegimeError("The index of the baseline table has duplicates; give every person one row.")
    for name, table in tables.items():
        if len(table) != len(index) or not table.index.is_unique or not table.index.isin(index).all():
            raise RegimeError(
                f"The index of {name} does not match that of the baseline table; give both the same people."
            )


def _check_finite(table: pd.DataFrame, name: str) -> None:
    for column in table.columns:
        if pd.api.types.is_numeric_dtype(table[column].dtype):
            values = table[column].to_numpy(dtype=float, na_value=np.nan)
            if np.isinf(values).any():
                raise RegimeError(
                    f"Column {column} of {name} holds infinite values; give finite numbers or leave them missing."
                )


def _numbers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    for column in table.columns:
        if not pd.api.types.is_numeric_dtype(table[column].dtype):
            raise RegimeError(f"Column {column} of {name} is not numeric; give numbers, higher meaning better.")
    numbers = pd.DataFrame(
        {c: table[c].to_numpy(dtype=float, na_value=np.nan) for c in table.columns}, index=table.index
    )
    _check_finite(numbers, name)
    return numbers


def _labels(arms: pd.Series) -> pd.Series:
    return pd.Series([None if pd.isna(a) else str(a) for a in arms], index=arms.index, dtype=object)


def _allowed(
    assigned: pd.Series, allowed: pd.DataFrame | None, index: pd.Index, stage: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Allowed arms that were seen, and the assigned arms without those that were not allowed."""
    seen = sorted(set(assigned.dropna()))
    if allowed is None:
        return assigned, pd.DataFrame(True, index=index, columns=seen)
    allowed = allowed.loc[index].fillna(False).astype(bool)
    allowed.columns = allowed.columns.astype(str)
    never = [c for c in allowed.columns if c not in seen and allowed[c].any()]
    if never:
        warnings.warn(
            f"Allowed {stage} arm(s) {', '.join(never)} never occur in these data and are left out.", stacklevel=4
        )
    codes = allowed.columns.get_indexer(assigned.astype("string").fillna(""))
    rows = np.arange(len(index))
    against = assigned.notna().to_numpy() & ~np.where(codes >= 0, allowed.to_numpy()[rows, codes], False)
    if against.any():
        warnings.warn(
            f"{against.sum()} people were assigned a {stage} arm that was not allowed for them; "
            f"nothing is learned from these assignments.", stacklevel=4,
        )  # fmt: skip
    return assigned.mask(pd.Series(against, index=index)), allowed


def _check_learnable(second: pd.Series, outcomes: pd.DataFrame) -> None:
    usable = second.notna() & outcomes.notna().any(axis=1)
    if not usable.any():
        raise RegimeError("Nobody has both a second arm and an outcome; a regime cannot be learned from these data.")
    for column in outcomes.columns:
        if not outcomes.loc[usable, column].notna().any():
            raise RegimeError(f"Outcome {column} is missing for everybody; leave it out or supply its values.")
