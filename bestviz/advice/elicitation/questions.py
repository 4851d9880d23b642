"""Either-or questions: one improvement against another, and all that may be asked about some outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from bestviz import wording
from bestviz.advice.elicitation.attributes import AS_NOW, ATTRIBUTES, OVERLAPPING, improvement, step_words
from bestviz.errors import PreferenceError
from bestviz.trial import MEASURES, Measure

# Larger improvements are asked about only where a ratio of importance needs them.
EASY_TO_IMAGINE = 2
LARGEST = 10


@dataclass(frozen=True)
class Gain:
    """An improvement of one outcome.

    Attributes
    ----------
    outcome : str
        Outcome code.
    steps : float
        Meaningful changes, above 0 and at most 10.
    """

    outcome: str
    steps: float

    def __post_init__(self) -> None:
        """Refuse what is no improvement."""
        if self.outcome not in ATTRIBUTES:
            raise PreferenceError(f"Question: {self.outcome!r} is no outcome that can be asked about.")
        if not 0 < self.steps <= LARGEST:
            raise PreferenceError(
                f"Question: {self.outcome} by {self.steps} steps; the steps must be above 0 and at most {LARGEST}."
            )

    @property
    def words(self) -> str:
        """Without the unit, for example `pain two steps better`."""
        return f"{ATTRIBUTES[self.outcome].label} {step_words(self.steps)} better"


@dataclass(frozen=True)
class Row:
    """One line of a question laid out as a table.

    Attributes
    ----------
    outcome : str
        Outcome code.
    label, meaning : str
        The outcome in patients' words.
    a, b : str
        What A and B offer in it.
    """

    outcome: str
    label: str
    meaning: str
    a: str
    b: str


@dataclass(frozen=True)
class Question:
    """A or B? Each is better in one outcome; everything else is as now.

    Attributes
    ----------
    a, b : Gain
        Of different outcomes.
    """

    a: Gain
    b: Gain

    def __post_init__(self) -> None:
        """Refuse a trade of an outcome against itself."""
        if self.a.outcome == self.b.outcome:
            raise PreferenceError(f"Question: both sides improve {self.a.outcome}; they must improve different ones.")

    @property
    def key(self) -> tuple[frozenset[str], frozenset[tuple[str, Fraction]]]:
        """The same for questions that ask about the same ratio of importance: mirrored or in other sizes."""
        ratio = Fraction(self.a.steps) / Fraction(self.b.steps)
        return frozenset({self.a.outcome, self.b.outcome}), frozenset(
            {(self.a.outcome, ratio), (self.b.outcome, 1 / ratio)}
        )

    def rows(self, measures: Mapping[str, Measure] = MEASURES) -> tuple[Row, Row]:
        """The question as a table of two lines, with sizes in the measures' own units."""
        a, b = self.a, self.b
        return (
            _row(a.outcome, improvement(a.outcome, a.steps, measures), AS_NOW),
            _row(b.outcome, AS_NOW, improvement(b.outcome, b.steps, measures)),
        )

    def text(self, measures: Mapping[str, Measure] = MEASURES) -> str:
        """The question in two sentences, with sizes in the measures' own units."""
        first, second = self.rows(measures)
        sides = (
            f"A: {first.label}: {first.a}; {second.label}: {second.a}.",
            f"B: {first.label}: {first.b}; {second.label}: {second.b}.",
        )
        return " ".join(sides)

    def to_dict(self, measures: Mapping[str, Measure] = MEASURES) -> dict[str, Any]:
        """JSON form: outcome and steps of either side, and the text."""
        return {
            "a": {self.a.outcome: self.a.steps},
            "b": {self.b.outcome: self.b.steps},
            "text": self.text(measures),
        }


@lru_cache(maxsize=32)
def all_questions(outcomes: tuple[str, ...]) -> tuple[Question, ...]:
    """Every question that may be asked about some outcomes: each pair at each ratio of steps, once."""
    pairs = [pair for pair in combinations(outcomes, 2) if frozenset(pair) not in OVERLAPPING]
    return tuple(question for pair in pairs for question in _trades(*pair))


def _trades(first: str, second: str) -> Sequence[Question]:
    best: dict[Fraction, tuple[float, float]] = {}
    for sizes in product(ATTRIBUTES[first].steps, ATTRIBUTES[second].steps):
        ratio = Fraction(sizes[0]) / Fraction(sizes[1])
        best[ratio] = max(best.get(ratio, sizes), sizes, key=_preference)
    return [Question(Gain(first, a), Gain(second, b)) for a, b in best.values()]


def _preference(sizes: tuple[float, float]) -> tuple[bool, float]:
    """Large differences are told apart best, as long as they are easy to imagine."""
    return max(sizes) <= EASY_TO_IMAGINE, sum(sizes)


def _row(outcome: str, a: str, b: str) -> Row:
    attribute = ATTRIBUTES[outcome]
    return Row(outcome, wording.sentence(attribute.label), attribute.meaning, a, b)
