import pytest

from bestviz.advice.patient import Patient
from bestviz.errors import PatientError
from bestviz.trial import BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, MEASURES
from bestviz.ui.fields import OTHER, extras, field_of, grouped, offered, remark

INPUTS = [*INPUT_COLUMNS, *BASELINE_MEASURES]


def test_every_input_has_exactly_one_place():
    placed = [field.name for fields in grouped(INPUTS).values() for field in fields]
    assert sorted(placed) == sorted(INPUTS)
    assert OTHER not in grouped(INPUTS)


def test_inputs_the_protocol_does_not_know_come_last():
    groups = grouped([*INPUTS, "grip_strength"])
    assert list(groups)[-1] == OTHER
    assert [field.name for field in groups[OTHER]] == ["grip_strength"]


def test_contraindications_are_ticked_not_entered():
    assert offered(["age", "contraindicated_dul", "peg", "grip_strength"]) == ("age", "peg", "grip_strength")
    assert extras(["age", "contraindicated_dul", "peg", "grip_strength"]) == ("grip_strength",)


def test_ranges_are_those_of_the_tables():
    assert (field_of("peg").minimum, field_of("peg").maximum) == (MEASURES["peg"].minimum, MEASURES["peg"].maximum)
    assert field_of("pcs6").maximum == COLUMNS["pcs6"].maximum
    assert "0 to 10" in field_of("peg").label
    assert "kg/m2" in field_of("bmi").label


def test_values_take_the_type_of_the_widget():
    assert isinstance(field_of("age").value(58), float)
    assert isinstance(field_of("phq2").value(3.0), int)
    assert field_of("opioid_use").value(1) is True
    assert field_of("sex").value(None) is None


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("peg", 55, "55 is impossible for PEG: it goes from 0 to 10 points"),
        ("peg", -0.5, "impossible"),
        ("peg", 3.9, "Below the trial's entry criterion (PEG of 4 or more): read the advice with caution."),
        ("age", 17, "Under 18 years: the trial enrolled adults only, so there is no advice."),
        ("age", -3, "it goes from 18 to 100 years"),
        ("age", 101, "it goes from 18 to 100 years"),
        ("bmi", 11.9, "it goes from 12 to 80 kg/m2"),
        ("depression", 90, "it goes from 40 to 80 T-score"),
        ("phq2", 7, "it goes from 0 to 6."),
        ("phq2", 2.5, "whole number"),
        ("pain_duration", "under_3_months", "entry criterion (back pain for 3 months or more"),
        ("pain_frequency", "less_than_half", "read the advice with caution"),
    ],
)
def test_what_is_said_of_a_value(name, value, part):
    assert part in remark(field_of(name), value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("peg", 4), ("peg", 10), ("peg", None), ("age", 18), ("bmi", 80), ("sex", "male"), ("opioid_use", True),
     ("pain_duration", "over_5_years"), ("grip_strength", -900.5), ("phq2", 0)],
)  # fmt: skip
def test_nothing_is_said_of_a_usual_value(name, value):
    assert remark(field_of(name), value) == ""


def test_what_is_said_to_be_impossible_is_what_the_advice_refuses():
    """Right under the field and in the answer: the same limits."""
    for name in INPUTS:
        field = field_of(name)
        if field.minimum is None:
            continue
        for value in (field.minimum - 1, field.minimum, field.maximum, field.maximum + 1):
            wrong = "impossible" in remark(field, value) or "Under 18" in remark(field, value)
            try:
                Patient(baseline={name: field.value(value)})
            except PatientError:
                assert wrong, (name, value)
            else:
                assert not wrong, (name, value)
