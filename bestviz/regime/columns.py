"""What a column of a table holds: numbers or names, whatever its dtype."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

NUMBERS_AS_OBJECTS = ("integer", "floating", "mixed-integer-float", "boolean", "decimal", "empty")


def as_numbers(values: pd.Series) -> npt.NDArray[np.float64] | None:
    """The column as floats, missing as NaN; None where it holds names.

    Numbers are columns of any numeric or boolean dtype, and columns of Python objects that are all numbers.
    """
    numeric = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_complex_dtype(values.dtype):
        return None
    if values.dtype == object:
        numeric = pd.api.types.infer_dtype(values, skipna=True) in NUMBERS_AS_OBJECTS
        values = values.where(values.notna(), np.nan)
    return values.to_numpy(dtype=float, na_value=np.nan) if numeric else None


def as_names(values: pd.Series) -> pd.Series:
    """The column as text, missing as None; whole numbers without decimals, so that 1 and 1.0 are one name."""
    names = [None if pd.isna(v) else str(int(v)) if _is_whole(v) else str(v) for v in values]
    return pd.Series(names, index=values.index, dtype=object)


def _is_whole(value: object) -> bool:
    return isinstance(value, float | np.floating) and float(value).is_integer()
