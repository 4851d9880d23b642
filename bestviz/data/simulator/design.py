"""Who may have what, and who gets what: contraindications, minimisation, and the second randomisation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from bestviz.trial import ARMS, RESPONSE_CLASSES, SINGLE_ARMS, TREATMENTS, refusals_second
from bestviz.trial.treatments import arm_of

# [verified] as planning assumptions: 55 % none, 40 % duloxetine, 2.5 % exercise and manual, 2.5 % ACT, at most one.
# Log-odds against no contraindication: intercept (set for these shares), then what moves it ([assumed]).
CONTRAINDICATION: dict[str, dict[str, float]] = {
    "DUL": {"intercept": -0.84, "antidepressant": 1.3, "older": 0.7, "opioid_use": 0.6},
    "EBEM": {"intercept": -3.45, "back_surgery": 1.0, "low_function": 0.6},
    "ACT": {"intercept": -3.45, "phq2": 0.12, "no_college": 0.5},
}
OLDER_AGE, LOW_FUNCTION, LOW_EDUCATION = 65, 35, 2

BIASED_COIN = 2 / 3  # [verified] in the development code: probability of the eligible arm that minimises imbalance
PEG_BANDS = (5.0, 7.0)  # [assumed] minimisation factors: site, sex, PEG at baseline below 5, 5 to 7, 7 and over

# Probability of each first arm by what is contraindicated, averaged over the minimisation (Monte Carlo over trials of
# 805 people; `benchmarks/simulator.py`). Rows sum to 1.
FIRST_PROBABILITIES: dict[str, dict[str, float]] = {
    "": {"ESC": 0.195, "ACT": 0.201, "EBEM": 0.201, "DUL": 0.403},
    "ACT": {"ESC": 0.263, "ACT": 0.0, "EBEM": 0.262, "DUL": 0.475},
    "EBEM": {"ESC": 0.263, "ACT": 0.262, "EBEM": 0.0, "DUL": 0.475},
    "DUL": {"ESC": 0.328, "ACT": 0.336, "EBEM": 0.336, "DUL": 0.0},
}


def draw_contraindications(variables: dict[str, np.ndarray], rng: np.random.Generator) -> pd.DataFrame:
    """At most one contraindicated treatment a person, related to baseline.

    Parameters
    ----------
    variables : mapping of name to array
        Complete baseline variables as numbers.
    rng : Generator
        Source of randomness.

    Returns
    -------
    DataFrame of bool
        Columns `contraindicated_esc`, ... in the fixed order.
    """
    moved_by = variables | {
        "intercept": np.ones_like(variables["age"]),
        "older": variables["age"] >= OLDER_AGE,
        "low_function": variables["physical_function"] < LOW_FUNCTION,
        "no_college": variables["education"] < LOW_EDUCATION,
    }
    odds = {
        code: np.exp(sum(size * moved_by[name] for name, size in sizes.items()))
        for code, sizes in CONTRAINDICATION.items()
    }
    whole = 1 + sum(odds.values())
    uniform = rng.random(len(variables["age"])) * whole
    flags, below = {}, np.zeros_like(uniform)
    for code, own in odds.items():
        flags[code] = (uniform >= below) & (uniform < below + own)
        below = below + own
    none = np.zeros(len(uniform), bool)
    return pd.DataFrame({f"contraindicated_{code.lower()}": flags.get(code, none) for code in TREATMENTS})


def minimise(people: pd.DataFrame, excluded: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """First arms by Pocock-Simon minimisation with the range and a biased coin, people in the order of the table.

    Parameters
    ----------
    people : DataFrame
        Columns `site`, `sex`, `peg`.
    excluded : array of int
        Bit t is set where treatment number t is contraindicated.
    rng : Generator
        Source of randomness.

    Returns
    -------
    array of int
        Number of the treatment of each person.
    """
    levels = [pd.factorize(people["site"])[0], pd.factorize(people["sex"])[0], np.digitize(people["peg"], PEG_BANDS)]
    counts = [[[0] * len(TREATMENTS) for _ in range(int(level.max(initial=0)) + 1)] for level in levels]
    uniform = rng.random((len(people), 2))
    arms = np.empty(len(people), dtype=int)
    for i in range(len(people)):
        rows = [count[level[i]] for count, level in zip(counts, levels, strict=True)]
        eligible = [t for t in range(len(TREATMENTS)) if not excluded[i] >> t & 1]
        imbalance = [sum(_range_after(row, t) for row in rows) for t in eligible]
        least = min(imbalance)
        best = [t for t, value in zip(eligible, imbalance, strict=True) if value == least]
        preferred = best[int(uniform[i, 0] * len(best))]
        if uniform[i, 1] < BIASED_COIN:
            arm = preferred
        else:
            others = [t for t in eligible if t != preferred]
            arm = others[int((uniform[i, 1] - BIASED_COIN) / (1 - BIASED_COIN) * len(others))]
        arms[i] = arm
        for row in rows:
            row[arm] += 1
    return arms


def first_probability(excluded: np.ndarray) -> np.ndarray:
    """Probability of every first arm for each person: array people x treatments."""
    table = np.full((2 ** len(TREATMENTS), len(TREATMENTS)), np.nan)
    for pattern, row in FIRST_PROBABILITIES.items():
        table[exclusion_bits(pattern)] = [row[arm] for arm in SINGLE_ARMS]
    return table[excluded]


def exclusion_bits(pattern: str) -> int:
    """`"DUL"` or `"ACT+DUL"` -> its bits; empty -> 0."""
    return sum(2**t for t, code in enumerate(TREATMENTS) if pattern and code in pattern.split("+"))


def exclusion_pattern(bits: int) -> str:
    """Bits -> treatments joined by `+`, empty for none."""
    return arm_of(code for t, code in enumerate(TREATMENTS) if bits >> t & 1)


@cache
def allowed_second_lookup() -> np.ndarray:
    """Whether a second arm is allowed, read from `bestviz.trial.refusals_second`.

    Returns
    -------
    array of bool
        Axes: first treatment, response class, stopped for harm, exclusion bits, second arm.
    """
    out = np.zeros((len(SINGLE_ARMS), len(RESPONSE_CLASSES), 2, 2 ** len(TREATMENTS), len(ARMS)), bool)
    for a, first in enumerate(SINGLE_ARMS):
        for c, response in enumerate(RESPONSE_CLASSES):
            for harm in (False, True):
                for bits in range(2 ** len(TREATMENTS)):
                    excluded = {code: "contraindicated" for t, code in enumerate(TREATMENTS) if bits >> t & 1}
                    refusals = refusals_second(first, response, excluded, harm)
                    out[a, c, int(harm), bits] = [refusals[arm] is None for arm in ARMS]
    return out


def allowed_second(first: np.ndarray, response: np.ndarray, harm: np.ndarray, excluded: np.ndarray) -> np.ndarray:
    """Allowed second arms of many people: array of bool, people x arms."""
    return allowed_second_lookup()[first, response, harm.astype(int), excluded]


def draw_second_arms(allowed: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw uniformly from the allowed second arms.

    Returns
    -------
    arms : array of int
        Number of the arm; the number of arms (no second arm) where nothing is allowed.
    probability : array of float
        1 / number of allowed arms; NaN where nothing is allowed.
    """
    size = allowed.sum(axis=1)
    pick = np.floor(rng.random(len(size)) * size)
    arms = np.where(size > 0, (allowed.cumsum(axis=1) > pick[:, None]).argmax(axis=1), len(ARMS))
    return arms, np.where(size > 0, 1 / np.maximum(size, 1), np.nan)


def _range_after(row: list[int], arm: int) -> int:
    after = row.copy()
    after[arm] += 1
    return max(after) - min(after)
