import json
from pathlib import Path

import pytest

from bestviz import wording
from bestviz.trial import COLUMNS, INPUT_COLUMNS, MEASURES
from bestviz.wording.entries import refused_entry

EXAMPLE = Path(__file__).parent / "figures" / "advice_example.json"


@pytest.fixture
def advice():
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def settle(advice, near=(), equivalent=(), allowed=("EBEM", "DUL", "ACT", "ESC")):
    for option in advice["first"]:
        arm = option["arm"]
        option |= {"near_equal": arm in near, "equivalent": arm in equivalent, "allowed": arm in allowed}
        option["reason"] = None if option["allowed"] else "declined by the patient"
    return advice


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0, "0"), (0.001, "fewer than 1"), (0.524, "52"), (0.996, "more than 99"), (1, "100")],
)
def test_a_chance_is_never_rounded_to_certainty(chance, words):
    assert wording.count_100(chance) == words


@pytest.mark.parametrize(("value", "words"), [(-1.25, "−1.2"), (0.04, "0.0"), (-0.04, "0.0"), (2, "+2.0")])
def test_numbers_have_a_true_minus_and_no_minus_zero(value, words):
    assert wording.number(value, signed=True) == words


def test_listed():
    assert [wording.listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_cannot_be_told_apart(advice):
    text = wording.headline(settle(advice, near=["EBEM", "DUL"]))
    assert text == "Exercise and manual therapy ranks first, but duloxetine cannot be told apart from it."


def test_equivalent_is_never_called_not_told_apart(advice):
    text = wording.headline(settle(advice, near=["EBEM", "DUL"], equivalent=["DUL"]))
    assert text == "Exercise and manual therapy ranks first, but duloxetine is equivalent to it."


def test_both_words_stand_apart(advice):
    text = wording.headline(settle(advice, near=["DUL", "ACT"], equivalent=["DUL"]))
    assert "duloxetine is equivalent to it" in text
    assert "acceptance and commitment therapy cannot be told apart from it" in text


def test_a_clear_best_and_an_only_option(advice):
    assert wording.headline(settle(advice)).endswith("ranks first, ahead of the other options.")
    assert wording.headline(settle(advice, allowed=["EBEM"])).endswith("it is the only option left.")


def test_nothing_left(advice):
    advice["recommended_first"] = None
    settle(advice, allowed=[])
    assert wording.headline(advice) == "No option can be ranked for this patient."
    assert wording.expected(advice) == wording.chances(advice) == wording.burden(advice) == ""


@pytest.mark.parametrize("near", [[], ["DUL"], ["DUL", "ACT"]])
def test_the_answer_is_never_a_bare_directive(advice, near):
    text = wording.headline(settle(advice, near=near)).lower()
    assert not any(word in text for word in ("should", "must", "prescribe", "give ", "start "))


def test_expected_has_unit_week_interval_and_the_comparison(advice):
    text = wording.expected(advice)
    assert "−2.3 points by week 24 (95 % interval −2.8 to −1.9)" in text
    assert "that is 1.0 points (0.5 to 1.5) better than with enhanced self-care" in text
    assert "Of 100 people like this, 57 improve by at least 1 point; with enhanced self-care, 44." in text


def test_an_unclear_difference_is_not_called_better(advice):
    row = wording.outcome_row(advice, "EBEM", "peg", 24)
    row |= {"difference_from_esc": -0.2, "difference_interval": [-1.0, 0.6]}
    assert "against enhanced self-care that is −0.2 points (−1.0 to +0.6), which could be better or worse" in (
        wording.expected(advice)
    )


def test_when_nothing_can_be_told_apart(advice):
    text = wording.headline(settle(advice, near=["EBEM", "DUL", "ACT", "ESC"]))
    assert text.endswith("but none of the other options can be told apart from it.")
    text = wording.headline(settle(advice, equivalent=["EBEM", "DUL", "ACT", "ESC"]))
    assert text.endswith("but all other options are equivalent to it.")


def test_harm_and_burden_stand_beside(advice):
    text = wording.burden(advice)
    assert "side effects in 8 of 100 (enhanced self-care 3)" in text
    assert "stopping a treatment early in 10 of 100 (enhanced self-care 12)" in text
    assert "week 24" in text


@pytest.mark.parametrize(
    ("first", "action", "arm", "words"),
    [
        ("EBEM", "continue", "EBEM", "Continue exercise and manual therapy"),
        ("EBEM", "augment", "EBEM+DUL", "Keep exercise and manual therapy, add duloxetine"),
        ("EBEM", "switch", "DUL", "Switch to duloxetine"),
        ("EBEM", "switch", None, "No second step can be advised"),
    ],
)
def test_steps(first, action, arm, words):
    assert wording.step(first, action, arm) == words


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("physical_function", 37.0, "1.3 SD worse than average"),
        ("pain_interference", 64.0, "1.4 SD worse than average"),
        ("depression", 45.0, "0.5 SD better than average"),
        ("anxiety", 50.0, "at the population average"),
        ("anxiety", None, "population average 50"),
        ("sleep_duration", 6.0, "usual: adults 7-9 h"),
        ("peg", 6.0, ""),
    ],
)
def test_norm_hints(code, value, words):
    assert wording.norm_hint(MEASURES[code], value) == words


def test_clarity_follows_the_better_direction():
    assert wording.clarity(MEASURES["peg"], (-1.0, -0.2)) == "better"
    assert wording.clarity(MEASURES["physical_function"], (-1.0, -0.2)) == "worse"
    assert wording.clarity(MEASURES["peg"], (-1.0, 0.2)) == "could be better or worse"


def test_every_input_has_a_label():
    for name in (*INPUT_COLUMNS, *MEASURES):
        assert wording.input_label(name) != name
    assert wording.input_label("grip_strength") == "Grip strength"
    assert COLUMNS["age"].label == wording.input_label("age")


def test_many_unknown_inputs_are_counted(advice):
    advice["unknown"] = list(INPUT_COLUMNS)
    assert f"and {len(INPUT_COLUMNS) - 6} more" in wording.unknown_inputs(advice)
    advice["unknown"] = []
    assert wording.unknown_inputs(advice) == ""


@pytest.mark.parametrize(("value", "words"), [(24, "by week 24"), ("mean", "on average over weeks 24 and 36")])
def test_horizon(value, words):
    assert wording.horizon(value) == words


def test_with_nothing_entered_the_headline_says_so(advice):
    text = wording.headline(advice, nothing_known=True)
    assert text.startswith("Nothing is known about this patient yet")
    assert "average over people like the trial's participants" in text
    assert text.endswith(wording.headline(advice))
    advice["recommended_first"] = None
    assert "Nothing is known" not in wording.headline(advice, nothing_known=True)


def test_support_counts_who_started_or_who_had_it_next(advice):
    option = advice["first"][0]
    assert wording.support(advice, option).endswith(f"{option['support']} participants started with it.")
    assert "after this first treatment and response" in wording.support({"second": [option]}, option)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "baseline.peg: 55.0 is impossible; it must lie between 0 and 10 (points), or be null if it is not known.",
            "PEG: 55.0 is impossible; it must lie between 0 and 10 (points), or be left empty if it is not known.",
        ),
        ("interim.anxiety: 99 is impossible.", "Anxiety (week 12): 99 is impossible."),
        ("horizon: 3 is not possible.", "horizon: 3 is not possible."),
    ],
)
def test_a_refusal_names_fields_as_the_page_does(message, said):
    assert refused_entry(message) == said
