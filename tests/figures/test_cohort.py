"""Figures of the cohort: what they show, what they say, and that no small number is anywhere in them."""

import json
import re

import pytest

import bestviz
from bestviz.cohort import courses, events, flow, responses, sequences
from bestviz.cohort.selection import Filters, select
from bestviz.figures.cohort.courses import build_courses, describe_courses
from bestviz.figures.cohort.events import build_events, describe_events
from bestviz.figures.cohort.flow import build_flow, describe_flow
from bestviz.figures.cohort.missing import build_missing, describe_missing
from bestviz.figures.cohort.parts import shade
from bestviz.figures.cohort.responses import build_responses, describe_responses
from bestviz.figures.cohort.sankey import build_sankey, describe_sankey
from bestviz.figures.cohort.spreads import build_spreads, describe_spreads
from bestviz.figures.theme import color_of, palette
from bestviz.wording import SIMULATED


@pytest.fixture(scope="module")
def cohort():
    return select(bestviz.simulate_trial(n=300, seed=1), Filters())


@pytest.fixture(scope="module")
def figures(cohort):
    """Name -> (build, describe, arguments)."""
    return {
        "flow": (build_flow, describe_flow, {"flow": flow.participant_flow(cohort)}),
        "courses": (build_courses, describe_courses, {"means": courses.means(cohort, "peg"), "measure": "peg"}),
        "opioids": (
            build_courses,
            describe_courses,
            {"means": courses.means(cohort, "opioid_use"), "measure": "opioid_use"},
        ),
        "spreads": (build_spreads, describe_spreads, {"spreads": courses.spreads(cohort, "peg", 24), "measure": "peg"}),
        "pgic": (build_spreads, describe_spreads, {"spreads": courses.spreads(cohort, "pgic", 12), "measure": "pgic"}),
        "responses": (build_responses, describe_responses, {"counts": responses.responses(cohort)}),
        "missing": (build_missing, describe_missing, {"rows": responses.missing(cohort, "peg"), "measure": "peg"}),
        "events": (build_events, describe_events, {"events": events.events(cohort, 1)}),
        "second events": (build_events, describe_events, {"events": events.events(cohort, 2)}),
        "sankey": (build_sankey, describe_sankey, {"sequences": sequences.sequences(cohort)}),
    }


NAMES = ["flow", "courses", "opioids", "spreads", "pgic", "responses", "missing", "events", "second events", "sankey"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dark", [False, True])
def test_simulated_data_are_said_in_figure_and_text(figures, name, dark):
    build, describe, given = figures[name]
    assert SIMULATED in build(**given, simulated=True, dark=dark).to_json()
    assert SIMULATED in describe(**given, simulated=True)
    assert SIMULATED not in build(**given, simulated=False, dark=dark).to_json()
    assert SIMULATED not in describe(**given, simulated=False)


@pytest.mark.parametrize("name", NAMES)
def test_no_count_of_people_below_ten_is_in_a_figure(figures, name):
    build, describe, given = figures[name]
    for text in (build(**given, simulated=True).to_json(), describe(**given, simulated=True)):
        text = text.replace("\\u003e", ">").replace("\\u003c", "<").replace("&gt;", ">").replace("&lt;", "<")
        assert re.findall(r"(?<![\d.,<>−-])\d (?:people|of (?!100\b)\d)", text) == []
    words = " ".join(note.text for note in build(**given, simulated=True).layout.annotations or ())
    assert "&lt;&lt;" not in words


@pytest.mark.parametrize("name", NAMES)
def test_text_of_a_figure_is_no_markup(figures, name):
    build, _, given = figures[name]
    text = json.dumps(build(**given, simulated=True).to_plotly_json(), default=str)
    assert not re.search(r"<\d", text)


def test_flow_has_a_column_an_arm_in_its_colour(figures):
    build, _, given = figures["flow"]
    figure = build(**given, simulated=True)
    assert [trace.name for trace in figure.data] == ["ESC", "ACT", "EBEM", "DUL"]
    assert {color_of("DUL"), color_of("ESC")} <= {shape.fillcolor for shape in figure.layout.shapes}
    words = [note.text for note in figure.layout.annotations]
    for week in (0, 6, 12, 18, 24, 36):
        assert f"PEG measured at week {week}" in words


def test_courses_tell_people_under_every_point(figures):
    build, _, given = figures["courses"]
    figure = build(**given, simulated=True)
    assert [trace.name for trace in figure.data] == ["ESC", "ACT", "EBEM", "DUL"]
    words = [note.text for note in figure.layout.annotations]
    assert words.count("people with a value") == 1
    assert len(words) >= 4 * 6 + 4 + 1
    row = given["means"][0]
    assert figure.data[0].y[0] == row.mean
    assert figure.data[0].y[0] + figure.data[0].error_y.array[0] == pytest.approx(row.high)


def test_bars_of_responses_reach_a_hundred(figures):
    build, _, given = figures["responses"]
    figure = build(**given, simulated=True)
    for place in range(4):
        assert sum(trace.x[place] for trace in figure.data) == pytest.approx(100)


def test_a_hidden_share_is_drawn_over_what_it_can_be(figures):
    build, _, given = figures["missing"]
    hidden = next(row for row in given["rows"] if row.missing.few)
    trace = next(t for t in build(**given, simulated=True).data if t.name == f"{hidden.arm}, not shown")
    assert trace.y[0] - trace.error_y.array[0] == pytest.approx(0)
    assert trace.y[0] + trace.error_y.array[0] == pytest.approx(100 * 9 / hidden.assigned.value)


def test_width_of_a_hidden_link_says_nothing(figures):
    build, _, given = figures["sankey"]
    result = given["sequences"]
    values = build(**given, simulated=True).data[0].link.value
    hidden = {value for value, one in zip(values, result.links.values(), strict=True) if one.few}
    assert hidden == {5}


def test_descriptions_hold_numbers_with_interval_and_week(figures):
    _, describe, given = figures["courses"]
    assert "at week 24" in describe(**given, simulated=True)
    assert "95 % intervals" in describe(**given, simulated=True)
    _, describe, given = figures["responses"]
    assert "of 100" in describe(**given, simulated=True)


def test_text_on_a_shade_can_be_read():
    for dark in (False, True):
        fill, text = shade(palette(dark), 1.0)
        assert fill == palette(dark).accent.upper()
        assert text in (palette(dark).text, palette(dark).background)
