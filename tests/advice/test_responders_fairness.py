"""Are all groups served alike: the table agrees with single recommendations, and small groups are never shown."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.preferences import Preferences
from bestviz.advice.responders import Fairness, fairness, served
from bestviz.advice.responders.cohort import Cohort
from bestviz.advice.responders.groups import SMALL, Group, grouping_columns, groups_of
from bestviz.data.dataset import Trial
from bestviz.errors import DataError, InputError
from bestviz.trial import BASELINE_MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

PEG = Preferences({"peg": 1.0})


@pytest.fixture(scope="module")
def trial() -> Trial:
    """The data of the demo model."""
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture(scope="module")
def table(model, trial) -> Fairness:
    return fairness(model, trial)


def patient_of(model, trial: Trial, person: str) -> dict | None:
    """The patient file of a participant of whom everything is known."""
    row = trial.participants.loc[person]
    baseline = {n: row[n] for n in model.inputs if n in row.index and n not in CONTRAINDICATION_COLUMNS.values()}
    baseline |= {m: trial.values(m, 0)[person] for m in BASELINE_MEASURES if m in model.inputs}
    if any(pd.isna(value) for value in baseline.values()):
        return None
    plain = {n: v.item() if hasattr(v, "item") else v for n, v in baseline.items()}
    barred = {code: "in the trial" for code, c in CONTRAINDICATION_COLUMNS.items() if c in row.index and row[c]}
    return {"baseline": plain, "contraindicated": barred}


@pytest.mark.parametrize("horizon", [24, "mean"])
def test_everybody_at_once_is_as_one_by_one(model, trial, horizon):
    cohort = Cohort.of(model, trial)
    utilities = cohort.utilities(PEG, horizon)
    best = cohort.best(PEG, horizon)
    np.testing.assert_array_equal(best, cohort.recommended(utilities))
    labels, seen = model.engine.first_arms.labels, 0
    for at, person in enumerate(trial.participants.index[:60]):
        patient = patient_of(model, trial, person)
        if patient is None:
            continue
        seen += 1
        advice = model.recommend(patient | {"horizon": horizon})
        assert labels[best[at]] == advice.recommended
        for option in advice.options:
            assert option.allowed == cohort.allowed[at, labels.index(option.arm)]
            if option.utility is not None:
                assert utilities[at, labels.index(option.arm), 0] == pytest.approx(option.utility, abs=1e-6)
    assert seen > 20


def test_intervals_and_near_ties_are_those_of_single_recommendations(model, trial):
    people = served.Served.of(model, trial, PEG, 24)
    for at, person in enumerate(trial.participants.index[:40]):
        patient = patient_of(model, trial, person)
        if patient is None:
            continue
        advice = model.recommend(patient)
        low, high = advice.options[0].utility_interval
        row = people.row(Group("", "one", np.array([at, at]), True))
        assert row.interval_width == pytest.approx(high - low, abs=1e-6)
        assert people.alternatives[at] == (len(advice.near_equal) > 1)


def test_the_table_adds_up(model, trial, table):
    everybody = table.rows[0]
    assert (everybody.column, everybody.group, everybody.people) == ("", "everybody", 300)
    for row in table.rows:
        assert sum(row.recommended.values()) == pytest.approx(1)
        assert row.gain == pytest.approx(row.utility - row.utility_as_randomised)
        assert row.gain >= -1e-9
        assert row.gain_interval[0] <= row.gain <= row.gain_interval[1]
        assert row.people >= 10
        assert all(row.recommended[arm] <= row.may_have[arm] + 1e-12 for arm in row.recommended)
        assert 0 <= row.inputs_missing <= row.any_missing <= 1
    for column in ("sex", "age", "education"):
        rows = [row for row in table.rows if row.column == column]
        left = 300 - sum(row.people for row in rows)
        assert 0 <= left < 10 * max(len(table.left_out.get(column, ())), 1)
        if not left:
            assert np.average([r.gain for r in rows], weights=[r.people for r in rows]) == pytest.approx(everybody.gain)


def test_groups_are_in_the_order_in_which_they_are_read(table):
    assert [row.group for row in table.rows if row.column == "age"] == ["under 40", "40 to 64", "65 and over"]
    education = [row.group for row in table.rows if row.column == "education"]
    assert education.index("high school") < education.index("bachelor") < education.index("graduate")


def test_what_may_not_be_had_is_never_recommended(model, trial):
    people = trial.participants.assign(contraindicated_dul=True)
    everybody = fairness(model, replace(trial, participants=people), columns=["sex"]).rows[0]
    assert everybody.recommended["DUL"] == everybody.may_have["DUL"] == 0


def test_who_may_have_nothing_is_left_out(model, trial):
    barred = dict.fromkeys(CONTRAINDICATION_COLUMNS.values(), False)
    people = trial.participants.assign(**barred)
    people.loc[people.index[:50], list(barred)] = True
    found = fairness(model, replace(trial, participants=people), columns=["sex"])
    assert found.rows[0].people == 250
    with pytest.raises(DataError, match="nobody may have any of the first treatments"):
        fairness(model, replace(trial, participants=people.assign(**dict.fromkeys(barred, True))))


def test_small_groups_are_put_together_or_left_out():
    people = pd.DataFrame({"race": ["white"] * 30 + ["black"] * 6 + ["asian"] * 5 + [None] * 3})
    everybody = np.ones(len(people), dtype=bool)
    groups, left_out = groups_of(people, "race", everybody)
    assert [(g.name, len(g.rows), g.is_one) for g in groups] == [("white", 30, True), (SMALL, 14, False)]
    assert left_out == ()
    groups, left_out = groups_of(people[people["race"] != "asian"].iloc[:36], "race", everybody[:36])
    assert [g.name for g in groups] == ["white"]
    assert left_out == ("black",)
    assert groups_of(people, "race", ~everybody) == ([], ())


def test_groups_of_numbers_and_flags():
    people = pd.DataFrame({"age": [30.0] * 10 + [40] * 10 + [64.9] * 10 + [65] * 10 + [np.nan] * 10})
    everybody = np.ones(50, dtype=bool)
    groups, _ = groups_of(people, "age", everybody)
    assert [(g.name, len(g.rows)) for g in groups] == [
        ("under 40", 10), ("40 to 64", 20), ("65 and over", 10), ("not known", 10)
    ]  # fmt: skip
    people = pd.DataFrame({"income": np.arange(60.0), "insured": pd.array([True, False, None] * 20, dtype="boolean")})
    groups, _ = groups_of(people, "income", np.ones(60, dtype=bool))
    assert [(g.name, len(g.rows)) for g in groups] == [
        ("lowest third", 20), ("middle third", 20), ("highest third", 20)
    ]  # fmt: skip
    groups, _ = groups_of(people, "insured", np.ones(60, dtype=bool))
    assert [(g.name, len(g.rows)) for g in groups] == [("no", 20), ("yes", 20), ("not known", 20)]


def test_usual_columns_are_those_that_there_are(trial):
    assert grouping_columns(trial.participants, None) == (
        "sex", "race", "ethnicity", "age", "education", "employment"
    )  # fmt: skip
    with pytest.raises(InputError, match="no column shoe_size; leave it out"):
        grouping_columns(trial.participants, ("sex", "shoe_size"))
    with pytest.raises(InputError, match="nothing to group them by"):
        grouping_columns(trial.participants[["first_arm"]], None)


def people_with(model, gain: np.ndarray) -> served.Served:
    """People of whom only what the recommendation adds is known, without error."""
    n = len(gain)
    recommended = np.repeat(gain[:, None], model.engine.replicates + 1, axis=1)
    yes, none = np.ones(n, dtype=bool), np.zeros((n, 0), dtype=bool)
    return served.Served(
        model, yes, np.zeros(n, np.intp), np.ones((n, 4), bool), recommended, 0 * recommended, ~yes, none
    )


def test_gaps_count_who_happened_to_take_part(model):
    rng = np.random.default_rng(1)
    gain = rng.normal(size=200) + np.repeat([0, 0.9], 100)
    people = people_with(model, gain)
    groups = [Group("sex", "male", np.arange(100), True), Group("sex", "female", np.arange(100, 200), True)]
    gap = people.gap(groups, 1)
    assert (gap.more, gap.less) == ("female", "male")
    assert gap.difference == pytest.approx(gain[100:].mean() - gain[:100].mean())
    se = np.sqrt(gain[:100].var(ddof=1) / 100 + gain[100:].var(ddof=1) / 100)
    assert gap.difference_interval == pytest.approx((gap.difference - 1.96 * se, gap.difference + 1.96 * se), abs=1e-3)
    assert gap.is_clear
    assert not people.gap(groups, 10**12).is_clear
    assert people.row(groups[0]).inputs_missing == 0


def test_the_statement_names_the_largest_gap(model, table):
    gap = table.gaps[0]
    assert gap.difference == max(each.difference for each in table.gaps)
    assert f"between {gap.more} and {gap.less}" in table.statement
    assert "overstated" in table.statement
    clear = replace(table, gaps=(replace(gap, is_clear=True), *table.gaps[1:]))
    assert "Clear beyond what chance makes" in clear.statement
    unclear = replace(table, gaps=(replace(gap, is_clear=False),))
    assert "No gap is clear" in unclear.statement
    assert replace(table, gaps=()).statement == "No two groups are large enough to be compared."


def test_it_becomes_json(table):
    plain = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert plain["rows"][0]["recommended"].keys() == {"ESC", "ACT", "EBEM", "DUL"}
    assert isinstance(plain["gaps"][0]["difference_interval"], list)
    assert plain["statement"] == table.statement
    assert any("evaluation" in note for note in plain["notes"])


def test_other_data(model, trial):
    """Inputs that other data do not have count as missing; data without any are refused."""
    others = bestviz.simulate_trial(n=120, seed=9)
    people = others.participants.drop(columns=["age", "pcs6"]).assign(employment="astronaut")
    found = fairness(model, replace(others, participants=people), {"depression": 1}, columns=["sex"], horizon=36)
    assert found.rows[0].any_missing == 1
    assert found.rows[0].inputs_missing >= 3 / len(model.inputs)
    assert found.preferences == {"depression": 1}
    bare = replace(
        others,
        participants=others.participants[["first_arm", "second_arm", "race"]],
        assessments=others.assessments[others.assessments["week"] > 0],
    )
    with pytest.raises(DataError, match="none of the inputs of the model"):
        fairness(model, bare)
    with pytest.raises(InputError, match="horizon: 18"):
        fairness(model, trial, horizon=18)
