"""A person's weights learned from what is said: an immutable session of a ranking and either-or questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.elicitation.attributes import ATTRIBUTES
from bestviz.advice.elicitation.choosing import most_useful
from bestviz.advice.elicitation.contradictions import NOTE, Contradiction, contradictions
from bestviz.advice.elicitation.decision import Decision, StoppingRule, StopReason
from bestviz.advice.elicitation.likelihood import ChoiceModel
from bestviz.advice.elicitation.posterior import Posterior
from bestviz.advice.elicitation.questions import Question, all_questions
from bestviz.advice.elicitation.statements import Answer, Choice, Evidence, Ranking, Statement, gains_of
from bestviz.errors import PreferenceError

FloatArray = npt.NDArray[np.float64]
# Weights (N, K) -> expected utility of every first arm (N, arms), in meaningful changes; NaN or -inf: not allowed.
UtilitiesOf = Callable[[FloatArray], FloatArray]

RULE, CHOICE_MODEL = StoppingRule(), ChoiceModel()


@dataclass(frozen=True)
class Elicitation:
    """What is known about a person's weights, and what to ask next.

    A session never changes: `rank`, `answer` and `undo` give another one. The same outcomes, seed and answers give the
    same session, so `answers` is all that has to be kept. With `dataclasses.replace` the same answers go with other
    utilities: of the patient at another horizon, or with something excluded.

    Whatever contradicts itself is never refused: every answer may be a slip, and the more answers disagree, the less
    sharp the person's choices are taken to be and the wider the posterior stays.

    Attributes
    ----------
    outcomes : tuple of str
        Codes of the K outcomes that may matter, for example `FittedModel.outcome_codes`.
    utilities : callable
        Weights (N, K) -> expected utility of every first arm (N, arms), in meaningful changes. An arm that is NaN or
        infinite anywhere is never chosen.
    seed : int
        Of the particles.
    answers : tuple of Ranking or Answer
        What has been said, in order.
    rule : StoppingRule
        When enough has been asked.
    choice_model : ChoiceModel
        How people rank and choose.

    Raises
    ------
    PreferenceError
        Unknown or repeated outcomes, statements about other outcomes, or no arm that may be chosen (when asked for).
    """

    outcomes: tuple[str, ...]
    utilities: UtilitiesOf = field(repr=False, compare=False)
    seed: int = 0
    answers: tuple[Statement, ...] = ()
    rule: StoppingRule = RULE
    choice_model: ChoiceModel = CHOICE_MODEL
    _before: Elicitation | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the outcomes and what has been said about them."""
        object.__setattr__(self, "outcomes", tuple(self.outcomes))
        object.__setattr__(self, "answers", tuple(self.answers))
        _check_outcomes(self.outcomes)
        _check_answers(self.answers, self.outcomes)

    # -- what is said -------------------------------------------------------------------------------------------------

    def rank(self, groups: Iterable[Iterable[str]]) -> Elicitation:
        """With a ranking, in place of an earlier one.

        Parameters
        ----------
        groups : iterable of iterables of str
            Outcomes by the importance of one meaningful change, most important first; those of one group are about as
            important. Outcomes in no group come after all that are named, in no known order.

        Raises
        ------
        PreferenceError
            An unknown outcome, one named twice, an empty group, or nothing at all.
        """
        ranking = Ranking(tuple((group,) if isinstance(group, str) else tuple(group) for group in groups))
        return self._saying(ranking, [said for said in self.answers if not isinstance(said, Ranking)])

    def answer(self, question: Question, choice: Choice) -> Elicitation:
        """With the answer to a question, in place of an earlier answer to the same one.

        Parameters
        ----------
        question : Question
        choice : {"a", "b", "equal"}
            `equal`: about equal, or cannot say.

        Raises
        ------
        PreferenceError
            Another choice, or a question about other outcomes.
        """
        answer = Answer(question, choice)
        kept = [s for s in self.answers if not (isinstance(s, Answer) and s.question.key == question.key)]
        return self._saying(answer, kept)

    def undo(self) -> Elicitation:
        """Without the latest statement.

        Raises
        ------
        PreferenceError
            Nothing has been said yet.
        """
        if not self.answers:
            raise PreferenceError("There is nothing to undo: no ranking and no answer has been given yet.")
        return self._earlier

    @cached_property
    def _earlier(self) -> Elicitation:
        return self._before or replace(self, answers=self.answers[:-1])

    def _saying(self, statement: Statement, kept: Sequence[Statement]) -> Elicitation:
        before = self if len(kept) == len(self.answers) else replace(self, answers=tuple(kept))
        after = replace(before, answers=(*kept, statement))
        # Only to start from what is worked out already; the result is the same without.
        object.__setattr__(after, "_before", before)
        return after

    # -- what is known ------------------------------------------------------------------------------------------------

    @cached_property
    def posterior(self) -> Posterior:
        """Particles on the simplex of weights."""
        if not self.answers:
            return Posterior.prior(len(self.outcomes), len(self.choice_model.sharpness), self.seed)
        said, before = (
            partial(Evidence.of(statements, self.outcomes).log_likelihood, self.choice_model)
            for statements in (self.answers[-1:], self.answers[:-1])
        )
        return self._earlier.posterior.updated(said, before, (self.seed, len(self.answers)))

    @property
    def weights(self) -> dict[str, float]:
        """Posterior mean of the weights, outcome -> weight; they sum to 1."""
        return dict(zip(self.outcomes, self.posterior.mean.tolist(), strict=True))

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """90 % interval of every weight."""
        low, high = self.posterior.quantiles((0.05, 0.95)).tolist()
        return dict(zip(self.outcomes, zip(low, high, strict=True), strict=True))

    @cached_property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Statements that the others make improbable."""
        return contradictions(self.posterior, self.answers, self.outcomes, self.choice_model)

    @property
    def note(self) -> str:
        """One sentence where statements contradict each other; else empty."""
        return NOTE if self.contradictions else ""

    # -- the decision -------------------------------------------------------------------------------------------------

    @property
    def best(self) -> int:
        """Position of the first arm with the highest utility at the posterior mean of the weights: E[w] . E[Y]."""
        return self._decision.best

    @property
    def agreement(self) -> float:
        """Probability that knowing the weights exactly would leave the first arm as it is."""
        return self._decision.agreement

    @property
    def expected_loss(self) -> float:
        """Expected loss of deciding now from not knowing the weights, in meaningful changes."""
        return self._decision.loss

    @cached_property
    def _decision(self) -> Decision:
        mean = self._values_at(self.posterior.mean[None])
        return Decision.of(self.posterior.chances, self._values, mean[0])

    @cached_property
    def _values(self) -> FloatArray:
        """Utilities of every first arm for every particle, (N, arms); worked out once for the same particles."""
        if self.answers and self._earlier.posterior.weights is self.posterior.weights:
            return self._earlier._values
        return self._values_at(self.posterior.weights)

    def _values_at(self, weights: FloatArray) -> FloatArray:
        values = np.asarray(self.utilities(weights), dtype=float)
        if values.ndim != 2 or len(values) != len(weights):
            raise PreferenceError(
                f"Utilities must come as a table of {len(weights)} rows, one a set of weights, and one column an arm; "
                f"they came in the shape {values.shape}."
            )
        return values

    # -- what to ask --------------------------------------------------------------------------------------------------

    @property
    def answered(self) -> int:
        """Number of questions answered."""
        return sum(isinstance(statement, Answer) for statement in self.answers)

    @property
    def stop_reason(self) -> StopReason | None:
        """Why no more is asked: agreement, loss, questions (enough of them) or exhausted; None while more is."""
        return self.rule.reason(self.agreement, self.expected_loss, self.answered, len(self._open))

    @property
    def finished(self) -> bool:
        """Whether no more is asked."""
        return self.stop_reason is not None

    def next_question(self) -> Question | None:
        """The question whose answer is expected to do most for the decision; None when finished. Never one twice."""
        return None if self.finished else self._next

    @cached_property
    def _next(self) -> Question:
        decision, gains = self._decision, gains_of(self._open, self.outcomes)
        return self._open[most_useful(self.posterior, self._values[:, decision.allowed], gains, self.choice_model)]

    @cached_property
    def _open(self) -> tuple[Question, ...]:
        asked = {statement.question.key for statement in self.answers if isinstance(statement, Answer)}
        return tuple(question for question in all_questions(self.outcomes) if question.key not in asked)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the result and of everything that was said."""
        return {
            "weights": self.weights,
            "intervals": {code: list(ends) for code, ends in self.intervals.items()},
            "agreement": self.agreement,
            "expected_loss": self.expected_loss,
            "answered": self.answered,
            "finished": self.finished,
            "stop_reason": self.stop_reason,
            "answers": [statement.to_dict() for statement in self.answers],
            "contradictions": [contradiction.to_dict() for contradiction in self.contradictions],
            "note": self.note,
        }


def _check_outcomes(outcomes: tuple[str, ...]) -> None:
    faults = [f"{code!r} is no outcome that can be weighed." for code in outcomes if code not in ATTRIBUTES]
    faults += [f"{code} is named twice." for code in sorted({c for c in outcomes if outcomes.count(c) > 1})]
    if not outcomes:
        faults.append("There is no outcome to ask about: name at least one.")
    if faults:
        raise PreferenceError(faults)


def _check_answers(answers: tuple[Statement, ...], outcomes: tuple[str, ...]) -> None:
    foreign = {code: None for said in answers for code in said.outcomes if code not in outcomes}
    if foreign:
        raise PreferenceError(
            [f"{code!r} is ranked or asked about, but is not among the outcomes of this session." for code in foreign]
        )
