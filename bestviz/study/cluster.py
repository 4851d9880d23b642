"""Repeats on a Dask cluster: workers may come and go; only the end of the scheduler ends the study."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from queue import Empty, SimpleQueue
from typing import Any

import bestviz
from bestviz.study.lines import Line, StudyError

LOOK, PATIENCE = 3.0, 10  # seconds between looks at the workers while nothing finishes; looks that find none
CONNECT, GATHER = 5.0, 30.0  # seconds until the scheduler answers, and until a first worker is there
_SAME = ("numpy", "scipy", "scikit-learn", "pandas")  # packages that decide the last digits


def on_cluster(
    address: str, work: Callable[[int], Line], numbers: Iterable[int], tell: Callable[[str], object]
) -> Generator[Line, None, None]:
    """Do repeats on the cluster at an address, in whatever order they are finished.

    The others do the repeats of a worker that vanished. A repeat that ends one worker after the other is told of and
    left out.

    Raises
    ------
    StudyError
        Dask is not installed, the cluster cannot be reached or used, or its scheduler or all its workers vanished.
    """
    distributed = _distributed()
    with _quiet(), _connected(distributed, address) as client:
        done: SimpleQueue[Any] = SimpleQueue()
        waiting = {}
        for number in numbers:
            future = client.submit(_checked, work, number, versions(), key=f"repeat-{id(done)}-{number}", pure=False)
            future.add_done_callback(done.put)
            waiting[future.key] = future
        workers = _Workers(client, address, tell)
        while waiting:
            future = workers.watched(done)
            del waiting[future.key]
            try:
                yield future.result()
            except distributed.KilledWorker:
                number = future.key.rpartition("-")[2]
                tell(f"Repeat {number} ended one worker after the other (is memory short?) and is left out.")
            except (distributed.CancelledError, OSError):  # the work reports its own: this is the connection
                raise StudyError(f"The Dask scheduler at {address} has vanished.") from None
            except StudyError:
                raise
            except Exception as fault:  # a worker that cannot do the work
                raise StudyError(
                    f"The workers of the Dask cluster at {address} cannot run BestViz ({type(fault).__name__}: "
                    f"{fault}); start them in its folder, with the same packages."
                ) from fault


@cache
def versions() -> dict[str, str]:
    """Versions of what the numbers depend on."""
    return {"bestviz": bestviz.__version__} | {name: version(name) for name in _SAME}


def _checked(work: Callable[[int], Line], number: int, wanted: dict[str, str]) -> Line:
    """The work, unless this worker has other versions than the one who asks."""
    for name, here in versions().items():
        if here != wanted[name]:
            raise StudyError(
                f"A worker of the Dask cluster has {name} {here} and the study runs with {wanted[name]}, so numbers "
                "could differ; install the same."
            )
    return work(number)


class _Workers:
    """Waits for results and keeps an eye on who is there to make them."""

    def __init__(self, client: Any, address: str, tell: Callable[[str], object]) -> None:
        self._client, self._address, self._tell = client, address, tell
        self._known = set(client.nthreads())

    def watched(self, done: SimpleQueue[Any]) -> Any:
        """The next future that is done."""
        alone = 0
        while alone < PATIENCE:
            try:
                future = done.get(timeout=LOOK)
            except Empty:
                self._look()
                alone = 0 if self._known else alone + 1
                continue
            if future.status == "finished":
                self._look()
            return future
        raise StudyError(f"The Dask cluster at {self._address} has no workers left.")

    def _look(self) -> None:
        try:
            now = set(self._client.nthreads())
        except (OSError, TimeoutError):
            return  # the scheduler has vanished: every future will say so
        for gone in sorted(self._known - now):
            self._tell(f"The Dask worker {gone} has vanished; the others do its repeats.")
        self._known = now


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise StudyError(
            "A study on a Dask cluster needs the package distributed (pip install 'dask[distributed]'), which is not "
            "installed here; without --dask it runs on this machine."
        ) from None


@contextmanager
def _connected(distributed: Any, address: str) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as fault:
        raise StudyError(
            f"No Dask scheduler answers at {address!r}; start one (dask scheduler) or correct the address."
        ) from fault
    with client:
        try:
            client.wait_for_workers(1, timeout=GATHER)
        except TimeoutError as fault:
            raise StudyError(
                f"The Dask cluster at {address} has no workers; start some (dask worker {address}) and try again."
            ) from fault
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """The client logs tracebacks of what is said here in a sentence."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
