"""The command `slides`: exit codes, messages, and a file that is whole or absent."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

import bestviz
from bestviz.advice import evaluation, evaluation_assigned
from bestviz.cli import main
from bestviz.reports.deck import pictures
from bestviz.wording import SIMULATED
from tests.reports.deck_parts import assigned, judged


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "trial"
    bestviz.write_trial(bestviz.simulate_trial(n=300, seed=1), folder)
    return folder


@pytest.fixture
def run(data, demo_models):
    def slides(*arguments, given=data):
        command = ["slides", "--data", given, "--model", demo_models / "demo", *arguments]
        return CliRunner().invoke(main, [str(part) for part in command])

    return slides


def test_a_page(run, tmp_path):
    out = tmp_path / "a.html"
    result = run("--out", out, "--journeys", 1)
    assert (result.exit_code, result.stdout) == (0, f"{out}: 16 slides\n"), result.output
    assert result.stderr.splitlines()[-1] == f"{SIMULATED}."
    assert "was fitted to other data" not in result.stderr
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_other_data_are_told(run, tmp_path):
    bestviz.write_trial(bestviz.simulate_trial(n=120, seed=5), tmp_path / "other")
    result = run("--out", tmp_path / "a.html", given=tmp_path / "other")
    assert result.exit_code == 0, result.output
    assert "The model was fitted to other data" in result.stderr
    assert "The model was fitted to other data" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_preferences_reach_the_slides(run, tmp_path):
    wishes = tmp_path / "w.json"
    wishes.write_text('{"anxiety": 3, "peg": 1}')
    assert run("--out", tmp_path / "a.html", "--preferences", wishes).exit_code == 0
    assert "anxiety 75" in (tmp_path / "a.html").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    "wrong",
    [("--out", "a.doc"), (), ("--out", "a.html", "--template", "t.pptx"), ("--out", "a.html", "--journeys", "99")],
)
def test_wrong_usage_is_2(run, wrong):
    result = run(*wrong)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_place_that_is_not_there(run, tmp_path):
    result = run("--out", tmp_path / "none" / "a.html")
    assert result.exit_code == 1
    assert "does not exist; make it first or name another." in result.stderr


@pytest.mark.parametrize(("content", "expected"), [('{"weather": 1}', "weather"), ('{"peg": -1}', "peg")])
def test_wrong_preferences_are_1_and_nothing_is_written(run, tmp_path, content, expected):
    (tmp_path / "w.json").write_text(content)
    result = run("--out", tmp_path / "a.html", "--preferences", tmp_path / "w.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert expected in result.stderr.lower()
    assert not (tmp_path / "a.html").exists()


def test_data_that_are_not_there(run, tmp_path):
    result = run("--out", tmp_path / "a.html", given=tmp_path / "none")
    assert result.exit_code == 1
    assert "so no slides were made" in result.stderr


def test_a_template_that_is_none_or_not_there(run, tmp_path):
    (tmp_path / "t.pptx").write_text("no zip")
    for name, message in (("t.pptx", "no PowerPoint file"), ("none.pptx", "No such file or directory")):
        result = run("--out", tmp_path / "a.pptx", "--template", tmp_path / name)
        assert result.exit_code == 1
        assert message in result.stderr
        assert "Traceback" not in result.stderr


def test_without_a_browser_a_sentence(run, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "find_browser", lambda: None)
    result = run("--out", tmp_path / "a.pptx")
    assert result.exit_code == 1
    assert "Take the slides as HTML: they need none." in result.stderr
    assert not (tmp_path / "a.pptx").exists()


def test_filters_reach_the_slides_of_the_trial(run, tmp_path):
    out = tmp_path / "a.html"
    result = run("--out", out, "--sex", "female", "--age", "40 to 49", "--age", "50 to 64")
    assert result.exit_code == 0, result.output
    assert " of 300 people: female; age 40 to 49 or 50 to 64 years." in out.read_text(encoding="utf-8")


def test_filters_that_the_data_do_not_have_are_named(run, tmp_path):
    result = run("--out", tmp_path / "a.html", "--site", "nowhere", "--sex", "female", "--sex", "robot")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "--site nowhere: not in these data; choose from: " in result.stderr
    assert "--sex robot: not in these data; choose from: female, male" in result.stderr
    assert not (tmp_path / "a.html").exists()


def test_filters_that_leave_too_few_are_told(run, tmp_path):
    trial = bestviz.simulate_trial(n=300, seed=1)
    people = trial.participants.assign(site=["101"] * 295 + ["102"] * 5)
    bestviz.write_trial(replace(trial, participants=people), tmp_path / "two")
    result = run("--out", tmp_path / "a.html", "--site", "102", given=tmp_path / "two")
    assert result.exit_code == 0, result.output
    assert "The slides on the trial are left out." in result.stderr


def test_a_judged_regime_gets_its_slides(run, tmp_path, monkeypatch):
    class Judge:
        def evaluate(self, wishes):
            return judged(preferences=wishes.to_dict())

    monkeypatch.setattr(evaluation, "trial_judge", lambda *_, **__: Judge())
    monkeypatch.setattr(evaluation_assigned, "assigned", lambda judge, wishes: assigned())
    out = tmp_path / "a.html"
    result = run("--out", out, "--evaluate")
    assert result.exit_code == 0, result.output
    text = out.read_text(encoding="utf-8")
    assert "Gain over the best fixed plan" in text
    assert "Who would get both treatments under the regime?" in text
