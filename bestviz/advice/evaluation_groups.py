"""Groups of participants for whom values are given apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bestviz.advice.evaluation_tables import subgroups
from bestviz.advice.responders.groups import groups_of
from bestviz.data.dataset import Trial
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS, contraindication_table

CONTRAINDICATIONS = "contraindications"
WITHOUT, WITH = "no contraindication", "a contraindication"


@dataclass(frozen=True)
class Grouping:
    """Groups of participants.

    Attributes
    ----------
    name : str
        What they are formed by.
    labels : Series of str
        Group of each participant; missing for none.
    order : tuple of str
        All labels in the order in which they are shown.
    """

    name: str
    labels: pd.Series
    order: tuple[str, ...]


def grouping(trial: Trial, by: str) -> Grouping:
    """Groups by a column or a measure at week 0, as `subgroups` forms them.

    Raises
    ------
    InputError
        No such column, nothing in it, or too many categories.
    """
    return Grouping(by, *subgroups(trial, by))


def safe_grouping(trial: Trial, by: str) -> Grouping | None:
    """Groups that may be shown: none of fewer than 10 people; None where the data do not tell.

    Parameters
    ----------
    by : str
        A column of the participants table, or `contraindications` for people with any and without.
    """
    people = trial.participants
    if by == CONTRAINDICATIONS:
        known = [column for column in CONTRAINDICATION_COLUMNS.values() if column in people]
        if not known:
            return None
        barred = contraindication_table(people).any(axis=1)
        people, by_column = pd.DataFrame({by: barred.map({False: WITHOUT, True: WITH})}), by
    elif by in people and people[by].notna().any():
        by_column = by
    else:
        return None
    randomised = trial.participants["first_arm"].notna().to_numpy()
    groups, _ = groups_of(people, by_column, randomised)
    labels = pd.Series(None, index=people.index, dtype=object)
    for group in groups:
        labels.iloc[np.asarray(group.rows)] = group.name
    names = tuple(group.name for group in groups)
    if by == CONTRAINDICATIONS:
        names = tuple(name for name in (WITHOUT, WITH) if name in names)
    return Grouping(by, labels, names)
