import pytest

from bestviz.errors import InputError, PatientError

PATIENT = {"baseline": {"peg": 6.7, "age": 58, "physical_function": 36}}
LATER = PATIENT | {"week": 12, "first_arm": "EBEM", "interim": {"peg": 5.0}, "response": "good"}
WEIGHTS = {"peg": 1, "physical_function": 1}


def rows(model, patient, arms):
    return {(row.outcome, row.week): row for row in model.differences(patient, WEIGHTS, arms)}


def test_against_self_care_it_is_what_the_advice_says(model):
    found = rows(model, PATIENT, ("DUL", "ESC"))
    told = [row for row in model.recommend(PATIENT, WEIGHTS).outcomes if row.arm == "DUL"]
    assert told
    for row in told:
        gap = found[row.outcome, row.week]
        assert gap.difference == pytest.approx(row.difference_from_esc)
        assert gap.interval == pytest.approx(row.difference_interval)


@pytest.mark.parametrize("patient", [PATIENT, LATER], ids=["week 0", "week 12"])
def test_turned_round_it_changes_its_sign_only(model, patient):
    arms = ("ACT", "EBEM") if patient is PATIENT else ("ACT+EBEM", "EBEM")
    there, back = rows(model, patient, arms), rows(model, patient, arms[::-1])
    assert there
    for key, row in there.items():
        assert back[key].difference == pytest.approx(-row.difference)
        assert back[key].interval == pytest.approx((-row.interval[1], -row.interval[0]))


@pytest.mark.parametrize("patient", [PATIENT, LATER], ids=["week 0", "week 12"])
def test_it_is_the_difference_of_the_changes_that_the_advice_says(rich, patient):
    advice = rich.recommend(patient, WEIGHTS)
    arms = tuple(option.arm for option in advice.options if option.allowed)[:2]
    changes = {(row.arm, row.outcome, row.week): row.change for row in advice.outcomes}
    for (outcome, week), row in rows(rich, patient, arms).items():
        assert row.difference == pytest.approx(changes[arms[0], outcome, week] - changes[arms[1], outcome, week])
        assert row.interval[0] <= row.difference <= row.interval[1]


@pytest.mark.parametrize("arms", [("ACT", "ACT"), ("ACT", "OPI")])
def test_two_known_arms_are_needed(model, arms):
    with pytest.raises(InputError, match="two different ones of"):
        model.differences(PATIENT, WEIGHTS, arms)


def test_an_unknown_class_is_refused(model):
    with pytest.raises(PatientError, match="class at week 12 is not known"):
        model.differences(LATER | {"response": None}, WEIGHTS, ("ACT+EBEM", "EBEM"))
