"""Allowed sets: one person and a table of people, both stages."""

import itertools

import pandas as pd
import pytest

from bestviz.trial import (
    ARMS,
    RESPONSE_CLASSES,
    SINGLE_ARMS,
    allowed_first_table,
    allowed_second_table,
    permitted_second_arms,
    refusals_first,
    refusals_second,
    treatments_of,
)


def allowed(refusals: dict[str, str | None]) -> set[str]:
    return {arm for arm, reason in refusals.items() if reason is None}


def test_first_without_exclusions():
    assert refusals_first() == dict.fromkeys(SINGLE_ARMS)


def test_first_keeps_the_reason():
    refusals = refusals_first({"DUL": "takes an MAO inhibitor"})
    assert allowed(refusals) == {"ESC", "ACT", "EBEM"}
    assert refusals["DUL"] == "takes an MAO inhibitor"


@pytest.mark.parametrize(
    ("first", "response", "excluded", "harm", "expected"),
    [
        ("EBEM", "medium", {}, False, {"ESC+EBEM", "ACT+EBEM", "EBEM+DUL", "ACT", "DUL"}),
        ("EBEM", "medium", {"DUL": "x"}, False, {"ESC+EBEM", "ACT+EBEM", "ACT"}),
        ("EBEM", "medium", {}, True, {"ACT", "DUL"}),
        ("DUL", "good", {}, True, set()),
        ("ACT", "excellent", {"ACT": "x"}, False, set()),
        ("ESC", "poor", {"ACT": "x", "EBEM": "x"}, False, {"ESC+DUL"}),
        ("ACT", "poor", {"EBEM": "x"}, False, {"DUL"}),
        ("ESC", "good", {"ESC": "x"}, False, set()),
    ],
)
def test_second_by_hand(first, response, excluded, harm, expected):
    assert allowed(refusals_second(first, response, excluded, harm)) == expected


def test_second_says_why():
    refusals = refusals_second("DUL", "medium", {"ACT": "declined by the patient"}, stopped_for_harm=True)
    assert list(refusals) == list(ARMS)
    assert refusals["ACT"] == refusals["ACT+DUL"] == "declined by the patient"
    assert refusals["ESC+DUL"] == "duloxetine was stopped because of harm"
    assert refusals["ESC"] == "not offered by the trial after duloxetine with medium response"


def test_tables_agree_with_the_answers_for_one_person():
    rows = [
        {"first_arm": first, "response": response, "stopped_for_harm": harm, "contraindicated_dul": no}
        for first, response, harm, no in itertools.product(
            SINGLE_ARMS, RESPONSE_CLASSES, (True, False, None), (True, False, None)
        )
    ]
    people = pd.DataFrame(rows, index=[f"p{i}" for i in range(len(rows))])
    first, second = allowed_first_table(people), allowed_second_table(people)
    for person, row in zip(people.index, rows, strict=True):
        excluded = {"DUL": "contraindicated"} if row["contraindicated_dul"] else {}
        assert set(first.columns[first.loc[person]]) == allowed(refusals_first(excluded))
        expected = allowed(refusals_second(row["first_arm"], row["response"], excluded, bool(row["stopped_for_harm"])))
        assert set(second.columns[second.loc[person]]) == expected


def test_unknown_response_allows_what_some_class_would():
    people = pd.DataFrame({"first_arm": ["ACT", "ESC"]}, index=["a", "b"])
    table = allowed_second_table(people)
    for person, first in (("a", "ACT"), ("b", "ESC")):
        expected = {arm for response in RESPONSE_CLASSES for arm in permitted_second_arms(first, response)}
        assert set(table.columns[table.loc[person]]) == expected


def test_nothing_is_allowed_without_a_first_arm():
    people = pd.DataFrame({"first_arm": ["ACT", None], "response": ["good", "good"]}, index=["a", "b"])
    assert not allowed_second_table(people).loc["b"].any()


def test_columns_are_arms_and_values_are_booleans():
    people = pd.DataFrame({"first_arm": ["ACT"], "response": ["good"]}, index=["a"])
    first, second = allowed_first_table(people), allowed_second_table(people)
    assert list(first.columns) == list(SINGLE_ARMS)
    assert list(second.columns) == list(ARMS)
    assert {str(t) for t in [*first.dtypes, *second.dtypes]} == {"bool"}
    assert all(treatments_of(arm) for arm in second.columns)
