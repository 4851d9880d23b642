"""Who enters the simulated trial: correlated baseline covariates and week-0 measures.

Every variable has a normal latent value built from three factors (pain, distress, age) and noise; its quantile decides
the recorded value. So margins are exactly the ones in the tables below, and correlations come from the loadings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from bestviz.data.simulator.scales import DECIMALS
from bestviz.trial import COLUMNS, INPUT_COLUMNS

SITES = tuple(str(number) for number in range(101, 111))  # [verified] about 10 sites


@dataclass(frozen=True)
class Bell:
    """A normal margin, truncated to [low, high] and recorded in steps.

    `loads` are the loadings of the latent value on the factors pain, distress and age.
    """

    mean: float
    sd: float
    low: float
    high: float
    step: float
    loads: tuple[float, float, float]

    def at(self, uniform: np.ndarray) -> np.ndarray:
        """Values at these quantiles."""
        first, last = ndtr((self.low - self.mean) / self.sd), ndtr((self.high - self.mean) / self.sd)
        value = self.mean + self.sd * ndtri(first + uniform * (last - first))
        steps = np.round((value - self.low) / self.step)
        return np.round(np.clip(self.low + steps * self.step, self.low, self.high), DECIMALS)


@dataclass(frozen=True)
class Grades:
    """A margin of ordered grades 0, 1, ... (counted from `start`) with the given shares."""

    shares: tuple[float, ...]
    loads: tuple[float, float, float]
    start: int = 0

    def at(self, uniform: np.ndarray) -> np.ndarray:
        """Grades at these quantiles."""
        return self.start + np.searchsorted(np.cumsum(self.shares)[:-1], uniform, side="right").astype(float)


# [assumed] unless marked; mean, sd, lowest, highest, step, loadings on pain, distress, age.
NUMBERS: dict[str, Bell] = {
    "age": Bell(49.8, 16.0, 18, 89, 1, (0.0, 0.0, 1.0)),  # [verified] mean 50.4 (after truncation)
    "bmi": Bell(29.6, 7.0, 16, 58, 0.1, (0.2, 0.1, 0.1)),
    "pcs6": Bell(8.3, 6.6, 0, 24, 1, (0.4, 0.5, 0.0)),
    "expectation": Bell(6.6, 2.2, 0, 10, 1, (-0.1, -0.3, 0.0)),
    "self_efficacy": Bell(36.0, 12.5, 0, 60, 1, (-0.5, -0.4, 0.0)),
    "peg": Bell(5.9, 1.7, 4, 10, 1 / 3, (0.8, 0.1, 0.0)),  # [verified] at least 4 to enter
    "pain_intensity": Bell(6.0, 1.6, 1, 10, 1, (0.7, 0.1, 0.0)),
    "pain_interference": Bell(62.0, 5.5, 41.6, 75.6, 0.1, (0.75, 0.25, 0.0)),
    "physical_function": Bell(39.0, 5.5, 21.0, 59.0, 0.1, (-0.6, -0.15, -0.35)),
    "depression": Bell(51.5, 9.0, 41.0, 79.4, 0.1, (0.2, 0.8, -0.1)),
    "anxiety": Bell(53.5, 9.2, 40.3, 81.6, 0.1, (0.2, 0.8, -0.15)),
    "sleep_duration": Bell(6.3, 1.3, 2.5, 11, 0.25, (-0.3, -0.3, 0.0)),
    "sleep_disturbance": Bell(56.0, 8.0, 31.7, 76.1, 0.1, (0.4, 0.4, 0.0)),
}
GRADES: dict[str, Grades] = {
    "sex": Grades((0.616, 0.381, 0.003), (0.0, -0.1, 0.0)),  # [verified] 61.6 % female
    "education": Grades((0.03, 0.14, 0.28, 0.32, 0.23), (-0.2, -0.2, 0.0)),
    "pain_duration": Grades((0.0, 0.05, 0.10, 0.30, 0.55), (0.2, 0.0, 0.3)),
    "pain_frequency": Grades((0.0, 0.30, 0.70), (0.5, 0.1, 0.0)),  # [verified] at least half the days to enter
    "widespread_areas": Grades((0.13, 0.20, 0.22, 0.17, 0.12, 0.08, 0.05, 0.03), (0.5, 0.3, 0.1)),
    "radicular": Grades((0.45, 0.30, 0.25), (0.4, 0.0, 0.1)),
    "somatic": Grades((0.35, 0.30, 0.20, 0.10, 0.05), (0.3, 0.4, -0.1), start=2),
    "phq2": Grades((0.33, 0.20, 0.20, 0.11, 0.08, 0.04, 0.04), (0.2, 0.8, -0.1)),
    "gad2": Grades((0.32, 0.20, 0.19, 0.12, 0.08, 0.05, 0.04), (0.2, 0.8, -0.15)),
    "tobacco": Grades((0.72, 0.06, 0.03, 0.04, 0.15), (0.2, 0.2, -0.1)),
    "back_surgery": Grades((0.88, 0.12), (0.2, 0.0, 0.3)),
    "antidepressant": Grades((0.75, 0.25), (0.1, 0.5, 0.0)),
    "opioid_use": Grades((0.90, 0.10), (0.5, 0.2, 0.1)),  # [assumed] 10 % use opioids daily
}
RACE_SHARES = {  # [verified] 12.5 % Black or African American; the rest assumed
    "asian": 0.05, "black": 0.125, "native_american": 0.015, "pacific_islander": 0.005,
    "white": 0.72, "multiple": 0.05, "other": 0.035,
}  # fmt: skip
HISPANIC_SHARE = 0.12

RETIREMENT_AGE, RETIREMENT_SPREAD, RETIRED_AT_MOST = 64.0, 3.0, 0.9  # [assumed]
DISABLED_SHARE, NOT_WORKING_SHARE, OTHER_SHARE = 0.14, 0.12, 0.04  # [assumed] of those not retired
DISABLED_LOADING = 0.5  # [assumed] correlation of disability with the pain factor


def draw_people(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw complete baseline data.

    Parameters
    ----------
    n : int
        Number of people.
    rng : Generator
        Source of randomness.

    Returns
    -------
    DataFrame, one row a person (index 0..n-1)
        `site`, `race`, `ethnicity`, every model-input column and every week-0 measure; nothing missing.
    """
    factors = rng.standard_normal((n, 3))
    people: dict[str, np.ndarray] = {}
    for name, margin in (NUMBERS | GRADES).items():
        loads = np.array(margin.loads)
        latent = factors @ loads + np.sqrt(1 - loads @ loads) * rng.standard_normal(n)
        people[name] = margin.at(ndtr(latent))
    people["site"] = rng.choice(SITES, n)
    people["race"] = rng.choice(list(RACE_SHARES), n, p=list(RACE_SHARES.values()))
    people["ethnicity"] = np.where(rng.random(n) < HISPANIC_SHARE, "hispanic", "not_hispanic")
    people["employment"] = _employment(people["age"], factors[:, 0], rng)
    for name in set(people) & set(INPUT_COLUMNS):
        column = COLUMNS[name]
        if column.kind == "category" and name != "employment":
            people[name] = np.array(column.values)[people[name].astype(int)]
        elif column.kind == "boolean":
            people[name] = people[name] > 0
    order = [*(name for name in COLUMNS if name in people), *(name for name in people if name not in COLUMNS)]
    return pd.DataFrame({name: people[name] for name in order})


def _employment(age: np.ndarray, pain: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    retired = rng.random(len(age)) < RETIRED_AT_MOST / (1 + np.exp((RETIREMENT_AGE - age) / RETIREMENT_SPREAD))
    latent = DISABLED_LOADING * pain + np.sqrt(1 - DISABLED_LOADING**2) * rng.standard_normal(len(age))
    levels: Sequence[str] = ("disabled", "not_working", "other", "working")
    cuts = np.cumsum([DISABLED_SHARE, NOT_WORKING_SHARE, OTHER_SHARE])
    grade = np.searchsorted(cuts, ndtr(-latent), side="right")
    return np.where(retired, "retired", np.array(levels)[grade])
