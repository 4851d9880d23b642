"""The trial team's planning scenario of 2021: trials drawn from it, its best rules, and the value of any rule.

Higher is better. X1 to X5 are -1 or 1; W1 to W5 are noise. Both periods give an outcome and Y = Y1 + Y2 is what counts.
The coefficients are those of the team's public repository. Its treatments 0 to 3 are called ESC, ACT, DUL and EBEM, by
their planning effects; 3 is the physical one, the only one with a modifier (X1). What may follow a first arm and a
response class is as in the trial. Rules are those of `bestviz.data.simulator.rules`.

The response class is the quantile of Y1 among everybody with the same first arm. Its cut-offs are those of the whole
population, so that a rule does not move them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from bestviz.data.simulator.rules import AsRandomised, FixedPlan, Rule
from bestviz.study.scenario import FloatArray, People, References, refuse_not_allowed
from bestviz.study.tables import Tables
from bestviz.trial import ARMS, RESPONSE_CLASSES, SINGLE_ARMS, TREATMENTS, permitted_second_arms
from bestviz.trial.treatments import treatments_of

PEOPLE = 630
EFFECTS = {"ESC": 0.10, "ACT": 0.25, "DUL": 0.30, "EBEM": 0.40}
MODIFIED, MODIFIER, SIZE = "EBEM", "X1", 0.30
PROGNOSIS = {"X2": 0.25, "X3": -0.25}
PAIR_OF_ACTIVES = -0.10
CHANCE_OF_ONE = {"X1": 0.5, "X2": 0.9, "X3": 0.7, "X4": 0.7, "X5": 0.6}
NOISE, NOISE_VARIANCE = ("W1", "W2", "W3", "W4", "W5"), 0.5
CUTS = (0.25, 0.515, 0.875)  # poor | medium | good | excellent
WORST_FIRST = RESPONSE_CLASSES[::-1]


def mean_of(baseline: pd.DataFrame, arm: str) -> np.ndarray:
    """Expected outcome of a period in which everybody has this arm."""
    held = treatments_of(arm)
    mean = sum(EFFECTS[code] for code in held) + sum(size * baseline[x] for x, size in PROGNOSIS.items())
    mean = mean + SIZE * baseline[MODIFIER] * (MODIFIED in held)
    return (mean + PAIR_OF_ACTIVES * (len(held) == 2 and "ESC" not in held)).to_numpy()


def means_of(baseline: pd.DataFrame, arms: Iterable[str]) -> np.ndarray:
    """Expected outcome of a period for each person (rows) under each arm (columns)."""
    return np.column_stack([mean_of(baseline, arm) for arm in arms])


def draw_baseline(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Features of new people."""
    signs = np.where(rng.random((n, len(CHANCE_OF_ONE))) < list(CHANCE_OF_ONE.values()), 1.0, -1.0)
    noise = rng.normal(0, NOISE_VARIANCE**0.5, (n, len(NOISE)))
    return pd.DataFrame(np.hstack([signs, noise]), columns=[*CHANCE_OF_ONE, *NOISE])


@cache
def kinds() -> tuple[pd.DataFrame, np.ndarray]:
    """All people who differ in something that matters, X1 to X3, and how frequent they are."""
    names = [MODIFIER, *PROGNOSIS]
    table = pd.DataFrame(list(product((-1.0, 1.0), repeat=len(names))), columns=names)
    chance = np.array([CHANCE_OF_ONE[name] for name in names])
    return table, np.where(table > 0, chance, 1 - chance).prod(axis=1)


@cache
def cut_offs(first: str) -> tuple[float, ...]:
    """Values of Y1 that divide the response classes of a first arm, worst class first."""
    table, share = kinds()
    means = mean_of(table, first)
    return tuple(brentq(lambda y, q=q: share @ ndtr(y - means) - q, -10, 10) for q in CUTS)


def response(first: pd.Series, y1: np.ndarray) -> np.ndarray:
    """Response classes: where Y1 lies among everybody with the same first arm."""
    cuts = np.array([cut_offs(arm) for arm in SINGLE_ARMS])[[SINGLE_ARMS.index(arm) for arm in first]]
    return np.array(WORST_FIRST)[(y1[:, None] > cuts).sum(axis=1)]


def chance_of_class(first: str) -> np.ndarray:
    """Chances of the response classes (columns, worst first) of each kind of people (rows) after a first arm."""
    below = ndtr(np.array(cut_offs(first)) - mean_of(kinds()[0], first)[:, None])
    return np.diff(below, axis=1, prepend=0.0, append=1.0)


def allowed_second(first: pd.Series, classes: np.ndarray) -> pd.DataFrame:
    """What may follow; one column an arm."""
    rows = [permitted_row(*pair) for pair in zip(first, classes, strict=True)]
    return pd.DataFrame(rows, index=first.index, columns=list(ARMS))


@cache
def permitted_row(first: str, response_class: str) -> tuple[bool, ...]:
    """What may follow one first arm and response class, in the order of all arms."""
    permitted = permitted_second_arms(first, response_class)  # type: ignore[arg-type]
    return tuple(arm in permitted for arm in ARMS)


def assigned_mean(baseline: pd.DataFrame, arm: pd.Series) -> np.ndarray:
    """Expected outcome of a period for each person under their own arm."""
    return means_of(baseline, ARMS)[np.arange(len(arm)), [ARMS.index(label) for label in arm]]


class Oracle:
    """The best regime: what it needs to know are X1 to X3 and, at the second stage, what is allowed."""

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        best = np.array(SINGLE_ARMS)[oracle_table().argmax(axis=1)]
        names = list(kinds()[0].columns)
        kind = pd.MultiIndex.from_frame(kinds()[0]).get_indexer(pd.MultiIndex.from_frame(baseline[names]))
        return pd.Series(best[kind], index=baseline.index)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        values = np.where(allowed, means_of(baseline, ARMS), -np.inf)
        return pd.Series(np.array(ARMS)[values.argmax(axis=1)], index=baseline.index)


def oracle_table() -> np.ndarray:
    """Expected Y of each kind of people (rows) by first arm (columns), the second arm being the best one."""
    table, _ = kinds()
    columns = []
    for first in SINGLE_ARMS:
        then = [means_of(table, permitted_second_arms(first, c)).max(axis=1) for c in WORST_FIRST]
        columns.append(mean_of(table, first) + (chance_of_class(first) * np.column_stack(then)).sum(axis=1))
    return np.column_stack(columns)


def oracle_value() -> float:
    """Expected Y under the best regime, exactly."""
    return float(kinds()[1] @ oracle_table().max(axis=1))


def best_fixed_plan() -> FixedPlan:
    """The best first arm and, for each response class, the best second arm for everybody."""
    table, share = kinds()
    second: dict[tuple[str, str], tuple[str, ...]] = {}
    worth = {}
    for first in SINGLE_ARMS:
        joint = share[:, None] * chance_of_class(first)
        worth[first] = float(share @ mean_of(table, first))
        for c, name in enumerate(WORST_FIRST):
            arms = permitted_second_arms(first, name)
            mean = dict(zip(arms, joint[:, c] @ means_of(table, arms), strict=True))
            second[first, name] = tuple(sorted(arms, key=lambda arm, m=mean: -m[arm]))  # type: ignore[misc]
            worth[first] += max(mean.values())
    return FixedPlan(tuple(sorted(SINGLE_ARMS, key=lambda arm: -worth[arm])), second)


@dataclass(frozen=True)
class Planning:
    """The scenario; the outcome is Y, in its own unit."""

    name: str = "planning"
    says: str = "the trial team's planning scenario: one binary modifier of one treatment, the same in both periods"
    size: int = PEOPLE

    def tables(self, n: int, seed: int) -> Tables:
        """Draw one trial; both assignments are uniform over what is permitted."""
        rng = np.random.default_rng(seed)
        baseline = draw_baseline(n, rng)
        first = pd.Series(rng.choice(SINGLE_ARMS, n), name="first")
        y1 = assigned_mean(baseline, first) + rng.standard_normal(n)
        interim = pd.DataFrame({"y1": y1, "response": response(first, y1)})
        allowed = allowed_second(first, interim["response"].to_numpy())
        second = pd.Series([rng.choice(np.array(ARMS)[row]) for row in allowed.to_numpy()], name="second")
        y2 = assigned_mean(baseline, second) + rng.standard_normal(n)
        outcome = pd.DataFrame({"y": y1 + y2})
        return Tables(baseline, first, interim, second, outcome, "y", interim["y1"], every(baseline), allowed)

    def people(self, n: int, seed: int, draws: int = 1) -> People:
        """New people; the noise of the first period alone matters, through the class."""
        rng = np.random.default_rng([seed, 1])
        baseline = draw_baseline(n, rng)
        baseline = baseline.iloc[np.repeat(np.arange(n), draws)].reset_index(drop=True)
        return People(baseline, every(baseline), draws, rng.standard_normal(n * draws))

    def drawn(self, rule: Rule, people: People, seed: int) -> FloatArray:
        """One Y of each row; the noise of both periods is independent."""
        later = np.random.default_rng([seed, 2]).standard_normal(len(people.baseline))
        return self.expected(rule, people) + np.asarray(people.noise) + later

    def expected(self, rule: Rule, people: People) -> FloatArray:
        """Expected Y of each row."""
        baseline, index = people.baseline, people.baseline.index
        excluded = pd.DataFrame(False, index=index, columns=list(TREATMENTS))
        first = rule.decide_first(baseline, allowed=people.allowed_first, excluded=excluded)
        mean = assigned_mean(baseline, first)
        y1 = mean + np.asarray(people.noise)
        interim = pd.DataFrame({"y1": y1, "response": response(first, y1)}, index=index)
        allowed = allowed_second(first, interim["response"].to_numpy())
        second = rule.decide_second(baseline, first, interim, allowed=allowed, excluded=excluded)
        refuse_not_allowed(second, allowed)
        return mean + assigned_mean(baseline, second)

    def references(self) -> References:
        """The rules that know the truth."""
        uniform = AsRandomised(lambda table: np.ones((len(table), len(SINGLE_ARMS))) / len(SINGLE_ARMS))
        return References(Oracle(), best_fixed_plan(), uniform)


def every(baseline: pd.DataFrame) -> pd.DataFrame:
    """Every first arm is allowed."""
    return pd.DataFrame(True, index=baseline.index, columns=list(SINGLE_ARMS))
