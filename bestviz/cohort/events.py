"""Side effects and stopping by the arm of each period, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd

from bestviz.cohort.journeys import SECOND
from bestviz.cohort.selection import Cohort, cross_count
from bestviz.cohort.stopping import EVENTS, NO, UNKNOWN, YES, levels_of
from bestviz.cohort.suppression import Count, shown
from bestviz.cohort.tables import ALL, Table, Whole, publish
from bestviz.trial import ARMS

# Period -> column of the arm that was assigned, and the events that belong to it.
PERIODS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("first_arm", ("adverse_event_first", "stopped_first", "stopped_for_harm")),
    2: ("second_arm", ("adverse_event_second", "stopped_second", "serious_event")),
}
_Z = 1.959964


@dataclass(frozen=True)
class Event:
    """How many people of an arm had an event.

    Attributes
    ----------
    event : str
        Participant column.
    arm : str
        Arm of the period.
    people : Count
        People assigned to it.
    events : Count
        People with the event.
    share, low, high : float or None
        Share of those known (0 to 1) with its 95 % Wilson interval; None with fewer than 10 events or people.
    about : bool
        Whether few people of whom it is not known count as not having had the event.
    """

    event: str
    arm: str
    people: Count
    events: Count
    share: float | None
    low: float | None
    high: float | None
    about: bool


def recorded(cohort: Cohort, period: int) -> tuple[str, ...]:
    """Events of a period that the trial has any value of."""
    table = cohort.trial.participants
    return tuple(name for name in PERIODS[period][1] if name in table and table[name].notna().any())


def events(cohort: Cohort, period: int) -> tuple[Event, ...]:
    """Events of a period by its arm; arms with fewer than 10 people come with no number."""
    tables = _tables(cohort, period)
    return tuple(_event(name, arm, row) for name, table in tables.items() for arm, row in table.items() if arm != ALL)


def _tables(cohort: Cohort, period: int) -> dict[str, Table]:
    """The counts of each event of a period, by its arm."""
    names = recorded(cohort, period)
    if period == 2:
        return {name: _second_table(cohort, name) for name in names}
    found = {}
    for name in names:
        if name in EVENTS:
            found[name] = {arm: _stopped(cohort, name, arm) for arm in cohort.arms}
        else:
            levels = levels_of(cohort.trial.participants[name])
            found[name] = cohort.table(levels, (YES, NO, UNKNOWN), keep=YES)
    return found


def _stopped(cohort: Cohort, name: str, arm: str) -> dict[str, Count]:
    found, none = cohort.stopping, shown(0)
    return {level: found.get((name, arm, level), none) for level in (YES, NO, UNKNOWN)} | {ALL: cohort.sizes[arm]}


def _second_table(cohort: Cohort, name: str) -> Table:
    """Counts of an event by second arm; how many were assigned each arm is decided with the sequences."""
    order, sizes = _seconds(cohort)
    every = cohort.everybody
    whole = None
    if every is not cohort:
        whole = Whole(_crossed(every, name, order), _second_table(every, name), _seconds(every)[1])
    return publish(_crossed(cohort, name, order), sizes, keep=YES, whole=whole)


def _seconds(cohort: Cohort) -> tuple[list[str], dict[str, Count]]:
    used, none = set(cohort.trial.participants["second_arm"].dropna()), shown(0)
    order = [arm for arm in ARMS if arm in used]
    return order, {arm: cohort.journeys.get((SECOND, arm), none) for arm in order}


def _crossed(cohort: Cohort, name: str, order: list[str]) -> pd.DataFrame:
    people = cohort.people[cohort.people["second_arm"].notna()]
    return cross_count(people["second_arm"], levels_of(people[name]), order, (YES, NO, UNKNOWN))


def _event(name: str, arm: str, row: dict[str, Count]) -> Event:
    """The share is worked out from published counts alone, so that it gives no hidden one away."""
    yes, no, people = row[YES], row[NO], row[ALL]
    if yes.value is None or (known := _known(yes.value, no, row[UNKNOWN], people)) is None:
        return Event(name, arm, people, yes, None, None, None, False)
    low, high = wilson(yes.value, known)
    return Event(name, arm, people, yes, yes.value / known, low, high, about=no.value is None)


def _known(yes: int, no: Count, unknown: Count, people: Count) -> int | None:
    """People of whom it is known; where those not known are few they count too; None where that cannot be said."""
    if no.value is not None:
        return yes + no.value
    return people.value if unknown.few else None


def wilson(events: int, people: int) -> tuple[float, float]:
    """95 % Wilson interval of a share, for at least one person."""
    share, z2 = events / people, _Z**2
    middle = (share + z2 / (2 * people)) / (1 + z2 / people)
    half = _Z * sqrt(share * (1 - share) / people + z2 / (4 * people**2)) / (1 + z2 / people)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def events_table(rows: tuple[Event, ...]) -> pd.DataFrame:
    """Events as a table: columns event, arm, people, events, of_100, low, high (empty where not shown)."""
    return pd.DataFrame(
        [
            {"event": row.event, "arm": row.arm, "people": row.people.text, "events": row.events.text,
             "of_100": _of_100(row.share), "low": _of_100(row.low), "high": _of_100(row.high)}
            for row in rows
        ],
        columns=["event", "arm", "people", "events", "of_100", "low", "high"],
    )  # fmt: skip


def _of_100(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"
