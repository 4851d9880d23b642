"""Long work behind the pages: in a process of its own, so that pages stay quick and cancelling ends it at once.

One job a key. Jobs belong to the server, not to a session: they survive page changes and reloads, and whoever asks the
same gets the same job. Keys are made of digests, so nobody gets the result of data that they do not have. Results are
kept in memory only, the latest few hundred megabytes.

    job = background.start(("deep", trial.digest), deep_gain, trial, wishes, horizon=24)
    job.state, job.done, job.total, job.result      # `bestviz.ui.work` draws it

The function is named at the top of a module, and is called with `progress=`, a callable(done, total, what).
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, Literal

from bestviz.errors import BestVizError

State = Literal["waiting", "running", "done", "failed", "cancelled"]

KEPT = 40  # jobs that have ended
KEPT_BYTES = 400_000_000  # of their results as they were sent; the latest is kept whatever its size
NICE = 10  # readers of pages come first
AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
BROKEN = "The calculation failed. The fault is in BestViz, not in the data; the details are in the server's log."
LOST = (
    "The calculation ended without a result. The machine may have run out of memory; try again when less is going on."
)

_LOG = logging.getLogger(__name__)
_LOCK = threading.RLock()
_TURN = threading.BoundedSemaphore(AT_ONCE)
_JOBS: OrderedDict[Hashable, Job] = OrderedDict()


@dataclass
class Job:
    """One piece of long work; its fields change while it goes on.

    Attributes
    ----------
    key : hashable
    state : {"waiting", "running", "done", "failed", "cancelled"}
        Waiting: for other jobs to end.
    done, total : int
        Steps; a total of 0: not known yet.
    what : str
        What is being done.
    result : object
        Once it is done.
    fault : str
        One sentence, where it failed.
    size : int
        Bytes of the result as it was sent.
    """

    key: Hashable
    state: State = "waiting"
    done: int = 0
    total: int = 0
    what: str = ""
    result: Any = None
    fault: str = ""
    size: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")


def start(key: Hashable, function: Callable[..., Any], *args: Any, **named: Any) -> Job:
    """Start a job, unless it waits, runs or is done; one that failed or was cancelled starts again.

    Parameters
    ----------
    key : hashable
        What is asked, with the digests of model and data.
    function : callable
        At the top of a module; arguments and result must be picklable. It is also given `progress`.
    """
    with _LOCK:
        job = find(key)
        if job is not None and job.state not in ("failed", "cancelled"):
            return job
        # Pickled here: what cannot be sent is a fault of the caller's.
        task = _packed((function, args, named))
        job = _JOBS[key] = Job(key)
        _JOBS.move_to_end(key)
        _drop_old()
    threading.Thread(target=_supervise, args=(job, task), daemon=True).start()
    return job


def find(key: Hashable) -> Job | None:
    """The job of a key; None where there is none."""
    with _LOCK:
        if key in _JOBS:
            _JOBS.move_to_end(key)  # what is in use is forgotten last
        return _JOBS.get(key)


def cancel(key: Hashable) -> None:
    """End a job at once, if it still goes on."""
    with _LOCK:
        job = _JOBS.get(key)
        if job is None or not job.is_active:
            return
        job.state = "cancelled"
        if job._process is not None:
            job._process.kill()


def _drop_old() -> None:
    """Forget the oldest that have ended, beyond so many and so much memory."""
    kept = held = 0
    for key, job in reversed(list(_JOBS.items())):
        if job.is_active:
            continue
        kept, held = kept + 1, held + job.size
        if kept > KEPT or (held > KEPT_BYTES and kept > 1):
            del _JOBS[key]


def _supervise(job: Job, task: Parts) -> None:
    """Wait for a turn, start the process, and listen until it ends."""
    with _TURN:
        with _LOCK:
            if not job.is_active:
                return
            command = [sys.executable, "-m", "bestviz.ui.background"]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(part or os.getcwd() for part in sys.path)}
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
            job.state, job._process = "running", process
        try:
            _listen(job, process, task)
        finally:
            process.kill()
            process.wait()
            job._process = None


def _listen(job: Job, process: subprocess.Popen[bytes], task: Parts) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # What is left open is closed with this server, and the process ends with it. Closing writes what is left, so it
        # fails too where the process was ended.
        with process.stdin, process.stdout:
            _send(process.stdin, task)
            while job.state == "running":
                _take(job, process.stdout)
    except (OSError, EOFError, pickle.UnpicklingError):
        _end(job, "failed", fault=LOST)


def _take(job: Job, source: IO[bytes]) -> None:
    """One message of the process."""
    kind, *said = pickle.load(source)
    if kind == "progress":
        job.done, job.total, job.what = said
    elif kind == "done":
        parts = _received(source)
        job.size = sum(len(part) for part in parts)
        _end(job, "done", result=_unpacked(parts))
    else:
        _end(job, "failed", fault=said[0])


def _end(job: Job, state: State, *, result: Any = None, fault: str = "") -> None:
    with _LOCK:
        if job.is_active:
            job.result, job.fault, job.state = result, fault, state
            _drop_old()


# -- what is sent -----------------------------------------------------------------------------------------------------

Parts = list[Any]  # a pickle without its arrays, then the memory of each array


def _packed(value: Any) -> Parts:
    """A value as it is sent: arrays are not copied, so megabytes of them cost this process nothing."""
    arrays: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=arrays.append)
    return [head, *(array.raw() for array in arrays)]


def _unpacked(parts: Parts) -> Any:
    return pickle.loads(parts[0], buffers=parts[1:])


def _send(out: IO[bytes], parts: Parts) -> None:
    pickle.dump([len(part) for part in parts], out, pickle.HIGHEST_PROTOCOL)
    for part in parts:
        out.write(part)
    out.flush()


def _received(source: IO[bytes]) -> Parts:
    parts = [bytearray(size) for size in pickle.load(source)]
    for part in parts:
        if source.readinto(part) < len(part):  # type: ignore[attr-defined]
            raise EOFError
    return parts


# -- in the process ---------------------------------------------------------------------------------------------------


def _serve() -> None:
    """Do the task that comes in and send out what becomes of it."""
    os.nice(NICE)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the work prints is no message
    lock = threading.Lock()

    def send(*message: Any) -> None:
        with lock:
            pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)
            out.flush()

    def progress(done: int, total: int, what: str) -> None:
        send("progress", done, total, what)

    try:
        function, args, named = _unpacked(_received(sys.stdin.buffer))
        threading.Thread(target=_end_with_server, args=(sys.stdin.buffer,), daemon=True).start()
        result = function(*args, progress=progress, **named)
        parts = _packed(result)
        with lock:
            pickle.dump(("done",), out, pickle.HIGHEST_PROTOCOL)
            _send(out, parts)
    except BestVizError as fault:
        send("failed", str(fault))
    except Exception as fault:
        # Where, not what: the text of a foreign error may hold a value of a person.
        steps = traceback.extract_tb(fault.__traceback__)
        places = "\n".join(f"  {step.filename}, line {step.lineno}, in {step.name}" for step in steps)
        _LOG.error("%s\n%s", type(fault).__name__, places)
        send("failed", BROKEN)


def _end_with_server(source: BinaryIO) -> None:
    source.read()
    os._exit(1)


if __name__ == "__main__":
    from bestviz.ui import background

    background._serve()
