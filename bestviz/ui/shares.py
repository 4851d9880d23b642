"""Importance as whole shares of 100: how exact weights are shown, and how the others follow when one share is moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bestviz.trial import PREFERENCE_MEASURES

WHOLE = 100


@dataclass(frozen=True)
class Shares:
    """Shares of 100, exact and as whole numbers.

    Moves act on the exact shares, so that moving one forth and back leaves the others where they were.

    Attributes
    ----------
    exact : mapping of str to float
        Outcome -> share, unrounded; they sum to 100. Outcomes left out have none.
    before : mapping of str to float
        Shares before the latest move, to come back to when one outcome had everything.
    """

    exact: Mapping[str, float]
    before: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Shares:
        """Shares of weights, of which at least one is above 0."""
        total = sum(weights.values())
        return cls({outcome: WHOLE * weight / total for outcome, weight in weights.items()})

    @property
    def whole(self) -> dict[str, int]:
        """Whole shares that sum to 100, by largest remainder; the earlier outcome first where remainders are equal."""
        down = {outcome: int(share + 1e-9) for outcome, share in self.exact.items()}
        by_remainder = sorted(down, key=lambda outcome: round(down[outcome] - self.exact[outcome], 9))
        up = by_remainder[: WHOLE - sum(down.values())]
        return {outcome: share + (outcome in up) for outcome, share in down.items()}

    def moved(self, outcome: str, to: int, offered: Sequence[str], held: Collection[str] = ()) -> Shares:
        """One share moved; the others share the rest in proportion.

        Others that all have nothing take what is left as they last shared it, else alike.

        Parameters
        ----------
        outcome : str
            The one that is moved.
        to : int
            Where to, 0 to 100; no further than what is held leaves.
        offered : sequence of str
            Outcomes that can have a share; all others lose theirs.
        held : collection of str
            Outcomes whose whole shares stay.
        """
        whole = self.whole
        fixed = {code: float(whole.get(code, 0)) for code in offered if code in held and code != outcome}
        free = [code for code in offered if code != outcome and code not in fixed]
        room = WHOLE - sum(fixed.values())
        to_now = min(float(to), room) if free else room
        like = self._like(free)
        rest = (room - to_now) / (sum(like.values()) or 1)
        exact = fixed | {code: rest * like[code] for code in free} | {outcome: to_now}
        shared = any(self.exact.get(code) for code in free)
        return Shares({code: exact[code] for code in offered}, self.exact if shared else self.before)

    def _like(self, free: Sequence[str]) -> dict[str, float]:
        """In what proportion these share what is left."""
        for known in (self.exact, self.before):
            found = {code: known.get(code, 0.0) for code in free}
            if any(found.values()):
                return found
        usual = [code for code in free if code in PREFERENCE_MEASURES] or free
        return {code: float(code in usual) for code in free}
