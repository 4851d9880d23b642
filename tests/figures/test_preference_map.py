import numpy as np
import pytest

from bestviz.advice.why.preference_map import PreferenceMap, steps_of, triangle
from bestviz.figures.preference_map import HEIGHT, NARROW, build_preference_map, corner_place, describe_preference_map
from bestviz.figures.regions import outlines
from bestviz.figures.theme import look
from bestviz.trial import ARMS, arm_name
from bestviz.wording import SIMULATED

NAMES = {arm: arm_name(arm) for arm in ARMS}
OUTCOMES = ("peg", "physical_function", "sleep_disturbance")


def mapped(values, arms, current=(0.6, 0.3, 0.1), points=2000, others=None):
    """The map of utilities that are linear in the weights: ``values`` has a row an option."""
    weights = triangle(steps_of(points))
    found = weights @ np.asarray(values, dtype=float).T
    ordered = np.sort(found, axis=1)
    margins = ordered[:, -1] - ordered[:, -2] if found.shape[1] > 1 else None
    winners = found.argmax(axis=1)
    shares = np.bincount(winners, minlength=len(arms)) / len(weights)
    return PreferenceMap(OUTCOMES, others or {}, arms, weights, winners, margins, shares, current)


TWO = mapped([[1, 0, 0], [0, 0.5, 0.5]], ("DUL", "EBEM"))


def area(part):
    x, y = corner_place(part).T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def areas(one, narrow=NARROW):
    found = {}
    for region in outlines(one.weights, one.winners, one.margins, narrow):
        share = sum(area(part) for part in region.parts) / (HEIGHT / 2)
        found[region.winner, region.narrow] = share
    return found


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def test_corners_stand_where_the_labels_say():
    assert corner_place(np.eye(3)) == pytest.approx(np.array([[0.5, HEIGHT], [0, 0], [1, 0]]))


@pytest.mark.parametrize("points", [3, 6, 100, 2000])
def test_regions_fill_the_triangle(points):
    for values in ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0.2], [0, 0.9, 0.3], [0.2, 0.1, 0.6], [0.4, 0.4, 0.4]]):
        one = mapped(values, ("ESC", "ACT", "EBEM", "DUL")[: len(values)], points=points)
        assert sum(areas(one).values()) == pytest.approx(1, abs=1e-6)


def test_areas_of_linear_utilities_are_right():
    # w1 > (w2 + w3) / 2: the first is ahead above a third of the height, so in the small triangle of 4/9
    found = areas(mapped([[1, 0, 0], [0, 0.5, 0.5]], ("DUL", "EBEM")), narrow=0)
    assert found == pytest.approx({(0, False): 4 / 9, (1, False): 5 / 9}, abs=0.01)
    # w2 > w3: halves, whose border runs through every row
    found = areas(mapped([[0, 1, 0], [0, 0, 1]], ("DUL", "EBEM"), points=36), narrow=0)
    assert found == pytest.approx({(0, False): 0.5, (1, False): 0.5}, abs=1e-9)


def test_a_narrow_lead_is_a_band_of_its_own():
    found = areas(mapped([[0, 1, 0], [0, 0, 1]], ("DUL", "EBEM"), points=300))
    # |w2 - w3| < 0.1: 1 - 0.9 squared of the triangle
    assert found[0, True] + found[1, True] == pytest.approx(1 - 0.9**2, abs=0.01)


def test_one_option_alone_is_ahead_everywhere():
    one = mapped([[1, 1, 1]], ("EBEM",))
    assert areas(one) == pytest.approx({(0, False): 1})
    text = describe_preference_map(preference_map=one, names=NAMES, simulated=False)
    assert "Exercise and manual therapy ranks first whatever the weights" in text
    assert "meaningful changes ahead" not in text


def test_equal_utilities_everywhere_are_drawn():
    assert sum(areas(mapped([[1, 1, 1], [1, 1, 1]], ("ACT", "EBEM"))).values()) == pytest.approx(1)


def test_each_region_has_colour_marks_and_a_line_of_the_legend():
    figure = build_preference_map(preference_map=TWO, names=NAMES, simulated=True)
    marks = {trace.name: trace for trace in figure.data if trace.showlegend is not False}
    assert list(marks) == ["Exercise and manual therapy", "Duloxetine", "this patient"]
    assert marks["Duloxetine"].marker.symbol == look("DUL").symbol != marks["Exercise and manual therapy"].marker.symbol
    assert all(len(trace.x) for trace in figure.data)
    assert {trace.name for trace in figure.data if trace.fill == "toself"} == {"DUL", "EBEM"}
    assert SIMULATED in texts(figure)
    assert SIMULATED not in texts(build_preference_map(preference_map=TWO, names=NAMES, simulated=False))


def test_a_pair_has_stripes_of_its_second_treatment():
    one = mapped([[1, 0, 0], [0, 0.5, 0.5]], ("ACT+DUL", "ACT"))
    fills = {
        t.name: t
        for t in build_preference_map(preference_map=one, names=NAMES, simulated=True).data
        if t.fill == "toself"
    }
    assert fills["ACT+DUL"].fillpattern.fgcolor == look("DUL").color
    assert fills["ACT"].fillpattern.fgcolor is None


def test_the_patient_is_marked_where_the_weights_say():
    own = next(
        t
        for t in build_preference_map(preference_map=TWO, names=NAMES, simulated=True).data
        if t.name == "this patient"
    )
    assert (own.x[0], own.y[0]) == pytest.approx((0.6 / 2 + 0.1, 0.6 * HEIGHT))
    nowhere = mapped([[1, 0, 0], [0, 0.5, 0.5]], ("DUL", "EBEM"), current=None)
    assert "this patient" not in [
        t.name for t in build_preference_map(preference_map=nowhere, names=NAMES, simulated=True).data
    ]
    assert "this patient" not in describe_preference_map(preference_map=nowhere, names=NAMES, simulated=True)


def test_alternative_text_says_the_message():
    text = describe_preference_map(preference_map=TWO, names=NAMES, simulated=True)
    assert "Map of preferences over PEG, physical function and sleep disturbance" in text
    assert "Exercise and manual therapy ranks first in 5" in text
    assert "of 100 of these preferences, duloxetine in 4" in text
    # 0.6 against (0.3 + 0.1) / 2, at the nearest point of the grid
    assert "Where this patient's weights lie, duloxetine ranks first, 0.4" in text
    assert SIMULATED in text


def test_an_option_that_is_ahead_in_a_corner_only_still_has_a_mark():
    one = mapped([[1, 1, 1], [0.2, 0.2, 1.03]], ("DUL", "EBEM"))
    assert 0 < one.shares[1] < 0.01
    figure = build_preference_map(preference_map=one, names=NAMES, simulated=True)
    (mark,) = [trace for trace in figure.data if trace.name == "Exercise and manual therapy"]
    assert (mark.x[0], mark.y[0]) == pytest.approx((1, 0), abs=0.1)
