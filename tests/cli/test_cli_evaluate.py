"""`bestviz evaluate`: exit codes, what goes to stdout and to stderr."""

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bestviz
from bestviz.advice import evaluation
from bestviz.cli import main
from bestviz.errors import RegimeError
from bestviz.regime.judging.judge import Judge


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *(str(a) for a in arguments)])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Other people than those of the model."""
    folder = tmp_path_factory.mktemp("data") / "trial"
    bestviz.write_trial(bestviz.simulate_trial(n=150, seed=4), folder)
    return folder


@pytest.fixture(autouse=True)
def few_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "trial_judge", partial(evaluation.trial_judge, folds=2, repeats=1))


def test_json_alone_on_stdout(demo_models: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text('{"peg": 1, "depression": 1}')
    done = run("--model", demo_models / "demo", "--data", data, "--preferences", tmp_path / "w.json", "--json")
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["mode"] == "external"
    assert {row["subgroup"] for row in result["values"]} == {None}
    assert "Simulated data: not for treatment decisions." in done.stderr


def test_a_table_by_groups(demo_models: Path, data: Path) -> None:
    done = run("--model", demo_models / "demo", "--data", data, "--by", "sex")
    assert done.exit_code == 0, done.stderr
    assert "tailoring" in done.stdout.splitlines()[1]
    assert "female (" in done.stdout
    assert "PEG: pain, enjoyment and general activity, points; lower is better." in done.stdout
    assert done.stdout.rstrip().endswith("Simulated data: not for treatment decisions.")
    assert "%|" not in done.stderr


def test_the_model_s_own_data_are_cross_fitted(
    demo_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cross_fitted(*given: object) -> None:
        raise RegimeError("Here the fit would be repeated.")

    monkeypatch.setattr(Judge, "cross_fitted", cross_fitted)
    bestviz.write_trial(bestviz.simulate_trial(n=300, seed=1), tmp_path / "own")
    done = run("--model", demo_models / "demo", "--data", tmp_path / "own", "--json")
    assert done.exit_code == 1
    assert done.stderr.endswith("Here the fit would be repeated.\n")


def test_help() -> None:
    done = run("--help")
    assert done.exit_code == 0
    assert "--by COLUMN" in done.stdout


@pytest.mark.parametrize("given", [[], ["--model", "m"], ["--data", "d"], ["--model", "m", "--data", "d", "--odd"]])
def test_wrong_usage(given: list[str]) -> None:
    assert run(*given).exit_code == 2


def test_an_unknown_column_is_wrong_usage(demo_models: Path, data: Path) -> None:
    done = run("--model", demo_models / "demo", "--data", data, "--by", "shoe_size")
    assert done.exit_code == 2
    assert "--by shoe_size: the data have no such column" in done.stderr
    assert done.stdout == ""


def test_bad_inputs_are_told_in_a_sentence(demo_models: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text('{"joy": 1}')
    model = demo_models / "demo"
    for arguments, message in (
        (["--model", model, "--data", tmp_path / "nowhere"], "does not exist"),
        (["--model", tmp_path / "nomodel", "--data", data], "nomodel"),
        (["--model", model, "--data", data, "--preferences", tmp_path / "w.json"], "unknown outcome 'joy'"),
        (["--model", model, "--data", data, "--preferences", tmp_path / "none.json"], "none.json"),
    ):
        done = run(*arguments)
        assert done.exit_code == 1, (arguments, done.output)
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def test_bad_data_are_listed_and_nothing_is_judged(demo_models: Path, data: Path, tmp_path: Path) -> None:
    for path in data.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (data / "assessments.csv").read_text().splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ",999"
    (tmp_path / "assessments.csv").write_text("\n".join(lines) + "\n")
    done = run("--model", demo_models / "demo", "--data", tmp_path)
    assert done.exit_code == 1
    assert "so nothing was judged." in done.stderr
