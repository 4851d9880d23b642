"""One BLAS thread at a time: the matrices here are small, and many sessions share the machine."""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np  # noqa: F401  # its BLAS and SciPy's must be loaded before they are looked for
import scipy.linalg  # noqa: F401
from threadpoolctl import ThreadpoolController

# Looking for the libraries takes milliseconds; once is enough.
_LIBRARIES = ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """Limit BLAS to one thread while the context lasts."""
    limit: AbstractContextManager[object] = _LIBRARIES.limit(limits=1)
    return limit
