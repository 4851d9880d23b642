"""From the text of a FHIR file to the resources of one patient; everything else is refused in a sentence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from bestviz.errors import PatientError

LARGEST_FILE = 5_000_000  # bytes
_RESOURCE_TYPE = re.compile(rb'"resourceType"\s*:')
_OLDER = {"QuestionnaireResponse": ("group", "context"), "Observation": ("context",), "MedicationStatement": ("taken",)}
_OLD_VERSION = "it follows an older FHIR version (STU3 or before); export it as FHIR R4."

READ_KINDS = ("Observation", "QuestionnaireResponse", "Condition", "MedicationStatement", "MedicationRequest")

Resource = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """The resources of one patient.

    Attributes
    ----------
    patient : dict or None
        The Patient resource.
    resources : tuple of dict
        All others.
    notes : tuple of str
        What is doubtful about the file as a whole.
    """

    patient: Resource | None
    resources: tuple[Resource, ...]
    notes: tuple[str, ...] = ()


def looks_like_fhir(content: bytes) -> bool:
    """Whether a file is meant to be FHIR: JSON with a resource type, whole or not, or XML."""
    return bool(_RESOURCE_TYPE.search(content)) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_source(content: bytes) -> Source:
    """Read a Bundle or a QuestionnaireResponse.

    Raises
    ------
    PatientError
        Not JSON, cut off, too large, XML, another resource type, an older version, or more than one patient.
    """
    top = _parsed(content)
    kind = top.get("resourceType")
    notes: list[str] = []
    if kind == "QuestionnaireResponse":
        resources = [top]
    elif kind == "Bundle":
        resources, notes = _entries(top)
    else:
        named = repr(kind)[:40] if isinstance(kind, str) else "something without a resource type"
        _refuse(f"it holds {named}; a Bundle or a QuestionnaireResponse is needed.")
    if any(_is_older(one) for one in resources):
        _refuse(_OLD_VERSION)
    patients = [one for one in resources if one.get("resourceType") == "Patient"]
    if len(patients) > 1:
        _refuse(f"it holds {len(patients)} patients; export one patient alone.")
    patient = patients[0] if patients else None
    others = [one for one in resources if one is not patient]
    notes += _checked_subjects(patient, others, _full_url(top, patient))
    return Source(patient, tuple(others), tuple(notes))


def _refuse(why: str) -> NoReturn:
    raise PatientError(f"FHIR file: {why}")


def _parsed(content: bytes) -> Resource:
    if len(content) > LARGEST_FILE:
        _refuse(f"it is larger than {LARGEST_FILE // 1_000_000} MB; export one patient alone.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("it is not UTF-8 text; export it again as JSON in UTF-8.")
    if text.lstrip().startswith("<"):
        _refuse("it is XML; export it as JSON.")
    try:
        top = json.loads(text, parse_constant=_no_number, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as fault:
        if fault.pos >= len(text.rstrip()) or fault.msg.startswith("Unterminated string"):
            _refuse(f"it ends before it is complete (cut off at line {fault.lineno}); get the whole file again.")
        _refuse(f"it is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}.")
    except RecursionError:
        _refuse("it is nested too deeply to be what it should be.")
    except ValueError as fault:
        _refuse(f"it holds {fault}." if str(fault).startswith("the ") else "it holds a number too long to read.")
    if not isinstance(top, dict):
        _refuse("a JSON object such as {...} is needed.")
    return top


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"the value {name}, which is no number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> Resource:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:40]!r} twice in one object; which one counts cannot be told")
    return result


def _entries(bundle: Resource) -> tuple[list[Resource], list[str]]:
    entries = [entry for entry in listed(bundle.get("entry")) if isinstance(entry, dict)]
    resources = [entry["resource"] for entry in entries if isinstance(entry.get("resource"), dict)]
    if not resources:
        _refuse("the Bundle is empty.")
    more = [link for link in listed(bundle.get("link")) if isinstance(link, dict) and link.get("relation") == "next"]
    if more:
        return resources, ["The Bundle is one page of several: what is on the others is not here."]
    return resources, []


def _is_older(resource: Resource) -> bool:
    kind = resource.get("resourceType")
    if kind == "QuestionnaireResponse" and isinstance(resource.get("questionnaire"), dict):
        return True
    return isinstance(kind, str) and any(key in resource for key in _OLDER.get(kind, ()))


def _full_url(bundle: Resource, patient: Resource | None) -> str:
    for entry in listed(bundle.get("entry")):
        if patient is not None and isinstance(entry, dict) and entry.get("resource") is patient:
            return str(entry.get("fullUrl") or "")
    return ""


def _checked_subjects(patient: Resource | None, resources: list[Resource], full_url: str) -> list[str]:
    """Refuse what belongs to another patient; a note where a resource does not say whose it is."""
    own = {full_url, f"Patient/{patient['id']}" if patient and patient.get("id") else ""} - {""}
    found: set[str] = set()
    silent = 0
    for resource in resources:
        reference = subject_of(resource)
        if not reference:
            silent += resource.get("resourceType") in READ_KINDS
        elif patient is None:
            found.add(reference)
        elif not any(reference == one or reference.endswith(f"/{one}") for one in own):
            kind = str(resource.get("resourceType"))[:40]
            _refuse(f"a resource ({kind}) belongs to somebody else than its patient; export one patient alone.")
    if len(found) > 1:
        _refuse(f"it holds values of {len(found)} patients; export one patient alone.")
    if not silent:
        return []
    return [f"Of the resources {silent} do not say whose they are; they are taken as this patient's."]


def subject_of(resource: Resource) -> str:
    """Reference to whom a resource is about, without its version; empty if it does not say."""
    subject = resource.get("subject", resource.get("patient"))
    reference = subject.get("reference") if isinstance(subject, dict) else None
    return str(reference or "").split("/_history/")[0]


def listed(value: Any) -> list[Any]:
    """The value if it is a list; an empty list for anything else."""
    return value if isinstance(value, list) else []
