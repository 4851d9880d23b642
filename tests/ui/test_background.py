"""Long work in a process of its own: results, progress, cancelling, faults; one job a key."""

import pickle
import time

import numpy as np
import pandas as pd
import pytest

from bestviz.errors import DataError
from bestviz.ui import background


def count(to, progress):
    for done in range(to):
        progress(done + 1, to, "Counting")
    print("what is printed is no message")
    return to * 2


def wait(progress):
    progress(1, 2, "Waiting")
    time.sleep(600)


def large(size, progress):
    return bytes(size)


def doubled(values, table, progress):
    values *= 2  # what arrives is the process's own
    return values, table.assign(twice=table["number"] * 2)


def refuse(progress):
    raise DataError("deep: the data have no markers.")


def break_down(progress):
    raise KeyError("P-0815")


def leave(progress):
    import os

    os._exit(3)


def until(job, *states, seconds=30):
    end = time.monotonic() + seconds
    while job.state not in states and time.monotonic() < end:
        time.sleep(0.02)
    assert job.state in states
    return job


@pytest.fixture(autouse=True)
def _no_jobs(monkeypatch):
    monkeypatch.setattr(background, "_JOBS", background.OrderedDict())
    # A job that another test left behind may still have the turn.
    monkeypatch.setattr(background, "_TURN", background.threading.BoundedSemaphore(1))


def test_a_job_tells_its_steps_and_keeps_its_result():
    job = until(background.start("a", count, 3), "done")
    assert (job.result, job.done, job.total, job.what) == (6, 3, 3, "Counting")
    assert background.start("a", count, 5) is job
    assert background.find("a") is job
    assert background.find("b") is None


def test_cancelling_ends_the_process_at_once_and_it_can_be_started_again():
    job = background.start("a", wait)
    until(job, "running")
    while job.done == 0:
        time.sleep(0.02)
    process = job._process
    background.cancel("a")
    assert job.state == "cancelled"
    assert process.wait(5) != 0
    assert background.start("a", count, 1) is not job


def test_what_waits_can_be_cancelled(monkeypatch):
    monkeypatch.setattr(background, "_TURN", background.threading.BoundedSemaphore(1))
    first, second = background.start("a", wait), background.start("b", count, 1)
    until(first, "running")
    assert second.state == "waiting"
    background.cancel("b")
    background.cancel("a")
    assert (first.state, second.state) == ("cancelled", "cancelled")
    until(background.start("c", count, 1), "done")
    assert second.result is None


@pytest.mark.parametrize(
    ("work", "fault"),
    [(refuse, "deep: the data have no markers."), (break_down, background.BROKEN), (leave, background.LOST)],
)
def test_faults_are_one_sentence(work, fault, capfd):
    job = until(background.start("a", work), "failed")
    assert job.fault == fault
    assert job.result is None
    assert "P-0815" not in capfd.readouterr().err  # no value of a person in the log


def test_what_cannot_be_sent_is_refused_and_forgotten():
    with pytest.raises((AttributeError, background.pickle.PicklingError)):
        background.start("a", lambda progress: None)
    assert background.find("a") is None


def test_only_the_latest_results_are_kept(monkeypatch):
    monkeypatch.setattr(background, "KEPT", 2)
    for key in "abcd":
        until(background.start(key, count, 1), "done")
    assert [key for key in "abcd" if background.find(key)] == ["c", "d"]


def test_results_are_forgotten_by_their_size_but_never_the_latest(monkeypatch):
    monkeypatch.setattr(background, "KEPT_BYTES", 2500)
    for key in ("a", "b", "c"):
        assert until(background.start(key, large, 1000), "done").size > 1000
    assert background.find("a") is None
    assert len(background.find("b").result) == 1000
    until(background.start("d", large, 5000), "done")
    assert [key for key in "abcd" if background.find(key)] == ["d"]


def test_arrays_and_tables_come_back_as_they_went_without_a_copy_in_the_server():
    values = np.asfortranarray(np.arange(60_000.0).reshape(200, 300))
    table = pd.DataFrame({"number": [1, 2], "word": ["one", None], "class": pd.Categorical(["a", "b"])})
    job = until(background.start("arrays", doubled, values, table), "done", "failed")
    assert (job.state, job.size > values.nbytes) == ("done", True)
    again, made = job.result
    np.testing.assert_array_equal(again, 2 * np.arange(60_000.0).reshape(200, 300))
    pd.testing.assert_frame_equal(made, table.assign(twice=[2, 4]))
    again += 1  # and can be written to
    head, *arrays = background._packed((values, table, np.empty(0)))
    assert any(np.shares_memory(np.frombuffer(part), values) for part in arrays if len(part) == values.nbytes)
    assert len(head) < 5_000 < len(pickle.dumps(values))
