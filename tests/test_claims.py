"""One fit at a time to a name: whoever holds it, wherever it died, and with nothing left behind."""

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys

import pytest

from bestviz import claims
from bestviz.claims import claim
from bestviz.errors import ModelFileError


def hidden(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_name_is_taken_once(tmp_path):
    with claim(tmp_path / "models" / "m") as held:
        assert held.folder == tmp_path / "models" / "m"
        with pytest.raises(ModelFileError, match=rf"'m' is being fitted now \(process {os.getpid()} on "):
            claim(tmp_path / "models" / "m")
        claim(tmp_path / "models" / "other").release()
    assert hidden(tmp_path / "models") == []


def test_two_ways_to_one_folder_are_one_name(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with claim(tmp_path / "real" / "m"), pytest.raises(ModelFileError, match="being fitted now"):
        claim(tmp_path / "link" / "m")


def test_what_a_fit_left_half_written_is_removed_with_its_claim(tmp_path):
    with claim(tmp_path / "m"):
        (tmp_path / ".m.x1.draft").mkdir()
    assert hidden(tmp_path) == []


def test_a_claim_is_free_when_its_process_is_killed(tmp_path):
    code = f"from bestviz.claims import claim; claim({str(tmp_path / 'm')!r}); import os; os._exit(9)"
    subprocess.run([sys.executable, "-c", code], check=False)
    assert hidden(tmp_path) == [".m.fitting"]
    claim(tmp_path / "m").release()
    assert hidden(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelFileError, match="cannot be written"):
        claim(tmp_path / "file" / "m")


@pytest.fixture
def no_locks(monkeypatch):
    """A file system without locks: what is written in the claim decides."""

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def gone():
    """Id of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.mark.parametrize("signed", ["", "{", "[1]", '{"pid": 0, "host": "x"}', None])
def test_without_locks_a_claim_of_a_process_that_is_gone_is_free(tmp_path, no_locks, signed):
    if signed is None:
        signed = json.dumps({"pid": gone(), "host": socket.gethostname()})
    (tmp_path / ".m.fitting").write_text(signed)
    claim(tmp_path / "m").release()
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("pid", [os.getpid(), 1], ids=["this", "the first"])
def test_without_locks_a_claim_of_a_process_that_lives_is_taken(tmp_path, no_locks, pid):
    (tmp_path / ".m.fitting").write_text(json.dumps({"pid": pid, "host": socket.gethostname()}))
    with pytest.raises(ModelFileError, match=rf"process {pid} on"):
        claim(tmp_path / "m")


def test_without_locks_another_machine_is_believed(tmp_path, no_locks):
    (tmp_path / ".m.fitting").write_text(json.dumps({"pid": gone(), "host": "elsewhere"}))
    with pytest.raises(ModelFileError, match="on elsewhere"):
        claim(tmp_path / "m")


def test_what_a_killed_server_left_is_removed_at_the_next_start(tmp_path):
    def leave(name):
        draft = tmp_path / f".{name}.x1.draft"
        draft.mkdir()
        (draft / "model.joblib").write_bytes(b"half")
        return draft

    killed, writing, old = leave("killed"), leave("writing"), leave("old")
    (tmp_path / ".killed.fitting").touch()
    (tmp_path / ".busy.fitting").touch()
    busy = leave("busy")
    os.utime(old / "model.joblib", (0, 0))
    os.utime(old, (0, 0))
    with open(tmp_path / ".busy.fitting") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        claims.sweep(tmp_path)
        assert not killed.exists()
        assert not old.exists()
        assert busy.exists()
        assert writing.exists()  # perhaps of somebody who saves from Python just now
    claims.sweep(tmp_path)
    assert hidden(tmp_path) == [".writing.x1.draft"]
    claims.sweep(tmp_path / "none")
