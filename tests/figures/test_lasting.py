"""Figures of what lasts and of what deep markers add."""

import pytest

from bestviz.advice.deep import DeepGain
from bestviz.advice.deep_changes import Changes
from bestviz.advice.lasting_result import Amount, Course, Kept, Lasting, LastingRow
from bestviz.advice.lasting_tables import lasting_table
from bestviz.figures.deep import build_deep, describe_deep
from bestviz.figures.lasting import (
    build_fading,
    build_lasting,
    describe_fading,
    describe_lasting,
    fading_of,
    rows_of,
)
from bestviz.figures.theme import LIGHT, color_of
from bestviz.regime.judging.values import Estimate
from bestviz.wording import SIMULATED


def course(early, late, half=0.2):
    amounts = [Amount(v, (v - half, v + half)) for v in (early, late, late - early)]
    return Course(*amounts, Kept(late / early, (0.5, 1.1), None))


def lasting(measure, scale=1.0):
    rows = (
        LastingRow("DUL", course(-2 * scale, -1.5 * scale), course(-0.5 * scale, -0.4 * scale)),
        LastingRow("ESC", course(-1 * scale, -0.9 * scale), None),
        LastingRow("regime", course(-3 * scale, -2 * scale), course(-1 * scale, -0.7 * scale)),
    )
    return Lasting(measure, "points", {"peg": 1.0}, 24, 90, rows, (), ())


def test_regime_first_then_arms_in_the_fixed_order():
    found = lasting("peg")
    assert [arm for arm, _ in rows_of(found, against_esc=False)] == ["regime", "ESC", "DUL"]
    assert [arm for arm, _ in rows_of(found, against_esc=True)] == ["regime", "DUL"]


def test_both_weeks_are_drawn_with_their_intervals():
    figure = build_lasting(lasting=lasting("peg"), simulated=True)
    _, early, late = figure.data
    assert list(early.x) == [-3, -1, -2]
    assert list(late.x) == [-2, -0.9, -1.5]
    assert list(early.error_x.array) == pytest.approx([0.2] * 3)
    assert list(early.marker.color) == [LIGHT.accent, color_of("ESC"), color_of("DUL")]
    assert set(late.marker.color) == {LIGHT.background}
    assert any(SIMULATED in note.text for note in figure.layout.annotations)
    assert "to the left is better" in figure.layout.xaxis.title.text


def test_yes_no_outcomes_are_people_of_100():
    figure = build_lasting(lasting=lasting("opioid_use", 0.1), simulated=False)
    assert list(figure.data[1].x) == pytest.approx([-30, -10, -20])
    assert "people of 100" in figure.layout.xaxis.title.text


def test_what_fades_is_in_meaningful_changes_and_right_is_better():
    every = {"peg": lasting("peg"), "physical_function": lasting("physical_function", -3.5)}
    peg, function = fading_of(every, "regime")
    assert (peg[1], function[1]) == pytest.approx((-1.0, -1.0), abs=0.05)
    assert peg[2] == pytest.approx((-1.2, -0.8))
    figure = build_fading(every=every, arm="regime", simulated=True)
    assert list(figure.data[0].x) == pytest.approx([peg[1], function[1]])
    assert figure.data[0].marker.color[0] == LIGHT.accent  # filled: the interval leaves out 0
    assert build_fading(every=every, arm="ESC", simulated=True).data[0].marker.color[0] == LIGHT.background


def test_alternative_texts_say_the_numbers():
    text = describe_lasting(lasting=lasting("peg"), simulated=True)
    assert "Learned regime −3.0 points (−3.2 to −2.8) at week 24" in text
    assert "week 36 less week 24 +1.00 points (+0.80 to +1.20)" in text
    text = describe_fading(every={"peg": lasting("peg")}, arm="regime", simulated=True)
    assert "PEG (pain and activity) +1.00 points (+0.80 to +1.20), fades" in text
    assert text.endswith(f"{SIMULATED}.")


def test_the_table_holds_both_comparisons():
    table = lasting_table({"peg": lasting("peg")})
    assert list(table["difference_from"]).count("week 0") == 3
    assert list(table["difference_from"]).count("enhanced self-care") == 2
    first = table.iloc[0]
    assert (first["week_24"], first["week_36_less_24"], first["share_kept"]) == (-2, 0.5, 0.75)


GAIN = DeepGain(
    90, 200, ("tsp",), (), {"peg": 1.0}, 24, Estimate(1.5, 0.1), Estimate(1.8, 0.1), Estimate(0.3, 0.1), 0.3,
    Changes((), ()), 5, 1, "ensemble", True,
)  # fmt: skip


def test_worth_of_markers_is_drawn_with_its_interval():
    figure = build_deep(gain=GAIN)
    (marks,) = figure.data
    assert list(marks.x) == [1.5, 1.8, 0.3]
    assert list(marks.error_x.array) == pytest.approx([0.196] * 3, abs=1e-3)
    text = describe_deep(gain=GAIN)
    assert GAIN.statement in text
    assert "What the markers add 0.30 (95 % interval +0.10 to +0.50)" in text
    assert text.endswith(f"{SIMULATED}.")
