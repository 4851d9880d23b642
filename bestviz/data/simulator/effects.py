"""What treatments do in the simulated world: average effects, prognosis, and who responds to what.

Sizes of prognosis and effect modification are improvements in meaningful changes of the outcome, one size for each
group of outcomes (pain, function, mood, sleep). All numbers are [assumed] unless a line says otherwise; the averages
follow the suggested calibration in the facts of the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bestviz.data.simulator.scales import GRADED, GROUP, MEANINGFUL
from bestviz.trial import COLUMNS, TREATMENTS

Sizes = tuple[float, float, float, float]  # pain, function, mood, sleep
Strength = Literal["none", "modest", "demo", "strong"]

# How large effect modification is, as a multiple of the sizes in MODIFIERS and INTERIM_MODIFIERS. Found by Monte Carlo
# so that the oracle regime for PEG at week 24 gains the points below over the best fixed plan (see docs/simulator.md).
STRENGTHS: dict[Strength, float] = {"none": 0.0, "modest": 0.6, "demo": 1.2, "strong": 2.1}
ORACLE_GAINS: dict[Strength, float] = {"none": 0.0, "modest": 0.20, "demo": 0.50, "strong": 0.90}

# Improvement by week 12 in the measure's own unit: natural course, then what each treatment adds to it.
COURSE: dict[str, float] = {
    "peg": 0.65, "pain_intensity": 0.6, "pain_interference": 1.6, "physical_function": 0.8, "depression": 0.5,
    "anxiety": 0.5, "sleep_duration": 0.05, "sleep_disturbance": 0.8,
}  # fmt: skip
SPECIFIC: dict[str, dict[str, float]] = {
    "peg": {"ESC": 0.35, "ACT": 0.65, "EBEM": 0.85, "DUL": 0.75},  # week 12: -1.0, -1.3, -1.5, -1.4
    "pain_intensity": {"ESC": 0.25, "ACT": 0.4, "EBEM": 0.7, "DUL": 0.8},
    "pain_interference": {"ESC": 0.8, "ACT": 2.0, "EBEM": 2.2, "DUL": 1.8},
    "physical_function": {"ESC": 0.4, "ACT": 1.0, "EBEM": 2.2, "DUL": 0.8},
    "depression": {"ESC": 0.5, "ACT": 2.6, "EBEM": 0.9, "DUL": 2.2},
    "anxiety": {"ESC": 0.5, "ACT": 2.8, "EBEM": 0.7, "DUL": 1.5},
    "sleep_duration": {"ESC": 0.05, "ACT": 0.2, "EBEM": 0.12, "DUL": 0.05},
    "sleep_disturbance": {"ESC": 0.4, "ACT": 1.8, "EBEM": 1.0, "DUL": 0.8},
}
OPIOID_SHIFT: dict[str, float] = {"ESC": 0.0, "ACT": 0.1, "EBEM": 0.2, "DUL": 0.3}  # probit units towards no daily use


@dataclass(frozen=True)
class Term:
    """How one variable changes an improvement.

    Attributes
    ----------
    variable : str
        Baseline column or week-0 measure (in INTERIM_MODIFIERS a week-12 value). Ordered categories count 0, 1, ...;
        other categories are written `employment=disabled`.
    sizes : tuple of float
        Improvement in meaningful changes for pain, function, mood and sleep outcomes, per `per` units or at the step.
    center : float
        Population mean of the variable, or of the step, so that average effects are those in SPECIFIC.
    at : float or None
        A step: 1 where the variable is at least this (`below`: where it is less); None = linear.
    per : float
        Units of a linear effect.
    below : bool
        Direction of the step.
    treatment : str
        Treatment whose effect is changed; empty for prognosis.
    """

    variable: str
    sizes: Sizes
    center: float
    at: float | None = None
    per: float = 1.0
    below: bool = False
    treatment: str = ""

    def shape(self, values: np.ndarray) -> np.ndarray:
        """The centred variable that multiplies `sizes`."""
        if self.at is None:
            return (values - self.center) / self.per
        return ((values < self.at) if self.below else (values >= self.at)) - self.center

    def describe(self) -> str:
        """The variable and its shape in words."""
        if self.at is None:
            return f"{self.variable}, linear, per {self.per:g}"
        return f"{self.variable} {'<' if self.below else '>='} {self.at:g}"


# Who does better or worse whatever the treatment (first period).
PROGNOSIS: tuple[Term, ...] = (
    Term("widespread_areas", (-0.12, -0.10, -0.05, -0.05), 2.53),
    Term("pain_duration", (-0.30, -0.20, 0.0, 0.0), 0.55, at=4),
    Term("phq2", (-0.08, -0.05, -0.03, -0.03), 1.7),
    Term("expectation", (0.10, 0.05, 0.05, 0.05), 6.33),
    Term("self_efficacy", (0.15, 0.15, 0.10, 0.05), 35.3, per=12),
    Term("employment=disabled", (-0.40, -0.30, -0.10, -0.10), 0.12),
    Term("opioid_use", (-0.35, -0.20, -0.10, -0.10), 0.10),
    Term("antidepressant", (-0.15, -0.10, -0.10, -0.05), 0.25),
    Term("age", (-0.05, -0.08, 0.03, 0.0), 50.4, per=10),
)

# Who responds to what, in either period.
MODIFIERS: tuple[Term, ...] = (
    Term("widespread_areas", (1.50, 0.40, 0.30, 0.20), 0.455, at=3, treatment="DUL"),
    Term("radicular", (0.60, 0.20, 0.00, 0.10), 0.25, at=2, treatment="DUL"),
    Term("depression", (0.15, 0.00, 0.40, 0.10), 53.5, per=9, treatment="DUL"),
    Term("pcs6", (1.60, 0.40, 0.60, 0.30), 0.345, at=12, treatment="ACT"),
    Term("anxiety", (0.00, 0.00, 0.40, 0.25), 54.9, per=9, treatment="ACT"),
    Term("physical_function", (1.50, 1.10, 0.10, 0.20), 0.43, at=38, below=True, treatment="EBEM"),
    Term("widespread_areas", (-0.60, -0.30, 0.00, 0.00), 0.455, at=3, treatment="EBEM"),
    Term("radicular", (-0.70, -0.40, 0.00, 0.00), 0.25, at=2, treatment="EBEM"),
    Term("bmi", (-0.25, -0.25, 0.00, -0.10), 30.0, per=7, treatment="EBEM"),
    Term("pcs6", (-0.50, -0.20, -0.10, 0.00), 0.345, at=12, treatment="EBEM"),
    Term("self_efficacy", (0.90, 0.40, 0.20, 0.20), 0.373, at=40, treatment="ESC"),
)

# Who responds to a treatment that is new in the second period, by the state at week 12.
INTERIM_MODIFIERS: tuple[Term, ...] = (
    Term("peg", (0.60, 0.10, 0.10, 0.10), 0.52, at=5, treatment="DUL"),
    Term("response", (-0.60, -0.30, 0.00, 0.00), 0.51, at=2, treatment="EBEM"),
    Term("depression", (0.20, 0.10, 0.30, 0.10), 51.8, per=9, treatment="ACT"),
    Term("adverse_event_first", (0.40, 0.20, 0.10, 0.10), 0.12, at=1, treatment="ESC"),
)

# Deep markers that change an effect: improvement per SD of the part of the marker that baseline does not explain.
DEEP_MODIFIERS: dict[str, tuple[str, Sizes]] = {
    "DUL": ("tsp", (0.25, 0.10, 0.05, 0.05)),
    "EBEM": ("gait_speed", (-0.20, -0.25, 0.00, 0.00)),
}

SPECIFIC_TABLE: np.ndarray = np.array(
    [[SPECIFIC[k][code] for k in GRADED] for code in TREATMENTS]
)  # treatment x outcome
COURSE_TABLE: np.ndarray = np.array([COURSE[k] for k in GRADED])
DEEP_TABLE: np.ndarray = np.array(
    [
        np.array(DEEP_MODIFIERS[code][1])[GROUP] * MEANINGFUL if code in DEEP_MODIFIERS else np.zeros(len(GRADED))
        for code in TREATMENTS
    ]
)


def in_units(sizes: Sizes) -> np.ndarray:
    """Sizes by group of outcomes -> sizes by graded outcome, in its own unit."""
    return np.asarray(sizes)[GROUP] * MEANINGFUL


def total(terms: tuple[Term, ...], variables: dict[str, np.ndarray], n: int) -> np.ndarray:
    """Sum of terms for n people: array people x graded outcomes, improvement in the outcome's unit."""
    out = np.zeros((n, len(GRADED)))
    for term in terms:
        out += term.shape(variables[term.variable])[:, None] * in_units(term.sizes)
    return out


def coded(name: str) -> tuple[str, ...]:
    """Values of an ordered category in the order in which they count 0, 1, ...; empty for other columns."""
    column = COLUMNS.get(name)
    return column.values if column is not None and column.ordered else ()
