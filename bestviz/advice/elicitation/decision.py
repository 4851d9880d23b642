"""What deciding now would mean, and when enough has been asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bestviz.errors import PreferenceError

FloatArray = npt.NDArray[np.float64]

StopReason = Literal["agreement", "loss", "questions", "exhausted"]


@dataclass(frozen=True)
class StoppingRule:
    """Limits at which asking ends.

    Attributes
    ----------
    agreement : float
        Enough: this probability that knowing the weights exactly would leave the first arm as it is.
    loss : float
        Enough: an expected loss from not knowing the weights below this, in meaningful changes.
    fewest : int
        Questions to be answered before the loss may end the asking. Before, the expected loss says more about what was
        assumed beforehand than about this person.
    questions : int
        Most questions.
    """

    agreement: float = 0.9
    loss: float = 0.05
    fewest: int = 6
    questions: int = 12

    def reason(self, agreement: float, loss: float, answered: int, left: int) -> StopReason | None:
        """Why asking ends, None where it goes on.

        Parameters
        ----------
        agreement : float
            Probability of the same first arm under all weights that are possible.
        loss : float
            Expected loss of deciding now, in meaningful changes.
        answered, left : int
            Questions answered, and questions that can still be asked.
        """
        if agreement >= self.agreement:
            return "agreement"
        if loss < self.loss and answered >= self.fewest:
            return "loss"
        if answered >= self.questions:
            return "questions"
        return None if left else "exhausted"


@dataclass(frozen=True)
class Decision:
    """What deciding now would mean.

    Attributes
    ----------
    best : int
        Position of the arm with the highest utility at the posterior mean of the weights.
    allowed : int array
        Positions of the arms that may be chosen.
    agreement : float
        Probability that it is the best under the true weights.
    loss : float
        What it is expected to lose against knowing them, in meaningful changes.
    """

    best: int
    allowed: npt.NDArray[np.intp]
    agreement: float
    loss: float

    @classmethod
    def of(cls, chances: FloatArray, values: FloatArray, at_mean: FloatArray) -> Decision:
        """Decide from utilities (N, arms) of particles with their chances (N,), and utilities (arms,) at their mean."""
        allowed = np.flatnonzero(np.isfinite(values).all(axis=0) & np.isfinite(at_mean))
        if not len(allowed):
            raise PreferenceError("No first treatment may be chosen for this person, so there is nothing to ask about.")
        open_values, place = values[:, allowed], int(at_mean[allowed].argmax())
        agreement = float(chances @ (open_values.argmax(axis=1) == place))
        loss = float(chances @ (open_values.max(axis=1) - open_values[:, place]))
        return cls(int(allowed[place]), allowed, min(agreement, 1.0), loss)
