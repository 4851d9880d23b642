import pytest

from bestviz.figures.theme import color_of
from bestviz.figures.trajectories import build_trajectories, describe_trajectories, rows_of, ties
from bestviz.trial import MEASURES
from bestviz.wording import SIMULATED, arm_first

PLANS = ["DUL", "ESC", "EBEM"]


def plan_traces(figure):
    return {trace.name: trace for trace in figure.data if trace.name.endswith("first")}


def test_plans_are_drawn_in_the_fixed_order_with_their_means(advice):
    traces = plan_traces(build_trajectories(advice=advice, outcome="peg", arms=PLANS))
    assert list(traces) == [arm_first(arm) for arm in ("ESC", "EBEM", "DUL")]
    for arm in PLANS:
        trace, rows = traces[arm_first(arm)], rows_of(advice, arm, "peg")
        assert list(trace.y) == [row["mean"] for row in rows]
        assert trace.line.color == color_of(arm)


def test_the_interval_of_the_mean_is_drawn_as_bars(advice):
    trace = plan_traces(build_trajectories(advice=advice, outcome="peg", arms=["EBEM"]))[arm_first("EBEM")]
    for row, up, down in zip(
        rows_of(advice, "EBEM", "peg"), trace.error_y.array, trace.error_y.arrayminus, strict=True
    ):
        low, high = row["mean_interval"]
        if row["week"] == 0:
            assert (up, down) == (None, None)  # entered, so there is no interval
            continue
        assert (row["mean"] - down, row["mean"] + up) == (pytest.approx(low), pytest.approx(high))


def test_a_start_that_is_not_known_has_an_interval(advice):
    rows_of(advice, "EBEM", "peg")[0] |= {"mean_interval": [5.0, 7.0]}
    trace = plan_traces(build_trajectories(advice=advice, outcome="peg", arms=["EBEM"]))[arm_first("EBEM")]
    assert trace.error_y.array[0] == pytest.approx(7.0 - trace.y[0])
    assert "as entered" not in trace.hovertext[0]


def test_people_vary_is_a_band_for_one_plan_only(advice):
    figure = build_trajectories(advice=advice, outcome="peg", arms=PLANS, vary="EBEM")
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(bands) == 1
    rows = rows_of(advice, "EBEM", "peg")
    assert max(bands[0].y) == max(row["person_interval"][1] for row in rows)
    assert not [t for t in build_trajectories(advice=advice, outcome="peg", arms=PLANS).data if t.fill == "toself"]


@pytest.mark.parametrize(("outcome", "goal"), [("peg", 6.7 - 1.0), ("physical_function", 37.0 + 3.6)])
def test_the_meaningful_change_is_on_the_better_side(advice, outcome, goal):
    figure = build_trajectories(advice=advice, outcome=outcome, arms=PLANS)
    line = next(trace for trace in figure.data if "meaningful" in trace.name)
    assert list(line.y) == pytest.approx([goal, goal])


def test_a_yes_no_outcome_has_no_meaningful_line(advice):
    figure = build_trajectories(advice=advice, outcome="opioid_use", arms=PLANS)
    assert not [trace for trace in figure.data if "meaningful" in trace.name]
    assert MEASURES["opioid_use"].binary


def test_tied_plans_are_drawn_apart_and_told(advice):
    for row in advice["trajectories"]:
        if row["arm"] == "DUL":
            twin = next(r for r in rows_of(advice, "EBEM", row["outcome"]) if r["week"] == row["week"])
            row["mean"], row["mean_interval"] = twin["mean"], twin["mean_interval"]
    one, two = plan_traces(build_trajectories(advice=advice, outcome="peg", arms=["EBEM", "DUL"])).values()
    assert list(one.y) == list(two.y)
    assert all(a != b for a, b in list(zip(one.x, two.x, strict=True))[1:])
    assert one.x[0] == two.x[0] == 0
    assert "run almost together" in ties(advice, "peg", ["EBEM", "DUL"])
    assert ties(advice, "peg", ["EBEM", "ESC"]) == ""
    assert "run almost together" in describe_trajectories(advice=advice, outcome="peg", arms=["EBEM", "DUL"])


def test_alternative_text_has_start_unit_and_weeks(advice):
    text = describe_trajectories(advice=advice, outcome="peg", arms=PLANS)
    assert "points 0 to 10, lower is better" in text
    assert "from 6.7 at week 0" in text
    assert "4.4 at week 24" in text


def test_simulated_note(advice):
    def notes():
        figure = build_trajectories(advice=advice, outcome="peg", arms=PLANS)
        return [note.text for note in figure.layout.annotations]

    assert SIMULATED in notes()
    advice["model"]["simulated"] = False
    assert SIMULATED not in notes()


def test_nothing_to_draw_is_no_error(advice):
    assert not build_trajectories(advice=advice, outcome="pgic", arms=PLANS).data
    assert "no course" in describe_trajectories(advice=advice, outcome="pgic", arms=PLANS)
