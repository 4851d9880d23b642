"""Who responds to what: known modifiers are found, two routes agree, and every wrong question gets a clear answer."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.model import FittedModel
from bestviz.advice.responders import Modifier, contrasts, effect_modification, profile
from bestviz.advice.responders.asked import ask
from bestviz.advice.responders.features import feature_named, features_of
from bestviz.advice.responders.people import brought_in, free_weights, may_have_next, may_start, usable_first
from bestviz.data.dataset import Trial
from bestviz.errors import InputError, PreferenceError
from bestviz.regime.encoding import CategoricalColumn

NOISE = tuple(f"noise{i}" for i in range(6))


def known_trial(n: int = 420, seed: int = 7) -> Trial:
    """A trial in which only two things matter: painful areas for duloxetine, sex for acceptance therapy.

    One SD more of painful areas lowers PEG by 1.2 points after duloxetine, at every week; women gain 1 point more from
    acceptance therapy than men.
    """
    trial, rng = bestviz.simulate_trial(n=n, seed=seed), np.random.default_rng(seed)
    people = trial.participants
    areas, sex = rng.integers(0, 8, n).astype(float), rng.choice(["female", "male"], n)
    keep = ["contraindicated_act", "contraindicated_ebem", "contraindicated_dul", "first_arm", "second_arm", "response"]
    people = people[keep].assign(widespread_areas=areas, sex=sex, back_surgery=rng.random(n) < 0.4)
    people["back_surgery"] = people["back_surgery"].astype("boolean")
    people = people.assign(**{name: rng.normal(size=n) for name in NOISE})
    had = {arm: (people["first_arm"] == arm).to_numpy() for arm in ("ACT", "DUL")}
    gain = 1.2 * had["DUL"] * (areas - areas.mean()) / areas.std() + had["ACT"] * (sex == "female")
    values = trial.assessments[trial.assessments["measure"].isin(["peg", "pgic"])]
    late = (values["measure"] == "peg") & (values["week"] > 0)
    expected = values["id"].map(pd.Series(5 - gain, index=people.index))
    noisy = np.clip(expected + rng.normal(0, 0.7, len(values)), 0, 10)
    return replace(trial, participants=people, assessments=values.assign(value=values["value"].where(~late, noisy)))


@pytest.fixture(scope="module")
def known() -> FittedModel:
    return bestviz.fit(known_trial(), replicates=60, seed=1, learner="additive", extra_inputs=NOISE)


@pytest.fixture(scope="module")
def additive() -> FittedModel:
    """Of a trial with all outcomes."""
    return bestviz.fit(bestviz.simulate_trial(n=300, seed=1), replicates=20, seed=1, learner="additive")


@pytest.fixture(scope="module")
def forest() -> FittedModel:
    return bestviz.fit(known_trial(), replicates=20, seed=1, learner="forest", extra_inputs=NOISE)


def one(found: tuple[Modifier, ...], feature: str, level: str | None = None) -> Modifier:
    (match,) = (each for each in found if each.feature == feature and level in (None, each.level))
    return match


# -- effect modification ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("week", [12, 24])
def test_a_strong_modifier_is_found_with_its_sign_and_size(known, week):
    found = effect_modification(known, outcome="peg", week=week)
    dul, act = one(found.of("DUL"), "widespread_areas"), one(found.of("ACT"), "widespread_areas")
    assert found.modifiers[0].feature == "widespread_areas"
    assert dul.effect_interval[0] > 0 > act.effect
    assert dul.effect == pytest.approx(1.2, abs=0.35)
    assert week != 12 or act.effect == pytest.approx(-0.4, abs=0.2)
    assert dul.probability_sign == 1.0
    assert dul.strength > 4


def test_per_unit_and_per_sd_are_the_same_finding(known):
    dul = one(effect_modification(known).of("DUL"), "widespread_areas")
    sd = feature_named(known, "widespread_areas").column.sd
    assert dul.effect == pytest.approx(dul.per_unit * sd)
    assert dul.effect_interval == pytest.approx([end * sd for end in dul.per_unit_interval])
    assert dul.unit == "of 7 areas"


def test_of_two_categories_one_is_set_against_the_other(known):
    found = effect_modification(known, outcome="peg", week=12)
    act = one(found.of("ACT"), "sex")
    assert act.level == "female"
    assert act.per_unit == pytest.approx(1.0, abs=0.4)
    assert act.per_unit_interval[0] > 0
    assert one(found.of("ACT"), "back_surgery").level == "yes"


def test_noise_mostly_covers_zero(known):
    found = effect_modification(known, outcome="peg", week=12)
    noise = [each for each in found.modifiers if each.feature in NOISE]
    assert len(noise) == 4 * len(NOISE)
    covered = [each.effect_interval[0] <= 0 <= each.effect_interval[1] for each in noise]
    assert np.mean(covered) >= 0.8
    assert all(0 <= each.probability_sign <= 1 for each in found.modifiers)


def test_against_enhanced_self_care_only(known):
    found = effect_modification(known, outcome="peg", week=12, reference="ESC")
    assert set(found.people) == {"ACT", "EBEM", "DUL"}
    assert one(found.of("DUL"), "widespread_areas").effect == pytest.approx(1.2, abs=0.35)
    assert one(found.of("ACT"), "widespread_areas").effect == pytest.approx(0, abs=0.3)


def test_contrasts_of_all_arms_cancel(known):
    found = effect_modification(known)
    for feature in features_of(known, 1):
        if feature.kind != "category":
            assert sum(one(found.of(arm), feature.name).effect for arm in found.people) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", ["known", "forest"])
def test_first_stage_slopes_are_those_of_everybody_one_by_one(name, request, monkeypatch):
    """Averaging design rows of all people with the feature set to two values, the long way."""
    model = request.getfixturevalue(name)
    monkeypatch.setattr(contrasts, "PEOPLE_IN_FORESTS", 10**6)
    engine, encoder = model.engine, model.engine.filler.baseline
    weights = free_weights(model, usable_first(model))
    solved = ask(model).first_coefficients()
    found = effect_modification(model)
    for name in ("widespread_areas", "back_surgery", "noise0", "peg"):
        feature = feature_named(model, name)
        low, high = max(-1, _standard(feature, "minimum")), min(1, _standard(feature, "maximum"))
        if feature.kind == "yes_no":
            low, high = feature.encoded([0.0, 1.0])[:, 0]
        ends = []
        for value in (low, high):
            baseline = engine.completed.baseline.copy()
            baseline[:, encoder.source == feature.place] = value
            ends.append(np.einsum("n,nar->ar", weights, engine.first_rows(baseline) @ solved))
        slope = (ends[1] - ends[0])[:, 0] / (high - low)
        for arm, label in enumerate(engine.first_arms.labels):
            expected = slope[arm] - np.delete(slope, arm).mean()
            assert one(found.of(label), feature.name).effect == pytest.approx(expected, abs=1e-9)


def _standard(feature, end: str) -> float:
    return (getattr(feature.column, end) - feature.column.mean) / feature.column.sd


@pytest.mark.parametrize("name", ["known", "forest"])
def test_second_stage_slopes_are_those_of_everybody_one_by_one(name, request, monkeypatch):
    model = request.getfixturevalue(name)
    monkeypatch.setattr(contrasts, "PEOPLE_IN_FORESTS", 10**6)
    engine = model.engine
    labels, first = engine.second_arms.labels, [engine.first_arms.labels[c] for c in engine.first_codes]
    may, weights = may_have_next(model), engine.first.weights[0]
    composite = ask(model).second_coefficients()[:, 0]
    found = effect_modification(model, stage=2)
    feature = feature_named(model, "interim.peg", stage=2)
    low, high = max(-1, _standard(feature, "minimum")), min(1, _standard(feature, "maximum"))
    values = []
    for value in (low, high):
        interim = engine.completed.interim[0].copy()
        interim[:, engine.filler.interim.source == feature.place] = value
        values.append(engine.second_rows(engine.completed.baseline, interim, engine.first_codes) @ composite)
    change = (values[1] - values[0]) / (high - low)
    for treatment in found.people:
        own = np.array(
            [[treatment in arm.split("+") and treatment not in had.split("+") for arm in labels] for had in first]
        )
        able = (may & own).any(axis=1) & (may & ~own).any(axis=1)
        benefit = [change[i, may[i] & own[i]].mean() - change[i, may[i] & ~own[i]].mean() for i in np.flatnonzero(able)]
        expected = np.average(benefit, weights=weights[able])
        assert one(found.of(treatment), "interim.peg").effect == pytest.approx(expected, abs=1e-9)
        assert found.people[treatment] == able.sum()


def test_additive_slopes_are_the_coefficients(known):
    """A yes/no has no steps: the change is that of the treatments' coefficients."""
    engine, asked = known.engine, ask(known)
    layout, coefficients = engine.first.basis.layout, engine.first.in_layout(asked.first_coefficients())[:, 0]
    feature = feature_named(known, "back_surgery")
    own = {k.treatment: c for k, c in zip(layout.keys, coefficients, strict=True)
           if k.block == "modifier" and k.feature == feature.place}  # fmt: skip
    held = engine.first_arms.components @ [own[t] for t in engine.first_arms.treatments]
    found = effect_modification(known)
    for arm, label in enumerate(engine.first_arms.labels):
        expected = held[arm] - np.delete(held, arm).mean()
        assert one(found.of(label), "back_surgery").effect == pytest.approx(expected, abs=1e-9)


def test_some_people_stand_for_all_in_a_forest(forest, monkeypatch):
    monkeypatch.setattr(contrasts, "PEOPLE_IN_FORESTS", 60)
    some = effect_modification(forest)
    monkeypatch.setattr(contrasts, "PEOPLE_IN_FORESTS", 10**6)
    everybody = effect_modification(forest)
    for each in ("ESC", "DUL"):
        few, all_of_them = (one(found.of(each), "widespread_areas").effect for found in (some, everybody))
        assert few == pytest.approx(all_of_them, rel=0.5, abs=0.02)
    again = effect_modification(forest)
    assert again.to_dict() == everybody.to_dict()


def test_second_stage_names_the_inputs_of_week_12(known):
    found = effect_modification(known, stage=2)
    assert any(each.feature == "interim.peg" for each in found.modifiers)
    assert any(each.feature == "interim.response" and each.level == "poor" for each in found.modifiers)
    assert all(brought_in(known, treatment) >= 10 for treatment in found.people)
    against = effect_modification(known, stage=2, reference="ESC")
    assert "ESC" not in against.people
    assert against.people["ACT"] < found.people["ACT"]


def test_nothing_that_says_what_is_possible_is_a_modifier(known):
    names = {each.feature for stage in (1, 2) for each in effect_modification(known, stage=stage).modifiers}
    assert names
    assert not any(name.startswith("contraindicated") for name in names)


def test_a_model_that_tailors_nothing_says_so(known):
    """As one in which no arm's effect depends on a feature."""
    import copy

    model = copy.deepcopy(known)
    layout = model.engine.first.basis.layout
    tailoring = np.array([key.block in ("modifier", "step") for key in layout.keys])
    model.engine.first.basis.directions[tailoring] = 0
    model.engine.first.lent[tailoring] = 0
    found = effect_modification(model)
    assert found.modifiers == ()
    assert "benefit of no treatment differs" in found.notes[0]


def test_modification_becomes_json_and_text(known):
    found = effect_modification(known, {"peg": 2}, horizon="mean")
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["preferences"] == {"peg": 1.0}
    assert plain["modifiers"][0]["effect_interval"] == list(found.modifiers[0].effect_interval)
    assert [each["strength"] for each in plain["modifiers"]] == sorted(
        (each["strength"] for each in plain["modifiers"]), reverse=True
    )
    assert any("share the credit" in note for note in plain["notes"])
    number = next(each for each in found.modifiers if each.level is None)
    assert "one SD more of" in number.text
    yes = next(each for each in found.modifiers if each.level == "yes")
    assert "yes instead of no" in yes.text
    level = next(each for each in found.modifiers if each.feature == "sex")
    assert "female instead of the others" in level.text


def test_arms_that_nobody_started_are_left_out(odd):
    found = effect_modification(odd)
    assert "DUL" not in found.people
    assert {each.level for each in found.modifiers if each.feature == "clinic"} == {"north", "south", "west"}


# -- what is asked about ----------------------------------------------------------------------------------------------


def test_coefficients_of_any_outcome_agree_with_those_of_the_engine(model):
    engine = model.engine
    rows = engine.first_rows(engine.completed.baseline[:2])
    rows = rows.reshape(-1, rows.shape[-1])
    rule = model.solve(ask(model).weights, frozenset()).rule
    later, early, _ = engine.first_outcomes(rows, rule)
    for outcome, week in (("peg", 24), ("peg", 18), ("depression", 36), ("peg", 12), ("peg", 6)):
        asked, name = ask(model, outcome=outcome, week=week), f"{outcome}_{week}"
        values = early if name in engine.early_names else later
        place = (engine.early_names if asked.is_early else engine.outcome_names).index(name)
        np.testing.assert_allclose(rows @ asked.first_coefficients(), values[:, :, place], atol=1e-8)


def test_the_weighted_outcome_is_the_weighted_sum(model):
    weights = {"peg": 0.25, "depression": 0.75}
    parts = [ask(model, weights, outcome=code).first_coefficients() for code in weights]
    whole = ask(model, weights).first_coefficients()
    np.testing.assert_allclose(whole, 0.25 * parts[0] + 0.75 * parts[1], atol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"outcome": "sleepiness"}, "outcome: 'sleepiness' is none that this model knows; choose one of peg"),
        ({"outcome": "peg", "week": 13}, "does not have PEG.* at week 13; choose 6 or 12 or 18 or 24 or 36"),
        ({"outcome": "depression", "week": 18}, "at week 18; choose 12 or 24 or 36"),
        ({"week": 24}, "week 24: name the outcome too"),
        ({"horizon": 12}, "horizon: 12 is not one of 24, 36, mean"),
        ({"stage": 3}, "stage: 3 is not 1"),
        ({"reference": "PLACEBO"}, "reference: 'PLACEBO' is no treatment.*; choose one of ACT, DUL, EBEM, ESC"),
        ({"stage": 2, "outcome": "peg", "week": 12}, "week 12: treatments of the second period cannot change"),
    ],
)
def test_wrong_questions(model, arguments, message):
    with pytest.raises(InputError, match=message):
        effect_modification(model, **arguments)


def test_preferences_are_checked(model, odd):
    with pytest.raises(PreferenceError, match="unknown outcome 'happiness'"):
        effect_modification(model, {"happiness": 1})
    with pytest.raises(PreferenceError, match="the data behind this model do not have it"):
        effect_modification(odd, {"depression": 1})


def test_too_few_people_to_compare(model):
    few = replace(model, history=model.history.assign(first=["ESC"] * 9 + ["ACT"] * (len(model.history) - 9)))
    with pytest.raises(InputError, match="fewer than two were started by at least 10 participants"):
        effect_modification(few)
    alone = replace(model, history=model.history.assign(second=model.history["first"]))
    with pytest.raises(InputError, match="too few participants got a further treatment"):
        effect_modification(alone, stage=2)
    rare = replace(model, history=model.history.assign(first=model.history["first"].replace({"DUL": "ESC"})))
    with pytest.raises(InputError, match="too few participants started DUL"):
        effect_modification(rare, reference="DUL")
    assert effect_modification(rare).left_out == ("Duloxetine: too few to say, 0 participants started it.",)


# -- profiles ---------------------------------------------------------------------------------------------------------


def test_profile_shows_a_strong_modifier(known):
    found = profile(known, "widespread_areas", outcome="peg", week=12)
    assert found.values == tuple(float(v) for v in range(8))
    assert sum(found.people) == len(known.engine.people)
    dul, esc = found.of("DUL"), found.of("ESC")
    assert dul[0].difference_interval[0] > 0 > dul[-1].difference_interval[1]
    assert dul[0].mean - dul[-1].mean == pytest.approx(
        1.2 * 7 / feature_named(known, "widespread_areas").column.sd, abs=1.2
    )
    assert {point.difference for point in esc} == {0.0}
    assert {point.difference_interval for point in esc} == {(0.0, 0.0)}
    assert sum(point.started for point in found.points) == sum(found.people)


@pytest.mark.parametrize("outcome", [None, "peg", "physical_function"])
@pytest.mark.parametrize("feature", ["back_surgery", "sex"])
def test_profiles_average_to_the_mean_of_the_arm(additive, feature, outcome):
    """What the additive learner expects is linear in a yes/no and in the shares of categories."""
    model = additive
    engine, spec = model.engine, feature_named(model, feature)
    assert engine.first.basis.forest is None
    weights = free_weights(model, usable_first(model))
    asked = ask(model, outcome=outcome)
    expected = np.einsum(
        "n,na->a", weights, engine.first_rows(engine.completed.baseline) @ asked.first_coefficients()[:, 0]
    )
    own = engine.completed.baseline[:, engine.filler.baseline.source == spec.place]
    if isinstance(spec.column, CategoricalColumn):
        shares = weights @ (own + spec.column.frequencies)
    else:
        yes = float(weights @ (own[:, 0] * spec.column.sd + spec.column.mean))
        shares = np.array([1 - yes, yes])
    found = profile(model, feature, outcome=outcome)
    for arm, label in enumerate(engine.first_arms.labels):
        mean = shares @ [point.mean for point in found.of(label)]
        if outcome is None:
            start = _mean_start(model, weights)
            assert mean == pytest.approx(expected[arm] + start, abs=1e-8)
        else:
            measure = model.measures[outcome]
            assert mean == pytest.approx(measure.sign * measure.meaningful_change * expected[arm], abs=1e-8)


def _mean_start(model: FittedModel, weights: np.ndarray) -> float:
    spec = feature_named(model, "peg")
    encoder = model.engine.filler.baseline
    return float(weights @ spec.observed(encoder, model.engine.completed.baseline))


def test_along_peg_itself_the_start_moves_too(model):
    """Improvement = week-0 value less the expected value, at every point."""
    level, gain = profile(model, "peg", outcome="peg", points=7), profile(model, "peg", points=7)
    for at, value in enumerate(level.values):
        assert gain.of("ACT")[at].mean == pytest.approx(value - level.of("ACT")[at].mean, abs=1e-6)
        assert gain.of("ACT")[at].difference == pytest.approx(-level.of("ACT")[at].difference, abs=1e-9)


def test_profiles_stay_inside_the_instrument(model):
    found = profile(model, "physical_function", outcome="opioid_use", week=36)
    ends = np.array([[*point.mean_interval, point.mean] for point in found.points])
    assert ends.min() >= 0
    assert ends.max() <= 1
    for point in found.points:
        assert point.mean_interval[0] <= point.mean <= point.mean_interval[1]
        assert point.difference_interval[0] <= point.difference <= point.difference_interval[1]


def test_profile_in_a_forest_is_that_of_everybody_one_by_one(forest):
    engine = forest.engine
    feature = feature_named(forest, "noise0")
    found = profile(forest, "noise0", outcome="peg", week=24, points=3)
    weights = free_weights(forest, usable_first(forest))
    coefficients = ask(forest, outcome="peg", week=24).first_coefficients()
    for at, value in enumerate(found.values):
        baseline = engine.completed.baseline.copy()
        baseline[:, engine.filler.baseline.source == feature.place] = feature.encoded([value])
        means = -np.einsum("n,na->a", weights, engine.first_rows(baseline) @ coefficients[:, 0])
        shown = [found.of(label)[at].mean for label in engine.first_arms.labels]
        np.testing.assert_allclose(shown, means, atol=1e-9)


def test_points_of_a_number_lie_between_percentiles(model):
    found = profile(model, "age", points=11)
    assert len(found.values) == 11
    ages = feature_named(model, "age").observed(model.engine.filler.baseline, model.engine.completed.baseline)
    assert found.values[0] == pytest.approx(np.quantile(ages, 0.01))
    assert found.values[-1] == pytest.approx(np.quantile(ages, 0.99))
    assert found.unit == "years"


def test_labels_of_values(model):
    assert profile(model, "back_surgery").value_labels == ("no", "yes")
    assert profile(model, "radicular").value_labels == ("none", "thigh", "below knee")
    assert "not working" in profile(model, "employment").value_labels


def test_profile_becomes_json(model, odd):
    plain = json.loads(json.dumps(profile(model, "sex", {"depression": 1}).to_dict(), allow_nan=False))
    assert plain["values"] == ["female", "male"]
    assert plain["averaged_over"] == int(may_start(model).all(axis=1).sum())
    assert plain["points"][0]["difference_interval"] is not None
    assert {point.arm for point in profile(odd, "clinic").points} == {"ACT", "EBEM", "ESC"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"feature": "agee"}, "does not look at 'agee'; did you mean age"),
        ({"feature": "zodiac"}, "does not look at 'zodiac'; choose one of age, sex"),
        ({"feature": "contraindicated_dul"}, "does not look at 'contraindicated_dul'"),
        ({"feature": "interim.peg"}, "does not look at 'interim.peg'"),
        ({"feature": "age", "points": 1}, "points: 1 is not a whole number from 2 to 101"),
        ({"feature": "age", "points": True}, "points: True is not"),
        ({"feature": "age", "outcome": "peg", "week": 0}, "at week 0"),
    ],
)
def test_wrong_profiles(model, arguments, message):
    with pytest.raises(InputError, match=message):
        profile(model, **arguments)
