"""Many weights of the outcomes at once for a few people, as maps of preferences and questions about them need."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from bestviz.regime.engine import Engine

FloatArray = npt.NDArray[np.float64]

# Sets of weights that are answered together: bounds the memory, and what is in use stays near the processor.
SETS_AT_ONCE = 128


def first_map(engine: Engine, rows: FloatArray, weights: FloatArray, excluded: Collection[str]) -> FloatArray:
    """Weighted outcome of first-stage rows under many weights, each with its own second-stage rule; full fit.

    Parameters
    ----------
    engine : Engine
    rows : array, shape (m, q)
        As `Engine.first_rows` makes them, for example the arms of one person.
    weights : array, shape (c, K)
        Of all outcomes (see `Engine.weigh`).
    excluded : collection of str
        Treatments that these rows can have at no stage.

    Returns
    -------
    array, shape (c, m)
    """
    first, second = engine.first, engine.second.coefficients[0]
    on_people = first.smooth_full(rows)
    pairs, lent = engine.pair_outcomes, first.lent_design @ second
    lent_rows = first.parts(rows)[1] @ second
    open_pairs = engine.pairs.open_to(excluded)
    found = np.empty((len(weights), len(rows)))
    for start in range(0, len(weights), SETS_AT_ONCE):
        some = weights[start : start + SETS_AT_ONCE]
        values = some @ pairs.T
        chosen = np.take_along_axis(values, engine.pairs.best(values, open_pairs), axis=1)
        found[start : start + SETS_AT_ONCE] = (chosen - some @ lent.T) @ on_people.T + some @ lent_rows.T
    return found


def second_map(engine: Engine, rows: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted outcome of second-stage rows (m, q) under many weights (c, K); full fit; shape (c, m)."""
    expected: FloatArray = weights @ (rows @ engine.second.coefficients[0]).T
    return expected
