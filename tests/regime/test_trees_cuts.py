"""Questions of a tree: readable, separating, with a side for what is not known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bestviz.errors import RegimeError
from bestviz.regime.trees.cuts import Below, Is, RankBelow, Yes, candidate_cuts, readable_thresholds, sides_of


def cuts_of(values, **settings):
    return candidate_cuts(pd.DataFrame({"f": values}), **settings)


def thresholds(values, most=9):
    return readable_thresholds(np.asarray(values, dtype=float), most)


def test_a_t_score_is_cut_at_whole_numbers_and_an_age_at_fives():
    rng = np.random.default_rng(0)
    score, age = rng.normal(39, 5.5, 800).round(1), rng.normal(50, 13, 800).round()
    assert thresholds(score) == [32, 34, 36, 37, 39, 40, 42, 44, 46]
    assert thresholds(age) == [35, 40, 45, 50, 55, 60, 65]


@pytest.mark.parametrize(
    ("scale", "step"), [(0.001, 0.0005), (0.01, 0.005), (1.5, 0.5), (7, 1), (12, 5), (30, 10), (150, 50), (4e6, 1e6)]
)
def test_the_step_depends_on_the_range(scale, step):
    found = thresholds(scale * np.random.default_rng(1).normal(size=2000))
    assert np.allclose(np.array(found) / step, np.round(np.array(found) / step))
    assert len(found) >= 4


def test_few_values_are_cut_between_all_neighbours():
    assert thresholds([0, 1, 1, 3, 7]) == [1, 3, 5]
    assert thresholds([10 / 3, 11 / 3, 4, 13 / 3]) == [3.5, 4, 4.3]
    assert thresholds([-3, -2, -1, 0]) == [-2, -1, 0]
    assert thresholds([5, 5, 5]) == []
    assert thresholds([]) == []


def test_a_pile_at_the_lowest_value_is_set_apart():
    spread = np.linspace(0.3, 80, 100)
    found = thresholds(np.concatenate([np.zeros(700), spread]))
    assert 0 < found[0] <= 0.3
    assert thresholds(np.concatenate([np.zeros(9000), spread])) == [0.3]


def test_a_pile_at_the_highest_value_is_set_apart():
    found = thresholds(np.concatenate([np.linspace(0, 9.4, 100), np.full(100, 10.0)]))
    assert found[-1] == 10
    assert len(found) == len(set(found))


@given(st.lists(st.floats(-1e6, 1e6).map(lambda v: float(f"{v:.6g}")), min_size=2, max_size=60), st.integers(1, 12))
def test_every_threshold_separates_somebody(values, most):
    found = thresholds(values, most)
    assert found == sorted(set(found))
    assert len(found) <= most
    assert all(min(values) < t <= max(values) for t in found)
    assert bool(found) == (len(set(values)) > 1)


def test_every_kind_of_feature():
    frame = pd.DataFrame({
        "number": [1.0, 2.0, 3.0, 4.0, 4.0],
        "flag": [0.0, 1.0, 1.0, np.nan, 0.0],
        "truth": [True, False, True, True, False],
        "stage": pd.Categorical(["low", "high", "mid", "mid", None], ["none", "low", "mid", "high"], ordered=True),
        "kind": ["u", "v", "w", "u", None],
        "whole": pd.array([1, None, 2, 1, 1], dtype="Int64"),
        "same": 3.0,
        "empty": np.nan,
        "nobody": None,
    })  # fmt: skip
    assert candidate_cuts(frame) == (
        Below("number", False, 2), Below("number", False, 3), Below("number", True, 4),
        Yes("flag", False),
        Yes("truth", True),
        RankBelow("stage", False, "mid", ("none", "low", "mid", "high")),
        RankBelow("stage", True, "high", ("none", "low", "mid", "high")),
        Is("kind", False, "u"), Is("kind", False, "v"), Is("kind", False, "w"),
        Below("whole", True, 2),
    )  # fmt: skip


def test_two_categories_make_one_cut():
    assert cuts_of(["f", "m", "m", None]) == (Is("f", False, "f"),)


def test_given_thresholds_stand_in_for_quantiles():
    values = np.arange(100.0)
    assert cuts_of(values, thresholds={"f": [30, 4, 30, 500]}) == (Below("f", False, 4), Below("f", False, 30))
    assert cuts_of(values, thresholds={"f": []}) == ()
    assert cuts_of([0, 1, 1], thresholds={"f": [0.5]}) == (Below("f", False, 0.5),)


def test_not_known_stands_with_the_majority():
    values = pd.Series([1.0, 1.0, 2.0, np.nan])
    low, high = Below("f", False, 2), Below("f", True, 2)
    assert cuts_of(values) == (high,)
    assert high.holds(values).tolist() == [True, True, False, True]
    assert low.holds(values).tolist() == [True, True, False, False]
    assert cuts_of([1.0, 2.0, np.nan]) == (low,)


def test_new_rows_in_other_dtypes_are_read_alike():
    assert Yes("f", False).holds(pd.Series([True, False, None], dtype=object)).tolist() == [True, False, False]
    assert Below("f", True, 2).holds(pd.Series([None, None])).tolist() == [True, True]
    rank = RankBelow("f", True, "mid", ("low", "mid", "high"))
    assert rank.holds(pd.Series(["low", "high", "unseen", None])).tolist() == [True, False, True, True]
    assert Is("f", True, "u").holds(pd.Series(["u", "unseen", None])).tolist() == [True, False, True]
    assert Is("f", False, "1").holds(pd.Series([1.0, 2.0, np.nan])).tolist() == [True, False, False]


def test_words_and_json():
    texts = {"mid": "some college", "u": "working", "yes": "daily"}
    assert Below("f", False, 0.5).sides() == ("below 0.5", "0.5 or above")
    assert Below("f", False, 1234567.0).sides() == ("below 1234567", "1234567 or above")
    assert Below("f", False, 3.0).sides({"3": "bachelor"}) == ("below bachelor", "bachelor or above")
    assert Yes("f", False).sides() == ("yes", "no")
    assert Yes("f", False).sides(texts) == ("daily", "no")
    assert RankBelow("f", False, "mid", ("low", "mid")).sides(texts) == ("below some college", "some college or above")
    assert Is("f", False, "u").sides(texts) == ("working", "not working")
    assert Below("f", True, 35.0).to_dict() == {"feature": "f", "kind": "below", "threshold": 35.0, "missing": "if"}
    assert Yes("f", False).to_dict() == {"feature": "f", "kind": "yes", "missing": "otherwise"}
    assert Is("f", False, "u").to_dict()["level"] == "u"
    assert RankBelow("f", False, "b", ("a", "b")).to_dict()["order"] == ["a", "b"]


def test_sides_of_no_cuts_have_a_row_for_none():
    assert sides_of([], pd.DataFrame({"f": [1, 2]})).shape == (0, 2)


@pytest.mark.parametrize(
    ("given_thresholds", "message"),
    [
        ({"g": [1]}, "thresholds: there is no feature g; known are f, names."),
        ({"names": [1]}, "thresholds: names holds names, not numbers; leave it out of the thresholds."),
        ({"f": [np.nan]}, "thresholds: nan for f is not a finite number; give numbers in its unit."),
        ({"f": ["35"]}, "thresholds: '35' for f is not a finite number; give numbers in its unit."),
    ],
)
def test_wrong_thresholds(given_thresholds, message):
    frame = pd.DataFrame({"f": [1.0, 2.0], "names": ["u", "v"]})
    with pytest.raises(RegimeError) as error:
        candidate_cuts(frame, given_thresholds)
    assert str(error.value) == message


def test_names_where_a_number_is_asked_for():
    with pytest.raises(RegimeError, match="Column f of features holds names, but the tree asks for a number"):
        Below("f", False, 2).holds(pd.Series(["u", "v"]))
