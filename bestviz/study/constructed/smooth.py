"""Smooth: sines, saturating curves, bumps and products of ten features say what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import Constructed
from bestviz.study.scenario import FloatArray

FIRST, SECOND = ("A", "B", "C"), ("A", "B", "C", "D")
CORRELATION, NOISE_FEATURES = 0.15, 4


@dataclass(frozen=True)
class Smooth(Constructed):
    """Three first arms, D besides at the second stage; responders continue or take D, the others change.

    Modifiers are curves with amplitudes of 0.3 to 0.8 noise SD (docs/scenarios.md); both noises have SD 1. Of the
    baseline values 5 % are missing. The best regime is worth 0.31 outcome SD more than the best fixed plan.
    """

    name: str = "smooth"
    says: str = "sines, saturating curves, bumps and products of ten features say what helps"
    size: int = 805
    first_arms: ClassVar[tuple[str, ...]] = FIRST
    second_arms: ClassVar[tuple[str, ...]] = SECOND
    permitted: ClassVar[dict[tuple[str, str], tuple[str, ...]]] = {
        **{(a, "responder"): (a, "D") for a in FIRST},
        **{(a, "non-responder"): tuple(b for b in SECOND if b != a) for a in FIRST},
    }
    cut: ClassVar[float] = 0.2
    by_state: ClassVar[dict[str, float]] = {"D": -0.3}
    missing: ClassVar[float] = 0.05

    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """Ten features that matter on many scales, sex and work, and four that do not matter."""
        z = latent(n, 12 + NOISE_FEATURES, CORRELATION, rng)
        named = {
            "age": 50 + 13 * z[:, 0],
            "pain": 10 / (1 + np.exp(-0.6 - 0.8 * z[:, 1])),
            "mood": 8 * np.exp(0.5 * z[:, 2]),
            "bmi": 28 * np.exp(0.18 * z[:, 3]),
            "sleep": 6.5 + 1.2 * z[:, 4],
            "steps": 5000 * np.exp(0.5 * z[:, 5]),
            "years": 6 * np.exp(0.9 * z[:, 6]),
            "worry": 20 + 5 * z[:, 7],
            "grip": 35 + 9 * z[:, 8],
            "hope": 6 + 2 * z[:, 9],
            "female": is_one(z[:, 10], 0.6),
            "work": levels(z[:, 11], {"none": 0.3, "part": 0.25, "full": 0.45}),
        }
        return pd.DataFrame(named | {f"noise{j}": 10.0**j * z[:, 12 + j] for j in range(NOISE_FEATURES)})

    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """Prognosis and the effects of A, B and C."""
        return _prognosis(baseline)[:, None] + _effects(baseline)[:, : len(FIRST)]

    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """Half the prognosis and 0.8 of the effects."""
        return 0.5 * _prognosis(baseline)[:, None] + 0.8 * _effects(baseline)

    def state(self, y1: FloatArray) -> FloatArray:
        """A saturating curve of y1."""
        return np.tanh(y1)


def standardised(baseline: pd.DataFrame) -> dict[str, FloatArray]:
    """The ten features about 0 with SD 1."""
    numbers = {name: baseline[name].to_numpy(float) for name in baseline if name != "work"}
    return {
        "age": (numbers["age"] - 50) / 13,
        "pain": (np.log(numbers["pain"] / (10 - numbers["pain"])) - 0.6) / 0.8,
        "mood": np.log(numbers["mood"] / 8) / 0.5,
        "bmi": np.log(numbers["bmi"] / 28) / 0.18,
        "sleep": (numbers["sleep"] - 6.5) / 1.2,
        "steps": np.log(numbers["steps"] / 5000) / 0.5,
        "years": np.log(numbers["years"] / 6) / 0.9,
        "worry": (numbers["worry"] - 20) / 5,
        "grip": (numbers["grip"] - 35) / 9,
        "hope": (numbers["hope"] - 6) / 2,
    }


def _prognosis(baseline: pd.DataFrame) -> FloatArray:
    u, work = standardised(baseline), (baseline["work"] == "full").to_numpy(float)
    return (
        0.5 * np.tanh(u["pain"]) - 0.3 * u["mood"] + 0.2 * (baseline["female"].to_numpy() - 0.6) + 0.3 * (work - 0.45)
    )


def _effects(baseline: pd.DataFrame) -> FloatArray:
    u = standardised(baseline)
    return np.column_stack(
        [
            0.7 * np.sin(1.3 * u["age"]) + 0.3 * u["pain"] * u["mood"],
            0.7 * np.tanh(1.2 * u["bmi"]) + 0.3 * u["sleep"] * u["steps"],
            0.8 * (np.exp(-(u["years"] ** 2)) - 3**-0.5) + 0.4 * np.sin(2 * u["worry"]),
            0.6 * np.tanh(u["grip"]) - 0.3 * u["age"] * u["hope"],
        ]
    )
