"""FHIR files, all made up: what is read, what is refused, and what is said about the rest."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bestviz.advice.patient import Patient
from bestviz.data.bacpac.promis import T_SCORES
from bestviz.data.fhir import looks_like_fhir, read_fhir
from bestviz.data.fhir.codes import INPUT_OF, INPUTS, LOINC_CODES, READ_TESTS, table, target_of
from bestviz.errors import PatientError
from bestviz.trial import COLUMNS, MEASURES

LOINC = "http://loinc.org"
PERSON = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1966-07-15"}


def read(data):
    return read_fhir(json.dumps(data).encode())


def refused(data):
    with pytest.raises(PatientError) as fault:
        read_fhir(data if isinstance(data, bytes) else json.dumps(data).encode())
    assert len(fault.value.messages) == 1
    return fault.value.messages[0]


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def observation(code, value, when="2026-03-01", system=LOINC, text="something", **more):
    quantity = value if isinstance(value, dict) else {"valueQuantity": {"value": value, "code": "{score}"}}
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": when,
        "code": {"coding": [{"system": system, "code": code, "display": text}]},
        **quantity,
        **more,
    }


def response(items, **more):
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2026-03-01T09:00:00Z",
        "subject": {"reference": "Patient/p1"},
        "item": [{"linkId": link, "answer": [answer]} for link, answer in items.items()],
        **more,
    }


def test_a_bundle_gives_age_sex_scores_and_bmi():
    record = read(
        bundle(
            PERSON,
            observation("77865-4", 64.2),
            observation("91721-1", 36),
            observation("55758-7", 3),
            observation("39156-5", {"valueQuantity": {"value": 31.25, "code": "kg/m2"}}),
        )
    )
    assert record.baseline == {
        "age": 59, "sex": "female", "pain_interference": 64.2, "physical_function": 36, "phq2": 3, "bmi": 31.25,
    }  # fmt: skip
    assert record.notes == ()
    assert record.not_understood == ()
    Patient(baseline=record.baseline)


@pytest.mark.parametrize(
    ("born", "when", "age"),
    [("1966-03-01", "2026-03-01", 60), ("1966-03-02", "2026-03-01T23:00:00Z", 59), ("1966", "2026-03-01", 60)],
)
def test_age_is_that_at_the_date_of_the_values(born, when, age):
    assert read(bundle(PERSON | {"birthDate": born}, observation("55758-7", 1, when))).baseline["age"] == age


@pytest.mark.parametrize(
    ("patient", "when", "part"),
    [
        ({"birthDate": "1966"}, "2026-03-01", "only the year of birth"),
        ({}, None, "no value in the file has a date"),
        ({"birthDate": "2030-01-01"}, "2026-03-01", "not understood"),
    ],
)
def test_an_age_that_is_uncertain_is_said(patient, when, part):
    assert part in " ".join(read(bundle(PERSON | patient, observation("55758-7", 1, when))).notes)


def test_a_child_is_refused_not_taken_as_of_unknown_age():
    baseline = read(bundle(PERSON | {"birthDate": "2012-01-01"}, observation("55758-7", 1))).baseline
    with pytest.raises(PatientError, match="under 18"):
        Patient(baseline=baseline)


def test_items_are_scored_as_in_the_consortiums_format():
    """PEG is the mean; the PROMIS sum 12 has its T-score; PHQ-2 is the sum; radicular pain from two questions."""
    items = {f"PEG{n}": {"valueInteger": score} for n, score in ((1, 7), (2, 6), (3, 8))}
    items |= {f"promis-painin{n}": {"valueInteger": 3} for n in (9, 22, 31, 34)}
    items |= {
        "/44250-9": {"valueCoding": {"system": LOINC, "code": "LA6569-3", "display": "Several days"}},
        "/44255-8": {"valueCoding": {"system": LOINC, "code": "LA6571-9"}},
    }
    items |= {"RADLBP1": {"valueBoolean": True}, "RADLBP2": {"valueCoding": {"display": "No"}}}
    items |= {"LBPDF01": {"valueString": "More than 5 years"}, "PSQI4": {"valueString": "PT6H30M"}}
    record = read(response(items))
    assert record.baseline == {
        "peg": 7, "pain_interference": T_SCORES["pain_interference"][12], "phq2": 4, "radicular": "thigh",
        "pain_duration": "over_5_years", "sleep_duration": 6.5,
    }  # fmt: skip


def test_answers_by_ordinal_value_words_and_names_of_the_data_dictionary():
    ordinal = {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 2}
    items = {
        "GAD01": {"valueCoding": {"code": "x", "extension": [ordinal]}},
        "GAD02": {"valueString": "nearly every day"},
        "EDLEVEL": {"valueString": "Some college education"},
        "employment": {"valueString": "not working"},
        "back_surgery": {"valueCoding": {"code": "Y"}},
        "self_efficacy": {"valueDecimal": 31.5},
        "opioid_use": {"valueBoolean": False},
        "tobacco": {"valueCoding": {"display": "Never"}},
    }
    assert read(response(items)).baseline == {
        "gad2": 5, "education": "some_college", "employment": "not_working", "back_surgery": True,
        "self_efficacy": 31.5, "opioid_use": False, "tobacco": "never",
    }  # fmt: skip


def test_not_sure_is_not_known():
    items = {"LBPPINT1": {"valueInteger": 99}, "RADLBP2": {"valueCoding": {"display": "Not sure"}}}
    assert read(response(items)).baseline == {}


def test_groups_and_answers_below_answers_are_walked():
    inner = {"linkId": "peg", "answer": [{"valueDecimal": 6.5}]}
    nested = {"linkId": "g", "item": [{"linkId": "q", "answer": [{"valueBoolean": True, "item": [inner]}]}]}
    record = read(response({}) | {"item": [nested]})
    assert record.baseline == {"peg": 6.5}
    assert record.not_understood == ("q",)


def test_components_are_read():
    parts = [
        {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueInteger": value}
        for code, value in (("44250-9", 1), ("44255-8", 2))
    ]
    record = read(bundle(PERSON, observation("55757-9", {"component": parts})))
    assert record.baseline["phq2"] == 3


@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_value_wins_whatever_the_order(turned):
    both = [observation("55758-7", 5, "2025-01-10T08:00:00+01:00"), observation("55758-7", 1, "2026-03-01")]
    record = read(bundle(PERSON, *(reversed(both) if turned else both)))
    assert record.baseline["phq2"] == 1


def test_items_of_different_days_are_not_mixed():
    days = [observation(f"PEG{n}", 8, "2025-01-10", "") for n in (1, 2, 3)]
    record = read(bundle(PERSON, *days, observation("PEG1", 1, "2026-03-01", "")))
    assert record.baseline["peg"] == 8
    assert "PEG (2025-01-10)" in " ".join(record.notes).replace("PEG (pain and activity)", "PEG")


def test_a_part_of_a_questionnaire_gives_no_score_and_says_so():
    record = read(response({"PEG1": {"valueInteger": 7}, "PFA11": {"valueInteger": 3}}))
    assert record.baseline == {}
    assert "PEG: 1 of 3 questions are answered, so there is no score." in record.notes
    assert any("1 of 6 questions" in note for note in record.notes)


@pytest.mark.parametrize(
    ("one", "part"),
    [
        (observation("39156-5", {"valueQuantity": {"value": 31, "unit": "lb"}}), "its unit is lb, but kg/m2 is needed"),
        (observation("39156-5", {"valueQuantity": {"value": 31}}), "its unit is missing"),
        (observation("39156-5", {"valueQuantity": {"value": 90, "code": "kg/m2"}}), "90 is outside 12 to 80"),
        (observation("77861-3", {"valueQuantity": {"value": 60, "code": "%"}}), "its unit is %"),
        (observation("77861-3", 12), "12 is outside 40 to 80"),
        (observation("55758-7", 2.5), "not a whole number"),
        (observation("55758-7", 7), "outside its instrument"),
        (observation("55758-7", {"valueQuantity": {"value": 3, "comparator": ">"}}), "only a bound"),
        (observation("55758-7", {"valueQuantity": {"value": "3"}}), "no number"),
        (observation("PEG1", 11, system=""), "outside its instrument"),
        (observation("sex", {"valueString": "robot"}, system=""), "none of female, male, intersex"),
        (observation("back_surgery", {"valueString": "perhaps"}, system=""), "neither yes nor no"),
        (observation("EDLEVEL", {"valueString": "a lot"}, system=""), "in no codelist"),
        (observation("LBPPINT1", {"valueString": "bad"}, system=""), "not understood"),
    ],
)
def test_a_value_that_cannot_be_right_is_left_out_and_said(one, part):
    record = read(bundle(PERSON | {"gender": "unknown"}, one))
    assert set(record.baseline) == {"age"} or record.baseline == {}
    assert part in " ".join(record.notes)


def test_minutes_of_sleep_become_hours():
    minutes = {"valueQuantity": {"value": 390, "code": "min"}}
    assert read(bundle(PERSON, observation("PSQI4", minutes, system=""))).baseline["sleep_duration"] == 6.5


def test_what_is_not_understood_is_listed_without_values():
    record = read(
        bundle(
            PERSON,
            observation("8480-6", 143, text="Systolic blood pressure"),
            observation("8480-6", 151, text="Systolic blood pressure"),
            observation("70274-6", 14, text="GAD-7 total"),
            observation("55758-7", 6) | {"status": "entered-in-error"},
            {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": "Sciatica"}},
            {"resourceType": "Encounter"},
        )
    )
    assert record.not_understood == (
        "LOINC 8480-6: Systolic blood pressure (2 times)",
        "LOINC 70274-6: GAD-7 total (the GAD-7 total is not the GAD-2 score)",
        "Observation (entered-in-error): LOINC 55758-7: something",
        "Condition: Sciatica",
        "Encounter (a resource of this type is not read)",
    )
    assert "phq2" not in record.baseline
    assert "gad2" not in record.baseline
    assert "143" not in repr(record)


def test_a_value_about_somebody_else_is_not_used():
    record = read(bundle(PERSON, observation("55758-7", 6, focus=[{"reference": "RelatedPerson/2"}])))
    assert "phq2" not in record.baseline


def test_a_pain_rating_of_any_pain_is_taken_with_a_note():
    record = read(bundle(PERSON, observation("72514-3", 6)))
    assert record.baseline["pain_intensity"] == 6
    assert "any pain at one moment" in record.notes[0]


@pytest.mark.parametrize(
    ("code", "status", "taken", "mao"),
    [("N06AB06", "active", True, False), ("N06AF03", "active", True, True), ("N06AB06", "stopped", False, False),
     ("C07AB02", "active", False, False)],
)  # fmt: skip
def test_antidepressants_by_atc(code, status, taken, mao):
    concept = {"coding": [{"system": "http://www.whocc.no/atc", "code": code, "display": "a drug"}]}
    one = {"resourceType": "MedicationStatement", "status": status, "medicationCodeableConcept": concept}
    record = read(bundle(PERSON, one | {"subject": {"reference": "Patient/p1"}}))
    assert record.baseline.get("antidepressant", False) == taken
    assert any("MAO inhibitor" in note for note in record.notes) == mao
    assert bool(record.not_understood) != taken


def test_whose_values_they_are():
    other = PERSON | {"id": "p2"}
    assert "2 patients" in refused(bundle(PERSON, other))
    stranger = observation("55758-7", 1) | {"subject": {"reference": "Patient/p2"}}
    assert "belongs to somebody else" in refused(bundle(PERSON, stranger))
    encounter = {"resourceType": "Encounter", "subject": {"reference": "Patient/p2"}}
    assert "belongs to somebody else" in refused(bundle(PERSON, encounter))
    assert "values of 2 patients" in refused(bundle(observation("55758-7", 1), stranger))
    silent = {key: value for key, value in observation("55758-7", 1).items() if key != "subject"}
    assert "do not say whose" in read(bundle(PERSON, silent)).notes[0]


@pytest.mark.parametrize(
    "reference", ["Patient/p1", "https://ehr.example/fhir/Patient/p1", "Patient/p1/_history/3", "urn:uuid:1"]
)
def test_references_to_the_patient(reference):
    data = bundle(PERSON, observation("55758-7", 1) | {"subject": {"reference": reference}})
    data["entry"][0]["fullUrl"] = "urn:uuid:1"
    assert read(data).baseline["phq2"] == 1


WHOLE = json.dumps(bundle(PERSON, observation("55758-7", 1))).encode()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (WHOLE[:-20], "ends before it is complete"),
        (b'{"resourceType": "Bundle", nonsense}', "not JSON"),
        (b'{"resourceType": "Bundle"}', "the Bundle is empty"),
        (b'{"resourceType": "Bundle", "entry": {"a": 1}}', "the Bundle is empty"),
        (b'{"resourceType": "Medication"}', "holds 'Medication'"),
        (b'{"resourceType": 7}', "without a resource type"),
        (b"[1]", "a JSON object"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "it is XML"),
        (b"\xff\xfe{", "not UTF-8"),
        (b" " * 5_000_001, "larger than 5 MB"),
        (b'{"resourceType": "Bundle", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"resourceType": "Bundle", "a": NaN}', "the value NaN"),
        (b'{"resourceType": "Bundle", "a": 1, "a": 2}', "twice"),
        (b'{"resourceType": "Bundle", "a": ' + b"1" * 5000 + b"}", "number too long"),
        (response({}) | {"questionnaire": {"reference": "Questionnaire/1"}}, "older FHIR version"),
        (response({}) | {"group": {}}, "older FHIR version"),
        (bundle(PERSON, observation("55758-7", 1, context={"reference": "Encounter/1"})), "older FHIR version"),
    ],
)
def test_what_is_no_fhir_file_is_one_sentence(content, part):
    message = refused(content)
    assert part in message
    assert message.startswith("FHIR file: ")
    assert message.endswith(".")


def test_deep_but_readable_nesting_is_walked_without_recursion():
    item = {"linkId": "peg", "answer": [{"valueDecimal": 6.5}]}
    for _ in range(150):
        item = {"linkId": "g", "item": [item]}
    assert read(response({}) | {"item": [item]}).baseline == {"peg": 6.5}


def test_a_page_of_a_longer_answer_is_said():
    data = bundle(PERSON, observation("55758-7", 1)) | {"link": [{"relation": "next", "url": "https://x"}]}
    assert "one page of several" in read(data).notes[0]


@pytest.mark.parametrize(
    ("content", "fhir"),
    [
        (WHOLE, True), (WHOLE[:60], True), (b"\xef\xbb\xbf <Bundle/>", True), (b'{"patient": {}}', False),
        (b'{"patient": {"contraindicated": {"DUL": "\\"resourceType\\": no"}}}', False), (b"", False),
    ],
)  # fmt: skip
def test_fhir_is_told_apart_from_a_case_file(content, fhir):
    assert looks_like_fhir(content) == fhir


KEYS = st.sampled_from(
    ["resourceType", "status", "code", "coding", "system", "item", "answer", "linkId", "valueQuantity", "value",
     "valueCoding", "valueInteger", "subject", "reference", "component", "effectiveDateTime", "effectivePeriod"]
)  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)


@given(JUNK, st.sampled_from(["Observation", "QuestionnaireResponse", "MedicationStatement", "Patient"]))
def test_no_junk_breaks_it(junk, kind):
    one = observation("PEG1", 3) | (junk if isinstance(junk, dict) else {"code": junk}) | {"resourceType": kind}
    for data in (bundle(one), bundle(PERSON, one | {"item": junk}), response({"peg": junk if junk else {}})):
        with suppress(PatientError):
            assert set(read(data).baseline) <= set(INPUTS)


def test_every_code_leads_to_an_input():
    for code, row in LOINC_CODES.items():
        assert target_of(LOINC, code) == row.target
        assert INPUT_OF.get(row.target, row.target) in INPUTS
        assert row.source
    for test in READ_TESTS:
        assert INPUT_OF[test] in INPUTS
        assert target_of("", test) == test
    for name in INPUTS:
        assert target_of("", name) == name
        assert name in MEASURES or name in COLUMNS
    assert target_of("http://snomed.info/sct", "PEG1") == ""
    assert target_of(LOINC, "70274-6") == ""


def test_the_documentation_has_the_same_codes():
    text = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    assert table() in text
