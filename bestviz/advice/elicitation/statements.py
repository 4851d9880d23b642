"""What a person has said: rankings and answers, and both as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bestviz.advice.elicitation.likelihood import ChoiceModel
from bestviz.advice.elicitation.questions import Question
from bestviz.errors import PreferenceError

FloatArray = npt.NDArray[np.float64]

Choice = Literal["a", "b", "equal"]
_SIGNS: dict[str, int] = {"a": 1, "b": -1, "equal": 0}


@dataclass(frozen=True)
class Ranking:
    """Outcomes ordered by the importance of one meaningful change.

    Attributes
    ----------
    groups : tuple of tuples of str
        Most important first; outcomes of one group are about as important. Outcomes in no group are less important
        than those named, in no known order.
    """

    groups: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse an outcome named twice and places without one."""
        repeated = sorted({code for code in self.outcomes if self.outcomes.count(code) > 1})
        faults = [f"Ranking: {code} is named twice; keep one place for it." for code in repeated]
        if not self.groups or not all(self.groups):
            faults.append("Ranking: a place without an outcome; name at least one outcome at every place.")
        if faults:
            raise PreferenceError(faults)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that are named."""
        return tuple(code for group in self.groups for code in group)

    def to_dict(self) -> dict[str, Any]:
        return {"ranking": [list(group) for group in self.groups]}


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    Attributes
    ----------
    question : Question
    choice : {"a", "b", "equal"}
        `equal` also stands for "cannot say".
    """

    question: Question
    choice: Choice

    def __post_init__(self) -> None:
        """Refuse any other choice."""
        if self.choice not in _SIGNS:
            raise PreferenceError(f"Answer: {self.choice!r} is none of {', '.join(_SIGNS)}.")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that were traded."""
        return self.question.a.outcome, self.question.b.outcome

    def to_dict(self) -> dict[str, Any]:
        return {"question": self.question.to_dict(), "choice": self.choice}


Statement = Ranking | Answer


@dataclass(frozen=True)
class Evidence:
    """Statements as numbers.

    Attributes
    ----------
    gains : array, shape (Q, K)
        What A offers more than B, in meaningful changes.
    chosen : int array, shape (Q,)
        1 for A, -1 for B, 0 for about equal.
    rankings : tuple
        Of each ranking, its groups of positions.
    """

    gains: FloatArray
    chosen: npt.NDArray[np.intp]
    rankings: tuple[tuple[tuple[int, ...], ...], ...]

    @classmethod
    def of(cls, statements: Iterable[Statement], outcomes: Sequence[str]) -> Evidence:
        """Numbers of statements about outcomes."""
        said = tuple(statements)
        answers = [item for item in said if isinstance(item, Answer)]
        rankings = [item for item in said if isinstance(item, Ranking)]
        return cls(
            gains_of([answer.question for answer in answers], outcomes),
            np.array([_SIGNS[answer.choice] for answer in answers], dtype=np.intp),
            tuple(tuple(tuple(outcomes.index(code) for code in group) for group in r.groups) for r in rankings),
        )

    def log_likelihood(self, model: ChoiceModel, weights: FloatArray) -> FloatArray:
        """Log-likelihood (N, G) of weights (N, K) at every sharpness."""
        logs = self.log_answers(model, weights).sum(axis=1)
        for groups in self.rankings:
            logs += model.log_ranking(weights, groups)
        return logs

    def log_answers(self, model: ChoiceModel, weights: FloatArray) -> FloatArray:
        """Log-likelihood of every answer by itself, shape (N, Q, G)."""
        return model.log_answers(worth(weights, self.gains), self.chosen)


def gains_of(questions: Sequence[Question], outcomes: Sequence[str]) -> FloatArray:
    """What A offers more than B, in meaningful changes: array (Q, K)."""
    gains = np.zeros((len(questions), len(outcomes)))
    for row, question in enumerate(questions):
        gains[row, outcomes.index(question.a.outcome)] = question.a.steps
        gains[row, outcomes.index(question.b.outcome)] = -question.b.steps
    return gains


def worth(weights: FloatArray, gains: FloatArray) -> FloatArray:
    """Weighted gains (N, Q), an outcome of average weight 1 / K counting 1."""
    return weights.shape[1] * weights @ gains.T
