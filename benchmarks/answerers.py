"""Simulated people who know what matters to them and say so with some noise, and the arms that they choose among."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bestviz.advice.elicitation import Question
from bestviz.advice.preferences import PRESETS

FloatArray = npt.NDArray[np.float64]

OUTCOMES = {
    3: ("pain_intensity", "physical_function", "adverse_event"),
    5: ("pain_intensity", "physical_function", "depression", "sleep_disturbance", "adverse_event"),
    9: (
        "pain_intensity", "pain_interference", "physical_function", "opioid_use", "depression", "anxiety",
        "sleep_duration", "sleep_disturbance", "adverse_event",
    ),
}  # fmt: skip
GROUPS = ("uniform", "function_first", "few")
ARMS, RANGE, OPIOID_RANGE = 4, 1.5, 0.15
NOISE, UNFELT, LAPSE = 1 / 3, 0.15, 0.05
# Outcomes that the choice studies did not ask about, against 1 for pain; and how alike the people of that group are.
NOT_ASKED, ALIKE = 0.3, 2.0


@dataclass(frozen=True)
class Manner:
    """How somebody ranks and answers.

    Attributes
    ----------
    noise : float
        Scale of the noise, in meaningful changes of an outcome of average weight.
    lapse : float
        Share of answers and rankings that are given at random.
    """

    noise: float = NOISE
    lapse: float = LAPSE


CAREFUL, CARELESS = Manner(NOISE / 2, 0.0), Manner(2 * NOISE, 0.15)


@dataclass(frozen=True)
class Person:
    """Someone with known weights (K,) who answers with noise."""

    outcomes: tuple[str, ...]
    weights: FloatArray
    manner: Manner
    rng: np.random.Generator

    def felt(self, worth: FloatArray) -> FloatArray:
        """Importance against that of an average outcome."""
        return len(self.weights) * worth

    def order(self) -> list[list[str]]:
        """The outcomes by importance, each a group of its own."""
        if self.rng.random() < self.manner.lapse:
            places = self.rng.permutation(len(self.weights))
        else:
            noise = self.rng.gumbel(0, self.manner.noise, len(self.weights))
            places = np.argsort(-(self.felt(self.weights) + noise))
        return [[self.outcomes[place]] for place in places]

    def answer(self, question: Question) -> Literal["a", "b", "equal"]:
        """Which side of a question is better."""
        if self.rng.random() < self.manner.lapse:
            return "a" if self.rng.choice(["a", "b"]) == "a" else "b"
        a, b = (self.weights[self.outcomes.index(gain.outcome)] * gain.steps for gain in (question.a, question.b))
        difference = float(self.felt(a - b) + self.rng.logistic(0, self.manner.noise))
        return "equal" if abs(difference) < UNFELT else "a" if difference > 0 else "b"


def weights_of(group: str, outcomes: tuple[str, ...], rng: np.random.Generator) -> FloatArray:
    """True weights of one person of a group."""
    if group != "function_first":
        return rng.dirichlet(np.full(len(outcomes), 1.0 if group == "uniform" else 0.4))
    typical = PRESETS["typical_patient"].preferences.weights
    centre = np.array([typical.get(code, NOT_ASKED * typical["pain_intensity"]) for code in outcomes])
    return rng.dirichlet(ALIKE * len(outcomes) * centre / centre.sum())


def profiles(outcomes: tuple[str, ...], rng: np.random.Generator) -> FloatArray:
    """Expected outcomes (arms, K) in meaningful changes."""
    largest = np.array([OPIOID_RANGE if code == "opioid_use" else RANGE for code in outcomes])
    values = rng.random((ARMS, len(outcomes)))
    spread = (values - values.min(axis=0)) / np.ptp(values, axis=0)
    return spread * rng.uniform(0, largest)


def utilities(arms: FloatArray, weights: FloatArray) -> FloatArray:
    """Utility of every arm (N, arms) at weights (N, K)."""
    return weights @ arms.T
