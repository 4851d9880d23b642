"""Sparse: 50 features, of which three say what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from bestviz.study.constructed.features import is_one, latent, levels
from bestviz.study.constructed.world import Constructed
from bestviz.study.scenario import FloatArray

ARMS = ("A", "B", "C", "D")
ADDED = tuple(f"{arm}+E" for arm in ARMS)
FEATURES, CORRELATION = 50, 0.2
LEVELS = {"low": 0.3, "middle": 0.4, "high": 0.3}
PROGNOSIS = {"f04": 0.4, "f05": -0.4, "f06": 0.3, "f07": 0.3, "f08": -0.2, "f09": 0.2}  # a latent SD
LATER, PROGNOSIS_LATER = 0.7, 0.5  # of the first period's


@dataclass(frozen=True)
class Sparse(Constructed):
    """Four arms; responders continue with or without E, the others change to another arm; both noises have SD 1.

    Effects, in noise SD: B 0.1 + 0.5 a latent SD of f01, C 0.1 + 0.8 (f02 - 0.4), D 0.05 and 0.6 more or less for a
    high or low f03; 0.7 of these in the second period; E 0.05 + 0.35 (2 f02 - 1). Six other features are prognostic.
    Of the baseline values 5 % are missing. The best regime is worth 0.28 outcome SD more than the best fixed plan.
    """

    name: str = "sparse"
    says: str = "3 of 50 features say what helps; four arms, and responders may add a fifth treatment"
    size: int = 805
    first_arms: ClassVar[tuple[str, ...]] = ARMS
    second_arms: ClassVar[tuple[str, ...]] = ARMS + ADDED
    permitted: ClassVar[dict[tuple[str, str], tuple[str, ...]]] = {
        **{(a, "responder"): (a, f"{a}+E") for a in ARMS},
        **{(a, "non-responder"): tuple(b for b in ARMS if b != a) for a in ARMS},
    }
    cut: ClassVar[float] = 0.1
    missing: ClassVar[float] = 0.05

    def draw(self, n: int, rng: np.random.Generator) -> pd.DataFrame:
        """f01 in years, f02 yes or no, f03 of three levels, f04 to f09 and the rest on many scales."""
        z = latent(n, FEATURES, CORRELATION, rng)
        columns: dict[str, np.ndarray] = {f"f{j + 1:02d}": z[:, j] * 3.0 ** (j % 5 - 1) for j in range(FEATURES)}
        columns |= {f"f{j:02d}": is_one(z[:, j - 1], 0.1 + 0.01 * j) for j in range(25, 35)}
        columns |= {f"f{j:02d}": np.exp(z[:, j - 1]) for j in range(35, 40)}
        columns |= {f"f{j:02d}": levels(z[:, j - 1], {"a": 0.5, "b": 0.3, "c": 0.2}) for j in range(40, 43)}
        columns |= {"f01": 50 + 12 * z[:, 0], "f02": is_one(z[:, 1], 0.4), "f03": levels(z[:, 2], LEVELS)}
        columns |= {name: 10 + 2 * z[:, int(name[1:]) - 1] for name in PROGNOSIS}
        return pd.DataFrame(columns)

    def first_means(self, baseline: pd.DataFrame) -> FloatArray:
        """Prognosis and effects."""
        return _prognosis(baseline)[:, None] + _effects(baseline)

    def second_effects(self, baseline: pd.DataFrame) -> FloatArray:
        """Half the prognosis, 0.7 of the effects, and E."""
        added = 0.05 + 0.35 * (2 * baseline["f02"].to_numpy() - 1)
        single = LATER * _effects(baseline)
        return PROGNOSIS_LATER * _prognosis(baseline)[:, None] + np.hstack([single, single + added[:, None]])


def _prognosis(baseline: pd.DataFrame) -> FloatArray:
    size = np.array(list(PROGNOSIS.values()))
    return (baseline[list(PROGNOSIS)].to_numpy() - 10) / 2 @ size


def _effects(baseline: pd.DataFrame) -> FloatArray:
    level = baseline["f03"].to_numpy()
    return np.column_stack(
        [
            np.zeros(len(baseline)),
            0.1 + 0.5 * (baseline["f01"].to_numpy() - 50) / 12,
            0.1 + 0.8 * (baseline["f02"].to_numpy() - 0.4),
            0.05 + 0.6 * (level == "high") - 0.6 * (level == "low"),
        ]
    )
