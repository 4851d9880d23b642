"""From a table of features to numbers: standardised columns, curves for main effects, missing values filled in.

Numeric columns become one standardised column, categorical ones a centred indicator per level. Missing values are
filled from their conditional distribution given the known ones (see `bestviz.regime.normal`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.columns import as_names, as_numbers
from bestviz.regime.normal import JointNormal

FloatArray = npt.NDArray[np.float64]

CURVE_QUANTILES = (0.25, 0.5, 0.75)
STEP_QUANTILES = (1 / 3, 2 / 3)
MIN_DISTINCT_FOR_CURVE = 6
# Of a column with more names than this (such as a centre or a free text) only the most frequent get a column of their
# own.
MOST_LEVELS = 20


@dataclass(frozen=True)
class NumericColumn:
    """Encoding of one numeric column: location, scale, observed range and knots (all in its own unit)."""

    name: str
    mean: float
    sd: float
    minimum: float
    maximum: float
    curve_knots: tuple[float, ...]
    step_knots: tuple[float, ...]


@dataclass(frozen=True)
class CategoricalColumn:
    """Encoding of one categorical column: levels seen in training, their frequencies, and levels too rare for a
    column.
    """

    name: str
    levels: tuple[str, ...]
    frequencies: tuple[float, ...]
    rare: frozenset[str] = frozenset()


class Encoder:
    """Learned encoding of a table of features.

    Attributes
    ----------
    columns : list of NumericColumn or CategoricalColumn
        One entry an input column that varies in training; constant and empty columns carry no information and are left
        out.
    source : int array, shape (q,)
        For each encoded column, the position of its input column in `columns`.
    """

    def __init__(self) -> None:
        self.columns: list[NumericColumn | CategoricalColumn] = []
        self.source = np.empty(0, dtype=np.intp)

    def fit(self, frame: pd.DataFrame) -> Encoder:
        """Learn levels, scales, knots and the joint distribution of the encoded columns.

        Parameters
        ----------
        frame : DataFrame, one row a person
            Columns of numbers (booleans included) or of names, called by text; missing allowed.
        """
        self.columns = [c for name in frame.columns if (c := _learn_column(str(name), frame[name])) is not None]
        sizes = [1 if isinstance(c, NumericColumn) else len(c.levels) for c in self.columns]
        self.source = np.repeat(np.arange(len(self.columns)), sizes)
        self.normal = JointNormal.learn(self.encode(frame))
        return self

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        return len(self.source)

    def linear(self, frame: pd.DataFrame, rng: np.random.Generator | None = None) -> FloatArray:
        """Encode rows, missing values filled in.

        Parameters
        ----------
        frame : DataFrame
            Columns as in training; an absent column counts as missing. A category unseen in training counts as missing,
            with a warning.
        rng : Generator, optional
            Given: missing values are drawn; else they are conditional means.

        Returns
        -------
        array, shape (rows, q)
        """
        encoded = self.encode(frame)
        return self.within_range(self.normal.fill(encoded, rng), np.isnan(encoded), draw=rng is not None)

    def within_range(self, filled: FloatArray, missing: npt.NDArray[np.bool_], draw: bool) -> FloatArray:
        """Keep filled values inside what was observed in training; a drawn category is one level, not a mixture."""
        for position, column in enumerate(self.columns):
            at = np.flatnonzero(self.source == position)
            rows = np.flatnonzero(missing[:, at[0]])
            if not len(rows):
                continue
            if isinstance(column, NumericColumn):
                low, high = ((v - column.mean) / column.sd for v in (column.minimum, column.maximum))
                filled[rows, at[0]] = np.clip(filled[rows, at[0]], low, high)
            else:
                shares = np.clip(filled[np.ix_(rows, at)] + column.frequencies, 0.0, 1.0)
                if draw:
                    shares = np.eye(len(at))[shares.argmax(axis=1)]
                total = shares.sum(axis=1, keepdims=True)
                shares = np.where(total > 0, shares / np.where(total > 0, total, 1), column.frequencies)
                filled[np.ix_(rows, at)] = shares - column.frequencies
        return filled

    def curves(self, linear: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
        """Bends of the numeric columns at their quartiles (hinges), for main effects.

        Returns
        -------
        basis : array, shape (rows, b)
        source : int array, shape (b,)
            Input column of each basis column.
        """
        return self._basis(linear, "curve_knots", lambda x, knot: np.maximum(x - knot, 0.0))

    def steps(self, linear: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
        """Steps of the numeric columns at their terciles (1 above, 0 below), for threshold-shaped effect
        modification.
        """
        return self._basis(linear, "step_knots", lambda x, knot: (x > knot).astype(float))

    def _basis(
        self, linear: FloatArray, knots: str, shape: Callable[[FloatArray, float], FloatArray]
    ) -> tuple[FloatArray, npt.NDArray[np.intp]]:
        parts, source = [], []
        for position, column in enumerate(self.columns):
            if isinstance(column, NumericColumn):
                x = linear[:, np.flatnonzero(self.source == position)[0]]
                for knot in getattr(column, knots):
                    parts.append(shape(x, (knot - column.mean) / column.sd))
                    source.append(position)
        basis = np.column_stack(parts) if parts else np.empty((len(linear), 0))
        return basis, np.array(source, dtype=np.intp)

    def missing_inputs(self, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which used input columns are missing in each row: array, shape (rows, len(columns))."""
        encoded = self.encode(frame)
        first = np.searchsorted(self.source, np.arange(len(self.columns)))
        return np.isnan(encoded[:, first]) if len(self.columns) else np.zeros((len(frame), 0), bool)

    def encode(self, frame: pd.DataFrame) -> FloatArray:
        """Encode rows and leave missing values missing (NaN); shape (rows, q)."""
        encoded = np.full((len(frame), self.width), np.nan)
        for position, column in enumerate(self.columns):
            if column.name not in frame:
                continue
            at = np.flatnonzero(self.source == position)
            if isinstance(column, NumericColumn):
                encoded[:, at[0]] = (_numbers_of(frame[column.name]) - column.mean) / column.sd
            else:
                encoded[:, at] = _encode_levels(frame[column.name], column)
        return encoded

    def decode(self, linear: FloatArray) -> pd.DataFrame:
        """Complete encoded rows in the columns' own units and names; of a mixture of names the one with most of it.

        Parameters
        ----------
        linear : array, shape (rows, q)

        Returns
        -------
        DataFrame
            One column for each of `columns`.
        """
        decoded: dict[str, npt.NDArray] = {}
        for position, column in enumerate(self.columns):
            encoded = linear[:, self.source == position]
            if isinstance(column, NumericColumn):
                # Standardised and back: 0 and 1 are to be 0 and 1 again.
                decoded[column.name] = np.round(encoded[:, 0] * column.sd + column.mean, 9)
            else:
                decoded[column.name] = np.array(column.levels, dtype=object)[
                    (encoded + column.frequencies).argmax(axis=1)
                ]
        return pd.DataFrame(decoded, index=range(len(linear)))


def _learn_column(name: str, values: pd.Series) -> NumericColumn | CategoricalColumn | None:
    numbers = as_numbers(values)
    return _learn_names(name, values) if numbers is None else _learn_numbers(name, numbers[~np.isnan(numbers)])


def _learn_numbers(name: str, known: FloatArray) -> NumericColumn | None:
    distinct = np.unique(known)
    if len(distinct) < 2 or known.std() <= 1e-10 * np.abs(known).max():
        return None
    low, high = float(distinct[0]), float(distinct[-1])
    curve: list[float] = []
    step: list[float] = []
    if len(distinct) >= MIN_DISTINCT_FOR_CURVE:
        curve = [float(k) for k in np.unique(np.quantile(known, CURVE_QUANTILES)) if low < k < high]
        step = [float(k) for k in np.unique(np.quantile(known, STEP_QUANTILES)) if low <= k < high]
    return NumericColumn(name, float(known.mean()), float(known.std()), low, high, tuple(curve), tuple(step))


def _learn_names(name: str, values: pd.Series) -> CategoricalColumn | None:
    shares = as_names(values).value_counts(normalize=True).sort_index()
    if len(shares) < 2:
        return None
    rare = frozenset(shares.sort_values(ascending=False, kind="stable").index[MOST_LEVELS:])
    shares = shares[[level not in rare for level in shares.index]]
    return CategoricalColumn(name, tuple(shares.index), tuple(float(s) for s in shares), rare)


def _numbers_of(values: pd.Series) -> FloatArray:
    """Numbers of a column that held numbers in training; what is none counts as missing, with a warning."""
    numbers = as_numbers(values)
    if numbers is not None:
        return numbers
    text = values.astype(object)
    numbers = pd.to_numeric(text.where(text.notna(), np.nan), errors="coerce").to_numpy(float)
    wrong = text[np.isnan(numbers) & text.notna().to_numpy()]
    if len(wrong):
        warnings.warn(
            f"Column {values.name}: {wrong.iloc[0]!r} is no number and is treated as not known.", stacklevel=4
        )
    return np.where(np.isinf(numbers), np.nan, numbers)


def _encode_levels(values: pd.Series, column: CategoricalColumn) -> FloatArray:
    names = as_names(values)
    unseen = sorted(set(names.dropna()) - set(column.levels) - column.rare)
    if unseen:
        warnings.warn(
            f"Column {column.name}: {', '.join(unseen)} was not seen in training and is treated as not known.",
            stacklevel=4,
        )
    codes = pd.Index(column.levels).get_indexer(pd.Index(names))
    indicators = np.vstack([np.eye(len(column.levels)), np.zeros(len(column.levels))])[codes]
    indicators -= np.asarray(column.frequencies)
    indicators[(codes < 0) & ~names.isin(column.rare).to_numpy()] = np.nan
    return indicators
