"""The forest learner's part of a stage: people are alike as often as trees put them into one leaf.

The expected outcome is a smooth function in the space that this likeness spans (kernel ridge regression, or a Gaussian
process, with the forest as its kernel: Davies & Ghahramani 2014, arXiv 1402.4293; Scornet 2016,
doi 10.1109/TIT.2016.2514489): one part the same for all arms, one part for each treatment. Written as columns with
prior variance 1 it is solved, resampled and stored like the additive part. Trees are grown where outcomes differ
between people and where differences between arms do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.sparse import csr_array

from bestviz.regime.arms import ArmCoding
from bestviz.regime.leaves import Leaves

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Directions of the outcomes that the trees look at, and of those for which they look at differences between arms.
OUTCOME_DIRECTIONS, EFFECT_DIRECTIONS = 4, 2
# Directions with less information than this about them are left out, and no more than so many are kept.
LEAST_INFORMATION, MOST_DIRECTIONS = 0.05, 80


@dataclass(frozen=True)
class Likeness:
    """Likeness of people and arms at one stage, before any weight is given to its parts.

    Attributes
    ----------
    leaves : Leaves
        Its members are the people learned from.
    arms : ArmCoding
    prior : ArmCoding or None
        Arms of the stage before.
    arm, before : int array, shape (n,)
        Arms of the people learned from; `before` is all 0 at the first stage.
    size : float
        Mean squared length of the codes of the arms, to which they are scaled.
    """

    leaves: Leaves
    arms: ArmCoding
    prior: ArmCoding | None
    arm: IntArray
    before: IntArray
    size: float

    @classmethod
    def learn(
        cls,
        features: FloatArray,
        residuals: FloatArray,
        weights: FloatArray,
        arms: tuple[ArmCoding, ArmCoding | None],
        assigned: tuple[IntArray, IntArray | None],
        used: IntArray,
        trees: int,
        seed: int,
    ) -> Likeness:
        """Grow trees on some of the people and keep all of them as members.

        Parameters
        ----------
        features : array, shape (n, q)
        residuals : array, shape (n, K)
            What is left to explain, on comparable scales.
        weights : array, shape (n,)
        arms, assigned : pairs
            Codings of the arms of this stage and of the stage before, and the arms of the people.
        used : int array
            People to grow the trees on.
        trees : int
        """
        (arms_here, prior), (arm, before) = arms, assigned
        first_arm = np.zeros(len(arm), dtype=np.intp) if before is None else before
        codes = _codes(arms_here, prior, arm, first_arm)
        size = float((codes**2).sum(axis=1).mean()) or 1.0
        targets = _targets(residuals[used], codes[used] / np.sqrt(size), weights[used])
        leaves = Leaves.grow(features[used], targets, weights[used], features, trees, seed)
        return cls(leaves, arms_here, prior, arm, first_arm, size)

    def codes(self, arm: IntArray, before: IntArray) -> FloatArray:
        """Codes of arms, mean squared length 1 over the people learned from; shape (m, c)."""
        return _codes(self.arms, self.prior, arm, before) / np.sqrt(self.size)

    def among_people(self) -> tuple[FloatArray, FloatArray]:
        """Likeness of the people learned from, and the same times that of their arms; each (n, n)."""
        same_leaf = self.leaves.among_members()
        codes = self.codes(self.arm, self.before)
        return same_leaf, same_leaf * (codes @ codes.T)


@dataclass(frozen=True)
class ForestPart:
    """Columns of a stage that the forest spans, each with prior variance 1.

    Attributes
    ----------
    likeness : Likeness
    shares : (float, float)
        Prior variance, relative to the residual variance, of the part that all arms share and of that of treatments.
    projection : array, shape (n, q)
    """

    likeness: Likeness
    shares: tuple[float, float]
    projection: FloatArray

    @classmethod
    def build(cls, likeness: Likeness, weights: FloatArray, shares: tuple[float, float]) -> ForestPart:
        """Give the parts their weight.

        Parameters
        ----------
        likeness : Likeness
        weights : array, shape (n,)
            Of the people learned from.
        shares : (float, float)
            One of them at least above 0.
        """
        alike, in_arms = likeness.among_people()
        kernel = shares[0] * alike + shares[1] * in_arms
        values, vectors = eigh((kernel + kernel.T) / 2)
        rows = vectors * np.sqrt(np.maximum(values, 0.0))
        kept = np.flatnonzero(((rows**2) * weights[:, None]).sum(axis=0) > LEAST_INFORMATION)[-MOST_DIRECTIONS:]
        return cls(likeness, shares, vectors[:, kept] / np.sqrt(values[kept]))

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.projection.shape[1]

    def rows(self, features: FloatArray, person: IntArray, arm: IntArray, before: IntArray | None) -> FloatArray:
        """Columns of (person, arm) rows, where `person` picks a row of `features` (m, q); shape (rows, width)."""
        leaves, (shared, own) = self.likeness.leaves, self.shares
        if not own:
            return shared * leaves.smooth(leaves.reached(features), self.projection)[person]
        return (leaves.likeness(features)[person] * self._alike_in_arms(arm, before)) @ self.projection

    def averaged(
        self, reached: csr_array, shares: FloatArray, group: IntArray, arm: IntArray, before: IntArray | None
    ) -> FloatArray:
        """Columns of (group, arm) rows, averaged over the people of a group with shares (g, m); shape (rows, width)."""
        same_leaf = self.likeness.leaves.averaged(reached, shares)[group]
        return (same_leaf * self._alike_in_arms(arm, before)) @ self.projection

    def every_arm(self, reached: csr_array, coefficients: FloatArray, before: IntArray | None) -> FloatArray:
        """Columns of every arm times coefficients (width, c), without filling them; shape (m, arms, c)."""
        rows = reached.shape[0]
        like, (shared, own) = self.likeness, self.shares
        pull = self.projection @ coefficients
        codes = np.column_stack([np.ones(len(pull)), like.codes(like.arm, like.before)])
        by_code = like.leaves.smooth(reached, (codes[:, :, None] * pull[:, None]).reshape(len(pull), -1))
        by_code = by_code.reshape(rows, codes.shape[1], -1)
        count = len(like.arms.labels)
        first = np.zeros(rows, dtype=np.intp) if before is None else before
        new = like.codes(np.tile(np.arange(count), rows), np.repeat(first, count)).reshape(rows, count, -1)
        return shared * by_code[:, :1] + own * np.einsum("maj,mjc->mac", new, by_code[:, 1:])

    def _alike_in_arms(self, arm: IntArray, before: IntArray | None) -> FloatArray:
        like, (shared, own) = self.likeness, self.shares
        first = np.zeros(len(arm), dtype=np.intp) if before is None else before
        return shared + own * (like.codes(arm, first) @ like.codes(like.arm, like.before).T)


def _codes(arms: ArmCoding, prior: ArmCoding | None, arm: IntArray, before: IntArray) -> FloatArray:
    codes = arms.components[arm]
    return codes if prior is None else np.hstack([codes, prior.components[before]])


def _targets(residuals: FloatArray, codes: FloatArray, weights: FloatArray) -> FloatArray:
    """What the trees look at: main directions of the outcomes, and these times the codes of the arms.

    The mean of a residual times the centred code of an arm is the arm's effect in a group of people (the modified
    outcome of Tian, Alizadeh, Gentles & Tibshirani 2014, doi 10.1080/01621459.2014.951443).
    """
    centred = residuals - np.average(residuals, axis=0, weights=weights)
    _, vectors = np.linalg.eigh((centred * weights[:, None]).T @ centred)
    vectors = vectors[:, ::-1][:, :OUTCOME_DIRECTIONS]
    # A direction has no sign of its own; trees would tell the two apart.
    largest = np.abs(vectors).argmax(axis=0)
    main = centred @ (vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])]))
    spread = main.std(axis=0)
    main = main / np.where(spread > 0, spread, 1.0)
    effects = main[:, :EFFECT_DIRECTIONS, None] * codes[:, None]
    targets = np.hstack([main, effects.reshape(len(main), -1)])
    spread = targets.std(axis=0)
    return targets / np.where(spread > 0, spread, 1.0)
