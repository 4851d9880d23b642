"""Who is looked at: filters, and the people of a trial that they leave."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.cohort.cells import Name
from bestviz.cohort.journeys import CLASS_BY, KNOWN_VALUE, MISSING_VALUE, journeys
from bestviz.cohort.stopping import stopping
from bestviz.cohort.suppression import LEAST, Count, shown
from bestviz.cohort.tables import ALL, Table, Whole, protect_groups, publish
from bestviz.data.dataset import Trial
from bestviz.trial import COLUMNS, SINGLE_ARMS, TREATMENTS
from bestviz.trial.allowed import contraindication_table
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK

NO_CONTRAINDICATION = "none"
AGE_BANDS: dict[str, tuple[int, int]] = {
    "18 to 39": (18, 39),
    "40 to 49": (40, 49),
    "50 to 64": (50, 64),
    "65 and over": (65, 200),
}
KNOWN, MISSING = "known", "missing"
_KEPT = 8  # views kept in memory, so that what is hidden in them is worked out once


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

    def here(self, values: pd.Series) -> npt.NDArray[Any]:
        """Of values of everybody of the trial, those of these people, in their order."""
        return values.reindex(self.trial.participants.index).to_numpy()[self._places]

    @cached_property
    def _places(self) -> npt.NDArray[np.intp]:
        return self.trial.participants.index.get_indexer(self.people.index)

    @cached_property
    def arm_codes(self) -> npt.NDArray[np.int64]:
        """Place of each person's first arm in `arms`."""
        return _codes(self.first, self.arms)

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
    def everybody(self) -> Cohort:
        """The view without filters, which a reader has as well."""
        return self if not self.filters.chosen else select(self.trial, Filters())

    @cached_property
    def sizes(self) -> dict[str, Count]:
        """People of each first arm."""
        whole = None if self.everybody is self else (self.everybody.counted, self.everybody.sizes)
        return protect_groups(self.counted, whole)

    @cached_property
    def counted(self) -> dict[str, int]:
        """People of each first arm; not to be shown."""
        return {arm: int((self.first == arm).sum()) for arm in self.arms}

    @cached_property
    def journeys(self) -> Mapping[Name, Count]:
        """Every count of who went where, protected together; see `bestviz.cohort.journeys`."""
        return journeys(self)

    @cached_property
    def stopping(self) -> Mapping[Name, Count]:
        """Who stopped the first treatment, and who for harm; see `bestviz.cohort.stopping`."""
        return stopping(self)

    @cached_property
    def _published(self) -> dict[Hashable, Table]:
        """Tables of this view as they were published, by their counts."""
        return {}

    def by_arm(self, levels: pd.Series, order: tuple[str, ...]) -> pd.DataFrame:
        """Counts of levels (of everybody of the trial): DataFrame of int, one row a first arm, one column a level."""
        return _crossed(self.arm_codes, _codes(self.here(levels), order), self.arms, order)

    def table(
        self, levels: pd.Series, order: tuple[str, ...], *, overall: bool = False, keep: str = "",
        never: frozenset[tuple[str, str]] = frozenset(),
    ) -> Table:  # fmt: skip
        """Publish counts of levels by first arm.

        Parameters
        ----------
        levels : Series of str, indexed by id
            The level of everybody of the trial.
        order : tuple of str
            The levels.
        overall, keep, never
            As for `bestviz.cohort.tables.publish`.
        """
        counts, every = self.by_arm(levels, order), self.everybody
        if every is not self:
            table = every.table(levels, order, overall=overall, keep=keep, never=never)
            whole = Whole(every.by_arm(levels, order), table, every.sizes)
            return publish(counts, self.sizes, overall=overall, keep=keep, never=never, whole=whole)
        # Every view with filters asks for this one.
        key = counts.to_numpy().tobytes(), order, overall, keep, never
        if key not in self._published:
            self._published[key] = publish(counts, self.sizes, overall=overall, keep=keep, never=never)
        return self._published[key]

    def observed(self, measure: str, week: int) -> Table:
        """Who has a value: counts by first arm, levels `known`, `missing`, `all`."""
        if measure in CLASS_BY and week == SECOND_RANDOMISATION_WEEK:
            found, none = self.journeys, shown(0)
            return {
                arm: {
                    KNOWN: found.get((KNOWN_VALUE, measure, arm), none),
                    MISSING: found.get((MISSING_VALUE, measure, arm), none),
                    ALL: self.sizes[arm],
                }
                for arm in self.arms
            }
        levels = self.trial.values(measure, week).notna().map({True: KNOWN, False: MISSING})
        return self.table(levels, (KNOWN, MISSING))

    def is_safe(self, values: pd.Series, arm: str | None = None) -> bool:
        """Whether a mean of these values may be shown: of 10 people, and of none or 10 who are not here.

        Parameters
        ----------
        values : Series of float, indexed by id
            Values of everybody of the trial, missing allowed.
        arm : str, optional
            First arm. Default: all.
        """
        here = self._known(values, arm)
        rest = 0 if self.everybody is self else self.everybody._known(values, arm) - here
        return here >= LEAST and not 0 < rest < LEAST

    def _known(self, values: pd.Series, arm: str | None) -> int:
        known = self.here(values.notna())
        return int(known.sum() if arm is None else known[self.arm_codes == self.arms.index(arm)].sum())

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
    return _crossed(_codes(groups, rows), _codes(levels, columns), rows, columns)


def _crossed(
    row: npt.NDArray[np.int64], column: npt.NDArray[np.int64], rows: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    seen = (row >= 0) & (column >= 0)
    cells = np.bincount(row[seen] * len(columns) + column[seen], minlength=len(rows) * len(columns))
    return pd.DataFrame(cells.reshape(len(rows), len(columns)), list(rows), list(columns))


def _codes(values: pd.Series | npt.NDArray[Any], names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Place of each value among the names; -1 for any other."""
    return pd.Categorical(values, categories=list(names)).codes.astype(np.int64)


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


_VIEWS: OrderedDict[tuple[str, Filters], Cohort] = OrderedDict()


def select(trial: Trial, filters: Filters) -> Cohort:
    """The randomised people that the filters leave."""
    key = trial.digest, filters
    found = _VIEWS.get(key)
    if found is None or found.trial is not trial:
        found = _VIEWS[key] = _selected(trial, filters)
        while len(_VIEWS) > _KEPT:
            _VIEWS.popitem(last=False)
    return found


def _selected(trial: Trial, filters: Filters) -> Cohort:
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
