"""What the advice says of new people at week 0 beside what is true of them: means, differences, chances, sets.

For each first arm, followed by the learned second-stage rule. What is counted is to be pooled over repeats: sums with
the numbers of cases that they are sums over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bestviz.study.measures import BINS
from bestviz.study.procedure import Procedure
from bestviz.study.rules import Started
from bestviz.study.said import Said
from bestviz.study.scenario import FloatArray, People, Scenario

# Arms whose true means differ by less are equally good.
TIED = 1e-9


def true_means(scenario: Scenario, learned: Procedure, people: People) -> FloatArray:
    """True mean of each person (rows) under each first arm (columns) followed by the learned rule."""
    arms = learned.model.engine.first_arms.labels
    each = [people.mean(scenario.expected(Started(learned.rule, arm), people)) for arm in arms]
    return np.column_stack(each) / learned.meaningful


def coverage(said: Sequence[Said], true: FloatArray) -> dict[str, Any]:
    """How often intervals of means and of differences hold the truth, and what is told of who is best.

    Parameters
    ----------
    said : sequence of Said
        One a person.
    true : array, shape (people, arms)
        As `true_means` gives them.
    """
    means, gaps = _means(said, true), _differences(said, true)
    return {
        "means_covered": counted(means[:, 0]),
        "means_width": counted(means[:, 1]),
        "differences_covered": counted(gaps[:, 0]),
        "differences_width": counted(gaps[:, 1]),
        **_choices(said, true),
    }


def counted(values: Iterable[float]) -> list[float]:
    """Sum and number."""
    each = np.asarray(list(values), dtype=float)
    return [round(float(each.sum()), 6), len(each)]


def _means(said: Sequence[Said], true: FloatArray) -> FloatArray:
    """Whether each interval of an allowed arm holds the truth, and how wide it is; shape (cases, 2)."""
    ends, allowed = np.stack([one.means for one in said]), np.stack([one.allowed for one in said])
    return _judged(ends[allowed], true[allowed])


def _differences(said: Sequence[Said], true: FloatArray) -> FloatArray:
    """The same for each two allowed arms of a person."""
    cases = [np.empty((0, 2))]
    for one, truth in zip(said, true, strict=True):
        first, second = (np.flatnonzero(one.allowed)[at] for at in np.triu_indices(int(one.allowed.sum()), k=1))
        cases.append(_judged(one.differences(first, second), truth[first] - truth[second]))
    return np.concatenate(cases)


def _judged(ends: FloatArray, truth: FloatArray) -> FloatArray:
    held = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    return np.column_stack([held, ends[:, 1] - ends[:, 0]])


def _choices(said: Sequence[Said], true: FloatArray) -> dict[str, Any]:
    """Chances of being best, and sets that cannot be told apart, of people who have a choice.

    Where several arms are equally good, each counts as a part of the best; a set that has one of them has the best.
    """
    choosing = [(one, _best(one, truth)) for one, truth in zip(said, true, strict=True) if one.allowed.sum() > 1]
    bins = np.zeros((BINS, 3))
    for one, best in choosing:
        at = np.minimum((one.chances * BINS).astype(int), BINS - 1)
        each = np.column_stack([one.chances, best, np.ones(len(best))])
        np.add.at(bins, at[one.allowed], each[one.allowed])
    return {
        "chances": [[round(float(number), 6) for number in row] for row in bins],
        "top_said": counted(one.chances.max() for one, _ in choosing),
        "top_true": counted(best[one.chances.argmax()] for one, best in choosing),
        "set_holds_best": counted(float((one.near_equal & (best > 0)).any()) for one, best in choosing),
        "set_size": counted(one.near_equal.sum() for one, _ in choosing),
    }


def _best(said: Said, truth: FloatArray) -> FloatArray:
    """How truly each arm is the best one: 1, or a part of it where several are equally good."""
    values = np.where(said.allowed, truth, -np.inf)
    best = values >= values.max() - TIED
    return best / best.sum()
