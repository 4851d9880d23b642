"""What a study measures: words, unit, what is aimed at, and how the lines of many repeats become one number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bestviz.regime.judging.regimes import AS_RANDOMISED, BEST_FIXED, LEARNED

Line = Mapping[str, Any]
FloatArray = npt.NDArray[np.float64]

BINS = 10
# Chances said in one tenth of the scale, below which its error is mostly chance and is not held against it.
FEWEST_CHANCES = 100


@dataclass(frozen=True)
class Measured:
    """One measure of a repeat.

    Attributes
    ----------
    key : str
        Its key in the line of a repeat; one that ends in `*` stands for a key for each first arm.
    says : str
        What it is, in words; `{arm}` is the first arm.
    unit : str
        Empty for a share from 0 to 1.
    target : (float, float) or None
        Lowest and highest value aimed at, where anything is.
    combined : {"mean", "pooled", "deciles"}
        How repeats are combined: their plain mean; [sum, number] added up and divided; or, bin by bin of the chance
        that was said, [chances said, times true, number] added up, of which the largest error of a bin is told.
        What a repeat has as null, or not at all, is left out.
    """

    key: str
    says: str
    unit: str = ""
    target: tuple[float, float] | None = None
    combined: Literal["mean", "pooled", "deciles"] = "mean"


SD = "standard deviations of the outcome"
CHANGES, OUTCOME = "meaningful changes", "unit of the outcome"
PERSON = "person_covered_"
WHOLE = "learned_from_everybody"
MEANS_TARGET = DIFFERENCES_TARGET = (0.90, 0.98)
PERSON_TARGET, VALUES_TARGET = (0.77, 0.83), (0.93, 0.97)
REGIMES = {LEARNED: "the learned regime", BEST_FIXED: "the best fixed plan", AS_RANDOMISED: "as randomised"}
JUDGED = {
    **REGIMES,
    **{f"{one}_less_{other}": f"{REGIMES[one]} less {REGIMES[other]}"
       for one, other in ((LEARNED, BEST_FIXED), (LEARNED, AS_RANDOMISED), (BEST_FIXED, AS_RANDOMISED))},
}  # fmt: skip


def _of_values() -> Iterator[Measured]:
    for name, words in JUDGED.items():
        yield Measured(f"value_covered_{name}", f"95 % intervals of the value of {words} that hold it", "",
                       VALUES_TARGET, "pooled")  # fmt: skip
        yield Measured(f"value_error_{name}", f"Estimated less true value of {words}", OUTCOME)
        yield Measured(f"value_se_{name}", f"Stated standard error of the value of {words}", OUTCOME)
    words = "Intervals for the learned regime that hold the value of the one learned from everybody"
    yield Measured(f"value_covered_{WHOLE}", words, "", None, "pooled")
    yield Measured(f"value_error_{WHOLE}", "Estimated value less that of the one learned from everybody", OUTCOME)


MEASURES: tuple[Measured, ...] = (
    Measured("value", "True value of the learned regime", OUTCOME),
    Measured("oracle", "True value of the best regime", OUTCOME),
    Measured("fixed", "True value of the best plan for everybody", OUTCOME),
    Measured("random", "True value of the trial as randomised", OUTCOME),
    Measured("gain_share", "Share of the possible gain over the best plan for everybody"),
    Measured("random_share", "Share of the possible gain over the trial as randomised"),
    Measured("oracle_share", "Value as a share of that of the best regime"),
    Measured("loss_sd", "What is lost against the best plan for everybody", SD, (-np.inf, 0.02)),
    Measured("means_covered", "95 % intervals of a person's mean that hold it", "", MEANS_TARGET, "pooled"),
    Measured("means_width", "Width of these intervals", CHANGES, None, "pooled"),
    Measured("differences_covered", "95 % intervals of a difference between two arms that hold it", "",
             DIFFERENCES_TARGET, "pooled"),
    Measured("differences_width", "Width of these intervals", CHANGES, None, "pooled"),
    Measured("chances", "Largest error of a stated chance of being best, by tenth of the chance", "", (0.0, 0.05),
             "deciles"),
    Measured("top_said", "Stated chance of the arm most likely to be best", "", None, "pooled"),
    Measured("top_true", "How often it truly is the best", "", None, "pooled"),
    Measured("set_holds_best", "Sets that cannot be told apart that hold the truly best arm", "", (0.95, 1.0),
             "pooled"),
    Measured("set_size", "Size of these sets", "arms", None, "pooled"),
    Measured("person_covered", "80 % intervals of one person's outcome that hold it", "", PERSON_TARGET, "pooled"),
    Measured(PERSON + "*", "The same, of people who start {arm}", "", PERSON_TARGET, "pooled"),
    Measured("person_width", "Width of these intervals", CHANGES, None, "pooled"),
    *_of_values(),
    Measured("fit_seconds", "Time to learn", "seconds"),
)  # fmt: skip


@dataclass(frozen=True)
class Summed:
    """One measure over all repeats that have it.

    Attributes
    ----------
    key, says, unit, target
        As in `Measured`, with the arm in place.
    value : float
    se : float or None
        Standard error; repeats, not people, are what is independent. None with fewer than 2 repeats.
    repeats : int
    """

    key: str
    says: str
    unit: str
    target: tuple[float, float] | None
    value: float
    se: float | None
    repeats: int

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without one."""
        return None if self.target is None else self.target[0] <= self.value <= self.target[1]

    def to_dict(self) -> dict[str, Any]:
        """For JSON; an end of the target that is not set is null."""
        target = None if self.target is None else [end if np.isfinite(end) else None for end in self.target]
        return {**asdict(self), "target": target, "is_met": self.is_met}


def summed_up(lines: Sequence[Line]) -> list[Summed]:
    """All measures of the lines of one study, in the order of `MEASURES`; lines that are unavailable are left out."""
    found: dict[str, list[Any]] = defaultdict(list)
    for line in lines:
        for key, value in line.items():
            if value is not None and "unavailable" not in line:
                found[key].append(value)
    return [summed for measured in MEASURES for summed in _summed(measured, found)]


def _summed(measured: Measured, found: Mapping[str, list[Any]]) -> Iterator[Summed]:
    stem = measured.key.removesuffix("*")
    keys = sorted(key for key in found if key.startswith(stem)) if stem != measured.key else [stem]
    for key in keys:
        values = found.get(key, [])
        if values and (number := _combined(measured, np.asarray(values, dtype=float))) is not None:
            words = measured.says.replace("{arm}", key.removeprefix(stem))
            yield Summed(key, words, measured.unit, measured.target, *number, len(values))


def _combined(measured: Measured, values: FloatArray) -> tuple[float, float | None] | None:
    if measured.combined == "mean":
        return ratio(values, np.ones(len(values)))
    if measured.combined == "pooled":
        return ratio(values[:, 0], values[:, 1])
    judged = [tenth for tenth in tenths(values) if tenth.number >= FEWEST_CHANCES]
    worst = max(judged, key=lambda tenth: abs(tenth.said - tenth.true), default=None)
    return None if worst is None else (abs(worst.said - worst.true), worst.se)


def ratio(sums: FloatArray, numbers: FloatArray) -> tuple[float, float | None] | None:
    """Sums over numbers, both (repeats,), with the standard error over repeats; None where there is nothing."""
    total, repeats = float(numbers.sum()), len(numbers)
    if total == 0:
        return None
    value = float(sums.sum()) / total
    if repeats < 2:
        return value, None
    return value, float(np.sqrt(((sums - value * numbers) ** 2).sum() * repeats / (repeats - 1))) / total


@dataclass(frozen=True)
class Tenth:
    """Chances of being best said in one tenth of the scale.

    Attributes
    ----------
    low, high : float
        Ends of the tenth.
    said, true : float
        Mean chance said, and how often the arm was truly best.
    se : float or None
        Standard error of their difference over repeats.
    number : int
        Chances said.
    """

    low: float
    high: float
    said: float
    true: float
    se: float | None
    number: int


def tenths(values: FloatArray) -> list[Tenth]:
    """The tenths in which any chance was said, from the `chances` of the lines; shape (repeats, 10, 3)."""
    found = []
    for at in range(BINS):
        said, true, number = values[:, at].T
        if error := ratio(said - true, number):
            total = number.sum()
            ends = at / BINS, (at + 1) / BINS
            found.append(Tenth(*ends, float(said.sum() / total), float(true.sum() / total), error[1], int(total)))
    return found
