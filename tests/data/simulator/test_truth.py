"""The truth: known answers by hand, two routes to the same number, and the order that values must have."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from bestviz.data.simulator import FixedPlan, Truth, simulate_trial
from bestviz.data.simulator.course import FIRST_NORMALS, FIRST_UNIFORMS
from bestviz.data.simulator.effects import MODIFIERS, ORACLE_GAINS, PROGNOSIS
from bestviz.data.simulator.first_period import draw_first
from bestviz.data.simulator.oracle import interim_table
from bestviz.data.simulator.people import people_of, variables_of
from bestviz.data.simulator.second_period import draw_second
from bestviz.data.simulator.trials import draw_baseline
from bestviz.errors import InputError, PreferenceError, RegimeError
from bestviz.trial import ARMS, MEASURES, PREFERENCE_MEASURES, RESPONSE_CLASSES, SINGLE_ARMS, permitted_second_arms

N = 4_000
PERSON = pd.DataFrame(
    [
        {
            "age": 60, "sex": "female", "education": "bachelor", "employment": "working", "bmi": 30, "pcs6": 4,
            "pain_duration": "over_5_years", "pain_frequency": "every_day", "widespread_areas": 4, "radicular": "none",
            "somatic": 3, "phq2": 2, "gad2": 1, "tobacco": "never", "back_surgery": False, "antidepressant": False,
            "expectation": 6.33, "self_efficacy": 35.3, "peg": 7.0, "pain_intensity": 6, "pain_interference": 62,
            "physical_function": 42, "opioid_use": 0, "depression": 53.5, "anxiety": 54.9, "sleep_duration": 6.5,
            "sleep_disturbance": 56,
        }
    ]
)  # fmt: skip


def test_one_person_by_hand():
    """PEG at week 12 under duloxetine: 7.0 minus the sum of every term in docs/simulator.md, cut at 0 and 10."""
    course_and_arm = 0.65 + 0.75
    prognosis = -0.12 * (4 - 2.53) - 0.30 * (1 - 0.55) - 0.08 * (2 - 1.7) - 0.40 * (0 - 0.12)
    prognosis += -0.35 * (0 - 0.10) - 0.15 * (0 - 0.25) - 0.05 * (60 - 50.4) / 10
    response = 1.2 * (1.50 * (1 - 0.455) + 0.60 * (0 - 0.25) + 0.15 * 0)
    mean = 7.0 - (course_and_arm + prognosis + response) - 0.15 * (7.0 - 6.2)
    sd = np.sqrt(1.88**2 + (1.2 * 0.25) ** 2)
    grid = np.linspace(mean - 8 * sd, mean + 8 * sd, 200_001)
    by_hand = np.trapezoid(np.clip(grid, 0, 10) * norm.pdf(grid, mean, sd), grid)
    assert Truth("demo").expected(PERSON, "DUL", week=12)[0] == pytest.approx(by_hand, abs=1e-4)


def test_one_person_by_hand_in_the_second_period():
    """From PEG 5.0 and a medium response after duloxetine, exercise is added."""
    interim = pd.DataFrame(
        [{"peg": 5.0, "pgic": 3, "response": "medium", "stopped_first": False, "adverse_event_first": False}]
    )
    solo = 0.85 * (1 - 0.15) + 1.2 * (1.50 * (0 - 0.43) - 0.60 * (1 - 0.455) - 0.70 * (0 - 0.25) - 0.50 * (0 - 0.345))
    state = 1.2 * (-0.60) * (1 - 0.51)
    mean = 5.0 + 0.15 * (7.0 - 5.0) - (0.2 * 0.75 + 0.65 * solo + state)
    sd = np.sqrt((0.85 * 1.88) ** 2 + (0.65 * 1.2 * 0.20) ** 2)
    grid = np.linspace(mean - 8 * sd, mean + 8 * sd, 200_001)
    by_hand = np.trapezoid(np.clip(grid, 0, 10) * norm.pdf(grid, mean, sd), grid)
    found = Truth("demo").expected(PERSON, "DUL", "EBEM+DUL", interim=interim)[0]
    assert found == pytest.approx(by_hand, abs=1e-4)


def _brute_force(truth, first, second, n, seed):
    """Everything simulated for one person (without knowing the deep markers), n times."""
    rng = np.random.default_rng(seed)
    people = people_of(PERSON.iloc[np.zeros(n, int)].reset_index(drop=True), truth.multiple)
    drawn = people.with_remainder(rng.standard_normal((n, 4)))
    arms = np.full(n, SINGLE_ARMS.index(first))
    normal, uniform = rng.standard_normal((n, FIRST_NORMALS)), rng.random((n, FIRST_UNIFORMS))
    interim = draw_first(drawn, arms, normal, uniform)
    chosen = np.array([ARMS.index(second[RESPONSE_CLASSES[c]]) for c in interim.response])
    return interim, draw_second(drawn, arms, chosen, interim, rng)


def test_expected_given_baseline_agrees_with_brute_force():
    truth = Truth("demo")
    plan = {"excellent": "DUL", "good": "EBEM+DUL", "medium": "ACT", "poor": "EBEM"}
    interim, later = _brute_force(truth, "DUL", plan, 40_000, 4)
    draws = {
        ("peg", 6): interim.peg_6,
        ("pgic", 6): interim.pgic_6,
        ("pgic", 12): interim.pgic,
        ("depression", 12): interim.values[:, 4],
        ("opioid_use", 12): interim.opioid,
        ("peg", 18): later.peg_18,
        ("peg", 24): later.values_24[:, 0],
        ("peg", 36): later.values_36[:, 0],
        ("physical_function", 24): later.values_24[:, 3],
        ("anxiety", 24): later.values_24[:, 5],
        ("sleep_duration", 36): later.values_36[:, 6],
        ("opioid_use", 24): later.opioid_24,
        ("opioid_use", 36): later.opioid_36,
        ("pgic", 24): later.pgic_24,
        ("adverse_event", 24): interim.event | later.event,
        ("stopping", 24): interim.stopped | later.stopped,
    }
    for (outcome, week), values in draws.items():
        found = truth.expected(PERSON, "DUL", plan, outcome=outcome, week=week, draws=4096)[0]
        error = np.std(values) / np.sqrt(len(values))
        slack = 0.01 * MEASURES[outcome].meaningful_change  # numerical integration over week 12
        assert abs(found - np.mean(values)) < 4 * error + slack, (outcome, week)


def test_expected_given_week_12_agrees_with_draws_of_the_second_period():
    truth, rng = Truth("strong"), np.random.default_rng(6)
    baseline = draw_baseline(6, rng)
    people = people_of(baseline, truth.multiple)
    arms = np.arange(6) % 4
    interim = draw_first(people, arms, rng.standard_normal((6, FIRST_NORMALS)), rng.random((6, FIRST_UNIFORMS)))
    labels = pd.Series([permitted_second_arms(SINGLE_ARMS[a], "medium")[0] for a in arms])
    state, first = interim_table(interim, baseline.index), pd.Series(np.array(SINGLE_ARMS)[arms])
    repeat, second = np.repeat(np.arange(6), 8000), labels.map(ARMS.index).to_numpy()
    later = draw_second(people.take(repeat), arms[repeat], second[repeat], interim.take(repeat), rng)
    for outcome, week, values in (("peg", 24, later.values_24[:, 0]), ("depression", 36, later.values_36[:, 4])):
        found = truth.expected(baseline, first, labels, outcome=outcome, week=week, interim=state)
        drawn = values.reshape(6, -1)
        error = drawn.std(axis=1) / np.sqrt(drawn.shape[1])
        assert (np.abs(found - drawn.mean(axis=1)) < 4.5 * error).all(), outcome


def test_value_agrees_with_a_simulated_trial(large):
    """As-randomised value from the truth, and the mean of a trial weighted for people who were not seen."""
    truth = Truth("demo")
    value = truth.value(truth.as_randomised(), N, seed=3, outcome="peg", week=24)
    observed = large.values("peg", 24)
    assert value.value == pytest.approx(observed.mean(), abs=0.12)  # missing at random, so only close


def test_terms_are_centred():
    variables = variables_of(draw_baseline(30_000, np.random.default_rng(9)))
    for term in PROGNOSIS + MODIFIERS:
        shape = term.shape(variables[term.variable])
        assert abs(shape.mean()) < 0.02 * max(shape.std(), 1), term


def test_strength_none_has_no_heterogeneity():
    truth, rng = Truth("none"), np.random.default_rng(10)
    people = draw_baseline(300, rng)
    assert (people_of(people, truth.multiple).response == 0).all()
    interim = pd.DataFrame({"peg": 5.0, "depression": 55.0, "anxiety": 55.0, "response": "medium"}, index=people.index)
    # The same start and the same week 12: the difference between two second arms is the same for everybody.
    people = people.assign(peg=6.0)
    gap = truth.expected(people, "ESC", "ESC+DUL", interim=interim) - truth.expected(
        people, "ESC", "ESC+ACT", interim=interim
    )
    assert np.ptp(gap) < 1e-9
    plan = truth.best_fixed_plan(n=N)
    gain = truth.value(truth.oracle(draws=64), N, seed=5).minus(truth.value(plan, N, seed=5))
    assert abs(gain.value) < 0.01


@pytest.mark.parametrize(
    ("strength", "low", "high"), [("modest", 0.15, 0.25), ("demo", 0.45, 0.57), ("strong", 0.82, 1.0)]
)
def test_oracle_gain(strength, low, high):
    truth = Truth(strength)
    plan = truth.best_fixed_plan(n=N, seed=1)
    gain = truth.value(truth.oracle(draws=32), N, seed=2).minus(truth.value(plan, N, seed=2))
    assert low - 3 * gain.se < gain.value < high + 3 * gain.se
    assert low <= ORACLE_GAINS[strength] <= high


def test_oracle_beats_every_fixed_plan_under_other_preferences():
    truth = Truth("demo")
    weights = {"physical_function": 2, "depression": 1, "sleep_disturbance": 1, "adverse_event": 0.5}
    oracle = truth.value(truth.oracle(weights, "mean", draws=32), 1500, seed=4, weights=weights, horizon="mean")
    best = truth.best_fixed_plan(weights, "mean", n=N)
    ranked = [best, *(FixedPlan((arm, *[a for a in SINGLE_ARMS if a != arm]), best.second) for arm in SINGLE_ARMS)]
    values = [truth.value(rule, 1500, seed=4, weights=weights, horizon="mean").value for rule in ranked]
    assert oracle.value > max(values)
    assert values[0] >= max(values) - 0.02
    random = truth.value(truth.as_randomised(), 1500, seed=4, weights=weights, horizon="mean").value
    assert random < values[0]


def test_preferences_matter():
    truth = Truth("demo")
    people = draw_baseline(400, np.random.default_rng(12))
    arms = [
        truth.oracle({code: 1}, draws=32).decide_first(people) for code in ("peg", "depression", "physical_function")
    ]
    assert (arms[0] != arms[1]).mean() > 0.2
    assert (arms[1] != arms[2]).mean() > 0.2


def test_oracle_respects_exclusions_and_missing_values():
    trial = simulate_trial(200, seed=2)
    table = trial.participants.join(
        pd.DataFrame({code: trial.values(code, 0) for code in ("peg", *PREFERENCE_MEASURES)})
    )
    declined = pd.DataFrame({"EBEM": np.ones(200, bool)}, index=table.index)
    arms = Truth().oracle(draws=16).decide_first(table, excluded=declined)
    assert not (arms == "EBEM").any()
    assert not ((arms == "DUL") & table["contraindicated_dul"]).any()
    everything = pd.DataFrame(True, index=table.index, columns=list(SINGLE_ARMS))
    assert Truth().oracle(draws=16).decide_first(table, excluded=everything).isna().all()


def test_oracle_takes_the_best_allowed_second_arm():
    truth = Truth("demo")
    state = pd.DataFrame([{"peg": 5.0, "pgic": 3, "depression": 55, "anxiety": 55, "response": "good"}])
    table = truth.oracle().utilities_second(PERSON, pd.Series(["ACT"]), state)
    assert set(table.columns[table.notna().iloc[0]]) == set(permitted_second_arms("ACT", "good"))
    for arm in permitted_second_arms("ACT", "good"):
        expected = 7.0 - truth.expected(PERSON, "ACT", arm, interim=state)[0]
        assert table[arm].iloc[0] == pytest.approx(expected, abs=1e-9)
    chosen = truth.oracle().decide_second(PERSON, pd.Series(["ACT"]), state).iloc[0]
    assert chosen == table.iloc[0].idxmax()


def test_deep_markers_help_the_oracle_a_little():
    truth = Truth("demo")
    without = truth.value(truth.oracle(draws=32), 1500, seed=7)
    with_markers = truth.value(truth.oracle(draws=32), 1500, seed=7, deep=True)
    assert 0 < with_markers.minus(without).value < 0.2


def test_single_treatments_and_the_best_of_them():
    truth = Truth("demo")
    best = truth.best_single(n=N)
    values = {arm: truth.value(truth.single(arm), N, seed=0).value for arm in SINGLE_ARMS}
    assert best.start == max(values, key=values.get)


def test_rule_that_breaks_the_protocol_is_refused():
    truth = Truth()
    plan = truth.best_fixed_plan(n=500)

    class Stubborn:
        def decide_first(self, baseline, *, allowed, excluded):
            return pd.Series("DUL", index=baseline.index)

        decide_second = plan.decide_second

    with pytest.raises(RegimeError, match="DUL as first arm"):
        truth.value(Stubborn(), 500)


def test_wrong_questions_are_refused():
    with pytest.raises(InputError, match="second arm"):
        Truth().expected(PERSON, "DUL", week=24)
    with pytest.raises(PreferenceError):
        Truth().oracle({"peg": -1})
    with pytest.raises(PreferenceError, match="mood"):
        Truth().oracle({"mood": 1})


def test_description_is_json():
    truth = Truth.for_strength("strong").describe()
    text = json.loads(json.dumps(truth))
    assert text["strength"] == "strong"
    assert sum(text["first_probabilities"]["none"].values()) == pytest.approx(1)
