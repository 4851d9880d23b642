"""Many lines as one number: known answers, and intervals that rest on trials."""

import json

import numpy as np
import pytest

from bestviz.study.measures import BINS, MEASURES
from bestviz.study.summary import LEAST_CASES, summary, summary_table, tenths


def found(key, lines):
    return next(one for one in summary(lines) if one.key == key)


def bins(*rows):
    """Ten tenths; `rows` are (place, said, true, cases)."""
    table = np.zeros((BINS, 3))
    for at, *row in rows:
        table[at] = row
    return table.tolist()


def test_a_mean_by_hand():
    one = found("loss_sd", [{"loss_sd": x} for x in (-0.1, 0.0, 0.1)])
    assert (one.value, one.repeats, one.cases) == (0.0, 3, None)
    assert one.se == pytest.approx(0.1 / 3**0.5)
    assert one.interval == pytest.approx((-4.302653 * one.se, 4.302653 * one.se))
    assert one.verdict == "met"


def test_what_is_missing_and_what_is_unavailable_is_left_out():
    lines = [{"gain_share": None}, {"gain_share": 0.5}, {"unavailable": "No.", "gain_share": 0.9}]
    one = found("gain_share", lines)
    assert (one.value, one.se, one.interval, one.repeats, one.verdict) == (0.5, None, None, 1, None)
    assert [each.key for each in summary(lines)] == ["gain_share"]
    assert summary([]) == ()


def test_a_pooled_share_by_hand():
    """9 of 10 and 18 of 20 hold: 0.9, and no difference between trials, so one case a trial is all that is sure."""
    one = found("means_covered", [{"means_covered": [9, 10]}, {"means_covered": [18, 20]}])
    assert (one.value, one.se, one.cases) == (0.9, 0.0, 30)
    assert one.verdict == "met"
    one = found("means_covered", [{"means_covered": [10, 10]}, {"means_covered": [5, 10]}])
    assert one.value == 0.75
    assert one.se == pytest.approx(np.sqrt(2 * 2.5**2 * 2) / 20)
    assert 0 < one.interval[0] < 0.75 < one.interval[1] < 1
    assert one.verdict == "unclear"


def test_cases_of_one_trial_make_an_interval_no_narrower():
    few = found("means_covered", [{"means_covered": [k, 4]} for k in (1, 2, 3, 4) * 5])
    many = found("means_covered", [{"means_covered": [10 * k, 40]} for k in (1, 2, 3, 4) * 5])
    assert few.interval == pytest.approx(many.interval)


def test_intervals_of_shares_hold_the_truth_as_often_as_they_say():
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        share = rng.beta(18, 2, 60)  # trials differ
        lines = [{"means_covered": [int(rng.binomial(80, p)), 80]} for p in share]
        low, high = found("means_covered", lines).interval
        held += low <= 0.9 <= high
    assert 0.92 <= held / 400 <= 0.98


def test_a_target_that_is_surely_missed():
    assert found("means_covered", [{"means_covered": [k, 20]} for k in (10, 11, 12, 9) * 5]).verdict == "missed"


def test_tenths_by_hand():
    lines = [{"chances": bins((2, 2.5, 3, 10), (9, 9.5, 9, 10))}, {"chances": bins((2, 2.5, 1, 10))}]
    low, high = tenths(lines)
    assert (low.said, low.true, low.cases, low.error) == pytest.approx((0.25, 0.2, 20, 0.05))
    assert (high.said, high.true, high.cases) == pytest.approx((0.95, 0.9, 10))
    assert low.interval[0] < 0.2 < low.interval[1]
    assert tenths([{"value": 1.0}]) == ()


def test_the_largest_error_counts_only_tenths_with_enough_cases():
    good, wild = (2, 10.0, 10, 40), (9, 9.5, 1, 10)
    assert 3 * wild[3] < LEAST_CASES < 3 * good[3]
    one = found("chances", [{"chances": bins(good, wild)}] * 3)
    assert (one.value, one.verdict) == (0, "met")
    sure = found("chances", [{"chances": bins((5, 22.0, 4 + k, 40))} for k in (0, 1, 2) * 20])
    assert sure.verdict == "missed"
    assert sure.value == pytest.approx(0.55 - 5 / 40)
    assert found("chances", [{"chances": bins((5, 33.0, k, 60))} for k in (15, 42)]).verdict == "unclear"
    assert [one.key for one in summary([{"chances": bins()}])] == []


def test_arms_have_rows_of_their_own():
    lines = [{"person_covered": [8, 10], "person_covered_ACT": [4, 5], "person_covered_DUL": [4, 5]}]
    rows = summary(lines)
    assert [one.key for one in rows] == ["person_covered", "person_covered_ACT", "person_covered_DUL"]
    assert [one.says.rpartition(" ")[2] for one in rows[1:]] == ["ACT", "DUL"]


def test_as_json_and_as_a_table():
    lines = [{"loss_sd": 0.5, "means_covered": [1, 2]}, {"loss_sd": 0.5, "means_covered": [1, 2]}]
    rows = summary(lines)
    again = json.loads(json.dumps([one.to_dict() for one in rows], allow_nan=False))
    assert again[0]["target"] == [None, 0.02]
    assert again[0]["verdict"] == "missed"
    table = summary_table(rows)
    assert list(table["found"]) == [0.5, 0.5]
    assert list(table["unit"]) == ["standard deviations of the outcome", "share"]


def test_every_measure_can_be_combined():
    assert {one.combined for one in MEASURES} <= {"mean", "pooled", "deciles"}
