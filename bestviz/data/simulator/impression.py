"""The patient's global impression of change, and the response class that follows from it.

The impression is an ordered probit of the fall in PEG: a person with a larger fall tends to a better category.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from bestviz.trial import ResponseRule

PER_POINT = 0.25  # [assumed] probit units for each point by which PEG fell
# [assumed] a score above the first cut is category 1 (very much improved), above the second 2, ... below the last 7;
# set so that the four response classes have the planning shares of the trial team.
CUTS = np.array([2.9, 0.37, -0.43, -1.05, -1.57, -2.12])
_NODES = ndtri((np.arange(40) + 0.5) / 40)  # equally likely values of a standard normal


def impression(fall: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Category 1-7 from the fall in PEG (points) and a standard normal number."""
    score = PER_POINT * fall + normal
    return 1.0 + (score[:, None] <= CUTS).sum(axis=1)


def impression_mean(start: np.ndarray, mean: np.ndarray, sd: np.ndarray, low: float, high: float) -> np.ndarray:
    """Expected category when PEG is normal with this mean and SD and recorded between `low` and `high`."""
    out = np.ones(len(mean))
    for node in _NODES:
        fall = start - np.clip(mean + sd * node, low, high)
        out += ndtr(CUTS - PER_POINT * fall[:, None]).sum(axis=1) / len(_NODES)
    return out


def class_codes(rule: ResponseRule, start: np.ndarray, peg: np.ndarray, pgic: np.ndarray) -> np.ndarray:
    """`ResponseRule.classify` for complete arrays: 0 excellent, 1 good, 2 medium, 3 poor."""
    fall = np.where(start > 0, (start - peg) / np.where(start > 0, start, 1.0), 0.0)
    excellent = (pgic <= rule.excellent_pgic) | ((pgic <= rule.good_pgic) & (fall >= rule.excellent_fall))
    return np.select([excellent, pgic <= rule.good_pgic, pgic <= rule.medium_pgic], [0, 1, 2], default=3)
