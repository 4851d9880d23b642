"""Figures of the Regimes page, from small made-up results."""

import pandas as pd
import pytest

from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Assigned, Paths, Recommended
from bestviz.advice.evaluation_reach import Reach, Reached
from bestviz.advice.evaluation_values import OutcomeValue
from bestviz.cohort.sequences import STAGES
from bestviz.cohort.suppression import Count
from bestviz.figures.regimes.paths import (
    build_firsts,
    build_paths,
    describe_firsts,
    describe_paths,
    firsts_table,
    paths_table,
)
from bestviz.figures.regimes.reach import build_reach, describe_reach, reach_table
from bestviz.figures.regimes.values import build_values, describe_values, rows_of, values_table
from bestviz.regime.judging.values import NORMAL_95, Estimate, RegimeValue
from bestviz.wording import SIMULATED

REGIMES = ("as_randomised", "single:DUL", "single:ESC", "best_single", "best_fixed", "learned")


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def value(regime, outcome, week, at):
    differences = {one: Estimate(at - 1, 0.5) for one in ("as_randomised", "best_single", "best_fixed")}
    return OutcomeValue(outcome, week, RegimeValue(regime, outcome, None, 50, Estimate(at, 0.5), differences))


@pytest.fixture
def evaluation():
    values = [value(regime, "utility", 24, float(at)) for at, regime in enumerate(REGIMES)]
    values += [value(regime, "stopping", 24, 0.1 * at) for at, regime in enumerate(REGIMES)]
    return Evaluation("external", tuple(values), {"peg": 1.0}, {}, (), 50, "a", "b", "0", 5, 2, True, None)


def test_one_row_a_regime_in_the_fixed_order(evaluation):
    figure = build_values(evaluation=evaluation, outcome="utility", week=24)
    order = ["as_randomised", "single:ESC", "single:DUL", "best_single", "best_fixed", "learned"]
    assert [trace.name for trace in figure.data] == order
    assert [trace.y[0] for trace in figure.data] == sorted((t.y[0] for t in figure.data), reverse=True)
    learned = figure.data[-1]
    assert learned.x[0] == 5
    assert learned.error_x.array[0] == pytest.approx(NORMAL_95 * 0.5)
    assert "5.00 (4.02 to 5.98)" in texts(figure)
    assert SIMULATED in texts(figure)


def test_a_difference_leaves_out_its_own_reference_and_shows_zero(evaluation):
    figure = build_values(evaluation=evaluation, outcome="utility", week=24, reference="best_fixed")
    assert "best_fixed" not in [trace.name for trace in figure.data]
    assert figure.data[-1].x[0] == 4
    assert figure.layout.xaxis.zeroline
    assert "+4.00 (+3.02 to +4.98)" in texts(figure)


def test_yes_and_no_outcomes_are_of_100(evaluation):
    assert rows_of(evaluation, "stopping", 24)["learned"].value == pytest.approx(50)
    assert "people of 100" in describe_values(evaluation=evaluation, outcome="stopping", week=24)


def test_alternative_text_has_every_number(evaluation):
    text = describe_values(evaluation=evaluation, outcome="utility", week=24, reference="as_randomised")
    assert "Difference from as randomised with 95 % intervals" in text
    assert "Learned regime +4.00 (+3.02 to +4.98)" in text
    assert text.endswith(f"{SIMULATED}.")


def test_the_table_has_ends(evaluation):
    table = values_table(evaluation, "utility", 24).set_index("regime")
    assert table.loc["Learned regime", "value, lower end"] == pytest.approx(5 - NORMAL_95 * 0.5)
    assert pd.isna(table.loc["Best fixed plan", "difference from best fixed plan"])


# -- trade-off --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reached():
    pair = (Estimate(4.0, 0.2), Estimate(50.0, 1.0))
    learned = tuple(Reached("learned", share, pair) for share in (0.0, 1.0))
    return Reach(("peg", "physical_function"), (24, 24), learned, (Reached("single:DUL", None, pair),))


def test_better_is_right_and_up(reached):
    figure = build_reach(reach=reached, simulated=True)
    assert figure.layout.xaxis.autorange == "reversed"  # lower PEG is better
    assert figure.layout.yaxis.autorange is True
    curve, point = figure.data
    assert list(curve.x) == [4, 4]
    assert point.name == "DUL"
    assert point.error_y.array[0] == pytest.approx(NORMAL_95)
    assert SIMULATED in texts(figure)


def test_the_curve_is_told_in_words_and_numbers(reached):
    text = describe_reach(reach=reached, simulated=False)
    assert "all weight on PEG" in text or "all weight on pain" in text
    assert "Start duloxetine" in text
    assert SIMULATED not in text
    assert list(reach_table(reached)["regime"])[-1] == "Start duloxetine"


# -- who gets what ----------------------------------------------------------------------------------------------------


@pytest.fixture
def paths():
    rows = [
        ("ESC", "good", "augment", "ESC+ACT", 0.6, 60),
        ("DUL", "poor", "switch", "EBEM", 0.35, 35),
        ("DUL", "excellent", "continue", "DUL", 0.05, 5),
    ]
    return Paths(pd.DataFrame(rows, columns=[*STAGES, "share", "people"]), True)


def test_bands_carry_shares_and_no_small_number(paths):
    sankey = build_paths(paths=paths, simulated=True).data[0]
    labels = list(sankey.node.label)
    assert "ESC 60" in labels
    assert "excellent few" in labels
    hidden = [
        value for value, text in zip(sankey.link.value, sankey.link.customdata, strict=True) if "not shown" in text
    ]
    assert hidden
    assert max(hidden) < 0.01
    assert all(0 < y < 1 for y in sankey.node.y)


def test_paths_in_words(paths):
    text = describe_paths(paths=paths, simulated=True)
    assert text.startswith("Under the learned regime, of 100 people.")
    assert "enhanced self-care 60 of 100" in text
    assert "excellent response not shown, few people" in text


def test_the_table_of_paths(paths):
    table = paths_table(Assigned(paths, paths, 100, 40)).set_index("what")
    assert table.loc["Enhanced self-care", "under the regime, of 100"] == "60"
    assert table.loc["Excellent response", "under the regime, of 100"] == "<10 people"


@pytest.fixture
def recommended():
    new = {"ESC": Count(30, 30), "ACT": Count(0, 9), "EBEM": Count(60, 60), "DUL": Count(10, 10)}
    return Recommended(new, dict.fromkeys(new, Count(25, 25)), {1: Count(100, 100)}, 100)


def test_first_treatments_side_by_side(recommended):
    figure = build_firsts(recommended=recommended, simulated=True)
    assert any("randomised 25" in text and "few" in text for text in texts(figure))
    assert "acceptance and commitment therapy <10 people" in describe_firsts(recommended=recommended, simulated=True)
    assert list(firsts_table(recommended)["recommended, people"]) == ["30", "<10", "60", "10"]


def test_simulated_is_only_said_of_simulated_data(recommended, paths):
    assert SIMULATED not in texts(build_firsts(recommended=recommended, simulated=False))
    assert SIMULATED not in texts(build_paths(paths=paths, simulated=False))
