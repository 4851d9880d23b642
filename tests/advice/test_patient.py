"""A patient file: what is accepted, what is refused, and that every fault is named."""

import json
import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bestviz.advice.patient import Patient
from bestviz.data.bacpac import PersonRecord
from bestviz.data.problems import Problem
from bestviz.errors import PatientError
from bestviz.trial import BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, MEASURES, ResponseRule

WEEK_0 = {
    "week": 0,
    "baseline": {"age": 52, "sex": "female", "peg": 6.7, "opioid_use": 0, "back_surgery": False},
    "contraindicated": {"DUL": "takes an MAO inhibitor"},
    "declined": ["ACT"],
    "unavailable": ["EBEM"],
    "horizon": 24,
    "deep": {"marker": 1.5},
}
WEEK_12 = WEEK_0 | {
    "week": 12,
    "horizon": "mean",
    "first_arm": "EBEM",
    "interim": {"peg": 4.3, "pgic": 3, "adverse_event_first": True},
    "stopped_first": False,
    "stopped_for_harm": False,
    "response": None,
    "response_reason": "the patient's own words",
}


def faults(data: object, **changes: object) -> tuple[str, ...]:
    with pytest.raises(PatientError) as caught:
        Patient.from_dict({**data, **changes} if changes else data)
    return caught.value.messages


@pytest.mark.parametrize("data", [WEEK_0, WEEK_12])
def test_round_trip(data):
    patient = Patient.from_dict(data)
    assert patient.to_dict() == data
    assert Patient.from_json(json.dumps(data)) == patient
    assert Patient.from_json(b"\xef\xbb\xbf" + json.dumps(data).encode()) == patient
    assert replace(patient) == patient


def test_the_empty_file_is_a_patient_of_whom_nothing_is_known():
    patient = Patient.from_json("{}")
    assert patient == Patient()
    assert patient.week == 0
    assert patient.horizon == 24
    assert patient.excluded == {}
    assert patient.entry_warnings() == ()


def test_null_is_not_known():
    data = {"baseline": {"age": None, "peg": 5}, "deep": None, "first_arm": None, "declined": None, "horizon": None}
    assert Patient.from_dict(data) == Patient(baseline={"peg": 5})


def value_of(name: str) -> st.SearchStrategy:
    spec = MEASURES.get(name) or COLUMNS[name]
    if getattr(spec, "values", ()):
        return st.sampled_from(spec.values)
    if getattr(spec, "kind", "") == "boolean":
        return st.booleans()
    if getattr(spec, "binary", False):
        return st.sampled_from([0, 1, True, False])
    if getattr(spec, "kind", "") == "integer":
        return st.integers(int(spec.minimum), int(spec.maximum))
    return st.floats(spec.minimum, spec.maximum)


@given(st.fixed_dictionaries({}, optional={name: value_of(name) for name in (*INPUT_COLUMNS, *BASELINE_MEASURES)}))
def test_everything_possible_is_accepted_and_comes_back(baseline):
    patient = Patient.from_dict({"baseline": baseline})
    assert patient.baseline == baseline
    assert Patient.from_json(json.dumps(patient.to_dict())) == patient


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("peg", 11, "between 0 and 10"),
        ("peg", -0.1, "between 0 and 10"),
        ("pain_interference", 39, "between 40 and 77"),
        ("age", 17, "adults only"),
        ("age", 101, "between 18 and 100"),
        ("age", "50", "without quotes"),
        ("age", True, "must be a number"),
        ("age", [50], "must be a number"),
        ("bmi", math.nan, "not a finite number"),
        ("bmi", math.inf, "not a finite number"),
        ("bmi", 10**400, "not a finite number"),
        ("phq2", 2.5, "whole number"),
        ("sex", "Female", "did you mean 'female'"),
        ("sex", 1, "use one of"),
        ("pain_duration", "1 to 5 years", "did you mean '1_to_5_years'"),
        ("back_surgery", 1, "true or false"),
        ("back_surgery", "true", "true or false"),
        ("opioid_use", 0.5, "true or false"),
        ("opioid_use", "no", "true or false"),
    ],
)
def test_impossible_values(name, value, words):
    (message,) = faults({"baseline": {name: value}})
    assert message.startswith(f"baseline.{name}: ")
    assert words in message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"basline": {}}, "did you mean 'baseline'"),
        ({"peg": 5}, "belongs under 'baseline'"),
        ({"pgic": 5}, "belongs under 'interim'"),
        ({"baseline": {"pgic": 3}}, "belongs under 'interim'"),
        ({"baseline": {"horizon": 24}}, "belongs at the top level"),
        ({"baseline": {"race": "white"}}, "no input"),
        ({"baseline": {"pgg": 3}}, "did you mean"),
        ({"baseline": [1]}, "must be an object"),
        ({"week": 6}, "use 0"),
        ({"week": True}, "use 0"),
        ({"week": "12"}, "use 0"),
        ({"horizon": 12}, "use 24, 36"),
        ({"horizon": "Mean"}, "use 24, 36"),
        ({"declined": "ACT"}, "list of treatments"),
        ({"declined": 3}, "list of treatments"),
        ({"declined": ["act"]}, "did you mean 'ACT'"),
        ({"declined": ["ACT+DUL"]}, "unknown treatment 'ACT+DUL'"),
        ({"declined": [["ACT"]]}, "unknown treatment"),
        ({"contraindicated": {"XYZ": "x"}}, "use one of ESC, ACT, EBEM, DUL"),
        ({"contraindicated": {"DUL": 3}}, "must be a text"),
        ({"contraindicated": {"DUL": "x" * 501}}, "shorten"),
        ({"deep": {"a": "x"}}, "deep.a"),
        ({"deep": {"a": math.nan}}, "finite"),
        ({"deep": 3}, "must be an object"),
        ({"first_arm": "ESC"}, "only at week 12"),
        ({"interim": {"peg": 3}}, "only at week 12"),
        ({"response": "good"}, "only at week 12"),
    ],
)
def test_what_else_is_refused_at_week_0(data, words):
    (message,) = faults(data)
    assert words in message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_arm": None}, "it is needed"),
        ({"first_arm": "ACT+DUL"}, "unknown value"),
        ({"first_arm": "dul"}, "did you mean 'DUL'"),
        ({"interim": {"peg": 11}}, "interim.peg: 11"),
        ({"interim": {"pgic": 0}}, "between 1 and 7"),
        ({"interim": {"pgic": 2.5}}, "whole number"),
        ({"interim": {"age": 50}}, "belongs under 'baseline'"),
        ({"interim": {"stopped_first": True}}, "top level"),
        ({"stopped_first": "no"}, "true or false"),
        ({"stopped_for_harm": 1}, "true or false"),
        ({"stopped_for_harm": True}, "correct one|was stopped"),
        ({"response": "great"}, "use one of excellent, good, medium, poor"),
        ({"response_reason": 5}, "must be a text"),
    ],
)
def test_what_is_refused_at_week_12(changes, words):
    (message,) = faults(WEEK_12, **changes)
    assert any(word in message for word in words.split("|"))


def test_every_fault_is_named_at_once():
    data = {"wek": 0, "baseline": {"peg": 11, "sex": "x", "foo": 1}, "declined": ["XX", "YY"], "horizon": 3}
    assert len(faults(data)) == 7


@pytest.mark.parametrize("data", [[], "x", None, 3])
def test_not_a_mapping(data):
    assert "an object" in faults(data)[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b'{"week": 0', "ends before it is complete"),
        (b'{"week": 0, "base', "ends before it is complete"),
        (b"week: 0", "it is not JSON"),
        (b"[1, 2]", "it holds a list"),
        (b"null", "it holds null"),
        (b"true", "it holds true or false"),
        (b'{"week": 0, "week": 12}', "given twice"),
        (b'{"baseline": {"age": 1, "age": 2}}', "given twice"),
        ('{"week": 0}'.encode("utf-16"), "not UTF-8"),
        (b" " * 1_000_001, "larger than 1 MB"),
        (b'{"a": ' * 100_000, "nested too deeply"),
        (b'{"baseline": {"age": ' + b"1" * 5000 + b"}}", "number too long"),
        (b'{"baseline": {"age": NaN}}', "not a finite number"),
        (b'{"baseline": {"age": 1e999}}', "not a finite number"),
    ],
)
def test_files_that_are_none(content, words):
    with pytest.raises(PatientError, match=words) as caught:
        Patient.from_json(content)
    assert len(caught.value.messages) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_whatever_comes_is_a_patient_or_a_patient_error(data):
    for value in (
        data,
        *({key: data} for key in (*WEEK_12, "other")),
        {"week": 12, "first_arm": "ESC", "interim": data},
    ):
        with suppress(PatientError):
            Patient.from_dict(value)


def test_the_constructor_checks_too():
    with pytest.raises(PatientError):
        Patient(baseline={"peg": 11})
    with pytest.raises(PatientError):
        replace(Patient.from_dict(WEEK_12), week=0)


def test_numpy_values_become_plain():
    patient = Patient(
        week=np.int64(0), baseline={"peg": np.float64(5), "back_surgery": np.bool_(True), "phq2": np.int64(2)}
    )
    assert json.dumps(patient.to_dict())
    assert patient.baseline["back_surgery"] is True


def test_inputs_that_only_the_model_knows():
    data = {"baseline": {"leg_length": 80.5, "clinic": "north"}}
    assert len(faults(data)) == 2
    assert Patient.from_dict(data, ["leg_length", "clinic"]).baseline == data["baseline"]
    with pytest.raises(PatientError, match="finite"):
        Patient.from_dict({"baseline": {"leg_length": math.inf}}, ["leg_length"])


def test_excluded_treatments_and_their_reasons():
    patient = Patient(
        contraindicated={"DUL": " glaucoma "},
        declined={"DUL": "", "ACT": "no time"},
        unavailable=["ACT", "ESC"],
    )
    assert list(patient.excluded.items()) == [
        ("ESC", "not available here"),
        ("ACT", "declined by the patient: no time"),
        ("DUL", "glaucoma"),
    ]
    assert Patient(contraindicated=["DUL"]).excluded == {"DUL": "contraindicated"}
    assert Patient.from_dict(patient.to_dict()) == patient


def test_stopped_for_harm_means_stopped():
    patient = Patient.from_dict(WEEK_12 | {"stopped_first": None, "stopped_for_harm": True})
    assert patient.stopped_first is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "medium"),
        ({"response": "poor"}, "poor"),
        ({"interim": {"peg": 3.3, "pgic": 2}}, "excellent"),
        ({"interim": {"pgic": 2}}, None),
        ({"interim": {"peg": 3}}, None),
        ({"interim": {"pgic": 2}, "response": "good"}, "good"),
    ],
)
def test_response_class(changes, expected):
    assert Patient.from_dict(WEEK_12 | changes).response_class() == expected


def test_response_by_another_rule():
    assert Patient.from_dict(WEEK_12).response_class(ResponseRule(good_pgic=3, medium_pgic=4)) == "good"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"baseline": {"peg": 3.9}}, "PEG at week 0 is under 4"),
        ({"baseline": {"pain_duration": "under_3_months"}}, "under 3 months"),
        ({"baseline": {"pain_frequency": "less_than_half"}}, "less than half the days"),
        ({"contraindicated": ["DUL", "ACT"]}, "More than one"),
        ({"contraindicated": ["EBEM"]}, "EBEM is contraindicated although"),
        ({"response": "poor", "response_reason": None}, "PEG and PGIC say medium"),
    ],
)
def test_entry_warnings(changes, words):
    (warning,) = Patient.from_dict(WEEK_12 | changes).entry_warnings()
    assert words in warning


def test_no_warning_where_there_is_nothing_to_warn_of():
    assert Patient.from_dict(WEEK_12).entry_warnings() == ()
    assert Patient.from_dict(WEEK_12 | {"response": "poor"}).entry_warnings() == (), "a reason is given"
    assert Patient(baseline={"peg": 4}).entry_warnings() == ()


def person(**changes: object) -> PersonRecord:
    facts = {
        "id": "001",
        "participant": {"age": 52.0, "race": "white", "phq2": 7.0, "contraindicated_dul": True, "first_arm": "ACT"},
        "measures": {0: {"peg": 6.0, "sleep_duration": 30.0}, 12: {"peg": 2.0}},
        "deep": {"marker": 1.0},
        "problems": (
            Problem("warning", "DM.csv", 2, "AGE", "Odd."),
            Problem("warning", "FT.csv", None, "FTTEST", "Of no concern here."),
        ),
    }
    return PersonRecord(**facts | changes)


def test_a_person_of_a_data_set():
    patient = Patient.from_person(person())
    assert patient.baseline == {"age": 52.0, "peg": 6.0}
    assert patient.excluded == {"DUL": "recorded in the data"}
    assert patient.deep == {"marker": 1.0}
    warnings = patient.entry_warnings()
    assert warnings[0] == "DM.csv, row 2, column AGE: Odd."
    assert len(warnings) == 3
    assert [w for w in warnings if w.startswith("phq2") and "taken as not known" in w]
    assert [w for w in warnings if w.startswith("sleep_duration")]
    assert Patient.from_dict(patient.to_dict()) == patient


def test_a_person_under_18_is_refused():
    with pytest.raises(PatientError, match="adults only"):
        Patient.from_person(person(participant={"age": 17.0}))
    assert "age" not in Patient.from_person(person(participant={"age": 130.0})).baseline
