"""A fitted model: the learned regime with all that is needed to advise one patient, to be saved and described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bestviz import store
from bestviz.advice.card import card_text
from bestviz.advice.learned import Learned, Solved, smallest_support
from bestviz.advice.outcomes import weight_vector
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.advice.recommendation import OutcomeDifference, Recommendation
from bestviz.advice.threads import one_thread
from bestviz.errors import InputError, ModelFileError

if TYPE_CHECKING:
    from bestviz.advice.kept_value import KeptValue
    from bestviz.advice.why.contributions import Contributions
    from bestviz.advice.why.flips import Flips
    from bestviz.advice.why.preference_map import PreferenceMap

__all__ = ["FittedModel", "ModelInfo", "Solved", "load_model", "smallest_support"]

FloatArray = npt.NDArray[np.float64]


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


@dataclass
class FittedModel(Learned):
    """A fitted regime that advises one patient; its parts are those of `Learned`."""

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

    # -- description --------------------------------------------------------------------------------------------------

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
