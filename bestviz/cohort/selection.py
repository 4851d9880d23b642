"""Who is looked at: filters, and the people of a trial that they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import pandas as pd

from bestviz.cohort.suppression import LEAST, Count, Table, protect_groups, publish
from bestviz.data.dataset import Trial
from bestviz.trial import COLUMNS, SINGLE_ARMS, TREATMENTS
from bestviz.trial.allowed import contraindication_table

NO_CONTRAINDICATION = "none"
AGE_BANDS: dict[str, tuple[int, int]] = {
    "18 to 39": (18, 39),
    "40 to 49": (40, 49),
    "50 to 64": (50, 64),
    "65 and over": (65, 200),
}
KNOWN, MISSING = "known", "missing"


@dataclass(frozen=True)
class Filters:
    """Whom to look at; an empty filter keeps everybody.

    Attributes
    ----------
    site, sex : tuple of str
        Values of the participant columns.
    age : tuple of str
        Names of `AGE_BANDS`, in whole years.
    contraindication : tuple of str
        Treatments of which any is contraindicated, or `"none"` for people without any.
    """

    site: tuple[str, ...] = ()
    sex: tuple[str, ...] = ()
    age: tuple[str, ...] = ()
    contraindication: tuple[str, ...] = ()

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The filters that are set, by name."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}


@dataclass(frozen=True)
class Cohort:
    """The randomised people of a trial that the filters leave.

    Attributes
    ----------
    trial : Trial
        The whole trial.
    filters : Filters
        What was asked for.
    people : DataFrame, index `id`
        Their rows of `trial.participants`.
    randomised : int
        Randomised people of the whole trial.
    """

    trial: Trial
    filters: Filters
    people: pd.DataFrame = field(repr=False)
    randomised: int

    def __len__(self) -> int:
        """Number of people left."""
        return len(self.people)

    def values(self, measure: str, week: int) -> pd.Series:
        """Values of one measure at one week; Series of float indexed by id, missing allowed."""
        return self.trial.values(measure, week).reindex(self.people.index)

    @cached_property
    def first(self) -> pd.Series:
        """First arm of each person."""
        return self.people["first_arm"]

    @cached_property
    def response(self) -> pd.Series:
        """Response class of each person, missing allowed."""
        return self.trial.response.reindex(self.people.index)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """First arms of the trial that somebody here could have been assigned to."""
        barred = contraindication_table(self.people)
        used = set(self.trial.participants["first_arm"].dropna())
        return tuple(arm for arm in SINGLE_ARMS if arm in used and not barred[arm].all())

    @cached_property
    def sizes(self) -> dict[str, Count]:
        """People of each first arm."""
        return protect_groups({arm: int((self.first == arm).sum()) for arm in self.arms})

    def by_arm(self, levels: pd.Series, order: tuple[str, ...]) -> pd.DataFrame:
        """Counts of levels: DataFrame of int, one row a first arm, one column a level in this order."""
        return cross_count(self.first, levels, self.arms, order)

    def observed(self, measure: str, week: int) -> Table:
        """Who has a value: counts by first arm, levels `known`, `missing`, `all`."""
        levels = self.values(measure, week).notna().map({True: KNOWN, False: MISSING})
        return publish(self.by_arm(levels, (KNOWN, MISSING)))

    @property
    def refusal(self) -> str:
        """Why no number can be shown: `""`, `"nobody"`, `"few"`, or `"others"` where nearly everybody is left.

        Numbers of all but a few people, taken from those of everybody, would be numbers of a few people.
        """
        if not len(self):
            return "nobody"
        if len(self) < LEAST:
            return "few"
        return "others" if 0 < self.randomised - len(self) < LEAST else ""


def cross_count(groups: pd.Series, levels: pd.Series, rows: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Counts of people by group and level, zeros included: DataFrame of int; whoever is in neither is not counted."""
    row = pd.Index(list(rows)).get_indexer(pd.Index(groups))
    column = pd.Index(list(columns)).get_indexer(pd.Index(levels))
    seen = (row >= 0) & (column >= 0)
    cells = np.zeros((len(rows), len(columns)), int)
    np.add.at(cells, (row[seen], column[seen]), 1)
    return pd.DataFrame(cells, list(rows), list(columns))


def choices(trial: Trial) -> dict[str, tuple[str, ...]]:
    """What each filter can be set to in this trial; a filter that would tell nobody apart is left out."""
    people = trial.participants
    offered: Mapping[str, tuple[str, ...]] = {
        "site": _present(people, "site"),
        "sex": _present(people, "sex"),
        "age": tuple(AGE_BANDS) if "age" in people and people["age"].notna().any() else (),
        "contraindication": _contraindications(people),
    }
    return {name: values for name, values in offered.items() if len(values) > 1}


def select(trial: Trial, filters: Filters) -> Cohort:
    """The randomised people that the filters leave."""
    people = trial.participants[trial.participants["first_arm"].notna()]
    keep = pd.Series(True, people.index)
    for name in ("site", "sex"):
        if chosen := getattr(filters, name):
            keep &= people[name].isin(chosen)
    if filters.age:
        bands = [people["age"].floordiv(1).between(*AGE_BANDS[band]) for band in filters.age]
        keep &= pd.concat(bands, axis=1).any(axis=1)
    if filters.contraindication:
        keep &= _contraindicated(people, filters.contraindication)
    return Cohort(trial, filters, people[keep], len(people))


def _present(people: pd.DataFrame, name: str) -> tuple[str, ...]:
    found = set(people[name].dropna()) if name in people else set()
    known = COLUMNS[name].values
    return tuple(value for value in known if value in found) if known else tuple(sorted(found))


def _contraindications(people: pd.DataFrame) -> tuple[str, ...]:
    table = contraindication_table(people)
    found = tuple(code for code in TREATMENTS if table[code].any())
    return (NO_CONTRAINDICATION, *found) if found else ()


def _contraindicated(people: pd.DataFrame, chosen: tuple[str, ...]) -> pd.Series:
    table = contraindication_table(people)
    keep = table[[code for code in chosen if code != NO_CONTRAINDICATION]].any(axis=1)
    return keep | ~table.any(axis=1) if NO_CONTRAINDICATION in chosen else keep
