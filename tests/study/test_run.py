"""Many repeats: the same numbers wherever they are made, and nothing finished is lost or done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bestviz.errors import InputError
from bestviz.study import cluster as cluster_of
from bestviz.study.lines import StudyError, open_lines, read_lines
from bestviz.study.run import one_line, run_study
from bestviz.study.settings import Settings
from tests.study import quick
from tests.study.quick import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
import sys
from pathlib import Path
from bestviz.study.run import run_study
from tests.study import quick
if __name__ == "__main__":
    run_study(quick.SETTINGS, 12, Path(sys.argv[1]), jobs=2, repeat=quick.noted)
"""


def lasting(lines):
    """The lines without what differs from run to run."""
    return [{key: value for key, value in line.items() if not key.endswith("_seconds")} for line in lines]


def text(lines):
    return json.dumps(lasting(lines), indent=1)


# -- one repeat -------------------------------------------------------------------------------------------------------


def test_a_line_says_what_it_is_of():
    line = one_line(quick.drawn, SETTINGS, 7)
    assert list(line)[:3] == ["settings", "repeat", "version"]
    assert Settings.from_dict(line["settings"]) == SETTINGS
    assert (line["repeat"], "value" in line) == (7, True)
    assert SETTINGS.trial_seed(7) == 1007


def test_a_repeat_that_fails_says_so_and_the_rest_goes_on():
    lines = run_study(SETTINGS, 5, jobs=1, repeat=quick.failing)
    said = [line.get("unavailable", "") for line in lines]
    assert said[:3] == [
        "",
        "The trial has no second arms.",
        "Something unexpected went wrong (ZeroDivisionError: by nothing).",
    ]
    assert said[3].startswith("Something unexpected went wrong (ValueError: Out of range float")
    assert said[4] == ""


@pytest.mark.parametrize("repeats", [0, 1001])
def test_too_few_and_too_many_repeats(repeats):
    with pytest.raises(InputError, match=f"repeats: from 1 to 1000 of one seed, not {repeats}"):
        run_study(SETTINGS, repeats)


def test_unknown_scenarios_are_refused_before_a_file_is_made(tmp_path):
    with pytest.raises(InputError, match="Unknown scenario 'nonsense'"):
        run_study(Settings("nonsense", 100), 1, tmp_path / "lines.jsonl")
    assert list(tmp_path.iterdir()) == []


# -- resuming ---------------------------------------------------------------------------------------------------------


def test_only_what_is_missing_is_done(tmp_path, monkeypatch):
    done = tmp_path / "done"
    done.mkdir()
    monkeypatch.setenv(quick.MARK, str(done))
    out, seen = tmp_path / "lines.jsonl", []
    first = run_study(SETTINGS, 3, out, jobs=1, repeat=quick.noted)
    lines = run_study(SETTINGS, 5, out, jobs=1, repeat=quick.noted, progress=lambda *p: seen.append(p))
    assert lines[:3] == first
    assert sorted(int(p.name.split("-")[0]) for p in done.iterdir()) == [0, 1, 2, 3, 4]
    assert seen == [(k, 5, "planning, n = 120") for k in (3, 4, 5)]
    assert run_study(SETTINGS, 2, out, jobs=1, repeat=quick.noted) == first[:2]
    assert len(read_lines(out)) == 5


def test_studies_share_a_file_and_are_kept_apart(tmp_path):
    out, other = tmp_path / "lines.jsonl.gz", Settings("planning", 200, "additive", replicates=20)
    mine = run_study(SETTINGS, 2, out, jobs=1, repeat=quick.drawn)
    theirs = run_study(other, 2, out, jobs=1, repeat=quick.drawn)
    with open_lines(out) as file:
        file.append({"peer": "lasso", "seed": 3})  # of another program
        file.append(mine[0] | {"repeat": 2, "version": "0.0.1"})  # of another version
    assert {line["settings"]["n"] for line in theirs} == {200}
    assert run_study(SETTINGS, 3, out, jobs=1, repeat=quick.drawn)[:2] == mine
    assert len(read_lines(out)) == 7


def test_a_half_written_line_is_told_of_and_done_again(tmp_path):
    out, told = tmp_path / "lines.jsonl", []
    before = run_study(SETTINGS, 3, out, jobs=1, repeat=quick.drawn)
    out.write_bytes(out.read_bytes()[:-20])
    after = run_study(SETTINGS, 3, out, jobs=1, repeat=quick.drawn, tell=told.append)
    assert text(after) == text(before)
    assert told == [f"{out}: the last line was half-written and was removed; its repeat is done again."]


def test_a_killed_study_is_resumed(tmp_path, monkeypatch):
    """Killed at once with no chance to clean up; no repeat that was finished is done again."""
    done, out = tmp_path / "done", tmp_path / "lines.jsonl.gz"
    done.mkdir()
    monkeypatch.setenv(quick.MARK, str(done))
    study = subprocess.Popen(
        [sys.executable, "-c", STUDY, out],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    wait_until(lambda: out.exists() and len(read_lines(out)) >= 3)
    os.killpg(study.pid, signal.SIGKILL)
    study.wait()
    kept = read_lines(out)
    assert 3 <= len(kept) < 12
    run_study(SETTINGS, 12, out, jobs=1, repeat=quick.drawn, tell=lambda _: None)
    lines = read_lines(out)
    assert lines[: len(kept)] == kept
    assert sorted(line["repeat"] for line in lines) == list(range(12))
    assert text(sorted(lines, key=lambda line: line["repeat"])) == text(
        run_study(SETTINGS, 12, jobs=1, repeat=quick.drawn)
    )


def test_interrupting_ends_at_once_and_keeps_what_is_finished(tmp_path, monkeypatch):
    done, out = tmp_path / "done", tmp_path / "lines.jsonl"
    done.mkdir()
    monkeypatch.setenv(quick.MARK, str(done))
    study = subprocess.Popen(
        [sys.executable, "-c", STUDY, out],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        # A shell that starts these tests in the background has them, and so the study, not hear an interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until(lambda: out.exists() and len(read_lines(out)) >= 2)
    os.killpg(study.pid, signal.SIGINT)
    assert study.wait(60) != 0
    assert 2 <= len(read_lines(out)) < 12
    open_lines(out).close()  # nobody holds it
    number = len(list(done.iterdir()))
    time.sleep(1)
    assert len(list(done.iterdir())) == number  # no process is left at work


# -- processes of this machine ----------------------------------------------------------------------------------------


def test_a_process_that_is_ended_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv(quick.MARK, str(tmp_path))
    told = []
    lines = run_study(SETTINGS, 6, jobs=2, repeat=quick.deadly_once, tell=told.append)
    assert text(lines) == text(run_study(SETTINGS, 6, jobs=1, repeat=quick.drawn))
    assert told == ["A worker process was ended from outside; its repeat is done again."]


def test_a_repeat_that_ends_its_process_each_time_ends_the_study_last(tmp_path):
    out = tmp_path / "lines.jsonl"
    with pytest.raises(
        StudyError,
        match=r"ended from outside 3 times in a row .is memory short\? fewer --jobs need less.; 5 of 6 repeats are "
        r"finished and kept in .*lines\.jsonl; run the same command again for the rest\.$",
    ):
        run_study(SETTINGS, 6, out, jobs=2, repeat=quick.deadly, tell=lambda _: None)
    assert sorted(line["repeat"] for line in read_lines(out)) == [1, 2, 3, 4, 5]


# -- a Dask cluster ---------------------------------------------------------------------------------------------------


def test_the_same_numbers_here_in_processes_and_on_a_cluster(cluster, tmp_path):
    """The real repeat, to the byte."""
    alone = run_study(SETTINGS, 2, tmp_path / "a.jsonl", jobs=1)
    assert not any("unavailable" in line for line in alone)
    assert text(run_study(SETTINGS, 2, tmp_path / "b.jsonl", jobs=2)) == text(alone)
    assert text(run_study(SETTINGS, 2, tmp_path / "c.jsonl", dask=cluster.address)) == text(alone)


def test_a_vanished_worker_is_told_of_and_the_other_does_its_repeats(cluster):
    told = []

    def progress(done, total, what):
        if done == 2:
            cluster.workers[0].kill()

    lines = run_study(SETTINGS, 10, dask=cluster.address, repeat=quick.slow, progress=progress, tell=told.append)
    assert text(lines) == text(run_study(SETTINGS, 10, jobs=1, repeat=quick.drawn))
    assert len(told) == 1
    assert told[0].startswith("The Dask worker tcp://127.0.0.1:")
    assert told[0].endswith("has vanished; the others do its repeats.")


def test_when_the_scheduler_vanishes_what_is_finished_is_kept(cluster, tmp_path, capfd):
    out = tmp_path / "lines.jsonl"

    def progress(done, total, what):
        if done == 3:
            cluster.scheduler.kill()

    with pytest.raises(
        StudyError,
        match=rf"The Dask scheduler at {cluster.address} has vanished; [34] of 10 repeats are finished and kept in "
        r".*lines\.jsonl; run the same command again for the rest\.$",
    ):
        run_study(SETTINGS, 10, out, dask=cluster.address, repeat=quick.slow, progress=progress)
    assert len(read_lines(out)) in (3, 4)
    assert capfd.readouterr().err == ""
    assert text(run_study(SETTINGS, 10, out, jobs=1, repeat=quick.drawn)) == text(
        run_study(SETTINGS, 10, jobs=1, repeat=quick.drawn)
    )


def test_without_a_file_a_stopped_study_says_that_it_is_lost(cluster):
    with pytest.raises(StudyError, match="2 of 6 repeats are finished, but lost without a file to keep them in"):
        run_study(
            SETTINGS, 6, dask=cluster.address, repeat=quick.slow,
            progress=lambda done, *_: cluster.scheduler.kill() if done == 2 else None,
        )  # fmt: skip


def test_an_address_where_nobody_answers():
    with pytest.raises(StudyError, match=r"No Dask scheduler answers at 'tcp://127.0.0.1:9'; start one"):
        run_study(SETTINGS, 1, dask="tcp://127.0.0.1:9", repeat=quick.drawn)
    with pytest.raises(StudyError, match="No Dask scheduler answers at 'nonsense'"):
        run_study(SETTINGS, 1, dask="nonsense", repeat=quick.drawn)


def test_a_cluster_without_dask_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        StudyError, match=r"needs the package distributed .* which is not installed here; without --dask"
    ):
        run_study(SETTINGS, 1, dask="tcp://127.0.0.1:8786", repeat=quick.drawn)


def test_a_worker_with_other_packages_is_refused():
    wanted = cluster_of.versions() | {"numpy": "0.1"}
    with pytest.raises(
        StudyError, match=r"has numpy [\d.]+ and the study runs with 0\.1, so numbers could differ; install"
    ):
        cluster_of._checked(lambda number: {}, 0, wanted)
    assert cluster_of._checked(lambda number: {"repeat": number}, 3, cluster_of.versions()) == {"repeat": 3}


def wait_until(condition, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
