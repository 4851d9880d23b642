"""Every way in which tables or questions are refused, each in one clear sentence."""

import numpy as np
import pandas as pd
import pytest

from bestviz.errors import RegimeError
from bestviz.regime import TwoStageRegime
from tests.regime.conftest import make_study

STUDY = make_study(n=40, seed=3, gaps=False)
INDEX = STUDY.baseline.index


def changed(name, **columns):
    return {name: getattr(STUDY, name).assign(**columns)}


REFUSED = {
    "Every first arm has fewer than 5 people": {
        "first": pd.Series([f"arm{i // 4}" for i in range(40)], index=INDEX),
        "allowed_first": None,
    },
    "The index of first does not match": {"first": STUDY.first.reset_index(drop=True)},
    "The index of second does not match": {"second": STUDY.second.iloc[:-1]},
    "The index of interim does not match": {"interim": STUDY.interim.rename({INDEX[0]: "someone else"})},
    "The index of outcomes does not match": {
        "outcomes": pd.concat([STUDY.outcomes.iloc[1:], STUDY.outcomes.iloc[1:2]])
    },
    "The index of allowed_first does not match": {"allowed_first": STUDY.allowed_first.iloc[:3]},
    "The index of allowed_second does not match": {"allowed_second": STUDY.allowed_second.iloc[:3]},
    "The index of first_probability does not match": {"first_probability": pd.Series([0.5] * 40)},
    "The index of the baseline table has duplicates": {"baseline": STUDY.baseline.set_axis([1] * 40)},
    "baseline must be a DataFrame with one row a person, not a Series": {"baseline": STUDY.baseline["x"]},
    "first must be a pandas table with one row a person, not a list": {"first": list(STUDY.first)},
    "Two columns of baseline are called x": {"baseline": STUDY.baseline.set_axis(["x", "x", "g"], axis=1)},
    "Column x of baseline holds infinite values": changed("baseline", x=np.inf),
    "Column z of baseline holds infinite values": changed(
        "baseline", z=np.array([1, 2.5, -np.inf, 4] * 10, dtype=object)
    ),
    "Column state of interim holds infinite values": changed("interim", state=-np.inf),
    "Column y1 of outcomes holds infinite values": changed("outcomes", y1=np.inf),
    "Column y2 of outcomes is not numeric": changed("outcomes", y2="much better"),
    "The outcomes table has no columns": {"outcomes": STUDY.outcomes[[]]},
    "Outcome y2 is missing for everybody with a second arm": changed("outcomes", y2=np.nan),
    "Nobody has a first arm, a second arm and an outcome": {
        "second": pd.Series(None, index=INDEX, dtype=object),
        "allowed_second": None,
    },
    "Column A of allowed_first must hold True or False": changed("allowed_first", A="maybe"),
    "Column A of allowed_second must hold True or False": changed("allowed_second", A=2),
    "first_probability holds 0 for row 'p0000'": {"first_probability": pd.Series(0.0, index=INDEX)},
    "second_probability holds 1.2 for row 'p0000'": {"second_probability": pd.Series(1.2, index=INDEX)},
    "first_probability holds inf for row 'p0000'": {"first_probability": pd.Series(np.inf, index=INDEX)},
    "second_probability is not numeric": {"second_probability": pd.Series("half", index=INDEX)},
}


@pytest.mark.parametrize("message", REFUSED)
def test_tables_that_cannot_be_learned_from(message):
    with pytest.raises(RegimeError) as found:
        TwoStageRegime().fit(**(STUDY.tables | REFUSED[message]))
    assert str(found.value).startswith(message)
    assert str(found.value).endswith(".")


def test_probabilities_that_are_possible_or_missing_are_taken():
    chance = pd.Series([0.5, np.nan] * 20, index=INDEX).sample(frac=1, random_state=0)
    regime = TwoStageRegime().fit(**STUDY.tables, first_probability=chance, second_probability=chance)
    assert regime.first_arms_


def test_all_second_arms_forbidden():
    with pytest.warns(UserWarning, match="second arm that was not allowed"), pytest.raises(RegimeError, match="Nobody"):
        STUDY.with_(allowed_second=STUDY.allowed_second & False).fit()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learner": "magic"}, "Unknown learner 'magic'"),
        ({"select": "luck"}, "select must be 'value' or 'error', not 'luck'"),
        ({"share_stages": "perhaps"}, "share_stages must be 'auto', True or False, not 'perhaps'"),
        ({"replicates": -1}, "replicates must be a whole number, 0 or more, not -1"),
        ({"replicates": 2.5}, "replicates must be a whole number"),
        ({"random_state": -3}, "random_state must be a whole number"),
        ({"random_state": None}, "random_state must be a whole number"),
    ],
)
def test_settings_that_make_no_sense(settings, message):
    with pytest.raises(RegimeError, match=message):
        STUDY.fit(**settings)


@pytest.fixture(scope="module")
def regime():
    return STUDY.fit()


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"y1": 0, "y2": 0}, "All weights are 0"),
        ({}, "All weights are 0"),
        ({"y1": -1}, "The weight of y1 is negative or not a finite number"),
        ({"y1": 1, "y2": np.nan}, "The weight of y2 is negative or not a finite number"),
        ({"y1": np.inf}, "The weight of y1 is negative"),
        ({"y1": "a lot"}, "The weight of y1 is negative or not a finite number"),
        ({"y1": None}, "The weight of y1 is negative or not a finite number"),
        ({"y9": 1}, r"Weights name unknown outcome\(s\) y9; the outcomes are y1, y2"),
        (pd.DataFrame({"y1": [1.0] * 39 + [0.0]}, index=INDEX), "All weights are 0"),
        (pd.DataFrame({"y1": [1.0] * 39 + [np.nan]}, index=INDEX), "The weight of y1"),
        (pd.DataFrame({"y1": [1.0] * 40}), "The index of weights does not match"),
        (pd.DataFrame({"y9": 1.0}, index=INDEX), r"Weights name unknown outcome\(s\) y9"),
    ],
)
def test_weights_that_make_no_sense(regime, weights, message):
    with pytest.raises(RegimeError, match=message):
        regime.decide_first(STUDY.baseline, weights)
    with pytest.raises(RegimeError, match=message):
        regime.decide_second(STUDY.baseline, STUDY.first, STUDY.interim, weights)


def yes(index=INDEX, **columns):
    return pd.DataFrame(columns, index=index)


def test_questions_that_leave_nothing(regime):
    with pytest.raises(RegimeError, match=r"After exclusions no arm is left for 40 row\(s\), the first being 'p0000'"):
        regime.decide_first(STUDY.baseline, excluded=yes(A=True, B=True, C=True))
    with pytest.raises(RegimeError, match=r"nothing that the regime knows is allowed for 40 row\(s\)"):
        regime.decide_first(STUDY.baseline, allowed=yes(A=False))
    with pytest.raises(RegimeError, match="After exclusions no arm is left"):
        regime.decide_second(STUDY.baseline, STUDY.first, None, excluded=yes(A=True, B=True, C=True))
    on_a = pd.Series("A", index=INDEX)
    with pytest.raises(RegimeError, match="After exclusions no arm is left"):
        regime.decide_second(STUDY.baseline, on_a, None, allowed=yes(A=True), excluded=yes(A=True))


def test_questions_that_do_not_fit(regime):
    baseline, first, interim = STUDY.baseline, STUDY.first, STUDY.interim
    with pytest.raises(RegimeError, match="Column x of baseline holds infinite values"):
        regime.decide_first(baseline.assign(x=np.inf))
    with pytest.raises(RegimeError, match="Column state of interim holds infinite values"):
        regime.decide_second(baseline, first, interim.assign(state=np.inf))
    with pytest.raises(RegimeError, match="The index of first does not match"):
        regime.decide_second(baseline, first.reset_index(drop=True), interim)
    with pytest.raises(RegimeError, match="The index of interim does not match"):
        regime.decide_second(baseline, first, interim.iloc[1:])
    with pytest.raises(RegimeError, match="The index of allowed does not match"):
        regime.decide_first(baseline, allowed=yes(index=range(40), A=True))
    with pytest.raises(RegimeError, match="The index of excluded does not match"):
        regime.decide_first(baseline, excluded=yes(index=range(40), A=True))
    with pytest.raises(RegimeError, match="First arm 'Z' was never seen in training; known are A, B, C"):
        regime.decide_second(baseline, first.replace("A", "Z"), interim)
    with pytest.raises(RegimeError, match=r"The first arm of row 'p00.*' is missing"):
        regime.decide_second(baseline, first.where(first != "A", None), interim)
