"""Preference weights: normalised once, every fault named."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bestviz.advice.preferences import PRESETS, Preferences
from bestviz.errors import PreferenceError
from bestviz.trial import PREFERENCE_MEASURES, WEIGHTABLE


def test_none_is_the_primary_outcome():
    assert Preferences.from_dict(None).to_dict() == {"peg": 1.0}


def test_normalised_in_the_fixed_order_without_zeros():
    wishes = Preferences({"sleep_duration": 1, "peg": 3, "anxiety": 0})
    assert list(wishes.to_dict().items()) == [("peg", 0.75), ("sleep_duration", 0.25)]
    assert wishes == Preferences({"peg": 0.75, "sleep_duration": 0.25})


@given(st.dictionaries(st.sampled_from(WEIGHTABLE), st.floats(0, 1.7e308), min_size=1))
def test_any_weights_sum_to_1_and_normalising_again_changes_nothing(weights):
    if not any(weights.values()):
        with pytest.raises(PreferenceError, match="All preference weights are 0"):
            Preferences(weights)
        return
    wishes = Preferences(weights)
    assert math.isclose(sum(wishes.weights.values()), 1)
    assert all(0 < w <= 1 for w in wishes.weights.values())
    again = Preferences.from_json(json.dumps(wishes.to_dict()))
    assert again.to_dict() == wishes.to_dict()
    assert hash(again) == hash(wishes)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({}, "empty"),
        ({"peg": 0, "anxiety": 0.0}, "All preference weights are 0"),
        ({"peg": -1}, "cannot be negative"),
        ({"peg": math.nan}, "finite"),
        ({"peg": math.inf}, "finite"),
        ({"peg": 10**400}, "finite"),
        ({"peg": "1"}, "must be a number"),
        ({"peg": True}, "must be a number"),
        ({"peg": None}, "must be a number"),
        ({"pgic": 1}, "unknown outcome 'pgic'"),
        ({"depresion": 1}, "did you mean 'depression'"),
        ({3: 1}, "unknown outcome 3"),
        (["peg"], "must be an object"),
        ("peg", "must be an object"),
    ],
)
def test_faults(weights, words):
    with pytest.raises(PreferenceError, match=words):
        Preferences.from_dict(weights)


def test_every_fault_is_named():
    with pytest.raises(PreferenceError) as caught:
        Preferences({"peg": -1, "slep_duration": 1, "anxiety": "x", "depression": 1})
    assert len(caught.value.messages) == 3


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"peg": NaN}', b'{"peg": 1, "peg": 2}', b"\xff"])
def test_files_that_are_none(content):
    with pytest.raises(PreferenceError):
        Preferences.from_json(content)


def test_presets():
    assert list(PRESETS) == ["trial_primary", "equal", "typical_patient"]
    assert PRESETS["trial_primary"].preferences == Preferences({"peg": 1})
    assert PRESETS["equal"].preferences.weights == dict.fromkeys(PREFERENCE_MEASURES, 0.125)
    typical = PRESETS["typical_patient"]
    assert max(typical.preferences.weights, key=typical.preferences.weights.get) == "physical_function"
    assert typical.assumed
    assert "assumption" in typical.explanation
