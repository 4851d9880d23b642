"""Reading a joblib file without running what a stranger put inside.

Such a file is a list of instructions that may name any function of any package. Here only the names on a short list are
looked up: plain containers, numpy and pandas tables, scikit-learn estimators, and BestViz's own classes.
"""

from __future__ import annotations

import importlib
import io
from typing import Any

from joblib.numpy_pickle import NumpyUnpickler

from bestviz.errors import ModelFileError

_OWN_PACKAGES = ("bestviz.advice", "bestviz.regime", "bestviz.trial", "bestviz.data.dataset", "bestviz.data.problems")
_ALLOWED: frozenset[str] = frozenset(
    {
        "builtins.bytearray",
        "builtins.complex",
        "builtins.frozenset",
        "builtins.range",
        "builtins.set",
        "builtins.slice",
        "collections.OrderedDict",
        "datetime.date",
        "datetime.datetime",
        "datetime.timedelta",
        "datetime.timezone",
        "joblib.numpy_pickle.NumpyArrayWrapper",
        "numpy.dtype",
        "numpy.ndarray",
        "numpy._core.multiarray._reconstruct",
        "numpy._core.multiarray.scalar",
        "numpy.random._mt19937.MT19937",
        "numpy.random._pcg64.PCG64",
        "numpy.random._pickle.__bit_generator_ctor",
        "numpy.random._pickle.__generator_ctor",
        "numpy.random._pickle.__randomstate_ctor",
        "numpy.random.bit_generator.SeedSequence",
        "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
        "pandas.BooleanDtype",
        "pandas.Categorical",
        "pandas.CategoricalDtype",
        "pandas.CategoricalIndex",
        "pandas.DataFrame",
        "pandas.Float64Dtype",
        "pandas.Index",
        "pandas.Int64Dtype",
        "pandas.MultiIndex",
        "pandas.NA",
        "pandas.RangeIndex",
        "pandas.Series",
        "pandas.StringDtype",
        "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked",
        "pandas._libs.internals._unpickle_block",
        "pandas.arrays.ArrowStringArray",
        "pandas.arrays.BooleanArray",
        "pandas.arrays.FloatingArray",
        "pandas.arrays.IntegerArray",
        "pandas.arrays.StringArray",
        "pandas.core.indexes.base._new_Index",
        "pandas.core.internals.managers.BlockManager",
        "pandas.core.internals.managers.SingleBlockManager",
        "pyarrow.lib._restore_array",
        "pyarrow.lib.py_buffer",
        "pyarrow.lib.type_for_alias",
        "sklearn.tree._tree.Tree",
    }
)


class SafeUnpickler(NumpyUnpickler):
    """Reads a joblib file and refuses every name that is not on the list before it is looked up.

    joblib hands nested streams (arrays of objects) to the same `find_class` since 1.6.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__("", io.BytesIO(content), ensure_native_byte_order=True)

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" in _ALLOWED and "." not in name:
            return super().find_class(module, name)
        if not module.startswith(("bestviz.", "sklearn.")) or not name.isidentifier():
            raise _ForbiddenError(f"{module}.{name}")
        return _own_class(module, name) if module.startswith("bestviz.") else _estimator(module, name)


class _ForbiddenError(Exception):
    """A model file asks for something that is not on the list."""


def _own_class(module: str, name: str) -> type:
    """A class of the packages that hold a model, defined in that very module: not what the module imports."""
    if not any(module == package or module.startswith(f"{package}.") for package in _OWN_PACKAGES):
        raise _ForbiddenError(f"{module}.{name}")
    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, type) or found.__module__ != module:
        raise _ForbiddenError(f"{module}.{name}")
    return found


def _estimator(module: str, name: str) -> type:
    """An estimator of scikit-learn: making one only stores its settings."""
    from sklearn.base import BaseEstimator

    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, type) or not issubclass(found, BaseEstimator) or found.__module__ != module:
        raise _ForbiddenError(f"{module}.{name}")
    return found


def unpickle(content: bytes, what: str) -> Any:
    """Build the object that the bytes of a joblib file describe.

    Parameters
    ----------
    content : bytes
        An uncompressed joblib file.
    what : str
        Beginning of the message if it cannot be done.

    Raises
    ------
    ModelFileError
        If the file is broken or asks for anything that is not on the list.
    """
    try:
        return SafeUnpickler(content).load()
    except _ForbiddenError as fault:
        raise ModelFileError(f"{what}: it asks for {fault}, which no model needs.") from None
    except Exception as fault:  # a broken stream can fail in any way
        raise ModelFileError(f"{what} ({type(fault).__name__}: {fault}).") from fault
