"""Reading people from DM (demographics) and SC (subject characteristics) into participant columns."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bestviz.data.bacpac.codes import EDUCATION, EMPLOYMENT, ETHNICITY, RACE, SEX, SURGERY, UNITS
from bestviz.data.draft import Place
from bestviz.data.parsing import to_numbers
from bestviz.data.participants import missing_columns
from bestviz.data.problems import Problem
from bestviz.data.tables import Table

_DM = {"SEX": ("sex", SEX), "RACE": ("race", RACE), "ETHNIC": ("ethnicity", ETHNICITY)}
_SC = {"EDLEVEL": ("education", EDUCATION), "EMPSTAT": ("employment", EMPLOYMENT), "BPSURG": ("back_surgery", SURGERY)}
_SITE = r"^[^0-9]*([0-9]+)[-_]"  # "SMART-0201-00001" -> "0201"; ids without a site part have none
_CONTRADICTION = 0.01  # relative difference between a converted and a standardised value that rounding can explain


def read_demographics(table: Table) -> tuple[pd.DataFrame | None, dict[str, Place], list[Problem]]:
    """Participants from DM: index `id` in the order of the file; None without a USUBJID column."""
    problems, _ = missing_columns(table, ["USUBJID"])
    if problems:
        return None, {}, problems
    ids = table["USUBJID"]
    problems += table.problems(ids.isna(), "USUBJID", "The person's id is missing.")
    problems += table.problems(ids.duplicated() & ids.notna(), "USUBJID", "Duplicate id {value}: one row a person.")
    table = table.where(ids.notna() & ~ids.duplicated())
    index = pd.Index(table["USUBJID"], name="id", dtype="str")
    lines = pd.Series(table.lines.to_numpy(), index=index)
    people = pd.DataFrame(index=index)
    places = {}
    sites = table["USUBJID"].str.extract(_SITE, expand=False)
    if sites.notna().any():
        people["site"] = sites.to_numpy()
        people = people.astype({"site": "str"})
        places["site"] = Place(table.file, lines, "USUBJID")
    if "AGE" in table:
        ages, bad = to_numbers(table["AGE"].str.replace(r"\+$", "", regex=True))
        problems += table.problems(bad, "AGE", "The age must be a number, not {value}.")
        people["age"] = ages.to_numpy()
        places["age"] = Place(table.file, lines, "AGE")
    for source, (name, words) in _DM.items():
        if source in table:
            values, found = _in_words(table, source, words)
            people[name] = values.to_numpy()
            people = people.astype({name: "str"})
            places[name] = Place(table.file, lines, source)
            problems += found
    for source in ("AGE", *_DM):
        if source not in table:
            problems.append(
                table.problem("warning", f"The column {source} is missing; it is taken as not known.", source)
            )
    return people, places, problems


def read_characteristics(table: Table) -> tuple[pd.DataFrame, dict[str, Place], list[Problem]]:
    """Education, employment, back surgery and body mass index from SC: index `id`."""
    people = pd.DataFrame(index=pd.Index([], name="id", dtype="str"))
    places: dict[str, Place] = {}
    problems, _ = missing_columns(table, ["USUBJID", "SCTESTCD", "SCSTRESC"])
    if problems:
        return people, places, problems
    again = pd.DataFrame({"id": table["USUBJID"], "test": table["SCTESTCD"]}).duplicated()
    again &= table["SCTESTCD"].isin([*_SC, *UNITS])
    problems += table.problems(again, "SCTESTCD", "Duplicate record of {value}: this person has an earlier one.")
    table = table.where(~again)
    columns: dict[str, pd.Series] = {}
    for test, (name, words) in _SC.items():
        rows = table.where(table["SCTESTCD"] == test)
        if not len(rows):
            continue
        values, found = _in_words(rows, "SCSTRESC", words)
        problems += found
        ids = pd.Index(rows["USUBJID"], name="id", dtype="str")
        columns[name] = pd.Series(values.to_numpy(), index=ids, dtype="str")
        places[name] = Place(rows.file, pd.Series(rows.lines.to_numpy(), index=ids), "SCSTRESC")
    sizes = {}
    for test in UNITS:
        rows = table.where(table["SCTESTCD"] == test)
        sizes[test], lines, found = _size(rows, test)
        problems += found
        if len(rows):
            places["bmi"] = Place(rows.file, lines, "SCSTRESN")
    if columns:
        people = pd.DataFrame(columns)
    if "back_surgery" in people:
        people["back_surgery"] = people["back_surgery"].map({"true": True, "false": False}).astype("boolean")
    if "bmi" in places:
        height, weight = sizes["HEIGHT"], sizes["WEIGHT"]
        bmi = weight / (height.where(height > 0) / 100) ** 2
        people = people.reindex(people.index.union(bmi.index))
        people["bmi"] = bmi.round(2)
    people.index = pd.Index(people.index, name="id", dtype="str")
    return people, places, problems


def _in_words(table: Table, column: str, words: Mapping[str, str]) -> tuple[pd.Series, list[Problem]]:
    """Values of the data dictionary for the words of a codelist; a warning where they are in no codelist."""
    cells = table[column]
    values = cells.str.casefold().str.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").map(dict(words)).astype("str")
    strange = cells.notna() & values.isna()
    message = "{value} is not in the codelist; it is taken as missing."
    problems = table.problems(strange, column, message, "warning", hints=words)
    return values.mask(values == ""), problems


def _size(table: Table, test: str) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """Height in cm or weight in kg; from the original record where the standardised one contradicts it."""
    index = pd.Index(table["USUBJID"], name="id", dtype="str")
    problems: list[Problem] = []
    found: dict[str, pd.Series] = {}
    for value, unit in (("SCORRES", "SCORRESU"), ("SCSTRESN", "SCSTRESU")):
        number, bad = to_numbers(table.get(value))
        problems += table.problems(bad, value, f"The {test.lower()} must be a number, not {{value}}.")
        factor = table.get(unit).str.upper().map(UNITS[test]).astype(float)
        if value == "SCSTRESN":
            factor = factor.fillna(1.0)  # the standard units are cm and kg
        found[value] = number * factor
    original, standard = found["SCORRES"], found["SCSTRESN"]
    differ = (original - standard).abs() > _CONTRADICTION * original.abs()
    for row in differ.index[differ]:
        message = (
            f"A contradiction between units: {test.lower()} standardised as {standard[row]:g}, but "
            f"{table['SCORRES'][row]} {table['SCORRESU'][row]} is {original[row]:.1f}; the original record is used."
        )
        problems.append(Problem("warning", table.file, int(table.lines[row]), "SCSTRESN", message))
    values = standard.mask(differ | standard.isna(), original)
    lines = pd.Series(table.lines.to_numpy(), index=index)
    return pd.Series(values.to_numpy(), index=index), lines, problems
