"""Responders only: who responds is assigned again, everybody else continues the first arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import Constructed
from bestviz.study.scenario import FloatArray

ARMS = ("A", "B", "C", "D")
SECOND = (*ARMS, "S", "T")


@dataclass(frozen=True)
class RespondersOnly(Constructed):
    """Four arms; responders continue, step down to S or take T; the others continue.

    First effects are 0.5 noise SD a latent SD of one feature each, or a difference of 0.8 between two groups; half of
    them again for an arm that goes on. T adds 0.7 a latent SD of `support`, S 0.4, less 0.6 for those who relapsed
    before, and 0.25 y1. Both noises have SD 1. The best regime is worth 0.37 outcome SD more than the best fixed plan.
    """

    name: str = "responders_only"
    says: str = "only responders are assigned again; everybody else continues the first arm"
    size: int = 700
    first_arms: ClassVar[tuple[str, ...]] = ARMS
    second_arms: ClassVar[tuple[str, ...]] = SECOND
    permitted: ClassVar[dict[tuple[str, str], tuple[str, ...]]] = {
        **{(a, "responder"): (a, "S", "T") for a in ARMS},
        **{(a, "non-responder"): (a,) for a in ARMS},
    }
    cut: ClassVar[float] = 0.2
    by_state: ClassVar[dict[str, float]] = {"S": 0.25}

    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """Seven features that matter and five others."""
        z = latent(n, 12, 0.15, rng)
        named = {
            "age": 55 + 10 * z[:, 0],
            "catastrophising": 22 * np.exp(0.4 * z[:, 1]),
            "radiating": is_one(z[:, 2], 0.35),
            "support": 60 + 20 * z[:, 3],
            "relapsed": is_one(z[:, 4], 0.5),
            "work": levels(z[:, 5], {"none": 0.25, "part": 0.25, "full": 0.5}),
            "pain": 6 + 1.5 * z[:, 6],
        }
        return pd.DataFrame(named | {f"noise{j}": 10.0 ** (j - 2) * z[:, 7 + j] for j in range(5)})

    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """Prognosis and effects."""
        return _prognosis(baseline)[:, None] + _effects(baseline)

    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """Half the prognosis; half the effects of an arm that goes on; S and T."""
        support = (baseline["support"].to_numpy() - 60) / 20
        stepped = np.column_stack([0.4 - 0.6 * baseline["relapsed"].to_numpy(), 0.7 * support])
        return 0.5 * _prognosis(baseline)[:, None] + np.hstack([0.5 * _effects(baseline), stepped])


def _prognosis(baseline: pd.DataFrame) -> FloatArray:
    working = (baseline["work"] == "full").to_numpy(float)
    return 0.3 * working - 0.25 * (baseline["pain"].to_numpy() - 6) / 1.5


def _effects(baseline: pd.DataFrame) -> FloatArray:
    age = (baseline["age"].to_numpy() - 55) / 10
    thoughts = np.log(baseline["catastrophising"].to_numpy() / 22) / 0.4
    radiating = baseline["radiating"].to_numpy()
    return np.column_stack([np.zeros(len(age)), 0.5 * thoughts, 0.1 - 0.5 * age, 0.8 * (radiating - 0.35)])
