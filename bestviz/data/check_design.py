"""Rules about assignments: permitted by the design, not contraindicated, enough people, classes as by the rule."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache

import pandas as pd

from bestviz.data.dataset import Trial
from bestviz.data.draft import Draft
from bestviz.data.problems import Problem
from bestviz.trial import ARMS, RESPONSE_CLASSES, SINGLE_ARMS, TREATMENTS, refusals_second
from bestviz.trial.allowed import contraindication_table
from bestviz.trial.sequences import ResponseClass

FEWEST_IN_ARM = 10


def check_design(draft: Draft, trial: Trial) -> list[Problem]:
    """Check arms, response classes and the size of the arms.

    Parameters
    ----------
    draft : Draft
        Says where each column stands.
    trial : Trial
        Typed values, before these checks.

    Returns
    -------
    list of Problem
        Arms that are missing, contraindicated or not permitted (errors); classes that differ from the rule and
        arms with few people (warnings).
    """
    people = trial.participants
    problems: list[Problem] = []
    if "first_arm" in people:
        problems += _first_arms(draft, people)
        problems += _small_arms(draft, people["first_arm"], SINGLE_ARMS)
    if "response" in people:
        problems += _classes(draft, trial)
    if "second_arm" in people:
        if "first_arm" in people:
            problems += _second_arms(draft, trial)
        problems += _small_arms(draft, people["second_arm"], ARMS)
    return problems


def _first_arms(draft: Draft, people: pd.DataFrame) -> list[Problem]:
    place = draft.places["first_arm"]
    faulty = {(p.file, p.row) for p in draft.problems if p.column == "first_arm"}  # said already
    contraindicated = _contraindicated(people)
    problems = []
    for person, arm in people["first_arm"].items():
        if pd.isna(arm):
            message = "The first arm is missing: every participant was randomised to one."
            problem = place.problem("error", person, message)
            if (problem.file, problem.row) not in faulty:
                problems.append(problem)
        elif arm in contraindicated[person]:
            message = f"The first arm {arm} is contraindicated for this person (contraindicated_{arm.lower()})."
            problems.append(place.problem("error", person, message))
    return problems


def _second_arms(draft: Draft, trial: Trial) -> list[Problem]:
    people = trial.participants
    place = draft.places["second_arm"]
    contraindicated = _contraindicated(people)
    absent = pd.Series(pd.NA, people.index, dtype="object")
    harm = people["stopped_for_harm"].fillna(False) if "stopped_for_harm" in people else absent.fillna(False)
    recorded = people.get("response", absent)
    problems = []
    for person, first, second, response, said, harmed in zip(
        people.index, people["first_arm"], people["second_arm"], trial.response, recorded, harm, strict=True
    ):
        if pd.isna(first) or pd.isna(second):
            continue
        # Class as recorded, else by the rule; if neither is known, whatever some class permits.
        classes = RESPONSE_CLASSES if pd.isna(response) else (response,)
        reasons = {_refusal(first, one, contraindicated[person], bool(harmed), second) for one in classes}
        if None in reasons:
            continue
        reason = reasons.pop() if len(reasons) == 1 else f"not offered by the trial after {first} with any response"
        source = " (class by the data set's rule)" if pd.isna(said) and not pd.isna(response) else ""
        message = f"The second arm {second} is not permitted here: {reason}{source}."
        problems.append(place.problem("error", person, message))
    return problems


@cache
def _refusal(
    first: str, response: ResponseClass, contraindicated: frozenset[str], harmed: bool, second: str
) -> str | None:
    excluded = {code: f"{code} is contraindicated" for code in contraindicated}
    return refusals_second(first, response, excluded, harmed)[second]


def _contraindicated(people: pd.DataFrame) -> dict[Hashable, frozenset[str]]:
    """Treatments that each person cannot have."""
    table = contraindication_table(people)
    flags = zip(*(table[code] for code in TREATMENTS), strict=True)
    return {
        person: frozenset(code for code, no in zip(TREATMENTS, row, strict=True) if no)
        for person, row in zip(people.index, flags, strict=True)
    }


def _classes(draft: Draft, trial: Trial) -> list[Problem]:
    recorded = trial.participants["response"]
    rule = trial.info.response_rule.classify(trial.values("peg", 0), trial.values("peg", 12), trial.values("pgic", 12))
    place = draft.places["response"]
    problems = []
    for person, said, by_rule in zip(recorded.index, recorded, rule, strict=True):
        if pd.notna(said) and pd.notna(by_rule) and said != by_rule:
            message = f"The recorded class {said} differs from {by_rule} by the rule; it is kept."
            problems.append(place.problem("warning", person, message))
    return problems


def _small_arms(draft: Draft, arms: pd.Series, expected: tuple[str, ...]) -> list[Problem]:
    counts = arms.value_counts()
    place = draft.places[str(arms.name)]
    stage = "first" if arms.name == "first_arm" else "second"
    problems = []
    for arm in expected:
        count = int(counts.get(arm, 0))
        if count < FEWEST_IN_ARM:
            message = (
                f"Fewer than {FEWEST_IN_ARM} people in {stage} arm {arm}: {count}. What is learned about it is weak."
            )
            problems.append(Problem("warning", place.file, None, place.column, message))
    return problems
