"""How far people ended from what the full fit expected of them: what person intervals are made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bestviz.regime.engine import Engine

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def second_residuals(engine: Engine) -> tuple[FloatArray, IntArray]:
    """Outcomes less what the week-12 state and both arms predict.

    Returns
    -------
    residuals : array, shape (m, K)
        Corrected for the degrees of freedom used.
    people : int array, shape (m,)
        Their positions among the training people of the first stage.
    """
    done, used = engine.completed, np.flatnonzero(engine.completed.with_outcome)
    features = engine.second_features(done.baseline, done.interim[0])
    rows = engine.second.basis.rows(features, used, engine.second_codes[used], engine.first_codes[used])
    residuals = done.outcomes[0][used] - rows @ engine.second.coefficients[0]
    return residuals * _inflation(done.outcome_weights[used], engine.second.freedom), used


def first_residuals(engine: Engine, choice: IntArray, coefficients: FloatArray) -> FloatArray:
    """Pseudo-outcomes under the chosen pairs (n,) less what baseline and first arm predict.

    Parameters
    ----------
    coefficients : array, shape (q, K + E)
        As `Engine.full_first` gives them.

    Returns
    -------
    array, shape (n, K)
        Corrected for the degrees of freedom used.
    """
    first, later = engine.first, coefficients[:, : len(engine.outcome_names)]
    own, lent, _ = first.parts(later, axis=0)
    residuals = engine.pseudo_outcomes(choice) - first.design @ own - first.lent_design @ lent
    return residuals * _inflation(first.weights[0], first.freedom)


def early_residuals(engine: Engine) -> FloatArray:
    """First-stage quantities less what baseline and first arm predict; shape (n, E), corrected as above."""
    early, values = engine.first.early, engine.completed.early[0]
    residuals = values - early.design @ early.coefficients(values)
    return residuals * _inflation(early.weights[0], early.freedom)


def _inflation(weights: FloatArray, freedom: float) -> float:
    """Factor that corrects in-sample residuals of weighted rows for the degrees of freedom used."""
    return float(np.sqrt(weights.sum() / max(weights.sum() - freedom, 1.0)))
