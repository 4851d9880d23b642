"""People who are no longer seen: weighted, never dropped silently.

Everybody seen at a stage carries the inverse of the estimated probability of being seen, modelled by a penalised
logistic regression on what was observed before (Robins, Rotnitzky & Zhao 1995, doi 10.1080/01621459.1995.10476493).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

FloatArray = npt.NDArray[np.float64]

SMALLEST_PROBABILITY = 0.1
PENALTY_PER_FEATURE = 0.05


def weights_of_seen(seen: npt.NDArray[np.bool_], known: FloatArray) -> FloatArray:
    """Weights of the people seen, 0 for the others.

    Parameters
    ----------
    seen : bool array, shape (n,)
    known : array, shape (n, q)
        What was observed of everybody before, complete and standardised.

    Returns
    -------
    array, shape (n,)
        Inverse probabilities, scaled to mean 1 among the people seen.
    """
    if seen.all() or not seen.any():
        return seen.astype(float)
    usable = known[:, known.std(axis=0) > 0]
    if not usable.shape[1]:
        return seen.astype(float)
    model = LogisticRegression(C=1.0 / (PENALTY_PER_FEATURE * usable.shape[1]), max_iter=500)
    probability = model.fit(usable, seen).predict_proba(usable)[:, 1]
    weights = np.where(seen, 1.0 / np.maximum(probability, SMALLEST_PROBABILITY), 0.0)
    return weights * seen.sum() / weights.sum()
