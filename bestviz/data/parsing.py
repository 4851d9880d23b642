"""From text cells to typed values: numbers, true/false, categories; what cannot be read is marked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_BOOLEANS = {"true": True, "1": True, "yes": True, "1.0": True, "false": False, "0": False, "no": False, "0.0": False}


def to_numbers(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Numbers of text cells.

    Parameters
    ----------
    cells : Series of str
        Missing allowed.

    Returns
    -------
    Series of float
        Exact values; missing where a cell is missing or not a finite number.
    Series of bool
        Which cells hold something that is not a finite number.
    """
    ok = cells.str.fullmatch(_NUMBER).fillna(False).astype(bool)
    values = np.full(len(cells), np.nan)
    values[ok.to_numpy()] = cells[ok].to_numpy(dtype=object).astype(float)  # Python's own parser: exact to the last bit
    numbers = pd.Series(values, index=cells.index)
    infinite = np.isinf(numbers)
    return numbers.mask(infinite), (cells.notna() & ~ok) | infinite


def to_booleans(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """True/false of text cells: true, yes, 1, false, no, 0 in any case; and which cells are none of these."""
    values = cells.str.casefold().map(_BOOLEANS)
    return values.astype("boolean"), cells.notna() & values.isna()


def to_categories(cells: pd.Series, known: Mapping[str, str]) -> tuple[pd.Series, pd.Series]:
    """Categories of text cells by a table of cell -> category; and which cells are not in the table."""
    values = cells.map(dict(known)).astype("str")
    return values, cells.notna() & values.isna()
