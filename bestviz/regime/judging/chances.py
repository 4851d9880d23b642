"""Everything about assignment and being seen that is estimated on some people and applied to others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.probabilities import Presence, Randomisation, given_or, inverse_seen
from bestviz.regime.judging.view import Encoded, View

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Chances:
    """Estimated probabilities of assignment and of being seen.

    Attributes
    ----------
    first, second : Randomisation
    came : Presence
        To the second assignment, given baseline and first arm.
    assigned : Presence
        A second arm, given who came.
    outcomes : tuple of Presence
        Each outcome, given baseline, state and both arms.
    early : tuple of Presence
        Each early outcome, given baseline and first arm.
    """

    first: Randomisation
    second: Randomisation
    came: Presence
    assigned: Presence
    outcomes: tuple[Presence, ...]
    early: tuple[Presence, ...]

    @classmethod
    def fit(cls, view: View, people: JudgedPeople, encoded: Encoded) -> Chances:
        """Estimate on people and their encoding."""
        came = people.seen & (encoded.first >= 0)
        again = came & (people.second >= 0)
        state, second = view.before_state(encoded), view.before_second(encoded)
        with_arm = view.before_outcome(encoded, people.second)
        observed, early = _observed(view, people)
        return cls(
            Randomisation.fit(people.data.allowed_first, people.first, encoded.baseline),
            Randomisation.fit(people.allowed_second, np.where(again, people.second, -1), second),
            Presence.fit(came, state),
            Presence.fit(again[came], second[came]),
            _presences(observed[again], with_arm[again]),
            _presences(early, state),
        )

    def first_table(self, people: JudgedPeople, encoded: Encoded) -> FloatArray:
        """Probabilities of the first arms; shape (n, arms)."""
        table = self.first.table(people.data.allowed_first, encoded.baseline)
        return given_or(table, people.first, people.first_probability)

    def second_table(self, view: View, people: JudgedPeople, encoded: Encoded) -> FloatArray:
        """Probabilities of the second arms; shape (n, arms)."""
        table = self.second.table(people.allowed_second, view.before_second(encoded))
        return given_or(table, people.second, people.second_probability)

    def seen_first(self, view: View, people: JudgedPeople, encoded: Encoded) -> FloatArray:
        """1 / probability of coming to the second assignment, 0 for who did not; shape (n,)."""
        came = people.seen & (encoded.first >= 0)
        return inverse_seen(came, view.before_state(encoded), self.came)

    def seen_second(self, view: View, people: JudgedPeople, encoded: Encoded) -> FloatArray:
        """1 / probability that each outcome is seen in who came, 0 where it was not; shape (n, K)."""
        again = people.second >= 0
        features = view.before_outcome(encoded, people.second)
        assigned = inverse_seen(again, view.before_second(encoded), self.assigned)
        observed = _observed(view, people)[0] & again[:, None]
        return assigned[:, None] * _inverse(observed, features, self.outcomes)

    def seen_early(self, view: View, people: JudgedPeople, encoded: Encoded) -> FloatArray:
        """1 / probability that each early outcome is seen, 0 where it was not; shape (n, E)."""
        return _inverse(_observed(view, people)[1], view.before_state(encoded), self.early)


def _observed(view: View, people: JudgedPeople) -> tuple[BoolArray, BoolArray]:
    """Whether each outcome and each early outcome was seen."""
    data = people.data
    return data.outcomes[list(view.outcomes)].notna().to_numpy(), data.early[list(view.early)].notna().to_numpy()


def _presences(observed: BoolArray, features: FloatArray) -> tuple[Presence, ...]:
    """One fit a column; columns that were seen in the same people share it."""
    fits: dict[bytes, Presence] = {}
    for column in observed.T:
        if column.tobytes() not in fits:
            fits[column.tobytes()] = Presence.fit(column, features)
    return tuple(fits[column.tobytes()] for column in observed.T)


def _inverse(observed: BoolArray, features: FloatArray, fits: tuple[Presence, ...]) -> FloatArray:
    columns = [inverse_seen(seen, features, fit) for seen, fit in zip(observed.T, fits, strict=True)]
    return np.column_stack(columns) if columns else np.zeros((len(features), 0))
