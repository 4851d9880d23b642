"""Are all groups of people served alike? What is recommended, what it adds and how sure the model is, group by group.

From the model alone: what it expects of the people it was fitted on. Values by group that do not rest on its
expectations (doubly robust) come from the evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from math import comb
from typing import Any

import numpy as np

from bestviz import wording
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.advice.responders.asked import ask
from bestviz.advice.responders.groups import Group, grouping_columns, groups_of
from bestviz.advice.responders.plain import plain
from bestviz.advice.responders.served import FairnessRow, Gap, Served
from bestviz.advice.threads import one_thread
from bestviz.data.dataset import Trial
from bestviz.trial.schedule import PRIMARY_WEEK

EVERYBODY = "everybody"
NOTES = (
    "What the model expects of the participants, with the second treatment as recommended in either case; values by "
    "group that do not rest on the model's expectations are those of the evaluation.",
    "Groups differ in what they may have and in their natural course, so different shares and benefits are no proof of "
    "bias, and equal ones no proof of its absence.",
    "What the model expects of its own recommendations is flattered; compare groups with each other, not with 0.",
    "Groups of fewer than 10 people are put together or left out.",
)


@dataclass(frozen=True)
class Fairness:
    """Fairness table.

    Attributes
    ----------
    preferences : mapping of outcome to weight
    horizon : {24, 36, "mean"}
    rows : tuple of FairnessRow
        Everybody first.
    gaps : tuple of Gap
        One a column with two groups or more, the largest first.
    left_out : mapping of column to tuple of str
        Groups with too few people.
    """

    preferences: Mapping[str, float]
    horizon: int | str
    rows: tuple[FairnessRow, ...]
    gaps: tuple[Gap, ...]
    left_out: Mapping[str, tuple[str, ...]]

    @property
    def statement(self) -> str:
        """The largest gap in plain words."""
        if not self.gaps:
            return "No two groups are large enough to be compared."
        gap = self.gaps[0]
        found = (
            f"What starting as recommended adds differs most {_between(gap)}, by "
            f"{wording.number(gap.difference, 2)} meaningful changes "
            f"(95 % interval {wording.interval(gap.difference_interval, 2, signed=True)}); being the largest of the "
            "gaps looked at, it is overstated."
        )
        clear = [_between(each) for each in self.gaps if each.is_clear]
        if not clear:
            return f"{found} No gap is clear beyond what chance makes of so many comparisons."
        return f"{found} Clear beyond what chance makes of so many comparisons: {wording.listed(clear)}."

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, a sentence each."""
        return NOTES

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, intervals as lists."""
        return {**plain(self), "statement": self.statement, "notes": list(self.notes)}


def fairness(
    model: FittedModel,
    trial: Trial,
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    columns: Iterable[str] | None = None,
    horizon: int | str = PRIMARY_WEEK,
) -> Fairness:
    """What is recommended to whom, group by group.

    Parameters
    ----------
    model : FittedModel
    trial : Trial
        Whose participants are looked at: as a rule the data of the model.
    preferences : Preferences or mapping outcome -> weight, optional
        Default: PEG alone.
    columns : iterable of str, optional
        Columns of the participants; default those of sex, race, ethnicity, age, education, employment, income and
        insurance that there are. Ages are grouped, other numbers are cut into thirds.
    horizon : {24, 36, "mean"}

    Raises
    ------
    InputError, PreferenceError, DataError
        An unknown column, outcome or horizon, or data that this model cannot be asked about.
    """
    asked = ask(model, preferences, horizon=horizon)
    used = grouping_columns(trial.participants, None if columns is None else tuple(columns))
    with one_thread():
        people = Served.of(model, trial, asked.preferences, horizon)
    groups: dict[str, list[Group]] = {}
    left_out: dict[str, tuple[str, ...]] = {}
    for column in used:
        groups[column], few = groups_of(trial.participants, column, people.decided)
        left_out |= {column: few} if few else {}
    compared = [own for some in groups.values() if len(own := [each for each in some if each.is_one]) > 1]
    pairs = sum(comb(len(some), 2) for some in compared)
    gaps = sorted((people.gap(some, pairs) for some in compared), key=lambda gap: -gap.difference)
    everybody = Group("", EVERYBODY, np.flatnonzero(people.decided), False)
    rows = [people.row(each) for each in (everybody, *chain.from_iterable(groups.values()))]
    return Fairness(asked.preferences.to_dict(), horizon, tuple(rows), tuple(gaps), left_out)


def _between(gap: Gap) -> str:
    return f"between {gap.more} and {gap.less} ({wording.inside(wording.input_label(gap.column))})"
