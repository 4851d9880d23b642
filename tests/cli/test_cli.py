"""The command line: exit codes, what goes to stdout and to stderr, and no traceback for what can be expected."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bestviz
from bestviz.cli import main
from bestviz.errors import DataError, RegimeError

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ["simulate", "validate", "fit", "recommend", "models"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


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
