"""What the constructed scenarios share: a state y1 at the end of the first period, a response class, an outcome y.

    y1 = E(y1 | x, a1) + e1,  responder if y1 > cut,
    y  = carried * y1 + g(x, a2) + after(a1, a2) + by_state(a2) * state(y1) + e2,

with independent normal noise e1 and e2. A scenario gives E(y1 | x, a1), g and the numbers. What a rule is worth given
the state is thus a formula, and the best regime an integral over e1 alone (`bestviz.study.constructed.best`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.data.simulator.rules import Rule
from bestviz.study.constructed.best import CLASSES, AsAssigned, Oracle, best_fixed_plan, pick
from bestviz.study.scenario import FloatArray, People, References, refuse_not_allowed
from bestviz.study.tables import Tables
from bestviz.trial.treatments import treatments_of

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

TARGET = "y"


@dataclass(frozen=True)
class Constructed(ABC):
    """A scenario given by formulas; higher y is better.

    Attributes
    ----------
    name, says : str
        As in `Scenario`.
    size : int
        Participants of a trial unless told otherwise.
    first_arms, second_arms : tuple of str
    permitted : mapping of (first arm, response class) to tuple of str
        Second arms among which a trial assigns.
    cut : float
        Responders have y1 above it.
    carried : float
        Share of y1 that is in y.
    noise : (float, float)
        Standard deviations of e1 and e2.
    after : mapping of (first arm, second arm) to float
        What is added to y where this second arm follows this first arm; 0 where not named.
    by_state : mapping of second arm to float
        What multiplies the state; 0 where not named.
    missing : float
        Share of baseline values that a trial does not know, at random.
    known : bool
        Whether learners are told the probabilities of assignment.
    """

    name: str
    says: str
    size: int
    first_arms: ClassVar[tuple[str, ...]]
    second_arms: ClassVar[tuple[str, ...]]
    permitted: ClassVar[Mapping[tuple[str, str], tuple[str, ...]]]
    cut: ClassVar[float] = 0.0
    carried: ClassVar[float] = 0.5
    noise: ClassVar[tuple[float, float]] = (1.0, 1.0)
    after: ClassVar[Mapping[tuple[str, str], float]] = {}
    by_state: ClassVar[Mapping[str, float]] = {}
    missing: ClassVar[float] = 0.0
    known: ClassVar[bool] = True

    @abstractmethod
    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """Baseline features of new people, nothing missing."""

    @abstractmethod
    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """Expected y1 under each first arm; shape (rows, first arms)."""

    @abstractmethod
    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """What the second period adds whatever came before, g; shape (rows, second arms)."""

    def state(self, y1: FloatArray) -> FloatArray:
        """What of y1 says how well a second arm works; y1 itself unless the scenario says otherwise."""
        return y1

    def first_chances(self, baseline: pd.DataFrame) -> FloatArray:
        """Probabilities of the first arms in a trial; shape (rows, first arms)."""
        return np.full((len(baseline), len(self.first_arms)), 1 / len(self.first_arms))

    def second_chances(self, baseline: pd.DataFrame, y1: FloatArray, allowed: BoolArray) -> FloatArray:
        """Probabilities of the second arms in a trial; shape (rows, second arms)."""
        return allowed / allowed.sum(axis=1, keepdims=True)

    def stays(self, baseline: pd.DataFrame, y1: FloatArray, rng: np.random.Generator) -> tuple[BoolArray, BoolArray]:
        """Who of a trial is seen at the end of the first period, and who to the end."""
        everybody = np.ones(len(baseline), dtype=bool)
        return everybody, everybody

    def complete(self, n: int, seed: int) -> Tables:
        """One trial before anything is missing; the same seed gives the same trial."""
        rng = np.random.default_rng(seed)
        baseline = self.draw(n, rng)
        chances = self.first_chances(baseline)
        first = pick(chances, rng.random(n))
        y1 = self.first_means(baseline)[np.arange(n), first] + self.noise[0] * rng.standard_normal(n)
        allowed = self.allowed(first, y1)
        later = self.second_chances(baseline, y1, allowed)
        second = pick(later, rng.random(n))
        y = self.second_means(baseline, first, y1)[np.arange(n), second] + self.noise[1] * rng.standard_normal(n)
        interim = self.interim(y1, baseline.index)
        return Tables(
            baseline=baseline,
            first=_labels(first, self.first_arms, "first"),
            interim=interim,
            second=_labels(second, self.second_arms, "second"),
            outcomes=pd.DataFrame({TARGET: y}),
            target=TARGET,
            halfway=interim["y1"],
            allowed_first=self.every_first(baseline.index),
            allowed_second=pd.DataFrame(allowed, columns=list(self.second_arms)),
            first_probability=pd.Series(chances[np.arange(n), first]) if self.known else None,
            second_probability=pd.Series(later[np.arange(n), second]) if self.known else None,
        )

    def tables(self, n: int, seed: int) -> Tables:
        """One trial as learners see it; the same seed gives the same trial."""
        whole, rng = self.complete(n, seed), np.random.default_rng([seed, 2])
        here, to_end = self.stays(whole.baseline, whole.interim["y1"].to_numpy(), rng)
        baseline, interim = whole.baseline, whole.interim[here].reindex(whole.interim.index)
        if self.missing:
            baseline = baseline.mask(rng.random(baseline.shape) < self.missing)
        first = whole.first.map(self.first_arms.index).to_numpy(np.intp)
        # Whose class is not known could have had whatever some class permits.
        some = np.array([self._may(c)[first] for c in range(len(CLASSES))]).any(axis=0)
        allowed = np.where(here[:, None], whole.allowed_second, some)
        later = whole.second_probability
        return Tables(
            baseline=baseline,
            first=whole.first,
            interim=interim,
            second=whole.second.where(here),
            outcomes=whole.outcomes[to_end].reindex(whole.outcomes.index),
            target=TARGET,
            halfway=interim["y1"],
            allowed_first=whole.allowed_first,
            allowed_second=pd.DataFrame(allowed, columns=list(self.second_arms)),
            first_probability=whole.first_probability,
            second_probability=None if later is None else later.where(here),
        )

    def people(self, n: int, seed: int, draws: int = 1) -> People:
        """New people; what is random about them is e1."""
        rng = np.random.default_rng([seed, 1])
        rows = np.repeat(np.arange(n), draws)
        baseline = self.draw(n, rng).iloc[rows].reset_index(drop=True)
        return People(baseline, self.every_first(baseline.index), draws, rng.standard_normal(n * draws))

    def expected(self, rule: Rule, people: People) -> FloatArray:
        """Expected y of each row given its y1."""
        baseline, index, rows = people.baseline, people.baseline.index, np.arange(len(people.baseline))
        nothing = pd.DataFrame(False, index=index, columns=list(self.treatments))
        chosen = rule.decide_first(baseline, allowed=people.allowed_first, excluded=nothing)
        refuse_not_allowed(chosen, people.allowed_first)
        first = pd.Index(self.first_arms).get_indexer(pd.Index(chosen))
        y1 = self.first_means(baseline)[rows, first] + self.noise[0] * np.asarray(people.noise)
        allowed = pd.DataFrame(self.allowed(first, y1), index=index, columns=list(self.second_arms))
        second = rule.decide_second(baseline, chosen, self.interim(y1, index), allowed=allowed, excluded=nothing)
        refuse_not_allowed(second, allowed)
        codes = pd.Index(self.second_arms).get_indexer(pd.Index(second))
        return self.second_means(baseline, first, y1)[rows, codes]

    def drawn(self, rule: Rule, people: People, seed: int) -> FloatArray:
        """One y of each row: what is expected and e2."""
        later = np.random.default_rng([seed, 3]).standard_normal(len(people.baseline))
        return self.expected(rule, people) + self.noise[1] * later

    def references(self) -> References:
        """The rules that know the truth."""
        return _references(self)

    @property
    def treatments(self) -> tuple[str, ...]:
        """Treatments of all arms."""
        return tuple(dict.fromkeys(code for arm in self.first_arms + self.second_arms for code in treatments_of(arm)))

    def every_first(self, index: pd.Index) -> pd.DataFrame:
        """Every first arm is allowed."""
        return pd.DataFrame(True, index=index, columns=list(self.first_arms))

    def interim(self, y1: FloatArray, index: pd.Index) -> pd.DataFrame:
        """What is seen at the end of the first period."""
        return pd.DataFrame({"y1": y1, "response": np.array(CLASSES)[(y1 > self.cut).astype(int)]}, index=index)

    def allowed(self, first: IntArray, y1: FloatArray) -> BoolArray:
        """Second arms that each person may have; shape (rows, second arms)."""
        return np.where((y1 > self.cut)[:, None], self._may(1)[first], self._may(0)[first])

    def second_means(self, baseline: pd.DataFrame, first: IntArray, y1: FloatArray) -> FloatArray:
        """Expected y under each second arm given the first arm and y1; shape (rows, second arms)."""
        tailored = self.state(y1)[:, None] * self.state_slopes()
        return self.carried * y1[:, None] + self.second_effects(baseline) + self.added()[first] + tailored

    def added(self) -> FloatArray:
        """What is added by first arm (rows) and second arm (columns)."""
        return np.array([[self.after.get((a, b), 0.0) for b in self.second_arms] for a in self.first_arms])

    def state_slopes(self) -> FloatArray:
        """What multiplies the state under each second arm."""
        return np.array([self.by_state.get(b, 0.0) for b in self.second_arms])

    def _may(self, response: int) -> BoolArray:
        """Permitted second arms of a class (by number): first arms x second arms."""
        rows = [self.permitted[a, CLASSES[response]] for a in self.first_arms]
        return np.array([[b in row for b in self.second_arms] for row in rows])


def _labels(codes: IntArray, arms: tuple[str, ...], name: str) -> pd.Series:
    return pd.Series(np.array(arms)[codes], name=name)


@cache
def _references(world: Constructed) -> References:
    return References(Oracle(world), best_fixed_plan(world), AsAssigned(world))
