"""Utilities of second arms in closed form, and of first arms by integrating over what may be seen at week 12."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from bestviz.data.simulator.course import (
    FIRST_NORMALS,
    FIRST_UNIFORMS,
    Interim,
)
from bestviz.data.simulator.design import allowed_second
from bestviz.data.simulator.first_period import draw_first
from bestviz.data.simulator.people import People
from bestviz.data.simulator.scales import INDEX
from bestviz.data.simulator.second_period import second_expected
from bestviz.trial import ARMS, MEASURES, SINGLE_ARMS, TREATMENTS

ROWS_AT_ONCE = 60_000
Horizon = int | str


def weeks_of(horizon: Horizon) -> tuple[int, ...]:
    """Weeks over which a horizon averages."""
    return (24, 36) if horizon == "mean" else (int(horizon),)


def start_of(people: People, outcome: str) -> np.ndarray:
    """Week-0 value of an outcome; 0 for the burden outcomes."""
    if outcome in ("adverse_event", "stopping"):
        return np.zeros(len(people))
    return people.opioid if outcome == "opioid_use" else people.start[:, INDEX[outcome]]


def utility_second(
    people: People,
    first: np.ndarray,
    second: np.ndarray,
    interim: Interim,
    weights: Mapping[str, float],
    horizon: Horizon,
) -> np.ndarray:
    """Expected utility given baseline and week 12: weighted improvement from baseline in meaningful changes."""
    out = np.zeros(len(people))
    for outcome, weight in weights.items():
        measure = MEASURES[outcome]
        for week in weeks_of(horizon):
            mean = second_expected(people, first, second, interim, outcome, week)
            change = measure.sign * (mean - start_of(people, outcome)) / measure.meaningful_change
            out += weight * change / len(weeks_of(horizon))
    return out


def utilities_second(
    people: People,
    first: np.ndarray,
    interim: Interim,
    allowed: np.ndarray,
    weights: Mapping[str, float],
    horizon: Horizon,
) -> np.ndarray:
    """Utility of every second arm and, last, of no second arm: people x (arms + 1), NaN where not allowed.

    No second arm counts as allowed only where no arm is.
    """
    may = np.column_stack([allowed, ~allowed.any(axis=1)])
    out = np.full(may.shape, np.nan)
    for arm in range(len(ARMS) + 1):
        rows = np.flatnonzero(may[:, arm])
        if len(rows):
            second = np.full(len(rows), arm)
            out[rows, arm] = utility_second(
                people.take(rows), first[rows], second, interim.take(rows), weights, horizon
            )
    return out


@lru_cache(maxsize=8)
def quasi_random(draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Evenly spread random numbers for `draws` first periods: normals, uniforms, and normals for marker remainders."""
    from scipy.stats import qmc

    width = FIRST_NORMALS + FIRST_UNIFORMS + len(TREATMENTS)
    points = qmc.Sobol(width, seed=np.random.default_rng(seed)).random(draws)
    points = np.clip(points, 1e-9, 1 - 1e-9)
    normal, uniform, marker = np.split(points, [FIRST_NORMALS, FIRST_NORMALS + FIRST_UNIFORMS], axis=1)
    return ndtri(normal), uniform, ndtri(marker)


def integrate_first(
    people: People,
    first: np.ndarray,
    draws: int,
    seed: int,
    then: Callable[[People, np.ndarray, Interim, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Mean over random first periods of what `then` says about them.

    Parameters
    ----------
    people, first : People, array of int
        Who, and the number of each person's first treatment.
    draws, seed : int
        Random first periods a person (a power of 2); the same for every person and arm.
    then : callable
        (people, first, interim, row of `people`), one row a random first period -> array of numbers, one a row.
    """
    normal, uniform, marker = quasi_random(draws, seed)
    out = np.empty(len(people))
    size = max(1, ROWS_AT_ONCE // draws)
    for begin in range(0, len(people), size):
        chunk = slice(begin, min(begin + size, len(people)))
        some = people.take(chunk)
        n = len(some)
        many, arms = some.repeat(draws), np.repeat(first[chunk], draws)
        drawn = many.with_remainder(np.tile(marker, (n, 1)))
        interim = draw_first(drawn, arms, np.tile(normal, (n, 1)), np.tile(uniform, (n, 1)))
        out[chunk] = (
            then(many, arms, interim, np.repeat(np.arange(begin, begin + n), draws)).reshape(n, draws).mean(axis=1)
        )
    return out


def utilities_first(
    people: People,
    allowed: np.ndarray,
    weights: Mapping[str, float],
    horizon: Horizon,
    draws: int,
    seed: int,
) -> np.ndarray:
    """Utility of every first arm followed by the best second arm: people x first arms, NaN where not allowed."""

    def best(many: People, arms: np.ndarray, interim: Interim, _: np.ndarray) -> np.ndarray:
        may = allowed_second(arms, interim.response, interim.harm, many.excluded)
        return np.nanmax(utilities_second(many, arms, interim, may, weights, horizon), axis=1)

    out = np.full((len(people), len(SINGLE_ARMS)), np.nan)
    for arm in range(len(SINGLE_ARMS)):
        rows = np.flatnonzero(allowed[:, arm])
        if len(rows):
            out[rows, arm] = integrate_first(people.take(rows), np.full(len(rows), arm), draws, seed, best)
    return out
