"""Fitting refuses what cannot be learned from; a model is stored with all it says of itself."""

import json
from dataclasses import replace

import numpy as np
import pytest

import bestviz
from bestviz.advice.uncertainty import Calibration
from bestviz.errors import DataError, InputError, ModelFileError, PatientError, PreferenceError, RegimeError


@pytest.fixture(scope="module")
def small():
    return bestviz.simulate_trial(n=60, seed=4)


def without(trial, **gone):
    """The trial without some values: measure and week of `gone`."""
    values = trial.assessments
    drop = values["measure"].eq(gone["measure"])
    if "week" in gone:
        drop &= values["week"].eq(gone["week"])
    return replace(trial, assessments=values[~drop])


def test_too_few_replicates(small):
    with pytest.raises(InputError, match="at least 20 are needed for intervals, not 5"):
        bestviz.fit(small, replicates=5)


def test_unknown_learner(small):
    with pytest.raises(RegimeError, match="choose ensemble or additive or forest"):
        bestviz.fit(small, replicates=20, learner="magic")


def test_nobody_has_a_first_arm(small):
    empty = replace(small, participants=small.participants.assign(first_arm=None))
    with pytest.raises(DataError, match="nobody has a first arm"):
        bestviz.fit(empty, replicates=20)


def test_no_markers(small):
    with pytest.raises(DataError, match="no deep phenotyping markers"):
        bestviz.fit(replace(small, deep=None), replicates=20, with_deep=True)


def test_an_extra_input_that_is_not_there(small):
    with pytest.raises(DataError, match="there is no column shoe_size"):
        bestviz.fit(small, replicates=20, extra_inputs=["shoe_size"])


@pytest.mark.parametrize("week", [0, 24])
def test_no_primary_outcome(small, week):
    with pytest.raises(DataError, match="PEG, the primary outcome, has fewer than 10 values"):
        bestviz.fit(without(small, measure="peg", week=week), replicates=20)


def test_nobody_has_a_class(small):
    people = small.participants.drop(columns="response")
    with pytest.raises(DataError, match="nobody has a response class"):
        bestviz.fit(replace(without(small, measure="pgic"), participants=people), replicates=20)


def test_data_without_much(small):
    """No stopping, side effects, antidepressants, deep markers, PGIC or week 36, and a measure without a start."""
    gone = ["antidepressant", "stopped_first", "stopped_second", "stopped_for_harm", "adverse_event_second"]
    trial = replace(small, deep=None, participants=small.participants.drop(columns=gone))
    trial = without(without(trial, measure="pgic"), measure="sleep_duration", week=0)
    trial = replace(trial, assessments=trial.assessments[trial.assessments["week"] != 36])
    model = bestviz.fit(trial, replicates=20, seed=1)
    assert not {"stopping", "adverse_event", "sleep_duration"} & set(model.outcome_codes)
    assert model.is_small
    assert model.smallest_support == 5
    for patient in ({}, {"horizon": "mean", "baseline": {"peg": 6}}, {"week": 12, "first_arm": "EBEM"}):
        advice = model.recommend(patient).to_dict()
        json.dumps(advice, allow_nan=False)
        assert any("only 60 participants" in text for text in advice["warnings"])
        assert {row["week"] for row in advice["outcomes"]} <= {24}
    with pytest.raises(PreferenceError, match=r"Sleep duration.*the data behind this model do not have it"):
        model.recommend({}, {"sleep_duration": 1})


def test_further_inputs_and_markers(odd):
    assert odd.extra_inputs == ("income", "clinic")
    assert len(odd.markers) == 2
    patient = {"baseline": {"peg": 6, "income": 30, "clinic": "south"}, "deep": {odd.markers[0]: 1.0}}
    advice = odd.recommend(patient)
    assert not {"income", "clinic", odd.markers[0]} & set(advice.unknown)
    assert odd.markers[1] in advice.unknown
    assert odd.recommend({"baseline": {"clinic": "east"}}).unknown[-1] != "east"
    assert any(
        "nobody in the data is east" in text for text in odd.recommend({"baseline": {"clinic": "east"}}).warnings
    )
    arms = {option.arm: option for option in advice.options}
    assert arms["DUL"].reason.startswith("too few to say: 0 participants")
    assert not arms["DUL"].allowed


@pytest.mark.parametrize(
    ("patient", "fault"),
    [
        ({"baseline": {"income": "rich"}}, "baseline.income: 'rich' is not a number"),
        ({"deep": {"wrong_marker": 1}}, "deep.wrong_marker: this model was fitted without this marker"),
        ({"baseline": {"shoe_size": 42}}, "shoe_size"),
        ({"week": 12, "first_arm": "DUL"}, "first_arm: nobody in the data behind this model started DUL"),
    ],
)
def test_patients_this_model_refuses(odd, patient, fault):
    with pytest.raises(PatientError) as caught:
        odd.recommend(patient)
    assert fault in caught.value.messages[0]


def test_a_marker_that_few_had_is_no_fault(odd):
    twin = replace(odd, markers_left_out=("rare_marker",))
    twin.recommend({"deep": {"rare_marker": 1.0}})


def test_an_input_of_another_model(model):
    patient = bestviz.Patient.from_dict({"baseline": {"income": 3}}, extra_inputs=["income"])
    with pytest.raises(PatientError, match=r"baseline.income: this model has no such input"):
        model.recommend(patient)


def test_an_outcome_the_data_do_not_have(odd):
    with pytest.raises(PreferenceError) as caught:
        odd.recommend({}, {"depression": 1, "anxiety": 1})
    assert len(caught.value.messages) == 2


def test_stored_and_loaded_it_answers_the_same(odd, tmp_path, anybody):
    odd.save(tmp_path / "twin")
    twin = bestviz.load_model(tmp_path / "twin")
    assert twin.name == "twin"
    assert twin.digest == odd.digest
    for patient in ({}, {"baseline": {"peg": 7}}, {"week": 12, "first_arm": "ESC", "response": "good"}):
        assert json.dumps(twin.recommend(patient).to_dict()) == json.dumps(odd.recommend(patient).to_dict())


def test_nothing_of_a_patient_is_stored(odd, tmp_path):
    """What is remembered between questions stays in memory."""
    odd.save(tmp_path / "before")
    odd.recommend({"baseline": {"peg": 3.21}, "declined": ["ACT"]}, {"peg": 1})
    odd.save(tmp_path / "before2")
    one, two = ((tmp_path / name / "model.joblib").stat().st_size for name in ("before", "before2"))
    assert abs(one - two) < 100


def test_manifest(model, demo_models):
    manifest = json.loads((demo_models / "demo" / "manifest.json").read_text())
    assert manifest["data_digest"] == model.info.data_digest
    assert manifest["digest"] == model.digest
    assert (manifest["simulated"], manifest["participants"], manifest["replicates"]) == (True, 300, 30)
    assert manifest["inputs"] == [*model.inputs]
    assert "peg" in manifest["outcomes"]


def test_card(model, demo_models):
    card = (demo_models / "demo" / "card.md").read_text()
    assert card == model.card()
    assert card.startswith("# Model card: demo")
    for words in (
        "Simulated data: not for treatment decisions",
        "## Data",
        "## Method",
        "## Intended use",
        "## Limits",
    ):
        assert words in card
    for fact in (
        model.digest,
        model.info.data_digest,
        bestviz.__version__,
        "300 participants",
        "30 bootstrap",
        "seed 1",
    ):
        assert fact in card
    assert "factors measured on 154 simulated" in card
    assert "no untreated arm" in card
    known = replace(model, calibration=Calibration(1.2, 1.3, 2.0, "n=805")).card()
    assert "n=805" in known
    assert "not calibrated" in replace(model, calibration=Calibration()).card()


def test_the_digest_tells_models_apart(model):
    assert replace(model, info=replace(model.info, seed=2)).digest != model.digest
    assert replace(model, calibration=Calibration(1.2)).digest != model.digest
    assert replace(model, name="other").digest == model.digest


def test_something_else_in_the_folder(tmp_path):
    from bestviz import store

    store.save_model({"no": "model"}, tmp_path / "x", {"trained_on": "", "simulated": True, "participants": 1}, "card")
    with pytest.raises(ModelFileError, match="holds no BestViz model"):
        bestviz.load_model(tmp_path / "x")


def test_calibration_widens(rich, typical):
    rich = replace(rich, calibration=Calibration())
    wide = replace(rich, calibration=Calibration(2.0, 2.0, 1.0, "test"))
    one, two = (m.recommend({"baseline": typical}).to_dict() for m in (rich, wide))
    for before, after in zip(one["first"], two["first"], strict=True):
        ends = [before["utility"] + 2 * (end - before["utility"]) for end in before["utility_interval"]]
        assert after["utility_interval"] == pytest.approx(ends)
    assert set(two["near_equal"]) >= set(one["near_equal"])


def test_the_rule_never_chooses_an_arm_that_hardly_anybody_had(model):
    engine, history = model.engine, model.history
    labels, pairs = engine.second_arms.labels, engine.pairs
    counts = history.groupby(["first", "response", "second"]).size()
    weights = engine.weigh(np.eye(engine.weighable)[0])
    chosen = engine.choose(weights, (), replicates=False)[0][0]
    judged = 0
    for row, (person, pair) in enumerate(zip(engine.people, chosen, strict=True)):
        first, response = history.loc[person, ["first", "response"]]
        own = [p for p in pairs.table[row] if p >= 0 and pairs.allowed[p]]
        had = {p: counts.get((first, response, labels[pairs.arm[p]]), 0) for p in own}
        if max(had.values(), default=0) >= model.smallest_support:
            judged += 1
            assert had[pair] >= model.smallest_support
    assert judged > len(engine.people) / 3
    assert (counts < model.smallest_support).any()  # else nothing was tested
