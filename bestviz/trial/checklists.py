"""What speaks against each treatment, as data: contraindications a clinician answers, cautions that show when apt.

The trial's own contraindications are not public. The duloxetine list follows public drug references and is assumed; for
the other three treatments there is the clinician's judgement, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bestviz.trial.treatments import TREATMENTS

Applies = Literal["yes", "no", "not known"]

DRUG_SOURCE = "public drug references; the trial's own list is not public (assumed)"


@dataclass(frozen=True)
class Contraindication:
    """One reason why a person cannot have a treatment.

    Attributes
    ----------
    id : str
        Stable identifier.
    treatment : str
        Treatment code.
    label : str
        Question a clinician answers with yes or no; also the reason recorded.
    source : str
        Where it comes from.
    assumed : bool
        Whether it is ours, not the trial's.
    needs_reason : bool
        Whether the clinician has to write the reason.
    """

    id: str
    treatment: str
    label: str
    source: str = DRUG_SOURCE
    assumed: bool = True
    needs_reason: bool = False


@dataclass(frozen=True)
class Condition:
    """When a caution shows: one input compared with a limit.

    Attributes
    ----------
    input : str
        Name of a model input, or `"stopping"`: the treatment is being stopped.
    at_least, below : float or None
        Limits of a number; the lower is included, the upper is not.
    """

    input: str
    at_least: float | None = None
    below: float | None = None

    def applies(self, value: float | bool | None) -> Applies:
        """Whether a value meets the condition; without limits it has to be true."""
        if value is None:
            return "not known"
        if self.at_least is None and self.below is None:
            return "yes" if value else "no"
        above = self.at_least is None or value >= self.at_least
        return "yes" if above and (self.below is None or value < self.below) else "no"


@dataclass(frozen=True)
class Caution:
    """Something to ask, check or follow up when a treatment is considered; it does not exclude the treatment.

    Attributes
    ----------
    id : str
        Stable identifier.
    treatment : str
        Treatment code.
    label : str
        What it is about.
    advice : str
        What to do.
    when : Condition or None
        None: always worth asking.
    source : str
        Where it comes from.
    assumed : bool
        Whether it is ours, not the trial's.
    """

    id: str
    treatment: str
    label: str
    advice: str
    when: Condition | None = None
    source: str = DRUG_SOURCE
    assumed: bool = True

    def applies(self, values: Mapping[str, float | bool | str | None]) -> Applies:
        """Whether it applies to a person, given the known inputs by name (and `stopping`)."""
        if self.when is None:
            return "yes"
        value = values.get(self.when.input)
        return "not known" if isinstance(value, str) else self.when.applies(value)


def _drug(name: str, label: str) -> Contraindication:
    return Contraindication(f"dul_{name}", "DUL", label)


def _judgement(treatment: str) -> Contraindication:
    name = TREATMENTS[treatment].name
    return Contraindication(
        f"{treatment.lower()}_judgement",
        treatment,
        f"In your judgement, {name} is contraindicated for this patient",
        source="clinician's judgement; the trial's own list is not public",
        needs_reason=True,
    )


CONTRAINDICATIONS: dict[str, Contraindication] = {
    c.id: c
    for c in (
        _judgement("ESC"),
        _judgement("ACT"),
        _judgement("EBEM"),
        _drug("mao", "MAO inhibitor now or within 14 days (linezolid and methylene blue count)"),
        _drug("liver", "Chronic liver disease or substantial alcohol use"),
        _drug("kidney", "Creatinine clearance below 30 mL/min"),
        _drug("glaucoma", "Uncontrolled narrow-angle glaucoma"),
        _drug("cyp1a2", "Takes a strong CYP1A2 inhibitor (fluvoxamine, ciprofloxacin) or thioridazine"),
        _drug("bipolar", "Bipolar disorder or mania"),
        _drug("blood_pressure", "Uncontrolled high blood pressure"),
        _drug("pregnancy", "Pregnant or breast-feeding"),
        _judgement("DUL"),
    )
}

CAUTIONS: dict[str, Caution] = {
    c.id: c
    for c in (
        Caution(
            "dul_depression",
            "DUL",
            "Depression screen positive (PHQ-2 of 3 or more)",
            "Ask about suicidal thoughts before starting, and follow up in the first weeks.",
            Condition("phq2", at_least=3),
        ),
        Caution(
            "dul_young",
            "DUL",
            "Under 25 years of age: boxed warning on suicidal thoughts",
            "Ask about suicidal thoughts before starting, and follow up closely in the first weeks.",
            Condition("age", below=25),
        ),
        Caution(
            "dul_antidepressant",
            "DUL",
            "Takes an antidepressant now (SSRI, SNRI or tricyclic)",
            "Check with the prescriber before adding duloxetine: the two together risk serotonin syndrome.",
            Condition("antidepressant"),
        ),
        Caution(
            "dul_older",
            "DUL",
            "65 years or older",
            "Consider the risk of falls and check sodium.",
            Condition("age", at_least=65),
        ),
        Caution(
            "dul_taper",
            "DUL",
            "Duloxetine is being stopped",
            "Taper: do not stop abruptly.",
            Condition("stopping"),
        ),
        Caution(
            "dul_bleeding",
            "DUL",
            "Takes an anti-inflammatory painkiller or an anticoagulant",
            "Ask: with duloxetine the risk of bleeding is higher.",
        ),
    )
}


def contraindications_of(treatment: str) -> tuple[Contraindication, ...]:
    """The checklist of one treatment."""
    return tuple(c for c in CONTRAINDICATIONS.values() if c.treatment == treatment)


def cautions_for(treatment: str, values: Mapping[str, float | bool | str | None]) -> tuple[Caution, ...]:
    """The cautions of one treatment that apply to a person.

    Parameters
    ----------
    treatment : str
        Treatment code.
    values : mapping
        Known inputs by name (`age`, `phq2`, `antidepressant`), and `stopping`: whether the treatment is being stopped.

    Returns
    -------
    tuple of Caution
        Those that apply; what cannot be told for want of an input is left out (see `Caution.applies`).
    """
    return tuple(c for c in CAUTIONS.values() if c.treatment == treatment and c.applies(values) == "yes")
