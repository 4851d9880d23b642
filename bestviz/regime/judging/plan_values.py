"""Values of all fixed plans at once, from the pieces that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from bestviz.errors import RegimeError
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.plans import Piece, piece_scores, pieces_of
from bestviz.regime.judging.values import Estimate, estimates

FloatArray = npt.NDArray[np.float64]

MOST_PLANS = 5000


@dataclass(frozen=True)
class PlanValue:
    """Value of one fixed plan for the weighted outcome.

    Attributes
    ----------
    first : str
    second : mapping of str to str
        Second arm for each class.
    value : Estimate
    """

    first: str
    second: Mapping[str, str]
    value: Estimate

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"first": self.first, "second": dict(self.second)} | self.value.to_dict() | {"se": self.value.se}


def values_of_plans(
    people: JudgedPeople, splits: Sequence[Sequence[Part]], weights: FloatArray
) -> tuple[PlanValue, ...]:
    """Values of every plan that somebody could have followed, best first; a plan is a sum of pieces, one a class.

    Parameters
    ----------
    splits : sequence of sequences of Part
    weights : array, shape (K,)
        Of the outcomes.

    Raises
    ------
    RegimeError
        More than 5000 plans.
    """
    groups = splits[0][0].groups
    first_labels, second_labels = people.data.first_arms.labels, people.data.second_arms.labels
    pieces = pieces_of(people, groups)
    plans = [plan for first in range(len(first_labels)) for plan in _plans(pieces, first)]
    scores = np.zeros((len(splits), len(people), len(pieces)))
    for split, parts in enumerate(splits):
        for part in parts:
            scores[split, part.rows] = piece_scores(part, weights, pieces)
    holds = np.zeros((len(pieces), len(plans)))
    for at, plan in enumerate(plans):
        holds[list(plan), at] = 1
    found = [
        PlanValue(
            first_labels[pieces[plan[0]].first],
            {groups[pieces[i].group]: second_labels[pieces[i].second] for i in plan},
            value,
        )
        for plan, value in zip(plans, estimates(scores @ holds), strict=True)
    ]
    return tuple(sorted(found, key=lambda each: -each.value.value))


def _plans(pieces: Sequence[Piece], first: int) -> list[tuple[int, ...]]:
    """All plans with one first arm: one of its pieces for each class."""
    by_class: dict[int, list[int]] = {}
    for at, piece in enumerate(pieces):
        if piece.first == first:
            by_class.setdefault(piece.group, []).append(at)
    if np.prod([len(some) for some in by_class.values()], dtype=float) > MOST_PLANS:
        raise RegimeError(
            f"There are more than {MOST_PLANS} fixed plans; give a group with fewer classes to list their values."
        )
    return list(product(*by_class.values())) if by_class else []
