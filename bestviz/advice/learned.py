"""What a model learned, and what follows from it for every patient: worked out once, then remembered."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import MEASURED, PERSON_QUANTILES, Calibration, weighted_quantiles
from bestviz.regime.engine import Engine, FirstRule
from bestviz.regime.residuals import early_residuals, first_residuals, second_residuals
from bestviz.trial import BASELINE_MEASURES, COLUMNS, RESPONSE_CLASSES, SINGLE_ARMS, Measure, ResponseRule

if TYPE_CHECKING:
    from bestviz.advice.model import ModelInfo
    from bestviz.advice.why.situation import Participants

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

RULES_REMEMBERED = 16
SMALL_DATA = 100
UNUSUAL_PERCENTILE = 99
_MEMORY = threading.Lock()  # sessions of several people share one model


def smallest_support(participants: int) -> int:
    """Fewest participants with an arm at a point with which anything is said about it, by size of the data."""
    return 5 if participants < SMALL_DATA else 10


@dataclass(frozen=True)
class Solved:
    """First stage solved for one set of weights and exclusions.

    Attributes
    ----------
    rule : FirstRule
    coefficients : array, shape (q, K + E)
        Full fit, all outcomes.
    residual_quantiles : array, shape (2, K)
        10 % and 90 % quantiles of how far people end from their expected outcome under the rule.
    residual_variance : float
        Of the weighted outcome.
    composite : array, shape (R + 1, q2)
        Second-stage coefficients of the weighted outcome.
    """

    rule: FirstRule
    coefficients: FloatArray
    residual_quantiles: FloatArray
    residual_variance: float
    composite: FloatArray


@dataclass
class Learned:
    """A fitted regime with all that describes it.

    Attributes
    ----------
    info : ModelInfo
    engine : Engine
    inputs : tuple of str
        Baseline inputs, in the order of the training table.
    markers : tuple of str
        Deep phenotyping markers used.
    interim_columns : tuple of str
    measures : mapping of str to Measure
        With the meaningful changes used.
    rule : ResponseRule
        For patients without a given response class.
    history : DataFrame
        First arm, response class, second arm and contraindications of the participants, without identifiers.
    calibration : Calibration
    name : str
        Folder name once saved.
    markers_left_out : tuple of str
        Markers that too few participants had.
    """

    info: ModelInfo
    engine: Engine
    inputs: tuple[str, ...]
    markers: tuple[str, ...]
    interim_columns: tuple[str, ...]
    measures: Mapping[str, Measure]
    rule: ResponseRule
    history: pd.DataFrame
    calibration: Calibration = MEASURED
    name: str = "unsaved"
    markers_left_out: tuple[str, ...] = ()

    # -- description --------------------------------------------------------------------------------------------------

    @property
    def weighable_columns(self) -> tuple[str, ...]:
        """Outcome columns that may carry weight."""
        return self.engine.outcome_names[: self.engine.weighable]

    @property
    def outcome_codes(self) -> tuple[str, ...]:
        """Outcomes that preferences may weigh, in the fixed order."""
        return tuple(code for code in self.measures if any(c.startswith(f"{code}_") for c in self.weighable_columns))

    @property
    def extra_inputs(self) -> tuple[str, ...]:
        """Inputs of this model beyond the data dictionary."""
        return tuple(name for name in self.inputs if name not in COLUMNS and name not in BASELINE_MEASURES)

    @property
    def is_small(self) -> bool:
        """Whether the data are too small for the usual limits."""
        return self.info.participants < SMALL_DATA

    @property
    def smallest_support(self) -> int:
        """Fewest participants with which anything is said about an arm."""
        return smallest_support(self.info.participants)

    @cached_property
    def digest(self) -> str:
        """Identity of the model: same data, settings and version, same digest."""
        facts = {
            "version": self.info.version,
            "data": self.info.data_digest,
            "replicates": self.info.replicates,
            "seed": self.info.seed,
            "learner": self.info.learner,
            "inputs": [*self.inputs, *self.markers],
            "meaningful": {code: m.meaningful_change for code, m in self.measures.items()},
            "calibration": [self.calibration.means, self.calibration.differences, self.calibration.chances],
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    # -- what follows from it -----------------------------------------------------------------------------------------

    def solve(self, weights: FloatArray, excluded: frozenset[str]) -> Solved:
        """First stage under weights of the outcome columns (K,) and exclusions; the latest few are remembered."""
        key = (weights.tobytes(), excluded)
        with _MEMORY:
            if key in self._remembered:
                self._remembered.move_to_end(key)
                return self._remembered[key]
        # What is remembered is the same whoever asked first: with one thread, as all answers.
        with one_thread():
            solved = self._solve(weights, excluded)
        with _MEMORY:
            self._remembered[key] = solved
            while len(self._remembered) > RULES_REMEMBERED:
                self._remembered.popitem(last=False)
        return solved

    @cached_property
    def _remembered(self) -> OrderedDict[tuple[bytes, frozenset[str]], Solved]:
        return OrderedDict()

    def _solve(self, weights: FloatArray, excluded: frozenset[str]) -> Solved:
        engine = self.engine
        rule = engine.first_rule(weights, excluded)
        coefficients = engine.full_first(rule.choice)
        later, people = self._second_residuals
        residuals = later + first_residuals(engine, rule.choice, coefficients)[people]
        row_weights = engine.first.weights[0][people]
        variance = float(np.average((residuals @ weights) ** 2, weights=row_weights))
        quantiles = weighted_quantiles(residuals, row_weights, PERSON_QUANTILES)
        return Solved(rule, coefficients, quantiles, variance, engine.second.coefficients @ weights)

    @cached_property
    def _second_residuals(self) -> tuple[FloatArray, IntArray]:
        return second_residuals(self.engine)

    @cached_property
    def first_participants(self) -> Participants:
        """The participants that patients at week 0 are compared with."""
        from bestviz.advice.why.situation import Participants

        engine = self.engine
        return Participants.of(engine.first.basis, [engine.filler.baseline], [engine.completed.baseline])

    @cached_property
    def second_participants(self) -> Participants:
        """The participants that patients at week 12 are compared with."""
        from bestviz.advice.why.situation import Participants

        done, filler = self.engine.completed, self.engine.filler
        encoders = [filler.baseline, filler.interim]
        return Participants.of(self.engine.second.basis, encoders, [done.baseline, done.interim[0]])

    @cached_property
    def largest_usual_distance(self) -> float:
        """Squared distance from the centre of the inputs that 99 of 100 participants do not exceed."""
        distances = self.engine.filler.baseline.normal.squared_distance(self.engine.completed.baseline)
        return float(np.percentile(distances, UNUSUAL_PERCENTILE))

    @cached_property
    def first_counts(self) -> dict[str, int]:
        """Participants assigned each first arm."""
        assigned = Counter(self.history["first"])
        return {arm: assigned[arm] for arm in SINGLE_ARMS}

    @cached_property
    def people_of_class(self) -> dict[str, IntArray]:
        """Positions of each response class among the training people of the first stage."""
        classes = self.history["response"].to_numpy()[self.engine.people]
        return {response: np.flatnonzero(classes == response) for response in RESPONSE_CLASSES}

    @cached_property
    def second_counts(self) -> dict[tuple[str, str, str], int]:
        """Participants by first arm, response class and second arm."""
        whole = self.history[["first", "response", "second"]].dropna()
        return Counter(whole.itertuples(index=False, name=None))

    @cached_property
    def early_quantiles(self) -> FloatArray:
        """10 % and 90 % quantiles of residuals of the first-stage quantities; shape (2, E)."""
        return weighted_quantiles(early_residuals(self.engine), self.engine.first.weights[0], PERSON_QUANTILES)

    @cached_property
    def second_quantiles(self) -> FloatArray:
        """10 % and 90 % quantiles of residuals of the outcomes given the week-12 state; shape (2, K)."""
        residuals, people = self._second_residuals
        return weighted_quantiles(residuals, self.engine.completed.outcome_weights[people], PERSON_QUANTILES)
