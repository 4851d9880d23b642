"""Value of any rule in the simulated world, and the fixed plans it is compared with, by Monte Carlo on new people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from bestviz.data.simulator import course, design
from bestviz.data.simulator.first_period import draw_first, first_expected
from bestviz.data.simulator.integrate import Horizon, utility_second
from bestviz.data.simulator.markers import MARKERS
from bestviz.data.simulator.oracle import free_of, interim_table
from bestviz.data.simulator.people import People, people_of
from bestviz.data.simulator.rules import FixedPlan, Rule
from bestviz.data.simulator.safety import NO_ARM
from bestviz.data.simulator.second_period import second_expected
from bestviz.data.simulator.trials import draw_baseline, excluded_table
from bestviz.errors import RegimeError
from bestviz.trial import ARMS, BASELINE_MEASURES, INPUT_COLUMNS, RESPONSE_CLASSES, SINGLE_ARMS


@dataclass(frozen=True)
class Value:
    """Value of a rule.

    Attributes
    ----------
    value : float
        Mean utility in meaningful changes, or mean outcome in the measure's unit.
    se : float
        Monte Carlo standard error.
    each : array
        Expected utility or outcome of each simulated person given their week-12 state; the same seed gives the same
        people in the same order, so two rules are compared with `minus`.
    """

    value: float
    se: float
    each: np.ndarray

    @classmethod
    def of(cls, each: np.ndarray) -> Value:
        """Mean and standard error of one number a person."""
        return cls(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))), each)

    def minus(self, other: Value) -> Value:
        """Difference from another value with the same people."""
        return Value.of(self.each - other.each)


@dataclass(frozen=True)
class World:
    """New people with everything that is random about their first period."""

    baseline: pd.DataFrame
    people: People
    normal: np.ndarray
    uniform: np.ndarray

    def interim(self, first: np.ndarray) -> course.Interim:
        """State at week 12 under these first arms."""
        return draw_first(self.people, first, self.normal, self.uniform)


@lru_cache(maxsize=4)
def draw_world(n: int, strength: float, seed: int) -> World:
    """New people; the same seed gives the same people and the same noise whatever the rule."""
    rng = np.random.default_rng([seed, 1])
    baseline = draw_baseline(n, rng)
    people = people_of(baseline, strength)
    return World(
        baseline, people, rng.standard_normal((n, course.FIRST_NORMALS)), rng.random((n, course.FIRST_UNIFORMS))
    )


def value_of(
    rule: Rule,
    world: World,
    weights: Mapping[str, float],
    horizon: Horizon,
    outcome: str | None,
    week: int,
    deep: bool,
) -> Value:
    """Value of a rule: utility under `weights` at `horizon`, or mean of one outcome at one week."""
    columns = [*INPUT_COLUMNS, *BASELINE_MEASURES, *(MARKERS if deep else ())]
    baseline, excluded = world.baseline[columns], excluded_table(world.baseline)
    may_first = free_of(world.people.excluded)
    allowed_first = pd.DataFrame(may_first, index=baseline.index, columns=list(SINGLE_ARMS))
    labels = rule.decide_first(baseline, allowed=allowed_first, excluded=excluded)
    first = _checked(labels, SINGLE_ARMS, may_first, "first")
    if outcome is not None and week <= 12:
        return Value.of(first_expected(world.people, first, outcome, week))
    interim = world.interim(first)
    allowed = design.allowed_second(first, interim.response, interim.harm, world.people.excluded)
    some = np.flatnonzero(allowed.any(axis=1))
    second = np.full(len(first), NO_ARM)
    if len(some):
        index = baseline.index[some]
        chosen = rule.decide_second(
            baseline.iloc[some],
            pd.Series(np.array(SINGLE_ARMS)[first[some]], index=index),
            interim_table(interim.take(some), index),
            allowed=pd.DataFrame(allowed[some], index=index, columns=list(ARMS)),
            excluded=excluded.iloc[some],
        )
        second[some] = _checked(chosen, ARMS, allowed[some], "second")
    if outcome is not None:
        mean = second_expected(world.people, first, second, interim, outcome, week)
        return Value.of(mean)
    return Value.of(utility_second(world.people, first, second, interim, weights, horizon))


def find_best_plan(world: World, weights: Mapping[str, float], horizon: Horizon) -> FixedPlan:
    """The best fixed plan: arms ranked by their mean among simulated people without contraindication.

    Second arms are ranked for each first arm and response class by expected utility given week 12; first arms by the
    utility of their plan.
    """
    free = np.flatnonzero(world.people.excluded == 0)
    people = world.people.take(free)
    second: dict[tuple[str, str], tuple[str, ...]] = {}
    plan_value = {}
    for a, start in enumerate(SINGLE_ARMS):
        first = np.full(len(world.people), a)
        interim = world.interim(first).take(free)
        total = np.zeros(len(people))
        for c, response in enumerate(RESPONSE_CLASSES):
            rows = np.flatnonzero(interim.response == c)
            allowed = design.allowed_second_lookup()[a, c, 0, 0]
            means = {}
            for arm in np.flatnonzero(allowed):
                means[ARMS[arm]] = utility_second(
                    people.take(rows),
                    first[rows],
                    np.full(len(rows), arm),
                    interim.take(rows),
                    weights,
                    horizon,
                )
            ranking = tuple(sorted(means, key=lambda arm, m=means: -float(m[arm].mean())))  # type: ignore[misc]
            second[start, response] = ranking
            total[rows] = means[ranking[0]]
        plan_value[start] = total.mean()
    return FixedPlan(tuple(sorted(SINGLE_ARMS, key=lambda arm: -plan_value[arm])), second)


def _checked(labels: pd.Series, arms: tuple[str, ...], allowed: np.ndarray, stage: str) -> np.ndarray:
    """Labels -> numbers; refuse an arm that the person may not have."""
    numbers = {arm: number for number, arm in enumerate(arms)}
    try:
        chosen = np.array([numbers[label] for label in labels], dtype=int)
    except KeyError as error:
        raise RegimeError(f"The rule chose {error.args[0]!r} as {stage} arm, which is no arm of the trial.") from None
    wrong = ~allowed[np.arange(len(chosen)), chosen]
    if wrong.any():
        arm = arms[chosen[wrong][0]]
        raise RegimeError(f"The rule chose {arm} as {stage} arm for {wrong.sum()} people who may not have it.")
    return chosen
