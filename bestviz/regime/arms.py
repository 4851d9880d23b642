"""Arms as sets of treatments: how an arm's effect is built from the effects of its treatments.

A combination `"A+B"` shares the effects of A and of B and adds a term of its own that is shrunk towards 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class ArmCoding:
    """Arms of one stage, coded by their treatments.

    Attributes
    ----------
    labels : tuple of str
        Arms seen in training, single treatments first.
    treatments : tuple of str
        Treatments they are made of, in order of first appearance.
    components : array, shape (arms, treatments)
        1 where the arm holds the treatment, less its share among the training rows.
    pairs : array, shape (arms, combinations)
        1 for each combination in its own column.
    counts : array, shape (arms,)
        Training rows of each arm.
    """

    labels: tuple[str, ...]
    treatments: tuple[str, ...]
    components: npt.NDArray[np.float64]
    pairs: npt.NDArray[np.float64]
    counts: npt.NDArray[np.intp]

    @classmethod
    def learn(cls, assigned: pd.Series) -> ArmCoding:
        """Learn the coding from the arms that were assigned (missing ignored)."""
        counts = assigned.dropna().astype(str).value_counts()
        labels = tuple(sorted(counts.index, key=lambda arm: (arm.count("+"), arm)))
        treatments = tuple(dict.fromkeys(t for arm in labels for t in arm.split("+")))
        holds = holds_treatment(labels, treatments).astype(float)
        shares = counts.loc[list(labels)].to_numpy(float)
        combos = [i for i, arm in enumerate(labels) if "+" in arm]
        centred = holds - (shares @ holds) / shares.sum()
        return cls(labels, treatments, centred, np.eye(len(labels))[:, combos], shares.astype(np.intp))

    def codes(self, arms: Iterable[object]) -> npt.NDArray[np.intp]:
        """Position of each arm label; -1 where missing or never seen."""
        return pd.Index(self.labels, dtype=object).get_indexer(pd.Index(list(arms), dtype=object)).astype(np.intp)


def holds_treatment(arms: Iterable[str], treatments: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which arm holds which treatment: array, shape (arms, treatments)."""
    wanted = list(treatments)
    return np.array([[t in arm.split("+") for t in wanted] for arm in arms], dtype=bool).reshape(-1, len(wanted))
