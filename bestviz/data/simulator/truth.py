"""The simulated world as one object: trials drawn from it, expected outcomes, the best regime, the value of rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bestviz.data.dataset import Trial
from bestviz.data.simulator import design, effects
from bestviz.data.simulator.course import Interim
from bestviz.data.simulator.describe import dataset_info, describe, probabilities_table
from bestviz.data.simulator.first_period import first_expected
from bestviz.data.simulator.integrate import Horizon, integrate_first
from bestviz.data.simulator.oracle import Oracle, first_numbers, interim_of
from bestviz.data.simulator.people import People, people_of
from bestviz.data.simulator.rules import AsRandomised, FixedPlan, Rule
from bestviz.data.simulator.second_period import second_expected
from bestviz.data.simulator.trials import DEEP_SHARE, draw_course, tables_of
from bestviz.data.simulator.values import Value, draw_world, find_best_plan, value_of
from bestviz.errors import InputError, PreferenceError
from bestviz.trial import ARMS, RESPONSE_CLASSES, SINGLE_ARMS, TREATMENTS, WEIGHTABLE

PRIMARY: Mapping[str, float] = {"peg": 1.0}
Second = str | Mapping[str, str] | pd.Series


@dataclass(frozen=True)
class Truth:
    """A simulated world like the BEST trial, of which everything is known.

    Attributes
    ----------
    strength : {"none", "modest", "demo", "strong"}
        How strongly people differ in what helps them.
    """

    strength: effects.Strength = "demo"

    def __post_init__(self) -> None:
        """Refuse an unknown strength."""
        if self.strength not in effects.STRENGTHS:
            known = ", ".join(effects.STRENGTHS)
            raise InputError(f"Unknown strength {self.strength!r}; choose one of {known}.")

    @classmethod
    def for_strength(cls, strength: effects.Strength) -> Truth:
        """The world with this strength of effect modification."""
        return cls(strength)

    @property
    def multiple(self) -> float:
        """Multiple of the sizes of effect modification."""
        return effects.STRENGTHS[self.strength]

    # --- trials ---

    def simulate(self, n: int = 805, seed: int = 1, deep: float = DEEP_SHARE) -> Trial:
        """Draw one trial.

        Parameters
        ----------
        n : int
            People randomised.
        seed : int
            The same seed gives the same trial.
        deep : float
            Share of people with deep markers, 0-1.

        Returns
        -------
        Trial
        """
        return self.simulate_complete(n, seed, deep)[0]

    def simulate_complete(self, n: int = 805, seed: int = 1, deep: float = DEEP_SHARE) -> tuple[Trial, pd.DataFrame]:
        """Draw one trial and also return its complete baseline.

        Returns
        -------
        trial : Trial
            As `simulate`.
        baseline : DataFrame, index `id`
            Covariates, week-0 measures by code, contraindications and deep markers of everybody, nothing missing.
        """
        if n < 1:
            raise InputError(f"A trial needs at least 1 person, not {n}.")
        if seed < 0:
            raise InputError(f"The seed must be 0 or more, not {seed}.")
        if not 0 <= deep <= 1:
            raise InputError(f"The share with deep phenotyping must lie between 0 and 1, not {deep}.")
        happened = draw_course(n, self.multiple, seed)
        participants, assessments, markers = tables_of(happened, deep, seed)
        return Trial(participants, assessments, markers, dataset_info(self.strength, n, seed)), happened.baseline

    # --- expected outcomes ---

    def expected(
        self,
        people: pd.DataFrame,
        first: str | pd.Series,
        second: Second | None = None,
        *,
        outcome: str = "peg",
        week: int = 24,
        interim: pd.DataFrame | None = None,
        draws: int = 256,
        seed: int = 0,
    ) -> np.ndarray:
        """Expected outcome of an arm sequence for each person, in the measure's unit.

        Parameters
        ----------
        people : DataFrame, one row a person
            Model-input columns and week-0 measures by code; missing ones count as typical. Deep markers are used where
            the table holds them and integrated out where not.
        first : str or Series of str
            First arm.
        second : str, mapping of response class to arm, or Series of str, optional
            Second arm as assigned, whether or not the design permits it; a missing label in a Series means no second
            arm. Not needed for weeks 6 and 12.
        outcome : str
            Measure code; `adverse_event` and `stopping` count either period.
        week : int
            A week of the measure's schedule after 0.
        interim : DataFrame, optional
            Week-12 measures by code, `response`, `stopped_first`, `adverse_event_first`. With it, the exact expectation
            given baseline and week 12; without it, given baseline only, integrated numerically over week 12.
        draws, seed : int
            Random first periods a person (a power of 2) for that integration; the same for every person and arm.

        Returns
        -------
        array of float
        """
        who = people_of(people, self.multiple)
        arms = first_numbers(np.full(len(people), first) if isinstance(first, str) else first)
        if week <= 12 and outcome not in ("adverse_event", "stopping"):
            return first_expected(who, arms, outcome, week)
        if second is None:
            raise InputError(f"Name the second arm to know {outcome} at week {week}.")
        if interim is not None:
            state = interim_of(interim)
            later = _second_numbers(second, state.response, len(people))
            return second_expected(who, arms, later, state, outcome, week)

        # One column of second arms a response class, one row a person.
        table = np.stack(
            [_second_numbers(second, np.full(len(people), c), len(people)) for c in range(len(RESPONSE_CLASSES))],
            axis=1,
        )

        def then(many: People, first_arms: np.ndarray, state: Interim, rows: np.ndarray) -> np.ndarray:
            chosen = table[rows, state.response]
            return second_expected(many, first_arms, chosen, state, outcome, week)

        return integrate_first(who, arms, draws, seed, then)

    # --- regimes and values ---

    def oracle(self, weights: Mapping[str, float] | None = None, horizon: Horizon = 24, draws: int = 64) -> Oracle:
        """The best regime for these preference weights (default: PEG only)."""
        return Oracle(self.multiple, _checked_weights(weights), horizon, draws)

    def as_randomised(self, seed: int = 0) -> AsRandomised:
        """The trial's own random arms."""
        return AsRandomised(_first_chances, seed=seed)

    def single(self, arm: str, seed: int = 0) -> AsRandomised:
        """Start with one treatment where it is allowed, then as randomised."""
        return AsRandomised(_first_chances, start=arm, seed=seed)

    def best_single(
        self, weights: Mapping[str, float] | None = None, horizon: Horizon = 24, n: int = 20_000, seed: int = 0
    ) -> AsRandomised:
        """The best of the single treatments; its `start` names the arm."""
        rules = [self.single(arm, seed) for arm in SINGLE_ARMS]
        values = [self.value(rule, n, seed, weights=weights, horizon=horizon).value for rule in rules]
        return rules[int(np.argmax(values))]

    def best_fixed_plan(
        self, weights: Mapping[str, float] | None = None, horizon: Horizon = 24, n: int = 20_000, seed: int = 0
    ) -> FixedPlan:
        """The best fixed plan: a first arm, and a second arm for each response class.

        It is best among people without contraindication; it ranks all arms, and a person who may not have an arm
        (contraindicated, or stopped for harm) gets the next in the ranking.
        """
        return find_best_plan(draw_world(n, self.multiple, seed), _checked_weights(weights), horizon)

    def value(
        self,
        rule: Rule,
        n: int = 20_000,
        seed: int = 0,
        *,
        weights: Mapping[str, float] | None = None,
        horizon: Horizon = 24,
        outcome: str | None = None,
        week: int = 24,
        deep: bool = False,
    ) -> Value:
        """Value of a rule, by Monte Carlo on new people without missing data.

        Parameters
        ----------
        rule : Rule
            `decide_first(baseline, allowed=, excluded=)` and
            `decide_second(baseline, first, interim, allowed=, excluded=)`. It is not asked about people for whom no
            second arm is allowed.
        n, seed : int
            New people; the same for every rule with the same seed.
        weights : mapping of outcome to weight, optional
            Preference weights of the utility (default: PEG only).
        horizon : 24, 36 or "mean"
            When the utility is taken.
        outcome, week : str and int, optional
            Instead of a utility: the mean of this outcome at this week, in its own unit.
        deep : bool
            Whether the rule sees the deep markers.

        Returns
        -------
        Value
            With its Monte Carlo standard error.
        """
        world = draw_world(n, self.multiple, seed)
        return value_of(rule, world, _checked_weights(weights), horizon, outcome, week, deep)

    # --- description ---

    @property
    def randomisation_probabilities(self) -> pd.DataFrame:
        """Probability of each first arm (columns) by contraindicated treatment (rows)."""
        return probabilities_table()

    def describe(self) -> dict[str, Any]:
        """What `truth.json` says: scenario, strength, effect sizes, true randomisation probabilities."""
        return describe(self.strength)


def simulate_trial(n: int = 805, seed: int = 1, deep: float = DEEP_SHARE, strength: effects.Strength = "demo") -> Trial:
    """Simulate a trial like BEST.

    Parameters
    ----------
    n : int
        People randomised.
    seed : int
        The same seed gives the same trial.
    deep : float
        Share of people with deep markers, 0-1.
    strength : {"none", "modest", "demo", "strong"}
        How strongly people differ in what helps them.

    Returns
    -------
    Trial
        `info.simulated` is True.
    """
    return Truth.for_strength(strength).simulate(n, seed, deep)


def _first_chances(excluded: pd.DataFrame) -> np.ndarray:
    bits = excluded[list(TREATMENTS)].to_numpy(int) @ (2 ** np.arange(len(TREATMENTS)))
    return design.first_probability(bits)


def _second_numbers(second: Second, response: np.ndarray, n: int) -> np.ndarray:
    numbers = {arm: number for number, arm in enumerate(ARMS)}
    if isinstance(second, str):
        return np.full(n, numbers[second])
    if isinstance(second, Mapping):
        return np.array([numbers[second[RESPONSE_CLASSES[c]]] for c in response], dtype=int)
    return np.array([numbers.get(label, len(ARMS)) for label in second], dtype=int)


def _checked_weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    """Weights normalised to sum 1; PEG only if none."""
    given = dict(weights or PRIMARY)
    unknown = [name for name in given if name not in WEIGHTABLE]
    if unknown:
        raise PreferenceError(f"Unknown outcome {unknown[0]!r} in the weights.")
    whole = sum(given.values())
    if min(given.values()) < 0 or not whole > 0:
        raise PreferenceError("Weights must be 0 or more and not all 0.")
    return {name: weight / whole for name, weight in given.items() if weight > 0}
