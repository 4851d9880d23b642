"""How the advice uses the processors: one BLAS thread an answer, replicates side by side."""

from __future__ import annotations

import os

from joblib import parallel_config
from joblib._parallel_backends import LokyBackend
from joblib.parallel import get_active_backend

from bestviz.regime.threads import one_thread

__all__ = ["one_thread", "side_by_side"]


def side_by_side(jobs: int | None) -> parallel_config:
    """Threads for the replicates, unless the caller has chosen a backend such as Dask.

    Parameters
    ----------
    jobs : int or None
        How many; default one a processor.
    """
    backend, _ = get_active_backend()
    if not isinstance(backend, LokyBackend):
        return parallel_config()
    return parallel_config(backend="threading", n_jobs=jobs or os.cpu_count() or 1)
