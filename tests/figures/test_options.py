import pytest

from bestviz.figures.options import build_options, describe_options
from bestviz.figures.theme import color_of
from bestviz.wording import SIMULATED


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def test_rows_are_ranked_best_on_top_with_mean_and_interval(advice):
    figure = build_options(advice=advice)
    assert [trace.name for trace in figure.data] == ["EBEM", "DUL", "ACT", "ESC"]
    assert [trace.y[0] for trace in figure.data] == sorted((trace.y[0] for trace in figure.data), reverse=True)
    for trace, option in zip(figure.data, advice["first"], strict=True):
        low, high = option["utility_interval"]
        assert list(trace.x) == [option["utility"]]
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(high)
        assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(low)
        assert trace.marker.color == color_of(option["arm"])


def test_chances_and_what_cannot_be_told_apart_stand_beside(advice):
    words = texts(build_options(advice=advice))
    assert "<b>52 of 100</b>" in words
    assert words.count("cannot be told apart from the first") == 1


def test_equivalent_is_another_word(advice):
    advice["first"][1]["equivalent"] = True
    words = texts(build_options(advice=advice))
    assert "equivalent to the first" in words
    assert "cannot be told apart from the first" not in words


def test_what_is_not_possible_is_left_out(advice):
    advice["first"][1] |= {"allowed": False, "reason": "declined", "utility": None, "utility_interval": None}
    assert [trace.name for trace in build_options(advice=advice).data] == ["EBEM", "ACT", "ESC"]


def test_simulated_note_only_from_simulated_data(advice):
    assert SIMULATED in texts(build_options(advice=advice))
    assert SIMULATED in describe_options(advice=advice)
    advice["model"]["simulated"] = False
    assert SIMULATED not in texts(build_options(advice=advice))
    assert SIMULATED not in describe_options(advice=advice)


def test_alternative_text_says_the_message_and_the_numbers(advice):
    text = describe_options(advice=advice)
    assert "Exercise and manual therapy ranks first, but duloxetine cannot be told apart from it" in text
    assert "1.55 (1.10 to 2.00)" in text
    assert "12 of 100" in text
