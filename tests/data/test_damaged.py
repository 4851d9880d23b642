"""Over 200 damaged data sets, each rule of both formats broken alone and several at once: named, never fitted."""

import csv
import io
import json
import random
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from click.testing import CliRunner

from bestviz.cli import main
from bestviz.data import validate, write_trial
from bestviz.trial import COLUMNS, MEASURES

PEOPLE, VALUES, DEEP, INFO = "participants.csv", "assessments.csv", "deep.csv", "dataset.json"
DM, QS, SC, FT, ARMS = "DM.csv", "QSMD.csv", "SC.csv", "FT.csv", "assignments.csv"
LINE = 3  # of the cell that is damaged


@dataclass(frozen=True)
class Damage:
    """One thing that is done to a data set, and what has to be said about it."""

    form: str
    file: str
    what: str
    do: object  # content of the file -> content; None removes the file
    said: str
    column: str | None = None
    row: int | None = None

    def __str__(self):
        return f"{self.form}: {self.file}: {self.what}"


# -- ways to damage a file --------------------------------------------------------------------------------------------


def rows_of(content):
    return [row for row in csv.reader(io.StringIO(content.decode(), newline="")) if row]


def text_of(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def cell(column, value, line=LINE):
    def do(content):
        rows = rows_of(content)
        rows[line - 1][rows[0].index(column)] = value
        return text_of(rows)

    return do


def cells(line=2, **values):
    def do(content):
        for column, value in values.items():
            content = cell(column, value, line)(content)
        return content

    return do


def without(column):
    return lambda content: text_of([["x" + c if c == column else c for c in row] for row in rows_of(content)])


def again(line=2):
    return lambda content: text_of([*rows_of(content), rows_of(content)[line - 1]])


def doubled(content):
    return text_of([[row[0], *row] for row in rows_of(content)])


def header_only(content):
    return content.splitlines(keepends=True)[0]


FILE_DAMAGES = {
    "empty": (lambda content: b"", "empty"),
    "blank lines only": (lambda content: b"\n \n\n", "empty"),
    "binary": (lambda content: bytes(range(256)) * 4, "null bytes"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), "null bytes"),
    "semicolons": (lambda content: content.replace(b",", b";"), "not separated by commas"),
    "tabs": (lambda content: content.replace(b",", b"\t"), "not separated by commas"),
    "column twice": (doubled, "is there twice"),
    "cut off": (lambda content: content.rstrip()[: content.rstrip().rindex(b",")], "cut off"),
    "quotation mark open": (lambda content: content + b'"open,1,2\n', "not valid CSV"),
    "long row": (lambda content: content + b"a,b,c,d,e,f,g,h," * 9 + b"\n", "fields where the header has"),
    "not UTF-8, not Windows-1252": (lambda content: content + b"J\x81,1\n", "not UTF-8"),
}
INFO_DAMAGES = {
    "{": "not valid JSON",
    "": "not valid JSON",
    "[]": "one JSON object",
    '"text"': "one JSON object",
    "null": "one JSON object",
    '{"name": 5}': "'name' must be text",
    '{"description": []}': "'description' must be text",
    '{"date": 2026}': "'date' must be text",
    '{"source": null}': "'source' must be text",
    '{"simulated": "yes"}': "true or false",
    '{"simulated": 1}': "true or false",
    '{"response_rule": []}': "must be an object",
    '{"response_rule": {"god_pgic": 2}}': "Did you mean 'good_pgic'?",
    '{"response_rule": {"good_pgic": "2"}}': "must be a number",
    '{"response_rule": {"good_pgic": true}}': "must be a number",
    '{"response_rule": {"good_pgic": 2.5}}': "whole number",
    '{"response_rule": {"good_pgic": 1e400}}': "whole number",
    '{"response_rule": {"good_pgic": 9}}': "PGIC cut-offs",
    '{"response_rule": {"excellent_pgic": 3}}': "PGIC cut-offs",
    '{"response_rule": {"excellent_fall": 0}}': "excellent_fall",
    '{"response_rule": {"excellent_fall": 50}}': "excellent_fall",
}


def column_damages(column):
    """Wrong cells of one column of the data dictionary, with what is said."""
    if column.kind == "boolean":
        yield "perhaps", "must be true or false, not 'perhaps'"
    if column.kind == "category":
        yield "zzz", "Unknown"
    if column.kind in ("number", "integer"):
        yield "many", "must be a number, not 'many'"
        yield "1e999", "must be a number"
    if column.kind == "integer":
        yield "2.5", "whole number, not '2.5'"
    if column.name == "age":
        yield "17", "under 18"
        yield "-40", "under 18"
    if column.name.endswith("_probability"):
        yield "0", "above 0"
        yield "1.2", "at most 1"


def in_people(form, file):
    for column in COLUMNS.values():
        for value, said in column_damages(column):
            yield Damage(form, file, f"{column.name} {value}", cell(column.name, value), said, column.name, LINE)


def in_files(form, files, some=tuple(FILE_DAMAGES)):
    for file in files:
        for what, (do, said) in ((what, FILE_DAMAGES[what]) for what in some):
            if not (file == "deep.csv" and what == "tabs"):
                yield Damage(form, file, what, do, said)


def in_values():
    for measure in MEASURES.values():
        name = measure.code
        for value in (measure.minimum - 1, measure.maximum + 1):
            broken = cells(measure=name, week=str(measure.weeks[-1]), value=str(value))
            yield Damage("tables", VALUES, f"{name} {value:g}", broken, "outside its instrument", "value", 2)
        broken = cells(measure=name, week=str(measure.weeks[-1]), value="high")
        yield Damage("tables", VALUES, f"{name} in words", broken, "must be a number, not 'high'", "value", 2)
        if measure.binary or measure.role == "response":
            broken = cells(measure=name, week=str(measure.weeks[-1]), value="1.5")
            yield Damage("tables", VALUES, f"{name} broken", broken, "a whole number", "value", 2)
    for week in ("twelve", "12.5", "1e999", "week 12"):
        yield Damage("tables", VALUES, f"week {week}", cell("week", week), "whole number", "week", LINE)
    for column in ("id", "week", "measure"):
        yield Damage("tables", VALUES, f"no {column}", cell(column, ""), f"The {column} is missing", column, LINE)
    for measure in ("pegg", "PEG", "pain"):
        yield Damage("tables", VALUES, measure, cell("measure", measure), "Unknown measure", "measure", LINE)
    yield Damage("tables", VALUES, "baseline only", header_only, "all outcomes are missing")


def in_design(form, file, clean):
    """Assignments that the design does not have; `clean` are the flags of somebody without contraindication."""
    wrong = [
        ("ACT", "excellent", "ACT+DUL"),
        ("ACT", "good", "ACT"),
        ("EBEM", "good", "DUL"),
        ("DUL", "poor", "ACT+DUL"),
        ("ACT", "poor", "ESC"),
        ("ESC", "poor", "DUL"),
        ("ESC", "excellent", "ESC+ACT"),
        ("DUL", "medium", "ACT+EBEM"),
    ]
    for first, response, second in wrong:
        do = cells(**clean, first_arm=first, response=response, second_arm=second)
        yield Damage(form, file, f"{first} {response} {second}", do, "is not permitted here", "second_arm", 2)
    for arm in ("ESC", "ACT", "EBEM", "DUL"):
        flag = {f"contraindicated_{arm.lower()}": "true"}
        do = cells(**clean | flag, first_arm=arm, response="", second_arm="")
        yield Damage(form, file, f"{arm} contraindicated", do, "is contraindicated for this person", "first_arm", 2)
    do = cells(**clean | {"stopped_for_harm": "true"}, first_arm="DUL", response="medium", second_arm="ACT+DUL")
    yield Damage(form, file, "stopped for harm, yet added to", do, "stopped because of harm", "second_arm", 2)
    for value, said in (("ATC", "Unknown arm 'ATC'"), ("ACT+DUL", "single treatment"), ("", "first arm is missing")):
        yield Damage(form, file, f"first arm {value!r}", cell("first_arm", value), said, "first_arm", LINE)
    for value in ("ACT+ACT", "ACT-DUL", "ESC+ACT+DUL"):
        yield Damage(form, file, f"second arm {value}", cell("second_arm", value), "Unknown arm", "second_arm", LINE)


NOBODY = {f"contraindicated_{arm}": "false" for arm in ("esc", "act", "ebem", "dul")} | {"stopped_for_harm": "false"}


def corpus():
    yield from in_people("tables", PEOPLE)
    yield from in_design("tables", PEOPLE, NOBODY)
    yield from in_design("bacpac", ARMS, NOBODY)
    yield from in_values()
    yield from in_files("tables", (PEOPLE, VALUES, DEEP))
    yield from in_files("bacpac", (DM, ARMS))
    yield from in_files("bacpac", (QS, SC, FT), ("empty", "binary", "cut off"))
    for content, said in INFO_DAMAGES.items():
        yield Damage("tables", INFO, content or "nothing", lambda old, new=content: new.encode(), said)
    for file in (PEOPLE, VALUES):
        yield Damage("tables", file, "is missing", None, "is missing")
    for file in (DM, QS):
        yield Damage("bacpac", file, "is missing", None, "is missing")
    required = {
        ("tables", PEOPLE): ("id", "first_arm", "second_arm"),
        ("tables", VALUES): ("id", "week", "measure", "value"),
        ("tables", DEEP): ("id",),
        ("bacpac", ARMS): ("USUBJID", "first_arm", "second_arm"),
        ("bacpac", DM): ("USUBJID",),
    }
    for (form, file), columns in required.items():
        for column in columns:
            yield Damage(form, file, f"no column {column}", without(column), "is missing", column)
    yield Damage("tables", PEOPLE, "no rows", header_only, "no rows")
    yield Damage("tables", PEOPLE, "one person twice", again(), "Duplicate id", "id")
    yield Damage("tables", PEOPLE, "a person without id", cell("id", ""), "id is missing", "id", LINE)
    yield Damage("tables", VALUES, "one value twice", again(), "Duplicate assessment", "id")
    yield Damage("tables", VALUES, "of nobody", cell("id", "nobody"), "unknown person: 'nobody'", "id", LINE)
    yield Damage("tables", DEEP, "of nobody", cell("id", "nobody"), "Unknown person: 'nobody'", "id", LINE)
    yield Damage("tables", DEEP, "one person twice", again(), "Duplicate id", "id")
    yield Damage("tables", DEEP, "in words", cell("TSP", "high"), "must be a number, not 'high'", "TSP", LINE)
    for file in (QS, SC, FT, ARMS):
        yield Damage("bacpac", file, "of nobody", cell("USUBJID", "nobody"), "Unknown person: 'nobody'", "USUBJID")
        yield Damage("bacpac", file, "no person", cell("USUBJID", ""), "id is missing", "USUBJID", LINE)


CORPUS = list(corpus())


# -- the data sets ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Sound data sets by format: file name -> content."""
    spec = spec_from_file_location("_made", Path(__file__).with_name("conftest.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    trial, root = module.hand_made(n=6, seed=3), tmp_path_factory.mktemp("sound")
    found = {}
    for form in ("tables", "bacpac"):
        folder = write_trial(trial, root / form, format=form)
        assert not validate(folder).errors
        found[form] = {path.name: path.read_bytes() for path in folder.iterdir()}
    return found


def put(folder, files):
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def damaged(files, *damages):
    files = dict(files)
    for damage in damages:
        if damage.do is None:
            del files[damage.file]
        else:
            files[damage.file] = damage.do(files[damage.file])
    return files


def named(found, damage):
    return [
        problem
        for problem in found.errors
        if problem.file == damage.file
        and damage.said in problem.message
        and damage.column in (None, problem.column)
        and damage.row in (None, problem.row)
    ]


def test_the_corpus_is_large_and_each_data_set_is_another():
    assert len(CORPUS) >= 200
    assert len({str(damage) for damage in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("part", range(10))
def test_each_damage_is_named_and_forbids_a_fit(sound, tmp_path, part):
    for number, damage in enumerate(CORPUS[part::10]):
        found = validate(put(tmp_path / str(number), damaged(sound[damage.form], damage)))
        assert named(found, damage), f"{damage}: {[str(p) for p in found.errors]}"
        assert found.trial is None, str(damage)


@pytest.mark.parametrize("seed", range(5))
def test_several_damages_at_once_are_all_named(sound, tmp_path, seed):
    """Cells of different columns do not hide each other."""
    cells = [d for d in CORPUS if d.form == "tables" and d.row == LINE and d.column not in ("id", "week", "measure")]
    chosen = {}
    for damage in random.Random(seed).sample(cells, 6):
        chosen.setdefault((damage.file, damage.column), damage)
    found = validate(put(tmp_path / "data", damaged(sound["tables"], *chosen.values())))
    assert [str(d) for d in chosen.values() if not named(found, d)] == []
    assert found.trial is None


@pytest.mark.parametrize("what", ["one JSON object", "not separated by commas", "is not permitted here"])
def test_the_command_refuses_to_fit_and_says_why(sound, tmp_path, what):
    damage = next(d for d in CORPUS if d.said == what)
    folder = put(tmp_path / "data", damaged(sound[damage.form], damage))
    run = CliRunner().invoke(main, ["fit", str(folder), "--out", str(tmp_path / "models" / "m")])
    assert run.exit_code == 1
    assert what in run.output
    assert "Traceback" not in run.output
    assert not (tmp_path / "models").exists()


def test_the_report_of_any_damage_is_plain_json(sound, tmp_path):
    for number, damage in enumerate(CORPUS[::60]):
        found = validate(put(tmp_path / str(number), damaged(sound[damage.form], damage)))
        json.dumps(found.to_dict(), allow_nan=False)


SAMPLE_DAMAGES = [damage for damage in CORPUS if damage.form == "bacpac" and damage.file == DM]


def test_semicolons_between_quoted_cells_are_named_too(sample, tmp_path):
    files = {path.name: path.read_bytes() for path in sample.glob("*.csv")}
    files[DM] = files[DM].replace(b",", b";")
    found = validate(put(tmp_path / "data", files))
    assert any(p.file == DM and p.row == 1 and "not valid CSV" in p.message for p in found.errors)


@pytest.mark.parametrize("what", ["empty", "semicolons", "column twice", "quotation mark open", "no column USUBJID"])
def test_the_consortiums_sample_damaged(sample, tmp_path, what):
    damage = next(d for d in SAMPLE_DAMAGES if d.what == what)
    files = {path.name: path.read_bytes() for path in sample.glob("*.csv")}
    plain = text_of(rows_of(files[damage.file].decode("cp1252").encode()))  # its cells stand in quotation marks
    files[damage.file] = damage.do(plain)
    found = validate(put(tmp_path / "data", files))
    assert any(p.file == damage.file and damage.said in p.message for p in found.errors)
    assert found.trial is None
