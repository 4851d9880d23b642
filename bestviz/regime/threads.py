"""One BLAS thread: the matrices here are small, many sessions share the machine, and rounding must not differ.

How many threads share a product decides how it is rounded. The limit is one of the whole process, so whoever sets it
and lifts it again while others still compute would change the last digits of their answers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

import numpy as np  # noqa: F401  # its BLAS and SciPy's must be loaded before they are looked for
import scipy.linalg  # noqa: F401
from threadpoolctl import OpenBLASController, ThreadpoolController


class _Limit:
    """The limit of the process: set by the first who comes, lifted by the last who leaves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._lift: Callable[[], None] = lambda: None

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                _take_control()
                self._lift = self._libraries.limit(limits=1).restore_original_limits
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                _take_control()
                self._lift()
                _take_control()

    @cached_property
    def _libraries(self) -> ThreadpoolController:
        # Looking for the libraries takes milliseconds; once is enough.
        return ThreadpoolController()


def _take_control() -> None:
    """Only the first thread of a process could set limits, all others would be ignored; sessions have one each."""
    OpenBLASController.clear_controlling_thread(force=True)


_LIMIT = _Limit()


def one_thread() -> AbstractContextManager[None]:
    """Limit BLAS to one thread while the context lasts, in whatever threads of the process it is entered."""
    return _LIMIT


def in_one_thread(task: Callable[..., Any], *arguments: object) -> Any:
    """Run a task with one BLAS thread: a job of joblib gives the same numbers wherever it runs."""
    with one_thread():
        return task(*arguments)
