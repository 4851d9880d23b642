"""Statements that the other statements make improbable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.elicitation.attributes import ATTRIBUTES
from bestviz.advice.elicitation.likelihood import ChoiceModel
from bestviz.advice.elicitation.posterior import Posterior
from bestviz.advice.elicitation.statements import Answer, Evidence, Ranking, Statement, worth

FloatArray = npt.NDArray[np.float64]

# A statement less probable than this contradicts the others.
IMPROBABLE = 0.1
NOTE = "Some of these answers contradict each other. The weights are a compromise between them and less certain for it."


@dataclass(frozen=True)
class Contradiction:
    """A statement that does not go with the others.

    Attributes
    ----------
    statement : Ranking or Answer
    probability : float
        Of this answer given all other statements; of a ranking, that the pair is as ranked given all statements.
    text : str
        What contradicts what, in a sentence.
    """

    statement: Statement
    probability: float
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"statement": self.statement.to_dict(), "probability": self.probability, "text": self.text}


def contradictions(
    posterior: Posterior, statements: Sequence[Statement], outcomes: Sequence[str], model: ChoiceModel
) -> tuple[Contradiction, ...]:
    """Statements that are improbable given the rest, in the order in which they were made."""
    found: list[Contradiction] = []
    for statement in statements:
        if isinstance(statement, Ranking):
            found += _reversed_pairs(statement, posterior, outcomes)
        else:
            found += _unexpected(statement, posterior, outcomes, model)
    return tuple(found)


def _unexpected(
    answer: Answer, posterior: Posterior, outcomes: Sequence[str], model: ChoiceModel
) -> Iterator[Contradiction]:
    """An answer that the others would not have led one to expect: each particle is rid of what the answer did to it."""
    evidence = Evidence.of([answer], outcomes)
    without = posterior.mass / np.exp(evidence.log_likelihood(model, posterior.weights))
    without /= without.sum()
    values = worth(posterior.weights, evidence.gains)
    a = equal = 0.0
    for place, sharpness in enumerate(model.sharpness):
        chance_a, chance_equal = (chance[:, 0] for chance in model.answers(values, sharpness))
        a += float(without[:, place] @ chance_a)
        equal += float(without[:, place] @ chance_equal)
    chances = {"a": a, "equal": equal, "b": 1 - a - equal}
    if chances[answer.choice] < IMPROBABLE:
        expected = max(chances, key=lambda choice: chances[choice])
        yield Contradiction(answer, chances[answer.choice], _sentence(answer, expected))


def _sentence(answer: Answer, expected: str) -> str:
    sides = dict(zip("ab", (ATTRIBUTES[code].label for code in answer.outcomes), strict=True))
    said = f"you chose {sides[answer.choice]}" if answer.choice in sides else "you called them about equal"
    rest = f"speak for {sides[expected]}" if expected in sides else "say that they are about equal"
    question = f"{answer.question.a.words} and {answer.question.b.words}"
    return f"Between {question} {said}, but your other answers {rest}."


def _reversed_pairs(ranking: Ranking, posterior: Posterior, outcomes: Sequence[str]) -> Iterator[Contradiction]:
    """Pairs that come out in the other order than they were ranked."""
    named = {code for group in ranking.groups for code in group}
    rest = tuple(code for code in outcomes if code not in named)
    for upper, lower in combinations((*ranking.groups, rest), 2):
        for high in upper:
            for low in lower:
                over = posterior.weights[:, outcomes.index(high)] > posterior.weights[:, outcomes.index(low)]
                chance = float(posterior.chances @ over)
                if chance < IMPROBABLE:
                    first, second = ATTRIBUTES[high].label, ATTRIBUTES[low].label
                    text = f"You ranked {first} above {second}, but your answers say that {second} matters more."
                    yield Contradiction(ranking, chance, text)
