"""Judged values against the simulated truth: right when either the expectations or the probabilities are."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from bestviz.advice.evaluation_tables import people_of_trial
from bestviz.data.dataset import Trial
from bestviz.data.simulator import Truth
from bestviz.data.simulator.rules import FixedPlan
from bestviz.regime import TwoStageRegime
from bestviz.regime.engine import Engine
from bestviz.regime.judging.crossfit import refit
from bestviz.regime.judging.judge import Judge
from bestviz.regime.judging.people import JudgedPeople, judged_people, tables_of
from bestviz.regime.tables import TwoStageData, two_stage_data

TRUTH = Truth.for_strength("demo")
FIT = refit(TwoStageRegime(learner="additive"))
INPUTS = ("age", "peg", "self_efficacy", "contraindicated_dul", "contraindicated_act", "contraindicated_ebem")
STATE = ["peg", "pgic", "response", "stopped_first"]
# Nearly everybody may have these arms, so that what replaces them hardly counts.
SECOND = {"excellent": "EBEM", "good": "ESC+EBEM", "medium": "ACT+EBEM", "poor": "ACT"}


@pytest.fixture(scope="module")
def trial() -> Trial:
    return TRUTH.simulate(3000, 11)


def people_with(trial: Trial, probabilities: str) -> JudgedPeople:
    """PEG at weeks 12 and 24, few inputs; probabilities as in the trial, or wrong ones."""
    whole = people_of_trial(trial, INPUTS)
    tables = tables_of(whole.data)
    given = trial.participants[["first_probability", "second_probability"]].loc[whole.index]
    if probabilities == "wrong":
        given = pd.DataFrame({"first_probability": 0.4, "second_probability": 0.7}, index=whole.index)
    return judged_people(
        **(tables | {
            "interim": tables["interim"][STATE], "outcomes": tables["outcomes"][["peg_24"]], "carried": None,
            "early": tables["early"][["peg_12"]],
        }),
        **dict(given.items()), group=whole.group,
    )  # fmt: skip


def nonsense(data: TwoStageData) -> Engine:
    """Learned from outcomes that belong to others, and far off."""
    tables = tables_of(data)
    rng = np.random.default_rng(0)
    for name in ("outcomes", "early"):
        known = tables[name].to_numpy().copy()
        there = ~np.isnan(known)
        known[there] = rng.permutation(known[there]) - 3
        tables[name] = pd.DataFrame(known, index=tables[name].index, columns=tables[name].columns)
    return FIT(two_stage_data(**tables))


@pytest.mark.parametrize(("fit", "probabilities"), [(nonsense, "true"), (FIT, "wrong"), (FIT, "true")])
def test_one_right_half_is_enough(trial: Trial, fit: Callable[[TwoStageData], Engine], probabilities: str) -> None:
    judge = Judge.cross_fitted(people_with(trial, probabilities), fit, folds=2)
    found = judge.values({"peg_24": 1.0})
    rules = {"as_randomised": TRUTH.as_randomised()} | {f"single:{arm}": TRUTH.single(arm) for arm in ("EBEM", "DUL")}
    for name, rule in rules.items():
        for column, week in (("peg_24", 24), ("peg_12", 12)):
            value = found.value(name, column).value
            assert value.se < 0.25
            assert abs(-value.value - TRUTH.value(rule, 4000, outcome="peg", week=week).value) < 3 * value.se
    plan = next(p for p in judge.plan_values() if p.first == "EBEM" and dict(p.second) == SECOND)
    best = TRUTH.best_fixed_plan(n=4000)
    ranked = {
        key: (SECOND[key[1]], *(arm for arm in ranking if arm != SECOND[key[1]])) if key[0] == "EBEM" else ranking
        for key, ranking in best.second.items()
    }
    first = ("EBEM", *(arm for arm in best.first if arm != "EBEM"))
    true = TRUTH.value(FixedPlan(first, ranked), 4000, outcome="peg").value
    assert abs(-plan.value.value - true) < 3 * plan.value.se
