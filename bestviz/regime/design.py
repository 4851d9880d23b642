"""The design matrix of one stage: what the additive learner regresses the outcomes on.

Main effects of the features (straight lines, and bends at the quartiles), effects of the treatments in the arm, a term
for each combination, and treatment x feature interactions (straight lines, and steps at the terciles). At the second
stage the first arm, its interactions and its carry-over onto the second arm are always in the matrix as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bestviz.regime.arms import ArmCoding
from bestviz.regime.encoding import Encoder

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Grouping = tuple[IntArray, list[str]]


class ColumnKey(NamedTuple):
    """Identity of a design column; equal across stages where the same treatment and baseline feature are meant.

    `feature` is the input column and `column` its encoded column, -1 where there is none.
    """

    block: str
    treatment: str = ""
    feature: int = -1
    column: int = -1


@dataclass(frozen=True)
class Features:
    """Encoded features of some rows.

    Attributes
    ----------
    linear, curves, steps : array, shape (rows, .)
        Straight lines, bends and steps (see `Encoder`), side by side over the encoders used.
    """

    linear: FloatArray
    curves: FloatArray
    steps: FloatArray

    @classmethod
    def of(cls, encoders: list[Encoder], linear: list[FloatArray]) -> Features:
        """Complete the bends and steps of encoded rows; one block of columns an encoder."""
        curves = [e.curves(x)[0] for e, x in zip(encoders, linear, strict=True)]
        steps = [e.steps(x)[0] for e, x in zip(encoders, linear, strict=True)]
        return cls(np.hstack(linear), np.hstack(curves), np.hstack(steps))

    def take(self, rows: IntArray) -> Features:
        """The same features for chosen rows, repeats allowed."""
        return Features(self.linear[rows], self.curves[rows], self.steps[rows])

    def averaged(self, shares: FloatArray) -> Features:
        """Weighted means over the rows, one for each row of shares (g, rows)."""
        return Features(shares @ self.linear, shares @ self.curves, shares @ self.steps)


@dataclass
class StageDesign:
    """Layout of the design matrix of one stage.

    Attributes
    ----------
    arms : ArmCoding
        Arms of this stage.
    prior : ArmCoding or None
        Arms of the stage before.
    groupings : tuple of (int array of shape (p,), list of str)
        Group of each column, and block of each group. Columns of one group share one penalty, groups of a block are
        shrunk towards each other. First with a feature's interactions with all treatments as one group, then with
        one group for each treatment: people may differ in one treatment alone.
    keys : list of ColumnKey
        Identity of each column.
    """

    arms: ArmCoding
    prior: ArmCoding | None
    encoders: list[Encoder]
    groupings: tuple[Grouping, ...] = field(init=False)
    keys: list[ColumnKey] = field(init=False)

    def __post_init__(self) -> None:
        """Lay out columns and penalty groups in the order in which `matrix` fills them."""
        linear, curves, steps = self._sources()
        here, before = self.arms.treatments, self.prior.treatments if self.prior is not None else ()
        keys = [ColumnKey("level"), *_feature_keys("main", linear), *_feature_keys("curve", curves)]
        keys += [ColumnKey("arm", t) for t in here]
        keys += [ColumnKey("pair", arm) for arm in self.arms.labels if "+" in arm]
        keys += [key for t in here for key in _feature_keys("modifier", linear, t)]
        keys += [key for t in here for key in _feature_keys("step", steps, t)]
        keys += [ColumnKey("prior arm", t) for t in before]
        keys += [key for t in before for key in _feature_keys("prior modifier", linear, t)]
        keys += [ColumnKey("carry-over", f"{s}>{t}") for s in before for t in here]
        self.keys = keys
        together = [(key.block, key.feature) for key in keys]
        apart = [(*name, key.treatment if key.feature >= 0 else "") for name, key in zip(together, keys, strict=True)]
        self.groupings = _grouped(together), _grouped(apart)

    def _sources(self) -> list[IntArray]:
        """Input column of each linear, curve and step column, numbered through over the encoders."""
        offset = 0
        parts: list[list[IntArray]] = [[], [], []]
        for encoder in self.encoders:
            none = np.zeros((0, encoder.width))
            sources = (encoder.source, encoder.curves(none)[1], encoder.steps(none)[1])
            for part, source in zip(parts, sources, strict=True):
                part.append(source + offset)
            offset += len(encoder.columns)
        return [np.concatenate(part).astype(np.intp) for part in parts]

    @property
    def width(self) -> int:
        """Number of columns p."""
        return len(self.keys)

    def matrix(self, features: Features, arm: IntArray, prior: IntArray | None = None) -> FloatArray:
        """Fill the design matrix.

        Parameters
        ----------
        features : Features of m rows
        arm : int array, shape (m,)
            Position of each row's arm in `arms.labels`.
        prior : int array, shape (m,)
            Position of each row's first arm in `prior.labels`; needed at the second stage.

        Returns
        -------
        array, shape (m, p)
        """
        rows = len(arm)
        held = self.arms.components[arm]
        parts = [np.ones((rows, 1)), features.linear, features.curves, held, self.arms.pairs[arm]]
        parts += [_products(held, features.linear), _products(held, features.steps)]
        if self.prior is not None:
            if prior is None:
                raise ValueError("The second-stage design needs the first arm of each row.")
            before = self.prior.components[prior]
            parts += [before, _products(before, features.linear), _products(before, held)]
        return np.hstack(parts)

    def every_arm(self, features: Features, coefficients: FloatArray, prior: IntArray | None = None) -> FloatArray:
        """What `matrix` times coefficients gives for every arm of each row, without filling the matrix.

        Parameters
        ----------
        features : Features of m rows
        coefficients : array, shape (p, c)
        prior : int array, shape (m,)
            As for `matrix`.

        Returns
        -------
        array, shape (m, arms, c)
        """
        rows, count = len(features.linear), coefficients.shape[1]
        linear, curves, steps = (part.shape[1] for part in (features.linear, features.curves, features.steps))
        here, pairs = len(self.arms.treatments), self.arms.pairs.shape[1]
        before = len(self.prior.treatments) if self.prior is not None else 0
        sizes = [1, linear, curves, here, pairs, here * linear, here * steps, before, before * linear, before * here]
        level, main, bend, arm, pair, slope, jump, prior_arm, prior_slope, carry = np.split(
            coefficients, np.cumsum(sizes)[:-1]
        )
        common = level + features.linear @ main + features.curves @ bend
        effect = arm + _by_treatment(features.linear, slope, here) + _by_treatment(features.steps, jump, here)
        if self.prior is not None:
            if prior is None:
                raise ValueError("The second-stage design needs the first arm of each row.")
            held = self.prior.components[prior]
            lasting = prior_arm + _by_treatment(features.linear, prior_slope, before)
            common = common + np.einsum("mb,mbc->mc", held, lasting)
            effect = effect + (held @ carry.reshape(before, here * count)).reshape(rows, here, count)
        return common[:, None] + self.arms.components @ effect + self.arms.pairs @ pair


def _grouped(names: Sequence[tuple[str | int, ...]]) -> Grouping:
    """Columns with the same name form a group; a name begins with the block."""
    distinct = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([distinct[name] for name in names], dtype=np.intp), [str(name[0]) for name in distinct]


def _by_treatment(features: FloatArray, coefficients: FloatArray, treatments: int) -> FloatArray:
    """Features times the coefficients of each treatment, treatments varying slowest; shape (m, treatments, c)."""
    size, count = features.shape[1], coefficients.shape[1]
    wide = coefficients.reshape(treatments, size, count).transpose(1, 0, 2).reshape(size, treatments * count)
    return (features @ wide).reshape(len(features), treatments, count)


def _products(left: FloatArray, right: FloatArray) -> FloatArray:
    """All products of a column of `left` with a column of `right`, `left` varying slowest."""
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), left.shape[1] * right.shape[1])


def _feature_keys(block: str, sources: IntArray, treatment: str = "") -> list[ColumnKey]:
    return [ColumnKey(block, treatment, int(feature), column) for column, feature in enumerate(sources)]
