from bestviz.figures.icon_array import build_icon_array, describe_icon_array
from bestviz.figures.theme import color_of
from bestviz.wording import SIMULATED

QUESTION = {"outcome": "peg", "week": 24, "arms": ["EBEM", "ESC"]}


def test_100_people_a_plan_of_whom_the_improved_are_filled(advice):
    figure = build_icon_array(advice=advice, **QUESTION)
    counts = {trace.name: len(trace.x) for trace in figure.data}
    assert counts == {"ESC": 44, "ESC not": 56, "EBEM": 57, "EBEM not": 43}
    assert list(counts) == ["ESC", "ESC not", "EBEM", "EBEM not"]
    filled = {trace.name: trace.marker.color for trace in figure.data}
    assert filled["EBEM"] == color_of("EBEM")
    assert filled["EBEM not"] == "rgba(0,0,0,0)"


def test_no_two_people_stand_on_one_place(advice):
    figure = build_icon_array(advice=advice, **QUESTION)
    places = [place for trace in figure.data for place in zip(trace.x, trace.y, strict=True)]
    assert len(places) == len(set(places)) == 200


def test_a_plan_without_a_chance_is_left_out(advice):
    assert not build_icon_array(advice=advice, outcome="opioid_use", week=24, arms=["EBEM"]).data


def test_alternative_text(advice):
    text = describe_icon_array(advice=advice, **QUESTION)
    assert "at least 1 point" in text
    assert "Exercise and manual therapy first: 57 (95 % interval 49 to 65)" in text
    assert SIMULATED in text


def test_simulated_note(advice):
    assert SIMULATED in [a.text for a in build_icon_array(advice=advice, **QUESTION).layout.annotations]
    advice["model"]["simulated"] = False
    assert SIMULATED not in [a.text for a in build_icon_array(advice=advice, **QUESTION).layout.annotations]
