"""What people get who may not have the option that a leaf names.

Everybody's fallback depends on the named option and on the person's own allowed set only. A leaf's payoff is therefore
a sum over its people, and the search over all trees stays exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bestviz.errors import RegimeError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

TIED_DIGITS = 9


@dataclass(frozen=True)
class Fallback:
    """The order in which options are tried.

    Attributes
    ----------
    options : tuple of str
        Options in the order of the columns of scores and allowed sets.
    ranking : tuple of str
        All options, best first.
    alternatives : mapping of str to str
        For some options, what is tried before the ranking.
    """

    options: tuple[str, ...]
    ranking: tuple[str, ...]
    alternatives: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if sorted(self.ranking) != sorted(self.options):
            raise RegimeError(
                f"The ranking {', '.join(self.ranking)} must name each of {', '.join(self.options)} once."
            )
        strange = sorted({*self.alternatives, *self.alternatives.values()} - set(self.options))
        if strange:
            raise RegimeError(f"alternatives: {', '.join(strange)} is no option; known are {', '.join(self.options)}.")

    def tried(self, option: str) -> tuple[str, ...]:
        """All options in the order in which they are tried where a leaf names `option`."""
        alternative = self.alternatives.get(option, option)
        return tuple(dict.fromkeys((option, alternative, *self.ranking)))

    def granted(self, allowed: BoolArray) -> IntArray:
        """Position of the option that each person gets for each option that a leaf may name.

        Parameters
        ----------
        allowed : bool array, shape (n, options)
            At least one a person.

        Returns
        -------
        int array, shape (n, options)
        """
        position = {option: at for at, option in enumerate(self.options)}
        orders = [np.array([position[o] for o in self.tried(option)], dtype=np.intp) for option in self.options]
        return np.column_stack([order[allowed[:, order].argmax(axis=1)] for order in orders])

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"ranking": list(self.ranking), "alternatives": dict(self.alternatives)}


def rank_options(scores: FloatArray, allowed: BoolArray) -> IntArray:
    """Positions of the options, best first, by their mean scores compared within people.

    Different people may have different options, and who may have more may do better anyway. The means are therefore
    adjusted for the person (least squares on person and option over the allowed scores); where everybody may have
    everything they are plain means. Options that nobody has a choice about come last; ties keep their order.

    Parameters
    ----------
    scores : array, shape (n, options)
        Finite where allowed.
    allowed : bool array, shape (n, options)
        At least one a person.
    """
    may = allowed.astype(float)
    choices = may.sum(axis=1, keepdims=True)
    known = np.where(allowed, scores, 0.0)
    within = np.where(allowed, known - known.sum(axis=1, keepdims=True) / choices, 0.0).sum(axis=0)
    compared = np.diag(may.sum(axis=0)) - may.T @ (may / choices)
    effects = np.linalg.pinv(compared, hermitian=True) @ within
    unit = np.abs(effects).max(initial=0.0) or 1.0
    alone = ~allowed[choices[:, 0] > 1].any(axis=0)
    rounded = np.where(alone, -np.inf, np.round(effects / unit, TIED_DIGITS))
    return np.argsort(-rounded, kind="stable").astype(np.intp)
