"""Read a FHIR file into the inputs of one patient: the newest values, scored and checked, and what was left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from bestviz import wording
from bestviz.data.bacpac.codes import SCALES
from bestviz.data.bacpac.scoring import Answers, score_columns, score_measures
from bestviz.data.fhir.codes import (
    ANTIDEPRESSANTS,
    ATC,
    CHARACTERISTICS,
    INPUT_OF,
    MAO_INHIBITORS,
    READ_TESTS,
)
from bestviz.data.fhir.source import READ_KINDS, Resource, listed, read_source
from bestviz.data.fhir.values import Reading, Value, answers_of, is_not_sure, label_of, of_concept
from bestviz.trial import COLUMNS, MEASURES

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\S*)?)?)?")
_DONE = {
    "Observation": ("final", "amended", "corrected"),
    "QuestionnaireResponse": ("completed", "amended"),
    "MedicationStatement": ("active",),
    "MedicationRequest": ("active",),
}
_SEX = ("female", "male")
_OLD = 90  # days before the newest value
_MAO = "it is an MAO inhibitor; check in step 2 what speaks against duloxetine."
_ADULT = COLUMNS["age"].minimum or 0.0


@dataclass(frozen=True)
class FhirRecord:
    """What a FHIR file says about its patient.

    Attributes
    ----------
    baseline : dict
        Model inputs by name, in the types and ranges of the data dictionary (an age under 18 is kept, to be refused).
    notes : tuple of str
        What was doubtful or left out, one sentence each.
    not_understood : tuple of str
        Code and text of everything that no input was made of, without values.
    """

    baseline: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()


def read_fhir(content: bytes) -> FhirRecord:
    """Read a Bundle or a QuestionnaireResponse of FHIR R4 (JSON).

    Parameters
    ----------
    content : bytes
        At most 5 MB.

    Returns
    -------
    FhirRecord
        Of each input the newest value.

    Raises
    ------
    PatientError
        It cannot be read, is no such resource, or holds more than one patient.
    """
    source = read_source(content)
    notes = list(source.notes)
    readings = [reading for resource in source.resources for reading in _readings(resource)]
    understood = [one for one in readings if one.target]
    used = [one for one in understood if one.value is not None]
    notes += [f"{one.label}: {one.fault}; it is taken as not known." for one in understood if one.fault]
    notes += [one.caution for one in used if one.caution]
    dated, found = _newest(used)
    notes += found
    newest = max((one.when for one in used), default="")
    age_and_sex, found = _of_patient(source.patient, newest)
    notes += found
    baseline, found = _in_range(age_and_sex | {name: value for name, (_, value) in dated.items()})
    notes += [*found, *_ages(dated, newest)]
    rest = [one.label for one in readings if not one.target]
    return FhirRecord(baseline, tuple(dict.fromkeys(notes)), _counted(rest))


def _readings(resource: Resource) -> Iterator[Reading]:
    kind, status = str(resource.get("resourceType")), str(resource.get("status"))
    if kind not in READ_KINDS:
        yield Reading("", f"{kind[:40]} (a resource of this type is not read)", "")
        return
    concept = resource.get("medicationCodeableConcept") if kind.startswith("Medication") else resource.get("code")
    if status not in _DONE.get(kind, (status,)):
        yield Reading("", f"{kind} ({status[:20]}): {label_of(concept)}", "")
    elif "focus" in resource:
        yield Reading("", f"{kind} (about something else than the patient): {label_of(concept)}", "")
    elif kind == "QuestionnaireResponse":
        yield from answers_of(resource, _when(resource.get("authored")))
    elif kind == "Observation":
        yield from _of_observation(resource, concept)
    elif kind.startswith("Medication") and _atc(concept, (ANTIDEPRESSANTS,)):
        caution = f"{label_of(concept)}: {_MAO}" if _atc(concept, MAO_INHIBITORS) else ""
        yield Reading("antidepressant", label_of(concept), "", True, caution=caution)
    else:
        yield Reading("", f"{kind}: {label_of(concept)}", "")


def _of_observation(resource: Resource, concept: Any) -> Iterator[Reading]:
    period = resource.get("effectivePeriod")
    period = period if isinstance(period, dict) else {}
    given = (
        resource.get("effectiveDateTime"),
        resource.get("effectiveInstant"),
        period.get("end"),
        period.get("start"),
    )
    when = next((_when(one) for one in (*given, resource.get("issued")) if one), "")
    parts = [one for one in listed(resource.get("component")) if isinstance(one, dict)]
    if not parts or any(key.startswith("value") for key in resource):
        yield of_concept(concept, resource, when)
    for part in parts:
        yield of_concept(part.get("code"), part, when)


def _when(given: Any) -> str:
    return given if isinstance(given, str) and _DATE.fullmatch(given) else ""


def _atc(concept: Any, groups: tuple[str, ...]) -> bool:
    codings = listed(concept.get("coding")) if isinstance(concept, dict) else []
    return any(
        isinstance(one, dict) and one.get("system") == ATC and str(one.get("code")).startswith(groups)
        for one in codings
    )


def _newest(used: list[Reading]) -> tuple[dict[str, tuple[str, Value]], list[str]]:
    """Newest value of each input with its date; the tests of one day are scored together."""
    days: dict[str, dict[str, float]] = {}
    newest: dict[str, tuple[str, Value]] = {}
    notes: list[str] = []
    for one in sorted(used, key=lambda reading: reading.when):
        value = one.value
        if value is None or is_not_sure(one.target, value):
            continue
        if one.target in READ_TESTS and not isinstance(value, str):
            days.setdefault(one.when[:10], {})[one.target] = float(value)
        else:
            newest[CHARACTERISTICS.get(one.target, (one.target,))[0]] = (one.when, value)
    for day in sorted(days, reverse=True):
        tests = {test: value for test, value in days[day].items() if newest.get(INPUT_OF[test], ("",))[0] <= day}
        if not tests:
            continue
        scored, found = _scored(tests)
        notes += found
        newest |= {name: (day, value) for name, value in scored.items() if newest.get(name, ("",))[0] <= day}
    return newest, notes + _incomplete(days, newest)


def _scored(tests: dict[str, float]) -> tuple[dict[str, Value], list[str]]:
    """Inputs from the tests of one day, scored like those of a data set."""
    rows = [{"id": "1", "week": 0, "test": test, "value": value, "line": 1} for test, value in tests.items()]
    answers = Answers(pd.DataFrame(rows), "FHIR file")
    measures, problems = score_measures(answers)
    columns, _, more = score_columns(answers)
    found: dict[str, Value] = dict(zip(measures["measure"], measures["value"].astype(float), strict=True))
    for name in columns:
        value = columns[name].iloc[0]
        if not pd.isna(value):
            found[str(name)] = value if isinstance(value, str) else float(value)
    return found, [problem.message for problem in (*problems, *more)]


def _incomplete(days: dict[str, dict[str, float]], newest: dict[str, tuple[str, Value]]) -> list[str]:
    """A note on every questionnaire that was answered in part and gave no score."""
    notes = []
    for scale in SCALES:
        most = max((sum(item in tests for item in scale.items) for tests in days.values()), default=0)
        if most and scale.name not in newest:
            label = wording.input_label(scale.name)
            notes.append(f"{label}: {most} of {len(scale.items)} questions are answered, so there is no score.")
    return notes


def _of_patient(patient: Resource | None, newest: str) -> tuple[dict[str, Value], list[str]]:
    """Sex, and age at the newest date of the file."""
    if patient is None:
        return {}, []
    found: dict[str, Value] = {}
    notes = []
    gender, born = patient.get("gender"), str(patient.get("birthDate") or "")
    if gender in _SEX:
        found["sex"] = str(gender)
    if born and not newest:
        notes.append("Age: no value in the file has a date, so the age at that time is not known.")
    elif re.fullmatch(r"\d{4}", born):
        found["age"] = float(int(newest[:4]) - int(born))
        notes.append("Age: only the year of birth is given, so the age may be one year too high.")
    elif born:
        day, birthday = _day(newest), _day(born)
        if day is None or birthday is None or birthday > day:
            notes.append("Age: the date of birth or of the newest value is not understood, so the age is not known.")
        else:
            found["age"] = float(day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day)))
    return found, notes


def _day(given: str) -> date | None:
    """A date; of a month or year its first day."""
    try:
        return date.fromisoformat(given[:10] + "-01-01"[max(len(given), 4) - 4 :])
    except ValueError:
        return None


def _in_range(values: dict[str, Value]) -> tuple[dict[str, Any], list[str]]:
    """Values in their types; what the data dictionary does not allow is left out, with a note."""
    found: dict[str, Any] = {}
    notes = []
    for name, value in values.items():
        if isinstance(value, bool | str):
            found[name] = value
        elif fault := _fault(name, value):
            notes.append(f"{wording.input_label(name)}: {fault}; it is taken as not known.")
        elif name in MEASURES and MEASURES[name].binary:
            found[name] = bool(value)
        else:
            found[name] = int(value) if value.is_integer() else round(value, 2)
    return found, notes


def _fault(name: str, value: float) -> str:
    spec = MEASURES.get(name) or COLUMNS[name]
    if name == "age" and 0 <= value < _ADULT:
        return ""  # a child is refused as a whole, not taken as of unknown age
    if spec.minimum is not None and spec.maximum is not None and not spec.minimum <= value <= spec.maximum:
        return f"{value:g} is outside {spec.minimum:g} to {spec.maximum:g}"
    whole = name in COLUMNS and COLUMNS[name].kind == "integer"
    return f"{value:g} is not a whole number" if whole and not value.is_integer() else ""


def _ages(dated: dict[str, tuple[str, Value]], newest: str) -> list[str]:
    """A note on values that are much older than the newest, or have no date."""
    last = _day(newest)
    old = []
    for name, (when, _) in dated.items():
        day = _day(when)
        if last is not None and (day is None or (last - day).days > _OLD):
            old.append(f"{wording.input_label(name)} ({when[:10] or 'without a date'})")
    return [f"More than {_OLD} days before the newest value of the file: {'; '.join(old)}."] if old else []


def _counted(labels: list[str]) -> tuple[str, ...]:
    """Each label once, with how often it came."""
    return tuple(label if count == 1 else f"{label} ({count} times)" for label, count in Counter(labels).items())
