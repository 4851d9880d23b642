"""The answer for variants of one patient, as the advice would give it, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.inputs import INTERIM_PREFIX
from bestviz.advice.why.changes import Side
from bestviz.advice.why.decision import Decision, allowed_of, refusals_at_week_12
from bestviz.advice.why.redraw import Redraw
from bestviz.advice.why.worth import Worth
from bestviz.regime.encoding import CategoricalColumn
from bestviz.trial import RESPONSE_CLASSES
from bestviz.trial.sequences import ResponseClass

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# What the response rule looks at, in its order.
RULE_INPUTS = ("peg", f"{INTERIM_PREFIX}peg", f"{INTERIM_PREFIX}pgic")
NOTHING = -1


@dataclass(frozen=True)
class WhatIf:
    """Variants of one patient under fixed preferences.

    Attributes
    ----------
    decision : Decision
    redraw : Redraw
    worth : Worth
    """

    decision: Decision
    redraw: Redraw
    worth: Worth

    @classmethod
    def of(cls, decision: Decision, coefficients: FloatArray) -> WhatIf:
        """For a weighted outcome with these coefficients (q,) in the full fit."""
        return cls(decision, Redraw.of(decision), Worth(decision.situation, coefficients))

    @cached_property
    def present(self) -> int:
        """Position of the arm that is ahead for the patient as they are; -1 where nothing is possible."""
        return int(self._ahead(self.redraw.present, self.decision.allowed[None])[0])

    def answers(self, sides: Sequence[Side], at: Sequence[int]) -> tuple[IntArray, list[ResponseClass | None]]:
        """Position of the arm that is ahead in each variant, and its response class.

        Parameters
        ----------
        sides : sequence of Side
            The one input that each variant changes.
        at : sequence of int
            To which of its values.

        Returns
        -------
        ahead : int array, shape (variants,)
            -1 where nothing is possible, or what is possible cannot be told.
        responses : list of str or None
            None at week 0, and where the class cannot be told.
        """
        if not len(sides):
            return np.empty(0, dtype=np.intp), []
        variants = [block.repeat(len(sides), axis=0) for block in self.redraw.present]
        for row, (side, place) in enumerate(zip(sides, at, strict=True)):
            variants[side.block][row, side.columns] = side.encoded[place]
        state = self.decision.state
        if state is None:
            return self._ahead(variants, np.tile(self.decision.allowed, (len(sides), 1))), [None] * len(sides)
        responses = self._responses(sides, at, state.response)
        self._encode_responses(variants[1], responses)
        allowed = np.array([self._possible[response] for response in responses])
        ahead = np.full(len(sides), NOTHING, dtype=np.intp)
        # A class that nobody in the data had would have to be drawn: nothing is possible in it anyway.
        rows = np.flatnonzero(allowed.any(axis=1))
        if len(rows):
            ahead[rows] = self._ahead([block[rows] for block in variants], allowed[rows])
        return ahead, responses

    def _ahead(self, variants: list[FloatArray], allowed: BoolArray) -> IntArray:
        values = np.where(allowed, self.worth(self.redraw.draws(variants)), -np.inf)
        return np.where(allowed.any(axis=1), values.argmax(axis=1), NOTHING)

    def _responses(self, sides: Sequence[Side], at: Sequence[int], now: ResponseClass) -> list[ResponseClass | None]:
        """Classes of the variants: by the rule, unless somebody gave the class."""
        patient, values = self.decision.patient, self.decision.situation.values
        found: list[ResponseClass | None] = [now] * len(sides)
        rows = [row for row, side in enumerate(sides) if side.name in RULE_INPUTS]
        if patient.response is not None or not rows:
            return found
        known = [values.get(name) for name in RULE_INPUTS]
        table = pd.DataFrame([known] * len(rows), columns=list(RULE_INPUTS), dtype=float)
        for place, row in enumerate(rows):
            table.loc[place, sides[row].name] = float(sides[row].values[at[row]])
        classes = self.decision.model.rule.classify(*(table[name] for name in RULE_INPUTS))
        for row, one in zip(rows, classes, strict=True):
            found[row] = next((response for response in RESPONSE_CLASSES if response == one), None)
        return found

    def _encode_responses(self, interim: FloatArray, responses: Sequence[ResponseClass | None]) -> None:
        encoder = self.decision.situation.encoders[1]
        for place, column in enumerate(encoder.columns):
            if column.name != "response" or not isinstance(column, CategoricalColumn):
                continue
            columns = np.flatnonzero(encoder.source == place)
            for row, response in enumerate(responses):
                if response in column.levels:
                    level = np.arange(len(column.levels)) == column.levels.index(response)
                    interim[row, columns] = level - np.asarray(column.frequencies)

    @cached_property
    def _possible(self) -> dict[ResponseClass | None, BoolArray]:
        """Which arms are possible in each response class, where it can be told."""
        model, patient, arms = self.decision.model, self.decision.patient, self.decision.arms
        first = str(patient.first_arm)
        by_class = {one: refusals_at_week_12(model, patient, first, one) for one in RESPONSE_CLASSES}
        known: dict[ResponseClass | None, BoolArray] = {
            one: allowed_of(refusals, arms) for one, refusals in by_class.items()
        }
        return known | {None: np.zeros(len(arms), dtype=bool)}
