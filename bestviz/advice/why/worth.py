"""Expected weighted outcome of every arm for many variants of one patient, full fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bestviz.advice.why.paths import Paths
from bestviz.advice.why.situation import Situation
from bestviz.regime.design import Features

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Conditions times rows that are looked at together: bounds the memory.
CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Worth:
    """Expected outcome as a function of the draws of a patient.

    Attributes
    ----------
    situation : Situation
    coefficients : array, shape (q,)
        Of the weighted outcome in the full fit.
    """

    situation: Situation
    coefficients: FloatArray

    def __call__(self, draws: list[FloatArray]) -> FloatArray:
        """Averages over the draws, less what the forest says of all arms alike.

        Parameters
        ----------
        draws : list of arrays, shape (C, D, .)
            Of C variants of the patient that know the same inputs, one an encoder.

        Returns
        -------
        array, shape (C, arms)
        """
        here, (count, each) = self.situation, draws[0].shape[:2]
        rows = [part.reshape(count * each, -1) for part in draws]
        features = Features.of(here.encoders, rows)
        parts = (features.linear, features.curves, features.steps)
        # For a given arm the columns of the layout are linear in the features.
        average = Features(*(part.reshape(count, each, -1).mean(axis=1) for part in parts))
        prior = None if here.prior is None else np.full(count, here.prior)
        values: FloatArray = here.basis.layout.every_arm(average, self._in_layout[:, None], prior)[:, :, 0]
        if here.participants.references is not None:
            linear = features.linear.reshape(count, each, -1)
            values = values + self._of_forest(here.participants.references.paths, linear)
        return values

    @cached_property
    def _in_layout(self) -> FloatArray:
        own, further = np.split(self.coefficients, [self.situation.basis.width])
        found: FloatArray = self.situation.basis.in_layout(own) + self.situation.further @ further
        return found

    def _of_forest(self, paths: Paths, linear: FloatArray) -> FloatArray:
        """What the forest says of each arm by itself, for draws (C, D, q); shape (C, arms)."""
        gone = np.isin(paths.source, [i for i, n in enumerate(self.situation.names) if n in self.situation.unknown])
        known, unknown = np.flatnonzero(~gone), np.flatnonzero(gone)
        at_once = max(CELLS_AT_ONCE // (len(paths.column) * linear.shape[1] + 1), 1)
        found = []
        for start in range(0, len(linear), at_once):
            some = linear[start : start + at_once]
            reached = paths.reached(some[:, 0], known).astype(float)
            if len(unknown):
                drawn = paths.reached(some.reshape(-1, some.shape[2]), unknown)
                reached *= drawn.reshape(paths.count, *some.shape[:2]).mean(axis=2)
            found.append(reached.T @ self._by_leaf)
        return np.vstack(found)

    @cached_property
    def _by_leaf(self) -> FloatArray:
        """What each leaf adds to each arm; shape (leaves, arms)."""
        forest, references = self.situation.basis.forest, self.situation.participants.references
        assert forest is not None
        assert references is not None
        like, start = forest.likeness, self.situation.basis.directions.shape[1]
        pull = forest.projection @ self.coefficients[start : start + forest.width]
        by_code = references.paths.members.T @ (like.codes(like.arm, like.before) * pull[:, None])
        arms = np.arange(len(self.situation.arms))
        codes = like.codes(arms, np.full(len(arms), self.situation.prior or 0))
        return np.asarray(forest.shares[1] * (by_code @ codes.T))
