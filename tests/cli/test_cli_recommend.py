"""The command `recommend`: patient and preferences files, persons of a BACPAC folder, answers."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import bestviz
from bestviz.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


class Advice:
    """Stands for a recommendation."""

    def __init__(self, patient, preferences):
        self.content = {"patient": patient, "preferences": preferences.to_dict()}

    def to_dict(self):
        return self.content

    def to_text(self):
        return "Consider this."


@pytest.fixture
def fake_model(monkeypatch):
    monkeypatch.setitem(vars(bestviz), "load_model", lambda _: SimpleNamespace(recommend=Advice))


def test_recommend(fake_model, tmp_path):
    patient, wishes = tmp_path / "p.json", tmp_path / "w.json"
    patient.write_text('{"week": 0, "baseline": {"peg": 6}}')
    wishes.write_text('{"peg": 1, "anxiety": 3}')
    arguments = ("recommend", "--model", "m", "--patient", patient)
    assert run(*arguments).stdout == "Consider this.\n"
    answer = json.loads(run(*arguments, "--json").stdout)
    assert answer == {"patient": {"week": 0, "baseline": {"peg": 6}}, "preferences": {"peg": 1.0}}
    answer = json.loads(run(*arguments, "--json", "--preferences", wishes).stdout)
    assert answer["preferences"] == {"peg": 0.25, "anxiety": 0.75}


@pytest.mark.parametrize(
    ("patient", "wishes", "words"),
    [
        (None, None, "No such file"),
        (b"", None, "Patient file: it is empty"),
        (b'{"week": ', None, "ends before it is complete"),
        (b"[]", None, "holds a list"),
        (b" " * 1_200_000, None, "larger than 1 MB"),
        (b"{}", b'{"peg": -1, "pg": 1}', "unknown outcome 'pg'"),
        (b"{}", b"{", "Preferences file: it ends"),
    ],
)
def test_recommend_refuses_what_is_no_file(fake_model, tmp_path, patient, wishes, words):
    arguments = ["recommend", "--model", "m", "--patient", tmp_path / "p.json"]
    if patient is not None:
        (tmp_path / "p.json").write_bytes(patient)
    if wishes is not None:
        (tmp_path / "w.json").write_bytes(wishes)
        arguments += ["--preferences", tmp_path / "w.json"]
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stdout == ""


def test_recommend_without_a_model(tmp_path):
    (tmp_path / "p.json").write_text("{}")
    result = run("recommend", "--model", tmp_path / "none", "--patient", tmp_path / "p.json")
    assert result.exit_code == 1
    assert "no model here" in result.stderr


def test_recommend_for_a_person_of_a_bacpac_folder(fake_model, monkeypatch, tmp_path):
    folder = tmp_path / "b"
    run("simulate", "--n", 20, "--out", folder, "--format", "bacpac")
    assert run("recommend", "--model", "m", "--patient", folder).exit_code == 2
    unknown = run("recommend", "--model", "m", "--patient", folder, "--id", "nobody")
    assert unknown.exit_code == 1
    assert "no person 'nobody'" in unknown.stderr
    seen = []
    model = SimpleNamespace(recommend=lambda patient, wishes: seen.append(patient) or Advice({}, wishes))
    monkeypatch.setitem(vars(bestviz), "load_model", lambda _: model)
    from bestviz.data import list_people

    result = run("recommend", "--model", "m", "--patient", folder, "--id", list_people(folder)[0])
    assert result.exit_code == 0, result.output
    assert seen[0].week == 0
    assert seen[0].baseline["peg"] >= 0


# --- with a real model ---


def test_recommend_from_a_fitted_model(demo_models, tmp_path):
    (tmp_path / "p.json").write_text('{"week": 0, "baseline": {"age": 50, "peg": 6.7}, "declined": ["ACT"]}')
    arguments = ("recommend", "--model", demo_models / "demo", "--patient", tmp_path / "p.json")
    text = run(*arguments)
    assert (text.exit_code, text.stderr) == (0, "")
    assert text.stdout.strip()
    result = run(*arguments, "--json")
    advice = json.loads(result.stdout)
    assert advice["model"]["name"] == "demo"
    assert next(o for o in advice["first"] if o["arm"] == "ACT")["reason"] == "declined by the patient"
    assert run(*arguments, "--json").stdout == result.stdout


def test_a_fault_of_the_patient_is_named(demo_models, tmp_path):
    (tmp_path / "p.json").write_text('{"baseline": {"peg": 11}, "declined": ["XX"]}')
    result = run("recommend", "--model", demo_models / "demo", "--patient", tmp_path / "p.json", "--json")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
    assert result.stdout == ""
