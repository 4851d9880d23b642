"""The commands `models list` and `models verify`."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bestviz import store
from bestviz.cli import main

FACTS = {"trained_on": "demo", "simulated": True, "participants": 3}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


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


def test_everything_about_the_fitted_models_is_good(demo_models):
    assert run("models", "verify", "--root", demo_models).stdout == "demo: good\n"
