"""The consortium's format: scoring by hand, its own rules, one person out of a folder."""

import csv

import pandas as pd
import pytest

from bestviz.data import list_people, load_trial, read_person, validate, write_trial
from bestviz.data.bacpac import MemoryFolder
from bestviz.data.bacpac.promis import RECALLED, T_SCORES
from bestviz.data.bacpac.records import hours_of
from bestviz.errors import DataError
from bestviz.trial import MEASURES

QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"  # byte 0x92 in Windows-1252
DM = [
    ("USUBJID", "AGE", "SEX", "RACE", "ETHNIC"),
    ("BEST-07-001", "58", "Unknown", "Not reported", "Not Hispanic or Latino"),
    ("BEST-08-002", "90+", "Female", "Black or African American", "Unknown"),
]
SC = [
    ("USUBJID", "SCTESTCD", "SCORRES", "SCORRESU", "SCSTRESC", "SCSTRESN", "SCSTRESU"),
    ("BEST-07-001", "HEIGHT", "70", "IN", "177.8", "177.8", "CM"),
    ("BEST-07-001", "WEIGHT", "220.2", "LB", "484.4", "484.4", "KG"),
    (
        "BEST-07-001",
        "EDLEVEL",
        "",
        "",
        "Associate\N{RIGHT SINGLE QUOTATION MARK}s or technical degree complete",
        ".",
        "",
    ),
    ("BEST-07-001", "EMPSTAT", "", "", "Part-time employment", ".", ""),
    ("BEST-07-001", "BPSURG", "", "", "Yes, more than one operation", ".", ""),
    ("BEST-08-002", "HEIGHT", "150", "CM", "150", "150", "CM"),
    ("BEST-08-002", "WEIGHT", "190", "KG", "190", "190", "KG"),
    ("BEST-08-002", "BPSURG", "", "", "No", ".", ""),
    ("BEST-08-002", "EMPSTAT", "", "", "Astronaut", ".", ""),
]
ONE, TWO = DM[1][0], DM[2][0]
QS = [
    ("USUBJID", "QSTESTCD", "QSSTRESC", "QSSTRESN", "VISITNUM"),
    *((ONE, f"PEG{n}", str(v), f"{v}.0000", "0") for n, v in ((1, 10), (2, 2), (3, 1))),
    (ONE, "PEGSCORE", "4.3", "4.3333", "0"),
    (TWO, "PEGSCORE", "5.3", "5.3", "0"),
    *((ONE, f"EDANX{n}", "", v, "0") for n, v in (("01", "2"), ("40", "4"), ("41", "5"), ("53", "1"))),
    (ONE, "PRANX4AR", "12.0", "12.0", "0"),
    (ONE, "PRANX4AT", "63.4", "63.4", "0"),
    *((TWO, f"EDANX{n}", "Rarely", ".", "0") for n in ("01", "40", "41", "53")),
    (TWO, "PRDEP4AR", "10", "10", "0"),
    (TWO, "PRPI4AT", "55.6", "55.6", "0"),
    *((TWO, code, "5", "5", "0") for code in ("PFA11", "PFA21", "PFA23", "PFA53", "PFC12", "PFB1")),
    *((ONE, f"PCS{n}", "", v, "0") for n, v in ((4, "4"), (5, "3"), (6, "0"), (10, "1"), (11, "2"), (13, "4"))),
    *((ONE, f"PHQ0{n}", "", v, "0") for n, v in ((1, "3"), (2, "1"))),
    (TWO, "GAD2RAW", "5", "5", "0"),
    *((ONE, f"PNAREA{n}", "", "1" if n in (2, 5, 7) else "0", "0") for n in range(1, 8)),
    (ONE, "PSOM1", "Bothered a lot", "3", "0"),
    (ONE, "PSOM2", "Bothered a little", "2", "0"),
    (ONE, "LBPDF01", "More than 5 years", "5", "0"),
    (ONE, "LBPDF02", "Less than half the days", "3", "0"),
    (ONE, "TAPS1Q1", "Weekly", "1", "0"),
    (ONE, "RADLBP1", "Not sure", "99", "0"),
    (ONE, "RADLBP2", "Yes", "1", "0"),
    (TWO, "RADLBP1", "Yes", "1", "0"),
    (TWO, "RADLBP2", "Not sure", "99", "0"),
    (ONE, "OPIOID01", "Not sure", "99.0000", "0"),
    (TWO, "OPIOID01", "Yes", "1.0000", "0"),
    (ONE, "PSQI4", "PT6H30M", "6.5000", "0"),
    (TWO, "PSQI4", "PT4H60M", ".", "0"),
    (ONE, "PGIC1", "", ".", "0"),
    (ONE, "PGIC1", "Minimally improved", "3", "12"),
    (ONE, "LBPPINT1", "Worst pain imaginable", "10.0000", "12"),
    (ONE, "TAPS1Q2", "Never", "4", "0"),
]
FT = [
    ("USUBJID", "FTTESTCD", "FTPOS", "FTLOC", "FTLAT", "FTSTRESC", "FTSTRESN", "FTREPNUM", "VISITNUM"),
    (ONE, "PPTTEST", "Prone", "Lower Back", "", "3", "3", "1", "0"),
    (ONE, "PPTTEST", "Prone", "Lower Back", "", "4", "4", "2", "0"),
    (ONE, "PPTTEST", "Prone", "Lower Back", "", "", ".", "3", "0"),
    (ONE, "PPTTEST", "Prone", "Trapezius", "", "5", "5", "1", "0"),
    (ONE, "GRNPAIN", "", "", "Left", "Yes", ".", ".", "0"),
    (ONE, "GRNPAIN", "", "", "Right", "No", ".", ".", "0"),
    (ONE, "BABINSKI", "", "", "Left", "Upgoing (abnormal)", "2", ".", "0"),
    (ONE, "LBPSIDE", "", "", "", "Left", ".", ".", "0"),
    (ONE, "WALK4M", "", "", "", "9", "9", "1", "12"),
]
BASE = {"DM.csv": DM, "SC.csv": SC, "QSMD.csv": QS, "FT.csv": FT}


@pytest.fixture
def small(tmp_path):
    """A BACPAC folder of two people, written by hand; call it with changed tables."""

    def write(encoding="utf-8", **changed):
        for name, rows in (BASE | {f"{key}.csv": rows for key, rows in changed.items()}).items():
            with open(tmp_path / name, "w", encoding=encoding, newline="") as file:
                csv.writer(file).writerows(rows)
        return tmp_path

    return write


def changed(table, line, **cells):
    """The table with other cells in one line of the file."""
    rows = [list(row) for row in table]
    for name, value in cells.items():
        rows[line - 1][table[0].index(name)] = value
    return rows


def line_of(table, *start):
    return next(n for n, row in enumerate(table, 1) if tuple(row[: len(start)]) == start)


def errors(folder):
    return [p for p in validate(folder).problems if p.severity == "error"]


def test_answers_by_hand(small):
    trial = load_trial(small())
    assert trial.values("peg", 0).tolist() == [13 / 3, 5.3]  # mean of the items; else as recorded
    assert trial.values("anxiety", 0).tolist() == [63.4, 55.8]  # T of raw 12; four times "Rarely" = raw 8
    assert trial.values("depression", 0)[TWO] == 58.9  # raw 10 without items
    assert trial.values("pain_interference", 0)[TWO] == 55.6  # T alone
    assert pd.isna(trial.values("physical_function", 0)[TWO])  # raw 30: no T at hand
    assert trial.values("sleep_duration", 0).tolist() == [6.5, 5.0]
    assert pd.isna(trial.values("opioid_use", 0)[ONE])
    assert trial.values("opioid_use", 0)[TWO] == 1
    assert trial.values("pgic", 12)[ONE] == 3
    assert trial.values("pain_intensity", 12)[ONE] == 10
    one, two = trial.participants.loc[ONE], trial.participants.loc[TWO]
    scores = {"pcs6": 14, "phq2": 4, "widespread_areas": 3, "somatic": 5}
    assert one[list(scores)].to_dict() == scores
    words = {
        "site": "07", "age": 58, "ethnicity": "not_hispanic", "education": "some_college", "employment": "working",
        "back_surgery": True, "pain_duration": "over_5_years", "pain_frequency": "less_than_half", "tobacco": "weekly",
        "radicular": "below_knee",
    }  # fmt: skip
    assert one[list(words)].to_dict() == words
    assert one[["sex", "race"]].isna().all()
    assert two[["sex", "race", "age", "gad2", "back_surgery"]].tolist() == ["female", "black", 90, 5, False]
    assert two[["radicular", "ethnicity"]].isna().all()
    assert "antidepressant" not in trial.participants


def test_height_and_weight_with_their_units(small):
    trial = load_trial(small())
    assert trial.participants["bmi"][ONE] == round(220.2 * 0.45359237 / 1.778**2, 2)
    assert pd.isna(trial.participants["bmi"][TWO])  # 84.4: implausible
    units = next(p for p in trial.problems if "units" in p.message)
    assert (units.file, units.row, units.column) == ("SC.csv", 3, "SCSTRESN")
    assert "220.2 LB is 99.9" in units.message
    implausible = next(p for p in trial.problems if "implausible" in p.message)
    assert (implausible.file, implausible.row) == ("SC.csv", 8)


def test_warnings_of_the_format(small):
    found = {(p.file, p.row): p.message for p in load_trial(small()).problems}
    assert "no T-score at hand" in found["QSMD.csv", line_of(QS, TWO, "PFA11")]
    assert "'Astronaut' is not in the codelist" in found["SC.csv", line_of(SC, TWO, "EMPSTAT")]
    assert "no model can be fitted" in found["assignments.csv", None]
    assert "LBPSIDE" in found["FT.csv", None]


def test_markers(small):
    deep = load_trial(small()).deep
    assert deep.loc[ONE].to_dict() == {
        "PPTTEST_lower_back": 3.5,
        "PPTTEST_trapezius": 5,
        "GRNPAIN_left": 1,
        "GRNPAIN_right": 0,
        "BABINSKI_left": 2,
    }


@pytest.mark.parametrize(
    ("test", "cells", "message"),
    [
        ((ONE, "PEGSCORE"), {"QSSTRESN": "5.3333"}, "contradicts its items, which give 4.33333"),
        ((ONE, "PRANX4AR"), {"QSSTRESN": "13"}, "contradicts its items, which give 12"),
        ((ONE, "PRANX4AT"), {"QSSTRESN": "65.3"}, "contradicts its raw sum 12, which gives 63.4"),
        ((ONE, "PEG1"), {"QSSTRESN": "11"}, "PEG1 of 11 is outside its instrument"),
        ((ONE, "PCS4"), {"QSSTRESN": "2.5"}, "PCS4 of 2.5 is outside"),
        ((TWO, "PRDEP4AR"), {"QSSTRESN": "21"}, "PRDEP4AR of 21 is outside"),
        ((TWO, "PRPI4AT"), {"QSSTRESN": "80"}, "pain_interference of 80 is outside"),
        ((ONE, "LBPDF01"), {"QSSTRESN": "6"}, "LBPDF01 of 6 is outside"),
        ((ONE, "RADLBP2"), {"QSSTRESN": "3"}, "must be 0, 1 or 99"),
        ((ONE, "PSOM1"), {"QSSTRESN": "much"}, "must be a number, not 'much'"),
        ((ONE, "LBPPINT1"), {"QSSTRESN": "11"}, "pain_intensity of 11 is outside"),
        ((TWO, "PSQI4"), {"QSSTRESC": "6 hours"}, "write PT6H30M"),
        ((ONE, "PSOM2"), {"QSTESTCD": "PSOM1"}, "Duplicate record of 'PSOM1'"),
        ((ONE, "PSOM2"), {"VISITNUM": "first"}, "visit number must be a number"),
        ((ONE, "PEG1"), {"USUBJID": "BEST-09-009"}, "'BEST-09-009' is not in DM (1 records)"),
    ],
)
def test_a_wrong_record_is_an_error_at_its_line(small, test, cells, message):
    line = line_of(QS, *test)
    found = errors(small(QSMD=changed(QS, line, **cells)))
    assert [(p.file, p.row) for p in found] == [("QSMD.csv", line)], [str(p) for p in found]
    assert message in found[0].message


def test_rounded_derived_records_are_fine(small):
    line = line_of(QS, ONE, "PEGSCORE")
    assert errors(small(QSMD=changed(QS, line, QSSTRESN="4.3"))) == []


def test_impressions_numbered_from_0_follow_their_words(small):
    line = line_of(QS, ONE, "PGIC1", "Minimally improved")
    trial = load_trial(small(QSMD=changed(QS, line, QSSTRESN="2")))
    assert trial.values("pgic", 12)[ONE] == 3
    assert any("numbered from 0" in p.message for p in trial.problems)
    found = errors(small(QSMD=changed(QS, line, QSSTRESN="6")))
    assert "contradicts its words 'Minimally improved'" in found[0].message
    found = errors(small(QSMD=changed(QS, line, QSSTRESN="0", QSSTRESC="")))
    assert "pgic of 0 is outside its instrument" in found[0].message


def test_a_duration_and_hours_that_differ(small):
    trial = load_trial(small(QSMD=changed(QS, line_of(QS, ONE, "PSQI4"), QSSTRESN="390")))
    assert trial.values("sleep_duration", 0)[ONE] == 6.5
    assert any("contradict each other" in p.message and p.column == "QSSTRESC" for p in trial.problems)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("PT6H30M", 6.5), ("PT7H", 7), ("PT45M", 0.75), ("PT4H60M", 5), ("P0DT8H", 8), ("PT6.25H", 6.25), ("P1D", 24),
        ("PT6,5H", 6.5), ("PT3600S", 1), ("PT", None), ("P", None), ("6:30", None), ("", None), ("PT6H30", None),
    ],
)  # fmt: skip
def test_durations(text, hours):
    assert hours_of(text) == hours


@pytest.mark.parametrize(
    ("table", "line", "cells", "place", "message"),
    [
        ("DM", 2, {"AGE": "17"}, ("error", "DM.csv", 2, "AGE"), "under 18"),
        ("DM", 2, {"AGE": "x"}, ("error", "DM.csv", 2, "AGE"), "must be a number"),
        ("DM", 3, {"USUBJID": ONE}, ("error", "DM.csv", 3, "USUBJID"), "Duplicate id"),
        ("DM", 2, {"SEX": "Femal"}, ("warning", "DM.csv", 2, "SEX"), "not in the codelist"),
        ("SC", 2, {"SCORRES": "tall"}, ("error", "SC.csv", 2, "SCORRES"), "must be a number"),
        ("SC", 3, {"SCTESTCD": "HEIGHT"}, ("error", "SC.csv", 3, "SCTESTCD"), "Duplicate record"),
        ("FT", 2, {"FTSTRESN": "x"}, ("error", "FT.csv", 2, "FTSTRESN"), "must be a number"),
        ("FT", 2, {"USUBJID": "x"}, ("error", "FT.csv", 2, "USUBJID"), "is not in DM"),
    ],
)
def test_other_tables(small, table, line, cells, place, message):
    rows = {"DM": DM, "SC": SC, "FT": FT}[table]
    problems = validate(small(**{table: changed(rows, line, **cells)})).problems
    found = [p for p in problems if (p.severity, p.file, p.row, p.column) == place]
    assert found, [str(p) for p in problems]
    assert message in found[0].message


@pytest.mark.parametrize(
    ("table", "column"),
    [("DM", "USUBJID"), ("QSMD", "QSTESTCD"), ("QSMD", "VISITNUM"), ("SC", "SCTESTCD"), ("FT", "FTSTRESN")],
)
def test_a_missing_required_column(small, table, column):
    rows = BASE[f"{table}.csv"]
    header = [name + "X" if name == column else name for name in rows[0]]
    found = [p for p in errors(small(**{table: [header, *rows[1:]]})) if p.file == f"{table}.csv"]
    assert [(p.row, p.column) for p in found] == [(None, column)]
    assert f"is '{column}X' meant" in found[0].message


def test_windows_1252_is_read_with_a_warning(small):
    trial = load_trial(small(encoding="cp1252"))
    warning = next(p for p in trial.problems if "Windows-1252" in p.message)
    assert (warning.file, warning.row) == ("SC.csv", 4)
    assert trial.participants["education"][ONE] == "some_college"


def test_bytes_that_are_neither_are_refused(small):
    folder = small()
    (folder / "SC.csv").write_bytes((folder / "SC.csv").read_bytes() + b"\x81\x8d\n")
    found = errors(folder)
    assert (found[0].file, "not Windows-1252 either" in found[0].message) == ("SC.csv", True)


def test_a_byte_order_mark_lower_case_names_and_qs(small):
    folder = small(encoding="utf-8-sig")
    (folder / "QSMD.csv").rename(folder / "qs.csv")
    assert errors(folder) == []
    (folder / "QSMD.csv").write_text("x")
    assert "keep one" in errors(folder)[0].message


def test_missing_tables(small):
    folder = small()
    for name in ("SC.csv", "FT.csv"):
        (folder / name).unlink()
    assert errors(folder) == []
    assert any("SC is missing" in p.message for p in validate(folder).problems)
    (folder / "QSMD.csv").unlink()
    assert "QSMD or QS is missing" in errors(folder)[0].message
    (folder / "QSDM.csv").write_text("x")
    assert "Did you mean 'QSDM.csv'?" in errors(folder)[0].message


def test_assignments_win_and_leave_out_who_is_not_randomised(small):
    rows = [("USUBJID", "first_arm", "second_arm", "age", "expectation"), (ONE, "ACT", "DUL+ACT", "59.5", "7")]
    trial = load_trial(small(assignments=rows))
    assert trial.participants.index.tolist() == [ONE]
    assert trial.participants[["second_arm", "age", "expectation"]].iloc[0].tolist() == ["ACT+DUL", 59.5, 7]
    assert any("1 people of DM have no assignment" in p.message for p in trial.problems)
    found = errors(small(assignments=[*rows, ("BEST-00-000", "ACT", "", "", "")]))
    assert [(p.file, p.row, p.column) for p in found] == [("assignments.csv", 3, "USUBJID")]
    found = errors(small(assignments=[("USUBJID", "first_arm"), (ONE, "ATC")]))
    assert {(p.row, p.column) for p in found} == {(None, "second_arm"), (2, "first_arm")}


def test_damage_to_a_written_trial(bacpac):
    assert errors(bacpac.path) == []
    line = bacpac.find("QSMD.csv", QSTESTCD="PEGSCORE")
    bacpac.set("QSMD.csv", line, "QSSTRESN", "0.5")
    assert (bacpac.problems(severity="error")[0].row, len(bacpac.problems(severity="error"))) == (line, 1)


def test_one_person(small):
    folder = small()
    assert list_people(folder) == [ONE, TWO]
    person = read_person(folder, ONE)
    assert person.participant["age"] == 58
    assert person.participant["back_surgery"] is True
    assert "first_arm" not in person.participant
    assert person.measures[0]["peg"] == 13 / 3
    assert person.measures[12] == {"pgic": 3.0, "pain_intensity": 10.0}
    assert person.deep["GRNPAIN_left"] == 1.0
    assert not any("Missing visits" in p.message or "BEST-08" in p.message for p in person.problems)
    assert read_person(folder, TWO).deep == {}


def test_one_person_with_another_ones_faults(small):
    folder = small(QSMD=changed(QS, line_of(QS, ONE, "PEG1"), QSSTRESN="11"))
    assert read_person(folder, TWO).measures[0]["peg"] == 5.3
    with pytest.raises(DataError, match="PEG1 of 11"):
        read_person(folder, ONE)


def test_one_person_that_is_not_there(small, tmp_path_factory):
    folder = small()
    with pytest.raises(DataError, match="no person 'x'"):
        read_person(folder, "x")
    with pytest.raises(DataError, match="not a BACPAC folder"):
        list_people(tmp_path_factory.mktemp("empty"))
    with pytest.raises(DataError, match="does not exist"):
        list_people(folder / "none")
    (folder / "DM.csv").write_text("")
    with pytest.raises(DataError, match="is empty"):
        list_people(folder)
    (folder / "DM.csv").unlink()
    with pytest.raises(DataError, match="no DM table"):
        list_people(folder)


def test_scoring_tables_rise_and_fit_the_measures():
    for name, table in T_SCORES.items():
        raws, scores = zip(*sorted(table.items()), strict=True)
        assert list(scores) == sorted(scores)
        assert MEASURES[name].minimum <= scores[0] < scores[-1] <= MEASURES[name].maximum
        assert set(RECALLED.get(name, ())) <= set(raws)


@pytest.mark.parametrize("parquet", [False, True])
def test_a_folder_in_memory_reads_as_on_disk(trial, tmp_path, parquet):
    folder = write_trial(trial, tmp_path / "data", format="bacpac")
    if parquet:
        pd.read_csv(folder / "QSMD.csv", dtype=str).to_parquet(folder / "QSMD.parquet")
        (folder / "QSMD.csv").unlink()
    memory = MemoryFolder([(f"data/{path.name}", path.read_bytes()) for path in folder.iterdir()], "data")
    assert list_people(memory) == list_people(folder)
    for person in list_people(folder)[::20]:
        assert read_person(memory, person) == read_person(folder, person)


def test_a_folder_in_memory_has_each_name_once_and_no_hidden_files():
    files = [("a/DM.csv", b"USUBJID\nP1\n"), ("a/._DM.csv", b"\0")]
    assert list_people(MemoryFolder(files)) == ["P1"]
    with pytest.raises(DataError, match=r"two files called DM\.csv"):
        MemoryFolder([*files, ("b/DM.csv", b"")])
    with pytest.raises(DataError, match="'the files chosen' is not a BACPAC folder"):
        list_people(MemoryFolder([]))
