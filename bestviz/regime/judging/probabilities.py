"""Probabilities of being assigned an arm and of being seen: estimated on some people, applied to others.

Randomisation is never taken to be uniform: minimisation balances arms overall, so that what is assigned depends on what
else a person may have. Frequencies within each allowed set are smoothed towards pooled propensities of the arms (one
strength an arm, renormalised over the set) and tilted a little by the covariates. Being seen is one more assignment,
between seen and not seen, with a lighter penalty: unlike randomisation it does depend on the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import softmax

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# The pooled propensities count as much as this many people in every allowed set.
POOLED_PEOPLE = 20.0
POOLING_STEPS = 100
# Prior standard deviation of what all covariates together add to a log-odds.
RANDOMISATION_SPREAD = 0.2
SEEN_SPREAD = 0.7
SMALLEST_ASSIGNED = 0.01
SMALLEST_SEEN = 0.1
# Features are read up to so many standard deviations from their mean; with a smaller one they count as constant.
FURTHEST, CONSTANT = 3.0, 1e-9


@dataclass(frozen=True)
class Tilt:
    """A multinomial logit over the possible arms, heavily penalised towards given log-odds.

    Attributes
    ----------
    center, scale : array, shape (q,)
        Of the features.
    coefficients : array, shape (1 + q, arms)
        Intercept first.
    """

    center: FloatArray
    scale: FloatArray
    coefficients: FloatArray

    @classmethod
    def fit(cls, features: FloatArray, assigned: IntArray, odds: FloatArray, spread: float) -> Tilt:
        """Fit by penalised maximum likelihood.

        Parameters
        ----------
        features : array, shape (n, q)
        assigned : int array, shape (n,)
        odds : array, shape (n, arms)
            Log-probabilities towards which is penalised; minus infinity for what is not possible.
        spread : float
            Prior standard deviation of what all features together add.
        """
        center, scale = features.mean(axis=0), features.std(axis=0)
        scale = np.where(scale > CONSTANT * (1 + np.abs(center)), scale, np.inf)
        rows = _rows(features, center, scale)
        shape = (rows.shape[1], odds.shape[1])
        chosen = np.eye(shape[1])[assigned]
        penalty = np.full((shape[0], 1), max(shape[0] - 1, 1) / spread**2)
        penalty[0] = 1.0

        def loss(flat: FloatArray) -> tuple[float, FloatArray]:
            coefficients = flat.reshape(shape)
            probability = softmax(odds + rows @ coefficients, axis=1)
            likely = np.log(probability[np.arange(len(rows)), assigned])
            pulled = penalty * coefficients
            gradient = rows.T @ (probability - chosen) + pulled
            return float(0.5 * (pulled * coefficients).sum() - likely.sum()), gradient.ravel()

        found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B")
        return cls(center, scale, found.x.reshape(shape))

    def apply(self, features: FloatArray, odds: FloatArray) -> FloatArray:
        """Probabilities of every arm for features (m, q) and log-probabilities (m, arms); rows sum to 1."""
        return np.asarray(softmax(odds + _rows(features, self.center, self.scale) @ self.coefficients, axis=1))


def _rows(features: FloatArray, center: FloatArray, scale: FloatArray) -> FloatArray:
    """Rows of the regression; nobody counts as further from the centre than a limit, where rare categories would be."""
    standard = np.clip((features - center) / scale, -FURTHEST, FURTHEST)
    return np.hstack([np.ones((len(features), 1)), standard])


@dataclass(frozen=True)
class Randomisation:
    """Estimated probabilities of assignment.

    Attributes
    ----------
    strengths : array, shape (arms,)
        Pooled propensity of each arm; within an allowed set they are renormalised.
    counts : mapping of allowed set (its flags as bytes) to array, shape (arms,)
        People assigned each arm.
    tilt : Tilt or None
        None where nobody had a choice.
    """

    strengths: FloatArray
    counts: Mapping[bytes, FloatArray]
    tilt: Tilt | None

    @classmethod
    def fit(cls, allowed: BoolArray, assigned: IntArray, features: FloatArray) -> Randomisation:
        """Estimate from people with allowed sets (n, arms), assigned arms (n,), -1 for none, and features (n, q)."""
        used = np.flatnonzero(assigned >= 0)
        allowed, assigned, features = allowed[used], assigned[used], features[used]
        counts = {
            kind.tobytes(): np.bincount(assigned[members], minlength=len(kind)).astype(float)
            for kind, members in _kinds(allowed)
        }
        plain = cls(_strengths(allowed, assigned), counts, None)
        choice = np.flatnonzero(allowed.sum(axis=1) > 1)
        if not len(choice):
            return plain
        odds = _logs(plain._smoothed(allowed[choice]))
        tilt = Tilt.fit(features[choice], assigned[choice], odds, RANDOMISATION_SPREAD)
        return cls(plain.strengths, counts, tilt)

    def table(self, allowed: BoolArray, features: FloatArray) -> FloatArray:
        """Probabilities of every arm for new people.

        Parameters
        ----------
        allowed : bool array, shape (m, arms)
        features : array, shape (m, q)

        Returns
        -------
        array, shape (m, arms)
            Nothing on arms that are not allowed, at least 0.01 on those that are; rows sum to 1, or to 0 where nothing
            is allowed.
        """
        table = self._smoothed(allowed)
        some = np.flatnonzero(allowed.any(axis=1))
        if self.tilt is not None and len(some):
            table[some] = self.tilt.apply(features[some], _logs(table[some]))
        table = np.where(allowed, np.maximum(table, SMALLEST_ASSIGNED), 0.0)
        total = table.sum(axis=1, keepdims=True)
        return np.asarray(table / np.where(total > 0, total, 1.0))

    def _smoothed(self, allowed: BoolArray) -> FloatArray:
        """Smoothed frequencies; shape (m, arms)."""
        table = np.zeros(allowed.shape)
        for kind, members in _kinds(allowed):
            if kind.any():
                seen = self.counts.get(kind.tobytes(), np.zeros(len(kind)))
                pooled = self.strengths * kind / self.strengths[kind].sum()
                table[members] = (seen + POOLED_PEOPLE * pooled) / (seen.sum() + POOLED_PEOPLE)
        return table


def given_or(table: FloatArray, assigned: IntArray, given: FloatArray) -> FloatArray:
    """Estimated probabilities with those that are known put in their place.

    Parameters
    ----------
    table : array, shape (n, arms)
        Estimated; rows sum to 1.
    assigned : int array, shape (n,)
        Arm assigned; -1 for none.
    given : array, shape (n,)
        Known probability of the arm assigned; NaN where it is not known.

    Returns
    -------
    array, shape (n, arms)
        The other arms share what is left as they do in the estimate. Where no other arm is possible the estimate stays.
    """
    rows = np.arange(len(table))
    others = table.copy()
    others[rows, assigned] = 0.0
    rest = others.sum(axis=1)
    known = np.flatnonzero((assigned >= 0) & ~np.isnan(given) & (rest > 0))
    filled = table.copy()
    filled[known] = others[known] * ((1 - given[known]) / rest[known])[:, None]
    filled[known, assigned[known]] = given[known]
    return filled


@dataclass(frozen=True)
class Presence:
    """Estimated probability of being seen.

    Attributes
    ----------
    odds : array, shape (2,)
        Overall log-probabilities of not being seen and of being seen.
    tilt : Tilt or None
        None where everybody was seen, or nobody.
    """

    odds: FloatArray
    tilt: Tilt | None

    @classmethod
    def fit(cls, seen: BoolArray, features: FloatArray) -> Presence:
        """Penalised logistic regression of being seen (n,) on features (n, q)."""
        if seen.all() or not seen.any():
            return cls(_logs(np.array([not seen.all(), seen.all()], dtype=float)), None)
        share = seen.mean()
        odds = np.log([1 - share, share])
        codes = seen.astype(np.intp)
        return cls(odds, Tilt.fit(features, codes, np.tile(odds, (len(seen), 1)), SEEN_SPREAD))

    def probability(self, features: FloatArray) -> FloatArray:
        """Probability of being seen for new people (m, q): at least 0.1; 1 where everybody was seen. Shape (m,)."""
        odds = np.tile(self.odds, (len(features), 1))
        table = np.exp(odds) if self.tilt is None else self.tilt.apply(features, odds)
        return np.maximum(table[:, 1], SMALLEST_SEEN)


def inverse_seen(seen: BoolArray, features: FloatArray, fitted: Presence) -> FloatArray:
    """1 / probability of being seen for who was seen, 0 for who was not; shape (n,)."""
    return np.where(seen, 1.0 / fitted.probability(features), 0.0)


def _kinds(allowed: BoolArray) -> list[tuple[BoolArray, IntArray]]:
    """Distinct allowed sets, each with the people who have it."""
    if not len(allowed):
        return []
    distinct, which = np.unique(allowed, axis=0, return_inverse=True)
    return [(kind, np.flatnonzero(which.ravel() == i)) for i, kind in enumerate(distinct)]


def _strengths(allowed: BoolArray, assigned: IntArray) -> FloatArray:
    """Strength of each arm such that it is assigned in proportion to it within any set (Hunter 2004, MM algorithm,
    doi 10.1214/aos/1079120141); half a person more an arm keeps all of them above 0.
    """
    choice = allowed.sum(axis=1) > 1
    arms = allowed.shape[1]
    wins = np.bincount(assigned[choice], minlength=arms) + 0.5
    sets, times = np.unique(allowed[choice], axis=0, return_counts=True)
    strengths = np.ones(arms)
    for _ in range(POOLING_STEPS if len(sets) else 0):
        offered = (times / (sets @ strengths)) @ sets + 0.5
        strengths = wins / offered
        strengths /= strengths.mean()
    return strengths


def _logs(probability: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.log(probability)
