import json

import pytest

from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.errors import InputError
from bestviz.ui.case import Case


def test_a_case_comes_back_whole():
    case = Case(
        Patient(baseline={"age": 58, "peg": 6.7}, contraindicated={"DUL": "bipolar"}, declined=["ACT"], horizon=36),
        Preferences({"peg": 1, "anxiety": 3}),
        ("pregnant",),
    )
    back = Case.from_json(case.to_json())
    assert back.patient.to_dict() == case.patient.to_dict()
    assert back.preferences == case.preferences
    assert back.exclusions == ("pregnant",)


def test_a_plain_patient_file_is_read():
    case = Case.from_json('{"week": 0, "baseline": {"peg": 6.7}}')
    assert case.patient.baseline == {"peg": 6.7}
    assert case.preferences.to_dict() == {"peg": 1.0}


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"patient": {"baseline": {"peg": 11}}}, "baseline.peg"),
        ({"patient": {"baseline": {"pegg": 5}}}, "did you mean 'peg'"),
        ({"patient": {"week": 12, "first_arm": "ACT"}}, "week 12"),
        ({"patient": {}, "preferences": {"peg": -1}}, "negative"),
        ({"patient": {}, "trial_exclusions": ["pregnnt"]}, "pregnnt"),
        ({"patient": {}, "trial_exclusions": "pregnant"}, "must be a list"),
        ({"patient": {}, "trial_exclusions": [["pregnant"]]}, "unknown trial exclusion"),
        ({"patient": {}, "colour": 1}, "colour"),
        ({"patient": []}, "Patient"),
    ],
)
def test_each_fault_is_a_sentence(data, part):
    with pytest.raises(InputError) as caught:
        Case.from_json(json.dumps(data))
    assert part in str(caught.value)
    assert all(message.endswith((".", "?")) for message in caught.value.messages)


@pytest.mark.parametrize("content", ["", "not json", "[1]", b"\xff\xfe", '{"patient": {"baseline": {"peg": '])
def test_what_is_no_json_object_is_a_sentence(content):
    with pytest.raises(InputError):
        Case.from_json(content)


def test_all_faults_are_named_at_once():
    with pytest.raises(InputError) as caught:
        Case.from_json(json.dumps({"patient": {"baseline": {"peg": 11, "age": 7}}, "preferences": {"pain": 1}}))
    assert len(caught.value.messages) == 3
