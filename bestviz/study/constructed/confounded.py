"""Confounded: who gets which arm depends on what also decides how people fare, and nobody wrote the chances down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import softmax

from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import BoolArray, Constructed
from bestviz.study.scenario import FloatArray

ARMS = ("A", "B", "C")
AT_RANDOM = 0.24  # of all assignments: no chance is below 8 %


@dataclass(frozen=True)
class Confounded(Constructed):
    """Three arms, the same at both stages; everybody may have each.

    People who are old and in pain fare worse and tend to get C, the others A; after a low y1 C again. Everything that
    assignment depends on is known. Effects: B 0.5 noise SD a latent SD of `activity`, C 0.15 less 0.5 a latent SD of
    `years`, 0.4 more with depression; 0.8 of these in the second period. Both noises have SD 1. The best regime is
    worth 0.21 outcome SD more than the best fixed plan.
    """

    name: str = "confounded"
    says: str = "assignment depends on known features that also decide how people fare, as in practice"
    size: int = 805
    first_arms: ClassVar[tuple[str, ...]] = ARMS
    second_arms: ClassVar[tuple[str, ...]] = ARMS
    permitted: ClassVar[dict[tuple[str, str], tuple[str, ...]]] = {
        (a, response): ARMS for a in ARMS for response in ("non-responder", "responder")
    }
    after: ClassVar[dict[tuple[str, str], float]] = {(a, a): -0.2 for a in ARMS}
    known: ClassVar[bool] = False

    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """Six features that matter and four others."""
        z = latent(n, 10, 0.2, rng)
        named = {
            "age": 50 + 13 * z[:, 0],
            "pain": 6 + 1.6 * z[:, 1],
            "activity": 5000 * np.exp(0.5 * z[:, 2]),
            "years": 8 + 3 * z[:, 3],
            "depressed": is_one(z[:, 4], 0.3),
            "work": levels(z[:, 5], {"none": 0.3, "part": 0.2, "full": 0.5}),
        }
        return pd.DataFrame(named | {f"noise{j}": 7.0**j * z[:, 6 + j] for j in range(4)})

    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """Prognosis and effects."""
        return -0.6 * severity(baseline)[:, None] + _effects(baseline)

    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """Half the prognosis and 0.8 of the effects."""
        return -0.3 * severity(baseline)[:, None] + 0.8 * _effects(baseline)

    def first_chances(self, baseline: pd.DataFrame) -> FloatArray:
        """A for the slightly and C for the severely affected."""
        return _mixed(1.2 * severity(baseline))

    def second_chances(self, baseline: pd.DataFrame, y1: FloatArray, allowed: BoolArray) -> FloatArray:
        """C for the severely affected and after a low y1."""
        chances = _mixed(0.6 * severity(baseline) - 0.6 * y1) * allowed
        return chances / chances.sum(axis=1, keepdims=True)


def severity(baseline: pd.DataFrame) -> FloatArray:
    """Age and pain, and being without work."""
    idle = (baseline["work"] == "none").to_numpy(float)
    age, pain = (baseline["age"].to_numpy() - 50) / 13, (baseline["pain"].to_numpy() - 6) / 1.6
    return 0.5 * age + 0.7 * pain + 0.4 * (idle - 0.3)


def _mixed(lean: FloatArray) -> FloatArray:
    leaning = softmax(np.column_stack([-lean, np.zeros(len(lean)), lean]), axis=1)
    return AT_RANDOM / len(ARMS) + (1 - AT_RANDOM) * leaning


def _effects(baseline: pd.DataFrame) -> FloatArray:
    activity = np.log(baseline["activity"].to_numpy() / 5000) / 0.5
    years = (baseline["years"].to_numpy() - 8) / 3
    depressed = 0.4 * (baseline["depressed"].to_numpy() - 0.3)
    return np.column_stack([np.zeros(len(years)), 0.5 * activity, 0.15 - 0.5 * years + depressed])
