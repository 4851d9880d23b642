"""Expected outcomes averaged over people, with one feature of everybody set to given values (Friedman 2001,
doi 10.1214/aos/1013203451), in every replicate.

The additive part is linear in the features for a given arm, so the average over people is that of the average person;
the forest part needs the leaves of every person, but only their counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from bestviz.advice.responders.features import Feature
from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features
from bestviz.regime.encoding import Encoder
from bestviz.regime.forest import ForestPart
from bestviz.regime.leaves import Leaves

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Averaging:
    """One stage, and the people over whom is averaged.

    Attributes
    ----------
    basis : StageBasis
    layout_coefficients : array, shape (p, R + 1)
        Of the additive part, in the columns of the layout.
    forest_coefficients : array, shape (forest columns, R + 1)
    encoders : list of Encoder
    encoded : list of array, shape (m, .)
        The people, a block of columns an encoder.
    options : array, shape (m, s, arms)
        What is asked about, s sums over people and arms: how much every person and arm counts in each. At the first
        stage a person counts the same in every sum; at the second, the arms of a person sum to 0.
    prior : int array, shape (m,), or None
        First arms, at the second stage.
    """

    basis: StageBasis
    layout_coefficients: FloatArray
    forest_coefficients: FloatArray
    encoders: list[Encoder]
    encoded: list[FloatArray]
    options: FloatArray
    prior: IntArray | None = None

    def at(self, feature: Feature, values: FloatArray) -> FloatArray:
        """The sums with a feature set to encoded values (g, columns).

        Returns
        -------
        array, shape (g, s, R + 1)
            At the second stage only differences between two values mean something: what no value changes is left out.
        """
        sums = self._additive(feature, values)
        if self.basis.forest is not None:
            sums = sums + self._forest(self.basis.forest, feature, values)
        return sums

    def _additive(self, feature: Feature, values: FloatArray) -> FloatArray:
        arms, count = self.options.shape[2], len(values)
        blocks = [np.zeros((count, encoder.width)) for encoder in self.encoders]
        blocks[feature.block][:, self.encoders[feature.block].source == feature.place] = values
        changed = Features.of(self.encoders, blocks)
        linear, curves, steps = _columns_of(self.encoders, feature)
        average = self._average
        features = Features(
            np.where(linear, changed.linear, average.linear),
            np.where(curves, changed.curves, average.curves),
            np.where(steps, changed.steps, average.steps),
        )
        repeated = features.take(np.repeat(np.arange(count), arms))
        arm = np.tile(np.arange(arms), count)
        # What belongs to the first arm is the same for every second arm and cancels.
        prior = None if self.prior is None else np.zeros(len(arm), dtype=np.intp)
        expected = self.basis.layout.matrix(repeated, arm, prior) @ self.layout_coefficients
        return np.einsum("sa,gar->gsr", self.options.sum(axis=0), expected.reshape(count, arms, -1))

    @cached_property
    def _average(self) -> Features:
        features = Features.of(self.encoders, self.encoded)
        weights = np.abs(self.options).sum(axis=(1, 2))
        parts = (features.linear, features.curves, features.steps)
        return Features(*(np.average(part, axis=0, weights=weights)[None] for part in parts))

    def _forest(self, forest: ForestPart, feature: Feature, values: FloatArray) -> FloatArray:
        like, (shared, own) = forest.likeness, forest.shares
        people, sums = self.options.shape[:2]
        # How much each person counts in each sum, for what all arms share and for every component of the arms' codes.
        whole = self.options.sum(axis=2)
        coded = np.einsum("msa,mac->msc", self.options, self._codes)
        pulls = np.concatenate([whole[:, :, None], coded], axis=2).reshape(people, -1)
        trained = like.codes(like.arm, like.before)
        weight = np.hstack([np.full((len(trained), 1), shared), own * trained])
        linear = np.hstack(self.encoded)
        at = sum(encoder.width for encoder in self.encoders[: feature.block])
        places = at + np.flatnonzero(self.encoders[feature.block].source == feature.place)
        found = np.empty((len(values), sums, self.forest_coefficients.shape[1]))
        for g, value in enumerate(values):
            linear[:, places] = value
            alike = _shared_leaves(like.leaves, linear, pulls).reshape(len(trained), sums, -1)
            rows = np.einsum("nsc,nc->sn", alike, weight) @ forest.projection
            found[g] = rows @ self.forest_coefficients
        return found

    @cached_property
    def _codes(self) -> FloatArray:
        """Codes of every person and arm, as the forest sees them; shape (m, arms, c)."""
        assert self.basis.forest is not None
        people, _, arms = self.options.shape
        prior = np.zeros(people, dtype=np.intp) if self.prior is None else self.prior
        codes = self.basis.forest.likeness.codes(np.tile(np.arange(arms), people), np.repeat(prior, arms))
        return codes.reshape(people, arms, -1)


def forest_coefficients(basis: StageBasis, coefficients: FloatArray) -> FloatArray:
    """Those of a stage's coefficients (q, R + 1) that belong to the forest part; none where there is no forest."""
    return coefficients[basis.directions.shape[1] : basis.width]


def _columns_of(encoders: list[Encoder], feature: Feature) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Which straight lines, bends and steps belong to a feature."""
    found: list[list[BoolArray]] = [[], [], []]
    for block, encoder in enumerate(encoders):
        none = np.zeros((0, encoder.width))
        sources = (encoder.source, encoder.curves(none)[1], encoder.steps(none)[1])
        for part, source in zip(found, sources, strict=True):
            part.append((source == feature.place) & (block == feature.block))
    linear, curves, steps = (np.concatenate(part) for part in found)
    return linear, curves, steps


def _shared_leaves(leaves: Leaves, linear: FloatArray, pulls: FloatArray) -> FloatArray:
    """Share of the trees in which people (m, q) share a leaf with each training person, summed with weights (m, k).

    Returns
    -------
    array, shape (n, k)
    """
    in_leaf = _indicator(leaves, leaves.apply(linear)).T @ pulls
    shared: FloatArray = _indicator(leaves, leaves.members) @ in_leaf
    return shared / len(leaves.roots)


def _indicator(leaves: Leaves, leaf: npt.NDArray[np.int32]) -> csr_array:
    rows, trees = leaf.shape
    starts = np.arange(0, rows * trees + 1, trees)
    return csr_array((np.ones(leaf.size), leaf.ravel(), starts), shape=(rows, len(leaves.feature)))
