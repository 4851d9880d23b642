"""Non-regular: for half of the people all second arms are worth exactly the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import Constructed
from bestviz.study.scenario import FloatArray

FIRST, SECOND = ("A", "B", "C"), ("P", "Q", "R")


@dataclass(frozen=True)
class NonRegular(Constructed):
    """Three arms at both stages, other treatments at the second; everybody may have each.

    Without the marker, half of the people, P, Q and R are exactly tied. With it Q differs from P by 1.2 noise SD a
    latent SD of `stiffness`, R by the opposite and 0.05, of which men, two fifths, have one fifth alone: small effects.
    First arms differ by 0.6 a latent SD of `drive` or less. Both noises have SD 1. The best regime is worth
    0.30 outcome SD more than the best fixed plan.
    """

    name: str = "non_regular"
    says: str = "for half of the people all second arms are worth exactly the same; one in five has small effects"
    size: int = 600
    first_arms: ClassVar[tuple[str, ...]] = FIRST
    second_arms: ClassVar[tuple[str, ...]] = SECOND
    permitted: ClassVar[dict[tuple[str, str], tuple[str, ...]]] = {
        (a, response): SECOND for a in FIRST for response in ("non-responder", "responder")
    }
    cut: ClassVar[float] = 0.0

    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """Four features that matter and six others."""
        z = latent(n, 10, 0.1, rng)
        named = {
            "marker": is_one(z[:, 0], 0.5),
            "stiffness": 40 + 15 * z[:, 1],
            "sex": levels(z[:, 2], {"female": 0.6, "male": 0.4}),
            "drive": 3 * np.exp(0.4 * z[:, 3]),
            "age": 50 + 12 * z[:, 4],
            "pain": 6 + 1.5 * z[:, 5],
        }
        return pd.DataFrame(named | {f"noise{j}": 5.0**j * z[:, 6 + j] for j in range(4)})

    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """B helps the driven, A the others; C lies between."""
        drive = np.log(baseline["drive"].to_numpy() / 3) / 0.4
        effects = np.column_stack([np.zeros(len(drive)), 0.6 * drive, 0.05 + 0.2 * drive])
        return _prognosis(baseline)[:, None] + effects

    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """Q helps the stiff and R the supple, where there is a marker."""
        size = baseline["marker"].to_numpy() * np.where(baseline["sex"] == "female", 1.0, 0.2)
        bent = 1.2 * (baseline["stiffness"].to_numpy() - 40) / 15
        effects = size[:, None] * np.column_stack([np.zeros(len(bent)), bent, 0.05 - bent])
        return 0.5 * _prognosis(baseline)[:, None] + effects


def _prognosis(baseline: pd.DataFrame) -> FloatArray:
    age, pain = baseline["age"].to_numpy(), baseline["pain"].to_numpy()
    return -0.3 * (age - 50) / 12 + 0.3 * (pain - 6) / 1.5
