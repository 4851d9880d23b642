"""The gate of the regime: checks the tables it is given and puts them into one order."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.arms import ArmCoding
from bestviz.regime.columns import as_numbers

BoolArray = npt.NDArray[np.bool_]

MIN_PEOPLE_IN_AN_ARM = 5
Table = TypeVar("Table", pd.DataFrame, pd.Series)


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
    choosable_second : bool array, shape (n, arms)
        Second arms among which the learned rule chooses.
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
    choosable_second: BoolArray

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
    choosable_second: pd.DataFrame | None = None,
) -> TwoStageData:
    """Check and align the tables of a trial.

    Raises
    ------
    RegimeError
        Indexes that do not match, infinite or non-numeric outcomes, nobody to learn from, or fewer than 5 people in
        every first arm.
    """
    baseline = feature_table(baseline, "baseline")
    index = baseline.index
    if not index.is_unique:
        raise RegimeError("The index of the baseline table has duplicates; give every person one row.")
    nothing = pd.DataFrame(index=index)
    interim = matched(feature_table(nothing if interim is None else interim, "interim"), index, "interim")
    outcomes = _numbers(matched(outcomes, index, "outcomes"), "outcomes")
    carried = _numbers(matched(nothing if carried is None else carried, index, "carried"), "carried")
    early = _numbers(matched(nothing if early is None else early, index, "early"), "early")
    if not len(outcomes.columns):
        raise RegimeError("The outcomes table has no columns; give at least one outcome.")
    weighable = len(outcomes.columns)
    outcomes = pd.concat([outcomes, carried], axis=1)
    _refuse_repeated(outcomes, "outcomes and carried together")
    first, may_first = _allowed(_labels(matched(first, index, "first")), allowed_first, "first")
    second, may_second = _allowed(_labels(matched(second, index, "second")), allowed_second, "second")
    counts = first.value_counts()
    if not (counts >= MIN_PEOPLE_IN_AN_ARM).any():
        raise RegimeError(
            f"Every first arm has fewer than {MIN_PEOPLE_IN_AN_ARM} people; a regime cannot be learned from these data."
        )
    _check_learnable(first, second, outcomes)
    first_arms, second_arms = ArmCoding.learn(first), ArmCoding.learn(second)
    may_second = may_second.reindex(columns=list(second_arms.labels), fill_value=False)
    choosable = may_second
    if choosable_second is not None:
        given = matched(choosable_second, index, "choosable_second")
        choosable = may_second & given.reindex(columns=may_second.columns, fill_value=False).fillna(False).astype(bool)
    return TwoStageData(
        baseline, first, interim, second, outcomes, weighable, early, first_arms, second_arms,
        may_first.reindex(columns=list(first_arms.labels), fill_value=False).to_numpy(bool),
        may_second.to_numpy(bool),
        # Where none may be chosen, something is still assumed of the person's future: what is allowed.
        np.where(choosable.any(axis=1).to_numpy()[:, None], choosable.to_numpy(bool), may_second.to_numpy(bool)),
    )  # fmt: skip


def matched(table: Table, index: pd.Index, name: str) -> Table:
    """The rows of a table in the order of an index.

    Raises
    ------
    RegimeError
        Not a table, or the rows are not the same.
    """
    if not isinstance(table, pd.DataFrame | pd.Series):
        raise RegimeError(f"{name} must be a pandas table with one row a person, not a {type(table).__name__}.")
    if table.index.equals(index):
        return table
    if len(table) != len(index) or not table.index.is_unique or not table.index.isin(index).all():
        raise RegimeError(f"The index of {name} does not match that of the baseline table; give both the same people.")
    return table.loc[index]


def feature_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table of features with column names as text.

    Raises
    ------
    RegimeError
        Not a table, two columns of one name, or infinite values.
    """
    if not isinstance(table, pd.DataFrame):
        raise RegimeError(f"{name} must be a DataFrame with one row a person, not a {type(table).__name__}.")
    table = table.rename(columns=str)
    _refuse_repeated(table, name)
    for column in table.columns:
        numbers = as_numbers(table[column])
        if numbers is not None and np.isinf(numbers).any():
            raise RegimeError(
                f"Column {column} of {name} holds infinite values; give finite numbers or leave them missing."
            )
    return table


def flag_table(table: pd.DataFrame, index: pd.Index, name: str) -> pd.DataFrame:
    """A table of yes or no matched to an index; missing means no.

    Raises
    ------
    RegimeError
        The rows are not the same, or a column is not yes or no.
    """
    table = matched(table, index, name).rename(columns=str)
    _refuse_repeated(table, name)
    flags = {}
    for column in table.columns:
        numbers = as_numbers(table[column])
        if numbers is None or not np.isin(numbers[~np.isnan(numbers)], (0, 1)).all():
            raise RegimeError(f"Column {column} of {name} must hold True or False.")
        flags[column] = numbers == 1
    return pd.DataFrame(flags, index=index, dtype=bool)


def arm_table(allowed: pd.DataFrame | None, index: pd.Index, labels: tuple[str, ...], what: str) -> BoolArray:
    """Allowed arms of new rows in the order of `labels`; every arm where no table is given.

    Raises
    ------
    RegimeError
        The table's index does not match, or nothing the regime knows is allowed for some row.
    """
    if allowed is None:
        return np.ones((len(index), len(labels)), dtype=bool)
    flags = flag_table(allowed, index, what)
    unknown = [c for c in flags.columns if c not in labels and flags[c].any()]
    if unknown:
        warnings.warn(f"{what}: {', '.join(unknown)} never occurred in training and is left out.", stacklevel=4)
    table = flags.reindex(columns=list(labels), fill_value=False).to_numpy(bool)
    empty = np.flatnonzero(~table.any(axis=1))
    if len(empty):
        raise RegimeError(
            f"{what}: nothing that the regime knows is allowed for {len(empty)} row(s), the first being "
            f"{index[empty[0]]!r}; allow at least one of {', '.join(labels)}."
        )
    return table


def check_probability(values: pd.Series | None, index: pd.Index, name: str) -> None:
    """Refuse probabilities of assignment that cannot be.

    Raises
    ------
    RegimeError
        The index does not match, or a value is not above 0 and at most 1.
    """
    if values is None:
        return
    numbers = as_numbers(matched(values, index, name))
    if numbers is None:
        raise RegimeError(f"{name} is not numeric; give the probability of the arm assigned.")
    wrong = np.flatnonzero(~np.isnan(numbers) & ~((numbers > 0) & (numbers <= 1)))
    if len(wrong):
        raise RegimeError(
            f"{name} holds {numbers[wrong[0]]:g} for row {index[wrong[0]]!r}; "
            "probabilities must be above 0 and at most 1."
        )


def _refuse_repeated(table: pd.DataFrame, name: str) -> None:
    if not table.columns.is_unique:
        repeated = table.columns[table.columns.duplicated()][0]
        raise RegimeError(f"Two columns of {name} are called {repeated}; give every column its own name.")


def _numbers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    table = feature_table(table, name)
    columns = {column: as_numbers(table[column]) for column in table.columns}
    for column, numbers in columns.items():
        if numbers is None:
            raise RegimeError(f"Column {column} of {name} is not numeric; give numbers, higher meaning better.")
    return pd.DataFrame(columns, index=table.index, dtype=float)


def _labels(arms: pd.Series) -> pd.Series:
    return pd.Series([None if pd.isna(a) else str(a) for a in arms], index=arms.index, dtype=object)


def _allowed(assigned: pd.Series, allowed: pd.DataFrame | None, stage: str) -> tuple[pd.Series, pd.DataFrame]:
    """Assigned arms without those that were not allowed, and the allowed arms."""
    index = assigned.index
    if allowed is None:
        return assigned, pd.DataFrame(True, index=index, columns=sorted(set(assigned.dropna())))
    flags = flag_table(allowed, index, f"allowed_{stage}")
    codes = flags.columns.get_indexer(pd.Index(assigned.fillna(""), dtype=object))
    against = assigned.notna().to_numpy() & ~np.where(codes >= 0, _picked(flags.to_numpy(), codes), False)
    if against.any():
        warnings.warn(
            f"{against.sum()} people were assigned a {stage} arm that was not allowed for them; "
            f"nothing is learned from these assignments.", stacklevel=5,
        )  # fmt: skip
    assigned = assigned.mask(pd.Series(against, index=index))
    never = [c for c in flags.columns if c not in set(assigned.dropna()) and flags[c].any()]
    if never:
        warnings.warn(
            f"Allowed {stage} arm(s) {', '.join(never)} never occur in these data and are left out.", stacklevel=5
        )
    return assigned, flags


def _picked(flags: BoolArray, codes: npt.NDArray[np.intp]) -> BoolArray:
    """The flag of each row's own column."""
    return flags[np.arange(len(flags)), codes] if flags.shape[1] else np.zeros(len(flags), dtype=bool)


def _check_learnable(first: pd.Series, second: pd.Series, outcomes: pd.DataFrame) -> None:
    usable = first.notna() & second.notna() & outcomes.notna().any(axis=1)
    if not usable.any():
        raise RegimeError(
            "Nobody has a first arm, a second arm and an outcome; a regime cannot be learned from these data."
        )
    for column in outcomes.columns:
        if not outcomes.loc[usable, column].notna().any():
            raise RegimeError(
                f"Outcome {column} is missing for everybody with a second arm; leave it out or supply its values."
            )
