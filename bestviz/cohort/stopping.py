"""Who stopped the first treatment, and who did for harm: one is inside the other, so both are protected together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bestviz.cohort.cells import Name, protect_cells
from bestviz.cohort.suppression import Count

if TYPE_CHECKING:
    from bestviz.cohort.selection import Cohort

EVENTS = ("stopped_first", "stopped_for_harm")
YES, NO, UNKNOWN = "yes", "no", "not known"
_COSTS = {YES: 3.0, NO: 1.0, UNKNOWN: 1.0}


@dataclass(frozen=True, order=True)
class Cell:
    """People of one first arm by what is known of both events."""

    first: str
    levels: tuple[str, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """What its people have in common."""
        return self.first, *self.levels


def levels_of(values: pd.Series) -> pd.Series:
    """Whether an event took place: Series of "yes", "no", "not known"."""
    return values.map({True: YES, False: NO}).astype("object").fillna(UNKNOWN)


def stopping(cohort: Cohort) -> Mapping[Name, Count]:
    """Counts by `(event, arm, level)` of the events that the trial knows of."""
    whole = cohort.everybody
    seen = {cell.levels for cell in _places(whole)} | {(UNKNOWN,) * len(_recorded(whole))}
    cells = sorted(Cell(arm, levels) for arm in whole.arms for levels in seen)
    possible = np.array([cell.first in cohort.arms for cell in cells])
    names = _recorded(whole)

    def sums(cell: Cell) -> Iterator[tuple[Name, float]]:
        for event, level in zip(names, cell.levels, strict=True):
            yield (event, cell.first, level), _COSTS[level]

    return protect_cells(cohort, cells, _places, sums, None if cohort is whole else whole.stopping, possible)


def _recorded(cohort: Cohort) -> list[str]:
    return [name for name in EVENTS if name in cohort.trial.participants]


def _places(cohort: Cohort) -> list[Cell]:
    columns = [levels_of(cohort.people[name]) for name in _recorded(cohort)]
    return [Cell(arm, tuple(row)) for arm, *row in zip(cohort.first, *columns, strict=True)]
