"""The 22 permitted pairs, written down by hand from the design's table."""

import pytest

from bestviz.trial import (
    ARMS,
    PERMITTED_PAIRS,
    RESPONSE_CLASSES,
    SINGLE_ARMS,
    action_of,
    arm_name,
    arm_of,
    arm_title,
    permitted_second_arms,
    treatments_of,
)

PAIRS = {
    "ESC": {"ESC", "ESC+ACT", "ESC+EBEM", "ESC+DUL"},
    "ACT": {"ACT", "ESC+ACT", "ACT+EBEM", "ACT+DUL", "EBEM", "DUL"},
    "EBEM": {"EBEM", "ESC+EBEM", "ACT+EBEM", "EBEM+DUL", "ACT", "DUL"},
    "DUL": {"DUL", "ESC+DUL", "ACT+DUL", "EBEM+DUL", "ACT", "EBEM"},
}
AUGMENT = {first: {second for second in seconds if "+" in second} for first, seconds in PAIRS.items()}
SWITCH = {"ESC": set(), "ACT": {"EBEM", "DUL"}, "EBEM": {"ACT", "DUL"}, "DUL": {"ACT", "EBEM"}}


def test_the_22_pairs():
    assert len(PERMITTED_PAIRS) == 22
    assert set(PERMITTED_PAIRS) == {(first, second) for first, seconds in PAIRS.items() for second in seconds}


def test_ten_arms_in_the_fixed_order():
    assert (
        *("ESC", "ACT", "EBEM", "DUL"),
        *("ESC+ACT", "ESC+EBEM", "ESC+DUL", "ACT+EBEM", "ACT+DUL", "EBEM+DUL"),
    ) == ARMS


@pytest.mark.parametrize("first", SINGLE_ARMS)
def test_what_follows_each_response(first):
    assert set(permitted_second_arms(first, "excellent")) == {first}
    assert set(permitted_second_arms(first, "good")) == AUGMENT[first]
    medium, poor = (set(permitted_second_arms(first, response)) for response in ("medium", "poor"))
    if first == "ESC":
        assert medium == poor == AUGMENT[first]
    else:
        assert medium == AUGMENT[first] | SWITCH[first]
        assert poor == SWITCH[first]


@pytest.mark.parametrize("response", RESPONSE_CLASSES)
@pytest.mark.parametrize("first", SINGLE_ARMS)
def test_two_rules_of_the_design(first, response):
    seconds = permitted_second_arms(first, response)
    assert len(set(seconds)) == len(seconds)
    if first == "ESC":
        assert all("ESC" in treatments_of(second) for second in seconds), "enhanced self-care is never dropped"
    else:
        assert "ESC" not in seconds, "nobody is switched to enhanced self-care alone"


@pytest.mark.parametrize(("first", "second"), PERMITTED_PAIRS)
def test_names_of_steps(first, second):
    expected = "continue" if second == first else "augment" if second in AUGMENT[first] else "switch"
    assert action_of(first, second) == expected


def test_arm_labels():
    assert arm_of(["DUL", "ACT"]) == "ACT+DUL"
    assert all(arm_of(treatments_of(arm)) == arm for arm in ARMS)
    assert arm_name("ACT+DUL") == "acceptance and commitment therapy with duloxetine"
    assert arm_title("ESC") == "Enhanced self-care"
