"""People in whom regimes are judged: their courses as codes, what they may have, and how they were randomised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.columns import as_names, as_numbers
from bestviz.regime.tables import TwoStageData, check_probability, matched, two_stage_data
from bestviz.regime.weights import excluded_rows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class JudgedPeople:
    """The people of a trial as judging sees them.

    Somebody for whom no second arm is allowed but continuing the first one has nothing to decide: continuing counts as
    assigned, with probability 1.

    Attributes
    ----------
    data : TwoStageData
        Only people with a first arm.
    group : Series of str
        Class by which fixed plans choose second arms; missing where not known.
    excluded : bool array, shape (n, treatments)
        What each person can have at no stage.
    first_probability, second_probability : array, shape (n,)
        Known probability of the arm assigned; NaN where not known.
    """

    data: TwoStageData
    group: pd.Series
    excluded: BoolArray
    first_probability: FloatArray
    second_probability: FloatArray

    def __len__(self) -> int:
        """Number of people."""
        return len(self.data)

    @property
    def index(self) -> pd.Index:
        """Names of the people."""
        return self.data.baseline.index

    @cached_property
    def treatments(self) -> tuple[str, ...]:
        """Treatments of all arms, in the order of the columns of `excluded`."""
        return _treatments(self.data)

    @cached_property
    def first(self) -> IntArray:
        """First arm of each person, as its position in the data's labels."""
        return self.data.first_arms.codes(self.data.first)

    @cached_property
    def _continued(self) -> IntArray:
        """Second arm that continues the first of people with nothing to decide; -1 for everybody else."""
        nothing = ~self.data.allowed_second.any(axis=1)
        return np.where(nothing, self.data.second_arms.codes(self.data.first), -1)

    @cached_property
    def second(self) -> IntArray:
        """Second arm of each person; -1 for none."""
        return np.where(self._continued >= 0, self._continued, self.data.second_arms.codes(self.data.second))

    @cached_property
    def allowed_second(self) -> BoolArray:
        """Second arms allowed; continuing for people with nothing to decide."""
        return self._or_continued(self.data.allowed_second)

    @cached_property
    def choosable(self) -> BoolArray:
        """Second arms among which rules choose; continuing for people with nothing to decide."""
        return self._or_continued(self.data.choosable_second)

    def _or_continued(self, allowed: BoolArray) -> BoolArray:
        rows = np.flatnonzero(self._continued >= 0)
        allowed = allowed.copy()
        allowed[rows, self._continued[rows]] = True
        return allowed

    @cached_property
    def seen(self) -> BoolArray:
        """Who came to the second assignment: somebody of whom something is known then, the class is, with a future."""
        known = self.data.second.notna().to_numpy()
        if len(self.data.interim.columns):
            known = known | self.data.interim.notna().any(axis=1).to_numpy()
        return known & self.group.notna().to_numpy() & self.allowed_second.any(axis=1)

    def group_codes(self, groups: tuple[str, ...]) -> IntArray:
        """Class of each person as its position in `groups`; -1 where not known."""
        return pd.Index(groups, dtype=object).get_indexer(pd.Index(self.group, dtype=object)).astype(np.intp)

    def take(self, rows: IntArray) -> JudgedPeople:
        """Some of the people, in the order of `rows`."""
        return JudgedPeople(
            subset(self.data, rows), self.group.iloc[rows], self.excluded[rows], self.first_probability[rows],
            self.second_probability[rows],
        )  # fmt: skip


def judged_people(
    baseline: pd.DataFrame,
    first: pd.Series,
    interim: pd.DataFrame | None,
    second: pd.Series,
    outcomes: pd.DataFrame,
    allowed_first: pd.DataFrame | None = None,
    allowed_second: pd.DataFrame | None = None,
    first_probability: pd.Series | None = None,
    second_probability: pd.Series | None = None,
    *,
    carried: pd.DataFrame | None = None,
    early: pd.DataFrame | None = None,
    choosable_second: pd.DataFrame | None = None,
    group: pd.Series | None = None,
    excluded: pd.DataFrame | None = None,
) -> JudgedPeople:
    """Check the tables of a trial in which regimes are to be judged; people without a first arm are left out.

    Parameters
    ----------
    baseline, first, interim, second, outcomes, allowed_first, allowed_second, first_probability, second_probability
        As in `TwoStageRegime.fit`.
    carried, early, choosable_second
        As in `TwoStageRegime.fit`.
    group : Series, optional
        Class by which fixed plans choose second arms, missing where not known; default the set of allowed second arms.
    excluded : DataFrame of bool, optional
        One column a treatment: what a person can have at no stage.

    Raises
    ------
    RegimeError
        The tables cannot be learned from or judged in; the message says why.
    """
    data = two_stage_data(
        baseline, first, interim, second, outcomes, allowed_first, allowed_second, carried, early, choosable_second
    )
    index = data.baseline.index
    if group is None:
        labels = np.asarray(data.second_arms.labels, dtype=object)
        group = pd.Series([", ".join(labels[may]) for may in data.allowed_second], index=index, dtype=object)
    treatments = _treatments(data)
    if excluded is not None:
        # What nobody got is out of reach in any case.
        excluded = excluded[[column for column in excluded.columns if str(column) in treatments]]
    people = JudgedPeople(
        data,
        as_names(matched(group, index, "group")),
        excluded_rows(excluded, index, treatments),
        _probability(first_probability, index, "first_probability"),
        _probability(second_probability, index, "second_probability"),
    )
    if people.group.isna().all():
        raise RegimeError("group is missing for everybody; give the class of people at the second assignment.")
    return people.take(np.flatnonzero(people.first >= 0))


def subset(data: TwoStageData, rows: IntArray) -> TwoStageData:
    """Some people of a trial; arms keep their coding."""
    return TwoStageData(
        data.baseline.iloc[rows], data.first.iloc[rows], data.interim.iloc[rows], data.second.iloc[rows],
        data.outcomes.iloc[rows], data.weighable, data.early.iloc[rows], data.first_arms, data.second_arms,
        data.allowed_first[rows], data.allowed_second[rows], data.choosable_second[rows],
    )  # fmt: skip


def tables_of(data: TwoStageData) -> dict[str, Any]:
    """The tables of a trial as `TwoStageRegime.fit` takes them."""
    index = data.baseline.index
    second = list(data.second_arms.labels)
    return {
        "baseline": data.baseline,
        "first": data.first,
        "interim": data.interim,
        "second": data.second,
        "outcomes": data.outcomes.iloc[:, : data.weighable],
        "carried": data.outcomes.iloc[:, data.weighable :],
        "early": data.early,
        "allowed_first": pd.DataFrame(data.allowed_first, index=index, columns=list(data.first_arms.labels)),
        "allowed_second": pd.DataFrame(data.allowed_second, index=index, columns=second),
        "choosable_second": pd.DataFrame(data.choosable_second, index=index, columns=second),
    }


def _treatments(data: TwoStageData) -> tuple[str, ...]:
    return tuple(dict.fromkeys(data.first_arms.treatments + data.second_arms.treatments))


def _probability(values: pd.Series | None, index: pd.Index, name: str) -> FloatArray:
    check_probability(values, index, name)
    numbers = None if values is None else as_numbers(matched(values, index, name))
    return np.full(len(index), np.nan) if numbers is None else numbers
