import json
import re
from pathlib import Path

import pytest

from bestviz.ui.option_markup import options_html, scale_of
from bestviz.wording import SIMULATED
from tests.ui.test_markup import NASTY, Reader

EXAMPLE = Path(__file__).resolve().parents[1] / "figures" / "advice_example.json"


@pytest.fixture
def advice():
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def rows(html):
    """Arm class of each row, and what it says."""
    found = re.findall(r'<li class="bv-(\w+)">(.*?)</li>', html)
    return {arm: Reader(part).text for arm, part in found}


def test_each_row_says_its_option_chance_and_benefit_best_first(advice):
    found = rows(options_html(advice))
    assert list(found) == ["EBEM", "DUL", "ACT", "ESC"]
    first, second = found["EBEM"], found["DUL"]
    assert first == "Exercise and manual therapy chance of being best 52 of 100 benefit 1.55 (1.10 to 2.00)"
    assert "cannot be told apart from the first benefit" in second
    assert [text.count("told apart") for text in found.values()] == [0, 1, 0, 0]


def test_equivalent_is_another_word(advice):
    advice["first"][1]["equivalent"] = True
    text = Reader(options_html(advice)).text
    assert "equivalent to the first" in text
    assert "told apart" not in text


def test_what_is_not_possible_is_left_out_and_nothing_is_no_list(advice):
    advice["first"][1] |= {"allowed": False, "reason": "declined", "utility": None, "utility_interval": None}
    assert list(rows(options_html(advice))) == ["EBEM", "ACT", "ESC"]
    for option in advice["first"]:
        option |= {"allowed": False, "utility": None, "utility_interval": None}
    assert options_html(advice) == ""


def test_the_scale_is_named_with_its_time_and_simulated_until_it_is_not(advice):
    text = Reader(options_html(advice)).text
    assert "Benefit by week 24 in meaningful changes, with its 95 % interval" in text
    assert SIMULATED in text
    advice["model"]["simulated"] = False
    assert SIMULATED not in options_html(advice)


def test_at_week_12_a_pair_has_the_colour_of_its_first_treatment_and_the_name_of_what_is_done(advice):
    advice["second"] = [advice.pop("first")[0] | {"arm": "EBEM+DUL"}]
    advice |= {"first_arm": "DUL", "recommended_second": "EBEM+DUL"}
    del advice["recommended_first"]
    assert rows(options_html(advice))["EBEM"].startswith("Adding exercise and manual therapy")


def test_bar_and_marker_stand_where_the_numbers_say(advice):
    advice["first"] = [advice["first"][0] | {"utility": 1.0, "utility_interval": [-0.5, 2.0]}]
    html = options_html(advice)
    assert "--bv-step:20%;--bv-zero:20%" in html  # marks at -0.5, 0, 0.5, ... 2
    assert '<i style="left:0.00%;width:100.00%"></i><b style="left:60.00%"></b>' in html
    marks = re.search(r'<p class="bv-marks" aria-hidden="true">(.*?)</p>', html)[1]
    assert Reader(marks).text == "−0.5 0.0 0.5 1.0 1.5 2.0"


def test_reasons_from_outside_never_become_tags(advice):
    advice["model"] |= {"name": NASTY, "trained_on": NASTY}
    assert "img" not in Reader(options_html(advice)).tags


@pytest.mark.parametrize(
    ("low", "high", "first", "last", "step", "decimals"),
    [
        (0.13, 4.51, 0, 5, 1.0, 0),
        (-0.05, 3.99, -1, 4, 1.0, 0),
        (-2.6, -0.4, -3, 0, 1.0, 0),
        (0.0, 0.04, 0, 4, 0.01, 2),
        (0.1, 0.3, 0, 3, 0.1, 1),
        (2.0, 37.0, 0, 4, 10.0, 0),
        (0.0, 0.0, 0, 1, 1.0, 0),
    ],
)
def test_scales_by_hand(low, high, first, last, step, decimals):
    scale = scale_of(low, high)
    assert (scale.first, scale.last, scale.decimals) == (first, last, decimals)
    assert scale.step == pytest.approx(step)


@pytest.mark.parametrize("size", [1e-3, 0.07, 0.3, 1.0, 2.1, 4.999, 5.0, 12.0, 400.0])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_scale_holds_zero_and_both_ends_in_few_steps(size, share):
    low, high = -share * size, (1 - share) * size
    scale = scale_of(low, high)
    assert 1 <= scale.marks <= 6
    assert all(-1e-6 <= scale.place(value) <= 100 + 1e-6 for value in (low, 0.0, high))
    assert scale.place(scale.first * scale.step) == pytest.approx(0)
    assert scale.place(scale.last * scale.step) == pytest.approx(100)
