"""Baseline features on scales of their own, made from correlated normal numbers."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from bestviz.study.scenario import FloatArray


def latent(n: int, width: int, shared: float, rng: np.random.Generator) -> FloatArray:
    """Standard normal numbers of which any two columns correlate by `shared`; shape (n, width)."""
    common = rng.standard_normal((n, 1))
    return shared**0.5 * common + (1 - shared) ** 0.5 * rng.standard_normal((n, width))


def levels(z: FloatArray, shares: dict[str, float]) -> np.ndarray:
    """Names of categories in order of a standard normal number, with these frequencies."""
    bounds = ndtri(np.cumsum(list(shares.values()))[:-1])
    return np.array(list(shares), dtype=object)[np.searchsorted(bounds, z)]


def is_one(z: FloatArray, share: float) -> FloatArray:
    """1.0 for this share of the people, those with the highest standard normal numbers, 0.0 for the others."""
    return (z > ndtri(1 - share)).astype(float)
