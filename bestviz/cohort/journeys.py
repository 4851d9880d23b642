"""All counts of who went where, protected at once, so that the flow, the responses, the sequences and what is missing
at week 12 say the same and give nothing away together.

The finest cells are: first arm, response class, second arm, and for people without a class which of PEG and PGIC they
lack at week 12. Every count that any part of a view shows of these is a sum of cells.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bestviz.cohort.cells import Name, protect_cells
from bestviz.cohort.suppression import Count
from bestviz.trial import RESPONSE_CLASSES, action_of, treatments_of
from bestviz.trial.allowed import contraindication_table
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK
from bestviz.trial.sequences import permitted_second_arms

if TYPE_CHECKING:
    from bestviz.cohort.selection import Cohort

NO_CLASS = "class not known"
NONE = ""  # no second arm
AGAIN, NOT_AGAIN, STEP, RESPONSE = "randomised again", "not randomised again", "step", "response"
SECOND, MISSING_VALUE, KNOWN_VALUE = "second arm", "missing", "known"
CLASS_BY = ("peg", "pgic")  # what tells the class at week 12

# What hiding costs; the margins that readers look for cost most.
_ONE, _SECOND, _STAGE, _NODE, _CLASS, _EVERYBODY = 1.0, 3.0, 4.0, 5.0, 8.0, 400.0


@dataclass(frozen=True, order=True)
class Cell:
    """People of one first arm, class ("class not known" too) and second arm ("" for none), and what they lack."""

    first: str
    response: str
    second: str
    lacks: tuple[str, ...]

    @property
    def action(self) -> str:
        """What was done at week 12; "" without a second arm."""
        return action_of(self.first, self.second) if self.second else NONE

    @property
    def marks(self) -> tuple[Hashable, ...]:
        """What its people have in common."""
        lacks = (code in self.lacks for code in CLASS_BY)
        return self.first, self.response, self.second, self.action, bool(self.second), *lacks


def journeys(cohort: Cohort) -> Mapping[Name, Count]:
    """Every count of journeys by name; names are made of the constants of this module and of the protocol's words.

    `(AGAIN, arm)`, `(NOT_AGAIN, arm)`, `(STEP, arm, class, action)`, `(RESPONSE, arm, class)`, `(SECOND, arm)`,
    `(MISSING_VALUE, measure, arm)`, `(KNOWN_VALUE, measure, arm)` at week 12; of people randomised again with a class:
    `("people",)`, `("node", stage, name)`, `("link", (stage, name), (stage, name))`.
    """
    whole = cohort.everybody
    cells, measured = _cells(whole), _measured(whole)
    return protect_cells(
        cohort, cells, _places, lambda cell: _names(cell, measured), None if cohort is whole else whole.journeys,
        _possible(cohort, cells),
    )  # fmt: skip


def _cells(whole: Cohort) -> list[Cell]:
    """Cells in which the design and the data of everybody allow somebody to be."""
    seen = _places(whole)
    found = set(seen)
    lacks = {known: {cell.lacks for cell in found if (cell.response != NO_CLASS) == known} for known in (True, False)}
    lacks[True] = lacks[True] or {()}
    # Whoever has no class can have missed the visit, as every reader knows.
    lacks[False] |= {tuple(_measured(whole))}
    unknown_again = any(cell.response == NO_CLASS and cell.second for cell in found)
    for arm in whole.arms:
        every: dict[str, None] = {}
        for one in RESPONSE_CLASSES:
            seconds = (NONE, *permitted_second_arms(arm, one))
            every |= dict.fromkeys(seconds)
            found |= {Cell(arm, one, second, lack) for second in seconds for lack in lacks[True]}
        rest = every if unknown_again else [NONE]
        found |= {Cell(arm, NO_CLASS, second, lack) for second in rest for lack in lacks[False]}
    return sorted(found)


def _places(cohort: Cohort) -> list[Cell]:
    """The cell of each person."""
    week = SECOND_RANDOMISATION_WEEK
    absent = {code: cohort.values(code, week).isna() for code in _measured(cohort)}
    lacks = [
        tuple(code for code, gone in zip(absent, row, strict=True) if gone)
        for row in zip(*absent.values(), strict=True)
    ]
    response = cohort.response.astype("object").fillna(NO_CLASS)
    second = cohort.people["second_arm"].astype("object").fillna(NONE)
    return [
        Cell(*row)
        for row in zip(cohort.first, response, second, lacks or [()] * len(cohort), strict=True)
    ]  # fmt: skip


def _measured(cohort: Cohort) -> list[str]:
    """What tells the class and was measured at all."""
    return [code for code in CLASS_BY if SECOND_RANDOMISATION_WEEK in cohort.trial.weeks(code)]


def _possible(cohort: Cohort, cells: list[Cell]) -> npt.NDArray[np.bool_]:
    """Cells in which the filters let somebody be: what is contraindicated for all of them they cannot have."""
    barred = contraindication_table(cohort.people).all()
    out = {code for code, all_barred in barred.items() if all_barred}
    used = [{*treatments_of(cell.first), *(treatments_of(cell.second) if cell.second else ())} for cell in cells]
    return np.array([not arms & out for arms in used])


def _names(cell: Cell, measured: list[str]) -> Iterator[tuple[Name, float]]:
    """The counts in which a cell takes part."""
    arm, one, action, second = cell.first, cell.response, cell.action, cell.second
    yield (RESPONSE, arm, one), _CLASS
    for code in measured:
        kind = MISSING_VALUE if code in cell.lacks else KNOWN_VALUE
        yield (kind, code, arm), _STAGE if kind == KNOWN_VALUE else _ONE
    if not second:
        yield (NOT_AGAIN, arm), _ONE
        return
    yield (AGAIN, arm), _STAGE
    yield (STEP, arm, one, action if one != NO_CLASS else NONE), _ONE
    yield (SECOND, second), _SECOND
    if one == NO_CLASS:
        return
    path = (("first", arm), ("response", one), ("action", action), ("second", second))
    yield ("people",), _EVERYBODY
    for node in path:
        yield ("node", *node), _NODE
    for a, b in pairwise(path):
        yield ("link", a, b), _ONE
