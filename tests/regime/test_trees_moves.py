"""Moves from a first to a second arm, there and back, and trees whose leaves name them."""

import numpy as np
import pandas as pd
import pytest

from bestviz.errors import RegimeError
from bestviz.regime.trees import Least, Moves, TreeSearch, move_of

FIRST = ["ESC", "ACT", "EBEM", "DUL"]
PAIRS = ["ESC+ACT", "ESC+EBEM", "ESC+DUL", "ACT+EBEM", "ACT+DUL", "EBEM+DUL"]
SECOND = [*FIRST, *PAIRS]


def everybody():
    """One person of each first arm, with all second arms that are permitted after some response."""
    permitted = pd.DataFrame(False, index=FIRST, columns=SECOND)
    for first in FIRST:
        permitted.loc[first, [first, *(pair for pair in PAIRS if first in pair.split("+"))]] = True
        if first != "ESC":
            permitted.loc[first, ["ACT", "EBEM", "DUL"]] = True
    return pd.Series(FIRST, index=FIRST), permitted


MOVES = Moves.learn(*everybody())


@pytest.mark.parametrize(
    ("first", "second", "move"),
    [
        ("ACT", "ACT", "continue"),
        ("A+B", "B+A", "continue"),
        ("ACT", "ACT+DUL", "add DUL"),
        ("DUL", "ACT+DUL", "add ACT"),
        ("A", "A+B+C", "add B+C"),
        ("ACT", "EBEM", "switch to EBEM"),
        ("ACT", "EBEM+DUL", "switch to EBEM+DUL"),
        ("A+B", "A", "switch to A"),
        ("A+B", "B+C", "switch to B+C"),
    ],
)
def test_names_of_moves(first, second, move):
    assert move_of(first, second) == move


def test_all_moves_in_order():
    assert MOVES.labels == (
        "continue", "add ESC", "add ACT", "add EBEM", "add DUL", "switch to ACT", "switch to EBEM", "switch to DUL",
    )  # fmt: skip
    assert MOVES.arms["ESC"] == {"continue": "ESC", "add ACT": "ESC+ACT", "add EBEM": "ESC+EBEM", "add DUL": "ESC+DUL"}
    assert MOVES.arms["ACT"]["add DUL"] == MOVES.arms["DUL"]["add ACT"] == "ACT+DUL"
    assert sum(map(len, MOVES.arms.values())) == 22
    assert MOVES.alternatives == {
        "add ACT": "switch to ACT", "switch to ACT": "add ACT", "add EBEM": "switch to EBEM",
        "switch to EBEM": "add EBEM", "add DUL": "switch to DUL", "switch to DUL": "add DUL",
    }  # fmt: skip


def test_the_order_of_people_does_not_matter():
    first, permitted = everybody()
    assert Moves.learn(first[::-1], permitted.sample(frac=1, random_state=1)) == MOVES


def test_switches_to_combinations():
    moves = Moves.learn(pd.Series(["A"]), pd.DataFrame(True, index=[0], columns=["C", "A", "B+C", "A+C+B"]))
    assert moves.labels == ("continue", "add C+B", "switch to C", "switch to B+C")


def people(n=60, seed=0):
    rng = np.random.default_rng(seed)
    index = pd.Index([f"p{i}" for i in rng.permutation(n)])
    first = pd.Series(rng.choice(np.array(FIRST, dtype=object), n), index=index)
    scores = pd.DataFrame(rng.normal(size=(n, len(SECOND))), index=index, columns=SECOND)
    permitted = everybody()[1].loc[first].set_axis(index)
    allowed = permitted & (rng.random(scores.shape) < 0.4)
    for person in index[~allowed.any(axis=1)]:
        allowed.loc[person, first[person]] = True
    return first, scores, allowed


def test_every_permitted_second_arm_is_one_move_and_back():
    first, scores, allowed = people()
    by_move, may = MOVES.scores(first, scores), MOVES.allowed(first, allowed)
    assert (may.sum(axis=1) == allowed.sum(axis=1)).all()
    for person in first.index:
        assert by_move.loc[person].count() == len(MOVES.arms[first[person]])
        for move, arm in MOVES.arms[first[person]].items():
            assert move == move_of(first[person], arm)
            assert by_move.loc[person, move] == scores.loc[person, arm]
            assert may.loc[person, move] == allowed.loc[person, arm]
    continued = pd.Series("continue", index=first.index)
    assert (MOVES.second_arms(first[::-1], continued) == first).all()


def test_what_nobody_was_allowed_is_no_move():
    may = MOVES.allowed(pd.Series(["ESC"]), pd.DataFrame(True, index=[0], columns=SECOND))
    assert may.columns[may.loc[0]].tolist() == ["continue", "add ACT", "add EBEM", "add DUL"]


def test_missing_permission_is_no_permission():
    first = pd.Series(["ACT"])
    allowed = pd.DataFrame(True, index=[0], columns=SECOND).astype(object)
    allowed.loc[0, "DUL"] = None
    may = MOVES.allowed(first, allowed)
    assert not may.loc[0, "switch to DUL"]
    assert may.loc[0, "add DUL"]


def test_a_move_that_is_not_allowed_keeps_its_treatment_if_it_can():
    # Everybody is best off switching to EBEM, but the second may only add it, and the third may have neither.
    first = pd.Series(["ACT", "ESC", "EBEM", "ACT"] * 5)
    scores = pd.DataFrame(0.0, index=first.index, columns=SECOND)
    scores["EBEM"], scores["ESC+EBEM"], scores["ACT+DUL"], scores["EBEM+DUL"] = 5.0, 4.0, 1.0, 2.0
    allowed = pd.DataFrame(False, index=first.index, columns=SECOND)
    for row, arms in enumerate((["EBEM", "ACT+DUL"], ["ESC+EBEM", "ESC+DUL"], ["EBEM+DUL", "ACT+EBEM"], ["EBEM"])):
        allowed.loc[allowed.index % 4 == row, arms] = True
    moves = Moves.learn(first, allowed)
    may = moves.allowed(first, allowed)
    search = TreeSearch.prepare(
        pd.DataFrame({"x": np.arange(20.0)}), moves.scores(first, scores), may, alternatives=moves.alternatives
    )
    tree = search.tree(1)
    assert tree.describe()[:2] == ["Everybody: switch to EBEM", "Where switch to EBEM is not possible: add EBEM"]
    chosen = moves.second_arms(first, tree.decide(pd.DataFrame({"x": np.arange(20.0)}), may))
    assert chosen.tolist() == ["EBEM", "ESC+EBEM", "EBEM+DUL", "EBEM"] * 5
    assert tree.value == pytest.approx((5 + 4 + 2 + 5) / 4)


@pytest.mark.parametrize("seed", range(10))
def test_trees_of_moves_never_choose_an_arm_that_is_not_allowed(seed):
    first, scores, allowed = people(seed=seed)
    features = pd.DataFrame({"x": np.random.default_rng(seed).normal(size=60), "first": first}, index=first.index)
    may = MOVES.allowed(first, allowed)
    search = TreeSearch.prepare(
        features, MOVES.scores(first, scores), may, alternatives=MOVES.alternatives, least=Least(0, 5)
    )
    tree = search.tree()
    arms = MOVES.second_arms(first, tree.decide(features, may))
    places = np.arange(len(arms)), allowed.columns.get_indexer(arms)
    assert allowed.to_numpy()[places].all()
    assert tree.value == pytest.approx(scores.to_numpy()[places].mean())


def test_refusals():
    first, scores, allowed = people()
    with pytest.raises(RegimeError, match=r"Second arms A\+B and B\+A hold the same treatments; use one label"):
        Moves.learn(pd.Series(["A"]), pd.DataFrame({"A+B": [True], "B+A": [True]}))
    with pytest.raises(RegimeError, match="First arm 'SHAM' is not known; known are ACT, DUL, EBEM, ESC"):
        MOVES.scores(first.replace("ACT", "SHAM"), scores)
    with pytest.raises(RegimeError, match=r"The first arm of row 'p\d+' is missing; say what it was"):
        MOVES.allowed(first.where(first != "ACT", None), allowed)
    with pytest.raises(RegimeError, match="The index of first does not match"):
        MOVES.scores(first.iloc[1:], scores)
    with pytest.raises(RegimeError, match=r"scores has no column DUL, ACT\+DUL; give one column a second arm"):
        MOVES.scores(first, scores.drop(columns=["DUL", "ACT+DUL"]))
    with pytest.raises(RegimeError, match="allowed has no column EBEM"):
        MOVES.allowed(first, allowed.drop(columns="EBEM"))
    with pytest.raises(RegimeError, match="After ACT there is no second arm for the move 'add ACT'"):
        MOVES.second_arms(pd.Series(["ACT"]), pd.Series(["add ACT"]))
