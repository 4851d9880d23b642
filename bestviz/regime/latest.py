"""The first-stage rows that were smoothed last, since other weights for the same person ask for the same.

Under other weights most people keep their second arm. So smoothing starts from one choice that is the same whatever
was asked before, and only people with another choice are gone through again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bestviz.regime.stages import FirstStage
from bestviz.regime.threads import one_thread

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


class Smoothed(NamedTuple):
    """Rows (m, q) of the first stage in every replicate.

    Attributes
    ----------
    on_people : array, shape (R + 1, m, n)
        Weight of each training person's outcome, less what the lent part explains.
    pulled : array, shape (R + 1, m, K)
        Contribution of the drawn prior means.
    usual : array, shape (R + 1, m, q2)
        Weights of the second-stage coefficients under the usual choice.
    early : array, shape (R + 1, m, E)
        Expected early quantities.
    moves : array, shape (m, n), or None
        Weights of what replicates are moved by (`FirstStage.smooth_shift`), of the full fit's outcomes.
    """

    on_people: FloatArray
    pulled: FloatArray
    usual: FloatArray
    early: FloatArray
    moves: FloatArray | None


class LatestSmooth:
    """Smooths first-stage rows and remembers the latest.

    Parameters
    ----------
    first : FirstStage
    designs : sequence of arrays, shape (P, q2)
        Second-stage design rows of all pairs, one a completed version of the data.
    versions : int array, shape (R + 1,)
        Version that each replicate uses.
    usual : int array, shape (n,)
        Pair of each training person to start from; any would do, but always the same.
    """

    def __init__(self, first: FirstStage, designs: Sequence[FloatArray], versions: IntArray, usual: IntArray) -> None:
        self._first, self._designs, self._versions, self._usual = first, designs, versions, usual
        self._latest: tuple[bytes, Smoothed] | None = None

    def __call__(self, rows: FloatArray) -> Smoothed:
        """Smooth rows (m, q), or remember what was found for them."""
        key, latest = rows.tobytes(), self._latest
        if latest is None or latest[0] != key:
            # What is remembered is the same whoever asked first.
            with one_thread():
                latest = key, self._smooth(rows)
            self._latest = latest
        return latest[1]

    def onto_second(self, smoothed: Smoothed, choice: IntArray) -> tuple[FloatArray, FloatArray | None]:
        """Weights of the second-stage coefficients when people have these pairs (n,).

        Returns
        -------
        onto : array, shape (R + 1, m, q2)
            Of those of each replicate.
        moved : array, shape (m, q2), or None
            Of the full fit's, added in every replicate.
        """
        others = np.flatnonzero(choice != self._usual)
        onto, on_people = smoothed.usual.copy(), smoothed.on_people[:, :, others]
        for at, design in self._by_version():
            onto[at] += _times(on_people[at], design[choice[others]] - design[self._usual[others]])
        if smoothed.moves is None:
            return onto, None
        return onto, smoothed.moves @ (self._designs[0][choice] - self._first.lent_design)

    def _smooth(self, rows: FloatArray) -> Smoothed:
        on_people, pulled, on_lent = self._first.smooth(rows)
        usual = np.empty((len(on_people), *on_lent.shape))
        for at, design in self._by_version():
            usual[at] = _times(on_people[at], design[self._usual] - self._first.lent_design) + on_lent
        return Smoothed(
            on_people,
            pulled,
            usual,
            self._first.early.predict(self._first.parts(rows)[2]),
            self._first.smooth_shift(rows),
        )

    def _by_version(self) -> Iterator[tuple[IntArray, FloatArray]]:
        """Replicates that use a version, and its design rows."""
        for version in np.unique(self._versions):
            yield np.flatnonzero(self._versions == version), self._designs[version]


def _times(weights: FloatArray, values: FloatArray) -> FloatArray:
    """Weights (r, m, n) times values (n, q) in one product of all replicates; shape (r, m, q)."""
    replicates, rows, people = weights.shape
    found: FloatArray = weights.reshape(replicates * rows, people) @ values
    return found.reshape(replicates, rows, values.shape[1])
