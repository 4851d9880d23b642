"""What `recommend --json` holds, field by field, as the contract has it."""

import json
import math

import pytest

import bestviz
from bestviz.trial import ARMS, MEASURES, RESPONSE_CLASSES, SINGLE_ARMS, permitted_second_arms

TOP = ["model", "preferences", "horizon"]
END = ["trajectories", "outcomes", "reasons", "unknown", "warnings"]
WEEK_0 = [*TOP, "first", "recommended_first", "near_equal", "plan", *END]
WEEK_12 = [*TOP, "second", "recommended_second", "near_equal", "response", *END]
OPTION = ["arm", "allowed", "reason", "utility", "utility_interval", "probability_best", "near_equal", "equivalent"]
OPTION += ["worth_participants", "support"]
STEP = ["response", "probability", "action", "arm", "reason", "better_otherwise", "near_equal"]
POINT = ["arm", "outcome", "week", "mean", "mean_interval", "person_interval"]
CHANGE = ["arm", "outcome", "week", "change", "change_interval", "difference_from_esc", "difference_interval"]
CHANGE += ["chance_of_meaningful_improvement", "chance_interval", "reason"]
REASON = ["feature", "value", "effect", "interval", "text"]
NUMBER = (int, float)


def rows(advice, name, keys):
    found = advice[name]
    assert isinstance(found, list)
    assert all(list(row) == keys for row in found)
    return found


def is_pair(value):
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, NUMBER) for v in value)


def check_option(option):
    assert option["arm"] in ARMS
    assert type(option["allowed"]) is type(option["near_equal"]) is type(option["equivalent"]) is bool
    assert isinstance(option["support"], int)
    assert 0 <= option["probability_best"] <= 1
    if option["allowed"]:
        assert option["reason"] is None
        low, high = option["utility_interval"]
        assert low < option["utility"] < high
        assert isinstance(option["worth_participants"], int)
    else:
        assert isinstance(option["reason"], str)
        assert option["utility"] is option["utility_interval"] is option["worth_participants"] is None
        assert option["probability_best"] == 0
        assert not option["near_equal"]
        assert not option["equivalent"]


def check_common(advice, stage, model):
    options = rows(advice, stage, OPTION)
    for option in options:
        check_option(option)
    allowed = [option for option in options if option["allowed"]]
    assert options[: len(allowed)] == allowed
    utilities = [option["utility"] for option in allowed]
    assert utilities == sorted(utilities, reverse=True)
    best = advice[f"recommended_{stage}"]
    assert best == (allowed[0]["arm"] if allowed else None)
    assert advice["near_equal"] == [option["arm"] for option in allowed if option["near_equal"]]
    if allowed:
        assert advice["near_equal"][0] == best
        assert math.isclose(sum(option["probability_best"] for option in options), 1)
    arms = [option["arm"] for option in allowed]
    check_trajectories(advice, arms)
    check_outcomes(advice, arms, model)
    for row in rows(advice, "reasons", REASON):
        assert row["interval"][0] <= row["effect"] <= row["interval"][1]
        assert row["text"].endswith(".")
    assert all(isinstance(name, str) for name in advice["unknown"])
    assert all(isinstance(text, str) and text.endswith((".", "known.")) for text in advice["warnings"])


def check_trajectories(advice, arms):
    for row in rows(advice, "trajectories", POINT):
        measure = MEASURES[row["outcome"]]
        assert row["week"] in measure.weeks
        assert is_pair(row["mean_interval"])
        near, far = row["mean_interval"]
        low, high = row["person_interval"]
        assert measure.minimum <= low <= near <= row["mean"] <= far <= high <= measure.maximum
    shown = list(dict.fromkeys(row["arm"] for row in advice["trajectories"]))
    assert [arm for arm in shown if arm != "regime"] == arms


def check_outcomes(advice, arms, model):
    found = rows(advice, "outcomes", CHANGE)
    assert list(dict.fromkeys(row["arm"] for row in found)) == arms
    table = {(row["arm"], row["outcome"], row["week"]): row for row in found}
    assert len(table) == len(found)
    assert {row["outcome"] for row in found} == (set(model.outcome_codes) if arms else set())
    for (_, outcome, week), row in table.items():
        measure, (low, high) = MEASURES[outcome], row["change_interval"]
        assert low <= row["change"] <= high
        assert high - low <= measure.maximum - measure.minimum + 1e-9
        if "ESC" in arms:
            gap = row["change"] - table["ESC", outcome, week]["change"]
            assert math.isclose(row["difference_from_esc"], gap, abs_tol=1e-9)
            low, high = row["difference_interval"]
            assert low <= row["difference_from_esc"] <= high
        else:
            assert row["difference_from_esc"] is row["difference_interval"] is None
        if row["chance_of_meaningful_improvement"] is None:
            assert row["chance_interval"] is None
            assert row["reason"]
        else:
            low, high = row["chance_interval"]
            assert 0 <= low <= row["chance_of_meaningful_improvement"] <= high <= 1
            assert row["reason"] is None


def test_week_0(model, typical):
    advice = model.recommend({"baseline": typical}).to_dict()
    assert list(advice) == WEEK_0
    check_common(advice, "first", model)
    assert advice["model"] == {
        "name": "demo", "version": bestviz.__version__, "digest": model.digest, "trained_on": model.info.trained_on,
        "simulated": True, "participants": 300,
    }  # fmt: skip
    assert advice["preferences"] == {"peg": 1.0}
    assert advice["horizon"] == 24
    assert sorted(option["arm"] for option in advice["first"]) == sorted(SINGLE_ARMS)
    assert advice["unknown"] == []
    assert {row["outcome"] for row in advice["trajectories"]} == {
        code for code in model.outcome_codes if MEASURES[code].role != "burden"
    }
    courses = {arm: [r for r in advice["trajectories"] if r["arm"] == arm] for arm in (*SINGLE_ARMS, "regime")}
    assert advice["trajectories"][-len(courses["regime"]) :] == courses["regime"]
    best = [{**row, "arm": "regime"} for row in courses[advice["recommended_first"]]]
    assert courses["regime"] == best
    assert [row["week"] for row in courses["ESC"] if row["outcome"] == "peg"] == [0, 6, 12, 18, 24, 36]


def test_plan(rich, typical):
    advice = rich.recommend({"baseline": typical}).to_dict()
    plan, first = rows(advice, "plan", STEP), advice["recommended_first"]
    assert [step["response"] for step in plan] == list(RESPONSE_CLASSES)
    assert math.isclose(sum(step["probability"] for step in plan), 1)
    for step in plan:
        assert step["arm"] in permitted_second_arms(first, step["response"])
        assert step["action"] in ("continue", "augment", "switch")
        assert step["reason"] is None
        assert 0 <= step["better_otherwise"] <= 1
        assert step["arm"] in step["near_equal"]
        assert set(step["near_equal"]) <= set(permitted_second_arms(first, step["response"]))
    assert plan[0]["action"] == "continue"
    assert plan[0]["better_otherwise"] == 0


def test_plan_rows_where_nothing_is_left(rich, typical):
    only = {"baseline": typical, "declined": ["ESC", "ACT", "DUL"]}
    advice = rich.recommend(only).to_dict()
    assert advice["recommended_first"] == "EBEM"
    kept, *others = advice["plan"]
    assert kept["arm"] == "EBEM"
    for step in others:
        assert step["action"] is step["arm"] is step["better_otherwise"] is None
        assert step["near_equal"] == []
        assert "left for this patient" in step["reason"]
    assert math.isclose(sum(step["probability"] for step in advice["plan"]), 1)
    assert any("no next step" in text for text in advice["warnings"])


def test_week_12(rich, typical):
    patient = {"week": 12, "first_arm": "EBEM", "baseline": typical, "interim": {"peg": 4.3, "pgic": 3}}
    advice = rich.recommend(patient).to_dict()
    assert list(advice) == WEEK_12
    check_common(advice, "second", rich)
    assert advice["response"] == "medium"
    assert sorted(option["arm"] for option in advice["second"]) == sorted(ARMS)
    allowed = {option["arm"] for option in advice["second"] if option["allowed"]}
    assert allowed == set(permitted_second_arms("EBEM", "medium"))
    first = advice["trajectories"][0]
    assert (first["outcome"], first["week"], first["mean"]) == ("peg", 12, 4.3)
    assert first["person_interval"] == [4.3, 4.3]
    assert min(row["week"] for row in advice["trajectories"]) == 12
    assert "interim.depression" in advice["unknown"]
    assert "interim.peg" not in advice["unknown"]
    assert all(row["difference_from_esc"] is None for row in advice["outcomes"])


def test_week_12_of_an_unknown_class(rich, typical):
    advice = rich.recommend({"week": 12, "first_arm": "ACT", "baseline": typical, "interim": {"peg": 4}}).to_dict()
    assert list(advice) == [*WEEK_12[:7], "by_response", *END]
    assert advice["response"] is advice["recommended_second"] is None
    assert advice["second"] == advice["near_equal"] == advice["trajectories"] == advice["outcomes"] == []
    assert [answer["response"] for answer in advice["by_response"]] == list(RESPONSE_CLASSES)
    for answer in advice["by_response"]:
        assert list(answer) == ["response", "second", "recommended_second", "near_equal"]
        for option in rows(answer, "second", OPTION):
            check_option(option)
        assert answer["recommended_second"] in permitted_second_arms("ACT", answer["response"])
        patient = {"week": 12, "first_arm": "ACT", "baseline": typical, "interim": {"peg": 4}}
        known = rich.recommend(patient | {"response": answer["response"]})
        assert known.to_dict()["second"] == answer["second"]
    assert any("response class is not known" in text for text in advice["warnings"])
    assert "If the response is poor" in rich.recommend({"week": 12, "first_arm": "ACT"}).to_text()


@pytest.mark.parametrize("week", [0, 12])
def test_everything_excluded(model, week):
    patient = {
        "week": week,
        "contraindicated": ["DUL", "ACT"],
        "declined": ["ESC"],
        "unavailable": {"EBEM": "no clinic"},
    }
    if week:
        patient |= {"first_arm": "ESC", "response": "poor"}
    answer = model.recommend(patient)
    advice, stage = answer.to_dict(), "second" if week else "first"
    check_common(advice, stage, model)
    assert advice[f"recommended_{stage}"] is None
    assert advice["near_equal"] == advice["outcomes"] == advice["reasons"] == []
    assert advice.get("plan", []) == []
    assert any("can be recommended" in text for text in advice["warnings"])
    assert "can be recommended" in answer.to_text()


def test_reasons_of_refusal(rich):
    patient = {"contraindicated": {"DUL": "takes an MAO inhibitor"}, "declined": ["ACT"], "unavailable": ["EBEM"]}
    reasons = {option["arm"]: option["reason"] for option in rich.recommend(patient).to_dict()["first"]}
    assert reasons == {
        "ESC": None, "DUL": "takes an MAO inhibitor", "ACT": "declined by the patient", "EBEM": "not available here",
    }  # fmt: skip


def test_every_kind_of_patient(model, rich, anybody, wishes):
    for seed in range(40):
        patient = anybody(seed)
        advice = (model, rich)[seed % 2].recommend(patient, wishes(seed, model.outcome_codes)).to_dict()
        assert json.loads(json.dumps(advice, allow_nan=False)) == advice
        check_common(advice, "second" if patient.get("week") else "first", model)
