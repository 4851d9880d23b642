"""One reading out of an Observation or an answer: what it is of, its value, when, and how it is called."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bestviz.data.bacpac.codes import ANSWERS, DERIVED, NOT_SURE, SLEEP_DURATION
from bestviz.data.bacpac.records import hours_of
from bestviz.data.fhir.codes import CHARACTERISTICS, LOINC_ANSWERS, LOINC_CODES, NEAR_MISSES, SYSTEMS, target_of
from bestviz.data.fhir.source import Resource, listed
from bestviz.trial import COLUMNS, MEASURES

Value = float | bool | str
LONGEST_LABEL = 80

_ORDINAL = re.compile(r"/StructureDefinition/(ordinalValue|itemWeight|questionnaireresponse-itemWeight)$")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
_NO_UNIT = re.compile(r"(\{[^}]*\}|1|scores?|points?|t-score)?", re.IGNORECASE)
_BMI_UNITS = {"kg/m2": 1.0, "kg/m²": 1.0, "kg/m^2": 1.0}
_HOURS = {"h": 1.0, "hr": 1.0, "hour": 1.0, "hours": 1.0, "min": 1 / 60}


@dataclass(frozen=True)
class Reading:
    """One value that was found.

    Attributes
    ----------
    target : str
        Test code of the consortium's format, or name of a model input; empty if the code is not understood.
    label : str
        Code and text, for the reader.
    when : str
        FHIR date or instant; empty if there is none.
    value : float, bool, str or None
        None where there is none.
    fault : str
        Why a value that is there is not used; empty if nothing speaks against it.
    caution : str
        What the reader is told when the value is used; empty if nothing.
    """

    target: str
    label: str
    when: str
    value: Value | None = None
    fault: str = ""
    caution: str = ""


def of_concept(concept: Any, holder: Any, when: str, link: str = "") -> Reading:
    """A reading of whatever a CodeableConcept (or a `linkId`) names, with the value[x] of its holder."""
    concept = concept if isinstance(concept, dict) else {}
    codings = [one for one in listed(concept.get("coding")) if isinstance(one, dict)]
    label = label_of(concept, link)
    named = [(str(one.get("system") or ""), str(one.get("code") or "")) for one in codings]
    for system, code in [*named, ("", link.rpartition("/")[2])]:
        if target := target_of(system, code):
            value, fault = _value_for(target, holder)
            caution = LOINC_CODES[code].caution if code in LOINC_CODES else ""
            return Reading(target, label, when, value, fault, caution)
    return Reading("", label, when)


def label_of(concept: Any, link: str = "") -> str:
    """Code and text of a concept, cut to a line; what it is easily mistaken for is said."""
    concept = concept if isinstance(concept, dict) else {}
    codings = [one for one in listed(concept.get("coding")) if isinstance(one, dict)]
    first = codings[0] if codings else {}
    code = str(first.get("code") or link)
    system = SYSTEMS.get(str(first.get("system") or ""), "")
    text = str(concept.get("text") or first.get("display") or "")
    label = _line(": ".join(part for part in (f"{system} {code}".strip(), text) if part) or "a value without a code")
    return f"{label} ({NEAR_MISSES[code]})" if code in NEAR_MISSES else label


def answers_of(response: Resource, when: str) -> Iterator[Reading]:
    """Every answer of a QuestionnaireResponse."""
    waiting = [one for one in reversed(listed(response.get("item"))) if isinstance(one, dict)]
    while waiting:
        item = waiting.pop()
        answers = [one for one in listed(item.get("answer")) if isinstance(one, dict)]
        inner = [*listed(item.get("item")), *(one for answer in answers for one in listed(answer.get("item")))]
        waiting += [one for one in reversed(inner) if isinstance(one, dict)]
        if answers:
            concept = {"coding": listed(item.get("code")), "text": item.get("text")}
            reading = of_concept(concept, answers[0], when, str(item.get("linkId") or ""))
            if reading.target and len(answers) > 1:
                reading = Reading(reading.target, reading.label, when, None, "it has several answers")
            yield reading


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def _value_for(target: str, holder: Any) -> tuple[Value | None, str]:
    """Value of a target from an element with value[x], or why it cannot be used."""
    given = [(key[5:], held) for key, held in holder.items() if key.startswith("value")] if holder else []
    if not given:
        return None, ""
    kind, held = given[0]
    if kind == "Quantity":
        return _from_quantity(target, held if isinstance(held, dict) else {})
    if kind in ("Integer", "Decimal"):
        return _number(held)
    if kind == "Boolean" and isinstance(held, bool):
        return (held, "") if _is_yes_or_no(target) else _number(float(held))
    words, number = _words_of(kind, held)
    return (number, "") if number is not None and not _is_yes_or_no(target) else _from_words(target, words)


def _is_yes_or_no(target: str) -> bool:
    column, measure = COLUMNS.get(target), MEASURES.get(target)
    return (column is not None and column.kind == "boolean") or (measure is not None and measure.binary)


def _from_quantity(target: str, quantity: Resource) -> tuple[Value | None, str]:
    number, fault = _number(quantity.get("value"))
    if fault or number is None:
        return number, fault
    if quantity.get("comparator"):
        return None, "it is only a bound, not a value"
    unit = str(quantity.get("code") or quantity.get("unit") or "").strip()
    factor: float | None
    if target in ("bmi", SLEEP_DURATION, "sleep_duration"):
        factor = (_BMI_UNITS if target == "bmi" else _HOURS).get(unit.lower())
        wanted = "kg/m2" if target == "bmi" else "h or min"
    elif target == "age":
        factor, wanted = (1.0 if unit in ("a", "years", "year") else None), "a (years)"
    else:
        factor, wanted = (1.0 if _NO_UNIT.fullmatch(unit) else None), "none or {score}"
    if factor is None:
        return None, f"its unit is {_line(unit) or 'missing'}, but {wanted} is needed"
    return number * factor, ""


def _number(held: Any) -> tuple[float | None, str]:
    if isinstance(held, bool) or not isinstance(held, int | float):
        return None, "" if held is None else "its value is no number"
    try:
        number = float(held)
    except OverflowError:
        return None, "its value is no number"
    return (number, "") if math.isfinite(number) else (None, "its value is no number")


def _words_of(kind: str, held: Any) -> tuple[list[str], float | None]:
    """Words and codes of an answer, and its number where it carries one."""
    if kind == "CodeableConcept" and isinstance(held, dict):
        codings, words = listed(held.get("coding")), [str(held.get("text") or "")]
    else:
        codings, words = ([held] if isinstance(held, dict) else []), ([held] if isinstance(held, str) else [])
    number = None
    for coding in codings:
        if isinstance(coding, dict):
            words += [str(coding.get("code") or ""), str(coding.get("display") or "")]
            number = _ordinal(coding) if number is None else number
    return [" ".join(one.split()) for one in words if one.strip()], number


def _ordinal(coding: Resource) -> float | None:
    for extension in listed(coding.get("extension")):
        if isinstance(extension, dict) and _ORDINAL.search(str(extension.get("url") or "")):
            return _number(extension.get("valueDecimal", extension.get("valueInteger")))[0]
    return LOINC_ANSWERS.get(str(coding.get("code") or ""))


def _from_words(target: str, words: list[str]) -> tuple[Value | None, str]:
    lower = [word.casefold() for word in words]
    if "not sure" in lower:
        return None, ""
    if target in CHARACTERISTICS:
        known = CHARACTERISTICS[target][1]
        found = next((known[word] for word in lower if word in known), None)
        return (found or None, "") if found is not None else (None, "its answer is in no codelist")
    if _is_yes_or_no(target):
        answer = next((_YES_NO[word] for word in lower if word in _YES_NO), None)
        return answer, "" if answer is not None else "its answer is neither yes nor no"
    column = COLUMNS.get(target)
    if column is not None and column.kind == "category":
        value = next((word.replace(" ", "_") for word in lower if word.replace(" ", "_") in column.values), None)
        return value, "" if value is not None else f"its answer is none of {', '.join(column.values)}"
    return _score_of(target, words, lower)


def _score_of(target: str, words: list[str], lower: list[str]) -> tuple[float | None, str]:
    for word in words:
        if word in LOINC_ANSWERS:
            return LOINC_ANSWERS[word], ""
        if target == SLEEP_DURATION and (hours := hours_of(word)) is not None:
            return hours, ""
    first, answers = ANSWERS.get(target, (0, ()))
    for place, answer in enumerate(answers):
        if answer.casefold() in lower:
            return float(first + place), ""
    for word in words:
        if _NUMBER.fullmatch(word):
            return float(word), ""
    return None, "its answer is not understood"


def is_not_sure(target: str, value: Value) -> bool:
    """Whether a number stands for "not sure", as it does in the consortium's answers."""
    return value == NOT_SURE and target in ANSWERS and target not in DERIVED and target != SLEEP_DURATION
