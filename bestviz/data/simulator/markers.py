"""Deep-phenotyping markers at baseline: quantitative sensory tests and functional tests.

A marker is a linear function of a few baseline variables plus a standardised remainder that is independent of baseline.
Two of the remainders change a treatment's effect (see `effects.DEEP_MODIFIERS`); all other markers are distractors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Marker:
    """One baseline marker: mean, SD, decimals, and its correlation with standardised baseline variables."""

    mean: float
    sd: float
    low: float
    high: float
    decimals: int
    depends: Mapping[str, float]


# [assumed] all of it: plausible values for adults with chronic pain, BACPAC-like tests.
MARKERS: dict[str, Marker] = {
    "ppt_back": Marker(320, 110, 20, 900, 0, {"female": -0.3, "widespread_areas": -0.2}),  # pressure pain, kPa
    "ppt_hand": Marker(290, 95, 20, 800, 0, {"female": -0.3, "widespread_areas": -0.2}),  # kPa
    "tsp": Marker(14, 12, -40, 75, 1, {"widespread_areas": 0.25}),  # temporal summation of pain, points of 100
    "cpm": Marker(-8, 14, -75, 75, 1, {"age": 0.15}),  # conditioned pain modulation, points of 100
    "heat_pain": Marker(43.5, 2.6, 33, 54, 1, {"female": -0.15}),  # heat pain threshold, deg C
    "cold_hold": Marker(48, 22, 1, 150, 0, {"female": -0.2}),  # hand in cold water, s
    "gait_speed": Marker(1.15, 0.2, 0.2, 2.1, 2, {"age": -0.35, "physical_function": 0.35}),  # m/s
    "sit_to_stand": Marker(12, 4, 0, 32, 0, {"age": -0.3, "physical_function": 0.35}),  # stands in 30 s
    "grip_strength": Marker(31, 9, 3, 75, 1, {"female": -0.6, "age": -0.25}),  # kg
    "balance": Marker(22, 9, 0, 60, 1, {"age": -0.45}),  # one-leg stance, s
    "flexion": Marker(48, 13, 2, 100, 0, {"bmi": -0.2, "age": -0.2}),  # lumbar flexion, degrees
    "trunk_endurance": Marker(70, 32, 0, 230, 0, {"bmi": -0.25, "physical_function": 0.25}),  # s
}
# Mean and SD by which baseline variables are standardised here.
_STANDARD = {
    "female": (0.616, 0.486), "widespread_areas": (2.5, 1.9), "age": (50.4, 15.0), "physical_function": (39.0, 5.5),
    "bmi": (30.0, 6.7),
}  # fmt: skip


def draw_markers(variables: Mapping[str, np.ndarray], remainders: np.ndarray) -> pd.DataFrame:
    """Markers of many people.

    Parameters
    ----------
    variables : mapping of name to array
        Complete baseline variables as numbers (see `people.variables_of`).
    remainders : array, people x markers
        Standard normal numbers.

    Returns
    -------
    DataFrame
        One column a marker, rounded as recorded.
    """
    out = {}
    for j, (name, marker) in enumerate(MARKERS.items()):
        value = _explained(marker, variables) + marker.sd * _remainder_share(marker) * remainders[:, j]
        out[name] = np.round(np.clip(value, marker.low, marker.high), marker.decimals) + 0.0  # no -0
    return pd.DataFrame(out)


def remainder_of(name: str, values: np.ndarray, variables: Mapping[str, np.ndarray]) -> np.ndarray:
    """Standardised part of a marker that baseline does not explain; NaN where the marker is missing."""
    marker = MARKERS[name]
    return (values - _explained(marker, variables)) / (marker.sd * _remainder_share(marker))


def _explained(marker: Marker, variables: Mapping[str, np.ndarray]) -> np.ndarray:
    explained = marker.mean + np.zeros(len(variables["age"]))
    for name, correlation in marker.depends.items():
        mean, sd = _STANDARD[name]
        explained += marker.sd * correlation * (variables[name] - mean) / sd
    return explained


def _remainder_share(marker: Marker) -> float:
    return float(np.sqrt(1 - sum(correlation**2 for correlation in marker.depends.values())))
