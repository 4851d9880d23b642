"""Results on whether a change lasts: amounts with intervals at weeks 24 and 36, what became of them in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bestviz.advice.recommendation import Interval

REFERENCE = "ESC"
REGIME = "regime"
NOTES = (
    "Expectations of the model for participants who may start with any of these treatments, with the second period as "
    "recommended.",
    "Changes since week 0 include the natural course; what fades or grows may be that as much as the treatments.",
    "What the model expects of its own regime is flattered; its value is that of the evaluation.",
)


@dataclass(frozen=True)
class Amount:
    """An expected amount in the measure's unit and sign, with its 95 % interval."""

    estimate: float
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        """`estimate` and `interval`."""
        return {"estimate": self.estimate, "interval": list(self.interval)}


@dataclass(frozen=True)
class Kept:
    """Share of the gain at week 24 that is there at week 36.

    Attributes
    ----------
    share : float or None
        1: all of it; more: it grew; below 0: worse than without.
    interval : (float, float) or None
        95 % (Fieller 1954).
    reason : str or None
        Why there is no share.
    """

    share: float | None
    interval: Interval | None
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        return asdict(self) | {"interval": None if self.interval is None else list(self.interval)}


@dataclass(frozen=True)
class Course:
    """A gain at weeks 24 and 36.

    Attributes
    ----------
    week_24, week_36 : Amount
    fading : Amount
        Week 36 less week 24; of a measure for which lower is better, above 0 is a loss.
    kept : Kept
    """

    week_24: Amount
    week_36: Amount
    fading: Amount
    kept: Kept

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        return {name: value.to_dict() for name, value in self.__dict__.items()}


@dataclass(frozen=True)
class LastingRow:
    """One first treatment, or the learned regime.

    Attributes
    ----------
    arm : str
        First arm, or `regime`.
    change : Course
        Since week 0.
    against_esc : Course or None
        Difference from starting with enhanced self-care; None for itself, and where the model does not have it.
    """

    arm: str
    change: Course
    against_esc: Course | None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        other = None if self.against_esc is None else self.against_esc.to_dict()
        return {"arm": self.arm, "change": self.change.to_dict(), "against_esc": other}


@dataclass(frozen=True)
class OtherHorizon:
    """How often another first treatment is recommended when the weighted outcome is looked at at another time.

    Attributes
    ----------
    horizons : (horizon, horizon)
    differs : float
        Share of the participants.
    """

    horizons: tuple[int | str, int | str]
    differs: float


@dataclass(frozen=True)
class Lasting:
    """Week 36 against week 24.

    Attributes
    ----------
    measure, unit : str
    preferences : mapping of outcome to weight
        Of the regime.
    horizon : {24, 36, "mean"}
        When the regime looks at the weighted outcome.
    people : int
        Over whom is averaged.
    rows : tuple of LastingRow
        First arms in the fixed order, then the regime.
    horizons : tuple of OtherHorizon
        Over all participants.
    left_out : tuple of str
        Arms that nothing is said about, and why.
    """

    measure: str
    unit: str
    preferences: Mapping[str, float]
    horizon: int | str
    people: int
    rows: tuple[LastingRow, ...]
    horizons: tuple[OtherHorizon, ...]
    left_out: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, a sentence each."""
        return NOTES

    def row(self, arm: str) -> LastingRow:
        """The row of one first arm, or of the `regime`.

        Raises
        ------
        KeyError
            There is none.
        """
        for each in self.rows:
            if each.arm == arm:
                return each
        raise KeyError(f"There is no row for {arm!r}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        return self.__dict__ | {
            "preferences": dict(self.preferences),
            "rows": [row.to_dict() for row in self.rows],
            "horizons": [{"horizons": list(each.horizons), "differs": each.differs} for each in self.horizons],
            "left_out": list(self.left_out),
            "notes": list(self.notes),
        }
