"""What each model input looks like as a field, and what is said about a value; facts are those of `bestviz.trial`.

A number field has no limits of its own: the browser would show a value beyond them while the page went on with the last
one inside. The value is taken as typed, and `remark` says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bestviz import wording
from bestviz.advice.patient import LOWEST_TRIAL_PEG
from bestviz.advice.patient_checks import YOUNGEST
from bestviz.trial import COLUMNS, MEASURES, Column, Measure
from bestviz.trial.eligibility import CRITERIA
from bestviz.wording import entries

Kind = Literal["number", "integer", "choice", "yes or no"]

GROUPS: dict[str, tuple[str, ...]] = {
    "Start here": ("age", "sex", "peg", "pain_interference", "physical_function", "widespread_areas"),
    "Pain": ("pain_intensity", "pain_duration", "pain_frequency", "radicular", "back_surgery", "somatic"),
    "Mood, worry and sleep": (
        "depression", "phq2", "anxiety", "gad2", "pcs6", "sleep_disturbance", "sleep_duration",
    ),
    "Medicines and habits": ("opioid_use", "antidepressant", "tobacco", "bmi"),
    "Life and expectations": ("education", "employment", "expectation", "self_efficacy"),
}  # fmt: skip
OTHER = "Further inputs of this model"


@dataclass(frozen=True)
class Field:
    """One model input as a field.

    Attributes
    ----------
    name : str
        Name in the patient file.
    kind : {"number", "integer", "choice", "yes or no"}
        What can be entered.
    label : str
        Name with range or unit.
    minimum, maximum : float or None
        Range of a number; outside is impossible.
    unit : str
        What `minimum` and `maximum` count; may be empty.
    step : float
        Step of the plus and minus buttons.
    decimals : int
        Decimals shown.
    options : tuple of str
        Values of a choice.
    """

    name: str
    kind: Kind
    label: str
    minimum: float | None = None
    maximum: float | None = None
    step: float = 1.0
    decimals: int = 0
    options: tuple[str, ...] = ()
    unit: str = ""

    def value(self, given: Any) -> Any:
        """A value of a patient file in the type that the widget holds; None stays None."""
        if given is None:
            return None
        kinds: dict[str, type] = {"number": float, "integer": int, "choice": str, "yes or no": bool}
        return kinds[self.kind](given)

    def beyond(self, value: Any) -> bool:
        """Whether a number is outside the range."""
        if value is None or self.minimum is None or self.maximum is None:
            return False
        return not self.minimum <= value <= self.maximum


def offered(inputs: Iterable[str]) -> tuple[str, ...]:
    """The model inputs that are asked as fields; contraindications are ticked in step 2 instead."""
    return tuple(name for name in inputs if name not in COLUMNS or COLUMNS[name].use == "input")


def extras(inputs: Iterable[str]) -> tuple[str, ...]:
    """The model inputs that the protocol does not know; a patient file has to be told of them."""
    return tuple(name for name in inputs if name not in COLUMNS and name not in MEASURES)


def field_of(name: str) -> Field:
    """The field of one model input; an input that the protocol does not know is a number without limits."""
    if name in MEASURES:
        return _of_measure(MEASURES[name])
    if name in COLUMNS:
        return _of_column(COLUMNS[name])
    return Field(name, "number", wording.input_label(name), decimals=2)


def grouped(inputs: Iterable[str]) -> dict[str, list[Field]]:
    """The inputs of a model in groups, in reading order; empty groups are left out."""
    left = list(inputs)
    result = {title: [field_of(name) for name in names if name in left] for title, names in GROUPS.items()}
    placed = {field.name for fields in result.values() for field in fields}
    result[OTHER] = [field_of(name) for name in left if name not in placed]
    return {title: fields for title, fields in result.items() if fields}


def remark(field: Field, value: Any) -> str:
    """What is to be said about a value: that it is impossible or outside the trial; empty if nothing.

    Parameters
    ----------
    field : Field
    value : object
        As the widget holds it; None where nothing is known.
    """
    if value is None:
        return ""
    if field.kind in ("number", "integer"):
        return _remark_on_number(field, value)
    if value in _TOO_LITTLE.get(field.name, ()):
        return entries.below_entry(CRITERIA["chronic_pain"].label)
    return ""


_TOO_LITTLE = {"pain_duration": ("under_3_months",), "pain_frequency": ("less_than_half",)}


def _remark_on_number(field: Field, value: float) -> str:
    label = wording.input_label(field.name)
    if field.name == "age" and 0 <= value < YOUNGEST:
        return entries.under_age(YOUNGEST)
    if field.beyond(value):
        return entries.impossible(label, value, f"{field.minimum:g} to {field.maximum:g} {field.unit}".rstrip())
    if field.kind == "integer" and value % 1:
        return entries.not_whole(label, value)
    if field.name == "peg" and value < LOWEST_TRIAL_PEG:
        return entries.below_entry(CRITERIA["peg_4"].label)
    return ""


def _of_measure(measure: Measure) -> Field:
    name = wording.input_label(measure.code)
    if measure.binary:
        return Field(measure.code, "yes or no", name)
    label = f"{name} ({measure.unit} {measure.minimum:g} to {measure.maximum:g})"
    step = 1.0 if measure.unit == "T-score" else 0.5
    return Field(
        measure.code, "number", label, measure.minimum, measure.maximum, step, measure.decimals, unit=measure.unit
    )


def _of_column(column: Column) -> Field:
    label = wording.input_label(column.name)
    if column.kind == "boolean":
        return Field(column.name, "yes or no", label)
    if column.kind == "category":
        return Field(column.name, "choice", label, options=column.values)
    limits = "" if column.minimum is None else f"{column.minimum:g} to {column.maximum:g}"
    unit = column.unit if column.unit in ("years", "kg/m2") else ""
    label = f"{label} ({' '.join(part for part in (unit, limits) if part)})" if unit or limits else label
    if column.kind == "integer":
        return Field(column.name, "integer", label, column.minimum, column.maximum, unit=unit)
    decimals = 1 if column.name == "bmi" else 0
    return Field(column.name, "number", label, column.minimum, column.maximum, 1.0, decimals, unit=unit)
