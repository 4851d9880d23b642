"""Values of a model in its own trial and in another: units, signs, groups, words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import bestviz
from bestviz.advice.evaluation import Evaluation, TrialJudge, evaluate, trial_judge
from bestviz.advice.evaluation_tables import (
    history_of,
    people_of_trial,
    start_levels,
    subgroup_columns,
    subgroups,
)
from bestviz.advice.model import FittedModel
from bestviz.data import Trial
from bestviz.errors import InputError, PreferenceError
from bestviz.regime.judging.values import Estimate
from bestviz.trial import MEASURES, SINGLE_ARMS
from bestviz.trial.schedule import FOLLOW_UP_WEEK

REGIMES = {
    "as_randomised", *(f"single:{arm}" for arm in SINGLE_ARMS), "best_single", "best_fixed", "personalise_first_only",
    "learned", "tree",
}  # fmt: skip
DIFFERENCES = ("difference_from_as_randomised", "difference_from_best_single", "difference_from_best_fixed")


@pytest.fixture(scope="module")
def trial() -> Trial:
    """The trial behind the small model."""
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture(scope="module")
def other() -> Trial:
    return bestviz.simulate_trial(n=200, seed=8)


@pytest.fixture(scope="module")
def additive(model: FittedModel) -> FittedModel:
    """The small model with a learner that is quick to fit again."""
    return replace(model, info=replace(model.info, learner="additive"))


@pytest.fixture(scope="module")
def quick(additive: FittedModel) -> FittedModel:
    """With few inputs, for fits on the trial's own people."""
    return replace(additive, inputs=("age", "sex", "peg", "pain_interference", "self_efficacy", "contraindicated_dul"))


@pytest.fixture(scope="module")
def own(quick: FittedModel, trial: Trial) -> TrialJudge:
    return trial_judge(quick, trial, folds=3, repeats=1)


@pytest.fixture(scope="module")
def found(own: TrialJudge) -> Evaluation:
    return own.evaluate(by="sex")


@pytest.fixture(scope="module")
def elsewhere(additive: FittedModel, other: Trial) -> TrialJudge:
    return trial_judge(additive, other, folds=3, repeats=1)


# --- the contract ---


def test_json_is_what_the_contract_says(found: Evaluation) -> None:
    result = found.to_dict()
    assert set(result) == {"mode", "values"}
    assert result["mode"] == "cross-fitted"
    for row in result["values"]:
        assert set(row) == {"regime", "outcome", "week", "subgroup", "value", "se", "interval", *DIFFERENCES}
        assert row["interval"][0] <= row["value"] <= row["interval"][1]
        for name in DIFFERENCES:
            assert set(row[name]) == {"estimate", "interval"}
            assert row[name]["interval"][0] <= row[name]["estimate"] <= row[name]["interval"][1]
    assert {row["regime"] for row in result["values"]} == REGIMES
    assert {row["subgroup"] for row in result["values"]} == {None, "female", "male"}
    pairs = {(row["outcome"], row["week"]) for row in result["values"]}
    assert {("utility", 24), ("peg", 6), ("peg", 12), ("peg", 24), ("peg", 36), ("stopping", 24)} <= pairs
    assert {outcome for outcome, _ in pairs} <= {"utility", *MEASURES}


def test_everything_is_finite(found: Evaluation) -> None:
    numbers = pd.json_normalize(found.to_dict()["values"]).select_dtypes("number").drop(columns="week")
    assert np.isfinite(numbers.to_numpy()).all()


def test_values_are_in_the_unit_and_sign_of_the_measure(found: Evaluation) -> None:
    for each in found.values:
        if each.outcome != "utility" and each.judged.subgroup is None and each.judged.regime == "as_randomised":
            measure = MEASURES[each.outcome]
            assert measure.minimum <= each.judged.value.value <= measure.maximum


def test_utility_is_improvement_from_baseline(found: Evaluation, trial: Trial) -> None:
    """With PEG alone: week 0 less week 24, as one point is one meaningful change."""
    for regime in ("as_randomised", "learned"):
        utility, peg = found.value(regime), found.value(regime, "peg")
        assert utility.value.value == pytest.approx(trial.values("peg", 0).mean() - peg.value.value)
        gain, fall = utility.differences["best_fixed"], peg.differences["best_fixed"]
        assert gain.value == pytest.approx(-fall.value)
        assert gain.se == pytest.approx(fall.se)


def test_as_randomised_is_near_what_was_seen(found: Evaluation, trial: Trial) -> None:
    for week, rows in ((12, "early"), (24, "late")):
        judged = next(
            each.judged for each in found.values
            if (each.judged.regime, each.outcome, each.week, each.judged.subgroup)
            == ("as_randomised", "peg", week, None)
        )  # fmt: skip
        assert judged.value.value == pytest.approx(trial.values("peg", week).mean(), abs=0.25), rows


def test_a_utility_of_several_outcomes_weighs_their_improvements(own: TrialJudge) -> None:
    mixed = own.evaluate({"peg": 1, "physical_function": 3}, with_tree=False)
    starts = own.starts.loc[own.judge.people.index]
    parts = {code: mixed.value("learned", code).value.value for code in ("peg", "physical_function")}
    improved = {
        code: MEASURES[code].sign * value / MEASURES[code].meaningful_change - starts[code].mean()
        for code, value in parts.items()
    }
    expected = 0.25 * improved["peg"] + 0.75 * improved["physical_function"]
    assert mixed.value("learned").value.value == pytest.approx(expected)
    assert {each.judged.regime for each in mixed.values} == REGIMES - {"tree"}


def test_another_horizon(own: TrialJudge) -> None:
    later = own.evaluate(horizon=FOLLOW_UP_WEEK, with_tree=False)
    weeks = {each.week for each in later.values if each.outcome == "utility"}
    assert weeks == {36}
    late = next(e.judged for e in later.values if (e.outcome, e.week, e.judged.regime) == ("peg", 36, "learned"))
    start = own.starts.loc[own.judge.people.index, "peg"].mean()
    assert later.value("learned").value.value == pytest.approx(-late.value.value - start)


def test_no_such_value(found: Evaluation) -> None:
    with pytest.raises(KeyError, match="No value of 'magic'"):
        found.value("magic")


def test_same_model_and_data_give_the_same_numbers(quick: FittedModel, trial: Trial, found: Evaluation) -> None:
    calls: list[tuple[int, int, str]] = []
    again = evaluate(quick, trial, by="sex", folds=3, repeats=1, jobs=1, progress=lambda *call: calls.append(call))
    assert again.to_dict() == found.to_dict()
    assert calls == [(1, 3, "Judging"), (2, 3, "Judging"), (3, 3, "Judging")]


# --- other data ---


def test_other_data_judge_the_model_as_it_is(elsewhere: TrialJudge, additive: FittedModel) -> None:
    result = elsewhere.evaluate()
    assert result.mode == "external"
    assert {each.judged.regime for each in result.values} == REGIMES
    assert all(part.view.engine is additive.engine for part in elsewhere.judge.parts)
    assert set(result.named["best_single"].values()) == set(result.named["best_fixed"].values()) == {1.0}


def test_data_without_some_inputs_are_judged_and_it_is_said(additive: FittedModel, other: Trial) -> None:
    fewer = replace(other, participants=other.participants.drop(columns=["expectation", "bmi"]))
    result = trial_judge(additive, fewer, folds=2, repeats=1).evaluate(with_tree=False)
    assert "The data do not have bmi, an input of the model; it is taken as not known." in result.warnings
    assert "The data do not have expectation, an input of the model; it is taken as not known." in result.warnings
    assert "Column sex: intersex was not seen in training and is treated as not known." in result.warnings


def test_data_without_one_of_the_treatments(additive: FittedModel, other: Trial) -> None:
    people = other.participants
    without = (people["first_arm"] != "DUL") & ~people["second_arm"].fillna("").str.contains("DUL")
    judge = trial_judge(additive, replace(other, participants=people[without]), folds=2, repeats=1)
    result = judge.evaluate(with_tree=False)
    assert {each.judged.regime for each in result.values} == REGIMES - {"single:DUL", "tree"}
    assert "DUL" not in result.named["best_single"]


def test_people_whose_class_is_not_known(additive: FittedModel, other: Trial) -> None:
    """They count as not seen at week 12, and others stand for them."""
    people, values = other.participants.copy(), other.assessments
    some = people.index[:50]
    people.loc[some, "response"] = pd.NA
    gone = (values["week"] == 12) & values["id"].isin(some) & (values["measure"] == "pgic")
    unknown = replace(other, participants=people, assessments=values[~gone])
    judge = trial_judge(additive, unknown, folds=2, repeats=1)
    assert not judge.judge.people.seen[:50].any()
    for each in judge.evaluate(with_tree=False).values:
        assert np.isfinite([each.judged.value.value, each.judged.value.se]).all()


def test_an_outcome_that_the_data_lack_cannot_be_weighed(additive: FittedModel, other: Trial) -> None:
    fewer = replace(other, assessments=other.assessments[other.assessments["measure"] != "anxiety"])
    with pytest.raises(PreferenceError, match="PROMIS anxiety 4a: the data have too few values of it to judge by"):
        evaluate(additive, fewer, {"anxiety": 1})
    rest = trial_judge(additive, fewer, folds=2, repeats=1).evaluate(with_tree=False)
    assert "anxiety" not in {each.outcome for each in rest.values}


def test_history_is_what_the_participants_could_have(additive: FittedModel, trial: Trial) -> None:
    history, people = history_of(additive), people_of_trial(trial, additive.inputs)
    harmed = trial.participants["stopped_for_harm"].fillna(False).astype(bool).to_numpy()
    labels = list(people.data.second_arms.labels)
    allowed = history.allowed_second[labels].to_numpy()
    assert (allowed[~harmed] == people.data.allowed_second[~harmed]).all()
    assert (history.choosable_second[labels].to_numpy() <= allowed).all()
    assert (history.allowed_first[list(people.data.first_arms.labels)].to_numpy() == people.data.allowed_first).all()
    assert history.group.tolist() == trial.response.tolist()


# --- groups ---


def test_groups_of_every_kind(trial: Trial) -> None:
    assert subgroups(trial, "sex")[1][:2] == ("female", "male")
    labels, order = subgroups(trial, "contraindicated_dul")
    assert order == ("no", "yes")
    assert (labels == "yes").sum() == trial.participants["contraindicated_dul"].sum()
    labels, order = subgroups(trial, "widespread_areas")
    assert len(order) <= 8
    labels, order = subgroups(trial, "age")
    assert len(order) == 3
    sizes = labels.value_counts()
    assert sizes.min() > 0.25 * len(trial)
    assert order[0].startswith(f"{trial.participants['age'].min():g} to ")
    assert subgroups(trial, "peg")[1][2].endswith(f" to {trial.values('peg', 0).max():g}")
    assert subgroups(trial, "education")[1][0] == "below_high_school"
    assert {"site", "age", "peg", "pain_interference"} <= set(subgroup_columns(trial))


def test_few_numbers_stay_single(trial: Trial) -> None:
    people = trial.participants.assign(few=[i % 3 for i in range(len(trial))])
    labels, order = subgroups(replace(trial, participants=people), "few")
    assert order == ("0", "1", "2")
    assert labels.iloc[:3].tolist() == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("nothing", "There is no column nothing in the data"),
        ("empty", "Column empty is empty"),
        ("many", "Column many has 300 different values; form at most 20 groups"),
    ],
)
def test_groups_that_cannot_be(additive: FittedModel, trial: Trial, column: str, message: str) -> None:
    people = trial.participants
    if column == "many":
        people = people.assign(many=[f"name {i}" for i in range(len(people))])
    elif column == "empty":
        people = people.assign(empty=pd.Series(pd.NA, index=people.index, dtype="object"))
    with pytest.raises(InputError, match=message):
        evaluate(additive, replace(trial, participants=people), by=column)


def test_small_groups_are_left_out_and_told(own: TrialJudge, trial: Trial) -> None:
    result = own.evaluate(by="contraindicated_act", with_tree=False)
    few = int(trial.participants["contraindicated_act"].sum())
    assert few < 10
    assert "Subgroup yes has fewer than 10 people and is left out." in result.warnings
    assert {each.judged.subgroup for each in result.values} == {None, "no"}


def test_unknown_starts_are_expected_from_what_is_known(trial: Trial) -> None:
    gone = trial.assessments
    some = gone["id"].isin(trial.participants.index[:40]) & (gone["week"] == 0) & (gone["measure"] == "depression")
    fewer = replace(trial, assessments=gone[~some])
    levels, whole = start_levels(fewer, MEASURES), start_levels(trial, MEASURES)
    assert levels.notna().all().all()
    assert levels.iloc[40:]["depression"].tolist() == pytest.approx(whole.iloc[40:]["depression"].tolist(), abs=0.5)
    # Nearer to the truth than the mean of the others.
    own = np.abs(levels["depression"] - whole["depression"]).iloc[:40].mean()
    assert own < np.abs(whole["depression"].iloc[40:].mean() - whole["depression"]).iloc[:40].mean()


# --- words ---


def with_gain(found: Evaluation, gain: Estimate) -> Evaluation:
    values = tuple(
        replace(each, judged=replace(each.judged, differences={**each.judged.differences, "best_fixed": gain}))
        if (each.judged.regime, each.outcome) == ("learned", "utility") and each.judged.subgroup is None
        else each
        for each in found.values
    )
    return replace(found, values=values, named={**found.named, "best_fixed": {"EBEM": 0.6, "DUL": 0.4}})


def test_the_verdict(found: Evaluation) -> None:
    unclear = with_gain(found, Estimate(0.3, 0.2))
    assert not unclear.tailoring_pays
    assert (
        "No evidence that tailoring beats starting everyone on exercise and manual therapy: difference in value +0.30 "
        "meaningful changes (95 % interval −0.09 to +0.69)."
    ) in unclear.to_text()
    clear = with_gain(found, Estimate(0.5, 0.2))
    assert clear.tailoring_pays
    assert (
        "Tailoring beats starting everyone on exercise and manual therapy and following the best fixed plan: +0.50 "
        "meaningful changes (95 % interval +0.11 to +0.89)."
    ) in clear.to_text()


def test_the_text_says_how_on_whom_and_that_they_are_simulated(found: Evaluation, elsewhere: TrialJudge) -> None:
    text = replace(found, warnings=("Careful.",)).to_text()
    assert text.startswith(
        "Cross-fitted values, 300 participants of 'Simulated BEST-like trial': split once into 3 parts, each judged by "
        "rules that were learned, with every choice, from the others."
    )
    for line in ("REGIME", "learned regime", "start DUL *", "readable tree", "female (", "Note: Careful."):
        assert any(row.startswith(line) for row in text.splitlines()), line
    assert text.endswith("Simulated data: not for treatment decisions.")
    external = elsewhere.evaluate(with_tree=False).to_text()
    assert external.startswith(
        "Values of the model as it is, fitted to 'Simulated BEST-like trial', in 200 participants of "
        "'Simulated BEST-like trial'."
    )
    assert "% of the parts" not in external
    real = replace(found, simulated=False, named={**found.named, "best_single": {"ACT": 0.75, "DUL": 0.25}})
    assert "Simulated data" not in real.to_text()
    assert (
        "Best single start: acceptance and commitment therapy (75% of the parts) and duloxetine (25% of the parts)."
        in real.to_text()
    )


def test_thin_support_is_told_by_the_regime_s_name(elsewhere: TrialJudge) -> None:
    judgement = elsewhere.judge.values(with_tree=False)
    thin = replace(judgement, spreads={"learned": replace(judgement.spreads["learned"], effective=5.0)})
    (note,) = thin.notes(lambda name: name.upper())
    assert note.startswith("The value of LEARNED rests on ")
