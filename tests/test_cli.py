"""The command line: exit codes, what goes to stdout and to stderr, and no traceback for what can be expected."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import joblib
import pytest
from click.testing import CliRunner, Result

import bestviz
from bestviz import store
from bestviz.advice.fitting import FEWEST_REPLICATES
from bestviz.cli import fit as fit_command
from bestviz.cli import main
from bestviz.errors import DataError, RegimeError

ROOT = Path(__file__).resolve().parents[1]
FACTS = {"trained_on": "demo", "simulated": True, "participants": 3}
COMMANDS = ["simulate", "validate", "fit", "recommend", "models"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "trial"
    result = run("simulate", "--n", 60, "--seed", 3, "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def broken(data: Path, tmp_path: Path) -> Path:
    """The data with two values outside their instrument."""
    for path in data.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (data / "assessments.csv").read_text().splitlines()
    person, week, measure, _ = lines[1].split(",")
    lines[1:3] = [f"{person},{week},{measure},999", f"{person},0,nonsense,1"]
    (tmp_path / "assessments.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def fake_fit(monkeypatch):
    """A fit that notes its settings, reports progress and saves a text."""
    calls = []

    def fit(trial, *, progress, **settings):
        calls.append(settings)
        if progress:
            progress(1, 2, "refits")
        return SimpleNamespace(save=lambda folder: store.save_model("model", folder, FACTS, "card"))

    monkeypatch.setitem(vars(bestviz), "fit", fit)
    return calls


# --- every command ---


@pytest.mark.parametrize("command", [[], *([c] for c in COMMANDS), ["models", "list"], ["models", "verify"]])
def test_help(command):
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout
    assert result.stderr == ""


def test_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "bestviz", "validate", "nowhere"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "does not exist" in done.stdout
    assert "Traceback" not in done.stderr


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom bestviz.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "print(*{'pandas', 'numpy', 'sklearn', 'streamlit', 'plotly'} & sys.modules.keys(), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.split() == []


def test_a_terminal_without_utf_8(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "bestviz", "validate", str(tmp_path / "trial − 2")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert "trial ? 2" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ["nonsense"],
        ["simulate"],
        ["simulate", "--out", "x", "--n", "0"],
        ["simulate", "--out", "x", "--strength", "huge"],
        ["simulate", "--out", "x", "--format", "xlsx"],
        ["simulate", "--out", "x", "--deep", "1.5"],
        ["validate"],
        ["fit", "x"],
        ["fit", "x", "--out", "m", "--learner", "magic"],
        ["fit", "x", "--out", "m", "--replicates", "many"],
        ["recommend", "--model", "m"],
        ["recommend", "--patient", "p.json"],
        ["recommend", "--model", "m", "--patient", "p.json", "--id", "1"],
        ["models", "remove"],
    ],
)
def test_wrong_usage_is_2(wrong):
    result = run(*wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr


def test_an_unexpected_error_is_one_sentence(monkeypatch):
    def fails(_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setitem(vars(bestviz), "validate", fails)
    result = run("validate", "x")
    assert result.exit_code == 1
    assert result.stderr.startswith("Something unexpected went wrong (ZeroDivisionError: division by zero).")
    assert "Traceback" not in result.output
    monkeypatch.setenv("BESTVIZ_DEBUG", "1")
    assert "Traceback" in run("validate", "x").stderr


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RegimeError(["First.", "Second."]), "First.\nSecond.\n"),
        (DataError("Bad data."), "Bad data.\n"),
        (PermissionError(13, "Permission denied", "a.csv"), "a.csv: Permission denied.\n"),
    ],
)
def test_expected_errors(monkeypatch, error, expected):
    def fails(_):
        raise error

    monkeypatch.setitem(vars(bestviz), "validate", fails)
    result = run("validate", "x")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", expected)


# --- simulate and validate ---


def test_simulate_writes_the_data_and_the_truth(data):
    truth = json.loads((data / "truth.json").read_text())
    assert {"scenario", "seed", "strength"} <= truth.keys()
    assert (truth["n"], truth["seed"], truth["strength"]) == (60, 3, "demo")
    assert json.loads((data / "dataset.json").read_text())["simulated"] is True


def test_same_seed_same_bytes(data, tmp_path):
    assert run("simulate", "--n", 60, "--seed", 3, "--out", tmp_path / "again").exit_code == 0
    for path in data.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_simulate_in_the_consortiums_format(tmp_path):
    assert run("simulate", "--n", 20, "--out", tmp_path / "b", "--format", "bacpac").exit_code == 0
    assert (tmp_path / "b" / "DM.csv").is_file()
    assert (tmp_path / "b" / "truth.json").is_file()


def test_simulate_keeps_what_is_not_its_own(tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    result = run("simulate", "--n", 20, "--out", tmp_path)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_validate_good_data(data):
    result = run("validate", data)
    assert result.exit_code == 0
    assert "60 participants" in result.stdout
    assert "0 errors" in result.stdout
    found = json.loads(run("validate", data, "--json").stdout)
    assert found.keys() == {"participants", "assessments", "measures", "problems"}
    assert found["participants"] == 60


def test_validate_lists_every_problem(broken):
    result = run("validate", broken)
    assert result.exit_code == 1
    assert "assessments.csv, row 2" in result.stdout
    as_json = run("validate", broken, "--json")
    assert as_json.exit_code == 1
    rows = [p["row"] for p in json.loads(as_json.stdout)["problems"] if p["severity"] == "error"]
    assert {2, 3} <= set(rows)


# --- fit ---


def test_fit_passes_its_options_on(fake_fit, data, tmp_path):
    result = run(
        *("fit", data, "--out", tmp_path / "m", "--replicates", 27, "--seed", 5, "--jobs", 2),
        *("--learner", "forest", "--with-deep"),
    )
    assert result.exit_code == 0, result.output
    assert fake_fit == [
        {"replicates": 27, "seed": 5, "jobs": 2, "learner": "forest", "with_deep": True, "calibrate": False}
    ]
    assert store.load_model(tmp_path / "m") == "model"
    assert str(tmp_path / "m") in result.stdout


def test_fit_uses_the_contracts_defaults(fake_fit, data, tmp_path):
    assert run("fit", data, "--out", tmp_path / "m").exit_code == 0
    assert fake_fit == [
        {"replicates": 200, "seed": 1, "jobs": None, "learner": "ensemble", "with_deep": False, "calibrate": False}
    ]


def test_fit_refuses_bad_data_and_leaves_nothing(fake_fit, broken, tmp_path):
    result = run("fit", broken, "--out", tmp_path / "models" / "m")
    assert result.exit_code == 1
    assert "assessments.csv, row 2" in result.stderr
    assert "so nothing was fitted" in result.stderr
    assert result.stdout == ""
    assert fake_fit == []
    assert not (tmp_path / "models").exists()


def test_a_long_list_of_errors_is_cut_and_counted(fake_fit, data, tmp_path):
    for path in data.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    header, *lines = (data / "assessments.csv").read_text().splitlines()
    wrong = [",".join([*line.split(",")[:3], "999"]) for line in lines[:80]]
    (tmp_path / "assessments.csv").write_text("\n".join([header, *wrong, *lines[80:]]) + "\n")
    result = run("fit", tmp_path, "--out", tmp_path / "m")
    assert "... and 30 more; `validate` lists all of them." in result.stderr
    assert "80 errors, so nothing was fitted." in result.stderr


def test_fit_looks_at_the_destination_before_the_work(fake_fit, data, tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    result = run("fit", data, "--out", tmp_path)
    assert result.exit_code == 1
    assert "thesis.docx" in result.stderr
    assert fake_fit == []


def test_fit_calibrates_when_asked(fake_fit, data, tmp_path):
    assert run("fit", data, "--out", tmp_path / "m", "--calibrate").exit_code == 0
    assert fake_fit[0]["calibrate"] is True


def test_the_fewest_replicates_are_those_of_the_fit():
    assert next(p for p in fit_command.params if p.name == "replicates").type.min == FEWEST_REPLICATES


def test_on_a_dask_cluster_the_fit_keeps_the_backend(fake_fit, data, tmp_path, monkeypatch):
    seen = {}

    class Client:
        def __init__(self, address):
            seen["address"] = address

        def __enter__(self):
            return self

        def __exit__(self, *_):
            seen["closed"] = True

    @contextmanager
    def parallel_config(backend):
        seen.update(backend=backend, kept=os.environ.get("BESTVIZ_KEEP_BACKEND"))
        yield

    monkeypatch.setitem(sys.modules, "dask", ModuleType("dask"))
    monkeypatch.setitem(sys.modules, "dask.distributed", SimpleNamespace(Client=Client))
    monkeypatch.setattr(joblib, "parallel_config", parallel_config)
    result = run("fit", data, "--out", tmp_path / "m", "--dask", "localhost:8786")
    assert result.exit_code == 0, result.output
    assert seen == {"address": "localhost:8786", "backend": "dask", "kept": "1", "closed": True}
    assert "BESTVIZ_KEEP_BACKEND" not in os.environ


def test_dask_without_the_package_is_wrong_usage(fake_fit, data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    result = run("fit", data, "--out", tmp_path / "m", "--dask", "localhost:8786")
    assert result.exit_code == 2
    assert "not installed" in result.stderr
    assert fake_fit == []


def test_progress_is_a_bar_on_a_terminal_only(capfd, monkeypatch):
    from bestviz.terminal import progress_bar

    with progress_bar() as progress:
        assert progress is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_bar() as progress:
        progress(3, 10, "refits")
    seen = capfd.readouterr()
    assert "refits" in seen.err
    assert "3/10" in seen.err
    assert seen.out == ""


# --- models ---


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        store.save_model(name, tmp_path / name, FACTS, "card")
    return tmp_path


def test_models_list(models):
    result = run("models", "list", "--root", models)
    assert result.exit_code == 0
    header, one, two = result.stdout.splitlines()
    assert header.split() == ["NAME", "TRAINED", "ON", "PEOPLE", "DATA", "CREATED", "STATE"]
    assert one.split()[:4] == ["one", "demo", "3", "simulated"]
    assert two.split()[-1] == "good"


def test_models_verify(models):
    good = run("models", "verify", "--root", models)
    assert (good.exit_code, good.stdout) == (0, "one: good\ntwo: good\n")
    (models / "two" / "model.joblib").write_bytes(b"x")
    bad = run("models", "verify", "--root", models)
    assert bad.exit_code == 1
    assert "one: good" in bad.stdout
    assert "two: BAD: " in bad.stdout


def test_no_models(tmp_path):
    for command in ("list", "verify"):
        result = run("models", command, "--root", tmp_path / "none")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "no models" in result.stderr


def test_the_folder_of_models_can_come_from_the_environment(models):
    environment = os.environ | {"BESTVIZ_MODELS": str(models)}
    result = CliRunner().invoke(main, ["models", "list"], env=environment)
    assert "one" in result.stdout


# --- recommend ---


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


def test_everything_about_the_fitted_models_is_good(demo_models):
    assert run("models", "verify", "--root", demo_models).stdout == "demo: good\n"
