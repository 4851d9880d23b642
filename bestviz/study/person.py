"""Intervals for one person's outcome beside outcomes as they came: does an 80 % interval hold 80 of 100 people?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bestviz.study.coverage import counted
from bestviz.study.measures import PERSON
from bestviz.study.procedure import Procedure
from bestviz.study.rules import Started
from bestviz.study.said import Said
from bestviz.study.scenario import People, Scenario


def person_coverage(
    scenario: Scenario, learned: Procedure, said: Sequence[Said], people: People, seed: int
) -> dict[str, Any]:
    """How many outcomes the intervals held, by first arm and all together, to be pooled over repeats.

    Parameters
    ----------
    scenario, learned, people
    said : sequence of Said
        One a person; every row of a person is one outcome.
    seed : int
        Of the chance in the outcomes.
    """
    held: dict[str, list[float]] = {}
    widths: list[float] = []
    for place, arm in enumerate(learned.model.engine.first_arms.labels):
        outcomes = scenario.drawn(Started(learned.rule, arm), people, seed) / learned.meaningful
        inside: list[float] = []
        for one, each in zip(said, outcomes.reshape(len(people), people.draws), strict=True):
            if one.allowed[place]:
                low, high = one.person(place)
                inside += list((low <= each) & (each <= high))
                widths.append(high - low)
        held[PERSON + arm] = counted(inside)
    everybody = np.sum(list(held.values()), axis=0)
    return {"person_covered": [float(each) for each in everybody], **held, "person_width": counted(widths)}
