"""The command `fit`: its options, what it refuses before the work, one fit at a time to a name."""

import os
import sys
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace

import joblib
import pytest
from click.testing import CliRunner, Result

import bestviz
from bestviz import store
from bestviz.advice.fitting import FEWEST_REPLICATES
from bestviz.claims import claim
from bestviz.cli import fit as fit_command
from bestviz.cli import main

FACTS = {"trained_on": "demo", "simulated": True, "participants": 3}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


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


def test_a_name_that_is_being_fitted_is_refused_before_the_work(fake_fit, data, tmp_path):
    with claim(tmp_path / "m"):
        result = run("fit", data, "--out", tmp_path / "m")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert f"A model called 'm' is being fitted now (process {os.getpid()} on " in result.stderr
    assert fake_fit == []
    assert run("fit", data, "--out", tmp_path / "m").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_fit_that_fails_gives_its_name_back(fake_fit, data, tmp_path, monkeypatch):
    def fails(*given, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(vars(bestviz), "fit", fails)
    result = run("fit", data, "--out", tmp_path / "m")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "No space left on device.")
    assert list(tmp_path.iterdir()) == []
