"""What a study measures: words, unit, what is aimed at, and how the lines of many repeats are combined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bestviz.regime.judging.regimes import AS_RANDOMISED, BEST_FIXED, BEST_SINGLE, LEARNED

BINS = 10


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
SINGLE_COVERED = "value_covered_single_"
REGIMES = {
    LEARNED: "the learned regime", BEST_FIXED: "the best fixed plan", BEST_SINGLE: "the best single treatment",
    AS_RANDOMISED: "as randomised",
}  # fmt: skip
# Regimes whose values are judged, and differences between them: those that readers are shown.
JUDGED = REGIMES | {
    f"{one}_less_{other}": f"{REGIMES[one]} less {REGIMES[other]}"
    for one in (LEARNED, BEST_FIXED)
    for other in (BEST_FIXED, BEST_SINGLE, AS_RANDOMISED)
    if one != other
}


def _of_values() -> Iterator[Measured]:
    for name, words in JUDGED.items():
        yield Measured(f"value_covered_{name}", f"95 % intervals of the value of {words} that hold it", "",
                       VALUES_TARGET, "pooled")  # fmt: skip
        yield Measured(f"value_error_{name}", f"Estimated less true value of {words}", OUTCOME)
        yield Measured(f"value_se_{name}", f"Stated standard error of the value of {words}", OUTCOME)
    yield Measured(SINGLE_COVERED + "*", "The same of starting {arm}, then as randomised", "", VALUES_TARGET, "pooled")
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
    Measured("loss_sd", "What is lost against the best plan for everybody", SD, (float("-inf"), 0.02)),
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
