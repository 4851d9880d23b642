"""The columns in which one stage is regressed: an additive part and, where it earns its place, a forest part.

All learners are this one smoother with other parts. Every column has prior variance 1, so that a stage is one ridge
regression with penalty 1 whatever its parts, and predictions are weighted sums of people's outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import block_diag
from scipy.sparse import csr_array

from bestviz.regime.design import Features, StageDesign
from bestviz.regime.forest import ForestPart

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class StageBasis:
    """Columns of one stage.

    Attributes
    ----------
    layout : StageDesign
        Of the additive part.
    directions : array, shape (p, q1)
        Layout columns times this are the columns of the additive part.
    forest : ForestPart or None
        The remaining columns.
    given : int
        The first so many columns of the additive part have their coefficients from elsewhere.
    core : array, shape (q1 - given, c), or None
        The full fit stays within these combinations of the own columns of the additive part; None for all of them.
    """

    layout: StageDesign
    directions: FloatArray
    forest: ForestPart | None = None
    given: int = 0
    core: FloatArray | None = None

    @property
    def width(self) -> int:
        """Number of columns q."""
        return self.directions.shape[1] + (self.forest.width if self.forest else 0)

    @property
    def own_core(self) -> FloatArray | None:
        """Combinations of all own columns, a forest's among them, that the full fit stays within; None for all."""
        if self.core is None or self.forest is None:
            return self.core
        return np.asarray(block_diag(self.core, np.eye(self.forest.width)))

    def split(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Columns whose coefficients are given, and the others."""
        return rows[:, : self.given], rows[:, self.given :]

    @staticmethod
    def join(given: FloatArray, own: FloatArray) -> FloatArray:
        """Coefficients in the order of the columns."""
        return np.concatenate([given, own])

    def rows(self, features: Features, person: IntArray, arm: IntArray, prior: IntArray | None = None) -> FloatArray:
        """Fill the columns.

        Parameters
        ----------
        features : Features of m people
        person : int array, shape (rows,)
            Whose features each row has.
        arm : int array, shape (rows,)
        prior : int array, shape (rows,)
            First arm of each row; needed at the second stage.

        Returns
        -------
        array, shape (rows, q)
        """
        additive = self.layout.matrix(features.take(person), arm, prior) @ self.directions
        if self.forest is None:
            return additive
        return np.hstack([additive, self.forest.rows(features.linear, person, arm, prior)])

    def reached(self, features: Features) -> csr_array | None:
        """Leaves of the forest that people are in; None without a forest."""
        return None if self.forest is None else self.forest.likeness.leaves.reached(features.linear)

    def averaged(
        self,
        features: Features,
        shares: FloatArray,
        arm: IntArray,
        prior: IntArray | None = None,
        reached: csr_array | None = None,
    ) -> FloatArray:
        """Columns of arms averaged over groups of people, without filling those of the people.

        Parameters
        ----------
        features : Features of m people
        shares : array, shape (g, m)
            Weight of each person in each group; rows sum to 1.
        arm, prior : int array, shape (a,)
        reached : sparse array, optional
            As `reached` gives it, where it is at hand.

        Returns
        -------
        array, shape (g, a, q)
        """
        shape = (len(shares), len(arm))
        group, arms = np.repeat(np.arange(len(shares)), len(arm)), np.tile(arm, len(shares))
        before = None if prior is None else np.tile(prior, len(shares))
        # For a given arm all columns are linear in the features, and those of a forest in the likeness.
        additive = self.layout.matrix(features.averaged(shares).take(group), arms, before) @ self.directions
        if self.forest is None:
            return additive.reshape(*shape, -1)
        located = self.reached(features) if reached is None else reached
        forest = self.forest.averaged(located, shares, group, arms, before)
        return np.hstack([additive, forest]).reshape(*shape, -1)

    def every_arm(
        self,
        features: Features,
        coefficients: FloatArray,
        prior: IntArray | None = None,
        reached: csr_array | None = None,
    ) -> FloatArray:
        """What the columns of every arm times coefficients (q, c) give, without filling them; shape (m, arms, c)."""
        split = self.directions.shape[1]
        values = self.layout.every_arm(features, self.directions @ coefficients[:split], prior)
        if self.forest is None:
            return values
        located = self.reached(features) if reached is None else reached
        return values + self.forest.every_arm(located, coefficients[split:], prior)

    def in_layout(self, coefficients: FloatArray) -> FloatArray:
        """Coefficients (q, ...) of the additive part as coefficients of the layout's columns (p, ...)."""
        return np.tensordot(self.directions, coefficients[: self.directions.shape[1]], axes=1)
