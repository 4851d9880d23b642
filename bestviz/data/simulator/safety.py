"""Adverse events and stopping early: constants and chances."""

from __future__ import annotations

import numpy as np

from bestviz.data.simulator.people import People
from bestviz.trial import ARMS, TREATMENTS, treatments_of

# Chances in one period of a treatment that is new, in the order of TREATMENTS (ESC, ACT, EBEM, DUL). [assumed]; for
# duloxetine together about 17 % stop (15.2 % stopped for adverse events in Skljarevski 2010 [verified]).
EVENT = np.array([0.02, 0.05, 0.12, 0.30])
STOP_WITHOUT_EVENT = np.array([0.05, 0.07, 0.07, 0.08])
STOP_MORE_WITH_EVENT = np.array([0.15, 0.15, 0.15, 0.30])
KEPT_SHARE = 0.4  # a treatment that is kept for a second period causes this share of the above
STOP_PER_PEG_POINT = 0.015  # each point that PEG at week 6 lies above the expected -0.9 adds this to the chance to stop
EXPECTED_PEG_CHANGE_6 = -0.9
HARM_SHARE = 0.8  # of those who stop after an adverse event, the share who stop because of harm
SERIOUS = 0.015  # any serious event in the whole trial, unrelated to treatment
OLDER_EVENT = np.array([0.0, 0.0, 0.0, 0.12])  # more adverse events at 65 and over, times the strength
OLDER_SHARE = 0.18

MEMBER = np.array([[code in treatments_of(arm) for code in TREATMENTS] for arm in ARMS] + [[False] * len(TREATMENTS)])
"""Arms x treatments: whether the arm holds the treatment; the last row is "no second arm"."""
NO_ARM = len(ARMS)


def event_chances(people: People) -> np.ndarray:
    """Chance of a treatment-related adverse event for each person and treatment when the treatment is new."""
    return EVENT + people.strength * OLDER_EVENT * (people.older[:, None] - OLDER_SHARE)


def stop_first_chance(first: np.ndarray, event: np.ndarray, peg_change: np.ndarray) -> np.ndarray:
    """Chance to stop the first arm, given the adverse event and the change of PEG by week 6."""
    chance = STOP_WITHOUT_EVENT[first] + STOP_MORE_WITH_EVENT[first] * event
    return np.clip(chance + STOP_PER_PEG_POINT * (peg_change - EXPECTED_PEG_CHANGE_6), 0.01, 0.95)


def second_chances(
    people: People, first: np.ndarray, second: np.ndarray, stopped: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chances in the second period.

    Parameters
    ----------
    people : People
        Who.
    first, second : array of int
        Numbers of the first treatment and of the second arm (`NO_ARM` = none).
    stopped : array of bool
        Whether the first arm was stopped; a kept treatment that was stopped causes nothing more.

    Returns
    -------
    event, stop_without_event, stop_with_event : arrays
        Chance of an adverse event, and of stopping without and with one.
    """
    weight = MEMBER[second].astype(float)
    rows = np.arange(len(first))
    weight[rows, first] *= KEPT_SHARE * ~stopped
    event = 1 - np.prod(1 - weight * event_chances(people), axis=1)
    without = 1 - np.prod(1 - weight * STOP_WITHOUT_EVENT, axis=1)
    more = (weight * STOP_MORE_WITH_EVENT).max(axis=1)
    return event, without, np.minimum(without + more, 1.0)
