"""For whom deep markers change the recommended first treatment: from what to what, and in which groups of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.recommendation import Interval
from bestviz.advice.responders.groups import Group, groups_of
from bestviz.advice.responders.plain import plain
from bestviz.advice.uncertainty import Z_95
from bestviz.data.dataset import Trial

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

ABOUT_PEOPLE = ("sex", "age")


@dataclass(frozen=True)
class Switch:
    """People to whom the regime without markers gives one first treatment, and the one with markers another.

    Attributes
    ----------
    without, with_markers : str
        First arms; the same where nothing changes.
    people : int
        Rounded mean over the repeats.
    """

    without: str
    with_markers: str
    people: int


@dataclass(frozen=True)
class ChangedGroup:
    """How often the first treatment changes in one group.

    Attributes
    ----------
    column, group : str
        A column of the participants or a marker; its category or range.
    people : int
    share : float
    interval : (float, float)
        95 % (Wilson 1927): from how few people there are, not from how the regimes were learned.
    """

    column: str
    group: str
    people: int
    share: float
    interval: Interval


@dataclass(frozen=True)
class Changes:
    """What markers change.

    Attributes
    ----------
    switches : tuple of Switch
        Every pair of first arms that occurs, in the order of the arms.
    groups : tuple of ChangedGroup
        By sex and age, then by thirds of each marker; groups of at least 10 people.
    """

    switches: tuple[Switch, ...]
    groups: tuple[ChangedGroup, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, intervals as lists."""
        found: dict[str, Any] = plain(self)
        return found


def changes_of(trial: Trial, markers: Sequence[str], arms: IntArray, labels: Mapping[int, str]) -> Changes:
    """What changes between two regimes.

    Parameters
    ----------
    trial : Trial
        The people who were judged, in their order.
    markers : sequence of str
    arms : int array, shape (2, splits, n)
        First arm of each person without and with markers.
    labels : mapping of int to str
        Names of the arms.
    """
    switches = [
        Switch(labels[a], labels[b], round(float(((arms[0] == a) & (arms[1] == b)).sum(axis=1).mean())))
        for a, b in product(labels, labels)
    ]
    differs = (arms[0] != arms[1]).mean(axis=0)
    people = trial.participants
    if trial.deep is not None:
        people = people.join(trial.deep[[m for m in markers if m not in people]])
    columns = [name for name in (*ABOUT_PEOPLE, *markers) if name in people and people[name].notna().any()]
    everybody = np.ones(len(people), dtype=bool)
    groups = [group for column in columns for group in groups_of(people, column, everybody)[0] if group.is_one]
    return Changes(
        tuple(each for each in switches if each.people), tuple(_changed(group, differs[group.rows]) for group in groups)
    )


def _changed(group: Group, differs: FloatArray) -> ChangedGroup:
    share, n = float(differs.mean()), len(differs)
    middle = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    half = Z_95 * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2)) / (1 + Z_95**2 / n)
    # Shares of 0 and 1 lie at an end, but for rounding.
    ends = min(max(float(middle - half), 0.0), share), max(min(float(middle + half), 1.0), share)
    return ChangedGroup(group.column, group.name, n, share, ends)
