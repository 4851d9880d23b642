"""The rules that know the truth of a constructed scenario: the best regime, the best fixed plan, the trial itself.

Given the state the best second arm is a formula. What follows a first arm is integrated over the noise of the first
period by Gauss-Legendre quadrature on the scale of probability, apart below and above the cut of response.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from bestviz.data.simulator.rules import FixedPlan
from bestviz.study.scenario import FloatArray

if TYPE_CHECKING:
    from bestviz.study.constructed.world import Constructed

CLASSES = ("non-responder", "responder")  # below and above the cut
NODES = 16
PEOPLE_OF_PLAN, SEED_OF_PLAN = 50_000, 20_240_612
SMALLEST = 1e-9  # of the chance of a class, so that no node lies at infinity


@dataclass(frozen=True)
class Oracle:
    """The best regime."""

    world: Constructed

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """The first arm with the highest expected y, the second one being the best."""
        return _highest(first_values(self.world, baseline), self.world.first_arms, allowed)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """The second arm with the highest expected y."""
        codes = pd.Index(self.world.first_arms).get_indexer(pd.Index(first))
        values = self.world.second_means(baseline, codes, interim["y1"].to_numpy())
        return _highest(values, self.world.second_arms, allowed)


@dataclass(frozen=True)
class AsAssigned:
    """Arms assigned as in a trial.

    Attributes
    ----------
    world : Constructed
    seed : int
        Seed of the random choices.
    """

    world: Constructed
    seed: int = 0

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """At random with the chances of a trial."""
        codes = pick(self.world.first_chances(baseline), np.random.default_rng([self.seed, 1]).random(len(baseline)))
        return pd.Series(np.array(self.world.first_arms)[codes], index=baseline.index)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """At random among the allowed with the chances of a trial."""
        may = allowed[list(self.world.second_arms)].to_numpy(bool)
        chances = self.world.second_chances(baseline, interim["y1"].to_numpy(), may)
        codes = pick(chances, np.random.default_rng([self.seed, 2]).random(len(baseline)))
        return pd.Series(np.array(self.world.second_arms)[codes], index=baseline.index)


def pick(chances: FloatArray, uniform: FloatArray) -> npt.NDArray[np.intp]:
    """One column of each row, drawn with these probabilities by uniform numbers."""
    reached = chances.cumsum(axis=1)
    return (reached > uniform[:, None] * reached[:, -1:]).argmax(axis=1)


def first_values(world: Constructed, baseline: pd.DataFrame) -> FloatArray:
    """Expected y under each first arm followed by the best second arm; shape (rows, first arms)."""
    means, effects = world.first_means(baseline), world.second_effects(baseline)
    values = world.carried * means
    for a, start in enumerate(world.first_arms):
        after = effects + world.added()[a]
        for response, state, weight in classes(world, means[:, a]):
            may = [world.second_arms.index(arm) for arm in world.permitted[start, response]]
            each = after[:, None, may] + state[:, :, None] * world.state_slopes()[may]
            values[:, a] += (weight * each.max(axis=2)).sum(axis=1)
    return values


def classes(world: Constructed, mean: FloatArray) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Each response class with nodes and weights for integrating over the state; both of shape (rows, nodes).

    The weights of a row sum to its chance of the class.
    """
    points, weights = np.polynomial.legendre.leggauss(NODES)
    below = np.clip(ndtr((world.cut - mean) / world.noise[0]), SMALLEST, 1 - SMALLEST)[:, None]
    edges = (np.zeros_like(below), below), (below, np.ones_like(below))
    for response, (low, high) in zip(CLASSES, edges, strict=True):
        level = low + (high - low) * (points + 1) / 2
        yield response, world.state(mean[:, None] + world.noise[0] * ndtri(level)), (high - low) * weights / 2


def best_fixed_plan(world: Constructed) -> FixedPlan:
    """Every plan for everybody is valued on many people: the classes of a first arm can be settled one by one."""
    baseline = world.draw(PEOPLE_OF_PLAN, np.random.default_rng(SEED_OF_PLAN))
    means, effects = world.first_means(baseline), world.second_effects(baseline)
    second: dict[tuple[str, str], tuple[str, ...]] = {}
    worth = dict(zip(world.first_arms, world.carried * means.mean(axis=0), strict=True))
    for a, start in enumerate(world.first_arms):
        for response, state, weight in classes(world, means[:, a]):
            chance, tailored = weight.sum(axis=1), (weight * state).sum(axis=1).mean()
            added = chance @ (effects + world.added()[a]) / len(baseline) + tailored * world.state_slopes()
            value = dict(zip(world.second_arms, added, strict=True))
            ranking = tuple(sorted(world.permitted[start, response], key=lambda arm, v=value: -v[arm]))  # type: ignore[misc]
            second[start, response] = ranking
            worth[start] += value[ranking[0]]
    return FixedPlan(tuple(sorted(world.first_arms, key=lambda arm: -worth[arm])), second)


def _highest(values: FloatArray, arms: tuple[str, ...], allowed: pd.DataFrame) -> pd.Series:
    best = np.where(allowed[list(arms)].to_numpy(bool), values, -np.inf).argmax(axis=1)
    return pd.Series(np.array(arms)[best], index=allowed.index)
