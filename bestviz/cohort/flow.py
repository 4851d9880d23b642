"""Participant flow of both stages: how many people at every branch and at every week of PEG."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.cohort.selection import KNOWN, Cohort
from bestviz.cohort.suppression import ALL, Arc, Count, protect
from bestviz.trial import RESPONSE_CLASSES, action_of
from bestviz.trial.schedule import PEG_WEEKS
from bestviz.trial.sequences import ResponseClass, permitted_actions

NO_CLASS = "class not known"
_AGAIN, _NOT_AGAIN = "randomised again", "not randomised again"
_TOTAL_COST, _ARM_COST, _STAGE_COST = 400.0, 20.0, 4.0


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
    """Count the people at every branch; what is small is hidden, over the whole flow at once.

    Parameters
    ----------
    cohort : Cohort
        Whom to count.
    """
    arcs = _arcs(cohort)
    counts = dict(zip(arcs, protect(list(arcs.values())), strict=True))
    measured = {week: cohort.observed("peg", week) for week in PEG_WEEKS}
    branches = (
        Branch(
            arm,
            counts[arm, ALL],
            {week: table[arm][KNOWN] for week, table in measured.items()},
            counts[arm, _AGAIN],
            counts[arm, _NOT_AGAIN],
            {key[1:]: count for key, count in counts.items() if key[0] == arm and len(key) == 3},
        )
        for arm in cohort.arms
    )
    return Flow(counts[ALL, ALL], tuple(branches))


def _arcs(cohort: Cohort) -> dict[tuple[str, ...], Arc]:
    """The tree as a network; the leaves end in one node, from which everybody starts."""
    arcs: dict[tuple[str, ...], Arc] = {(ALL, ALL): Arc("end", "start", len(cohort), _TOTAL_COST)}
    second = cohort.people["second_arm"]
    for arm in cohort.arms:
        mine = cohort.first == arm
        again = mine & second.notna()
        hide = cohort.sizes[arm].value is None
        arcs[arm, ALL] = Arc("start", arm, int(mine.sum()), _ARM_COST, hide)
        arcs[arm, _NOT_AGAIN] = Arc(arm, "end", int((mine & second.isna()).sum()))
        arcs[arm, _AGAIN] = Arc(arm, (arm, "again"), int(again.sum()), _STAGE_COST)
        response = cohort.response[again]
        actions = pd.Series([action_of(arm, other) for other in second[again]], second[again].index, dtype="str")
        for one, action in design_steps(arm):
            people = int(((response == one) & (actions == action)).sum())
            arcs[arm, one, action] = Arc((arm, "again"), "end", people)
        if cohort.trial.response[cohort.trial.participants["second_arm"].notna()].isna().any():
            arcs[arm, NO_CLASS, ""] = Arc((arm, "again"), "end", int(response.isna().sum()))
    return arcs


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
    add(12, _AGAIN, {one.arm: one.again for one in flow.branches})
    add(12, _NOT_AGAIN, {one.arm: one.not_again for one in flow.branches})
    for step in dict.fromkeys(step for one in flow.branches for step in one.steps):
        counts = {one.arm: one.steps[step] for one in flow.branches if step in one.steps}
        add(12, ": ".join(part for part in step if part), counts)
    peg(*(week for week in PEG_WEEKS if week > 12))
    return pd.DataFrame(rows).fillna("")
