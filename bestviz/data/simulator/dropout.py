"""What goes missing: baseline answers, people who leave, and visits that are missed.

All chances depend on what was observed before (age, the last observed PEG, having stopped a treatment), so missing
values are missing at random given the recorded data. All numbers are [assumed]; 15-20 % are missing at week 24.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

VISITS = (6, 12, 18, 24, 36)
LEAVE_BEFORE = {6: -4.0, 12: -3.6, 18: -3.6, 24: -3.3, 36: -3.2}  # log-odds at age 50, PEG 5, nothing stopped
LEAVE_PER_10_YEARS = -0.25
LEAVE_PER_PEG_POINT = 0.15
LEAVE_STOPPED = 0.8
MISS_VISIT = {6: 0.05, 12: 0.0, 18: 0.05, 24: 0.035, 36: 0.04}  # those still in the trial; week 12 decides the class
MISS_YOUNG = 1.5  # multiplies the chance to miss a visit below the age of 40
MISS_VALUE = 0.01  # single preference measures at a visit that took place
MISS_BASELINE = 0.025  # covariates
MISS_BASELINE_MEASURE = 0.01  # week-0 preference measures


@dataclass(frozen=True)
class Seen:
    """Which visits are seen; arrays of bool with one row a person, one column a visit of VISITS.

    Attributes
    ----------
    visit : array
        The visit took place.
    present : array
        The person has not left the trial.
    """

    visit: np.ndarray
    present: np.ndarray

    def at(self, week: int) -> np.ndarray:
        """Whether the visit of that week took place."""
        return self.visit[:, VISITS.index(week)]

    def in_trial(self, week: int) -> np.ndarray:
        """Whether the person is still in the trial in that week."""
        return self.present[:, VISITS.index(week)]


def draw_seen(age: np.ndarray, peg: dict[int, np.ndarray], stopped_first: np.ndarray, rng: np.random.Generator) -> Seen:
    """Who is seen when.

    Parameters
    ----------
    age : array
        Years.
    peg : mapping of week to array
        PEG at weeks 0, 6, 12, 18, 24.
    stopped_first : array of bool
        Known from week 12 on.
    rng : Generator
        Source of randomness.
    """
    n = len(age)
    leave, miss = rng.random((n, len(VISITS))), rng.random((n, len(VISITS)))
    last = peg[0].copy()
    present, visit = np.ones((n, len(VISITS)), bool), np.zeros((n, len(VISITS)), bool)
    still = np.ones(n, bool)
    for v, week in enumerate(VISITS):
        odds = LEAVE_BEFORE[week] + LEAVE_PER_10_YEARS * (age - 50) / 10 + LEAVE_PER_PEG_POINT * (last - 5)
        odds = odds + LEAVE_STOPPED * (stopped_first if week > 12 else 0.0)
        still = still & (leave[:, v] >= 1 / (1 + np.exp(-odds)))
        present[:, v] = still
        visit[:, v] = still & (miss[:, v] >= MISS_VISIT[week] * np.where(age < 40, MISS_YOUNG, 1.0))
        if week in peg:
            last = np.where(visit[:, v], peg[week], last)
    return Seen(visit, present)
