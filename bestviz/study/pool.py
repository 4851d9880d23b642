"""Repeats in processes of this machine; one that is ended from outside is replaced."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from bestviz.study.lines import Line, StudyError

CRASHES = 3  # in a row without a finished repeat


def on_this_machine(
    work: Callable[[int], Line], numbers: Iterable[int], jobs: int | None, tell: Callable[[str], object]
) -> Generator[Line, None, None]:
    """Do repeats in several processes, in whatever order they are finished.

    Parameters
    ----------
    work : callable(number)
        Can be pickled, and returns a line whose `repeat` is the number.
    numbers : iterable of int
    jobs : int or None
        Processes; default one a processor. With 1, everything happens in this process.
    tell : callable(sentence)

    Raises
    ------
    StudyError
        Processes were ended from outside again and again.
    """
    jobs, rest, crashes = jobs or os.cpu_count() or 1, list(numbers), 0
    while rest:
        try:
            for line in _round(work, rest, jobs):
                rest.remove(line["repeat"])
                crashes = 0
                yield line
        except TerminatedWorkerError:
            crashes += 1
            if crashes == CRASHES:
                raise StudyError(
                    f"Worker processes were ended from outside {CRASHES} times in a row (is memory short? fewer --jobs "
                    "need less)."
                ) from None
            tell("A worker process was ended from outside; its repeat is done again.")
            rest = rest[jobs:] + rest[:jobs]  # if it was the repeat itself that did it, others come first


def _round(work: Callable[[int], Line], numbers: Iterable[int], jobs: int) -> Iterator[Line]:
    """Lines until all are there, or a process is gone."""
    parallel = Parallel(
        n_jobs=jobs, backend="loky", return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs"
    )
    with closing(parallel(delayed(work)(number) for number in list(numbers))) as lines:
        yield from lines
