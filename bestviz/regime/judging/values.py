"""Values of regimes with their uncertainty, from scores: means, differences, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

NORMAL_95 = 1.959963984540054
# Beyond these a mean rests on too few people: an interval by the normal distribution is then no better than a guess.
FEWEST_EFFECTIVE = 20.0
LARGEST_SHARE = 0.1


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error.

    Attributes
    ----------
    value, se : float
    """

    value: float
    se: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval."""
        half = NORMAL_95 * self.se
        return self.value - half, self.value + half

    def times(self, factor: float) -> Estimate:
        """In another unit or sign."""
        return Estimate(self.value * factor + 0.0, self.se * abs(factor))

    def to_dict(self) -> dict[str, object]:
        """`estimate` and `interval`."""
        return {"estimate": self.value, "interval": list(self.interval)}


def estimates(scores: FloatArray) -> list[Estimate]:
    """Means of scores with standard errors from the influence function.

    Parameters
    ----------
    scores : array, shape (splits, n, k)
        At least two people. Repeated splits are combined by the median, their spread added to the variance
        (Chernozhukov et al. 2018, doi 10.1111/ectj.12097).

    Returns
    -------
    list of k Estimate
    """
    means = scores.mean(axis=1)
    variances = scores.var(axis=1, ddof=1) / scores.shape[1]
    middle = np.median(means, axis=0)
    spread = np.median(variances + (means - middle) ** 2, axis=0)
    return [Estimate(float(m), float(v)) for m, v in zip(middle, np.sqrt(spread), strict=True)]


@dataclass(frozen=True)
class Spread:
    """How evenly the weights are spread on which a value rests.

    Attributes
    ----------
    people : int
        People who followed the regime throughout and were seen.
    effective : float
        As many people with equal weights would be as precise (Kish).
    largest : float
        Share of the largest weight in the sum.
    """

    people: int
    effective: float
    largest: float

    @classmethod
    def of(cls, weights: FloatArray) -> Spread:
        """Of weights (n,), 0 for who does not count."""
        total = float(weights.sum())
        if total <= 0:
            return cls(0, 0.0, 1.0)
        return cls(int((weights > 0).sum()), total**2 / float((weights**2).sum()), float(weights.max()) / total)

    @property
    def is_thin(self) -> bool:
        """Whether a value rests on too few people."""
        return self.effective < FEWEST_EFFECTIVE or self.largest > LARGEST_SHARE

    def sentence(self, regime: str) -> str:
        """What is wrong, for a thin spread."""
        return (
            f"The value of {regime} rests on {self.people} people who followed it and were seen; with their unequal "
            f"weights they count as {self.effective:.0f}, and one of them makes up {self.largest:.0%}. "
            f"Take its interval with caution."
        )

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"people": self.people, "effective": self.effective, "largest": self.largest}


@dataclass(frozen=True)
class RegimeValue:
    """Value of a regime for one outcome in one group of people.

    Attributes
    ----------
    regime : str
    outcome : str or None
        Outcome column; None for the weighted outcome.
    subgroup : str or None
        None for everybody.
    people : int
        People judged.
    value : Estimate
    differences : mapping of str to Estimate
        From each regime of reference.
    """

    regime: str
    outcome: str | None
    subgroup: str | None
    people: int
    value: Estimate
    differences: Mapping[str, Estimate]

    def times(self, factor: float) -> RegimeValue:
        """In another unit or sign."""
        differences = {name: each.times(factor) for name, each in self.differences.items()}
        return RegimeValue(self.regime, self.outcome, self.subgroup, self.people, self.value.times(factor), differences)

    def to_dict(self) -> dict[str, object]:
        """Plain mapping."""
        return {
            "regime": self.regime,
            "outcome": self.outcome,
            "subgroup": self.subgroup,
            "people": self.people,
            "value": self.value.value,
            "se": self.value.se,
            "interval": list(self.value.interval),
        } | {f"difference_from_{name}": each.to_dict() for name, each in self.differences.items()}
