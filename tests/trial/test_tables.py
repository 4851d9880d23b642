"""Measures and columns against the data dictionary, where it is at hand."""

import csv
import os
from pathlib import Path

import pytest

from bestviz.trial import (
    ASSESSED,
    BASELINE_MEASURES,
    COLUMNS,
    INPUT_COLUMNS,
    MEASURES,
    PREFERENCE_MEASURES,
    WEIGHTABLE,
)
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

REFERENCE = Path(os.environ.get("BESTVIZ_REFERENCE", Path(__file__).resolve().parents[3] / "shared" / "reference"))


def rows(name: str) -> list[dict[str, str]]:
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"the data dictionary {name} is not at hand")
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not next(iter(row.values())).startswith("#")]


def test_measures_are_those_of_the_dictionary():
    dictionary = rows("measures.csv")
    assert [row["code"] for row in dictionary] == list(MEASURES)
    for row in dictionary:
        measure = MEASURES[row["code"]]
        assert (measure.minimum, measure.maximum) == (float(row["min"]), float(row["max"])), measure.code
        assert measure.better == row["better"]
        assert measure.unit == row["unit"]
        assert measure.role == row["role"]
        assert measure.weeks == tuple(int(week.rstrip("*")) for week in row["weeks"].split("|")), measure.code
        assert measure.meaningful_change == float(row["meaningful_change"])
        assert measure.bacpac_test == row["bacpac_test"]


def test_columns_are_those_of_the_dictionary():
    dictionary = rows("participants.csv")
    assert [row["column"] for row in dictionary] == list(COLUMNS)
    for row in dictionary:
        column = COLUMNS[row["column"]]
        assert column.kind == row["type"], column.name
        assert column.minimum == (float(row["min"]) if row["min"] else None)
        assert (column.use == "input") == (row["model_input"] == "yes"), column.name
        if column.kind == "category" and "|" in row["unit_or_values"]:
            assert "|".join(column.values) == row["unit_or_values"]


def test_groups_of_measures():
    assert len(PREFERENCE_MEASURES) == 8
    assert ("peg", *PREFERENCE_MEASURES, "adverse_event", "stopping") == WEIGHTABLE
    assert ("peg", "pgic", *PREFERENCE_MEASURES) == ASSESSED
    assert ("peg", *PREFERENCE_MEASURES) == BASELINE_MEASURES


def test_direction():
    assert {code for code, m in MEASURES.items() if m.sign == 1} == {"physical_function", "sleep_duration"}


def test_another_meaningful_change():
    assert MEASURES["peg"].with_meaningful_change(1.5).meaningful_change == 1.5
    with pytest.raises(ValueError, match="above 0"):
        MEASURES["peg"].with_meaningful_change(0)


def test_chart_labels_are_short():
    assert max(len(m.short) for m in MEASURES.values()) <= 24


def test_contraindication_columns_exist():
    assert set(CONTRAINDICATION_COLUMNS.values()) <= COLUMNS.keys()
    assert not set(CONTRAINDICATION_COLUMNS.values()) & set(INPUT_COLUMNS)
