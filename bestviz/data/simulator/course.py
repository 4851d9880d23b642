"""The course of one person's outcomes: what is expected, and one random course, in each of the two periods.

First period: the week-12 value is the week-0 value plus natural course, effect of the first arm, prognosis and noise.
Second period: what follows depends on baseline and on what is observed at week 12, plus new independent noise, so that
the expected outcome of any second arm given what an analyst can see at week 12 is known in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtr

from bestviz.data.simulator import safety
from bestviz.data.simulator.effects import (
    COURSE_TABLE,
    DEEP_TABLE,
    INTERIM_MODIFIERS,
    OPIOID_SHIFT,
    SPECIFIC_TABLE,
    in_units,
)
from bestviz.data.simulator.impression import class_codes, impression, impression_mean
from bestviz.data.simulator.people import People
from bestviz.data.simulator.scales import GRADED, HIGH, INDEX, LOW, SIGN, censored_mean, record
from bestviz.trial import DEFAULT_RESPONSE_RULE, TREATMENTS

# All [assumed]; the sizes follow the suggested calibration in the facts of the trial.
EARLY_SHARE = 0.75  # of a period's gain is there six weeks after its start
NOISE_SD = np.array([1.88, 1.7, 5.0, 4.4, 6.0, 6.0, 0.9, 6.0])  # first period, in the order of GRADED
SECOND_NOISE = 0.85  # SD of the second period as a share of the first
COMMON_SHARE = 0.5  # of the noise variance is shared by all outcomes of a person in a period
TO_MEAN = 0.15  # share of the distance from the population mean that is lost by week 12
CENTER = np.array([6.2, 6.0, 62.0, 39.0, 52.5, 54.3, 6.3, 56.0])
GIVE_BACK = 0.15  # share of the change by week 12 that is lost by week 24
KEPT = 0.2  # a kept treatment gains this share of its first effect again
ADDED = 0.65  # an added treatment has this share of its solo effect ([assumed] 60-70 %)
SWITCHED = 0.9  # a treatment that replaces another has this share of its solo effect
DROPPED = 0.3  # share of the dropped treatment's average effect that is lost
PAIR_LOSS = 0.15  # share of the added effect that is lost where both of a pair are active (sub-additive)
FADE = np.array([0.10, 0.08, 0.12, 0.25])  # share of the change lost from week 24 to 36: ESC, ACT, EBEM, DUL
FADE_NONE = 0.2
OPIOID_ON, OPIOID_OFF = 1.2, -2.4  # probit of daily use after 12 weeks for users and others
SHIFT = np.array([OPIOID_SHIFT[code] for code in TREATMENTS])
PEG = INDEX["peg"]
EVERY = np.arange(len(GRADED))
FIRST_NORMALS, FIRST_UNIFORMS = len(GRADED) + 4, len(GRADED) + 5  # random numbers for one first period


@dataclass(frozen=True)
class Interim:
    """What is observed by week 12; one row a person.

    `values` are the graded outcomes at week 12, `response` counts excellent, good, medium, poor as 0..3.
    """

    peg_6: np.ndarray
    pgic_6: np.ndarray
    values: np.ndarray
    opioid: np.ndarray
    pgic: np.ndarray
    response: np.ndarray
    event: np.ndarray
    stopped: np.ndarray
    harm: np.ndarray

    def take(self, rows: np.ndarray) -> Interim:
        """Some people."""
        return Interim(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True)
class Later:
    """What is observed after week 12; one row a person."""

    peg_18: np.ndarray
    values_24: np.ndarray
    values_36: np.ndarray
    opioid_24: np.ndarray
    opioid_36: np.ndarray
    pgic_18: np.ndarray
    pgic_24: np.ndarray
    pgic_36: np.ndarray
    event: np.ndarray
    stopped: np.ndarray


# --- first period ---


def first_mean(
    people: People, first: np.ndarray, week: int = 12, columns: np.ndarray = EVERY
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of latent values at week 6 or 12 (before cutting at the ends) for some graded outcomes."""
    rows = np.arange(len(first))
    known, extra = _deep(DEEP_TABLE[first][:, columns], people.remainder[rows, first])
    gain = COURSE_TABLE[columns] + SPECIFIC_TABLE[first][:, columns]
    gain = gain + people.prognosis[:, columns] + people.response[rows, first][:, columns] + known
    start = people.start[:, columns]
    change = SIGN[columns] * gain - TO_MEAN * (start - CENTER[columns])
    share = EARLY_SHARE if week == 6 else 1.0
    return start + share * change, np.sqrt(share * NOISE_SD[columns] ** 2 + share**2 * extra)


def first_expected(people: People, first: np.ndarray, outcome: str, week: int) -> np.ndarray:
    """Expected outcome at week 6 or 12 given baseline, in the measure's unit."""
    if outcome == "opioid_use":
        return ndtr(_opioid_probit(people.opioid) - SHIFT[first])
    k = PEG if outcome == "pgic" else INDEX[outcome]
    mean, sd = first_mean(people, first, week, np.array([k]))
    if outcome == "pgic":
        return impression_mean(people.start[:, PEG], mean[:, 0], sd[:, 0], LOW[PEG], HIGH[PEG])
    return censored_mean(mean[:, 0], sd[:, 0], LOW[k], HIGH[k])


def draw_first(people: People, first: np.ndarray, strength: float, normal: np.ndarray, uniform: np.ndarray) -> Interim:
    """One random first period; the same numbers give the same noise whatever the arm.

    Parameters
    ----------
    people : People
        Who; unknown marker remainders must have been filled in (`People.with_remainder`).
    first : array of int
        Number of the first treatment.
    strength : float
        Multiple of the effect modification.
    normal, uniform : arrays, people x FIRST_NORMALS and people x FIRST_UNIFORMS
        Standard normal and uniform random numbers.
    """
    n = len(people)
    mean, sd = first_mean(people, first)
    shared, own = normal[:, :1], normal[:, 1 : len(GRADED) + 1]
    noise = SIGN * (np.sqrt(COMMON_SHARE) * shared + np.sqrt(1 - COMMON_SHARE) * own)
    values = record(mean + sd * noise, uniform[:, : len(GRADED)])
    start = people.start[:, PEG]
    early, early_sd = first_mean(people, first, 6, np.array([PEG]))
    early_noise = SIGN[PEG] * (np.sqrt(COMMON_SHARE) * shared[:, 0] + np.sqrt(1 - COMMON_SHARE) * normal[:, -3])
    u_round, u_opioid, u_event, u_stop, u_harm = uniform[:, len(GRADED) :].T
    peg_6 = record(early[:, 0] + early_sd[:, 0] * early_noise, u_round, PEG)
    pgic = impression(start - values[:, PEG], normal[:, -1])
    rows = np.arange(n)
    event = u_event < safety.event_chances(people, strength)[rows, first]
    stopped = u_stop < safety.stop_first_chance(first, event, peg_6 - start)
    return Interim(
        peg_6=peg_6,
        pgic_6=impression(start - peg_6, normal[:, -2]),
        values=values,
        opioid=(u_opioid < first_expected(people, first, "opioid_use", 12)).astype(float),
        pgic=pgic,
        response=class_codes(DEFAULT_RESPONSE_RULE, start, values[:, PEG], pgic),
        event=event,
        stopped=stopped,
        harm=stopped & event & (u_harm < safety.HARM_SHARE),
    )


# --- second period ---


def second_mean(
    people: People,
    first: np.ndarray,
    second: np.ndarray,
    interim: Interim,
    week: int,
    strength: float,
    columns: np.ndarray = EVERY,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of latent values at week 18, 24 or 36 given baseline and week 12, for some graded outcomes.

    Parameters
    ----------
    people, first, second, interim : People, arrays of int, Interim
        Who, number of the first treatment, number of the second arm (`safety.NO_ARM` = none), state at week 12.
    week : {18, 24, 36}
        When.
    strength : float
        Multiple of the effect modification.
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
        known, variance = _deep(DEEP_TABLE[t, columns][None, :], people.remainder[:, t])
        solo = (
            SPECIFIC_TABLE[t, columns] * (1 - PAIR_LOSS * active_pair[:, None])
            + people.response[:, t][:, columns]
            + known
        )
        state = strength * _interim_response(t, interim, columns)
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
    strength: float,
) -> np.ndarray:
    """Expected outcome at week 18, 24 or 36 given baseline and what is observed at week 12, in the measure's unit.

    The burden outcomes count an event in either period.
    """
    if outcome in ("adverse_event", "stopping"):
        event, without, with_event = safety.second_chances(people, first, second, interim.stopped, strength)
        if outcome == "adverse_event":
            return np.where(interim.event, 1.0, event)
        return np.where(interim.stopped, 1.0, without + event * (with_event - without))
    if outcome == "opioid_use":
        chance = ndtr(_opioid_probit(interim.opioid) - _second_shift(first, second))
        on, off = ndtr(OPIOID_ON), ndtr(OPIOID_OFF)
        return chance if week == 24 else chance * on + (1 - chance) * off
    k = PEG if outcome == "pgic" else INDEX[outcome]
    mean, sd = second_mean(people, first, second, interim, week, strength, np.array([k]))
    if outcome == "pgic":
        return impression_mean(people.start[:, PEG], mean[:, 0], sd[:, 0], LOW[PEG], HIGH[PEG])
    return censored_mean(mean[:, 0], sd[:, 0], LOW[k], HIGH[k])


def draw_second(
    people: People, first: np.ndarray, second: np.ndarray, interim: Interim, strength: float, rng: np.random.Generator
) -> Later:
    """One random second period and follow-up."""
    n, k = len(people), len(GRADED)
    normal, uniform = rng.standard_normal((n, 2 * k + 5)), rng.random((n, 2 * k + 5))
    shared = np.sqrt(COMMON_SHARE) * normal[:, :1]

    def values(week: int, own: np.ndarray, rounding: np.ndarray, columns: np.ndarray) -> np.ndarray:
        mean, sd = second_mean(people, first, second, interim, week, strength, columns)
        noise = SIGN[columns] * (shared + np.sqrt(1 - COMMON_SHARE) * own)
        if len(columns) == 1:
            return record((mean + sd * noise)[:, 0], rounding[:, 0], int(columns[0]))
        return record(mean + sd * noise, rounding)

    values_24 = values(24, normal[:, 1 : k + 1], uniform[:, :k], EVERY)
    values_36 = values(36, normal[:, k + 1 : 2 * k + 1], uniform[:, k : 2 * k], EVERY)
    peg_18 = values(18, normal[:, -4:-3], uniform[:, -5:-4], np.array([PEG]))
    u_24, u_36, u_event, u_stop = uniform[:, -4:].T
    opioid_24 = (u_24 < ndtr(_opioid_probit(interim.opioid) - _second_shift(first, second))).astype(float)
    event_chance, without, with_event = safety.second_chances(people, first, second, interim.stopped, strength)
    event = u_event < event_chance
    start = people.start[:, PEG]
    return Later(
        peg_18=peg_18,
        values_24=values_24,
        values_36=values_36,
        opioid_24=opioid_24,
        opioid_36=(u_36 < ndtr(_opioid_probit(opioid_24))).astype(float),
        pgic_18=impression(start - peg_18, normal[:, -3]),
        pgic_24=impression(start - values_24[:, PEG], normal[:, -2]),
        pgic_36=impression(start - values_36[:, PEG], normal[:, -1]),
        event=event,
        stopped=u_stop < np.where(event, with_event, without),
    )


def _deep(sizes: np.ndarray, remainder: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Improvement by a known deep marker, and the variance that an unknown one adds."""
    unknown = np.isnan(remainder)
    return np.where(unknown, 0.0, remainder)[:, None] * sizes, unknown[:, None] * sizes**2


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


def _opioid_probit(use: np.ndarray) -> np.ndarray:
    return np.where(use > 0.5, OPIOID_ON, OPIOID_OFF)
