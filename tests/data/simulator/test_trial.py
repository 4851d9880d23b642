"""The simulated trial looks like BEST within the stated tolerances, keeps the protocol, and is reproducible."""

import numpy as np
import pandas as pd
import pytest

from bestviz.data import Trial, load_trial, validate, write_trial
from bestviz.data.simulator import Truth, simulate_trial
from bestviz.errors import InputError
from bestviz.trial import (
    ASSESSED,
    BASELINE_MEASURES,
    COLUMNS,
    INPUT_COLUMNS,
    MEASURES,
    allowed_first_table,
    allowed_second_table,
)


def test_same_seed_same_bytes_and_another_seed_another_trial():
    one, again, other = simulate_trial(200, 5), simulate_trial(200, 5), simulate_trial(200, 6)
    assert one.digest == again.digest
    assert one.digest != other.digest
    assert one.participants.to_csv() == again.participants.to_csv()


@pytest.mark.parametrize("strength", ["none", "modest", "demo", "strong"])
def test_every_strength_validates_and_survives_the_round_trip(strength, tmp_path):
    trial = simulate_trial(300, seed=3, strength=strength)
    folder = write_trial(trial, tmp_path / "trial")
    assert validate(folder).errors == ()
    assert load_trial(folder).digest == trial.digest


def test_info_says_simulated_and_how_strong():
    info = simulate_trial(50, strength="modest").info
    assert info.simulated
    assert info.name == "Simulated BEST-like trial"
    assert "modest" in info.description
    assert "0.20" in info.description


def test_complete_baseline_agrees_with_what_is_recorded():
    trial, baseline = Truth().simulate_complete(300, seed=8)
    assert not baseline.isna().any().any()
    for name in INPUT_COLUMNS:
        recorded = trial.participants[name].dropna()
        assert (baseline.loc[recorded.index, name] == recorded).all(), name
    for code in BASELINE_MEASURES:
        recorded = trial.values(code, 0).dropna()
        assert (baseline.loc[recorded.index, code] == recorded).all(), code


def test_population(large: Trial):
    people = large.participants
    assert people["age"].mean() == pytest.approx(50.4, abs=0.5)
    assert (people["sex"] == "female").mean() == pytest.approx(0.616, abs=0.015)
    assert (people["race"] == "black").mean() == pytest.approx(0.125, abs=0.01)
    assert people["site"].nunique() == 10
    assert large.values("opioid_use", 0).mean() == pytest.approx(0.10, abs=0.01)
    peg = large.values("peg", 0)
    assert peg.notna().all()
    assert peg.min() == 4
    assert peg.mean() == pytest.approx(6.2, abs=0.2)
    assert not (people["pain_duration"] == "under_3_months").any()
    missing = people[list(set(INPUT_COLUMNS) - {"age", "sex"})].isna().mean()
    assert missing.between(0.015, 0.035).all()
    assert len(large.deep) / len(people) == pytest.approx(0.63, abs=0.015)
    assert large.deep.shape[1] == 12


def test_values_are_legal(large: Trial):
    for name, column in COLUMNS.items():
        values = large.participants[name].dropna() if name in large.participants else pd.Series(dtype=float)
        if column.values:
            assert set(values) <= set(column.values), name
        if column.minimum is not None:
            assert values.between(column.minimum, column.maximum).all(), name
        if column.kind == "integer":
            assert (values % 1 == 0).all(), name
    table = large.assessments
    assert set(table["measure"]) == set(ASSESSED)
    assert not table.duplicated(["id", "week", "measure"]).any()
    for code, rows in table.groupby("measure"):
        measure = MEASURES[code]
        assert set(rows["week"]) == set(measure.weeks)
        assert rows["value"].between(measure.minimum, measure.maximum).all()
    peg = table.loc[table["measure"] == "peg", "value"]
    np.testing.assert_allclose(peg * 3, (peg * 3).round(), atol=2e-4)


def test_contraindications(large: Trial):
    people = large.participants
    flags = people[[f"contraindicated_{code}" for code in ("esc", "act", "ebem", "dul")]].astype(float)
    assert flags.sum(axis=1).max() == 1
    np.testing.assert_allclose(flags.mean(), [0, 0.025, 0.025, 0.40], atol=0.015)
    dul = flags["contraindicated_dul"]
    assert dul[people["antidepressant"].fillna(False)].mean() > 0.55


def test_nobody_gets_what_the_protocol_forbids(large: Trial):
    people = large.participants
    first = allowed_first_table(people)
    assert first.to_numpy()[np.arange(len(people)), first.columns.get_indexer(people["first_arm"])].all()
    some = people[people["second_arm"].notna()]
    second = allowed_second_table(some)
    assert second.to_numpy()[np.arange(len(some)), second.columns.get_indexer(some["second_arm"])].all()
    np.testing.assert_allclose(some["second_probability"], 1 / second.sum(axis=1), atol=1e-4)
    without = people[people["response"].notna() & people["second_arm"].isna()]
    assert len(without) > 0
    assert without["stopped_for_harm"].all()
    assert not allowed_second_table(without).any(axis=None)


def test_response_classes_follow_the_rule_and_the_planning_shares(large: Trial):
    recorded = large.participants["response"].dropna()
    rule = large.info.response_rule.classify(
        large.values("peg", 0), large.values("peg", 12), large.values("pgic", 12)
    ).loc[recorded.index]
    assert (rule == recorded).all()
    shares = recorded.value_counts(normalize=True)
    for name, planned in {"excellent": 0.125, "good": 0.36, "medium": 0.265, "poor": 0.25}.items():
        assert shares[name] == pytest.approx(planned, abs=0.04), name


def test_week_12_change_by_arm(large: Trial):
    change = large.values("peg", 12) - large.values("peg", 0)
    means = change.groupby(large.participants["first_arm"]).mean()
    for arm, planned in {"ESC": -1.0, "ACT": -1.3, "DUL": -1.4, "EBEM": -1.5}.items():
        assert means[arm] == pytest.approx(planned, abs=0.15), arm
    assert change.std() == pytest.approx(2.0, abs=0.15)


def test_course_over_time(large: Trial):
    change = {week: (large.values("peg", week) - large.values("peg", 0)).mean() for week in (6, 12, 18, 24, 36)}
    assert change[6] / change[12] == pytest.approx(0.75, abs=0.06)
    assert change[24] < change[12]
    assert change[36] > change[24]
    mood = (
        (large.values("depression", 12) - large.values("depression", 0)).groupby(large.participants["first_arm"]).mean()
    )
    function = large.values("physical_function", 12) - large.values("physical_function", 0)
    assert mood.idxmin() == "ACT"
    assert function.groupby(large.participants["first_arm"]).mean().idxmax() == "EBEM"
    for week in (6, 12, 18, 24, 36):
        fall = large.values("peg", 0) - large.values("peg", week)
        assert fall.corr(large.values("pgic", week)) < -0.3


def test_missing_values_depend_on_what_was_seen(large: Trial):
    missing = large.values("peg", 24).isna()
    assert 0.15 <= missing.mean() <= 0.20
    young = large.participants["age"] < 40
    assert missing[young].mean() > missing[~young].mean() + 0.02
    stopped = large.participants["stopped_first"].fillna(False).astype(bool)
    here = large.participants["response"].notna()
    assert missing[here & stopped].mean() > missing[here & ~stopped].mean() + 0.05
    left = large.participants["response"].isna()
    assert 0.03 < left.mean() < 0.08
    assert large.participants.loc[left, "second_arm"].isna().all()
    assert large.values("peg", 36)[left].isna().all()
    gap = missing & large.values("peg", 36).notna()
    assert 0.01 < gap.mean() < 0.08


def test_safety(large: Trial):
    people = large.participants
    stopped = people["stopped_first"].astype(float).groupby(people["first_arm"]).mean()
    assert 0.15 <= stopped["DUL"] <= 0.20
    assert stopped.idxmax() == "DUL"
    harm = people["stopped_for_harm"].fillna(False).astype(bool)
    assert people.loc[harm, "stopped_first"].all()
    assert people.loc[harm, "adverse_event_first"].all()
    assert people["serious_event"].mean() < 0.03


@pytest.mark.parametrize("wrong", [{"n": 0}, {"seed": -1}, {"deep": 1.2}, {"strength": "huge"}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(InputError):
        simulate_trial(**({"n": 20} | wrong))


def test_no_deep_and_tiny_trials():
    assert simulate_trial(30, deep=0).deep is None
    assert len(simulate_trial(1)) == 1
