"""The response rule: known answers."""

import math

import pandas as pd
import pytest

from bestviz.trial import DEFAULT_RESPONSE_RULE, RESPONSE_CLASSES, ResponseRule


@pytest.mark.parametrize(
    ("start", "now", "pgic", "expected"),
    [
        (6, 6, 1, "excellent"),
        (6, 9, 1, "excellent"),
        (None, None, 1, "excellent"),
        (6, 3, 2, "excellent"),
        (6, 3.01, 2, "good"),
        (6, 8, 2, "good"),
        (6, 0, 3, "medium"),
        (None, None, 3, "medium"),
        (6, 0, 4, "poor"),
        (6, 0, 7, "poor"),
        (6, 3, None, None),
        (None, 3, 2, None),
        (6, None, 2, None),
        (0, 0, 2, "good"),
        (0, 5, 2, "good"),
        (0, None, 2, "good"),
        (math.nan, 3, 2, None),
    ],
)
def test_known_answers(start, now, pgic, expected):
    assert DEFAULT_RESPONSE_RULE.classify_one(start, now, pgic) == expected


def test_many_people_at_once():
    classes = DEFAULT_RESPONSE_RULE.classify(
        pd.Series([6.0, 6, None], index=list("abc")),
        pd.Series([3.0, 5, 5], index=list("abc")),
        pd.Series([2.0, 2, 2], index=list("abc")),
    )
    assert classes.to_dict() == {"a": "excellent", "b": "good", "c": pytest.approx(math.nan, nan_ok=True)}


def test_an_edited_rule():
    rule = ResponseRule(excellent_pgic=0, good_pgic=2, medium_pgic=4, excellent_fall=0.3)
    assert rule.classify_one(6, 6, 1) == "good"
    assert rule.classify_one(6, 4, 1) == "excellent"
    assert rule.classify_one(6, 6, 4) == "medium"
    assert ResponseRule(**rule.to_dict()) == rule
    assert "30%" in rule.describe()


@pytest.mark.parametrize(
    "wrong",
    [
        {"excellent_pgic": 3},
        {"medium_pgic": 1},
        {"medium_pgic": 8},
        {"excellent_pgic": -1},
        {"excellent_fall": 0},
        {"excellent_fall": 1.1},
        {"excellent_fall": math.nan},
    ],
)
def test_impossible_rules_are_refused(wrong):
    with pytest.raises(ValueError, match="Response rule"):
        ResponseRule(**wrong)


def test_every_known_pgic_has_a_class():
    for pgic in range(1, 8):
        assert DEFAULT_RESPONSE_RULE.classify_one(6, 4, pgic) in RESPONSE_CLASSES
