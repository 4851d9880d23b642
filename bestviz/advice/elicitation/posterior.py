"""Particles on the simplex of weights: reweighted by what a person says, moved when too few of them carry weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

FloatArray = npt.NDArray[np.float64]
LogLikelihood = Callable[[FloatArray], FloatArray]

PARTICLES = 2000
# Dirichlet prior: 1 for every outcome, all weights equally likely.
CONCENTRATION = 1.0
# Move the particles before their effective number falls below this share.
ENOUGH = 0.3
MOVES = 20
# Length of a move against the spread of the particles, times the root of the dimension. Half of the usual 2.38: on
# log-ratios, skewed as they are, it moved more particles.
LENGTH = 1.2
BISECTIONS = 12
# Of an outcome's weight: no logarithm of 0.
SMALLEST = 1e-12


@dataclass(frozen=True)
class Posterior:
    """Weighted particles.

    Attributes
    ----------
    weights : array, shape (N, K)
        Importance weights of the outcomes, one particle a row.
    mass : array, shape (N, G)
        Probability of every particle with every sharpness of choice; sums to 1.
    """

    weights: FloatArray
    mass: FloatArray

    @classmethod
    def prior(cls, outcomes: int, levels: int, seed: int) -> Posterior:
        """Particles before anything is said, for a number of outcomes and of levels of sharpness."""
        drawn = np.random.default_rng([seed, 0]).dirichlet(np.full(outcomes, CONCENTRATION), PARTICLES)
        weights = np.maximum(drawn, SMALLEST)
        return cls(weights / weights.sum(axis=1, keepdims=True), np.full((PARTICLES, levels), 1 / (PARTICLES * levels)))

    @property
    def chances(self) -> FloatArray:
        """Probability of every particle, shape (N,)."""
        return self.mass.sum(axis=1)

    @property
    def effective(self) -> float:
        """Effective number of particles."""
        return float(1 / (self.chances**2).sum())

    @property
    def mean(self) -> FloatArray:
        """Posterior mean of the weights, shape (K,)."""
        mean: FloatArray = self.chances @ self.weights
        return mean / mean.sum()

    def quantiles(self, at: tuple[float, ...]) -> FloatArray:
        """Posterior quantiles of every weight, shape (len(at), K)."""
        order = np.argsort(self.weights, axis=0)
        reached = np.cumsum(self.chances[order], axis=0)
        rows = [np.minimum((reached < level).sum(axis=0), len(order) - 1) for level in at]
        columns = np.arange(order.shape[1])
        return np.array([self.weights[order[row, columns], columns] for row in rows])

    def updated(self, said: LogLikelihood, before: LogLikelihood, seed: tuple[int, int]) -> Posterior:
        """What is believed after one more statement.

        The statement is taken in by degrees, with moves between them: no degree may leave too few particles (tempered
        sequential Monte Carlo, Del Moral et al. 2006, doi 10.1111/j.1467-9868.2006.00553.x).

        Parameters
        ----------
        said, before : callable
            Weights (N, K) -> log-likelihood (N, G) of the new statement and of all earlier ones.
        seed : (int, int)
            Of the moves.
        """
        now, degree, rng = self, 0.0, np.random.default_rng(seed)
        while True:
            new = said(now.weights)
            left = 1 - degree
            step = now._largest_step(new, left)
            now, degree = now._reweighted(step * new), degree + step
            if step == left:
                return now
            now = now._moved(partial(_tempered, said, before, degree), rng)

    def _reweighted(self, logs: FloatArray) -> Posterior:
        mass = self.mass * np.exp(logs - logs.max())
        return Posterior(self.weights, mass / mass.sum())

    def _largest_step(self, logs: FloatArray, upto: float) -> float:
        """Largest share of a statement, at most `upto`, that leaves enough particles."""
        enough = ENOUGH * len(logs)
        if self._reweighted(upto * logs).effective >= enough:
            return upto
        low, high = 0.0, upto
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._reweighted(middle * logs).effective >= enough else (low, middle)
        return high

    def _moved(self, target: LogLikelihood, rng: np.random.Generator) -> Posterior:
        """Resampled and moved: random-walk Metropolis on log-ratios, steps shaped like the particles themselves.

        Resample-move (Chopin 2002, doi 10.1093/biomet/89.3.539).
        """
        count, dimensions = self.weights.shape
        logs = np.log(self.weights)
        logs -= logs.mean(axis=1, keepdims=True)
        centred = (logs - self.chances @ logs) * np.sqrt(self.chances)[:, None]
        _, scale, axes = np.linalg.svd(centred, full_matrices=False)
        factor = LENGTH / np.sqrt(max(dimensions - 1, 1)) * scale[:, None] * axes
        at = logs[_systematic(self.chances, rng)]
        weights, likelihood, density = _judged(at, target)
        for _ in range(MOVES):
            proposed = at + rng.standard_normal(at.shape) @ factor
            other = _judged(proposed, target)
            accept = np.log(rng.random(count)) < other[2] - density
            at[accept], weights[accept] = proposed[accept], other[0][accept]
            likelihood[accept], density[accept] = other[1][accept], other[2][accept]
        given = np.exp(likelihood - logsumexp(likelihood, axis=1, keepdims=True))
        return Posterior(weights, given / count)


def _tempered(said: LogLikelihood, before: LogLikelihood, degree: float, weights: FloatArray) -> FloatArray:
    return before(weights) + degree * said(weights)


def _judged(log_ratios: FloatArray, target: LogLikelihood) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights (N, K) at log-ratios, their log-likelihood (N, G), and the log posterior density (N,) of log-ratios."""
    logs = log_ratios - logsumexp(log_ratios, axis=1, keepdims=True)
    weights = np.exp(logs)
    likelihood = target(weights)
    # The volume element of log-ratios turns the exponent of the Dirichlet density from a - 1 into a.
    return weights, likelihood, logsumexp(likelihood, axis=1) + CONCENTRATION * logs.sum(axis=1)


def _systematic(chances: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Systematic resampling: positions of the particles drawn."""
    count = len(chances)
    steps = (np.arange(count) + rng.random()) / count
    return np.minimum(np.searchsorted(np.cumsum(chances), steps), count - 1)
