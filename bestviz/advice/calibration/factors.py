"""From estimates whose truth is known to calibration factors, and to what intervals and chances are worth with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.uncertainty import Z_95, Coverage, spread

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Intervals are never made narrower than the replicates say, and a factor beyond 4 would say that they are of no use.
WIDTH_LIMITS = (1.0, 4.0)
# Temperatures among which that of the chances is looked for.
TEMPERATURES = np.arange(10, 61) / 10
SMALLEST_SPREAD = 1e-12


@dataclass(frozen=True)
class Judged:
    """Estimates of one simulated trial beside the truth; a case is one person at one decision.

    Attributes
    ----------
    estimates : array, shape (cases, arms, R + 1)
        Replicate 0 is the full fit.
    competing : array, shape (cases, arms, R + 1)
        The same for chances of being best.
    truth : array, shape (cases, arms)
    allowed : bool array, shape (cases, arms)
        Other arms are not judged.
    """

    estimates: FloatArray
    competing: FloatArray
    truth: FloatArray
    allowed: BoolArray

    @classmethod
    def stacked(cls, estimates: FloatArray, competing: FloatArray, truth: FloatArray, allowed: BoolArray) -> Judged:
        """Cases of several weightings: arrays (weightings, people, arms, ...) in one row after the other."""
        parts = (estimates, competing, truth, allowed)
        return cls(*(part.reshape(-1, *part.shape[2:]) for part in parts))  # type: ignore[arg-type]

    @classmethod
    def joined(cls, parts: Sequence[Judged]) -> Judged:
        """The cases of several parts with the same arms."""
        names = ("estimates", "competing", "truth", "allowed")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @property
    def has_choices(self) -> bool:
        """Whether in some case there is something to choose."""
        return bool((self.allowed.sum(axis=1) > 1).any())

    def errors_of_means(self) -> FloatArray:
        """Errors of the expected utilities over the replicates' standard deviations; shape (allowed options,)."""
        errors = self.truth - self.estimates[:, :, 0]
        return (errors / np.maximum(spread(self.estimates), SMALLEST_SPREAD))[self.allowed]

    def errors_of_differences(self) -> FloatArray:
        """The same of the differences between two allowed arms of a case; shape (pairs,)."""
        one, other = np.triu_indices(self.truth.shape[1], k=1)
        gaps = self.estimates[:, one] - self.estimates[:, other]
        errors = self.truth[:, one] - self.truth[:, other] - gaps[:, :, 0]
        both = self.allowed[:, one] & self.allowed[:, other]
        return (errors / np.maximum(spread(gaps), SMALLEST_SPREAD))[both]

    def choices(self) -> Judged:
        """The cases in which there is something to choose."""
        several = self.allowed.sum(axis=1) > 1
        return Judged(*(part[several] for part in (self.estimates, self.competing, self.truth, self.allowed)))

    def said_and_true(self, temperature: float) -> tuple[float, float]:
        """Mean chance said of the arm most likely to be best, and how often it truly is."""
        full, replicates = self.competing[:, :, :1], self.competing[:, :, 1:]
        strayed = full + temperature * (replicates - full)
        winners = np.where(self.allowed[:, :, None], strayed, -np.inf).argmax(axis=1)
        chances = (winners[:, None] == np.arange(self.truth.shape[1])[:, None]).mean(axis=2)
        best = np.where(self.allowed, self.truth, -np.inf).argmax(axis=1)
        return float(chances.max(axis=1).mean()), float((chances.argmax(axis=1) == best).mean())


@dataclass(frozen=True)
class Factors:
    """What standard deviations of means and of differences are multiplied by, and the temperature of chances."""

    means: float
    differences: float
    chances: float


@dataclass(frozen=True)
class Errors:
    """What is learned from simulated trials, one entry a trial.

    Attributes
    ----------
    means, differences : sequence of arrays
        Errors over the replicates' standard deviations.
    said, true : array, shape (trials, temperatures)
        Mean chance said of the arm most likely to be best, and how often it truly is.
    """

    means: Sequence[FloatArray]
    differences: Sequence[FloatArray]
    said: FloatArray
    true: FloatArray

    @classmethod
    def of(cls, trials: Sequence[Judged]) -> Errors:
        """Compare the estimates of every trial with the truth."""
        choices = [trial.choices() for trial in trials]
        chances = np.array([[each.said_and_true(t) for t in TEMPERATURES] for each in choices])
        return cls(
            [trial.errors_of_means() for trial in trials],
            [trial.errors_of_differences() for trial in trials],
            chances[:, :, 0],
            chances[:, :, 1],
        )

    def factors(self, without: int | None = None) -> Factors:
        """Factors with which 95 % intervals hold 95 % of the truth and chances are said as they are.

        Parameters
        ----------
        without : int, optional
            A trial to leave out.
        """
        used = [i for i in range(len(self.means)) if i != without]
        too_much = self.said[used].mean(axis=0) - self.true[used].mean(axis=0)
        right = np.flatnonzero(too_much <= 0)
        return Factors(
            _width_factor([self.means[i] for i in used]),
            _width_factor([self.differences[i] for i in used]),
            float(TEMPERATURES[right[0] if len(right) else -1]),
        )

    def coverage(self, factors: Sequence[Factors]) -> Coverage:
        """What intervals and chances are worth with given factors, one entry a trial."""
        temperatures = [int(np.flatnonzero(f.chances == TEMPERATURES)[0]) for f in factors]
        trials = np.arange(len(factors))
        return Coverage(
            _share_within(self.means, [f.means for f in factors]),
            _share_within(self.differences, [f.differences for f in factors]),
            round(float(self.said[trials, temperatures].mean()), 3),
            round(float(self.true[trials, temperatures].mean()), 3),
        )

    def coverage_as_is(self) -> Coverage:
        """What intervals and chances are worth as the replicates say."""
        return self.coverage([Factors(1.0, 1.0, 1.0)] * len(self.means))

    def coverage_left_out(self) -> Coverage:
        """What they are worth in each trial with the factors found in the others."""
        return self.coverage([self.factors(without=i) for i in range(len(self.means))])


def _width_factor(errors: Sequence[FloatArray]) -> float:
    """Factor on standard deviations with which 95 % of the errors are inside the interval, within the limits."""
    quantile = np.quantile(np.abs(np.concatenate(errors)), 0.95)
    return round(float(np.clip(quantile / Z_95, *WIDTH_LIMITS)), 2)


def _share_within(errors: Sequence[FloatArray], factors: Sequence[float]) -> float:
    inside = [np.abs(each) <= Z_95 * factor for each, factor in zip(errors, factors, strict=True)]
    return round(float(np.concatenate(inside).mean()), 3)
