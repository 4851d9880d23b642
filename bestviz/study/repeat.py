"""One repeat of a study: draw a trial, learn from it, and compare what was learned with what is true."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from bestviz.advice.threads import one_thread
from bestviz.errors import DataError, RegimeError
from bestviz.regime.judging.regimes import AS_RANDOMISED, SINGLE
from bestviz.study.coverage import coverage, true_means
from bestviz.study.measures import WHOLE
from bestviz.study.person import person_coverage
from bestviz.study.procedure import Procedure, learned_from
from bestviz.study.rules import Started
from bestviz.study.said import said_of
from bestviz.study.scenario import Scenario
from bestviz.study.scenarios import scenario_of
from bestviz.study.settings import Settings
from bestviz.study.values import values_coverage

# All rules of a scenario are valued on the same people.
VALUE_SEED = 1
LEAST_GAIN = 0.01  # of an outcome SD; below it no share of the gain is told


def one_repeat(settings: Settings, number: int) -> dict[str, Any]:
    """Measures of one simulated trial, as one flat line for JSON; `bestviz.study.measures` says what they are.

    Parameters
    ----------
    settings : Settings
    number : int
        Which repeat, from 0; the same settings and number give the same line, but for keys that end in `_seconds`.

    Returns
    -------
    dict
        Where the trial cannot be learned from, `unavailable` says why in place of the measures.

    Raises
    ------
    InputError
        There is no such scenario, or too few replicates.
    """
    scenario, seed = scenario_of(settings.scenario), settings.trial_seed(number)
    line: dict[str, Any] = {
        "scenario": settings.scenario, "n": settings.n, "learner": settings.learner,
        "replicates": settings.replicates, "seed": seed,
    }  # fmt: skip
    try:
        with one_thread(), _quietly():
            return line | _measured(scenario, settings, seed)
    except (DataError, RegimeError) as error:
        return line | {"unavailable": str(error)}


def _measured(scenario: Scenario, settings: Settings, seed: int) -> dict[str, Any]:
    learned = learned_from(scenario, settings, seed)
    found = regret(scenario, learned, settings.value_people) | _said_and_true(scenario, learned, settings, seed)
    if settings.values:
        found |= _values(scenario, learned, settings.value_people, found["value"])
    return found | {"fit_seconds": round(learned.seconds, 2)}


@contextmanager
def _quietly() -> Iterator[None]:
    """Say nothing of what nobody had in a simulated trial: it is part of what is studied."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


@dataclass(frozen=True)
class Known:
    """True values of the rules that know the truth."""

    oracle: float
    fixed: float
    random: float


@cache
def known_values(name: str, people: int) -> Known:
    """True values of the best regime, of the best plan for everybody, and of the trial itself."""
    scenario = scenario_of(name)
    new, rules = scenario.people(people, VALUE_SEED), scenario.references()
    each = (rules.oracle, rules.fixed, rules.randomised)
    return Known(*(float(scenario.expected(rule, new).mean()) for rule in each))


def _said_and_true(scenario: Scenario, learned: Procedure, settings: Settings, seed: int) -> dict[str, Any]:
    people = scenario.people(settings.people, seed, settings.draws)
    said = said_of(learned, people)
    found = coverage(said, true_means(scenario, learned, people))
    return found | person_coverage(scenario, learned, said, people, seed)


def _values(scenario: Scenario, learned: Procedure, people: int, value: float) -> dict[str, Any]:
    known = known_regimes(scenario.name, people) | {WHOLE: value}
    return values_coverage(scenario, learned, scenario.people(people, VALUE_SEED), known)


@cache
def known_regimes(name: str, people: int) -> dict[str, float]:
    """True values of the trial itself and of single treatments: an arm to start with, then as in the trial."""
    scenario = scenario_of(name)
    new, trial = scenario.people(people, VALUE_SEED), scenario.references().randomised
    started = {SINGLE + str(arm): Started(trial, str(arm)) for arm in new.allowed_first}
    found = {arm: float(scenario.expected(rule, new).mean()) for arm, rule in started.items()}
    return found | {AS_RANDOMISED: known_values(name, people).random}


def regret(scenario: Scenario, learned: Procedure, people: int) -> dict[str, Any]:
    """What the learned regime is worth beside the rules that know the truth."""
    known = known_values(scenario.name, people)
    value = float(scenario.expected(learned.rule, scenario.people(people, VALUE_SEED)).mean())
    sd = float(learned.tables.outcomes[learned.tables.target].std())
    gain = known.oracle - known.fixed
    return {
        "value": value,
        "oracle": known.oracle,
        "fixed": known.fixed,
        "random": known.random,
        "gain_share": (value - known.fixed) / gain if gain > LEAST_GAIN * sd else None,
        "random_share": (value - known.random) / (known.oracle - known.random),
        "oracle_share": value / known.oracle if scenario.name == "planning" else None,
        "loss_sd": (known.fixed - value) / sd,
    }
