"""Participant flow of both stages: how many people at every branch and at every week of PEG."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.cohort.journeys import AGAIN, NO_CLASS, NONE, NOT_AGAIN, STEP
from bestviz.cohort.selection import KNOWN, Cohort
from bestviz.cohort.suppression import Count, shown
from bestviz.trial import RESPONSE_CLASSES
from bestviz.trial.schedule import PEG_WEEKS
from bestviz.trial.sequences import ResponseClass, permitted_actions


@dataclass(frozen=True)
class Branch:
    """The flow of one first arm.

    Attributes
    ----------
    arm : str
        First arm.
    assigned : Count
        People assigned to it.
    measured : dict of int to Count
        Week -> people with a PEG value.
    again, not_again : Count
        People randomised again at week 12, or not.
    steps : dict of (class, action) to Count
        What those randomised again went on to; only steps that the design has. The action is `""` where the class is
        not known.
    """

    arm: str
    assigned: Count
    measured: dict[int, Count]
    again: Count
    not_again: Count
    steps: dict[tuple[str, str], Count]


@dataclass(frozen=True)
class Flow:
    """The flow of everybody, and of each first arm in the fixed order."""

    total: Count
    branches: tuple[Branch, ...]


def participant_flow(cohort: Cohort) -> Flow:
    """The people at every branch; what is small is hidden, over all that is shown of journeys at once.

    Parameters
    ----------
    cohort : Cohort
        Whom to count.
    """
    found = cohort.journeys
    measured = {week: cohort.observed("peg", week) for week in PEG_WEEKS}
    branches = (
        Branch(
            arm,
            cohort.sizes[arm],
            {week: table[arm][KNOWN] for week, table in measured.items()},
            found.get((AGAIN, arm), shown(0)),
            found[NOT_AGAIN, arm],
            {step: found[STEP, arm, *step] for step in _steps(arm) if (STEP, arm, *step) in found},
        )
        for arm in cohort.arms
    )
    return Flow(Count(len(cohort), len(cohort)), tuple(branches))


def _steps(arm: str) -> tuple[tuple[str, str], ...]:
    """The steps of the design after a first arm, and that of people without a class."""
    return (*design_steps(arm), (NO_CLASS, NONE))


def design_steps(arm: str) -> tuple[tuple[ResponseClass, str], ...]:
    """The (class, action) pairs that the design has after a first arm."""
    return tuple((one, action) for one in RESPONSE_CLASSES for action in permitted_actions(arm, one))


def flow_table(flow: Flow) -> pd.DataFrame:
    """The flow as a table: DataFrame of str, one row a step, columns `week`, `step` and one a first arm."""
    rows: list[dict[str, str]] = []

    def add(week: int, step: str, counts: dict[str, Count]) -> None:
        rows.append({"week": str(week), "step": step} | {arm: count.text for arm, count in counts.items()})

    def peg(*weeks: int) -> None:
        for week in weeks:
            add(week, "PEG measured", {one.arm: one.measured[week] for one in flow.branches})

    add(0, "randomised", {one.arm: one.assigned for one in flow.branches})
    peg(*(week for week in PEG_WEEKS if week <= 12))
    add(12, AGAIN, {one.arm: one.again for one in flow.branches})
    add(12, NOT_AGAIN, {one.arm: one.not_again for one in flow.branches})
    for step in dict.fromkeys(step for one in flow.branches for step in one.steps):
        counts = {one.arm: one.steps[step] for one in flow.branches if step in one.steps}
        add(12, ": ".join(part for part in step if part), counts)
    peg(*(week for week in PEG_WEEKS if week > 12))
    return pd.DataFrame(rows).fillna("")
