"""The eight graded outcomes of the simulator: which they are, their ends, and the grid on which they are recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from bestviz.trial import MEASURES

GROUPS = ("pain", "function", "mood", "sleep")


@dataclass(frozen=True)
class Scale:
    """How one graded outcome is recorded.

    Attributes
    ----------
    code : str
        Measure code.
    group : {"pain", "function", "mood", "sleep"}
        Outcomes of one group share the sizes of prognosis and effect modification.
    low, high : float
        Ends; a value beyond is recorded at the end. For PROMIS the ends of the short form, within the measure's range.
    step : float
        Distance between neighbouring recorded values.
    """

    code: str
    group: str
    low: float
    high: float
    step: float


# [verified] ends of the PROMIS short forms: published scoring tables; [assumed] sleep duration in quarter hours.
SCALES: tuple[Scale, ...] = (
    Scale("peg", "pain", 0, 10, 1 / 3),
    Scale("pain_intensity", "pain", 0, 10, 1),
    Scale("pain_interference", "pain", 41.6, 75.6, 0.1),
    Scale("physical_function", "function", 21.0, 59.0, 0.1),
    Scale("depression", "mood", 41.0, 79.4, 0.1),
    Scale("anxiety", "mood", 40.3, 81.6, 0.1),
    Scale("sleep_duration", "sleep", 0, 14, 0.25),
    Scale("sleep_disturbance", "sleep", 31.7, 76.1, 0.1),
)
GRADED: tuple[str, ...] = tuple(scale.code for scale in SCALES)
INDEX: dict[str, int] = {code: k for k, code in enumerate(GRADED)}
GROUP: np.ndarray = np.array([GROUPS.index(scale.group) for scale in SCALES])
LOW: np.ndarray = np.array([scale.low for scale in SCALES])
HIGH: np.ndarray = np.array([scale.high for scale in SCALES])
STEP: np.ndarray = np.array([scale.step for scale in SCALES])
SIGN: np.ndarray = np.array([MEASURES[code].sign for code in GRADED], dtype=float)
MEANINGFUL: np.ndarray = np.array([MEASURES[code].meaningful_change for code in GRADED])
DECIMALS = 4  # PEG is recorded in thirds: 6.6667


def record(latent: np.ndarray, uniform: np.ndarray, columns: slice | int = slice(None)) -> np.ndarray:
    """Latent values as they are recorded: cut at the ends, then rounded to the grid up or down at random.

    The chance of rounding up is the distance from the lower grid point, so that rounding changes no mean and the
    expected value is exactly that of `censored_mean`.

    Parameters
    ----------
    latent, uniform : array
        Latent values and uniform numbers of the same shape; the last axis runs over `columns` of the outcomes.
    columns : slice or int
        Which of the graded outcomes.
    """
    low, high, step = LOW[columns], HIGH[columns], STEP[columns]
    steps = np.floor((np.clip(latent, low, high) - low) / step + uniform)
    return np.round(np.minimum(low + steps * step, high), DECIMALS)


def censored_mean(mean: np.ndarray, sd: np.ndarray | float, low: float, high: float) -> np.ndarray:
    """Mean of a normal variable whose values below `low` and above `high` are recorded as `low` and `high`."""
    a, b = (low - mean) / sd, (high - mean) / sd
    below, above = ndtr(a), ndtr(-b)
    density = (np.exp(-(a**2) / 2) - np.exp(-(b**2) / 2)) / np.sqrt(2 * np.pi)
    return low * below + high * above + mean * (1 - below - above) + sd * density
