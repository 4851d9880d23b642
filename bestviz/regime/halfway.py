"""What first arms did by the second assignment, as a forecast of what the same treatments do in the second stage.

How far people had come by the second assignment is summed up by the interim state, weighed as the second-stage
outcomes weigh it. Regressed on baseline and first arm it shows the effects of treatments, and who benefits, in every
person of the trial; a share of these effects is the prior mean of the second-stage effects of the same treatment and
feature. Linear in the outcomes like everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.additive import LEAST_INFORMATION
from bestviz.regime.design import Features, StageDesign
from bestviz.regime.penalties import weighted_gram
from bestviz.regime.solving import drawn_means, inverse_system, residual_covariance, solve

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

HALFWAY_DRAWS = 4


@dataclass(frozen=True)
class Halfway:
    """Regression of the interim state, as the outcomes weigh it, on baseline and first arm.

    Attributes
    ----------
    design : array, shape (n, q)
        Columns with prior variance 1, of all people seen at the second assignment.
    targets : tuple over versions of arrays, shape (n, K)
    covariance : array, shape (K, K)
        Of the residuals of the full fit.
    coefficients : array, shape (q, K)
        Of the full fit.
    """

    design: FloatArray
    targets: tuple[FloatArray, ...]
    covariance: FloatArray
    coefficients: FloatArray

    @classmethod
    def learn(cls, design: FloatArray, targets: Sequence[FloatArray], weights: FloatArray) -> Halfway:
        """Solve the full fit.

        Parameters
        ----------
        design : array, shape (n, q)
        targets : sequence over versions of arrays, shape (n, K)
        weights : array, shape (n,)
        """
        inverse = inverse_system(design, weights)
        full = inverse @ (design.T @ (weights[:, None] * targets[0]))
        freedom = len(inverse) - float(np.trace(inverse))
        covariance = residual_covariance(targets[0], design @ full, weights, freedom)
        return cls(design, tuple(targets), covariance, full)

    def replicate(self, version: int, weights: FloatArray, seed: int, number: int) -> FloatArray:
        """Coefficients of one replicate, with drawn prior means; shape (q, K)."""
        rng = np.random.default_rng((seed, number, HALFWAY_DRAWS))
        means = drawn_means(self.design.shape[1], self.covariance, rng)
        return solve(self.design, self.targets[version], weights, means)


@dataclass(frozen=True)
class Forecast:
    """Prior means of second-stage coefficients from a halfway regression.

    Attributes
    ----------
    halfway : Halfway
    kept : array, shape (q, f)
        Combinations of halfway coefficients that matter in the second stage.
    columns : array, shape (p2, f)
        What turns these combinations into coefficients of the second-stage layout.
    """

    halfway: Halfway
    kept: FloatArray
    columns: FloatArray

    @classmethod
    def build(cls, halfway: Halfway, columns: FloatArray, matrix: FloatArray, weights: FloatArray) -> Forecast:
        """Keep the combinations that second-stage people can show.

        Parameters
        ----------
        columns : array, shape (p2, q)
            What turns halfway coefficients into prior means of the second-stage layout.
        matrix : array, shape (m, p2)
            Second-stage columns of the people.
        weights : array, shape (m,)
        """
        information, vectors = np.linalg.eigh(weighted_gram(matrix @ columns, weights))
        kept = vectors[:, information > LEAST_INFORMATION]
        return cls(halfway, kept, columns @ kept)

    @property
    def coefficients(self) -> FloatArray:
        """Of the full fit; shape (f, K)."""
        found: FloatArray = self.kept.T @ self.halfway.coefficients
        return found

    def replicate(self, version: int, weights: FloatArray, seed: int, number: int) -> FloatArray:
        """Of one replicate; shape (f, K)."""
        found: FloatArray = self.kept.T @ self.halfway.replicate(version, weights, seed, number)
        return found


def interim_part(layout: StageDesign, features: Features, coefficients: FloatArray) -> FloatArray:
    """What the interim state adds to the expected outcomes of a second-stage layout.

    Parameters
    ----------
    layout : StageDesign
        With the encoders of baseline and of the interim state.
    features : Features of n people
    coefficients : array, shape (p2, K)

    Returns
    -------
    array, shape (n, K)
    """
    known = len(layout.encoders[0].columns)
    part = [(key.block in ("main", "curve")) and key.feature >= known for key in layout.keys]
    own = coefficients * np.array(part, dtype=float)[:, None]
    width, bends = features.linear.shape[1], features.curves.shape[1]
    return features.linear @ own[1 : 1 + width] + features.curves @ own[1 + width : 1 + width + bends]
