"""Shares of 100: what is shown sums to 100, the others follow in proportion, and nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bestviz.advice.preferences import PRESETS
from bestviz.trial import PREFERENCE_MEASURES, WEIGHTABLE
from bestviz.ui.shares import Shares

CODES = ("peg", "anxiety", "depression", "stopping")
WEIGHTS = st.dictionaries(st.sampled_from(WEIGHTABLE), st.floats(0.001, 1), min_size=1)
MOVES = st.lists(st.tuples(st.sampled_from(WEIGHTABLE), st.integers(0, 100)), max_size=8)


def test_shares_are_rounded_by_largest_remainder():
    assert Shares.of({"peg": 1, "anxiety": 1, "stopping": 1}).whole == {"peg": 34, "anxiety": 33, "stopping": 33}
    equal = Shares.of(PRESETS["equal"].preferences.weights).whole
    assert sorted(equal.values()) == [12] * 4 + [13] * 4
    typical = Shares.of(PRESETS["typical_patient"].preferences.weights).whole
    # 37.4, 20.9, 20.9, 10.4, 10.4 of 100
    assert typical == {
        "physical_function": 37, "pain_intensity": 21, "sleep_disturbance": 21, "depression": 11, "anxiety": 10
    }  # fmt: skip


def test_the_others_share_the_rest_in_proportion():
    shares = Shares.of({"peg": 60, "anxiety": 30, "depression": 10})
    assert shares.moved("peg", 20, CODES).whole == {"peg": 20, "anxiety": 60, "depression": 20, "stopping": 0}
    assert shares.moved("stopping", 50, CODES).whole == {"peg": 30, "anxiety": 15, "depression": 5, "stopping": 50}


def test_all_weight_on_one_outcome_and_back():
    shares = Shares.of({"peg": 60, "anxiety": 30, "depression": 10})
    alone = shares.moved("peg", 100, CODES)
    assert alone.whole == {"peg": 100, "anxiety": 0, "depression": 0, "stopping": 0}
    assert alone.moved("peg", 60, CODES).whole == {"peg": 60, "anxiety": 30, "depression": 10, "stopping": 0}
    assert alone.moved("stopping", 10, CODES).whole == {"peg": 90, "anxiety": 0, "depression": 0, "stopping": 10}


def test_leaving_one_outcome_that_was_always_alone_gives_to_what_the_trial_weighs():
    left = Shares.of({"peg": 1}).moved("peg", 20, WEIGHTABLE).whole
    assert left == {code: 20 if code == "peg" else 10 if code in PREFERENCE_MEASURES else 0 for code in WEIGHTABLE}
    assert Shares.of({"peg": 1}).moved("peg", 0, ("peg", "stopping")).whole == {"peg": 0, "stopping": 100}


def test_what_is_held_stays_and_bounds_the_move():
    shares = Shares.of({"peg": 50, "anxiety": 30, "depression": 20})
    moved = shares.moved("peg", 60, CODES, held=("anxiety",))
    assert moved.whole == {"peg": 60, "anxiety": 30, "depression": 10, "stopping": 0}
    assert shares.moved("peg", 100, CODES, held=("anxiety",)).whole["peg"] == 70
    assert shares.moved("anxiety", 40, CODES, held=("anxiety",)).whole["anxiety"] == 40
    assert shares.moved("peg", 10, ("peg", "anxiety"), held=("anxiety",)).whole == {"peg": 70, "anxiety": 30}


def test_the_only_outcome_keeps_everything():
    assert Shares.of({"peg": 1}).moved("peg", 30, ("peg",)).whole == {"peg": 100}


def test_an_outcome_that_is_not_offered_loses_its_share():
    shares = Shares.of({"peg": 50, "opioid_use": 50})
    assert shares.moved("peg", 50, CODES).whole["peg"] == 50
    assert "opioid_use" not in shares.moved("peg", 50, CODES).whole


@given(WEIGHTS, MOVES, st.sets(st.sampled_from(WEIGHTABLE), max_size=4))
def test_shares_always_sum_to_100(weights, moves, held):
    shares = Shares.of(weights)
    for outcome, to in moves:
        kept = {code: shares.whole.get(code, 0) for code in held if code != outcome}
        shares = shares.moved(outcome, to, WEIGHTABLE, held)
        whole = shares.whole
        assert sum(whole.values()) == 100
        assert min(whole.values()) >= 0
        assert whole[outcome] == min(to, 100 - sum(kept.values()))
        assert {code: whole[code] for code in kept} == kept


@given(WEIGHTS, st.sampled_from(WEIGHTABLE), st.integers(0, 99))
def test_forth_and_back_changes_nothing(weights, outcome, to):
    start = Shares.of(weights).moved(outcome, 40, WEIGHTABLE)
    back = start.moved(outcome, to, WEIGHTABLE).moved(outcome, 40, WEIGHTABLE)
    assert back.whole == start.whole
    assert [back.exact[code] for code in WEIGHTABLE] == pytest.approx([start.exact[code] for code in WEIGHTABLE])
