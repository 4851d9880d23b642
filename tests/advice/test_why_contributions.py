"""Contributions sum to the difference that is shown, and are what single inputs do."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.known import encode
from bestviz.advice.uncertainty import NEGLIGIBLE, Z_90, Z_95
from bestviz.advice.why.contributions import difference_rows
from bestviz.advice.why.situation import first_situation
from bestviz.errors import InputError, PatientError
from bestviz.regime import learners
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

AFTER_ACT = {"week": 12, "first_arm": "ACT", "interim": {"peg": 5, "pgic": 3}}


def total(found):
    return (
        found.common.effect + sum(part.effect for part in found.parts) + (found.unknown.effect if found.unknown else 0)
    )


def shown_differences(advice):
    options = {option.arm: option.utility for option in advice.options if option.allowed}
    return {(a, b): options[a] - options[b] for a in options for b in options if a != b}


@pytest.fixture(scope="module")
def forested():
    """A forest at both stages, whatever out-of-fold error would choose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learners, "_choose_shares", lambda *_: (0.3, 0.3))
        small = bestviz.fit(bestviz.simulate_trial(n=150, seed=4), replicates=20, seed=1, learner="forest")
    return replace(small, history=pd.concat([small.history] * 20, ignore_index=True))


@pytest.fixture(params=["rich", "forested"])
def either(request):
    return request.getfixturevalue(request.param)


def test_forested_has_forests(forested):
    for stage in (forested.engine.first, forested.engine.second):
        assert stage.basis.forest.shares[1] > 0


def test_parts_sum_to_the_shown_difference(either, anybody, wishes):
    seen = 0
    for seed in range(25):
        patient, wanted = anybody(seed), wishes(seed, either.outcome_codes)
        advice = either.recommend(patient, wanted)
        if advice.by_response:
            continue
        found = either.contributions(patient, wanted)
        differences = shown_differences(advice)
        if not differences:
            assert found is None
            continue
        seen += 1
        assert found.arms == tuple(option.arm for option in advice.options[:2])
        assert abs(total(found) - found.difference) < 1e-9
        assert abs(found.difference - differences[found.arms]) < 1e-9
        for arms in list(differences)[:4]:
            other = either.contributions(patient, wanted, arms)
            assert abs(total(other) - differences[arms]) < 1e-9
    assert seen >= 8


def test_the_other_way_round_is_the_negative(either, typical):
    there, back = (either.contributions({"baseline": typical}, arms=arms) for arms in (("ACT", "DUL"), ("DUL", "ACT")))
    assert there.difference == -back.difference
    assert there.common.effect == pytest.approx(-back.common.effect)
    effects = {part.feature: part.effect for part in back.parts}
    for part in there.parts:
        assert part.effect == pytest.approx(-effects[part.feature], abs=1e-12)


def test_an_additive_part_is_what_changing_that_input_alone_does(rich, typical):
    """For every input: the patient's difference less that with the input as each participant has it, on average."""
    engine, encoder = rich.engine, rich.engine.filler.baseline
    basis, patient = engine.first.basis, bestviz.Patient(baseline=typical)
    coefficients = rich.solve(np.eye(len(engine.outcome_names))[0], frozenset()).rule.coefficients[0].copy()
    coefficients[basis.directions.shape[1] : basis.width] = 0.0
    known = encode(rich, patient)
    own, people = known.draws, engine.completed.baseline
    first, second = (engine.first_arms.labels.index(arm) for arm in ("EBEM", "ESC"))

    def differences(rows):
        values = engine.first_rows(rows) @ coefficients
        return values[:, first] - values[:, second]

    situation = first_situation(rich, patient, known)
    common, *effects = difference_rows(situation, first, second) @ coefficients
    assert situation.known == tuple(column.name for column in encoder.columns)
    for place, effect in enumerate(effects):
        mixed = np.where(encoder.source == place, people, own)
        assert effect == pytest.approx(differences(own)[0] - differences(mixed).mean(), abs=1e-9)
    assert common == pytest.approx(differences(people).mean(), abs=1e-9)


def test_the_common_part_is_the_same_for_everybody(either, typical, anybody):
    arms = ("EBEM", "ESC")
    patients = [{"baseline": typical}, {}, {"baseline": {"age": 30, "peg": 9}}]
    common = [either.contributions(patient, arms=arms).common.effect for patient in patients]
    assert common == pytest.approx([common[0]] * 3, abs=1e-9)
    engine = either.engine
    rule = either.solve(np.eye(len(engine.outcome_names))[0], frozenset()).rule
    values = (engine.first_rows(engine.completed.baseline) @ rule.coefficients[0]).mean(axis=0)
    first, second = (engine.first_arms.labels.index(arm) for arm in arms)
    assert common[0] == pytest.approx(values[first] - values[second], abs=1e-9)


def test_the_interval_of_the_difference_is_what_near_equal_rests_on(either, anybody):
    for seed in range(20):
        patient = anybody(seed)
        advice = either.recommend(patient)
        if advice.by_response or len([option for option in advice.options if option.allowed]) < 2:
            continue
        found = either.contributions(patient)
        sd = (found.interval[1] - found.interval[0]) / 2 / Z_95
        assert advice.options[1].near_equal == (found.difference - Z_90 * sd <= NEGLIGIBLE)


def test_intervals_follow_the_calibration(rich, typical):
    wider = replace(rich, calibration=replace(rich.calibration, differences=2 * rich.calibration.differences))
    before, after = (one.contributions({"baseline": typical}) for one in (rich, wider))
    for one, other in zip((before.common, *before.parts), (after.common, *after.parts), strict=True):
        assert other.effect == one.effect
        assert np.ptp(other.interval) == pytest.approx(2 * np.ptp(one.interval))
        assert one.interval[0] <= one.effect <= one.interval[1]
        assert one.effect - one.interval[0] == pytest.approx(one.interval[1] - one.effect)
    assert np.ptp(after.interval) == pytest.approx(2 * np.ptp(before.interval))


def test_what_is_not_known_is_one_part(either, typical):
    known = {name: typical[name] for name in ("age", "peg", "pcs6")}
    found = either.contributions({"baseline": known})
    barred = {name for name in CONTRAINDICATION_COLUMNS.values() if name in either.inputs}
    assert {part.feature for part in found.parts} == {*known, *barred}
    assert set(found.unknown.features) == set(typical) - set(known)
    assert {part.feature: part.value for part in found.parts}.items() >= known.items()
    assert either.contributions({"baseline": typical}).unknown is None
    # How far apart people like this are belongs to its interval, and so to that of the difference.
    assert np.ptp(found.unknown.interval) > max(np.ptp(part.interval) for part in found.parts)
    assert np.ptp(found.interval) > np.ptp(either.contributions({"baseline": typical}, arms=found.arms).interval)


def test_week_12_names_inputs_of_both_weeks(either, typical):
    found = either.contributions({"baseline": typical, **AFTER_ACT}, {"depression": 1})
    values = {part.feature: part.value for part in found.parts}
    assert values["peg"] == 6.5
    assert values["interim.peg"] == 5
    assert values["interim.response"] == "medium"
    assert "interim.depression" in found.unknown.features
    assert abs(total(found) - found.difference) < 1e-9


def test_reasons_are_the_largest_parts(either, typical, anybody):
    for patient in ({"baseline": typical}, {"baseline": typical, **AFTER_ACT}, anybody(7)):
        found = either.contributions(patient)
        barred = set(CONTRAINDICATION_COLUMNS.values())
        parts = [part for part in found.parts if part.feature not in barred and abs(part.effect) >= 0.01][:6]
        reasons = either.recommend(patient).reasons
        assert [(r.feature, r.value, r.effect, r.interval) for r in reasons] == [
            (part.feature, part.value, part.effect, part.interval) for part in parts
        ]


def test_a_contraindication_is_a_part_but_no_reason(rich, typical):
    patient = {"baseline": typical, "contraindicated": ["DUL"]}
    values = {part.feature: part.value for part in rich.contributions(patient).parts}
    assert values["contraindicated_dul"] is True
    assert not any(reason.feature.startswith("contraindicated") for reason in rich.recommend(patient).reasons)


def test_json(either, typical):
    for patient in ({"baseline": typical}, {"baseline": {"age": 40}}):
        found = either.contributions(patient).to_dict()
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert list(found) == ["arms", "difference", "interval", "common", "parts", "unknown"]
        assert list(found["parts"][0]) == ["feature", "value", "effect", "interval"]


def test_no_two_options(rich, typical):
    assert rich.contributions({"baseline": typical, "declined": ["ESC", "ACT", "EBEM"]}) is None
    assert rich.contributions({"baseline": typical, "declined": ["ESC", "ACT", "EBEM", "DUL"]}) is None


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        (("ACT", "ACT"), "arms: two different arms are compared; name two."),
        (("ACT",), "arms: two different arms are compared; name two."),
        (("ACT", "XYZ"), "arms: unknown arm 'XYZ'; use two of ESC, ACT, EBEM, DUL."),
        (("ACT", "DUL"), "arms: DUL is no option for this patient (declined by the patient); choose another."),
    ],
)
def test_arms_that_cannot_be_compared(rich, typical, arms, message):
    with pytest.raises(InputError) as caught:
        rich.contributions({"baseline": typical, "declined": ["DUL"]}, arms=arms)
    assert caught.value.messages == (message,)


def test_refused_where_the_class_or_the_first_arm_is_not_known(rich, odd, typical):
    with pytest.raises(PatientError, match=r"^response: the class at week 12 is not known .* give the class"):
        rich.contributions({"baseline": typical, "week": 12, "first_arm": "ACT", "interim": {"peg": 4}})
    with pytest.raises(PatientError, match=r"^first_arm: nobody in the data behind this model started DUL\.$"):
        odd.contributions({"week": 12, "first_arm": "DUL", "response": "poor"})


def test_nothing_about_a_patient_is_stored(rich, typical):
    rich.contributions({"baseline": typical})
    assert "first_participants" in vars(rich)
    assert not {name for name in rich.__getstate__() if "participants" in name}


def test_unusual_inputs(odd):
    """Extra inputs, deep markers, names that were never seen."""
    patient = {
        "baseline": {"income": 30, "clinic": "south", "sex": "intersex", "peg": 7},
        "deep": dict.fromkeys(odd.markers, 0.5),
    }
    found = odd.contributions(patient)
    values = {part.feature: part.value for part in found.parts}
    assert values["clinic"] == "south"
    assert values["income"] == 30
    assert set(odd.markers) <= set(values)
    assert "sex" in found.unknown.features
    assert abs(total(found) - found.difference) < 1e-9
