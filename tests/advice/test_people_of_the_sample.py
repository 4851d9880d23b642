"""People of the consortium's public synthetic sample, where it is at hand, get advice."""

import json
from pathlib import Path

import pytest

from bestviz.advice.patient import Patient
from bestviz.data import load_trial, read_person
from bestviz.data.bacpac import PersonRecord

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bacpac_sample"

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="the public sample is not at hand")


def test_a_person_read_alone(model):
    patient = Patient.from_person(read_person(SAMPLE, "SMART-0201-00001"))
    advice = model.recommend(patient).to_dict()
    json.dumps(advice, allow_nan=False)
    assert {"antidepressant", "expectation", "self_efficacy"} <= set(advice["unknown"])
    assert "peg" not in advice["unknown"]


def test_all_150_get_advice(model):
    """Read together: one at a time, every person means reading all files."""
    trial = load_trial(SAMPLE)
    assert len(trial) == 150
    for person, row in trial.participants.iterrows():
        values = trial.assessments[(trial.assessments["id"] == person) & (trial.assessments["week"] == 0)]
        known = {name: value for name, value in row.dropna().items() if name not in ("first_arm", "second_arm")}
        measures = {0: dict(zip(values["measure"], values["value"], strict=True))}
        deep = trial.deep.loc[person].dropna().to_dict() if person in trial.deep.index else {}
        patient = Patient.from_person(PersonRecord(str(person), known, measures, deep, ()))
        advice = model.recommend(patient).to_dict()
        json.dumps(advice, allow_nan=False)
        assert advice["recommended_first"]
