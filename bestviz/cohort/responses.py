"""The four response classes at week 12 by first arm, and values that are missing by first arm and week."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.cohort.journeys import NO_CLASS, RESPONSE
from bestviz.cohort.selection import MISSING, Cohort
from bestviz.cohort.suppression import Count, shown
from bestviz.cohort.tables import ALL, Table
from bestviz.trial import ASSESSED, RESPONSE_CLASSES

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Absent:
    """Missing values of one first arm at one week: `missing` of `assigned` people."""

    arm: str
    week: int
    missing: Count
    assigned: Count

    @property
    def share(self) -> tuple[float, float] | None:
        """Between which shares (0 to 1) it lies, the same twice where it is shown; None where nothing can be said."""
        if self.assigned.value is None or self.missing.high is None:
            return None
        return self.missing.low / self.assigned.value, self.missing.high / self.assigned.value


def responses(cohort: Cohort) -> Table:
    """Response classes: counts by first arm, levels the four classes, `not known` and `all`."""
    found, none = cohort.journeys, shown(0)
    return {
        arm: {one: found.get((RESPONSE, arm, one), none) for one in RESPONSE_CLASSES}
        | {NOT_KNOWN: found.get((RESPONSE, arm, NO_CLASS), none), ALL: cohort.sizes[arm]}
        for arm in cohort.arms
    }


def responses_table(counts: Table) -> pd.DataFrame:
    """The classes as a table: columns arm, response, people, of_100 of those assigned (empty where not shown)."""
    rows = [
        {"arm": arm, "response": level, "people": count.text, "of_100": _part(count, row[ALL])}
        for arm, row in counts.items()
        for level, count in row.items()
        if level != ALL
    ]
    return pd.DataFrame(rows, columns=["arm", "response", "people", "of_100"])


def _part(count: Count, total: Count) -> str:
    return f"{100 * count.value / total.value:.0f}" if count.value is not None and total.value else ""


def assessed(cohort: Cohort) -> tuple[str, ...]:
    """Measures that the trial has any value of, in the order of the measures."""
    return tuple(code for code in ASSESSED if cohort.trial.weeks(code))


def missing(cohort: Cohort, measure: str) -> tuple[Absent, ...]:
    """Missing values of a measure by week and first arm, at the weeks that the trial has values for."""
    found = []
    for week in cohort.trial.weeks(measure):
        table = cohort.observed(measure, week)
        found += [Absent(arm, week, table[arm][MISSING], table[arm][ALL]) for arm in cohort.arms]
    return tuple(found)


def missing_table(rows: tuple[Absent, ...]) -> pd.DataFrame:
    """Missing values as a table: columns arm, week, missing, assigned, of_100 (one number, or `0 to 4`)."""
    return pd.DataFrame(
        [
            {"arm": row.arm, "week": row.week, "missing": row.missing.text, "assigned": row.assigned.text,
             "of_100": _of_100(row.share)}
            for row in rows
        ],
        columns=["arm", "week", "missing", "assigned", "of_100"],
    )  # fmt: skip


def _of_100(share: tuple[float, float] | None) -> str:
    if share is None:
        return ""
    return " to ".join(dict.fromkeys(f"{100 * end:.0f}" for end in share))
