from bestviz.trial import BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, MEASURES
from bestviz.ui.examples import EXAMPLES
from bestviz.ui.fields import OTHER, extras, field_of, grouped, offered

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


def test_examples_are_possible_patients():
    from bestviz.advice.patient import Patient

    for baseline in EXAMPLES.values():
        patient = Patient(baseline=baseline)
        assert not patient.entry_warnings()
        assert set(baseline) <= set(INPUTS)
