"""Tables and numbers as the documents write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

UNKNOWN = "–"


@dataclass(frozen=True)
class Mean:
    """A mean over trials.

    Attributes
    ----------
    value : float
    error : float or None
        Standard error; None with fewer than two trials.
    trials : int
        0 where there are none, and then the value is not a number.
    """

    value: float
    error: float | None
    trials: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Mean:
        known = np.array([value for value in values if np.isfinite(value)])
        if not len(known):
            return cls(float("nan"), None, 0)
        error = float(known.std(ddof=1) / len(known) ** 0.5) if len(known) > 1 else None
        return cls(float(known.mean()), error, len(known))

    @classmethod
    def over(cls, means: Sequence[Mean]) -> Mean:
        """Plain mean of independent means."""
        errors = [mean.error for mean in means]
        known = [error for error in errors if error is not None]
        error = float(np.sqrt(np.square(known).sum()) / len(means)) if len(known) == len(means) > 0 else None
        value = float(np.mean([mean.value for mean in means])) if means else float("nan")
        return cls(value, error, sum(mean.trials for mean in means))

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % by Student's t; None without a standard error."""
        if self.error is None:
            return None
        reach = float(stats.t.ppf(0.975, self.trials - 1)) * self.error
        return self.value - reach, self.value + reach

    def times(self, factor: float) -> Mean:
        """In another unit."""
        return Mean(self.value * factor, None if self.error is None else self.error * abs(factor), self.trials)


def with_error(mean: Mean, digits: int) -> str:
    """A mean and, in brackets, its standard error."""
    if not mean.trials:
        return UNKNOWN
    return number(mean.value, digits) + ("" if mean.error is None else f" ({mean.error:.{digits}f})")


def with_interval(mean: Mean, digits: int) -> str:
    """A mean and its 95 % interval."""
    if not mean.trials:
        return UNKNOWN
    if mean.interval is None:
        return number(mean.value, digits)
    low, high = (number(edge, digits) for edge in mean.interval)
    return f"{number(mean.value, digits)} ({low} to {high})"


def number(value: float, digits: int) -> str:
    """With a real minus sign, and none before a zero."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table."""
    return ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]


def verdict(mean: Mean, least: float) -> str:
    """What a target came to: at least so much. Unclear: below it, and the interval reaches it."""
    if mean.value >= least:
        return "met"
    return "unclear" if mean.interval is None or mean.interval[1] >= least else "**missed**"
