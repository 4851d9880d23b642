"""A flip flips: the advice for the changed patient says so, and nearer values do not."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.known import encode
from bestviz.advice.preferences import Preferences
from bestviz.advice.second_stage import state_at_week_12
from bestviz.advice.why import flips, worth
from bestviz.advice.why.changes import _grid, shown, sides_of, unit_of
from bestviz.advice.why.decision import decision_of
from bestviz.advice.why.flips import NO_INPUT, NO_WEIGHT
from bestviz.advice.why.redraw import Redraw
from bestviz.advice.why.what_if import NOTHING, WhatIf
from bestviz.errors import PatientError
from bestviz.regime import learners
from bestviz.regime.encoding import NumericColumn

WEEK_12 = {"week": 12, "first_arm": "ACT"}


@pytest.fixture(scope="module")
def forested():
    """A forest at both stages, whatever out-of-fold error would choose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learners, "_choose_shares", lambda *_: (0.3, 1.0))
        small = bestviz.fit(bestviz.simulate_trial(n=120, seed=4), replicates=20, seed=1, learner="forest")
    return replace(small, history=pd.concat([small.history] * 20, ignore_index=True))


@pytest.fixture(params=["rich", "forested"])
def either(request):
    return request.getfixturevalue(request.param)


def changed(patient, name, value):
    """The patient file with one input changed."""
    if not name.startswith("interim."):
        return {**patient, "baseline": {**patient.get("baseline", {}), name: value}}
    name = name.removeprefix("interim.")
    if name == "stopped_first":
        return {**patient, name: value}
    return {**patient, "interim": {**patient["interim"], name: value}}


def test_every_flip_flips_and_the_present_answer_is_the_same(either, anybody, wishes):
    inputs = weights = 0
    for seed in range(25):
        patient, wanted = anybody(seed), wishes(seed, either.outcome_codes)
        advice = either.recommend(patient, wanted)
        if advice.by_response:
            continue
        found = either.flips(patient, wanted)
        assert found.recommended == advice.recommended
        for flip in found.inputs[:2]:
            then = either.recommend(changed(patient, flip.feature, flip.after), wanted)
            assert then.recommended == flip.arm != advice.recommended, (seed, flip)
            assert then.response == (flip.response or advice.response)
            inputs += 1
        for flip in found.weights[:2]:
            shares = {code: share * (1 - flip.after) / (1 - flip.before) for code, share in advice.preferences.items()}
            assert either.recommend(patient, {**shares, flip.outcome: flip.after}).recommended == flip.arm
            weights += 1
        assert [flip.change for flip in found.inputs] == sorted(flip.change for flip in found.inputs)
        assert len({flip.feature for flip in found.inputs}) == len(found.inputs)
    assert inputs >= 5
    assert weights >= 5


def test_draws_of_variants_are_those_of_the_advice(either, typical):
    """Two routes: every variant drawn by itself as a patient, or all at once."""
    known = {name: typical[name] for name in ("age", "peg", "physical_function", "education", "back_surgery", "sex")}
    patient = {"baseline": known, **WEEK_12, "interim": {"peg": 4.2, "pgic": 3}}
    decision = decision_of(either, bestviz.Patient.from_dict(patient))
    redraw = Redraw.of(decision)
    sides = [side for side in sides_of(decision) if side.name != "interim.pgic"]
    variants = [block.repeat(len(sides), axis=0) for block in redraw.present]
    for row, side in enumerate(sides):
        variants[side.block][row, side.columns] = side.encoded[-1]
    baseline, interim = redraw.draws(variants)
    assert {side.name for side in sides} >= {"age", "sex", "back_surgery", "interim.peg"}
    for row, side in enumerate(sides):
        one = bestviz.Patient.from_dict(changed(patient, side.name, side.values[-1]))
        drawn = encode(either, one)
        state = state_at_week_12(either, one, drawn, "ACT", "medium")
        np.testing.assert_allclose(baseline[row], drawn.draws, atol=1e-9)
        np.testing.assert_allclose(interim[row], state.interim, atol=1e-9)


def test_worth_is_what_the_rows_give(either, typical, monkeypatch):
    """But for what the forest says of all arms alike; also when rows are looked at a few at a time."""
    monkeypatch.setattr(worth, "CELLS_AT_ONCE", 1)
    for patient in ({"baseline": {"age": 60, "peg": 8}}, {"baseline": typical, **WEEK_12, "interim": {"pgic": 4}}):
        decision = decision_of(either, bestviz.Patient.from_dict(patient))
        weights = np.eye(len(either.engine.outcome_names))[0]
        coefficients = decision.coefficients(weights)[0]
        what_if = WhatIf.of(decision, coefficients)
        values = what_if.worth(what_if.redraw.draws(what_if.redraw.present))[0]
        expected = (decision.rows @ coefficients).mean(axis=0)
        np.testing.assert_allclose(values - values[0], expected - expected[0], atol=1e-9)


def test_no_nearer_value_flips_without_a_forest(rich, typical):
    """Each input of a patient of whom all is known, value by value in both directions."""
    decision = decision_of(rich, bestviz.Patient(baseline=typical))
    additive = replace(decision.situation, participants=replace(decision.situation.participants, references=None))
    decision, flipping = replace(decision, situation=additive), 0
    for outcome in ("peg_24", "physical_function_24", "depression_24", "stopping_24"):
        weights = np.array([float(name == outcome) for name in rich.engine.outcome_names])
        what_if = WhatIf.of(decision, decision.coefficients(weights)[0])
        nearest = {}
        for side in sides_of(decision):
            ahead, _ = what_if.answers([side] * len(side.values), list(range(len(side.values))))
            for distance in side.distance[ahead != what_if.present]:
                nearest[side.name] = min(nearest.get(side.name, np.inf), distance)
        assert {flip.feature: flip.change for flip in flips._input_flips(decision, what_if)} == nearest
        flipping += len(nearest)
    assert flipping >= 5


def test_a_given_class_holds_and_the_rule_follows(rich, typical):
    patient = {"baseline": typical, **WEEK_12, "interim": {"peg": 5, "pgic": 3}}
    by_rule = {flip.feature: flip for flip in rich.flips(patient).inputs}
    assert by_rule["interim.pgic"].response in ("good", "poor")
    assert f"(now 3; the response would then be {by_rule['interim.pgic'].response})" in by_rule["interim.pgic"].text
    given = rich.flips({**patient, "response": "medium"})
    assert all(flip.response is None for flip in given.inputs)


def test_another_class_is_the_state_of_the_changed_patient(rich, typical, monkeypatch):
    """Two routes: PGIC and PEG changed in what is encoded, or in the patient file."""
    patient = {"baseline": typical, **WEEK_12, "interim": {"peg": 5, "pgic": 3}}
    decision = decision_of(rich, bestviz.Patient.from_dict(patient))
    what_if = WhatIf.of(decision, decision.coefficients(np.eye(len(rich.engine.outcome_names))[0])[0])
    asked = [(side, at) for side in sides_of(decision) for at in range(len(side.values)) if "pgic" in side.name]
    seen = []
    draws = Redraw.draws
    monkeypatch.setattr(Redraw, "draws", lambda self, variants: seen.append(variants) or draws(self, variants))
    _, responses = what_if.answers([side for side, _ in asked], [at for _, at in asked])
    assert set(responses) == {"excellent", "good", "poor"}
    for row, (side, at) in enumerate(asked):
        one = decision_of(rich, bestviz.Patient.from_dict(changed(patient, side.name, side.values[at])))
        assert one.state.response == responses[row]
        np.testing.assert_allclose(seen[0][1][row], Redraw.of(one).present[1][0], atol=1e-9)


def test_where_the_class_could_not_be_told_nothing_is_said(rich, typical):
    """PGIC 2 needs PEG of both weeks; without it that change says nothing."""
    del typical["peg"]
    patient = {"baseline": typical, **WEEK_12, "interim": {"pgic": 3}}
    decision = decision_of(rich, bestviz.Patient.from_dict(patient))
    what_if = WhatIf.of(decision, decision.coefficients(np.eye(len(rich.engine.outcome_names))[0])[0])
    below = next(s for s in sides_of(decision) if s.name == "interim.pgic" and s.values[0] == 2)
    ahead, responses = what_if.answers([below, below], [0, 1])
    assert responses == [None, "excellent"]
    assert ahead[0] == NOTHING != ahead[1]
    flip = next((f for f in rich.flips(patient).inputs if f.feature == "interim.pgic"), None)
    assert flip is None or flip.after != 2


def test_what_stopped_for_harm_did_stop(rich, typical):
    patient = {"baseline": typical, **WEEK_12, "response": "poor", "interim": {}}
    for extra, changes in (({"stopped_first": True}, True), ({"stopped_for_harm": True}, False), ({}, False)):
        decision = decision_of(rich, bestviz.Patient.from_dict({**patient, **extra}))
        assert ("interim.stopped_first" in {side.name for side in sides_of(decision)}) == changes


def test_contraindications_and_the_class_are_no_changes(rich, typical):
    patient = {"baseline": typical, "contraindicated": ["DUL"], **WEEK_12, "response": "poor"}
    names = {side.name for side in sides_of(decision_of(rich, bestviz.Patient.from_dict(patient)))}
    assert not any("contraindicated" in name or "response" in name for name in names)
    assert names == set(typical)


def side(sides, name, value):
    return next(one for one in sides if one.name == name and value in one.values)


def test_values_as_they_are_read(rich, typical):
    decision = decision_of(rich, bestviz.Patient(baseline=typical))
    sides, columns = sides_of(decision), {c.name: c for c in rich.engine.filler.baseline.columns}
    peg, up = columns["peg"], side(sides, "peg", 6.6)
    assert up.values[:3] == (6.6, 6.7, 6.8)
    assert side(sides, "peg", 6.4).values[:2] == (6.4, 6.3)
    assert up.values[-1] <= peg.maximum < up.values[-1] + 0.1
    np.testing.assert_allclose(up.distance[:2], [0.1 / peg.sd, 0.2 / peg.sd])
    np.testing.assert_allclose(up.encoded[:, 0] * peg.sd + peg.mean, up.values)
    assert side(sides, "physical_function", 40).values[0] == 40
    assert all(isinstance(value, int) for value in side(sides, "widespread_areas", 3).values)
    assert side(sides, "tobacco", "monthly").values == ("less_than_monthly", "monthly", "weekly", "daily")
    assert side(sides, "back_surgery", True).values == (True,)
    assert side(sides, "opioid_use", 1).values == (1,)
    sex = side(sides, "sex", "male")
    share = dict(zip(columns["sex"].levels, columns["sex"].frequencies, strict=True))["male"]
    assert sex.distance == pytest.approx([1 / np.sqrt(share * (1 - share))])
    np.testing.assert_allclose(sex.encoded[0], [-columns["sex"].frequencies[0], 1 - share])


def test_values_next_to_jumps_are_looked_at(rich, typical):
    column = next(c for c in rich.engine.filler.baseline.columns if c.name == "peg")
    knot = next(k for k in column.step_knots if k > 2)
    sides = sides_of(decision_of(rich, bestviz.Patient(baseline=typical | {"peg": 0.5})))
    up = side(sides, "peg", 6.6)
    looked_at = [up.values[place] for place in up.first]
    assert max(value for value in up.values if value <= knot) in looked_at
    assert min(value for value in up.values if value > knot) in looked_at
    assert up.first[0] == 0
    assert up.first[-1] == len(up.values) - 1
    assert len(looked_at) < 20


@pytest.mark.parametrize(
    ("name", "low", "high", "expected"),
    [
        ("peg", 9.72, 9.99, [9.8, 9.9]),
        ("pgic", 1, 4, [1, 2, 3, 4]),
        ("marker", 0.021, 0.052, [0.021, 0.022, 0.023]),
        ("income", 0, 4000, [0, 100, 200]),
        ("bmi", 20.2, 23.9, [21, 22, 23]),
    ],
)
def test_grids(name, low, high, expected):
    found = _grid(NumericColumn(name, 0.0, 1.0, low, high, (), ()))
    assert found[: len(expected)] == expected
    assert low <= found[0]
    assert found[-1] <= high


def test_values_in_words():
    assert shown("interim.opioid_use", 1) == shown("back_surgery", True) == "yes"
    assert shown("education", "below_high_school") == "below high school"
    assert shown("peg", 6.70) == "6.7"
    assert unit_of("peg", 6.7) == "points"
    assert unit_of("interim.physical_function", 40) == "T-score points"
    assert unit_of("age", 40) == "years"
    assert {unit_of("pcs6", 3), unit_of("interim.pgic", 2), unit_of("sex", "male"), unit_of("income", 5.0)} == {""}


@pytest.mark.parametrize(
    ("name", "before", "after", "response", "text"),
    [
        ("physical_function", 36, 41, None, "Physical function: if it were 41 T-score points (now 36), X ahead."),
        ("sex", "female", "male", None, "Sex: if it were male (now female), X ahead."),
        ("back_surgery", False, True, None, "Ever had a low-back operation: if it were yes (now no), X ahead."),
        ("interim.peg", 5, 2, "good",
         "PEG (week 12): if it were 2 points (now 5; the response would then be good), X ahead."),
    ],
)  # fmt: skip
def test_sentences(name, before, after, response, text):
    one = SimpleNamespace(name=name, before=before, values=(after,), distance=np.array([0.5]))
    found = flips._flip(one, 0, "DUL", response)
    assert found.text == text.replace("X", "duloxetine would be")
    assert (found.before, found.after, found.arm, found.change) == (before, after, "DUL", 0.5)


def test_further_weight_is_the_least(rich, typical):
    patient, wanted = {"baseline": typical}, {"peg": 3, "depression": 1}
    found = rich.flips(patient, wanted)
    assert found.weights
    for flip in found.weights:
        shares = Preferences(wanted).weights
        assert flip.before == shares.get(flip.outcome, 0)
        less = flip.after - 0.01
        if less > flip.before:
            before = {code: share * (1 - less) / (1 - flip.before) for code, share in shares.items()}
            assert rich.recommend(patient, {**before, flip.outcome: less}).recommended == found.recommended
        assert f"with {flip.after * 100:.0f} of 100 of the weight" in flip.text
    gains = [flip.after - flip.before for flip in found.weights]
    assert gains == sorted(gains)


def test_all_weight_on_one_outcome_leaves_no_further_weight(rich, typical):
    assert "peg" not in {flip.outcome for flip in rich.flips({"baseline": typical}, {"peg": 1}).weights}


def test_one_option_and_none(rich, typical):
    one = rich.flips({"baseline": typical, "declined": ["ESC", "ACT", "EBEM"]})
    assert one.recommended == "DUL"
    assert one.inputs == one.weights == ()
    assert one.notes == (NO_INPUT, NO_WEIGHT)
    assert NO_INPUT == "No single change within what was observed flips it."
    none = rich.flips({"baseline": typical, "declined": ["ESC", "ACT", "EBEM", "DUL"]})
    assert none.to_dict() == {"recommended": None, "inputs": [], "weights": [], "notes": []}


def test_nothing_known(rich):
    found = rich.flips({}, {"peg": 1, "anxiety": 1})
    assert found.inputs == ()
    assert NO_INPUT in found.notes
    assert found.recommended == rich.recommend({}, {"peg": 1, "anxiety": 1}).recommended


def test_unusual_inputs(odd):
    """Extra inputs, deep markers, names that were never seen; and a number outside what was observed."""
    deep = dict.fromkeys(odd.markers, 0.5)
    patient = {"baseline": {"income": 5000, "clinic": "south", "sex": "intersex", "peg": 7}, "deep": deep}
    sides = sides_of(decision_of(odd, bestviz.Patient.from_dict(patient, extra_inputs=odd.extra_inputs)))
    assert {one.values for one in sides if one.name == "clinic"} == {("north",), ("west",)}
    assert {one.name for one in sides} >= {"income", "clinic", *odd.markers}
    income = [one for one in sides if one.name == "income"]
    assert len(income) == 1
    assert max(income[0].values) < 200
    found = odd.flips(patient)
    assert found.recommended == odd.recommend(patient).recommended


def test_class_not_known(rich, typical):
    with pytest.raises(PatientError, match=r"^response: the class at week 12 is not known"):
        rich.flips({"baseline": typical, **WEEK_12, "interim": {"peg": 4}})


def test_json(rich, typical):
    found = rich.flips({"baseline": typical, **WEEK_12, "interim": {"peg": 5, "pgic": 3}}, {"peg": 1}).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found) == ["recommended", "inputs", "weights", "notes"]
    assert list(found["inputs"][0]) == ["feature", "from", "to", "unit", "arm", "response", "change", "text"]
    assert list(found["weights"][0]) == ["outcome", "from", "to", "arm", "text"]
