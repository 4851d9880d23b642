"""Who gets what, what is reachable, the readable tree in words: known answers and properties on a small trial."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.evaluation import TrialJudge, trial_judge
from bestviz.advice.evaluation_assigned import Paths, assigned, recommended
from bestviz.advice.evaluation_groups import CONTRAINDICATIONS, safe_grouping
from bestviz.advice.evaluation_reach import reach, reachable_outcomes
from bestviz.advice.evaluation_tree import Answer, judge_tree, option_words, readable_tree
from bestviz.advice.model import FittedModel
from bestviz.cohort.sequences import STAGES
from bestviz.data import Trial
from bestviz.errors import InputError, PreferenceError
from bestviz.regime.judging.regimes import LEARNED, TREE

PEG = {"peg": 1}


@pytest.fixture(scope="module")
def trial() -> Trial:
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture(scope="module")
def judge(model: FittedModel, trial: Trial) -> TrialJudge:
    inputs = ("age", "sex", "peg", "pain_interference", "tobacco", "contraindicated_dul")
    quick = replace(model, info=replace(model.info, learner="additive"), inputs=inputs)
    return trial_judge(quick, trial, folds=3, repeats=1)


@pytest.fixture(scope="module")
def tree(judge):
    return judge_tree(judge, PEG)


def path(first, response, action, second, share, people):
    return dict(zip((*STAGES, "share", "people"), (first, response, action, second, share, people), strict=True))


def test_paths_add_up_by_hand():
    table = pd.DataFrame(
        [
            path("ESC", "good", "augment", "ESC+ACT", 0.3, 30),
            path("ESC", "poor", "augment", "ESC+DUL", 0.2, 20),
            path("ACT", "poor", "switch", "DUL", 0.5, 9),
        ]
    )
    paths = Paths(table, is_weighted=True)
    assert paths.nodes["first", "ESC"].value == pytest.approx(0.5)
    assert paths.nodes["response", "poor"].value == pytest.approx(0.7)
    assert paths.links[("response", "poor"), ("action", "switch")].value == pytest.approx(0.5)
    assert paths.nodes["first", "ACT"].hidden  # 9 people
    assert not paths.nodes["response", "poor"].hidden


def test_unweighted_counts_hide_what_gives_small_ones_away():
    table = pd.DataFrame(
        [
            path("ESC", "good", "augment", "ESC+ACT", 0.60, 60),
            path("ESC", "good", "augment", "ESC+DUL", 0.03, 3),
            path("ESC", "poor", "augment", "ESC+ACT", 0.37, 37),
        ]
    )
    seconds = {name: one.hidden for (stage, name), one in Paths(table, False).nodes.items() if stage == "second"}
    assert seconds == {"ESC+ACT": True, "ESC+DUL": True}
    seconds = {name: one.hidden for (stage, name), one in Paths(table, True).nodes.items() if stage == "second"}
    assert seconds == {"ESC+ACT": False, "ESC+DUL": True}


def test_who_gets_what_adds_up_and_keeps_to_the_design(judge):
    found = assigned(judge, PEG)
    for paths in (found.randomised, found.regime):
        for stage in STAGES:
            assert sum(one.value for node, one in paths.nodes.items() if node[0] == stage) == pytest.approx(1)
        for (a, b), share in paths.links.items():
            assert share.value <= min(paths.nodes[a].value, paths.nodes[b].value) + 1e-12
    assert 0 < found.followers < found.people == len(judge.judge.people)


def test_as_randomised_is_what_was_assigned(judge, trial):
    shares = trial.participants["first_arm"].value_counts(normalize=True)
    nodes = assigned(judge, PEG).randomised.nodes
    assert {arm: nodes["first", arm].value for arm in shares.index} == pytest.approx(shares.to_dict())


def test_nobody_is_recommended_what_they_may_not_have(model, trial):
    found = recommended(model, trial, PEG)
    assert list(found.recommended) == ["ESC", "ACT", "EBEM", "DUL"]
    assert sum(one.low for one in found.recommended.values()) <= found.people
    assert sum(one.low for one in found.several.values()) <= found.people
    people = trial.participants.assign(contraindicated_dul=True)
    people["first_arm"] = people["first_arm"].where(people["first_arm"] != "DUL", "ESC")
    assert recommended(model, replace(trial, participants=people), PEG).recommended["DUL"].text == "<10"


def test_an_unknown_outcome_is_named(judge):
    with pytest.raises(PreferenceError, match="unknown outcome"):
        assigned(judge, {"nothing": 1})


def test_the_ends_of_the_trade_off_are_the_regimes_of_one_outcome(judge):
    scored = judge.scored(PEG, with_tree=False)
    steps = []
    found = reach(judge, scored, ("peg", "anxiety"), progress=lambda *said: steps.append(said))
    assert found.weeks == (24, 24)
    assert steps[-1][:2] == (9, 9)
    whole = found.learned[-1]
    learned = judge.evaluate(PEG, with_tree=False).value(LEARNED, "peg").value
    assert whole.share == 1
    assert whole.values[0].value == pytest.approx(learned.value)
    assert whole.values[0].se == pytest.approx(learned.se)
    assert {one.regime for one in found.plain} >= {"as_randomised", "single:ESC", "best_fixed", "learned"}


@pytest.mark.parametrize(
    ("pair", "message"), [(("peg", "peg"), "two different"), (("peg", "pgic"), "too few values of")]
)
def test_a_trade_off_that_cannot_be(judge, pair, message):
    with pytest.raises(InputError, match=message):
        reach(judge, judge.scored(PEG, with_tree=False), pair)


def test_outcomes_that_can_be_traded(judge):
    assert {"peg", "anxiety"} <= set(reachable_outcomes(judge))


def leaves(node):
    return [node] if isinstance(node, Answer) else leaves(node.if_true) + leaves(node.if_otherwise)


def test_leaves_hold_everybody_and_their_mean_is_that_of_the_tree(judge, tree):
    scored, found = tree
    for rule in (found.first, found.second):
        assert sum(leaf.people for leaf in leaves(rule.root)) == rule.people
        assert all(0 <= leaf.allowed <= 1 and leaf.utility.se > 0 for leaf in leaves(rule.root))
        assert sum(rule.asked_first.values()) == pytest.approx(1)
    assert found.first.people == len(judge.judge.people)
    assert found.cost.value == pytest.approx(
        scored.judged().value(TREE).value.value - scored.judged().value(LEARNED).value.value, abs=0.05
    )


def test_the_tree_must_have_been_scored(judge):
    with pytest.raises(InputError, match="score with the tree first"):
        readable_tree(judge, judge.scored(PEG, with_tree=False), PEG)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("DUL", "duloxetine"),
        ("add DUL", "add duloxetine"),
        ("switch to ACT", "switch to acceptance and commitment therapy"),
        ("continue", "continue"),
    ],
)
def test_options_in_words(option, words):
    assert option_words(option) == words


def test_groups_of_contraindications(trial):
    groups = safe_grouping(trial, CONTRAINDICATIONS)
    columns = [c for c in trial.participants if c.startswith("contraindicated_")]
    barred = trial.participants[columns].any(axis=1)
    assert groups.order == ("no contraindication", "a contraindication")
    assert ((groups.labels == "a contraindication") == barred).all()


def test_data_without_a_column_have_no_groups(trial):
    columns = [c for c in trial.participants if c.startswith("contraindicated_")]
    bare = replace(trial, participants=trial.participants.drop(columns=[*columns, "race"]))
    assert safe_grouping(bare, CONTRAINDICATIONS) is None
    assert safe_grouping(bare, "race") is None


def test_no_group_is_small(trial):
    for by in ("sex", "race", "age"):
        groups = safe_grouping(trial, by)
        assert (groups.labels.value_counts() >= 10).all()
        assert set(groups.labels.dropna()) == set(groups.order)


def test_scores_that_are_given_are_not_made_again(judge, monkeypatch):
    scored = judge.scored(PEG, with_tree=False)
    monkeypatch.setattr(type(judge.judge), "scored", lambda *given: pytest.fail("scored again"))
    one = judge.evaluate(PEG, safe_grouping(judge.trial, "sex"), scored=scored)
    assert np.isfinite(one.value(LEARNED, "utility", "female").value.value)
