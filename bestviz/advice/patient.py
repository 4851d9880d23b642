"""One patient at a point of decision: what is known, and what is possible for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from bestviz.advice.patient_checks import BASELINE_KEYS, YOUNGEST, faults_of, plain, spec_of, value_fault
from bestviz.errors import PatientError
from bestviz.jsontext import read_object
from bestviz.trial import DEFAULT_RESPONSE_RULE, TREATMENTS, ResponseRule
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.trial.sequences import ResponseClass

if TYPE_CHECKING:
    from bestviz.data.bacpac import PersonRecord

Value = float | int | bool | str
Horizon = Literal[24, 36, "mean"]

LOWEST_TRIAL_PEG = 4


@dataclass(frozen=True)
class Patient:
    """A patient at week 0 or 12, the contract's patient file.

    Faults are collected when it is made: `PatientError.messages` names every one. What is None or left out is not
    known.

    Attributes
    ----------
    week : {0, 12}
        Point of decision.
    baseline : dict
        Model inputs by name at week 0: participant columns and measure codes. Only what is known.
    contraindicated : dict of str to str
        Treatment code -> reason; a list of codes is accepted (no reasons).
    declined, unavailable : dict of str to str
        Treatments the patient declines, or that are not offered here; the reason may be empty. A list is accepted.
    horizon : {24, 36, "mean"}
        Week at which the benefit counts.
    deep : dict of str to float
        Deep phenotyping markers at week 0.
    first_arm : str or None
        First arm as assigned; needed at week 12, like all below only then.
    interim : dict
        Measures at week 12 by code, and `adverse_event_first`.
    stopped_first : bool or None
        Whether the first arm was stopped early; true where it was stopped for harm.
    stopped_for_harm : bool or None
        Whether that was because of harm.
    response : {"excellent", "good", "medium", "poor"} or None
        Class given by a clinician; it wins over the rule.
    response_reason : str or None
        Why the given class differs from the rule's.
    extra_inputs : tuple of str
        Further baseline inputs, known to the model only; not part of the file.
    notes : tuple of str
        What was doubtful where the patient was read from; not part of the file.
    """

    week: int = 0
    baseline: Mapping[str, Value] = field(default_factory=dict)
    contraindicated: Mapping[str, str] = field(default_factory=dict)
    declined: Mapping[str, str] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)
    horizon: Horizon = 24
    deep: Mapping[str, float] = field(default_factory=dict)
    first_arm: str | None = None
    interim: Mapping[str, Value] = field(default_factory=dict)
    stopped_first: bool | None = None
    stopped_for_harm: bool | None = None
    response: ResponseClass | None = None
    response_reason: str | None = None
    extra_inputs: tuple[str, ...] = field(default=(), repr=False, compare=False)
    notes: tuple[str, ...] = field(default=(), repr=False, compare=False)

    __hash__ = None  # type: ignore[assignment]  # its mappings cannot be hashed

    def __post_init__(self) -> None:
        """Check everything, then bring the mappings into one form."""
        faults = tuple(faults_of(_file_fields(self), self.extra_inputs))
        if faults:
            raise PatientError(faults)
        for name in ("baseline", "interim", "deep"):
            self._set(name, {k: plain(v) for k, v in (getattr(self, name) or {}).items() if v is not None})
        for name in ("contraindicated", "declined", "unavailable"):
            self._set(name, _with_reasons(getattr(self, name)))
        self._set("week", int(self.week or 0))
        self._set("horizon", plain(self.horizon) or 24)
        for name in ("stopped_first", "stopped_for_harm"):
            self._set(name, plain(getattr(self, name)))
        if self.stopped_for_harm:
            self._set("stopped_first", True)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], extra_inputs: Iterable[str] = ()) -> Patient:
        """A patient from the contract's mapping.

        Parameters
        ----------
        data : mapping
            Keys as in the patient file.
        extra_inputs : iterable of str
            Further baseline inputs that the model was fitted with; the model checks their values.

        Raises
        ------
        PatientError
            With one message a fault: unknown keys, impossible or contradictory values, age under 18.
        """
        if not isinstance(data, Mapping):
            raise PatientError(
                f"Patient: an object with the keys of a patient file is needed, not {type(data).__name__}."
            )
        extra = tuple(extra_inputs)
        if faults := tuple(faults_of(data, extra)):
            raise PatientError(faults)
        return cls(**{key: value for key, value in data.items() if value is not None}, extra_inputs=extra)

    @classmethod
    def from_json(cls, content: str | bytes, extra_inputs: Iterable[str] = ()) -> Patient:
        """A patient from the text of a patient file."""
        return cls.from_dict(read_object(content, "Patient file", PatientError), extra_inputs)

    @classmethod
    def from_person(cls, record: PersonRecord, extra_inputs: Iterable[str] = ()) -> Patient:
        """A patient at week 0 from one person of a BACPAC folder.

        Implausible values are taken as not known, with a note; a person under 18 is refused all the same.
        """
        extra = tuple(extra_inputs)
        # Findings on a whole file or column are about the data set, not about this person.
        own = [problem for problem in record.problems if problem.row is not None]
        baseline, notes = {}, [str(problem).removeprefix("warning: ") for problem in own]
        for name, value in {**record.participant, **record.measures.get(0, {})}.items():
            if name not in (*BASELINE_KEYS, *extra):
                continue
            fault = value_fault(name, value, spec_of(name))
            if fault is None or (name == "age" and value < YOUNGEST):  # refused below
                baseline[name] = value
            else:
                notes.append(f"{fault} It is taken as not known.")
        contraindicated = {
            code: "recorded in the data"
            for code, column in CONTRAINDICATION_COLUMNS.items()
            if record.participant.get(column) is True
        }
        return cls(
            baseline=baseline,
            contraindicated=contraindicated,
            deep=record.deep,
            extra_inputs=extra,
            notes=tuple(notes),
        )

    def to_dict(self) -> dict[str, Any]:
        """The contract's mapping; `Patient.from_dict` makes the same patient of it."""
        result: dict[str, Any] = {
            "week": self.week,
            "baseline": dict(self.baseline),
            "contraindicated": dict(self.contraindicated),
            "declined": _short(self.declined),
            "unavailable": _short(self.unavailable),
            "horizon": self.horizon,
            "deep": dict(self.deep),
        }
        if self.week:
            result |= {
                "first_arm": self.first_arm,
                "interim": dict(self.interim),
                "stopped_first": self.stopped_first,
                "stopped_for_harm": self.stopped_for_harm,
                "response": self.response,
                "response_reason": self.response_reason,
            }
        return result

    @property
    def excluded(self) -> dict[str, str]:
        """Treatments this patient can have at no stage -> reason in words, in the fixed order of treatments."""
        reasons: dict[str, str] = {}
        for code in TREATMENTS:
            if code in self.contraindicated:
                reasons[code] = self.contraindicated[code] or "contraindicated"
            elif code in self.declined:
                reasons[code] = _because("declined by the patient", self.declined[code])
            elif code in self.unavailable:
                reasons[code] = _because("not available here", self.unavailable[code])
        return reasons

    def response_class(self, rule: ResponseRule = DEFAULT_RESPONSE_RULE) -> ResponseClass | None:
        """Response class at week 12: the given one, else the rule's; None where it cannot be told."""
        return self.response or self.response_by_rule(rule)

    def response_by_rule(self, rule: ResponseRule = DEFAULT_RESPONSE_RULE) -> ResponseClass | None:
        """Response class at week 12 from PEG and PGIC alone; None where it cannot be told."""
        values = (self.baseline.get("peg"), self.interim.get("peg"), self.interim.get("pgic"))
        return rule.classify_one(*(None if v is None else float(v) for v in values))

    def entry_warnings(self, rule: ResponseRule = DEFAULT_RESPONSE_RULE) -> tuple[str, ...]:
        """What is outside the trial's entry criteria, contradictory or doubtful at the source, one sentence each."""
        return self.notes + tuple(text for applies, text in self._warning_table(rule) if applies)

    def _warning_table(self, rule: ResponseRule) -> Iterable[tuple[bool, str]]:
        peg = self.baseline.get("peg")
        yield (
            peg is not None and float(peg) < LOWEST_TRIAL_PEG,
            f"PEG at week 0 is under {LOWEST_TRIAL_PEG}: the trial enrolled nobody with so little pain.",
        )
        yield (
            self.baseline.get("pain_duration") == "under_3_months",
            "The back pain has lasted under 3 months: the trial enrolled only people with 3 months or more.",
        )
        yield (
            self.baseline.get("pain_frequency") == "less_than_half",
            "The back hurts on less than half the days: the trial enrolled only people with it on half or more.",
        )
        yield (
            len(self.contraindicated) > 1,
            "More than one treatment is contraindicated: the trial enrolled nobody with more than one.",
        )
        yield (
            self.first_arm in self.contraindicated,
            f"{self.first_arm} is contraindicated although it was the first treatment: it is left out from now on.",
        )
        by_rule = self.response_by_rule(rule) if self.response else None
        yield (
            by_rule is not None and self.response != by_rule and not self.response_reason,
            f"The response is given as {self.response} without a reason, but PEG and PGIC say {by_rule}.",
        )


def _file_fields(patient: Patient) -> dict[str, Any]:
    return {f.name: getattr(patient, f.name) for f in fields(patient) if f.name not in ("extra_inputs", "notes")}


def _with_reasons(given: Mapping[str, str | None] | Iterable[str] | None) -> dict[str, str]:
    if isinstance(given, Mapping):
        return {code: (reason or "").strip() for code, reason in given.items()}
    return dict.fromkeys(given or (), "")


def _short(reasons: Mapping[str, str]) -> list[str] | dict[str, str]:
    """A list where there is no reason to keep."""
    return dict(reasons) if any(reasons.values()) else list(reasons)


def _because(words: str, reason: str) -> str:
    return f"{words}: {reason}" if reason else words
