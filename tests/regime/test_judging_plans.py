"""Rules as tables of probabilities: who gets what, and what those get who may not have it."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from bestviz.regime.judging.plans import FixedPlan, best, highest_ranked, single_treatment

ALLOWED = np.array([[True, True, True], [False, True, True], [False, False, True]])
RANDOMISED = np.array([[0.2, 0.3, 0.5], [0.0, 0.4, 0.6], [0.0, 0.0, 1.0]])


def test_the_highest_ranked_arm_that_is_possible() -> None:
    assert highest_ranked(np.array([0, 2, 1]), ALLOWED).argmax(axis=1).tolist() == [0, 2, 2]
    each = np.array([[0, 1, 2], [1, 0, 2], [1, 0, 2]])
    assert highest_ranked(each, ALLOWED).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_best_arm_that_is_possible() -> None:
    assert best(np.array([[3.0, 2, 1]] * 3), ALLOWED).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_single_treatment_is_given_where_allowed_and_the_others_are_randomised() -> None:
    assert single_treatment(0, ALLOWED, RANDOMISED).tolist() == [[1, 0, 0], [0, 0.4, 0.6], [0, 0, 1]]


def cases(**changes: Any) -> Any:
    some = {"first": np.array([0, 1, 0]), "group": np.array([0, 0, -1]), "choosable": ALLOWED}
    return SimpleNamespace(**(some | {"as_randomised": RANDOMISED} | changes))


PLAN = FixedPlan(np.array([1, 0]), np.array([[[0, 1, 2], [2, 1, 0]], [[2, 1, 0], [1, 2, 0]]]))


def test_a_plan_looks_up_first_arm_and_class() -> None:
    rule = PLAN.second_rule(cases())
    # First arm 0 and class 0: arm 0; first arm 1: arm 2; class not known: as randomised.
    assert rule.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]
    assert PLAN.first_rule(np.array([[True, True], [True, False]])).tolist() == [[0, 1], [1, 0]]


def test_naming_an_arm_moves_it_up_and_keeps_the_ranking_for_the_others() -> None:
    plan = PLAN.starting(0).naming(1, 1)
    assert plan.first.tolist() == [0, 1]
    assert plan.second[0, 1].tolist() == [1, 2, 0]
    assert (plan.second[1] == PLAN.second[1]).all()
    assert (plan.second[0, 0] == PLAN.second[0, 0]).all()
    assert PLAN.second[0, 1].tolist() == [2, 1, 0]
