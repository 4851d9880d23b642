"""Figures of who responds: what is drawn is what was found, marks say what is clear, few people are not counted."""

from dataclasses import replace

import pytest

from bestviz.advice.responders import Companion, Fairness, FairnessRow, Modification, Modifier, Profile, ProfilePoint
from bestviz.advice.responders.tables import group_table, modifier_table, profile_table
from bestviz.figures.responding.groups import build_groups, describe_groups, lines_of
from bestviz.figures.responding.modifiers import build_modifiers, describe_modifiers, in_units
from bestviz.figures.responding.profiles import build_profile, describe_profile, drawn_arms
from bestviz.figures.theme import LIGHT, color_of
from bestviz.wording import SIMULATED


def modifier(treatment, feature, effect, half, level=None, unit="years"):
    ends = (effect - half, effect + half)
    per = (effect / 10, (ends[0] / 10, ends[1] / 10))
    return Modifier(treatment, feature, feature.title(), level, effect, ends, *per, unit, 0.9, abs(effect) / half)


ROWS = (
    modifier("DUL", "age", 0.5, 0.2),
    modifier("ACT", "bmi", -0.4, 0.3, unit=""),
    modifier("DUL", "smoker <b>", -0.1, 0.3, level="yes"),
)
FOUND = Modification(1, None, {"peg": 1.0}, 24, "peg", 24, {"ACT": 90, "DUL": 90}, ROWS, ())
TOGETHER = {"age": (Companion("employment", "Employment", 0.6),), "bmi": ()}


def texts(figure):
    return " ".join(note.text for note in figure.layout.annotations)


def test_lollipops_hold_effects_and_intervals_of_one_treatment():
    figure = build_modifiers(modification=FOUND, treatment="DUL", companions=TOGETHER, simulated=True)
    sticks, heads = figure.data
    assert list(heads.x) == [0.5, -0.1]
    assert list(heads.error_x.array) == pytest.approx([0.2, 0.3])
    assert list(heads.error_x.arrayminus) == pytest.approx([0.2, 0.3])
    assert list(heads.marker.color) == [color_of("DUL"), LIGHT.background]  # filled where clear, else open
    assert list(sticks.x) == [0.0, 0.5, None, 0.0, -0.1, None]
    low, high = figure.layout.xaxis.range
    assert low == -high
    assert high > 0.7


def test_labels_name_what_goes_together_and_are_no_markup():
    words = texts(build_modifiers(modification=FOUND, treatment="DUL", companions=TOGETHER, simulated=False))
    assert "goes with employment" in words
    assert "Smoker &lt;B&gt;: yes" in words
    assert SIMULATED not in words
    assert SIMULATED in texts(build_modifiers(modification=FOUND, treatment="DUL", companions={}, simulated=True))


def test_only_so_many_predictors_are_drawn():
    figure = build_modifiers(modification=FOUND, treatment="DUL", companions={}, simulated=True, most=1)
    assert list(figure.data[1].x) == [0.5]


def test_alternative_text_of_predictors():
    text = describe_modifiers(modification=FOUND, treatment="DUL", companions=TOGETHER, simulated=True)
    assert "1 of 2 predictors" in text
    assert "Age +0.50 (+0.30 to +0.70), goes with employment" in text
    assert "90 participants" in text
    vague = replace(FOUND, modifiers=ROWS[2:])
    assert "No interval of 1 predictors leaves out 0" in describe_modifiers(
        modification=vague, treatment="DUL", companions={}, simulated=False
    )


def test_effects_in_their_own_units():
    assert in_units(ROWS[0], "peg") == (
        "+0.05 (+0.03 to +0.07) meaningful changes per year more; 1 meaningful change is 1 point"
    )
    assert in_units(ROWS[1], None).endswith("per step more")
    assert "for yes instead of no" in in_units(ROWS[2], None)


def points(arm, means, half=0.5):
    return [
        ProfilePoint(arm, float(i), m, (m - half, m + half), None if arm == "ESC" else m - 5, (m - 6, m - 4), 5)
        for i, m in enumerate(means)
    ]


ALONG = Profile(
    "age", "Age", "years", "number", "peg", 24, 24, {"peg": 1.0}, (0.0, 1.0, 2.0), ("0", "1", "2"), (40, 9, 12), 60,
    (*points("ESC", (5, 5, 5)), *points("DUL", (4, 4.5, 5))), (),
)  # fmt: skip


def test_profiles_have_a_line_and_a_band_for_each_arm():
    figure = build_profile(profile=ALONG, simulated=True)
    assert [trace.name for trace in figure.data] == [
        "ESC interval", "Enhanced self-care first", "DUL interval", "Duloxetine first", "people"
    ]  # fmt: skip
    band, line = figure.data[2], figure.data[3]
    assert list(line.y) == [4, 4.5, 5]
    assert list(band.y) == [4.5, 5.0, 5.5, 4.5, 4.0, 3.5]
    assert list(line.marker.symbol) == ["triangle-up", "triangle-up-open", "triangle-up"]  # few people in the middle


def test_fewer_than_ten_people_are_not_counted():
    figure = build_profile(profile=ALONG, simulated=True)
    bars = figure.data[-1]
    assert list(bars.y) == [40, 5.0, 12]
    assert "fewer than 10 people" in bars.hovertext[1]
    assert "9" not in bars.hovertext[1]
    other = build_profile(profile=replace(ALONG, people=(40, 3, 12)), simulated=True)
    assert other.data[-1].y[1] == bars.y[1]
    assert set(profile_table(ALONG)["people_near"]) == {"40", "<10", "12"}


def test_differences_leave_out_their_reference():
    assert drawn_arms(ALONG, ("ESC", "ACT", "DUL"), differences=True) == ["DUL"]
    figure = build_profile(profile=ALONG, differences=True, simulated=True)
    assert list(figure.data[1].y) == [-1, -0.5, 0]
    assert "Difference from enhanced self-care" in texts(figure)


def test_chances_are_people_of_100():
    chance = replace(ALONG, outcome="opioid_use", points=tuple(replace(p, mean=p.mean / 10) for p in ALONG.points))
    figure = build_profile(profile=chance, simulated=True)
    assert list(figure.data[3].y) == pytest.approx([40, 45, 50])
    assert "people of 100, lower is better" in texts(figure)
    assert "0: 40 (" in describe_profile(profile=chance, simulated=True)


def test_categories_are_marks_beside_each_other():
    named = replace(ALONG, kind="category", values=("a", "b", "c"), value_labels=("a", "b b", "c"))
    named = replace(named, points=tuple(replace(p, value="abc"[int(p.value)]) for p in named.points))
    figure = build_profile(profile=named, simulated=True)
    first, second, _ = figure.data
    assert {first.mode, second.mode} == {"markers"}
    assert list(first.error_y.array) == [0.5] * 3
    assert all(b > a for a, b in zip(first.x, second.x, strict=True))
    assert list(figure.layout.xaxis.ticktext) == ["a", "b<br>b", "c"]


def test_alternative_text_of_profiles():
    text = describe_profile(profile=ALONG, simulated=True)
    assert "Duloxetine first: 0: 4.00 (3.50 to 4.50); 2: 5.00 (4.50 to 5.50)." in text
    assert "by Age, years, averaged over 60 participants" in text
    assert text.endswith(f"{SIMULATED}.")


def row(column, group, people, gain):
    return FairnessRow(column, group, people, {}, {}, 2.0, 2.0 - gain, gain, (gain - 0.2, gain + 0.2), 1.0, 0.5, 0, 0)


GROUPS = Fairness(
    {"peg": 1.0}, 24, (row("", "everybody", 100, 0.5), row("sex", "female", 60, 0.6), row("sex", "male", 40, 0.35)),
    (), {},
)  # fmt: skip


def test_the_forest_has_everybody_first_and_a_heading_a_column():
    assert [line if isinstance(line, str) else line.group for line in lines_of(GROUPS)] == [
        "everybody", "Sex", "female", "male"
    ]  # fmt: skip
    figure = build_groups(fairness=GROUPS, simulated=True)
    (marks,) = figure.data
    assert list(marks.x) == [0.5, 0.6, 0.35]
    assert list(marks.y) == sorted(marks.y, reverse=True)
    assert figure.layout.shapes[0].x0 == 0.5
    low, high = figure.layout.xaxis.range
    assert low < 0  # room for the names
    assert all(0 <= tick <= high for tick in figure.layout.xaxis.tickvals)
    assert "Female, 60" in texts(figure)
    assert SIMULATED in texts(figure)


@pytest.mark.parametrize("wide", [0.01, 1.0, 7.0, 300.0, 4e6])
def test_intervals_of_any_width_have_a_few_ticks(wide):
    rows = tuple(replace(row, gain_interval=(row.gain - wide, row.gain + wide)) for row in GROUPS.rows)
    ticks = build_groups(fairness=replace(GROUPS, rows=rows), simulated=True).layout.xaxis.tickvals
    assert 2 <= len(ticks) <= 12
    assert 0 in ticks


def test_alternative_text_of_groups():
    text = describe_groups(fairness=GROUPS, simulated=False)
    assert "Everybody +0.50 (+0.30 to +0.70); Sex: female +0.60" in text
    assert SIMULATED not in text


def test_tables_hold_the_same_numbers():
    table = modifier_table(FOUND)
    assert list(table["effect_of_one_sd"]) == [0.5, -0.4, -0.1]
    assert list(table["effect_lower_95"]) == pytest.approx([0.3, -0.7, -0.4])
    assert list(group_table(GROUPS)["gain"]) == [0.5, 0.6, 0.35]


def test_files_of_groups_are_no_more_exact_than_what_is_shown():
    rows = tuple(replace(row, gain=row.gain + 0.001234) for row in GROUPS.rows)
    assert list(group_table(replace(GROUPS, rows=rows))["gain"]) == [0.5, 0.6, 0.35]
