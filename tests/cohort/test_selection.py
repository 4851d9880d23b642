import pandas as pd

from bestviz.cohort.selection import Filters, choices, select
from bestviz.trial import SINGLE_ARMS


def test_no_filter_keeps_everybody(simulated):
    cohort = select(simulated, Filters())
    assert len(cohort) == cohort.randomised == len(simulated)
    assert cohort.refusal == ""
    assert cohort.arms == SINGLE_ARMS


def test_filters_are_joined_by_and_their_choices_by_or(simulated):
    people = simulated.participants
    sites = tuple(sorted(people["site"].unique())[:2])
    cohort = select(simulated, Filters(site=sites, sex=("female",)))
    assert list(cohort.people.index) == list(people[people["site"].isin(sites) & (people["sex"] == "female")].index)


def test_age_bands_are_whole_years_and_meet(many):
    ages = [39.0, 39.9, 40.0, 49.0, 50.0, 64.9, 65.0, 90.0, None, 18.0, 20.0, 20.0]
    trial = many({"ESC": 12}, age=lambda arm, number: ages[number])
    kept = {band: len(select(trial, Filters(age=(band,)))) for band in choices(trial)["age"]}
    assert kept == {"18 to 39": 5, "40 to 49": 2, "50 to 64": 2, "65 and over": 2}


def test_people_without_a_contraindication_and_with_one(simulated):
    nobody = len(select(simulated, Filters(contraindication=("none",))))
    some = len(select(simulated, Filters(contraindication=("ACT", "EBEM", "DUL", "ESC"))))
    assert nobody + some == len(simulated)
    assert len(select(simulated, Filters(contraindication=("none", "DUL")))) > nobody


def test_an_arm_that_nobody_could_have_is_left_out(simulated):
    assert "DUL" not in select(simulated, Filters(contraindication=("DUL",))).arms


def test_why_no_number_is_shown(many):
    trial = many({"ESC": 40}, sex=lambda arm, number: "female" if number < 5 else "male", site=lambda arm, number: "1")
    assert select(trial, Filters(sex=("intersex",))).refusal == "nobody"
    assert select(trial, Filters(sex=("female",))).refusal == "few"
    # 35 of 40: the other five could be worked out.
    assert select(trial, Filters(sex=("male",))).refusal == "others"


def test_what_tells_nobody_apart_is_not_offered(many):
    trial = many({"ESC": 12}, site=lambda arm, number: "one", sex=lambda arm, number: "female")
    assert choices(trial) == {}


def test_people_without_a_first_arm_are_not_randomised(make):
    trial = make([{"id": "a", "first_arm": "ESC"}, {"id": "b", "first_arm": None}])
    trial.participants["first_arm"] = pd.Series(["ESC", pd.NA], trial.participants.index, dtype="str")
    assert select(trial, Filters()).randomised == 1
