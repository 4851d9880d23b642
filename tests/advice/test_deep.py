"""Worth of markers: found where all depends on one, not found where none matters, refused where there are none."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.deep import DeepGain, deep_gain
from bestviz.advice.deep_changes import Switch, changes_of
from bestviz.data.dataset import Trial
from bestviz.errors import DataError, InputError, PreferenceError
from bestviz.regime.judging.values import Estimate


def small_trial(matters: bool, n: int = 500) -> Trial:
    """Few inputs and two markers; where it matters, the first marker says who needs duloxetine and who must not."""
    trial, rng = bestviz.simulate_trial(n=n, seed=4, deep=1.0), np.random.default_rng(4)
    people = trial.participants[["age", "first_arm", "second_arm", "response", "contraindicated_dul"]]
    markers = pd.DataFrame(rng.normal(size=(n, 2)), index=people.index, columns=["tsp", "other"])
    values = trial.assessments[trial.assessments["measure"].isin(["peg", "pgic"])]
    had = [people[c].fillna("").str.contains("DUL") for c in ("first_arm", "second_arm")]
    gain = (matters * 1.5 * markers["tsp"] * (2.0 * (had[0] | had[1]) - 1)).to_dict()
    later = (values["measure"] == "peg") & (values["week"] > 6)
    noisy = np.clip(5 - values["id"].map(gain) + rng.normal(0, 0.7, len(values)), 0, 10)
    values = values.assign(value=values["value"].where(~later, noisy))
    return replace(trial, participants=people, assessments=values, deep=markers)


@pytest.fixture(scope="module")
def found() -> DeepGain:
    return deep_gain(small_trial(True), learner="additive", folds=2, jobs=1)


def test_a_marker_on_which_all_depends_pays(found):
    assert found.gain.interval[0] > 0
    assert found.gain.value > 0.4
    assert found.gain.value == pytest.approx(found.with_markers.value - found.without.value)
    assert found.first_differs > 0.1
    assert (found.people, found.participants, found.markers) == (500, 500, ("tsp", "other"))
    assert "add to the value" in found.statement


def test_whom_the_markers_change(found):
    switches, groups = found.changes.switches, found.changes.groups
    assert sum(each.people for each in switches) == found.people
    moved = sum(each.people for each in switches if each.without != each.with_markers)
    assert moved / found.people == pytest.approx(found.first_differs)
    assert [each.column for each in groups] == ["age"] * 3 + ["tsp"] * 3 + ["other"] * 3
    for column in ("age", "tsp"):
        own = [each for each in groups if each.column == column]
        assert sum(each.share * each.people for each in own) == pytest.approx(moved)
        assert all(each.interval[0] <= each.share <= each.interval[1] for each in own)


def test_shares_of_changes_by_hand():
    people = pd.DataFrame({"sex": ["female"] * 20 + ["male"] * 10})
    trial = Trial(people, pd.DataFrame(), None, None)
    arms = np.zeros((2, 1, 30), dtype=int)
    arms[1, 0, :5] = 1
    changes = changes_of(trial, ("absent",), arms, {0: "ACT", 1: "DUL"})
    assert changes.switches == (Switch("ACT", "ACT", 25), Switch("ACT", "DUL", 5))
    female, male = changes.groups
    assert (female.people, female.share, male.share) == (20, 0.25, 0.0)
    assert female.interval == pytest.approx((0.1119, 0.4687), abs=1e-4)  # Wilson, 5 of 20
    assert male.interval == pytest.approx((0.0, 0.2775), abs=1e-4)  # Wilson, 0 of 10


def test_markers_that_do_not_matter_do_not_pay():
    found = deep_gain(small_trial(False), learner="additive", folds=2)
    low, high = found.gain.interval
    assert low <= 0 <= high
    assert "No evidence of a gain" in found.statement


def test_same_seed_same_answer(found):
    done = []
    again = deep_gain(
        small_trial(True), learner="additive", folds=2, progress=lambda at, total, what: done.append((at, total, what))
    )
    assert again == found
    assert done == [(1, 4, "Judging markers"), (2, 4, "Judging markers"), (3, 4, "Judging markers"),
                    (4, 4, "Judging markers")]  # fmt: skip


def test_it_becomes_json(found):
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["gain"]["interval"] == list(found.gain.interval)
    assert plain["markers"] == ["tsp", "other"]
    assert plain["statement"] == found.statement
    assert plain["changes"]["groups"][0]["interval"] == list(found.changes.groups[0].interval)


def test_statements(found):
    worse = replace(found, gain=Estimate(-1.0, 0.1))
    assert "did worse" in worse.statement
    vague = replace(found, gain=Estimate(0.1, 0.2)).statement
    assert "usually show a gain of 0.56 or more" in vague


def test_only_people_with_markers_count(found):
    trial = small_trial(True)
    some = trial.deep.iloc[:150].assign(rare=np.r_[np.ones(5), np.full(145, np.nan)], same=1.0)
    part = deep_gain(replace(trial, deep=some), learner="additive", folds=2)
    assert (part.people, part.participants) == (150, 500)
    assert part.markers == ("tsp", "other")
    assert part.left_out == ("rare", "same")


def test_data_without_enough_markers():
    trial = small_trial(False)
    for nothing in (None, trial.deep.iloc[:0]):
        with pytest.raises(DataError, match="the data have no deep phenotyping markers"):
            deep_gain(replace(trial, deep=nothing))
    with pytest.raises(DataError, match="only 49 participants have markers"):
        deep_gain(replace(trial, deep=trial.deep.iloc[:49]))
    with pytest.raises(DataError, match="no marker is known of enough people"):
        deep_gain(replace(trial, deep=trial.deep.assign(tsp=1.0)[["tsp"]]))


def test_wrong_questions():
    trial = small_trial(False)
    with pytest.raises(InputError, match="horizon: 12"):
        deep_gain(trial, horizon=12)
    with pytest.raises(PreferenceError, match="unknown outcome"):
        deep_gain(trial, {"happiness": 1})
    with pytest.raises(PreferenceError, match="do not have it"):
        deep_gain(trial, {"depression": 1})
    with pytest.raises(InputError, match="folds must be at least 2"):
        deep_gain(trial, folds=1)
