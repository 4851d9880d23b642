"""Written and read back, a trial is the same in every format."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import bestviz.data
from bestviz.data import DatasetInfo, Trial, load_trial, simulate_trial, validate, write_trial
from bestviz.data.bacpac.codes import SCALES
from bestviz.data.bacpac.records import hours_of
from bestviz.data.bacpac.scoring import Answers, score, score_promis
from bestviz.data.bacpac.write import _duration, _scored, _total
from bestviz.data.problems import errors_of
from bestviz.errors import DataError
from bestviz.trial import ResponseRule

FORMATS = [("tables", False), ("tables", True), ("bacpac", False)]


def assert_same(back, trial):
    assert_frame_equal(back.participants, trial.participants)
    assert_frame_equal(back.assessments, trial.assessments)
    assert (back.deep is None) == (trial.deep is None)
    if trial.deep is not None:
        assert_frame_equal(back.deep, trial.deep)
    assert back.info == trial.info
    assert back.digest == trial.digest


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("form", "parquet"), FORMATS)
def test_a_hand_made_trial_comes_back_the_same(make_trial, tmp_path, form, parquet, seed):
    trial = make_trial(n=40, seed=seed)
    folder = write_trial(trial, tmp_path / "data", format=form, parquet=parquet)
    assert_same(load_trial(folder), trial)


@pytest.mark.parametrize(("form", "parquet"), FORMATS)
def test_a_simulated_trial_comes_back_the_same(tmp_path, form, parquet):
    if not hasattr(bestviz.data, "simulate_trial"):
        pytest.skip("no simulator yet")
    trial = bestviz.data.simulate_trial(n=60, seed=1)
    assert_same(load_trial(write_trial(trial, tmp_path / "data", format=form, parquet=parquet)), trial)


@pytest.mark.parametrize(("form", "parquet"), FORMATS)
def test_few_columns_no_deep_and_a_rule_of_its_own(make_trial, tmp_path, form, parquet):
    full = make_trial(n=20, seed=3)
    people = full.participants[["second_arm", "first_arm", "response"]].assign(
        clinic=["north", "south"] * 10, score=np.arange(20) / 7
    )[["first_arm", "response", "second_arm", "clinic", "score"]]
    people["clinic"] = people["clinic"].astype("str")
    info = DatasetInfo("small", response_rule=ResponseRule(excellent_fall=0.3, medium_pgic=4))
    trial = Trial(people, full.assessments, None, info)
    assert_same(load_trial(write_trial(trial, tmp_path / "data", format=form, parquet=parquet)), trial)


@pytest.mark.parametrize(("form", "parquet"), FORMATS)
def test_columns_that_are_missing_throughout_stay(make_trial, tmp_path, form, parquet):
    full = make_trial(n=12, seed=4)
    empty = pd.Series(np.nan, full.participants.index)
    people = full.participants.assign(
        antidepressant=empty.astype("boolean"), sex=empty.astype("str"), bmi=empty.astype("float64")
    )
    trial = Trial(people, full.assessments, full.deep, full.info)
    assert_same(load_trial(write_trial(trial, tmp_path / "data", format=form, parquet=parquet)), trial)


@given(hours=st.floats(0, 14))
@example(hours=6.5)
@example(hours=5e-324)
def test_any_duration_reads_back_exactly(hours):
    assert hours_of(_duration(hours)) == hours


@given(value=st.floats(0, 80) | st.integers(0, 30).map(lambda points: points / 3), scale=st.sampled_from(SCALES))
def test_items_of_any_value_score_back_to_it(value, scale):
    """Where the writer finds items for a value, the reader's score of them is that very value."""
    records = pd.DataFrame(
        [("p", week, test, float(number), 2) for _, _, test, _, number, _, week in _scored(scale, value, 12)],
        columns=["id", "week", "test", "value", "line"],
    )
    if not len(records) or _total(scale, value) is None:
        return
    scored, _, problems = (score_promis if scale.t_score else score)(Answers(records, "QSMD.csv"), scale)
    assert problems == []
    assert scored.tolist() == [value]


def test_bacpac_carries_items_where_it_can(make_trial, tmp_path):
    folder = write_trial(make_trial(n=20, seed=1), tmp_path / "data", format="bacpac")
    tests = pd.read_csv(folder / "QSMD.csv", dtype=str)["QSTESTCD"].value_counts()
    assert tests["PEG1"] == tests["PEG2"] == tests["PEG3"] > 0
    assert 0 < tests["PAININ9"] < tests["PRPI4AT"]  # only T-scores that the table has come with items
    assert set(pd.read_csv(folder / "assignments.csv")) >= {"USUBJID", "first_arm", "second_arm", "expectation"}
    assert not {"sex", "age", "pcs6", "radicular"} & set(pd.read_csv(folder / "assignments.csv"))


def test_validate_of_a_written_trial_counts_and_has_only_warnings(trial, tables):
    found = validate(tables.path)
    assert errors_of(found.problems) == ()
    assert (found.participants, found.assessments) == (len(trial), len(trial.assessments))
    assert json.loads(json.dumps(found.to_dict()))["measures"] == list(found.measures)
    assert len(found.measures) == 10
    assert found.trial is not None
    assert {p.severity for p in found.trial.problems} == {"warning"}


def test_writing_replaces_an_earlier_data_folder(make_trial, tmp_path):
    write_trial(make_trial(n=20, seed=1), tmp_path / "data", format="bacpac")
    (tmp_path / "data" / "truth.json").write_text("{}")
    trial = make_trial(n=15, seed=2)
    write_trial(trial, tmp_path / "data")
    assert load_trial(tmp_path / "data").digest == trial.digest
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]  # nothing temporary stays
    assert not (tmp_path / "data" / "truth.json").exists()


def test_writing_refuses_a_foreign_folder(trial, tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    with pytest.raises(DataError, match=r"thesis\.docx"):
        write_trial(trial, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_writing_refuses_a_file_in_its_place_and_unknown_formats(trial, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is a file"):
        write_trial(trial, tmp_path / "file")
    with pytest.raises(DataError, match="Unknown format"):
        write_trial(trial, tmp_path / "new", format="sas")
    with pytest.raises(DataError, match="parquet"):
        write_trial(trial, tmp_path / "new", format="bacpac", parquet=True)
    assert not (tmp_path / "new").exists()


def test_a_failed_write_leaves_the_earlier_data(make_trial, tmp_path):
    first = make_trial(n=15, seed=1)
    folder = write_trial(first, tmp_path / "data", format="bacpac")
    bad = Trial(first.participants, first.assessments.assign(week=3), None, first.info)
    bad.assessments.loc[:, "measure"] = "adverse_event"
    with pytest.raises(DataError, match="adverse_event"):
        write_trial(bad, folder, format="bacpac")
    assert load_trial(folder).digest == first.digest
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("form", ["tables", "bacpac"])
def test_a_trial_from_which_rows_were_taken_is_the_same_when_read_back(tmp_path, form):
    whole = simulate_trial(n=60, seed=3)
    values = whole.assessments
    fewer = replace(whole, assessments=values[~((values["measure"] == "pgic") & (values["week"] == 6))], deep=None)
    folder = write_trial(fewer, tmp_path / "data", format=form)
    assert load_trial(folder).digest == fewer.digest
