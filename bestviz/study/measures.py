"""What a study measures: words, unit, what is aimed at, and how the lines of many repeats become one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Line = Mapping[str, Any]
BINS = 10


@dataclass(frozen=True)
class Measured:
    """One measure of a repeat.

    Attributes
    ----------
    key : str
        Its key in the line of a repeat.
    says : str
        What it is, in words.
    unit : str
        Empty for a share from 0 to 1.
    target : (float, float) or None
        Lowest and highest value aimed at, where anything is.
    combined : {"mean", "pooled", "deciles"}
        How repeats are combined: their plain mean; [sum, number] added up and divided; or, bin by bin of the chance
        that was said, [chances said, times true, number] added up, of which the largest error of a bin is told.
    """

    key: str
    says: str
    unit: str = ""
    target: tuple[float, float] | None = None
    combined: Literal["mean", "pooled", "deciles"] = "mean"


SD = "standard deviations of the outcome"
CHANGES = "meaningful changes"
HALF = (0.0, 1.0)

MEASURES: tuple[Measured, ...] = (
    Measured("value", "True value of the learned regime", "outcome"),
    Measured("oracle", "True value of the best regime", "outcome"),
    Measured("fixed", "True value of the best plan for everybody", "outcome"),
    Measured("random", "True value of the trial as randomised", "outcome"),
    Measured("gain_share", "Share of the possible gain over the best plan for everybody"),
    Measured("random_share", "Share of the possible gain over the trial as randomised"),
    Measured("oracle_share", "Value as a share of that of the best regime"),
    Measured("loss_sd", "What is lost against the best plan for everybody", SD, (-np.inf, 0.02)),
    Measured("fit_seconds", "Time to learn", "seconds"),
)


@dataclass(frozen=True)
class Summed:
    """One measure over all repeats that have it.

    Attributes
    ----------
    measured : Measured
    value : float
    se : float or None
        Standard error over repeats; None with fewer than 2.
    repeats : int
    """

    measured: Measured
    value: float
    se: float | None
    repeats: int

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.measured.target is None:
            return None
        low, high = self.measured.target
        return low <= self.value <= high
