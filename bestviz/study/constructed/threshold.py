"""Threshold: the best arm changes at thresholds of a few features, one within another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit

from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import BoolArray, Constructed
from bestviz.study.scenario import FloatArray

FIRST, SECOND = ("A", "B", "C"), ("P", "Q", "R")
GAIN, LATER_GAIN = 0.8, 0.7


@dataclass(frozen=True)
class Threshold(Constructed):
    """Three arms at both stages, other treatments at the second; everybody may have each.

    The best first arm adds 0.8 and the best second arm 0.7 noise SD; the others add nothing but small main effects.
    Both noises have SD 1. About 6 % leave before the end of the first period (young people more often) and 6 % after it
    (more often those with a low y1). The best regime is worth 0.46 outcome SD more than the best fixed plan.
    """

    name: str = "threshold"
    says: str = "the best of three arms at each stage changes at thresholds; one in ten leaves the trial"
    size: int = 500
    first_arms: ClassVar[tuple[str, ...]] = FIRST
    second_arms: ClassVar[tuple[str, ...]] = SECOND
    permitted: ClassVar[dict[tuple[str, str], tuple[str, ...]]] = {
        (a, response): SECOND for a in FIRST for response in ("non-responder", "responder")
    }
    cut: ClassVar[float] = 0.4
    after: ClassVar[dict[tuple[str, str], float]] = {("A", "P"): 0.15, ("C", "R"): -0.15}
    by_state: ClassVar[dict[str, float]] = {"Q": 0.2}

    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """Four features that matter and eight others."""
        z = latent(n, 12, 0.2, rng)
        named = {
            "age": 48 + 14 * z[:, 0],
            "score": np.clip(np.round(12 + 4 * z[:, 1]), 0, 24),
            "years": 5 * np.exp(z[:, 2]),
            "smoker": is_one(z[:, 3], 0.3),
            "work": levels(z[:, 4], {"none": 0.3, "part": 0.3, "full": 0.4}),
            "weight": 80 + 16 * z[:, 5],
        }
        return pd.DataFrame(named | {f"noise{j}": z[:, 6 + j] for j in range(6)})

    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """A if 42 or younger, else B with a score above 13, else C."""
        best = np.where(baseline["age"] <= 42, 0, np.where(baseline["score"] > 13, 1, 2))
        return _prognosis(baseline)[:, None] + np.array([0.0, 0.1, 0.05]) + GAIN * (best[:, None] == np.arange(3))

    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """P for smokers; else Q with at most 9 years of pain, else R."""
        best = np.where(baseline["smoker"] == 1, 0, np.where(baseline["years"] <= 9, 1, 2))
        gain = LATER_GAIN * (best[:, None] == np.arange(3))
        return 0.5 * _prognosis(baseline)[:, None] + np.array([0.1, 0.0, 0.05]) + gain

    def stays(self, baseline: pd.DataFrame, y1: FloatArray, rng: np.random.Generator) -> tuple[BoolArray, BoolArray]:
        """Young people leave early more often, people with a low y1 later."""
        leaves = expit(-2.9 - 0.5 * (baseline["age"].to_numpy() - 48) / 14), expit(-2.6 - 0.5 * y1)
        here = rng.random(len(y1)) >= leaves[0]
        return here, here & (rng.random(len(y1)) >= leaves[1])


def _prognosis(baseline: pd.DataFrame) -> FloatArray:
    rested = (baseline["work"] != "none").to_numpy(float)
    return 0.3 * (baseline["weight"].to_numpy() < 90) + 0.3 * rested - 0.03 * (baseline["score"].to_numpy() - 12)
