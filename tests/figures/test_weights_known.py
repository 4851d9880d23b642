import pytest

from bestviz.figures.weights_known import build_weights_known, describe_weights_known
from bestviz.wording import SIMULATED

WEIGHTS = {"pain_intensity": 0.2, "physical_function": 0.5, "stopping": 0.3}
INTERVALS = {"pain_intensity": (0.05, 0.4), "physical_function": (0.3, 0.7), "stopping": (0.001, 0.6)}


def test_largest_on_top_with_mean_and_interval_of_100():
    figure = build_weights_known(weights=WEIGHTS, intervals=INTERVALS, simulated=True)
    (dots,) = figure.data
    assert list(dots.x) == pytest.approx([20, 30, 50])
    assert list(dots.y) == sorted(dots.y)
    assert [x + up for x, up in zip(dots.x, dots.error_x.array, strict=True)] == pytest.approx([40, 60, 70])
    assert [x - down for x, down in zip(dots.x, dots.error_x.arrayminus, strict=True)] == pytest.approx([5, 0.1, 30])
    assert SIMULATED in [note.text for note in figure.layout.annotations]


def test_alternative_text_has_every_weight():
    text = describe_weights_known(weights=WEIGHTS, intervals=INTERVALS, simulated=False)
    assert (
        "physical function 50 (30 to 70); stopping early 30 (fewer than 1 to 60); pain intensity 20 (5 to 40)" in text
    )
    assert SIMULATED not in text
