"""One validated trial in memory: the form every loader produces and everything downstream reads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from bestviz.data.problems import Problem
from bestviz.trial import DEFAULT_RESPONSE_RULE, MEASURES, ResponseRule


@dataclass(frozen=True)
class DatasetInfo:
    """What `dataset.json` says about a data set.

    Attributes
    ----------
    name, description, date, source : str
        Free text; `date` is ISO 8601.
    simulated : bool
        Whether the people are simulated.
    response_rule : ResponseRule
        Rule for people without a recorded class.
    """

    name: str
    description: str = ""
    simulated: bool = False
    date: str = ""
    source: str = ""
    response_rule: ResponseRule = DEFAULT_RESPONSE_RULE

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, as stored in `dataset.json`."""
        return {
            "name": self.name,
            "description": self.description,
            "simulated": self.simulated,
            "date": self.date,
            "source": self.source,
            "response_rule": self.response_rule.to_dict(),
        }


@dataclass(frozen=True)
class Trial:
    """A validated two-stage trial.

    Attributes
    ----------
    participants : DataFrame, index `id`, one row a person
        Columns of `bestviz.trial.COLUMNS` (absent ones are absent) in that order, then any further columns of the data
        set. Text and categories are `str`, booleans are `boolean`, numbers are `float64`; missing allowed.
    assessments : DataFrame with columns id, week, measure, value
        One row a value; no duplicates of (id, week, measure); sorted by id, week, measure.
    deep : DataFrame, index `id`, or None
        One numeric column a baseline marker, only people who have any.
    info : DatasetInfo
        Name, description, whether simulated, response rule.
    problems : tuple of Problem
        Warnings found when it was loaded.
    """

    participants: pd.DataFrame
    assessments: pd.DataFrame
    deep: pd.DataFrame | None
    info: DatasetInfo
    problems: tuple[Problem, ...] = field(default=())

    def __len__(self) -> int:
        """Number of participants."""
        return len(self.participants)

    def values(self, measure: str, week: int) -> pd.Series:
        """Values of one measure at one week, in the measure's unit; Series of float indexed by id, missing allowed."""
        wide = self._wide
        if (measure, week) in wide.columns:
            return wide[(measure, week)].reindex(self.participants.index)
        return pd.Series(float("nan"), index=self.participants.index)

    def weeks(self, measure: str) -> tuple[int, ...]:
        """Weeks of the schedule at which the data hold at least one value of a measure."""
        return tuple(week for week in MEASURES[measure].weeks if (measure, week) in self._wide.columns)

    @cached_property
    def _wide(self) -> pd.DataFrame:
        return self.assessments.pivot(index="id", columns=["measure", "week"], values="value")

    @cached_property
    def response(self) -> pd.Series:
        """Response class at week 12: as recorded, else by the data set's rule; missing allowed."""
        by_rule = self.info.response_rule.classify(
            self.values("peg", 0), self.values("peg", 12), self.values("pgic", 12)
        )
        if "response" not in self.participants:
            return by_rule
        return self.participants["response"].where(self.participants["response"].notna(), by_rule)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content (people, values, deep markers, response rule), the same however it was stored."""
        sha = hashlib.sha256()
        deep = self.deep if self.deep is not None else pd.DataFrame()
        people = self.participants.sort_index().sort_index(axis=1)
        for table in (people, self.assessments.reset_index(drop=True), deep.sort_index().sort_index(axis=1)):
            sha.update(table.to_csv(float_format="%.6g", lineterminator="\n").encode())
        sha.update(repr(sorted(self.info.response_rule.to_dict().items())).encode())
        return sha.hexdigest()
