"""Known answers by hand, and no small number in anything that leaves."""

import re

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from bestviz.cohort import baseline, courses, events, flow, responses, sequences
from bestviz.cohort.selection import Filters, select
from bestviz.cohort.tables import ALL
from bestviz.trial import COLUMNS, MEASURES

LABELS = {name: name for name in (*COLUMNS, *MEASURES)}


def tables(cohort):
    return {
        "flow": flow.flow_table(flow.participant_flow(cohort)),
        "baseline": baseline.baseline_table(baseline.baseline(cohort), LABELS),
        "means": courses.means_table(courses.means(cohort, "peg")),
        "responses": responses.responses_table(responses.responses(cohort)),
        "missing": responses.missing_table(responses.missing(cohort, "peg")),
        "first period": events.events_table(events.events(cohort, 1)),
        "second period": events.events_table(events.events(cohort, 2)),
        "sequences": sequences.sequences_table(sequences.sequences(cohort)),
    }


COUNTS = {"people", "events", "missing", "assigned", "ESC", "ACT", "EBEM", "DUL", ALL}


@pytest.mark.parametrize("site", [0, 3])
def test_no_count_below_ten_leaves(simulated, site):
    sites = tuple(sorted(simulated.participants["site"].unique())[:site])
    cohort = select(simulated, Filters(site=sites))
    for name, table in tables(cohort).items():
        for column in table.columns:
            if column in COUNTS or column.startswith("not_known"):
                small = [cell for cell in table[column] if re.fullmatch(r"\d( \(\d+\))?", str(cell))]
                assert small == [], (name, column)


def test_flow_shows_what_it_can(many):
    trial = many(
        {"ACT": 120, "ESC": 80},
        response=lambda arm, n: ("excellent", "good", "medium", "poor")[n % 4],
        second_arm=lambda arm, n: {
            "ACT": ("ACT", "ACT+DUL", ("ACT+DUL", "EBEM")[n // 4 % 2], "EBEM"),
            "ESC": ("ESC", "ESC+ACT", "ESC+ACT", "ESC+ACT"),
        }[arm][n % 4],
    )
    found = flow.participant_flow(select(trial, Filters()))
    escape, act = found.branches
    assert (escape.arm, escape.assigned.value, act.assigned.value) == ("ESC", 80, 120)
    # One step of each has to give way; which one is a tie.
    assert sorted(step.text for step in escape.steps.values())[:-1] == ["20", "20", "20"]
    assert sum(step.value is not None for step in act.steps.values()) == len(act.steps) - 1
    # Nobody is missing at week 12, which is not to be seen: so those randomised again have a lower end only.
    assert act.not_again.few
    assert act.again.value is None
    assert 110 <= act.again.low <= 120


def test_means_and_their_interval(many):
    values = np.linspace(2, 8, 12)
    peg = {(f"ESC{n:03}", week): values[n] for n in range(12) for week in (0, 12)}
    # Twelve more have no value, so that how many have one can be shown, and with it all decimals.
    rows = courses.means(select(many({"ESC": 24}, peg), Filters()), "peg")
    assert [row.week for row in rows] == [0, 12]
    assert rows[0].people.value == 12
    interval = ttest_1samp(values, 0).confidence_interval(0.95)
    assert rows[0].mean == pytest.approx(5.0)
    assert (rows[0].low, rows[0].high) == pytest.approx((interval.low, interval.high), abs=1e-3)


def test_a_mean_of_nine_is_not_shown(many):
    peg = {(f"{arm}{n:03}", 0): 5.0 for arm, size in (("ESC", 9), ("ACT", 30)) for n in range(size)}
    rows = courses.means(select(many({"ESC": 30, "ACT": 30}, peg), Filters()), "peg")
    assert [(row.arm, row.mean, row.people.text) for row in rows] == [("ESC", None, "<10"), ("ACT", 5.0, ">20")]


def test_a_yes_no_mean_of_few_people_is_not_shown(simulated):
    cohort = select(simulated, Filters())
    for row in courses.means(cohort, "opioid_use"):
        values = cohort.values("opioid_use", row.week)[cohort.first == row.arm].dropna()
        assert (row.mean is None) == (min(values.sum(), len(values) - values.sum()) < 10)


def test_classes_of_a_spread_hold_ten_people_each(many):
    values = [0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7, 7, 8, 9, 9, 9, 10]
    peg = {(f"ESC{n:03}", 12): float(value) for n, value in enumerate(values)}
    (spread,) = courses.spreads(select(many({"ESC": 23}, peg), Filters()), "peg", 12)
    counts = np.histogram(values, spread.edges)[0]
    assert min(counts) >= 10
    assert spread.edges[0] == 0
    assert spread.edges[-1] == 10
    assert spread.shares == tuple(round(100 * count / 23) for count in counts)


def test_no_spread_without_that_week(simulated):
    assert courses.spreads(select(simulated, Filters()), "pgic", 0) == ()


def test_wilson_interval_by_hand():
    # Newcombe 1998, table I: 81 of 263.
    assert events.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_events_of_each_period(many):
    trial = many(
        {"ESC": 50, "ACT": 50},
        stopped_first=lambda arm, n: n < (20 if arm == "ESC" else 3),
        adverse_event_first=lambda arm, n: None if n < 4 else n < 30,
    )
    found = {(one.event, one.arm): one for one in events.events(select(trial, Filters()), 1)}
    assert found["stopped_first", "ESC"].share == pytest.approx(0.4)
    assert found["stopped_first", "ACT"].events.text == "<10"
    assert found["stopped_first", "ACT"].share is None
    # Four are not known, which is not to be seen: they count among the others.
    assert found["adverse_event_first", "ESC"].about
    assert found["adverse_event_first", "ESC"].share == pytest.approx(26 / 50)
    assert events.recorded(select(trial, Filters()), 2) == ()


def test_standardised_differences(many):
    trial = many(
        {"ESC": 100, "ACT": 100},
        sex=lambda arm, n: "female" if n < (50 if arm == "ESC" else 60) else "male",
        age=lambda arm, n: (40.0 if arm == "ESC" else 50.0) + (-10 if n % 2 else 10),
    )
    found = {row.name: row for row in baseline.baseline(select(trial, Filters()))}
    # Nobody's sex is missing, so one level is hidden with that; the other gives the same difference.
    assert found["sex"].difference == pytest.approx(0.1 / np.sqrt((0.5 * 0.5 + 0.6 * 0.4) / 2), abs=0.01)
    assert found["age"].difference == pytest.approx(10 / np.std([-10, 10] * 50, ddof=1), abs=0.01)
    assert found["age"].means[ALL][0] == 45.0


def test_the_mean_of_all_does_not_tell_that_of_a_small_arm(many):
    trial = many({"ESC": 9, "ACT": 60}, age=lambda arm, n: 40.0 + n)
    (age,) = (row for row in baseline.baseline(select(trial, Filters())) if row.name == "age")
    assert age.means["ESC"] is None
    assert age.means[ALL] is None


def test_sequences_have_only_links_of_the_design(simulated):
    found = sequences.sequences(select(simulated, Filters()))
    assert (("response", "excellent"), ("action", "switch")) not in found.links
    assert (("action", "switch"), ("second", "ESC")) not in found.links
    firsts = [one for node, one in found.nodes.items() if node[0] == "first"]
    assert len(firsts) == 4
    assert sum(one.low for one in firsts) <= len(simulated)


def test_missing_columns_leave_their_rows_out(many):
    rows = baseline.baseline(select(many({"ESC": 30, "ACT": 30}, age=lambda arm, n: 40.0 + n), Filters()))
    assert [row.name for row in rows] == ["age"]


def test_parts_of_a_view_say_the_same(simulated):
    cohort = select(simulated, Filters())
    found, counts = flow.participant_flow(cohort), responses.responses(cohort)
    paths = sequences.sequences(cohort)
    assert {one.arm: one.assigned for one in found.branches} == {arm: row[ALL] for arm, row in counts.items()}
    missing = {row.arm: row.missing for row in responses.missing(cohort, "peg") if row.week == 12}
    for one in found.branches:
        link = paths.links[("first", one.arm), ("response", "excellent")]
        assert link == one.steps["excellent", "continue"]  # the same people
        assert one.measured[12].high is None or missing[one.arm].low is not None


def test_nothing_is_shown_of_an_arm_whose_size_is_hidden(many):
    trial = many({"ESC": 40, "ACT": 35, "DUL": 4}, age=lambda arm, n: 40.0 + n, stopped_first=lambda arm, n: n < 12)
    cohort = select(trial, Filters())
    assert [size.text for size in cohort.sizes.values()] == [">34", "35", "<10"]
    rows = {one.arm: one for one in events.events(cohort, 1)}
    assert rows["ESC"].events.text == rows["DUL"].events.text == "not shown"
    assert rows["ACT"].events.text == "12"


def test_what_all_but_few_have_is_not_shown_under_a_filter(many):
    # 60 women and 4 men stopped; the men would be known from the difference to everybody.
    trial = many(
        {"ESC": 100, "ACT": 100},
        sex=lambda arm, n: "female" if n < 80 else "male",
        stopped_first=lambda arm, n: n < 30 or n >= 96,
        age=lambda arm, n: 40.0 if n < 85 else None,
    )
    every, women = (select(trial, filters) for filters in (Filters(), Filters(sex=("female",))))
    assert {one.events.value for one in events.events(every, 1)} == {34}
    assert {one.events.value for one in events.events(women, 1)} == {None}
    means = {row.name: row.means for row in baseline.baseline(women) if row.name == "age"}
    assert means["age"]["ESC"] is None  # five men have a value
