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
        {"DUL": "side_effects"},
    )
    back = Case.from_json(case.to_json())
    assert back.patient.to_dict() == case.patient.to_dict()
    assert back.preferences == case.preferences
    assert back.exclusions == ("pregnant",)
    assert back.tried == {"DUL": "side_effects"}


def test_a_case_of_week_12_comes_back_whole():
    patient = Patient(
        week=12,
        baseline={"peg": 6.7},
        first_arm="DUL",
        interim={"peg": 5.0, "pgic": 3},
        stopped_for_harm=True,
        response="poor",
        response_reason="cannot take anything",
    )
    assert Case.from_json(Case(patient).to_json()).patient.to_dict() == patient.to_dict()


def test_the_first_version_is_still_read():
    case = Case.from_json('{"bestviz_case": 1, "patient": {"baseline": {"age": 58}}, "trial_exclusions": []}')
    assert case.patient.baseline == {"age": 58}
    assert case.tried == {}


def test_a_plain_patient_file_is_read():
    case = Case.from_json('{"week": 0, "baseline": {"peg": 6.7}}')
    assert case.patient.baseline == {"peg": 6.7}
    assert case.preferences.to_dict() == {"peg": 1.0}


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"patient": {"baseline": {"peg": 11}}}, "baseline.peg"),
        ({"patient": {"baseline": {"pegg": 5}}}, "did you mean 'peg'"),
        ({"patient": {"week": 12}}, "first_arm: missing"),
        ({"bestviz_case": 3, "patient": {}}, "version 3"),
        ({"bestviz_case": "2", "patient": {}}, "must be the number"),
        ({"patient": {}, "tried_before": {"OPI": "helped"}}, "unknown treatment 'OPI'"),
        ({"patient": {}, "tried_before": {"DUL": "great"}}, "tried_before.DUL: unknown value 'great'"),
        ({"patient": {}, "tried_before": ["DUL"]}, "must be an object"),
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
