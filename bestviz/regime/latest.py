"""The rows that were smoothed last, since other weights for the same person ask for the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bestviz.regime.stages import FirstStage
from bestviz.regime.threads import one_thread

FloatArray = npt.NDArray[np.float64]
Smoothed = tuple[tuple[FloatArray, FloatArray, FloatArray], FloatArray]


class LatestSmooth:
    """Smooths first-stage rows and remembers the latest.

    Attributes
    ----------
    first : FirstStage
    """

    def __init__(self, first: FirstStage) -> None:
        self.first = first
        self._latest: tuple[bytes, Smoothed] | None = None

    def __call__(self, rows: FloatArray) -> Smoothed:
        """What `FirstStage.smooth` says of rows (m, q), and their expected early quantities (R + 1, m, E)."""
        key, latest = rows.tobytes(), self._latest
        if latest is None or latest[0] != key:
            # What is remembered is the same whoever asked first.
            with one_thread():
                smoothed = self.first.smooth(rows), self.first.early.predict(self.first.parts(rows)[2])
            # Several threads may ask at once: what is found here is what is given back.
            self._latest = latest = key, smoothed
        return latest[1]
