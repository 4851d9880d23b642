"""What must hold for every patient and all preferences."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import bestviz
from bestviz.advice.first_stage import REGIME, unknown_warning
from bestviz.advice.known import encode
from bestviz.advice.options import Ranking
from bestviz.trial import MEASURES, RESPONSE_CLASSES, permitted_second_arms, treatments_of

HORIZON_WEEKS = {24: (24,), 36: (36,), "mean": (24, 36)}


def change_of(advice, arm, outcome, weeks):
    table = {(row["arm"], row["outcome"], row["week"]): row["change"] for row in advice["outcomes"]}
    return np.mean([table[arm, outcome, week] for week in weeks])


def named_arms(advice):
    """Every arm that is recommended or shown in any way, with the responses at which it may be."""
    for stage in ("first", "second"):
        if advice.get(f"recommended_{stage}"):
            yield advice[f"recommended_{stage}"]
        yield from (option["arm"] for option in advice.get(stage, []) if option["allowed"])
    yield from advice["near_equal"]
    for step in advice.get("plan", []):
        yield from [step["arm"]] if step["arm"] else []
        yield from step["near_equal"]
    for answer in advice.get("by_response", []):
        yield from named_arms(answer)
    yield from (row["arm"] for name in ("trajectories", "outcomes") for row in advice.get(name, []))


def test_nothing_excluded_is_ever_named(rich, anybody, wishes):
    for seed in range(100, 150):
        patient = anybody(seed)
        advice = rich.recommend(patient, wishes(seed, rich.outcome_codes)).to_dict()
        barred = {code for key in ("contraindicated", "declined", "unavailable") for code in patient[key]}
        if patient.get("stopped_for_harm"):
            barred.add(patient["first_arm"])
        for arm in set(named_arms(advice)) - {REGIME}:
            assert not barred & set(treatments_of(arm)), (seed, arm)


def test_nothing_is_named_that_the_design_does_not_permit(rich, anybody):
    for seed in range(200, 240):
        patient = anybody(seed)
        advice = rich.recommend(patient).to_dict()
        for step in advice.get("plan", []):
            arms = {*([step["arm"]] if step["arm"] else []), *step["near_equal"]}
            assert arms <= set(permitted_second_arms(advice["recommended_first"], step["response"]))
        if patient.get("week") and advice["response"]:
            permitted = permitted_second_arms(patient["first_arm"], advice["response"])
            assert {option["arm"] for option in advice["second"] if option["allowed"]} <= set(permitted)


@pytest.mark.parametrize("horizon", [24, 36, "mean"])
@pytest.mark.parametrize("outcome", ["peg", "physical_function", "sleep_duration", "depression"])
def test_one_outcome_alone_two_routes(rich, typical, outcome, horizon):
    """All weight on one outcome: utility, order and intervals are those of its expected change."""
    measure, weeks = MEASURES[outcome], HORIZON_WEEKS[horizon]
    advice = rich.recommend({"baseline": typical, "horizon": horizon}, {outcome: 3}).to_dict()
    for option in advice["first"]:
        gain = measure.sign * change_of(advice, option["arm"], outcome, weeks) / measure.meaningful_change
        assert option["utility"] == pytest.approx(gain, abs=1e-6)
        if len(weeks) == 1:
            row = next(
                r
                for r in advice["outcomes"]
                if (r["arm"], r["outcome"], r["week"]) == (option["arm"], outcome, weeks[0])
            )
            ends = sorted(measure.sign * end / measure.meaningful_change for end in row["change_interval"])
            assert option["utility_interval"] == pytest.approx(ends, abs=1e-5)


@pytest.mark.parametrize("outcome", ["adverse_event", "stopping"])
def test_burden_alone_picks_the_lightest_first_arm(rich, typical, outcome):
    advice = rich.recommend({"baseline": typical, "horizon": 36}, {outcome: 1}).to_dict()
    expected = {o["arm"]: -change_of(advice, o["arm"], outcome, (24,)) / 0.2 for o in advice["first"]}
    inside = {arm: value for arm, value in expected.items() if value < 0}
    for option in advice["first"]:
        if option["arm"] in inside:
            assert option["utility"] == pytest.approx(inside[option["arm"]], abs=1e-6)
    assert advice["recommended_first"] == max(expected, key=expected.get)


def test_utility_is_the_weighted_improvement(rich, typical):
    weights = {"peg": 1, "physical_function": 2, "sleep_disturbance": 1}
    advice = rich.recommend({"baseline": typical}, weights).to_dict()
    assert advice["preferences"] == {"peg": 0.25, "physical_function": 0.5, "sleep_disturbance": 0.25}
    for option in advice["first"]:
        total = sum(
            weight * MEASURES[o].sign * change_of(advice, option["arm"], o, (24,)) / MEASURES[o].meaningful_change
            for o, weight in advice["preferences"].items()
        )
        assert option["utility"] == pytest.approx(total, abs=1e-6)


def test_second_stage_utility_is_the_change_of_its_outcome(rich, typical):
    patient = {"week": 12, "first_arm": "DUL", "baseline": typical, "interim": {"peg": 5, "pgic": 3}}
    advice = rich.recommend(patient, {"pain_interference": 1}).to_dict()
    for option in (o for o in advice["second"] if o["allowed"]):
        gain = -change_of(advice, option["arm"], "pain_interference", (24,)) / 3.5
        assert option["utility"] == pytest.approx(gain, abs=1e-6)


def test_exclusions_reach_the_second_stage(rich, typical):
    """Who can have no duloxetine at all expects something else of the other treatments."""
    free = rich.recommend({"baseline": typical}).to_dict()
    without = rich.recommend({"baseline": typical, "declined": ["DUL"]}).to_dict()
    before, after = ({o["arm"]: o["utility"] for o in advice["first"]} for advice in (free, without))
    assert any(after[arm] != pytest.approx(before[arm]) for arm in ("ESC", "ACT", "EBEM"))
    weights = np.eye(len(rich.engine.outcome_names))[0]
    rule = rich.solve(weights, frozenset({"DUL"})).rule
    arms = [rich.engine.second_arms.labels[i] for i in rich.engine.pairs.arm[rule.choice]]
    first = rich.history["first"].iloc[rich.engine.people]
    assert not any("DUL" in treatments_of(arm) for arm, start in zip(arms, first, strict=True) if start != "DUL")


def test_why_a_contraindication_holds_does_not_matter_to_the_others(rich, typical):
    declined = rich.recommend({"baseline": typical, "declined": ["DUL"]}).to_dict()
    unavailable = rich.recommend({"baseline": typical, "unavailable": ["DUL"]}).to_dict()
    assert [o["utility"] for o in declined["first"]] == [o["utility"] for o in unavailable["first"]]


def widths(advice):
    return np.mean([o["utility_interval"][1] - o["utility_interval"][0] for o in advice["first"] if o["allowed"]])


def test_not_knowing_widens(rich, typical):
    known = rich.recommend({"baseline": typical}).to_dict()
    nothing = rich.recommend({}).to_dict()
    assert widths(nothing) > widths(known)
    assert len(nothing["unknown"]) == len(typical)
    start = {o["arm"]: o for o in nothing["trajectories"] if o["outcome"] == "peg" and o["week"] == 0}["ESC"]
    low, high = start["person_interval"]
    assert low < start["mean"] < high
    known_start = next(o for o in known["trajectories"] if o["outcome"] == "peg" and o["week"] == 0)
    assert known_start["mean_interval"] == known_start["person_interval"] == [6.5, 6.5]


def test_what_not_knowing_costs_is_said_where_it_is_worth_saying():
    (said,) = unknown_warning(("age", "peg"), Ranking((), "ESC", ("ESC",), widened=1.26))
    assert said == "The interval of the benefit is 1.3 times as wide for the 2 inputs that are not known."
    assert "1 input that is" in unknown_warning(("age",), Ranking((), "ESC", ("ESC",), widened=1.1))[0]
    assert unknown_warning(("age",), Ranking((), "ESC", ("ESC",), widened=1.09)) == []
    assert unknown_warning((), Ranking((), "ESC", ("ESC",), widened=2.0)) == []


def test_nothing_known_is_the_average_participant(rich):
    """Few draws, but they do not lie beside the means by chance."""
    encoder = rich.engine.filler.baseline
    means = {c.name: c.mean for c in encoder.columns if c.name in MEASURES}
    sds = {c.name: c.sd for c in encoder.columns if c.name in MEASURES}
    for row in rich.recommend({}).to_dict()["trajectories"]:
        if row["week"] == 0:
            assert abs(row["mean"] - means[row["outcome"]]) < 0.2 * sds[row["outcome"]], row


def test_a_yes_or_no_is_drawn_as_one(rich, typical):
    del typical["opioid_use"]
    levels = encode(rich, bestviz.Patient(baseline=typical)).levels["opioid_use"]
    assert set(levels) <= {0.0, 1.0}


def test_one_unknown_is_named(rich, typical):
    del typical["pcs6"]
    assert rich.recommend({"baseline": typical}).unknown == ("pcs6",)
    assert rich.recommend({"baseline": typical | {"pcs6": None}}).unknown == ("pcs6",)


@pytest.mark.parametrize("value", [0, 10])
def test_at_the_end_of_the_instrument(rich, typical, value):
    advice = rich.recommend({"baseline": typical | {"peg": value, "pain_intensity": value}}).to_dict()
    for row in (r for r in advice["outcomes"] if r["outcome"] in ("peg", "pain_intensity")):
        assert 0 <= value + row["change"] <= 10
        assert value + row["change_interval"][0] >= -1e-9
        if value == 0:
            assert row["reason"] == "already within one meaningful change of the best value"
    assert any("under 4" in text for text in advice["warnings"]) == (value == 0)


def test_chances_of_improving_have_a_reason_where_there_is_none(rich, typical):
    advice = rich.recommend({"baseline": typical}).to_dict()
    reasons = {row["outcome"]: row["reason"] for row in advice["outcomes"]}
    assert reasons["opioid_use"] == "already within one meaningful change of the best value"
    assert reasons["adverse_event"] == "a meaningful improvement is defined for measures taken at week 0 only"
    assert reasons["peg"] is None
    unknown = {row["outcome"]: row["reason"] for row in rich.recommend({}).to_dict()["outcomes"]}
    assert unknown["opioid_use"].startswith("not known at week 0")


def test_reasons_are_known_inputs_largest_first(rich, typical, anybody):
    for patient in ({"baseline": typical}, anybody(1), anybody(2), anybody(7)):
        advice = rich.recommend(patient).to_dict()
        effects = [abs(row["effect"]) for row in advice["reasons"]]
        assert effects == sorted(effects, reverse=True)
        assert len(effects) <= 6
        assert not {row["feature"] for row in advice["reasons"]} & set(advice["unknown"])


def test_same_question_same_bytes(model, demo_models, anybody, wishes):
    again = bestviz.load_model(demo_models / "demo")
    for seed in range(300, 308):
        patient, wanted = anybody(seed), wishes(seed, model.outcome_codes)
        first, second = (json.dumps(m.recommend(patient, wanted).to_dict()) for m in (model, again))
        assert first == second == json.dumps(model.recommend(patient, wanted).to_dict())


def test_many_ask_one_model_at_once(model, typical):
    """More questions than a model remembers, from several threads."""
    wanted = [{"peg": 1, "depression": share / 10} for share in range(40)]

    def ask(preferences):
        return model.recommend({"baseline": typical}, preferences).recommended

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, wanted))
    assert together == [ask(preferences) for preferences in wanted]


def test_too_few_are_not_recommended(model, typical):
    for first in ("ACT", "EBEM", "DUL"):
        for response in RESPONSE_CLASSES:
            patient = {"week": 12, "first_arm": first, "baseline": typical, "response": response}
            for option in model.recommend(patient).to_dict()["second"]:
                assert not (option["allowed"] and option["support"] < 10)
                if option["arm"] in permitted_second_arms(first, response) and option["support"] < 10:
                    assert option["reason"].startswith("too few to say")


def test_stopped_for_harm_leaves(rich, typical):
    patient = {"week": 12, "first_arm": "DUL", "baseline": typical, "response": "good", "stopped_for_harm": True}
    advice = rich.recommend(patient).to_dict()
    assert advice["recommended_second"] is None
    assert any("stopped because of harm" in text for text in advice["warnings"])
    poor = rich.recommend(patient | {"response": "poor"}).to_dict()
    assert poor["recommended_second"] in ("ACT", "EBEM")


def test_first_arm_contraindicated_at_week_12(rich, typical):
    patient = {"week": 12, "first_arm": "EBEM", "baseline": typical, "response": "medium", "contraindicated": ["EBEM"]}
    advice = rich.recommend(patient).to_dict()
    assert {o["arm"] for o in advice["second"] if o["allowed"]} == {"ACT", "DUL"}
    assert any("contraindicated although it was the first" in text for text in advice["warnings"])


def test_what_nobody_in_the_data_has_is_taken_as_not_known(model, typical):
    levels = next(c.levels for c in model.engine.filler.baseline.columns if c.name == "sex")
    assert "intersex" not in levels
    advice = model.recommend({"baseline": typical | {"sex": "intersex"}})
    assert advice.unknown == ("sex",)
    assert any("nobody in the data is intersex" in text for text in advice.warnings)


def test_outside_the_data_is_said(model, typical):
    advice = model.recommend({"baseline": typical | {"age": 99, "bmi": 79}})
    assert sum("is outside what is seen" in text for text in advice.warnings) == 2
    assert any("rarer than 99 of 100" in text for text in advice.warnings)
    assert not any("rarer" in text or "outside" in text for text in model.recommend({"baseline": typical}).warnings)


def test_a_category_outside_the_data_is_named(model, typical):
    columns = {column.name: column for column in model.engine.filler.baseline.columns}
    assert columns["pain_duration"].minimum > 0
    advice = model.recommend({"baseline": typical | {"pain_duration": "under_3_months"}})
    assert any("lasted: under 3 months is outside what is seen in the data" in text for text in advice.warnings)


def test_markers_are_mentioned_where_they_are_not_used(model, typical):
    advice = model.recommend({"baseline": typical, "deep": {"qst": 1.5}})
    assert any("Deep phenotyping markers" in text for text in advice.warnings)


def test_text_has_units_and_says_simulated(rich, typical):
    text = rich.recommend({"baseline": typical}, {"peg": 1, "physical_function": 1, "adverse_event": 1}).to_text()
    assert text.splitlines()[-1] == "Simulated data: not for treatment decisions."
    assert "PEG, week 24: expected change −" in text
    assert " points (95 % interval " in text
    assert " T-score points (95 % interval " in text
    assert " of 100 (95 % interval " in text
    assert "Then, by response at week 12:" in text
    assert "meaningful changes" in text
