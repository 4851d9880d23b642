"""Time and memory by size: every size in a process of its own, and what failed is a line."""

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import scale, scale_report

TIMES = ("fit_seconds", "save_seconds", "load_seconds", "advice_seconds", "again_seconds")
SIZES = ("file_mb", "fit_mb", "peak_mb")


def line(n: int, factor: float, replicates: int = 50) -> dict[str, Any]:
    return {"n": n, "replicates": replicates, "learner": "additive"} | dict.fromkeys((*TIMES, *SIZES), factor)


def test_one_size_is_measured_in_a_new_process() -> None:
    found = scale.in_new_process((150, 20, "additive"))
    assert {"n": 150, "replicates": 20, "learner": "additive"}.items() <= found.items()
    assert all(found[key] > 0 for key in (*TIMES, *SIZES))
    assert found["imported_mb"] < found["fit_mb"] <= found["peak_mb"]


def test_a_size_that_is_refused_is_a_line() -> None:
    found = scale.in_new_process((150, 5, "additive"))
    assert found["unavailable"] == "replicates: at least 20 are needed for intervals, not 5."


@pytest.mark.parametrize(
    ("done", "says"),
    [
        (SimpleNamespace(returncode=-9, stderr="", stdout=""), "ended by signal 9; memory may have run out"),
        (SimpleNamespace(returncode=1, stderr="a\nlast\n", stdout=""), "last"),
        (SimpleNamespace(returncode=1, stderr="", stdout=""), "failed without a word"),
    ],
)
def test_a_process_that_fails_says_how(done: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    found = scale.in_new_process((50_000, 50, "additive"))
    assert found["n"] == 50_000
    assert says in found["unavailable"]


def test_a_process_that_takes_too_long_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("x", 1)

    monkeypatch.setattr(subprocess, "run", late)
    assert scale.in_new_process((1, 1, "x"))["unavailable"] == "It was not finished after 60 minutes."


def test_the_sizes_asked_for_are_measured() -> None:
    for size, most in (("quick", 10_000), ("full", 50_000)):
        tasks = scale.SIZES[size]
        assert max(n for n, _, _ in tasks) == most
        assert {replicates for n, replicates, _ in tasks if n == 805} == {50, 100, 200, 500, 1000}
        assert len(set(tasks)) == len(tasks)
    assert set(scale.SIZES["quick"]) <= set(scale.SIZES["full"])


def test_what_is_done_is_not_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "in_new_process", lambda task: {"n": task[0]})
    every = dict(scale.measured("full"))
    largest = "50000 50 additive"
    assert len(every) == len(scale.FULL)
    assert dict(scale.measured("full", every.keys() - {largest})) == {largest: [{"n": 50_000}]}


def test_growth_by_hand_is_that_of_one_thing_at_a_time() -> None:
    rows = scale_report.growth([line(1000, 1.0), line(2000, 4.0), line(4000, 8.0), line(1000, 2.0, 100)])[2:]
    assert rows[0].startswith("| 1000 to 2000 people | additive | 50 | **2.00** |")
    assert rows[1].startswith("| 2000 to 4000 people | additive | 50 | 1.00 |")
    assert rows[2].startswith("| 50 to 100 replicates | additive | 1000 | 1.00 |")
    assert len(rows) == 3


def test_what_failed_stands_in_the_table_and_not_in_the_growth() -> None:
    failed = {"n": 50_000, "replicates": 50, "learner": "additive", "unavailable": "Memory ran out."}
    text = list(scale_report.report([line(1000, 1.0), failed]))
    assert "| 50000 | 50 | additive | – | – | – | – | – | – | – | – | Memory ran out. |" in text
    assert not any("1000 to 50000" in row for row in text)
    assert list(scale_report.report([])) == []
