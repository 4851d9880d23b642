"""From week 12 to week 36: what is expected given baseline and week 12, and one random course."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from bestviz.data.simulator import safety
from bestviz.data.simulator.course import (
    ADDED,
    COMMON_SHARE,
    DROPPED,
    EARLY_SHARE,
    EVERY,
    FADE,
    FADE_NONE,
    GIVE_BACK,
    KEPT,
    NOISE_SD,
    OPIOID_OFF,
    OPIOID_ON,
    PAIR_LOSS,
    PEG,
    SECOND_NOISE,
    SHIFT,
    SWITCHED,
    Interim,
    Later,
    deep_effect,
    opioid_probit,
)
from bestviz.data.simulator.effects import DEEP_TABLE, INTERIM_MODIFIERS, SPECIFIC_TABLE, in_units
from bestviz.data.simulator.impression import impression, impression_mean
from bestviz.data.simulator.people import People
from bestviz.data.simulator.scales import GRADED, HIGH, INDEX, LOW, SIGN, censored_mean, record
from bestviz.trial import TREATMENTS


def second_mean(
    people: People,
    first: np.ndarray,
    second: np.ndarray,
    interim: Interim,
    week: int,
    columns: np.ndarray = EVERY,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of latent values at week 18, 24 or 36 given baseline and week 12, for some graded outcomes.

    Parameters
    ----------
    people, first, second, interim : People, arrays of int, Interim
        Who, number of the first treatment, number of the second arm (`safety.NO_ARM` = none), state at week 12.
    week : {18, 24, 36}
        When.
    columns : array of int
        Numbers of the graded outcomes.
    """
    rows = np.arange(len(first))
    new = safety.MEMBER[second].copy()
    kept = new[rows, first]
    new[rows, first] = False
    share = np.where(kept, ADDED, SWITCHED)[:, None]
    own = SPECIFIC_TABLE[first][:, columns]
    gain = KEPT * own * (kept & ~interim.stopped)[:, None] - DROPPED * own * ~kept[:, None]
    active_pair = safety.MEMBER[second][:, 1:].sum(axis=1) > 1
    extra = np.zeros_like(gain)
    for t in range(len(TREATMENTS)):
        if not new[:, t].any():
            continue
        known, variance = deep_effect(people.strength * DEEP_TABLE[t, columns][None, :], people.remainder[:, t])
        solo = (
            SPECIFIC_TABLE[t, columns] * (1 - PAIR_LOSS * active_pair[:, None])
            + people.response[:, t][:, columns]
            + known
        )
        state = people.strength * _interim_response(t, interim, columns)
        gain += new[:, t, None] * (share * solo + state)
        extra += new[:, t, None] * share**2 * variance
    now, start, sign = interim.values[:, columns], people.start[:, columns], SIGN[columns]
    mean = now + GIVE_BACK * (start - now) + sign * gain
    noise = (SECOND_NOISE * NOISE_SD[columns]) ** 2
    if week == 18:
        return now + EARLY_SHARE * (mean - now), np.sqrt(EARLY_SHARE * noise + EARLY_SHARE**2 * extra)
    if week == 36:
        lasting = 1 - _fade(second)[:, None]
        return start + lasting * (mean - start), np.sqrt(noise + lasting**2 * extra)
    return mean, np.sqrt(noise + extra)


def second_expected(
    people: People,
    first: np.ndarray,
    second: np.ndarray,
    interim: Interim,
    outcome: str,
    week: int,
) -> np.ndarray:
    """Expected outcome at week 18, 24 or 36 given baseline and what is observed at week 12, in the measure's unit.

    The burden outcomes count an event in either period.
    """
    if outcome in ("adverse_event", "stopping"):
        event, without, with_event = safety.second_chances(people, first, second, interim.stopped)
        if outcome == "adverse_event":
            return np.where(interim.event, 1.0, event)
        return np.where(interim.stopped, 1.0, without + event * (with_event - without))
    if outcome == "opioid_use":
        chance = ndtr(opioid_probit(interim.opioid) - _second_shift(first, second))
        on, off = ndtr(OPIOID_ON), ndtr(OPIOID_OFF)
        return chance if week == 24 else chance * on + (1 - chance) * off
    k = PEG if outcome == "pgic" else INDEX[outcome]
    mean, sd = second_mean(people, first, second, interim, week, np.array([k]))
    if outcome == "pgic":
        return impression_mean(people.start[:, PEG], mean[:, 0], sd[:, 0], LOW[PEG], HIGH[PEG])
    return censored_mean(mean[:, 0], sd[:, 0], LOW[k], HIGH[k])


def draw_second(
    people: People, first: np.ndarray, second: np.ndarray, interim: Interim, rng: np.random.Generator
) -> Later:
    """One random second period and follow-up."""
    n, k = len(people), len(GRADED)
    normal, uniform = rng.standard_normal((n, 2 * k + 5)), rng.random((n, 2 * k + 5))
    shared = np.sqrt(COMMON_SHARE) * normal[:, :1]

    def values(week: int, own: np.ndarray, rounding: np.ndarray, columns: np.ndarray) -> np.ndarray:
        mean, sd = second_mean(people, first, second, interim, week, columns)
        noise = SIGN[columns] * (shared + np.sqrt(1 - COMMON_SHARE) * own)
        if len(columns) == 1:
            return record((mean + sd * noise)[:, 0], rounding[:, 0], int(columns[0]))
        return record(mean + sd * noise, rounding)

    values_24 = values(24, normal[:, 1 : k + 1], uniform[:, :k], EVERY)
    values_36 = values(36, normal[:, k + 1 : 2 * k + 1], uniform[:, k : 2 * k], EVERY)
    peg_18 = values(18, normal[:, -4:-3], uniform[:, -5:-4], np.array([PEG]))
    u_24, u_36, u_event, u_stop = uniform[:, -4:].T
    opioid_24 = (u_24 < ndtr(opioid_probit(interim.opioid) - _second_shift(first, second))).astype(float)
    event_chance, without, with_event = safety.second_chances(people, first, second, interim.stopped)
    event = u_event < event_chance
    start = people.start[:, PEG]
    return Later(
        peg_18=peg_18,
        values_24=values_24,
        values_36=values_36,
        opioid_24=opioid_24,
        opioid_36=(u_36 < ndtr(opioid_probit(opioid_24))).astype(float),
        pgic_18=impression(start - peg_18, normal[:, -3]),
        pgic_24=impression(start - values_24[:, PEG], normal[:, -2]),
        pgic_36=impression(start - values_36[:, PEG], normal[:, -1]),
        event=event,
        stopped=u_stop < np.where(event, with_event, without),
    )


def _interim_response(treatment: int, interim: Interim, columns: np.ndarray) -> np.ndarray:
    code = list(TREATMENTS)[treatment]
    out = np.zeros((len(interim.response), len(columns)))
    for term in INTERIM_MODIFIERS:
        if term.treatment == code:
            out += term.shape(_state(term.variable, interim))[:, None] * in_units(term.sizes)[columns]
    return out


def _state(variable: str, interim: Interim) -> np.ndarray:
    if variable == "response":
        return interim.response
    if variable == "adverse_event_first":
        return interim.event.astype(float)
    return interim.values[:, INDEX[variable]]


def _second_shift(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    member = safety.MEMBER[second].astype(float)
    member[np.arange(len(first)), first] = 0
    return ADDED * member @ SHIFT


def _fade(second: np.ndarray) -> np.ndarray:
    member = safety.MEMBER[second]
    size = member.sum(axis=1)
    return np.where(size > 0, member @ FADE / np.maximum(size, 1), FADE_NONE)
