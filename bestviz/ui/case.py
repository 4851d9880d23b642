"""A case file: one patient, what matters to them, and the trial exclusions that were ticked.

The file is one JSON object, `{"bestviz_case": 1, "patient": {...}, "preferences": {...}, "trial_exclusions": [...]}`.
A plain patient file of the command line is read too. No streamlit here, so that it can be tested alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bestviz.advice.patient import Patient
from bestviz.advice.preferences import PRIMARY_WEIGHTS, Preferences
from bestviz.errors import InputError, PatientError
from bestviz.jsontext import read_object
from bestviz.trial.eligibility import CRITERIA

VERSION = 1
_KEYS = ("bestviz_case", "patient", "preferences", "trial_exclusions")


@dataclass(frozen=True)
class Case:
    """What one case file holds.

    Attributes
    ----------
    patient : Patient
        At week 0.
    preferences : Preferences
        What matters.
    exclusions : tuple of str
        Ids of the trial's entry criteria that were answered against taking part.
    """

    patient: Patient = field(default_factory=Patient)
    preferences: Preferences = field(default_factory=lambda: Preferences(PRIMARY_WEIGHTS))
    exclusions: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, content: str | bytes, extra_inputs: Iterable[str] = ()) -> Case:
        """Read a case file or a plain patient file.

        Raises
        ------
        InputError
            With one sentence a fault.
        """
        data = read_object(content, "Case file", PatientError)
        if "patient" not in data and "bestviz_case" not in data:
            data = {"patient": data}
        faults = [f"Case file: unknown key {key!r}; known are {', '.join(_KEYS)}." for key in data if key not in _KEYS]
        faults += _exclusion_faults(data.get("trial_exclusions", []))
        patient, preferences = Patient(), Preferences(PRIMARY_WEIGHTS)
        try:
            patient = Patient.from_dict(data.get("patient"), extra_inputs)  # type: ignore[arg-type]
        except InputError as fault:
            faults += fault.messages
        try:
            preferences = Preferences.from_dict(data.get("preferences"))
        except InputError as fault:
            faults += fault.messages
        if patient.week != 0:
            faults.append(
                "Case file: it describes week 12, but this page answers the question of week 0; open a week 0 case."
            )
        if faults:
            raise PatientError(faults)
        return cls(patient, preferences, tuple(data.get("trial_exclusions", [])))

    def to_json(self) -> str:
        """The text of the case file."""
        data: Mapping[str, Any] = {
            "bestviz_case": VERSION,
            "patient": self.patient.to_dict(),
            "preferences": self.preferences.to_dict(),
            "trial_exclusions": list(self.exclusions),
        }
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _exclusion_faults(given: Any) -> list[str]:
    if not isinstance(given, list):
        return ["Case file: trial_exclusions must be a list of criteria."]
    return [f"Case file: unknown trial exclusion {one!r}; remove it." for one in given if one not in list(CRITERIA)]
