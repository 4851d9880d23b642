"""The command `handout`: exit codes, messages, and a file that is whole or absent."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import bestviz
from bestviz.advice.patient import Patient
from bestviz.cli import main
from bestviz.reports import pdf
from bestviz.wording import SIMULATED

EXAMPLE = json.loads((Path(__file__).parents[1] / "figures" / "advice_example.json").read_text(encoding="utf-8"))


@pytest.fixture
def model(monkeypatch):
    """A model that answers from a recording and checks the patient as a model does."""

    def recommend(whom, wishes):
        Patient.from_dict(whom)
        answer = copy.deepcopy(EXAMPLE) | {"preferences": wishes.to_dict()}
        return SimpleNamespace(to_dict=lambda: answer)

    monkeypatch.setitem(vars(bestviz), "load_model", lambda _: SimpleNamespace(recommend=recommend))


@pytest.fixture
def run(model, tmp_path):
    patient = tmp_path / "p.json"
    patient.write_text(json.dumps({"week": 0, "baseline": {"peg": 6.7}}))

    def handout(*arguments, given=patient):
        return CliRunner().invoke(main, [str(a) for a in ("handout", "--model", "m", "--patient", given, *arguments)])

    return handout


def test_a_pdf(run, tmp_path):
    if not pdf.pdf_possible():
        pytest.skip("no pango")
    out = tmp_path / "a.pdf"
    result = run("--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{out}: hand-out for the patient, one page\n")
    assert result.stderr.splitlines() == [*EXAMPLE["warnings"], f"{SIMULATED}."]
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pdf", "p.json"]


def test_a_page_to_print_for_the_chart_with_preferences(run, tmp_path):
    wishes = tmp_path / "w.json"
    wishes.write_text('{"anxiety": 3, "peg": 1}')
    assert run("--out", tmp_path / "a.html", "--kind", "chart", "--preferences", wishes).exit_code == 0
    text = (tmp_path / "a.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "anxiety 75 %; PEG 25 %" in text


@pytest.mark.parametrize("wrong", [("--out", "a.doc"), (), ("--out", "a.pdf", "--kind", "poster")])
def test_wrong_usage_is_2(run, wrong):
    result = run(*wrong)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"baseline": {"age": 7}}', "age"),
        ('{"baseline": {"peg": 11}, "weather": 1}', "weather"),
        ("{", "cut off"),
    ],
)
def test_a_wrong_patient_is_1_and_nothing_is_written(run, tmp_path, content, expected):
    (tmp_path / "p.json").write_text(content)
    result = run("--out", tmp_path / "a.html")
    assert (result.exit_code, result.stdout) == (1, "")
    assert expected in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "a.html").exists()


def test_a_place_that_is_not_there(run, tmp_path):
    result = run("--out", tmp_path / "none" / "a.pdf")
    assert result.exit_code == 1
    assert "does not exist; make it first or name another." in result.stderr


def test_without_pango_a_sentence(run, tmp_path, monkeypatch):
    def missing(_):
        raise ImportError

    monkeypatch.setattr(pdf, "import_module", missing)
    result = run("--out", tmp_path / "a.pdf")
    assert result.exit_code == 1
    assert result.stderr.startswith("No PDF can be made here")
    assert not (tmp_path / "a.pdf").exists()


def test_a_patient_file_that_is_missing(run, tmp_path):
    result = run("--out", tmp_path / "a.html", given=tmp_path / "none.json")
    assert result.exit_code == 1
    assert "none.json: No such file or directory." in result.stderr


def test_a_week_12_patient_and_a_real_model(demo_models, tmp_path):
    patient = tmp_path / "p.json"
    facts = {"week": 12, "baseline": {"peg": 6.7}, "first_arm": "ACT", "interim": {"peg": 5.0, "pgic": 3}}
    patient.write_text(json.dumps(facts))
    command = ["handout", "--model", demo_models / "demo", "--patient", patient, "--out", tmp_path / "a.html"]
    result = CliRunner().invoke(main, [str(part) for part in command])
    assert result.exit_code == 0, result.output
    assert "How you feel after 12 weeks: a little better." in (tmp_path / "a.html").read_text(encoding="utf-8")
