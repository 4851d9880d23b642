"""From week 0 to week 12: what is expected, and one random course."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from bestviz.data.simulator import safety
from bestviz.data.simulator.course import (
    CENTER,
    COMMON_SHARE,
    EARLY_SHARE,
    EVERY,
    NOISE_SD,
    PEG,
    SHIFT,
    TO_MEAN,
    Interim,
    deep_effect,
    opioid_probit,
)
from bestviz.data.simulator.effects import COURSE_TABLE, DEEP_TABLE, SPECIFIC_TABLE
from bestviz.data.simulator.impression import class_codes, impression, impression_mean
from bestviz.data.simulator.people import People
from bestviz.data.simulator.scales import GRADED, HIGH, INDEX, LOW, SIGN, censored_mean, record
from bestviz.trial import DEFAULT_RESPONSE_RULE


def first_mean(
    people: People, first: np.ndarray, week: int = 12, columns: np.ndarray = EVERY
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of latent values at week 6 or 12 (before cutting at the ends) for some graded outcomes."""
    rows = np.arange(len(first))
    known, extra = deep_effect(people.strength * DEEP_TABLE[first][:, columns], people.remainder[rows, first])
    gain = COURSE_TABLE[columns] + SPECIFIC_TABLE[first][:, columns]
    gain = gain + people.prognosis[:, columns] + people.response[rows, first][:, columns] + known
    start = people.start[:, columns]
    change = SIGN[columns] * gain - TO_MEAN * (start - CENTER[columns])
    share = EARLY_SHARE if week == 6 else 1.0
    return start + share * change, np.sqrt(share * NOISE_SD[columns] ** 2 + share**2 * extra)


def first_expected(people: People, first: np.ndarray, outcome: str, week: int) -> np.ndarray:
    """Expected outcome at week 6 or 12 given baseline, in the measure's unit."""
    if outcome == "opioid_use":
        return ndtr(opioid_probit(people.opioid) - SHIFT[first])
    k = PEG if outcome == "pgic" else INDEX[outcome]
    mean, sd = first_mean(people, first, week, np.array([k]))
    if outcome == "pgic":
        return impression_mean(people.start[:, PEG], mean[:, 0], sd[:, 0], LOW[PEG], HIGH[PEG])
    return censored_mean(mean[:, 0], sd[:, 0], LOW[k], HIGH[k])


def draw_first(people: People, first: np.ndarray, normal: np.ndarray, uniform: np.ndarray) -> Interim:
    """One random first period; the same numbers give the same noise whatever the arm.

    Parameters
    ----------
    people : People
        Who; unknown marker remainders must have been filled in (`People.with_remainder`).
    first : array of int
        Number of the first treatment.
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
    event = u_event < safety.event_chances(people)[rows, first]
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
