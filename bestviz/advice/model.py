"""A fitted model: the learned regime with all that is needed to advise one patient, to be saved and described."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz import store
from bestviz.advice.card import card_text
from bestviz.advice.outcomes import weight_vector
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.advice.recommendation import OutcomeDifference, Recommendation
from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import MEASURED, PERSON_QUANTILES, Calibration, weighted_quantiles
from bestviz.errors import InputError, ModelFileError
from bestviz.regime.engine import Engine, FirstRule
from bestviz.regime.residuals import early_residuals, first_residuals, second_residuals
from bestviz.trial import Measure, ResponseRule

if TYPE_CHECKING:
    from bestviz.advice.kept_value import KeptValue
    from bestviz.advice.why.contributions import Contributions
    from bestviz.advice.why.flips import Flips
    from bestviz.advice.why.preference_map import PreferenceMap
    from bestviz.advice.why.situation import Participants

FloatArray = npt.NDArray[np.float64]

RULES_REMEMBERED = 16
SMALL_DATA = 100
UNUSUAL_PERCENTILE = 99
_MEMORY = threading.Lock()  # sessions of several people share one model


def smallest_support(participants: int) -> int:
    """Fewest participants with an arm at a point with which anything is said about it, by size of the data."""
    return 5 if participants < SMALL_DATA else 10


@dataclass(frozen=True)
class ModelInfo:
    """Facts about a fitted model.

    Attributes
    ----------
    version : str
        Version of BestViz that fitted it.
    created : str
        Date, ISO 8601.
    trained_on : str
        Name of the data set.
    description : str
        Description of the data set.
    data_digest : str
        SHA-256 of the data.
    simulated : bool
    participants : int
    replicates : int
    seed : int
    learner : str
    """

    version: str
    created: str
    trained_on: str
    description: str
    data_digest: str
    simulated: bool
    participants: int
    replicates: int
    seed: int
    learner: str


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
    """

    rule: FirstRule
    coefficients: FloatArray
    residual_quantiles: FloatArray
    residual_variance: float


@dataclass
class FittedModel:
    """A fitted regime with what is needed to advise one patient.

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

    # -- advice -------------------------------------------------------------------------------------------------------

    def recommend(
        self, patient: Patient | Mapping[str, Any], preferences: Preferences | Mapping[str, float] | None = None
    ) -> Recommendation:
        """Advice for one patient.

        Parameters
        ----------
        patient : Patient or mapping
            A mapping has the keys of the contract's patient file.
        preferences : Preferences or mapping outcome -> weight, optional
            Default: PEG alone, the trial's primary outcome.

        Raises
        ------
        PatientError, PreferenceError
            Naming every fault.
        """
        from bestviz.advice.first_stage import advise_first
        from bestviz.advice.second_stage import advise_second

        patient, preferences, weights = self._asked(patient, preferences)
        # One thread: the matrices are small, and many sessions share the machine.
        with one_thread():
            advise = advise_first if patient.week == 0 else advise_second
            return advise(self, patient, preferences, weights)

    def contributions(
        self,
        patient: Patient | Mapping[str, Any],
        preferences: Preferences | Mapping[str, float] | None = None,
        arms: tuple[str, str] | None = None,
    ) -> Contributions | None:
        """What each input contributes to the difference between two options.

        Parameters
        ----------
        patient, preferences
            As for `recommend`.
        arms : (str, str), optional
            Default the best and the next best; the answer is None where there are no two.

        Raises
        ------
        PatientError, PreferenceError
            As `recommend`; also for an unknown response class at week 12.
        InputError
            Arms that are not two different options of this patient.
        """
        from bestviz.advice.why.contributions import contributions_of
        from bestviz.advice.why.decision import decision_of

        patient, _, weights = self._asked(patient, preferences)
        with one_thread():
            return contributions_of(decision_of(self, patient), weights, arms)

    def differences(
        self,
        patient: Patient | Mapping[str, Any],
        preferences: Preferences | Mapping[str, float] | None,
        arms: tuple[str, str],
    ) -> list[OutcomeDifference]:
        """The difference between two options on every outcome at weeks 24 and 36: the first less the second.

        Raises
        ------
        PatientError, PreferenceError
            As `recommend`; also for an unknown response class at week 12.
        InputError
            Arms that are not two different ones that the model knows at this point.
        """
        from bestviz.advice.estimates import differences
        from bestviz.advice.first_stage import foresee_first
        from bestviz.advice.second_stage import foresee_second

        patient, _, weights = self._asked(patient, preferences)
        known = (self.engine.first_arms if patient.week == 0 else self.engine.second_arms).labels
        if len(set(arms)) != 2 or not set(arms) <= set(known):
            raise InputError([f"arms: two different ones of {', '.join(known)} are compared; name two."])
        with one_thread():
            if patient.week == 0:
                return differences(foresee_first(self, patient, weights).predicted, arms)
            return differences(foresee_second(self, patient, weights), arms)

    def flips(
        self, patient: Patient | Mapping[str, Any], preferences: Preferences | Mapping[str, float] | None = None
    ) -> Flips:
        """The smallest single changes of inputs, and of weights, that put another option ahead.

        Raises
        ------
        PatientError, PreferenceError
            As `recommend`; also for an unknown response class at week 12.
        """
        from bestviz.advice.why.decision import decision_of
        from bestviz.advice.why.flips import flips_of

        patient, preferences, weights = self._asked(patient, preferences)
        with one_thread():
            return flips_of(decision_of(self, patient), preferences, weights)

    def preference_map(
        self,
        patient: Patient | Mapping[str, Any],
        outcomes: Sequence[str],
        preferences: Preferences | Mapping[str, float] | None = None,
        points: int = 5000,
        others: Mapping[str, float] | None = None,
    ) -> PreferenceMap | None:
        """Which option is ahead under all preferences over three outcomes; None where nothing is possible.

        Parameters
        ----------
        outcomes : sequence of three outcome codes
        preferences : Preferences or mapping outcome -> weight, optional
            To be marked in the map.
        points : int
            The most points of the map.
        others : mapping of outcome to weight, optional
            Fixed weights of further outcomes, as shares of the whole; default none.

        Raises
        ------
        PatientError, PreferenceError
            As `recommend`; also for an unknown response class at week 12, and outcomes that make no map.
        """
        from bestviz.advice.why.decision import decision_of
        from bestviz.advice.why.preference_map import map_preferences

        patient, preferences, _ = self._asked(patient, preferences)
        with one_thread():
            return map_preferences(decision_of(self, patient), outcomes, preferences, points, others)

    def _asked(
        self, patient: Patient | Mapping[str, Any], preferences: Preferences | Mapping[str, float] | None
    ) -> tuple[Patient, Preferences, FloatArray]:
        """Patient and preferences, checked, and the weights of all outcome columns (K,)."""
        if not isinstance(patient, Patient):
            patient = Patient.from_dict(patient, extra_inputs=self.extra_inputs)
        if not isinstance(preferences, Preferences):
            preferences = Preferences.from_dict(preferences)
        weights = weight_vector(preferences.weights, patient.horizon, self.weighable_columns)
        return patient, preferences, self.engine.weigh(weights)

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
        return Solved(rule, coefficients, weighted_quantiles(residuals, row_weights, PERSON_QUANTILES), variance)

    @cached_property
    def _second_residuals(self) -> tuple[FloatArray, npt.NDArray[np.intp]]:
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
        from bestviz.trial import BASELINE_MEASURES, COLUMNS

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

    def summary(self) -> dict[str, Any]:
        """The `model` part of `recommend --json`."""
        return {
            "name": self.name,
            "version": self.info.version,
            "digest": self.digest,
            "trained_on": self.info.trained_on,
            "simulated": self.info.simulated,
            "participants": self.info.participants,
        }

    def manifest(self) -> dict[str, Any]:
        """Facts stored beside the model file."""
        return self.summary() | {
            "description": self.info.description,
            "data_digest": self.info.data_digest,
            "fitted": self.info.created,
            "replicates": self.info.replicates,
            "seed": self.info.seed,
            "learner": self.info.learner,
            "inputs": [*self.inputs, *self.markers],
            "outcomes": list(self.outcome_codes),
            "calibration": self.calibration.to_dict(),
        }

    def card(self, kept: KeptValue | None = None) -> str:
        """The model card, Markdown, with the cross-fitted value where that was worked out."""
        return card_text(self, kept)

    # -- storage ------------------------------------------------------------------------------------------------------

    def save(self, folder: str | Path) -> None:
        """Save to `models/<name>`: model.joblib, manifest.json and card.md; the folder's name becomes the model's.

        Raises
        ------
        ModelFileError
            The folder cannot be written, or holds something else than a model.
        """
        self.name = Path(folder).name
        # The store opens what it wrote before it replaces anything.
        with one_thread():
            store.save_model(self, folder, self.manifest(), self.card())

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is remembered between questions: it may stem from patients."""
        names = ("info", "engine", "inputs", "markers", "interim_columns", "measures", "rule", "history", "calibration")
        return {name: getattr(self, name) for name in (*names, "name", "markers_left_out")}


def load_model(folder: str | Path) -> FittedModel:
    """Load a saved model; it is checked before a byte of it is opened.

    Raises
    ------
    ModelFileError
        Missing, damaged or foreign file, or another version.
    """
    with one_thread():
        model = store.load_model(folder)
    if not isinstance(model, FittedModel):
        raise ModelFileError(
            f"{folder}: this file holds no BestViz model; choose another folder or fit the model again."
        )
    model.name = Path(folder).resolve().name
    return model
