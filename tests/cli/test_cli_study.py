"""The command `study`: what is printed, what is kept, and exit codes."""

import json

import pytest
from click.testing import CliRunner

from bestviz.advice.fitting import FEWEST_REPLICATES
from bestviz.cli import main
from bestviz.cli_study import LEAST_REPLICATES, SCENARIOS
from bestviz.reports import study as report
from bestviz.reports.study import Study
from bestviz.study.lines import open_lines, read_lines
from bestviz.study.scenarios import SCENARIOS as REGISTERED
from bestviz.study.settings import MOST_REPEATS, Settings
from bestviz.wording import SIMULATED
from bestviz.wording import study as words

QUICK = ("--n", 120, "--learner", "additive", "--replicates", 20, "--people", 3, "--draws", 8, "--jobs", 1)
LINES = [
    {"means_covered": [9, 10], "gain_share": 0.5, "loss_sd": 0.1, "chances": [[30, 30, 60]] * 10},
    {"means_covered": [9, 10], "gain_share": 0.7, "loss_sd": 0.3, "chances": [[30, 24, 60]] * 10},
    {"unavailable": "The trial has no second arms."},
]


def run(*arguments):
    return CliRunner().invoke(main, ["study", *(str(a) for a in arguments)])


@pytest.fixture
def made():
    return Study(Settings("planning", 630), 4, LINES)


def test_what_the_command_knows_is_what_there_is():
    assert tuple(REGISTERED) == SCENARIOS
    assert LEAST_REPLICATES == FEWEST_REPLICATES
    repeats = next(p for p in main.commands["study"].params if p.name == "repeats")
    assert repeats.type.max == MOST_REPEATS


def test_a_study_from_the_shell_as_json_and_resumed(tmp_path):
    out = tmp_path / "lines.jsonl.gz"
    first = run("--scenario", "planning", "--repeats", 1, "--out", out, "--json", *QUICK)
    assert first.exit_code == 0, first.output
    assert first.stderr == f"{SIMULATED}.\n"
    found = json.loads(first.stdout)
    assert list(found) == ["settings", "repeats", "unavailable", "summary", "chances", "lines"]
    assert (found["repeats"], found["unavailable"], found["settings"]["n"]) == (1, [], 120)
    assert found["lines"] == read_lines(out)
    assert "gain_share" in {one["key"] for one in found["summary"]}
    again = json.loads(run("--scenario", "planning", "--repeats", 2, "--out", out, "--json", *QUICK).stdout)
    assert again["lines"][:1] == found["lines"]  # with the same seconds: it was not done again
    assert len(again["lines"]) == 2
    text = run("--scenario", "planning", "--repeats", 2, "--out", out, *QUICK).stdout
    assert text.startswith("planning, n = 120, additive learner, 20 replicates: 2 of 2 repeats\n")
    assert "Share of the possible gain over the best plan for everybody" in text


def test_a_file_that_is_in_use_or_wrong_is_one_sentence(tmp_path):
    out = tmp_path / "lines.jsonl"
    with open_lines(out):
        result = run("--scenario", "planning", "--out", out)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{out}: another study is writing to it; wait for it, or name another file.\n"
    result = run("--scenario", "planning", "--out", tmp_path / "lines.csv")
    assert (result.exit_code, "must end in .jsonl or .jsonl.gz" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--scenario", "nonsense"), "Invalid value for '--scenario'"),
        (("--scenario", "demo", "--repeats", "1001"), "1<=x<=1000"),
        (("--scenario", "demo", "--dask", "tcp://127.0.0.1:9", "--jobs", "2"), "--jobs is for this machine"),
        ((), "Missing option '--scenario'"),
    ],
)
def test_wrong_usage(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_no_scheduler_is_one_sentence():
    result = run("--scenario", "planning", "--repeats", 3, "--dask", "tcp://127.0.0.1:9")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "0 of 3 repeats are finished, but lost without a file" in result.stderr


def test_the_text_says_how_many_had_no_numbers(made):
    head, table, chances = made.to_text().split("\n\n")
    assert head == (
        "planning, n = 630, ensemble learner, 60 replicates: 3 of 4 repeats; 1 of them without numbers, the first: "
        "The trial has no second arms."
    )
    assert table.splitlines()[0].split() == ["MEASURE", "FOUND", "95", "%", "INTERVAL", "TARGET", "VERDICT"]
    assert "90.0 %" in table
    assert "at most 0.02" in table
    assert len(chances.splitlines()) == 11


def test_a_study_without_any_numbers():
    empty = Study(Settings("planning", 630), 1, [LINES[2]])
    assert "\n" not in empty.to_text()
    assert empty.to_dict()["summary"] == []
    assert list(report.study_files([empty])) == []


def test_figures_with_their_numbers(made, monkeypatch):
    monkeypatch.setattr(report, "picture_problem", lambda: "There is no Chromium.")
    files = dict(report.study_files([made]))
    assert set(files) == {
        f"{name}.{kind}"
        for name in ("chances", "chances-planning-630-ensemble", "gain-share", "loss-sd", "means-covered")
        for kind in ("csv", "html")
    }
    for name, content in files.items():
        assert SIMULATED.encode() in content, name
    assert b"planning,ensemble,0.9," in files["means-covered.csv"]


@pytest.mark.parametrize(
    ("pair", "unit", "said"),
    [
        (None, "", ""),
        ((0.9, 0.98), "", "90 to 98"),
        ((0.0, 0.05), "", "at most 5"),
        ((0.95, 1.0), "", "at least 95"),
        ((-float("inf"), 0.02), "SD", "at most 0.02"),
        ((1.0, float("inf")), "SD", "at least 1.00"),
    ],
)
def test_targets_in_words(pair, unit, said):
    assert words.target(pair, unit) == said
