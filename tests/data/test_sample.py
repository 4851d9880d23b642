"""The consortium's public synthetic sample, where it is at hand."""

from collections import Counter

import pandas as pd
import pytest

from bestviz.data import list_people, load_trial, read_person, validate
from bestviz.data.bacpac.promis import RECALLED, T_SCORES


def test_everyone_is_read(sample):
    trial = load_trial(sample)
    assert len(trial) == 150
    assert Counter(trial.assessments["week"]) == {0: 1303, 12: 1457}
    assert trial.weeks("peg") == (0, 12)
    assert trial.participants["site"].unique().tolist() == ["0201", "0202", "0203"]
    assert trial.participants["first_arm"].isna().all()
    assert trial.deep.shape[0] == 150
    assert trial.deep.notna().mean().min() > 0.5


def test_the_first_person_by_hand(sample):
    person = read_person(sample, "SMART-0201-00001")
    assert person.measures[0]["peg"] == pytest.approx(13 / 3)
    assert person.measures[0]["anxiety"] == 63.4
    assert person.measures[12]["pgic"] == 6
    assert person.participant["bmi"] == pytest.approx(220.2 * 0.45359237 / 2.348**2, abs=0.005)
    assert person.participant["education"] == "below_high_school"


def test_everyone_can_be_read_alone(sample):
    """A few of them: reading one means reading all files."""
    people = list_people(sample)
    assert len(people) == 150
    trial = load_trial(sample)
    for person in people[::37]:
        alone = read_person(sample, person)
        assert alone.participant == trial.participants.loc[person].dropna().to_dict()
        together = trial.assessments[trial.assessments["id"] == person]
        assert sum(map(len, alone.measures.values())) == len(together)


def test_its_faults_are_named(sample):
    found = validate(sample).problems
    assert {p.severity for p in found} == {"warning"}
    assert sum("contradiction between units" in p.message.casefold() for p in found) == 75  # every weight in pounds
    assert [p.file for p in found if "Windows-1252" in p.message] == ["SC.csv"]
    assert sum("entry criterion" in p.message for p in found) == (load_trial(sample).values("peg", 0) < 4).sum()


def test_its_t_scores_are_the_tables(sample):
    """The scoring table holds what the sample pairs, and what is marked as recalled is not in it."""
    records = pd.read_csv(sample / "QSMD.csv", dtype=str)
    wide = records.pivot(index=["USUBJID", "VISITNUM"], columns="QSTESTCD", values="QSSTRESN").astype(str)
    codes = {"anxiety": "PRANX4A", "depression": "PRDEP4A", "pain_interference": "PRPI4A"}
    codes |= {"physical_function": "PRPF6B", "sleep_disturbance": "PRSD6A"}
    for name, code in codes.items():
        pairs = wide[[code + "R", code + "T"]].astype(float).drop_duplicates()
        seen = {int(raw): t for raw, t in pairs.itertuples(index=False)}
        known = {raw: t for raw, t in T_SCORES[name].items() if raw not in RECALLED.get(name, ())}
        assert known == seen
