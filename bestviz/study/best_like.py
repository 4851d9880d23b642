"""Scenarios like the BEST trial, by the strength of effect modification; PEG at week 24 decides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.inputs import baseline_inputs, baseline_table, coded_frame, interim_table
from bestviz.advice.outcomes import column_name, outcome_tables
from bestviz.data.dataset import Trial
from bestviz.data.simulator import course
from bestviz.data.simulator.effects import Strength
from bestviz.data.simulator.people import people_of
from bestviz.data.simulator.rules import Rule
from bestviz.data.simulator.safety import NO_ARM
from bestviz.data.simulator.second_period import draw_second
from bestviz.data.simulator.trials import excluded_table
from bestviz.data.simulator.truth import PRIMARY, Truth
from bestviz.data.simulator.values import World, draw_world, value_of
from bestviz.study.scenario import FloatArray, People, References
from bestviz.study.tables import Tables
from bestviz.trial import ARMS, MEASURES, SINGLE_ARMS, allowed_first_table, allowed_second_table
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.trial.schedule import PRIMARY_WEEK, SECOND_RANDOMISATION_WEEK

SAYS = {
    "none": "BEST-like; nobody differs from anybody in what helps",
    "modest": "BEST-like; people differ modestly in what helps them",
    "demo": "BEST-like; people differ in what helps them as in the demonstration",
    "strong": "BEST-like; people differ strongly in what helps them",
}


@dataclass(frozen=True)
class BestLike:
    """The simulator's world; the outcome is improvement of PEG at week 24 in meaningful changes.

    Attributes
    ----------
    name : {"none", "modest", "demo", "strong"}
        Strength of effect modification.
    """

    name: Strength
    size: int = 805

    @property
    def says(self) -> str:
        """One sentence: what is true in it."""
        return SAYS[self.name]

    @property
    def truth(self) -> Truth:
        """The simulated world."""
        return Truth.for_strength(self.name)

    def trial(self, n: int, seed: int) -> Trial:
        """One trial as the whole procedure takes it."""
        return self.truth.simulate(n, seed)

    def tables(self, n: int, seed: int) -> Tables:
        """The same trial as tables."""
        return tables_of(self.trial(n, seed))

    def people(self, n: int, seed: int, draws: int = 1) -> People:
        """New people with everything known."""
        drawn = draw_world(n, self.truth.multiple, seed)
        if draws > 1:
            drawn = _repeated(drawn, self.truth, draws, seed)
        excluded = excluded_table(drawn.baseline)
        contraindicated = excluded.rename(columns=CONTRAINDICATION_COLUMNS)
        baseline = coded_frame(drawn.baseline, drawn.baseline.columns)
        return People(baseline, allowed_first_table(contraindicated), draws, drawn)

    def expected(self, rule: Rule, people: People) -> FloatArray:
        """Expected improvement of each row in meaningful changes."""
        assert isinstance(people.noise, World)
        return _expected(_as_asked(rule, people), people.noise)

    def drawn(self, rule: Rule, people: People, seed: int) -> FloatArray:
        """One improvement of each row in meaningful changes, as recorded on the instrument."""
        world = people.noise
        assert isinstance(world, World)
        followed = _Followed(_as_asked(rule, people))
        _expected(followed, world)
        first, second = followed.arms()
        later = draw_second(world.people, first, second, world.interim(first), np.random.default_rng([seed, 4]))
        change = later.values_24[:, course.PEG] - world.people.start[:, course.PEG]
        return MEASURES["peg"].sign * change / MEASURES["peg"].meaningful_change

    def references(self) -> References:
        """The rules that know the truth; they read the simulator's own tables."""
        return _references(self.name)


def tables_of(trial: Trial) -> Tables:
    """What a learner sees of a BEST-like trial; PEG at week 24 is to be improved."""
    people, outcomes = trial.participants, outcome_tables(trial)
    return Tables(
        baseline=baseline_table(trial, baseline_inputs(trial)),
        first=people["first_arm"],
        interim=interim_table(trial),
        second=people["second_arm"],
        outcomes=outcomes.weighable,
        target=column_name("peg", PRIMARY_WEEK),
        halfway=outcomes.early[column_name("peg", SECOND_RANDOMISATION_WEEK)],
        allowed_first=allowed_first_table(people),
        allowed_second=allowed_second_table(people.assign(response=trial.response)),
    )


@dataclass(frozen=True)
class Knowing:
    """A rule that knows the truth: it is asked with the simulator's own tables."""

    rule: Rule

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """As the rule does."""
        return self.rule.decide_first(baseline, allowed=allowed, excluded=excluded)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """As the rule does."""
        return self.rule.decide_second(baseline, first, interim, allowed=allowed, excluded=excluded)


@dataclass(frozen=True)
class _Asked:
    """A rule that is asked with tables as learners see them, in place of the simulator's."""

    rule: Rule
    baseline: pd.DataFrame

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return self.rule.decide_first(self.baseline.loc[baseline.index], allowed=allowed, excluded=excluded)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        state, known = coded_frame(interim, interim.columns), self.baseline.loc[baseline.index]
        return self.rule.decide_second(known, first, state, allowed=allowed, excluded=excluded)


class _Followed:
    """A rule that remembers what it chose."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.first = self.second = pd.Series(dtype=object)

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        self.first = self.rule.decide_first(baseline, allowed=allowed, excluded=excluded)
        return self.first

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        self.second = self.rule.decide_second(baseline, first, interim, allowed=allowed, excluded=excluded)
        return self.second

    def arms(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Numbers of the arms of every row; `NO_ARM` where no second arm was possible."""
        second = pd.Index(ARMS).get_indexer(pd.Index(self.second.reindex(self.first.index)))
        return pd.Index(SINGLE_ARMS).get_indexer(pd.Index(self.first)), np.where(second < 0, NO_ARM, second)


def _as_asked(rule: Rule, people: People) -> Rule:
    return rule if isinstance(rule, Knowing) else _Asked(rule, people.baseline)


def _expected(rule: Rule, world: World) -> FloatArray:
    return value_of(rule, world, PRIMARY, PRIMARY_WEEK, None, PRIMARY_WEEK, False).each


@cache
def _references(name: Strength) -> References:
    truth = Truth.for_strength(name)
    rules = truth.oracle(), truth.best_fixed_plan(), truth.as_randomised()
    return References(*(Knowing(rule) for rule in rules))


def _repeated(drawn: World, truth: Truth, draws: int, seed: int) -> World:
    """Each person many times with other noise in the first period."""
    baseline = drawn.baseline.iloc[np.repeat(np.arange(len(drawn.baseline)), draws)].reset_index(drop=True)
    rng, rows = np.random.default_rng([seed, 2]), len(baseline)
    normal, uniform = rng.standard_normal((rows, course.FIRST_NORMALS)), rng.random((rows, course.FIRST_UNIFORMS))
    return World(baseline, people_of(baseline, truth.multiple), normal, uniform)
