"""Both stages regressed in all replicates, with frozen columns.

Every prediction is a weighted sum of participants' outcomes plus the pull of the drawn prior means, both linear in the
outcomes; so nothing is refitted when the weights of the outcomes change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features
from bestviz.regime.early import EarlyStage, replicate_means
from bestviz.regime.halfway import Forecast
from bestviz.regime.solving import drawn_means, full_inverse, in_parallel, inverse_system, residual_covariance, solve

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Streams of random numbers (see also `EARLY_DRAWS`), so that draws of the stages are independent and can be made again.
SECOND_DRAWS, FIRST_DRAWS = 1, 3

# A forecast and the weights (R + 1, n) of the people it is learned from.
_Forecast = tuple[Forecast, FloatArray]


@dataclass(frozen=True)
class SecondData:
    """What the second stage is regressed on and what on; lists run over the completed versions of the data.

    Attributes
    ----------
    designs : sequence of arrays, shape (n, q)
        Version 0 holds conditional means of what is missing, the others draws.
    outcomes : sequence of arrays, shape (n, K)
    weights : array, shape (R + 1, n)
        Resampling counts times inverse-probability weights.
    versions : int array, shape (R + 1,)
        Version that each replicate uses.
    """

    designs: Sequence[FloatArray]
    outcomes: Sequence[FloatArray]
    weights: FloatArray
    versions: IntArray


def _second_replicate(
    data: SecondData, number: int, covariance: FloatArray, seed: int, basis: StageBasis, forecast: _Forecast | None
) -> FloatArray:
    version, weights = data.versions[number], data.weights[number]
    given, own = basis.split(data.designs[version])
    means = drawn_means(own.shape[1], covariance, np.random.default_rng((seed, number, SECOND_DRAWS)))
    foretold = np.zeros((0, len(covariance)))
    if forecast is not None:
        foretold = forecast[0].replicate(version, forecast[1][number], seed, number)
    return basis.join(foretold, solve(own, data.outcomes[version] - given @ foretold, weights, means))


@dataclass(frozen=True)
class SecondStage:
    """Second-stage regressions of all replicates; replicate 0 is the full fit.

    Where the full fit stays within a core, replicates do not: they stray from it as those of all columns stray from
    the full fit of all columns.

    Attributes
    ----------
    basis : StageBasis
    coefficients : array, shape (R + 1, q, K)
    covariance : array, shape (K, K)
        Of the residuals of the full fit.
    freedom : float
        Degrees of freedom that the full fit uses.
    """

    basis: StageBasis
    coefficients: FloatArray
    covariance: FloatArray
    freedom: float

    @classmethod
    def fit(
        cls, basis: StageBasis, data: SecondData, forecast: _Forecast | None, seed: int, advance: Callable[[], None]
    ) -> SecondStage:
        """Solve every replicate.

        Parameters
        ----------
        basis : StageBasis
        data : SecondData
        forecast : (Forecast, array of shape (R + 1, n)), optional
            Prior means from the first stage, and the weights of its people.
        seed : int
            For the draws of prior means; the full fit draws none.
        advance : callable
            Called once a replicate.
        """
        (given, own), weights = basis.split(data.designs[0]), data.weights[0]
        foretold = forecast[0].coefficients if forecast else np.zeros((0, data.outcomes[0].shape[1]))
        left_over = data.outcomes[0] - given @ foretold
        target = own.T @ (weights[:, None] * left_over)
        inverse, freedom = full_inverse(own, weights, basis.own_core)
        full = inverse @ target
        covariance = residual_covariance(left_over, own @ full, weights, freedom)
        inverse, used = full_inverse(own, weights, None)
        wide = inverse @ target
        # Prior variances of all columns are relative to what these leave over.
        stray = residual_covariance(left_over, own @ wide, weights, used)
        tasks = [(data, r, stray, seed, basis, forecast) for r in range(1, len(data.versions))]
        coefficients = np.stack([basis.join(foretold, full), *in_parallel(_second_replicate, tasks, advance)])
        coefficients[1:, basis.given :] += full - wide
        return cls(basis, coefficients, covariance, freedom)

    def predict(self, rows: FloatArray, replicates: bool = True) -> FloatArray:
        """Expected outcomes of design rows; shape (m, R + 1, K), or (m, 1, K) for the full fit alone."""
        use = self.coefficients if replicates else self.coefficients[:1]
        return np.einsum("mq,rqk->mrk", rows, use, optimize=True)


@dataclass(frozen=True)
class FirstStage:
    """First-stage smoother of all replicates: weights over the people seen at the second assignment.

    A prediction of a later outcome is the lent part (second-stage coefficients shared with the first stage) plus a
    penalised regression of what the lent part leaves over. What is known by the second assignment has a smoother of its
    own. Rows and coefficients hold the own, the lent and the early part side by side; an outcome has coefficients 0 in
    the parts that it has nothing to do with.

    Attributes
    ----------
    basis : StageBasis
    lent : array, shape (p, q2)
        Multiplied by second-stage coefficients: prior means of the coefficients of the layout's columns.
    design : array, shape (n, q)
        Design rows of the training people, own part.
    lent_design : array, shape (n, q2)
    early : EarlyStage
        With q3 columns.
    weights : array, shape (R + 1, n)
        Resampling counts times inverse-probability weights.
    inverse : array, shape (R + 1, q, q)
    means : array, shape (R + 1, q, K)
        Drawn prior means of the coefficients; 0 for the full fit.
    shift : array, shape (q, q), or None
        Where the full fit stays within a core: its inverse less that of all columns. Replicates are moved by what
        this makes of the full fit's outcomes.
    freedom : float
        Degrees of freedom that the full fit uses for later outcomes.
    """

    basis: StageBasis
    lent: FloatArray
    design: FloatArray
    lent_design: FloatArray
    early: EarlyStage
    weights: FloatArray
    inverse: FloatArray
    means: FloatArray
    shift: FloatArray | None
    freedom: float

    @property
    def people_rows(self) -> FloatArray:
        """Rows of the training people with their own arms; shape (n, q + q2 + q3)."""
        return np.hstack([self.design, self.lent_design, self.early.design])

    def parts(self, wide: FloatArray, axis: int = -1) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Own, lent and early part of rows or coefficients."""
        width = self.basis.width
        own, lent, early = np.split(wide, [width, width + self.lent.shape[1]], axis=axis)
        return own, lent, early

    def rows(self, features: Features, person: IntArray, arm: IntArray) -> FloatArray:
        """Design rows; shape (rows, q + q2 + q3)."""
        matrix = self.basis.layout.matrix(features.take(person), arm)
        own = self.basis.rows(features, person, arm)
        return np.hstack([own, matrix @ np.hstack([self.lent, self.early.basis.directions])])

    def every_arm(self, features: Features, coefficients: FloatArray) -> FloatArray:
        """Rows of every arm times coefficients (q + q2 + q3, c), without filling them; shape (m, arms, c)."""
        own, lent, early = self.parts(coefficients, axis=0)
        rest = self.lent @ lent + self.early.basis.in_layout(early)
        return self.basis.every_arm(features, own) + self.basis.layout.every_arm(features, rest)

    @classmethod
    def build(
        cls,
        basis: StageBasis,
        lent: FloatArray,
        design: FloatArray,
        lent_design: FloatArray,
        early: EarlyStage,
        weights: FloatArray,
        covariance: FloatArray,
        seed: int,
        advance: Callable[[], None],
    ) -> FirstStage:
        """Solve every replicate.

        Parameters
        ----------
        design, lent_design : arrays, shape (n, q) and (n, q2)
            Design rows of the training people.
        covariance : array, shape (K, K)
            Of the residuals of a fit on all columns.
        seed : int
            For the draws of prior means.
        """
        inverse = np.stack(in_parallel(inverse_system, [(design, one) for one in weights], advance))
        means = replicate_means(len(weights), design.shape[1], covariance, (seed, FIRST_DRAWS))
        full, freedom = full_inverse(design, weights[0], basis.own_core)
        shift = None if basis.core is None else full - inverse[0]
        inverse[0] = full
        return cls(basis, lent, design, lent_design, early, weights, inverse, means, shift, freedom)

    def in_layout(self, coefficients: FloatArray) -> FloatArray:
        """Coefficients (q + q2 + q3, ...), without a forest's, as those of the layout's columns (p, ...)."""
        own, lent, early = self.parts(coefficients, axis=0)
        found: FloatArray = self.basis.in_layout(own) + np.tensordot(self.lent, lent, axes=1)
        return found + self.early.basis.in_layout(early)

    def solve(self, outcomes: FloatArray, means: FloatArray, lent: FloatArray) -> FloatArray:
        """Coefficients of a weighted outcome in every replicate.

        Parameters
        ----------
        outcomes : array, shape (..., R', n)
            In one or more versions.
        means : array, shape (R', q) or (..., R', q)
        lent : array, shape (R', q2) or (..., R', q2)
            Second-stage coefficients of the same weighted outcome; one for all versions, or one each.

        Returns
        -------
        array, shape (..., R', q + q2 + q3)
            For rows as made by `rows`.
        """
        upto, versions = outcomes.shape[-2], outcomes.shape[:-1]
        left_over = self.weights[:upto] * (outcomes - lent @ self.lent_design.T)
        target = left_over @ self.design + means
        # The large part is read once for all versions.
        own = np.moveaxis(self.inverse[:upto] @ np.moveaxis(target.reshape(-1, *target.shape[-2:]), 0, 2), 2, 0)
        if self.shift is not None:
            own[:, 1:] += (target[..., 0, :] @ self.shift).reshape(len(own), 1, -1)
        rest = np.concatenate([lent, np.zeros((*lent.shape[:-1], self.early.basis.width))], axis=-1)
        return np.concatenate([own.reshape(target.shape), np.broadcast_to(rest, (*versions, rest.shape[-1]))], axis=-1)

    def solve_full(self, outcomes: FloatArray, lent: FloatArray) -> FloatArray:
        """Full-fit coefficients of many outcomes (c, n) with lent coefficients (c, q2); shape (c, q + q2 + q3)."""
        left_over = self.weights[0] * (outcomes - lent @ self.lent_design.T)
        own = left_over @ self.design @ self.inverse[0]
        return np.hstack([own, lent, np.zeros((len(outcomes), self.early.basis.width))])

    def solve_early(self, values: FloatArray, place: int) -> FloatArray:
        """Coefficients of one early quantity in every replicate, for rows as made by `rows`; (R + 1, q + q2 + q3)."""
        before = np.zeros((len(values), self.basis.width + self.lent.shape[1]))
        return np.hstack([before, self.early.replicates(values, place)])

    def smooth(self, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Smoothing weights of new rows in every replicate, for later outcomes.

        Parameters
        ----------
        rows : array, shape (m, q + q2 + q3)

        Returns
        -------
        on_people : array, shape (R + 1, m, n)
            Weight of each training person's outcome, less what the lent part explains.
        pulled : array, shape (R + 1, m, K)
            Contribution of the drawn prior means.
        on_lent : array, shape (m, q2)
            The lent part of the rows.
        """
        own, lent, _ = self.parts(rows)
        solved = own @ self.inverse
        # One product of all replicates: several times as fast as one each.
        smoothed = (solved.reshape(-1, own.shape[1]) @ self.design.T).reshape(len(solved), len(rows), -1)
        return smoothed * self.weights[:, None], solved @ self.means, lent

    def smooth_shift(self, rows: FloatArray) -> FloatArray | None:
        """Smoothing weights of what replicates are moved by, of the full fit's outcomes; shape (m, n), or None."""
        if self.shift is None:
            return None
        return (self.parts(rows)[0] @ self.shift @ self.design.T) * self.weights[0]

    def smooth_full(self, rows: FloatArray) -> FloatArray:
        """Smoothing weights of new rows in the full fit, without the lent part; shape (m, n)."""
        return (self.parts(rows)[0] @ self.inverse[0] @ self.design.T) * self.weights[0]

    def expected_of(self, values: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Any quantities of the training people (n, k), smoothed: for new rows (m, k) and for the people themselves."""
        own = self.early.coefficients(values)
        return self.parts(rows)[2] @ own, self.early.design @ own
