"""Yes/no questions that a tree may ask of one feature, at values that are easy to read.

Numeric features are cut at rounded quantiles or at given thresholds, ordered categories by rank, other categories one
against the rest. Every cut says on which side people stand whose value is not known.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.columns import as_names, as_numbers

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MOST_CUTS = 9
FINEST_DIGITS = 16


@dataclass(frozen=True)
class Cut(ABC):
    """A question about one feature.

    Attributes
    ----------
    feature : str
    missing : bool
        Whether it counts as true of people whose value is not known.
    """

    feature: str
    missing: bool

    @abstractmethod
    def marks(self, column: pd.Series) -> FloatArray:
        """1 where it is true, 0 where it is not, NaN where the value is not known; shape (n,)."""

    @abstractmethod
    def sides(self, levels: Mapping[str, str] | None = None) -> tuple[str, str]:
        """The true and the other side in words, as they stand after "is".

        `levels` are texts of categories, or of numbers that stand for categories.
        """

    @abstractmethod
    def parts(self) -> dict[str, object]:
        """What makes this cut, for JSON."""

    def holds(self, column: pd.Series) -> BoolArray:
        """Whether it is true of each person; shape (n,).

        Raises
        ------
        RegimeError
            A number is asked for and the column holds names.
        """
        marks = self.marks(column)
        return np.where(np.isnan(marks), self.missing, marks == 1)

    def to_dict(self) -> dict[str, object]:
        """For JSON; `missing` is `if` or `otherwise`."""
        return {"feature": self.feature, **self.parts(), "missing": "if" if self.missing else "otherwise"}


@dataclass(frozen=True)
class Below(Cut):
    """Is a number below a threshold?"""

    threshold: float

    def marks(self, column: pd.Series) -> FloatArray:
        numbers = _numbers(column, self.feature)
        return np.where(np.isnan(numbers), np.nan, numbers < self.threshold)

    def sides(self, levels: Mapping[str, str] | None = None) -> tuple[str, str]:
        threshold = _text(f"{self.threshold:.12g}", levels)
        return f"below {threshold}", f"{threshold} or above"

    def parts(self) -> dict[str, object]:
        return {"kind": "below", "threshold": self.threshold}


@dataclass(frozen=True)
class Yes(Cut):
    """Is a yes/no feature (1 or 0) a yes?"""

    def marks(self, column: pd.Series) -> FloatArray:
        numbers = _numbers(column, self.feature)
        return np.where(np.isnan(numbers), np.nan, numbers == 1)

    def sides(self, levels: Mapping[str, str] | None = None) -> tuple[str, str]:
        return _text("yes", levels), _text("no", levels)

    def parts(self) -> dict[str, object]:
        return {"kind": "yes"}


@dataclass(frozen=True)
class RankBelow(Cut):
    """Does an ordered category come before a given one? `order` holds all categories, lowest first."""

    level: str
    order: tuple[str, ...]

    def marks(self, column: pd.Series) -> FloatArray:
        ranks = pd.Index(self.order, dtype=object).get_indexer(pd.Index(as_names(column), dtype=object))
        return np.where(ranks < 0, np.nan, ranks < self.order.index(self.level))

    def sides(self, levels: Mapping[str, str] | None = None) -> tuple[str, str]:
        return f"below {_text(self.level, levels)}", f"{_text(self.level, levels)} or above"

    def parts(self) -> dict[str, object]:
        return {"kind": "rank_below", "level": self.level, "order": list(self.order)}


@dataclass(frozen=True)
class Is(Cut):
    """Is the category a given one? A category unseen in training is another one, not an unknown one."""

    level: str

    def marks(self, column: pd.Series) -> FloatArray:
        names = as_names(column)
        return np.where(names.isna(), np.nan, names == self.level)

    def sides(self, levels: Mapping[str, str] | None = None) -> tuple[str, str]:
        return _text(self.level, levels), f"not {_text(self.level, levels)}"

    def parts(self) -> dict[str, object]:
        return {"kind": "is", "level": self.level}


def candidate_cuts(
    features: pd.DataFrame, thresholds: Mapping[str, Sequence[float]] | None = None, most: int = MOST_CUTS
) -> tuple[Cut, ...]:
    """All questions that a tree may ask, in the order of the features and of their values.

    Parameters
    ----------
    features : DataFrame, one row a person
        Numbers (those that are only 0 and 1 count as no and yes), ordered categories (ordered pandas categories) or
        other names; missing allowed.
    thresholds : mapping of str to sequence of float, optional
        Cuts of numeric features to use in place of rounded quantiles; an empty sequence leaves the feature out.
    most : int
        Quantile cuts of one numeric feature at most; one with few distinct values is cut between all of them.

    Returns
    -------
    tuple of Cut
        Without cuts that separate nobody or the same people as an earlier cut of the feature. People whose value is not
        known stand with the majority of those whose value is known, on the other side where these are equally many.

    Raises
    ------
    RegimeError
        A threshold is not a finite number, or is given for a feature that does not exist or holds names.
    """
    given = {str(name): values for name, values in (thresholds or {}).items()}
    unknown = [name for name in given if name not in features.columns]
    if unknown:
        known = ", ".join(map(str, features.columns))
        raise RegimeError(f"thresholds: there is no feature {', '.join(unknown)}; known are {known}.")
    return tuple(
        cut
        for name in features.columns
        for cut in _useful(_questions(name, features[name], given.get(name), most), features[name])
    )


def sides_of(cuts: Iterable[Cut], features: pd.DataFrame) -> BoolArray:
    """Of whom each cut is true; shape (cuts, n)."""
    rows = [cut.holds(features[cut.feature]) for cut in cuts]
    return np.array(rows, dtype=bool).reshape(len(rows), len(features))


def readable_thresholds(values: FloatArray, most: int = MOST_CUTS) -> list[float]:
    """Quantiles of known values, rounded to steps of 1 or 5 times a power of ten about as wide as they lie apart.

    Where there are at most `most` + 1 distinct values: the roundest number between each two neighbours.
    """
    distinct = np.unique(values)
    if len(distinct) <= most + 1:
        return [_roundest(low, high) for low, high in pairwise(distinct.tolist())]
    at = np.unique(np.quantile(values, np.arange(1, most + 1) / (most + 1), method="higher"))
    lowest, above = distinct[0], at[at > distinct[0]]
    # Where many people have the lowest value, the first cut sets them apart.
    pile = {_roundest(float(lowest), float(distinct[1]))} if at[0] == lowest else set()
    gaps = np.gradient(above) if len(above) > 1 else above - lowest
    # Quantiles lie wide apart at the ends; steps as wide would move the cut to very few people.
    gaps = np.minimum(gaps, np.median(gaps)) if len(gaps) else gaps
    whole = bool((distinct == np.round(distinct)).all())
    return sorted(
        pile | {_rounded(q, gap, distinct, whole) for q, gap in zip(above.tolist(), gaps.tolist(), strict=True)}
    )


def _questions(name: str, column: pd.Series, thresholds: Sequence[float] | None, most: int) -> list[Cut]:
    numbers = as_numbers(column)
    if thresholds is not None:
        if numbers is None:
            raise RegimeError(f"thresholds: {name} holds names, not numbers; leave it out of the thresholds.")
        return [Below(name, False, t) for t in sorted({_finite(t, name) for t in thresholds})]
    if numbers is not None:
        known = numbers[~np.isnan(numbers)]
        if np.isin(known, (0, 1)).all():
            return [Yes(name, False)]
        return [Below(name, False, t) for t in readable_thresholds(known, most)]
    names = as_names(column)
    if isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered:
        order = tuple(as_names(pd.Series(column.dtype.categories)))
        return [RankBelow(name, False, level, order) for level in order[1:]]
    return [Is(name, False, level) for level in sorted(set(names.dropna()))]


def _useful(cuts: Iterable[Cut], column: pd.Series) -> Iterator[Cut]:
    """The cuts that separate somebody, each split of the people once, with the side of those not known."""
    seen: set[bytes] = set()
    for cut in cuts:
        marks = cut.marks(column)
        known = marks[~np.isnan(marks)]
        cut = replace(cut, missing=bool(2 * known.sum() > len(known)))
        true = cut.holds(column)
        # A split and its mirror image are one.
        split = (true ^ true[0]).tobytes()
        if true.any() and not true.all() and split not in seen:
            seen.add(split)
            yield cut


def _rounded(quantile: float, gap: float, distinct: FloatArray, whole: bool) -> float:
    step = max(_step(gap), 1.0) if whole else _step(gap)
    threshold = _tidy(round(quantile / step) * step)
    if distinct[0] < threshold <= distinct[-1]:
        return threshold
    return _roundest(float(distinct[np.searchsorted(distinct, quantile) - 1]), quantile)


def _step(gap: float) -> float:
    """The number nearest to a gap, as a ratio, among 1 and 5 times the powers of ten."""
    power = 10.0 ** math.floor(math.log10(gap))
    return min((power, 5 * power, 10 * power), key=lambda step: abs(math.log(step / gap)))


def _roundest(low: float, high: float) -> float:
    """A multiple, above `low` and not above `high`, of the largest 1 or 5 times a power of ten that has one."""
    power = 10.0 ** math.ceil(math.log10(max(abs(low), abs(high))))
    for _ in range(FINEST_DIGITS):
        for step in (power, power / 2):
            number = _tidy(math.floor(high / step + 1e-9) * step)
            if low < number <= high:
                return number
        power /= 10
    return high


def _tidy(number: float) -> float:
    # No minus in front of 0.
    return float(f"{number:.12g}") + 0.0


def _finite(threshold: object, name: str) -> float:
    if isinstance(threshold, int | float | np.number) and math.isfinite(float(threshold)):
        return float(threshold)
    raise RegimeError(f"thresholds: {threshold!r} for {name} is not a finite number; give numbers in its unit.")


def _numbers(column: pd.Series, name: str) -> FloatArray:
    numbers = as_numbers(column)
    if numbers is None:
        raise RegimeError(f"Column {name} of features holds names, but the tree asks for a number; give numbers.")
    return numbers


def _text(level: str, levels: Mapping[str, str] | None) -> str:
    return (levels or {}).get(level, level)
