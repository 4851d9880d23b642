"""What both periods of the simulated course share: constants, and the records of what is observed.

First period: the week-12 value is the week-0 value plus natural course, effect of the first arm, prognosis and noise.
Second period: what follows depends on baseline and on what is observed at week 12, plus new independent noise, so that
the expected outcome of any second arm given what an analyst can see at week 12 is known in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from bestviz.data.simulator.effects import OPIOID_SHIFT
from bestviz.data.simulator.scales import GRADED, INDEX
from bestviz.trial import TREATMENTS

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


def deep_effect(sizes: np.ndarray, remainder: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Improvement by a known deep marker, and the variance that an unknown one adds."""
    unknown = np.isnan(remainder)
    return np.where(unknown, 0.0, remainder)[:, None] * sizes, unknown[:, None] * sizes**2


def opioid_probit(use: np.ndarray) -> np.ndarray:
    """Probit of daily opioid use after a further period, without treatment."""
    return np.where(use > 0.5, OPIOID_ON, OPIOID_OFF)
