"""The proof in pieces: what is kept is not measured again, and what cannot be measured is one line."""

import json
import os
import sys
from collections.abc import Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from joblib import Parallel, delayed

from benchmarks import proof
from benchmarks.pieces import SCRIPTS, SHARES_SEED, SHIPPED, Study, pieces
from benchmarks.shares import LEARNERS
from bestviz.errors import RegimeError
from bestviz.study.lines import StudyError, open_lines, read_lines
from bestviz.study.scenarios import SCENARIOS
from bestviz.study.settings import Settings

done: list[tuple[str, int]] = []


def noted(settings: Settings, number: int) -> dict[str, Any]:
    done.append((settings.learner, number))
    return {"seed": settings.trial_seed(number), "value": float(number)}


def refused(settings: Settings, number: int) -> dict[str, Any]:
    raise RegimeError("Nobody had a second arm.")


def study(learner: str = "additive", repeats: int = 2, repeat: Any = noted) -> Study:
    return Study(Settings("planning", 100, learner), repeats, repeat)


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_scenario_has_shares_of_all_learners_on_the_same_trials() -> None:
    found = pieces("full")
    for name in SCENARIOS:
        studies = found[f"shares-{name}"]
        assert [each.settings.learner for each in studies] == list(LEARNERS)
        assert {(each.repeats, each.settings.seed, each.settings.n) for each in studies} == {
            (40 if name == "planning" else 20, SHARES_SEED, SCENARIOS[name].size)
        }


def test_the_proof_has_no_trial_on_which_the_engine_was_improved_or_calibrated() -> None:
    assert {1, 5, 9}.isdisjoint(each.settings.seed for own in pieces("full").values() for each in own)


def test_enough_trials_are_judged_and_the_shipped_setting_is_among_them() -> None:
    for size, least in (("quick", 60), ("full", 300)):
        studies = [each for name, own in pieces(size).items() if name.startswith("coverage-") for each in own]
        assert sum(each.repeats for each in studies) >= least
        assert {each.settings.learner for each in studies} == {"ensemble"}
    assert SHIPPED in {each.settings.replicates for each in studies}


def test_the_quick_proof_is_a_part_of_the_full_one() -> None:
    full = pieces("full")
    for name, own in pieces("quick").items():
        assert [each.settings for each in own] == [each.settings for each in full[name]]
        assert all(few.repeats <= many.repeats for few, many in zip(own, full[name], strict=True))


def test_a_resumed_proof_does_the_rest_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert proof.measure("p", [study()], tmp_path, 1)
    assert proof.measure("p", [study(repeats=4), study("lasso")], tmp_path, 1)
    assert done == [("additive", 0), ("additive", 1), ("additive", 2), ("additive", 3), ("lasso", 0), ("lasso", 1)]
    lines = read_lines(tmp_path / "p.jsonl.gz")
    assert [line["seed"] for line in lines] == [1000, 1001, 1002, 1003, 1000, 1001]
    assert [line["trials"] for line in said(capsys)] == [2, 4, 2]


def test_what_is_to_be_measured_again_is_and_nothing_else(tmp_path: Path) -> None:
    proof.measure("p", [study(), study("lasso")], tmp_path, 1)
    proof.forget(["additive"], tmp_path)
    done.clear()
    proof.measure("p", [study(), study("lasso")], tmp_path, 1)
    assert done == [("additive", 0), ("additive", 1)]
    assert len(read_lines(tmp_path / "p.jsonl.gz")) == 4
    assert len(list(tmp_path.iterdir())) == 1


def test_a_peer_that_is_not_installed_is_one_line_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "NEEDED", {"policy_tree": "no_such_package"})
    proof.measure("p", [study("policy_tree"), study("lasso")], tmp_path, 1)
    first, second = said(capsys)
    assert first == {
        "piece": "p", "scenario": "planning", "learner": "policy_tree",
        "unavailable": "policy_tree needs no_such_package, which is not installed: "
        "pip install -r requirements-bench.txt.",
    }  # fmt: skip
    assert (second["learner"], second["trials"]) == ("lasso", 2)
    # Nothing is kept of it: once it is installed it is measured.
    assert {line["settings"]["learner"] for line in read_lines(tmp_path / "p.jsonl.gz")} == {"lasso"}


def test_trials_that_cannot_be_learned_from_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert proof.measure("p", [study(repeat=refused)], tmp_path, 1)
    (line,) = said(capsys)
    assert (line["unavailable"], line["of_trials"]) == ("Nobody had a second arm.", 2)


def test_two_proofs_at_one_place_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_lines(tmp_path / "p.jsonl.gz"):
        assert not proof.measure("p", [study()], tmp_path, 1)
    assert "another study is writing to it" in said(capsys)[0]["stopped"]


def test_a_script_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def measured(size: str, done: Collection[str]) -> Any:
        for part in ("small", "large"):
            if part not in done:
                begun.append(part)
                if begun == ["small", "large"]:
                    raise StudyError("killed")
                yield part, [{"of": part}, {"size": size}]

    monkeypatch.setitem(sys.modules, "benchmarks.scale", SimpleNamespace(measured=measured))
    assert [proof.run_script("scale", "quick", tmp_path) for _ in range(3)] == [False, True, True]
    assert begun == ["small", "large", "large"]
    kept = read_lines(tmp_path / "scale-quick.jsonl.gz")
    assert kept == [{"part": part, "lines": [{"of": part}, {"size": "quick"}]} for part in ("small", "large")]
    stopped, *finished = said(capsys)
    assert stopped["stopped"] == "It could not be measured (killed)."
    assert finished == [{"piece": "scale", "parts": 2, "new": 1}, {"piece": "scale", "parts": 2, "new": 0}]


def test_a_worker_of_a_script_that_is_ended_is_one_line_and_the_parts_before_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(size: str, done: Collection[str]) -> Any:
        yield "first", [{"size": size}]
        Parallel(n_jobs=2)(delayed(os._exit)(1) for _ in range(2))

    monkeypatch.setitem(sys.modules, "benchmarks.scale", SimpleNamespace(measured=measured))
    assert not proof.run_script("scale", "quick", tmp_path)
    assert said(capsys)[0]["stopped"].startswith("A worker process was ended; the parts before it are kept")
    assert [line["part"] for line in read_lines(tmp_path / "scale-quick.jsonl.gz")] == ["first"]


def test_a_script_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not proof.run_script("no_such_script", "quick", tmp_path)
    assert not list(tmp_path.iterdir())
    assert said(capsys)[0]["stopped"].startswith("It could not be measured (No module named")


def test_an_unknown_piece_lists_what_there_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["proof.py", "quick", "--piece", "shares-nowhere"])
    with pytest.raises(SystemExit):
        proof.main()
    told = capsys.readouterr().err
    assert "no such piece: shares-nowhere" in told
    assert all(name in told for name in ("shares-planning", *SCRIPTS))
