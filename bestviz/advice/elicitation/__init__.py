"""A person's preference weights from a ranking of outcomes and a few either-or questions."""

from bestviz.advice.elicitation.attributes import ATTRIBUTES, Attribute
from bestviz.advice.elicitation.contradictions import Contradiction
from bestviz.advice.elicitation.decision import StoppingRule
from bestviz.advice.elicitation.likelihood import ChoiceModel
from bestviz.advice.elicitation.questions import Gain, Question, Row
from bestviz.advice.elicitation.session import Elicitation
from bestviz.advice.elicitation.statements import Answer, Ranking

__all__ = [
    "ATTRIBUTES",
    "Answer",
    "Attribute",
    "ChoiceModel",
    "Contradiction",
    "Elicitation",
    "Gain",
    "Question",
    "Ranking",
    "Row",
    "StoppingRule",
]
