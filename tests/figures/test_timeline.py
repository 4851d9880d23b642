from bestviz.figures.timeline import build_timeline, describe_timeline
from bestviz.trial.schedule import PEG_WEEKS, VISIT_WEEKS


def test_measurements_stand_at_their_weeks():
    figure = build_timeline()
    assert tuple(trace.x[0] for trace in figure.data) == PEG_WEEKS
    assert tuple(trace.x[0] for trace in figure.data if trace.name == "full visit") == VISIT_WEEKS


def test_no_shape_is_drawn_twice():
    shapes = [str(shape.to_plotly_json()) for shape in build_timeline().layout.shapes]
    assert len(shapes) == len(set(shapes))


def test_the_response_rule_is_in_the_figure():
    words = [note.text for note in build_timeline().layout.annotations]
    assert "<b>medium</b><br>add one or switch" in words
    assert "<b>poor</b><br>switch" in words


def test_alternative_text_tells_both_periods():
    text = describe_timeline()
    for part in ("enhanced self-care", "excellent: continue", "poor: switch", "Week 36: follow-up"):
        assert part in text
