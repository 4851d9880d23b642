"""Every rule of the three-table format: one damaged data set a rule, with the place of the finding."""

import json

import pandas as pd
import pytest

from bestviz.data import load_trial, validate
from bestviz.errors import DataError

PEOPLE, VALUES, DEEP = "participants.csv", "assessments.csv", "deep.csv"


def the_only(problems):
    assert len(problems) == 1, [str(p) for p in problems]
    return problems[0]


def new_problems(folder, damage):
    """Findings that appear through the damage."""
    before = set(validate(folder.path).problems)
    damage()
    return [p for p in validate(folder.path).problems if p not in before]


# (file, column, cell of line 5 or of the named row, part of the message); all are errors at that cell
WRONG_CELLS = [
    (PEOPLE, "age", "17", "under 18"),
    (PEOPLE, "age", "old", "must be a number, not 'old'"),
    (PEOPLE, "sex", "Female", "Did you mean 'female'?"),
    (PEOPLE, "education", "phd", "Unknown education 'phd'; allowed: below_high_school"),
    (PEOPLE, "pcs6", "7.5", "whole number, not '7.5'"),
    (PEOPLE, "back_surgery", "perhaps", "must be true or false, not 'perhaps'"),
    (PEOPLE, "first_arm", "ATC", "Unknown arm 'ATC'"),
    (PEOPLE, "first_arm", "ACT+DUL", "must be a single treatment"),
    (PEOPLE, "first_arm", "", "first arm is missing"),
    (PEOPLE, "second_arm", "EBEN", "Did you mean 'EBEM'?"),
    (PEOPLE, "second_arm", "ACT+ACT", "Unknown arm"),
    (PEOPLE, "response", "fair", "Unknown response class"),
    (PEOPLE, "first_probability", "1.2", "at most 1, not 1.2"),
    (PEOPLE, "first_probability", "0", "above 0"),
    (PEOPLE, "bmi", "inf", "must be a number"),
    (VALUES, "week", "12.5", "whole number, not '12.5'"),
    (VALUES, "week", "twelve", "whole number"),
    (VALUES, "week", "", "The week is missing"),
    (VALUES, "measure", "pegg", "Did you mean 'peg'?"),
    (VALUES, "measure", "", "The measure is missing"),
    (VALUES, "value", "6,3", "must be a number, not '6,3'"),
    (VALUES, "id", "nobody", "unknown person: 'nobody'"),
    (VALUES, "id", "", "The id is missing"),
    (DEEP, "TSP", "high", "must be a number, not 'high'"),
    (DEEP, "id", "nobody", "Unknown person: 'nobody'"),
]


@pytest.mark.parametrize(("file", "column", "value", "message"), WRONG_CELLS)
def test_a_wrong_cell_is_one_error_at_its_place(tables, file, column, value, message):
    found = new_problems(tables, lambda: tables.set(file, 5, column, value))
    problem = the_only([p for p in found if p.severity == "error"])
    assert (problem.file, problem.row, problem.column) == (file, 5, column)
    assert message in problem.message


@pytest.mark.parametrize(
    ("measure", "value", "span"),
    [
        ("peg", "11", "from 0 to 10"),
        ("peg", "-1", "from 0 to 10"),
        ("pgic", "0", "a whole number from 1 to 7"),
        ("pgic", "2.5", "a whole number from 1 to 7"),
        ("pain_interference", "38", "from 40 to 77"),
        ("physical_function", "61", "from 20 to 60"),
        ("anxiety", "99", "from 40 to 82"),
        ("opioid_use", "2", "from 0 to 1"),
        ("opioid_use", "0.5", "a whole number from 0 to 1"),
        ("sleep_duration", "15", "from 0 to 14"),
    ],
)
def test_a_value_outside_its_instrument(tables, measure, value, span):
    line = tables.find(VALUES, measure=measure, week="12")
    found = new_problems(tables, lambda: tables.set(VALUES, line, "value", value))
    problem = the_only([p for p in found if p.severity == "error"])
    assert (problem.file, problem.row, problem.column) == (VALUES, line, "value")
    assert measure in problem.message
    assert span in problem.message


def test_burden_measures_are_known_codes(tables):
    tables.append(VALUES, id=tables.cell(PEOPLE, 2, "id"), week="24", measure="adverse_event", value="1")
    assert tables.problems(severity="error") == []
    assert validate(tables.path).measures[-1] == "adverse_event"


@pytest.mark.parametrize(
    ("column", "value"), [("bmi", "80"), ("bmi", "11.9"), ("age", "101"), ("pcs6", "25"), ("expectation", "-1")]
)
def test_an_implausible_covariate_is_a_warning_and_missing(tables, column, value):
    found = new_problems(tables, lambda: tables.set(PEOPLE, 3, column, value))
    problem = the_only(found)
    assert (problem.severity, problem.file, problem.row, problem.column) == ("warning", PEOPLE, 3, column)
    assert "taken as missing" in problem.message
    assert pd.isna(load_trial(tables.path).participants[column].iloc[1])


def test_a_peg_under_4_at_week_0_is_a_warning(tables):
    line = tables.find(VALUES, measure="peg", week="0")
    found = new_problems(tables, lambda: tables.set(VALUES, line, "value", "3.3"))
    problem = the_only([p for p in found if p.column == "value"])
    assert (problem.severity, problem.file, problem.row) == ("warning", VALUES, line)
    assert "entry criterion" in problem.message


@pytest.mark.parametrize("column", ["id", "first_arm", "second_arm"])
def test_a_missing_required_column_of_participants(tables, column):
    tables.rename(PEOPLE, column, "x" + column)
    problem = the_only(tables.problems(severity="error", file=PEOPLE))
    assert (problem.row, problem.column) == (None, column)
    assert f"is 'x{column}' meant" in problem.message
    assert validate(tables.path).trial is None


@pytest.mark.parametrize("column", ["id", "week", "measure", "value"])
def test_a_missing_required_column_of_assessments(tables, column):
    tables.rename(VALUES, column, "zzz")
    problem = the_only(tables.problems(severity="error"))
    assert (problem.file, problem.row, problem.column) == (VALUES, None, column)


def test_deep_without_ids(tables):
    tables.rename(DEEP, "id", "who")
    assert the_only(tables.problems(severity="error")).column == "id"


@pytest.mark.parametrize("file", [PEOPLE, VALUES])
def test_a_missing_table(tables, file):
    (tables.path / file).rename(tables.path / file.replace("s.", "."))
    problem = the_only(tables.problems(severity="error"))
    assert (problem.file, problem.row) == (file, None)
    assert f"Did you mean '{file.replace('s.', '.')}'" in problem.message


def test_both_formats_of_a_table(tables, trial):
    trial.participants.reset_index().to_parquet(tables.path / "participants.parquet")
    assert "keep one" in the_only(tables.problems(severity="error")).message


def test_an_empty_folder_a_missing_one_and_a_file(tmp_path):
    assert {p.file for p in validate(tmp_path).problems if p.severity == "error"} == {PEOPLE, VALUES}
    assert "does not exist" in the_only(validate(tmp_path / "none").problems).message
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is a file, not a data folder"):
        load_trial(tmp_path / "file")
    with pytest.raises(DataError, match="does not exist"):
        load_trial(str(tmp_path / "none"))


def test_an_unknown_optional_column_is_kept_with_a_warning(tables):
    def damage():
        tables.column(PEOPLE, "clinic", lambda n, row: "north" if n % 2 else "south")
        tables.column(PEOPLE, "grip", lambda n, row: str(n / 4))
        tables.column(VALUES, "comment", lambda n, row: "x")

    found = {p.column: p for p in new_problems(tables, damage)}
    assert {(p.severity, p.row) for p in found.values()} == {("warning", None)}
    assert "kept as a category" in found["clinic"].message
    assert "kept as a number" in found["grip"].message
    assert "ignored" in found["comment"].message
    people = load_trial(tables.path).participants
    assert people["grip"].iloc[:2].tolist() == [0.5, 0.75]
    assert people["clinic"].dtype == "str"


def test_a_misspelt_optional_column_is_suggested(tables):
    tables.rename(PEOPLE, "contraindicated_dul", "contraindicated_dull")
    problem = the_only(tables.problems(column="contraindicated_dull"))
    assert problem.severity == "warning"
    assert "Did you mean 'contraindicated_dul'?" in problem.message


def test_duplicate_and_missing_ids(tables):
    tables.set(PEOPLE, 7, "id", tables.cell(PEOPLE, 4, "id"))
    tables.set(PEOPLE, 9, "id", "")
    errors = tables.problems(severity="error", file=PEOPLE)
    assert [(p.row, p.column) for p in errors] == [(7, "id"), (9, "id")]
    assert "Duplicate id" in errors[0].message


def test_a_duplicate_assessment(tables):
    header, *rows = tables.rows(VALUES)
    tables.put(VALUES, [header, *rows, rows[10]])
    problem = the_only(tables.problems(severity="error"))
    assert (problem.file, problem.row, problem.column) == (VALUES, len(rows) + 2, "id")
    assert "Duplicate assessment" in problem.message


def test_a_duplicate_marker_row(tables):
    header, *rows = tables.rows(DEEP)
    tables.put(DEEP, [header, *rows, rows[0]])
    assert the_only(tables.problems(severity="error")).row == len(rows) + 2


def test_a_week_without_schedule_is_ignored_with_a_warning(tables):
    who = tables.cell(PEOPLE, 2, "id")
    line = tables.append(VALUES, id=who, week="7", measure="peg", value="5")
    tables.append(VALUES, id=tables.cell(PEOPLE, 3, "id"), week="7", measure="peg", value="5")
    tables.append(VALUES, id=who, week="0", measure="pgic", value="4")
    found = tables.problems(column="week")
    assert [(p.severity, p.row) for p in found] == [("warning", line), ("warning", line + 2)]
    assert "2 values are ignored" in found[0].message
    assert not (load_trial(tables.path).assessments["week"] == 7).any()


def assigned(tables, first, response, second, **flags):
    """Put a sequence into line 2 and give the findings about it."""
    cells = {"first_arm": first, "response": response, "second_arm": second, "stopped_for_harm": "false", **flags}
    for arm in ("esc", "act", "ebem", "dul"):
        cells.setdefault(f"contraindicated_{arm}", "false")
    for name, value in cells.items():
        tables.set(PEOPLE, 2, name, value)
    return tables.problems(file=PEOPLE, row=2, severity="error")


def test_a_contraindicated_first_arm(tables):
    problem = the_only(assigned(tables, "DUL", "", "", contraindicated_dul="true"))
    assert problem.column == "first_arm"
    assert "contraindicated" in problem.message


def test_a_contraindicated_second_arm(tables):
    problem = the_only(assigned(tables, "ACT", "good", "ACT+DUL", contraindicated_dul="yes"))
    assert problem.column == "second_arm"
    assert "DUL is contraindicated" in problem.message


@pytest.mark.parametrize(
    ("first", "response", "second"),
    [
        ("ACT", "excellent", "ACT+DUL"),
        ("ACT", "good", "ACT"),
        ("ACT", "good", "DUL"),
        ("ACT", "poor", "ACT+DUL"),
        ("ACT", "poor", "ESC"),
        ("ESC", "poor", "DUL"),
        ("DUL", "medium", "ACT+EBEM"),
    ],
)
def test_a_second_arm_that_the_design_does_not_offer(tables, first, response, second):
    problem = the_only(assigned(tables, first, response, second))
    assert problem.column == "second_arm"
    assert f"with {response} response" in problem.message


def test_a_second_arm_with_a_treatment_stopped_for_harm(tables):
    problem = the_only(assigned(tables, "DUL", "medium", "ACT+DUL", stopped_for_harm="true"))
    assert "stopped because of harm" in problem.message


def test_without_a_recorded_class_the_rule_decides(tables):
    who = tables.cell(PEOPLE, 2, "id")
    rows = [r for r in tables.rows(VALUES) if not (r[0] == who and r[1] == "12" and r[2] in ("peg", "pgic"))]
    tables.put(VALUES, [*rows, [who, "12", "pgic", "1"], [who, "12", "peg", "1"]])
    assert assigned(tables, "ACT", "", "ACT") == []
    problem = the_only(assigned(tables, "ACT", "", "ACT+DUL"))
    assert "class by the data set's rule" in problem.message


def test_without_any_class_what_some_class_permits_is_right(tables):
    who = tables.cell(PEOPLE, 2, "id")
    rows = [r for r in tables.rows(VALUES) if not (r[0] == who and r[1] == "12" and r[2] == "pgic")]
    tables.put(VALUES, rows)
    assert assigned(tables, "ACT", "", "ACT+DUL") == []
    problem = the_only(assigned(tables, "ESC", "", "DUL"))
    assert "after ESC with any response" in problem.message


def test_treatments_of_an_arm_may_come_in_any_order(tables):
    assert assigned(tables, "ACT", "good", "DUL + ACT") == []
    assert load_trial(tables.path).participants["second_arm"].iloc[0] == "ACT+DUL"


def test_a_class_that_differs_from_the_rule(tables):
    who = tables.cell(PEOPLE, 2, "id")
    rows = [r for r in tables.rows(VALUES) if not (r[0] == who and r[1] == "12" and r[2] == "pgic")]
    tables.put(VALUES, [*rows, [who, "12", "pgic", "7"]])
    assigned(tables, "ACT", "good", "ACT+DUL")
    problem = the_only(tables.problems(file=PEOPLE, row=2, column="response"))
    assert problem.severity == "warning"
    assert "good differs from poor" in problem.message
    assert load_trial(tables.path).response.iloc[0] == "good"


def test_the_rule_of_the_data_set_is_used(tables):
    info = json.loads((tables.path / "dataset.json").read_text())
    before = len(tables.problems(column="response"))
    info["response_rule"] |= {"medium_pgic": 6}
    (tables.path / "dataset.json").write_text(json.dumps(info))
    assert len(tables.problems(column="response")) != before
    assert load_trial(tables.path).info.response_rule.medium_pgic == 6


def test_fewer_than_ten_people_in_an_arm(tables):
    for line, row in enumerate(tables.rows(PEOPLE)[1:], 2):
        if "DUL" in row[tables.rows(PEOPLE)[0].index("first_arm")]:
            tables.set(PEOPLE, line, "first_arm", "")
    problem = next(p for p in tables.problems(column="first_arm", severity="warning") if "DUL" in p.message)
    assert (problem.file, problem.row) == (PEOPLE, None)
    assert "Fewer than 10 people in first arm DUL: 0" in problem.message
    assert tables.problems(column="second_arm", row=None, severity="warning")


def test_missing_visits(tables):
    rows = tables.rows(VALUES)
    tables.put(VALUES, [r for r in rows if not (r[2] == "peg" and r[1] == "36") and r[2] != "anxiety"])
    found = {p.message.split(":")[0] + p.message.split(" ")[-1]: p for p in tables.problems(column="measure")}
    assert all((p.severity, p.row, p.file) == ("warning", None, VALUES) for p in found.values())
    messages = [p.message for p in found.values()]
    assert any("peg is missing" in m and "week 36: 60" in m for m in messages)
    assert "There is no value of anxiety at any week." in messages


def test_all_outcomes_missing(tables):
    rows = tables.rows(VALUES)
    tables.put(VALUES, [rows[0], *(r for r in rows if r[1] == "0")])
    problem = the_only(tables.problems(severity="error"))
    assert (problem.file, problem.row) == (VALUES, None)
    assert "all outcomes are missing" in problem.message


def test_no_participants(tables):
    tables.put(PEOPLE, tables.rows(PEOPLE)[:1])
    tables.put(VALUES, tables.rows(VALUES)[:1])
    (tables.path / DEEP).unlink()
    assert any("no rows" in p.message for p in tables.problems(severity="error", file=PEOPLE))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"id,week\0", "null bytes"),
        ("id,week,measure,value\nJos\xe9,0,peg,5\n".encode("cp1252"), "not UTF-8 (byte 0xe9)"),
        (b'id,week,measure,value\n"a,0,peg,5\n', "not valid CSV"),
        (b"id;week;measure;value\na;0;peg;5\n", "not separated by commas"),
        (b"id,week,week,value\na,0,0,5\n", "there twice"),
    ],
)
def test_an_unreadable_file(tables, content, message):
    (tables.path / VALUES).write_bytes(content)
    problem = tables.problems(severity="error")[0]
    assert problem.file == VALUES
    assert message in problem.message
    with pytest.raises(DataError) as error:
        load_trial(tables.path)
    assert problem in error.value.problems


def test_a_folder_in_place_of_a_file(tables):
    (tables.path / VALUES).unlink()
    (tables.path / VALUES).mkdir()
    assert "cannot be opened" in the_only(tables.problems(severity="error")).message


def test_a_damaged_parquet_file(tables):
    (tables.path / VALUES).unlink()
    (tables.path / "assessments.parquet").write_bytes(b"PAR1 not really")
    problem = the_only(tables.problems(severity="error"))
    assert problem.file == "assessments.parquet"
    assert "Parquet" in problem.message


def test_a_truncated_file(tables):
    path = tables.path / VALUES
    path.write_bytes(path.read_bytes().rpartition(b",")[0])
    problem = the_only(tables.problems(severity="error"))
    assert (problem.row, problem.file) == (len(tables.rows(VALUES)), VALUES)
    assert "cut off" in problem.message


def test_a_ragged_row_and_lines_counted_as_in_the_file(tables):
    text = (tables.path / VALUES).read_text().splitlines()
    text[3:3] = ["", '"B\nx",0,peg,5']  # a blank line, and a cell over two lines
    text[7] += ",extra"
    (tables.path / VALUES).write_text("\n".join(text))
    ragged, unknown = sorted(tables.problems(severity="error"), key=lambda p: -p.row)
    assert (unknown.row, unknown.column) == (5, "id")
    assert (ragged.row, "fields" in ragged.message) == (9, True)


def test_a_byte_order_mark_blanks_and_words_for_missing_are_fine(tables):
    text = (tables.path / PEOPLE).read_text()
    (tables.path / PEOPLE).write_bytes(b"\xef\xbb\xbf" + text.replace(",female,", ", female ,").encode())
    tables_ok = tables.problems(severity="error")
    assert tables_ok == []
    tables.set(PEOPLE, 2, "bmi", "NA")
    assert pd.isna(load_trial(tables.path).participants["bmi"].iloc[0])


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        ("{", None, "not valid JSON"),
        ("[]", None, "one JSON object"),
        ('{"name": 5}', "name", "must be text"),
        ('{"simulated": "yes"}', "simulated", "true or false"),
        ('{"response_rule": {"good_pgic": 9}}', "response_rule", "PGIC cut-offs"),
        ('{"response_rule": {"god_pgic": 2}}', "response_rule", "Did you mean 'good_pgic'?"),
        ('{"response_rule": {"good_pgic": "2"}}', "response_rule", "must be a number"),
        ('{"response_rule": {"good_pgic": 2.5}}', "response_rule", "whole number"),
        ('{"response_rule": []}', "response_rule", "must be an object"),
    ],
)
def test_a_faulty_description(tables, content, column, message):
    (tables.path / "dataset.json").write_text(content)
    problem = the_only(tables.problems(severity="error"))
    assert (problem.file, problem.column) == ("dataset.json", column)
    assert message in problem.message


def test_no_description_is_a_warning(tables):
    (tables.path / "dataset.json").unlink()
    assert the_only(tables.problems(file="dataset.json")).severity == "warning"
    assert load_trial(tables.path).info.name == "tables"


def test_the_message_of_load_trial_counts_and_names_the_first(tables):
    tables.set(PEOPLE, 3, "age", "12")
    tables.set(PEOPLE, 4, "age", "13")
    with pytest.raises(DataError, match=r"2 errors; run validate.*participants\.csv, row 3, column age: Age 12"):
        load_trial(tables.path)


def test_parquet_tables_of_other_types(tables, trial):
    people = trial.participants.reset_index()
    people["sex"] = people["sex"].astype("category")
    people["age"] = people["age"].astype("float32")
    (tables.path / PEOPLE).unlink()
    people.to_parquet(tables.path / "participants.parquet")
    assert tables.problems(severity="error") == []
    people["tags"] = [["a"]] * len(people)
    people.loc[3, "pcs6"] = 8.5
    people.to_parquet(tables.path / "participants.parquet")
    errors = tables.problems(severity="error")
    assert [(p.row, p.column) for p in errors] == [(None, "tags"), (5, "pcs6")]
