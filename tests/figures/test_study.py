"""Figures of a study, from small made-up lines."""

import pytest

from bestviz.figures.study.calibration import build_calibration, calibration_table, describe_calibration
from bestviz.figures.study.rows import build_rows, describe_rows, rows_table
from bestviz.study.summary import summary, tenths
from bestviz.wording import SIMULATED

BINS = [[0.0, 0.0, 0.0]] * 9 + [[9.5, 9.0, 10.0]]


def found(key, *values):
    return next(one for one in summary([{key: value} for value in values]) if one.key == key)


@pytest.fixture
def rows():
    return {
        ("planning", "ensemble"): found("means_covered", [90, 100], [94, 100]),
        ("responders_only", "additive"): found("means_covered", [80, 100], [84, 100]),
    }


def texts(figure):
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("dark", [False, True])
def test_a_row_each_in_their_order_with_the_target_behind(rows, dark):
    figure = build_rows(rows=rows, dark=dark)
    assert [trace.name for trace in figure.data] == ["planning, ensemble", "responders only, additive"]
    assert [trace.x[0] for trace in figure.data] == pytest.approx([92, 82])
    assert figure.data[0].y[0] > figure.data[1].y[0]
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == pytest.approx((90, 98))
    assert SIMULATED in texts(figure)
    low, high = figure.layout.xaxis.range
    for trace, one in zip(figure.data, rows.values(), strict=True):
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(100 * one.interval[1])
        assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(100 * one.interval[0])
        assert low < 100 * one.interval[0] < 100 * one.interval[1] < high


def test_a_target_that_is_open_reaches_to_the_end_of_the_axis():
    figure = build_rows(rows={("demo", "ensemble"): found("loss_sd", -0.1, -0.2)})
    assert figure.layout.shapes[0].x1 == 0.02
    assert figure.layout.shapes[0].x0 == figure.layout.xaxis.range[0]
    assert build_rows(rows={("demo", "ensemble"): found("gain_share", 0.5)}).layout.shapes == ()


def test_alternative_text_and_table_have_every_number(rows):
    text = describe_rows(rows=rows)
    assert "planning, ensemble 92.0 % (" in text
    assert "Aimed at: 90 to 98 %." in text
    assert text.endswith(f"{SIMULATED}.")
    table = rows_table(rows)
    assert list(table["verdict"]) == ["met", "missed"] or list(table["verdict"]) == ["met", "outside, may be chance"]
    assert list(table["trials"]) == [2, 2]


def test_chances_said_beside_what_was_true():
    figure = build_calibration(tenths=tenths([{"chances": BINS}] * 3))
    band, line, dots = figure.data
    assert list(line.x) == list(line.y) == [0, 100]
    assert list(band.y) == [5, 105, 95, -5]
    assert (dots.x[0], dots.y[0]) == pytest.approx((95, 90))
    assert SIMULATED in texts(figure)
    assert "said 95, true 90 of 100 (" in describe_calibration(tenths=tenths([{"chances": BINS}]))
    assert calibration_table(tenths([{"chances": BINS}] * 3))["options"].tolist() == [30]
