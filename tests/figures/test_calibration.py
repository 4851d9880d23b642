"""Charts of calibration: what is drawn is what was measured."""

import pytest

from bestviz.advice.uncertainty import Calibration, Coverage
from bestviz.figures.calibration import build_chances, build_coverage, describe_chances, describe_coverage
from bestviz.wording import SIMULATED

FIRST = {"before": Coverage(0.84, 0.88, 0.61, 0.41), "after": Coverage(0.95, 0.94, 0.44, 0.42)}
SECOND = {"second_before": Coverage(0.8, 0.9, 0.7, 0.5), "second_after": Coverage(0.93, 0.96, 0.52, 0.5)}
BOTH = Calibration(1.3, 1.1, 2.5, "n=805", "20 simulated trials", **FIRST, **SECOND)


def test_coverage_has_a_row_for_each_stage_and_kind():
    before, after = build_coverage(calibration=BOTH).data
    assert before.x == pytest.approx((84, 88, 80, 90))
    assert after.x == pytest.approx((95, 94, 93, 96))
    assert after.text[2] == "Expected values, second treatments"
    assert describe_coverage(calibration=BOTH).startswith("Of 100 intervals that should hold the truth 95 times")
    assert "Differences, first treatments: 94, before calibration 88" in describe_coverage(calibration=BOTH)


def test_chances_lie_where_said_and_true_meet():
    before, after = build_chances(calibration=BOTH).data
    assert (before.x[0], before.y[0]) == pytest.approx((61, 41))
    assert (after.x[1], after.y[1]) == pytest.approx((52, 50))
    assert "first treatments: said 44, true 42, before calibration said 61, true 41" in describe_chances(
        calibration=BOTH
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("build", [build_coverage, build_chances])
def test_a_stage_that_was_not_measured_is_left_out_and_simulated_data_are_said(build, dark):
    figure = build(calibration=Calibration(measured_on="20 trials", **FIRST), dark=dark)
    assert len(figure.data[0].x) == (2 if build is build_coverage else 1)
    assert any(SIMULATED in note.text for note in figure.layout.annotations)
