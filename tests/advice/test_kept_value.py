"""The cross-fitted value that is kept beside a model: right, bound to its model, in its card."""

import json
from dataclasses import replace

import pytest

import bestviz
from bestviz import store
from bestviz.advice import kept_value
from bestviz.advice.evaluation import trial_judge
from bestviz.advice.kept_value import judge_and_keep, keep, load_value, value_by
from bestviz.errors import ModelFileError
from bestviz.regime.judging.regimes import BEST_FIXED, LEARNED

INPUTS = ("age", "sex", "peg", "pain_interference", "self_efficacy", "contraindicated_dul")


@pytest.fixture(scope="module")
def quick(model):
    """The small model, to be fitted again with few inputs and the quick learner."""
    return replace(model, info=replace(model.info, learner="additive"), inputs=INPUTS)


@pytest.fixture(scope="module")
def judge(quick):
    return trial_judge(quick, bestviz.simulate_trial(n=300, seed=1), folds=3, repeats=1)


@pytest.fixture
def folder(quick, tmp_path):
    facts = {"trained_on": "t", "simulated": True, "participants": 300, "digest": quick.digest}
    store.save_model("model", tmp_path / "m", facts, "# Card\n")
    return tmp_path / "m"


def test_it_is_the_value_of_the_evaluation(judge):
    found, shown = value_by(judge, "d"), judge.evaluate(by="sex", with_tree=False)
    whole = shown.value(LEARNED, "peg")
    assert (found.people, found.folds, found.repeats) == (300, 3, 1)
    assert found.value.estimate == pytest.approx(whole.value.value)
    assert found.value.interval == pytest.approx(whole.value.interval)
    assert found.gain.estimate == pytest.approx(whole.differences[BEST_FIXED].value)
    women = next(group for group in found.groups if group.by == "sex" and "female" in group.name.lower())
    assert women.value.estimate == pytest.approx(shown.value(LEARNED, "peg", "female").value.value)
    assert {group.by for group in found.groups} == {"sex", "age", "race", "contraindications"}
    assert all(group.people >= 10 for group in found.groups)


def test_it_comes_back_from_beside_the_model_and_stands_in_the_card(quick, judge, folder):
    assert "Cross-fitted value: not known yet" in quick.card()
    found = keep(quick, judge, folder)
    assert load_value(folder, quick.digest) == found
    card = store.read_attached(folder, store.CARD_FILE)
    assert f"mean PEG {found.value.estimate:.2f} points at week 24 (95 % interval" in card
    assert "split once into 3 parts" in card
    assert "| Sex" in card
    assert card == quick.card(found)


def test_that_of_another_model_is_ignored(quick, judge, folder):
    keep(quick, judge, folder)
    assert load_value(folder, "another") is None
    with pytest.raises(ModelFileError, match="another model has taken its place"):
        keep(replace(quick, info=replace(quick.info, seed=9)), judge, folder)


@pytest.mark.parametrize(
    "change",
    ["", "[]", "{", "[" * 100_000, '{"digest": 1}', {"value": {"estimate": None, "low": 0, "high": 1}}, {"groups": 3},
     {"value": {"estimate": float("nan"), "low": 0, "high": 1}}],
)  # fmt: skip
def test_what_is_damaged_is_ignored(quick, judge, folder, change):
    keep(quick, judge, folder)
    path = folder / store.VALUE_FILE
    path.write_text(change if isinstance(change, str) else json.dumps(json.loads(path.read_text()) | change))
    assert load_value(folder, quick.digest) is None


def test_a_value_in_other_data_is_not_kept(quick, judge, folder):
    assert keep(quick, replace(judge, mode="external"), folder) is None
    assert not (folder / store.VALUE_FILE).exists()


def test_where_nothing_can_be_written_the_judge_is_there_all_the_same(quick, judge, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_value, "trial_judge", lambda *given, **named: judge)
    assert judge_and_keep(quick, judge.trial, tmp_path / "gone") is judge
    assert list(tmp_path.iterdir()) == []
