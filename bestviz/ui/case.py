"""A case file: one patient, what matters to them, trial exclusions that were ticked, and what was tried before.

The file is one JSON object, `{"bestviz_case": 2, "patient": {...}, "preferences": {...}, "trial_exclusions": [...],
"tried_before": {...}}`. The patient is the contract's patient file, of week 0 or of week 12. A plain patient file of
the command line is read too. No streamlit here, so that it can be tested alone.
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
from bestviz.trial import TREATMENTS
from bestviz.trial.eligibility import CRITERIA
from bestviz.wording.case import TRIED

VERSION = 2  # 1 had no tried_before
_KEYS = ("bestviz_case", "patient", "preferences", "trial_exclusions", "tried_before")


@dataclass(frozen=True)
class Case:
    """What one case file holds.

    Attributes
    ----------
    patient : Patient
        At week 0, or at week 12 with everything of week 0 in it.
    preferences : Preferences
        What matters.
    exclusions : tuple of str
        Ids of the trial's entry criteria that were answered against taking part.
    tried : mapping of str to str
        Treatment tried before -> how it went, a key of `bestviz.wording.case.TRIED`. No input of any model.
    """

    patient: Patient = field(default_factory=Patient)
    preferences: Preferences = field(default_factory=lambda: Preferences(PRIMARY_WEIGHTS))
    exclusions: tuple[str, ...] = ()
    tried: Mapping[str, str] = field(default_factory=dict)

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
        if wrong_version := _version_fault(data.get("bestviz_case", VERSION)):
            raise PatientError([wrong_version])  # what else is strange in it may be right in its own version
        faults = [f"Case file: unknown key {key!r}; known are {', '.join(_KEYS)}." for key in data if key not in _KEYS]
        faults += _exclusion_faults(data.get("trial_exclusions", []))
        faults += _tried_faults(data.get("tried_before", {}))
        patient, preferences = Patient(), Preferences(PRIMARY_WEIGHTS)
        try:
            patient = Patient.from_dict(data.get("patient", {}), extra_inputs)
        except InputError as fault:
            faults += fault.messages
        try:
            preferences = Preferences.from_dict(data.get("preferences"))
        except InputError as fault:
            faults += fault.messages
        if faults:
            raise PatientError(faults)
        return cls(patient, preferences, tuple(data.get("trial_exclusions", [])), dict(data.get("tried_before", {})))

    def to_json(self) -> str:
        """The text of the case file."""
        data: Mapping[str, Any] = {
            "bestviz_case": VERSION,
            "patient": self.patient.to_dict(),
            "preferences": self.preferences.to_dict(),
            "trial_exclusions": list(self.exclusions),
            "tried_before": dict(self.tried),
        }
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _version_fault(version: Any) -> str | None:
    if isinstance(version, bool) or not isinstance(version, int):
        return f"Case file: bestviz_case must be the number of the file's version, at most {VERSION}."
    if not 1 <= version <= VERSION:
        return (
            f"Case file: it is of version {version}, and this program reads versions 1 to {VERSION}; open it with the "
            "program that saved it."
        )
    return None


def _exclusion_faults(given: Any) -> list[str]:
    if not isinstance(given, list):
        return ["Case file: trial_exclusions must be a list of criteria."]
    return [f"Case file: unknown trial exclusion {one!r}; remove it." for one in given if one not in list(CRITERIA)]


def _tried_faults(given: Any) -> list[str]:
    if not isinstance(given, Mapping):
        return ['Case file: tried_before must be an object such as {"DUL": "helped"}.']
    faults = [
        f"Case file: unknown treatment {code!r} in tried_before; known are {', '.join(TREATMENTS)}."
        for code in given
        if code not in TREATMENTS
    ]
    return faults + [
        f"Case file: tried_before.{code}: unknown value {went!r}; known are {', '.join(TRIED)}."
        for code, went in given.items()
        if code in TREATMENTS and went not in list(TRIED)
    ]
