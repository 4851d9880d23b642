"""The response rule and the meaningful changes, edited on the page, and what they alter."""

from dataclasses import replace

import pytest

from bestviz.trial import DEFAULT_RESPONSE_RULE, MEASURES, ResponseRule
from bestviz.ui.data import fits
from bestviz.ui.data.effects import classes_moved, measures_with, share_improved

PAGE = "pages/data_and_model.py"


def test_classes_that_the_data_carry_stay_under_any_rule(trial):
    strict = replace(trial, info=replace(trial.info, response_rule=ResponseRule(0, 0, 0)))
    moved = classes_moved(trial, strict)
    recorded = int(trial.participants["response"].notna().sum())
    assert (moved.changed, moved.recorded) == (0, recorded)
    assert moved.differing > 0


def test_without_recorded_classes_the_rule_decides(trial):
    bare = replace(trial, participants=trial.participants.drop(columns="response"))
    all_poor = replace(bare, info=replace(bare.info, response_rule=ResponseRule(0, 0, 0)))
    moved = classes_moved(bare, all_poor)
    judged = sum(moved.before[name] for name in ("excellent", "good", "medium", "poor"))
    assert moved.after["poor"] == judged == moved.judged
    assert moved.changed == judged - moved.before["poor"]
    assert sum(moved.after.values()) == len(bare)


def test_a_larger_meaningful_change_means_fewer_improved(trial):
    peg = MEASURES["peg"]
    change = (trial.values("peg", 0) - trial.values("peg", 24)).dropna()
    assert share_improved(trial, peg) == pytest.approx((change >= 1 - 1e-9).mean())
    assert share_improved(trial, peg.with_meaningful_change(3.0)) == pytest.approx((change >= 3 - 1e-9).mean())
    assert share_improved(trial, MEASURES["opioid_use"]) is None
    assert measures_with({"peg": 2.0})["peg"].meaningful_change == 2.0


def test_another_rule_is_taken_shown_and_given_back(open_page):
    page = open_page(PAGE).part("Rules")
    page.number_input(key="rule.medium_pgic").set_value(6).run()
    assert not page.exception
    assert "PGIC of at most 6: medium" in page.texts()
    page.button(key="rule.reset").click().run()
    assert page.number_input(key="rule.medium_pgic").value == DEFAULT_RESPONSE_RULE.medium_pgic


def test_cut_offs_out_of_order_are_refused_in_a_sentence(open_page):
    page = open_page(PAGE).part("Rules")
    page.number_input(key="rule.good_pgic").set_value(7).run()
    assert "must not decrease" in page.error[0].value
    page.number_input(key="rule.medium_pgic").set_value(7).run()
    assert not page.error
    assert "PGIC of at most 7: good" in page.texts()


def test_another_meaningful_change_reaches_the_order_of_a_fit(open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(fits, "start", asked.append)
    page = open_page(PAGE).part("Rules")
    page.number_input(key="change.peg").set_value(2.0).run()
    assert "times 0.50" in page.texts()
    page.part("Fit")
    page.text_input(key="fit.name").input("two").run()
    page.button(key="fit.start").click().run()
    assert asked[0].measures["peg"].meaningful_change == 2.0
    assert asked[0].folder.name == "two"
    assert (asked[0].replicates, asked[0].seed, asked[0].learner) == (200, 1, "ensemble")
