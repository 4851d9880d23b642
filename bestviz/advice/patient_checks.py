"""Is a description of a patient possible? Every fault of it, each in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np

from bestviz.trial import (
    ASSESSED,
    BASELINE_MEASURES,
    COLUMNS,
    INPUT_COLUMNS,
    MEASURES,
    RESPONSE_CLASSES,
    SINGLE_ARMS,
    TREATMENTS,
    Column,
    Measure,
)
from bestviz.trial.schedule import HORIZONS, SECOND_RANDOMISATION_WEEK

PATIENT_KEYS = ("week", "baseline", "contraindicated", "declined", "unavailable", "horizon", "deep")
WEEK_12_KEYS = ("first_arm", "interim", "stopped_first", "stopped_for_harm", "response", "response_reason")
BASELINE_KEYS: tuple[str, ...] = (*INPUT_COLUMNS, *BASELINE_MEASURES)
INTERIM_KEYS: tuple[str, ...] = (*(code for code in ASSESSED if 12 in MEASURES[code].weeks), "adverse_event_first")
YOUNGEST = 18
LONGEST_TEXT = 500  # characters of a reason: it is printed on one page


def faults_of(patient: Mapping[str, Any], extra_inputs: Iterable[str] = ()) -> Iterator[str]:
    """Every fault in the description of a patient.

    Parameters
    ----------
    patient : mapping
        The contract's patient file; no fault is raised here, whatever it holds.
    extra_inputs : iterable of str
        Further baseline inputs that a model was fitted with.

    Yields
    ------
    str
        One sentence a fault: key, value, and what to do.
    """
    yield from _unknown_keys(patient, (*PATIENT_KEYS, *WEEK_12_KEYS), "patient")
    yield from _week_faults(patient)
    yield from _values_faults(patient, "baseline", (*BASELINE_KEYS, *extra_inputs))
    yield from _values_faults(patient, "interim", INTERIM_KEYS)
    yield from _deep_faults(patient.get("deep"))
    for key in ("contraindicated", "declined", "unavailable"):
        yield from _treatment_faults(key, patient.get(key))


def plain(value: Any) -> Any:
    """A numpy scalar as the Python value it stands for; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def value_fault(name: str, value: Any, spec: Column | Measure | None) -> str | None:
    """What is wrong with one known value; None if nothing is.

    Parameters
    ----------
    name : str
        Key, as it stands in the patient file.
    value : object
        Not None.
    spec : Column, Measure or None
        What is known about it; None for an input that only the model knows.
    """
    value = plain(value)
    if spec is None:
        return _extra_fault(name, value)
    if isinstance(spec, Column) and spec.kind == "category":
        return _category_fault(name, value, spec.values)
    if isinstance(spec, Column) and spec.kind == "boolean":
        return None if isinstance(value, bool) else f"{name}: {_shown(value)} must be true or false, without quotes."
    if isinstance(spec, Measure) and spec.binary:
        ok = isinstance(value, bool | Real) and value in (0, 1)
        return None if ok else f"{name}: {_shown(value)} must be true or false (or 1 or 0), without quotes."
    whole = (isinstance(spec, Column) and spec.kind == "integer") or (
        isinstance(spec, Measure) and spec.unit == "category"
    )
    return _number_fault(name, value, spec.minimum, spec.maximum, spec.unit, whole)


def spec_of(name: str) -> Column | Measure | None:
    """The table row that describes an input or measure; None if the protocol does not know it."""
    return MEASURES.get(name) or COLUMNS.get(name)


def _unknown_keys(given: Mapping[Any, Any], known: Iterable[str], where: str) -> Iterator[str]:
    for key in given:
        if key not in known:
            yield f"{where}: unknown key {_shown(key)}; {_hint(key, tuple(known))}"


def _hint(key: object, known: tuple[str, ...]) -> str:
    if key in BASELINE_KEYS and key not in known:
        return "it belongs under 'baseline'."
    if key in INTERIM_KEYS and key not in known:
        return "it is a value of week 12 and belongs under 'interim'."
    if key in (*PATIENT_KEYS, *WEEK_12_KEYS):
        return "it belongs at the top level of the patient file, beside 'week'."
    near = get_close_matches(str(key), known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if key in COLUMNS:
        return "it is no input to the advice; leave it out."
    return "leave it out." if len(known) > 20 or not known else f"known are {', '.join(known)}."


def _week_faults(patient: Mapping[str, Any]) -> Iterator[str]:
    week, horizon = plain(patient.get("week")), plain(patient.get("horizon"))
    if isinstance(week, bool) or week not in (None, 0, SECOND_RANDOMISATION_WEEK):
        yield f"week: {_shown(week)} is not a week of decision; use 0 (start) or 12 (second treatment)."
        return
    if isinstance(horizon, bool) or horizon not in (None, *HORIZONS):
        yield f'horizon: {_shown(horizon)} is not possible; use 24, 36 or "mean" (of both).'
    if not week:
        for key in WEEK_12_KEYS:
            if patient.get(key) not in (None, False, "") and patient[key] != {}:
                yield f"{key}: it is known only at week 12; leave it out or set week to 12."
        return
    yield from _week_12_faults(patient)


def _week_12_faults(patient: Mapping[str, Any]) -> Iterator[str]:
    first = patient.get("first_arm")
    if first is None:
        yield f"first_arm: missing; at week 12 it is needed: {_one_of(SINGLE_ARMS)}."
    elif fault := _category_fault("first_arm", first, SINGLE_ARMS):
        yield fault
    flags = {key: plain(patient.get(key)) for key in ("stopped_first", "stopped_for_harm")}
    for key, flag in flags.items():
        if flag is not None and not isinstance(flag, bool):
            yield f"{key}: {_shown(flag)} must be true or false, without quotes."
    if flags["stopped_for_harm"] is True and flags["stopped_first"] is False:
        yield "stopped_for_harm: true while stopped_first is false; what was stopped for harm was stopped."
    if (response := patient.get("response")) is not None and (
        fault := _category_fault("response", response, RESPONSE_CLASSES)
    ):
        yield fault
    if (reason := patient.get("response_reason")) is not None and (fault := _text_fault("response_reason", reason)):
        yield fault


def _values_faults(patient: Mapping[str, Any], part: str, known: tuple[str, ...]) -> Iterator[str]:
    values = patient.get(part)
    if values is None:
        return
    if not isinstance(values, Mapping):
        yield f'{part}: it must be an object such as {{"peg": 6.7}}, not {_shown(values)}.'
        return
    yield from _unknown_keys(values, known, part)
    for name in known:
        if (value := values.get(name)) is not None and (fault := value_fault(f"{part}.{name}", value, spec_of(name))):
            yield fault


def _deep_faults(deep: Any) -> Iterator[str]:
    if deep is None:
        return
    if not isinstance(deep, Mapping):
        yield f"deep: it must be an object of marker and number, not {_shown(deep)}."
        return
    for marker, value in deep.items():
        if not isinstance(marker, str):
            yield f"deep: the marker name {_shown(marker)} must be a text."
        elif value is not None and (fault := _number_fault(f"deep.{marker}", plain(value), None, None, "", False)):
            yield fault


def _treatment_faults(key: str, given: Any) -> Iterator[str]:
    if given is None:
        return
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        yield f"{key}: it must be a list of treatments or an object of treatment and reason, not {_shown(given)}."
        return
    for code in given:
        fault = _category_fault(key, code, tuple(TREATMENTS), "treatment")
        if not fault and isinstance(given, Mapping) and given[code] is not None:
            fault = _text_fault(f"{key}.{code}", given[code])
        if fault:
            yield fault


def _category_fault(name: str, value: Any, values: tuple[str, ...], noun: str = "value") -> str | None:
    if isinstance(value, str) and value in values:
        return None
    folded = {option.casefold(): option for option in values}
    near = get_close_matches(str(value).strip().casefold().replace(" ", "_"), folded, n=1)
    hint = f"did you mean {folded[near[0]]!r}?" if near else f"use {_one_of(values)}."
    return f"{name}: unknown {noun} {_shown(value)}; {hint}"


def _number_fault(
    name: str, value: Any, minimum: float | None, maximum: float | None, unit: str, whole: bool
) -> str | None:
    if isinstance(value, str):
        return f"{name}: {_shown(value)} is a text; write the number without quotes, or null if it is not known."
    if isinstance(value, bool) or not isinstance(value, Real):
        return f"{name}: {_shown(value)} must be a number, or null if it is not known."
    number = _as_float(value)
    if not math.isfinite(number):
        return f"{name}: {_shown(value)} is not a finite number; use null if it is not known."
    if name == "baseline.age" and number < YOUNGEST:
        return f"{name}: {_shown(value)} is under {YOUNGEST}; the trial enrolled adults only, so there is no advice."
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        limits = f"between {minimum:g} and {maximum:g} ({unit})"
        return f"{name}: {_shown(value)} is impossible; it must lie {limits}, or be null if it is not known."
    if whole and not number.is_integer():
        return f"{name}: {_shown(value)} must be a whole number."
    return None


def _extra_fault(name: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _text_fault(name, value)
    return _number_fault(name, value, None, None, "", False)


def _text_fault(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"{name}: {_shown(value)} must be a text."
    if len(value) > LONGEST_TEXT:
        return f"{name}: the text has {len(value)} characters; shorten it to {LONGEST_TEXT}."
    return None


def _as_float(value: Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _one_of(values: Iterable[str]) -> str:
    return "one of " + ", ".join(values)


def _shown(value: Any) -> str:
    """The wrong value, short enough for a sentence."""
    words = {True: "true", False: "false"}
    text = words[value] if isinstance(value, bool) else "null" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
