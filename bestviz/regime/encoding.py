"""From a table of features to numbers: standardised columns, curves for main effects, missing values filled in.

Numeric columns become one standardised column, categorical ones a centred indicator per level. Missing values are filled from
their conditional distribution given the known ones (see `bestviz.regime.normal`).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.normal import JointNormal

FloatArray = npt.NDArray[np.float64]

CURVE_QUANTILES = (0.25, 0.5, 0.75)
STEP_QUANTILES = (1 / 3, 2 / 3)
MIN_DISTINCT_FOR_CURVE = 6


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
    """Encoding of one categorical column: levels seen in training and their frequencies."""

    name: str
    levels: tuple[str, ...]
    frequencies: tuple[float, ...]


class Encoder:
    """Learned encoding of a table of features.

    Attributes
    ----------
    columns : list of NumericColumn or CategoricalColumn
        One entry an input column that varies in training; constant and empty columns carry no information and are left out.
    source : int array, shape (q,)
        For each encoded column, the position of its input column in `columns`.
    """

    def __init__(self) -> None:
        self.columns: list[NumericColumn | CategoricalColumn] = []
        self.input_names: tuple[str, ...] = ()

    def fit(self, frame: pd.DataFrame, weights: FloatArray | None = None) -> Encoder:
        """Learn levels, scales, knots and the joint distribution of the encoded columns.

        Parameters
        ----------
        frame : DataFrame, one row a person
            Numeric, boolean or categorical columns; missing allowed.
        weights : array, shape (rows,), optional
            Unused rows have weight 0.
        """
        self.input_names = tuple(frame.columns)
        rows = frame if weights is None else frame[np.asarray(weights) > 0]
        self.columns = [c for name in frame.columns if (c := _learn_column(str(name), rows[name])) is not None]
        sizes = [1 if isinstance(c, NumericColumn) else len(c.levels) for c in self.columns]
        self.source = np.repeat(np.arange(len(self.columns)), sizes)
        self.normal = JointNormal.learn(self.encode(rows))
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
        """Steps of the numeric columns at their terciles (1 above, 0 below), for threshold-shaped effect modification."""
        return self._basis(linear, "step_knots", lambda x, knot: (x > knot).astype(float))

    def _basis(self, linear: FloatArray, knots: str, shape) -> tuple[FloatArray, npt.NDArray[np.intp]]:  # type: ignore[no-untyped-def]
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
                values = pd.to_numeric(frame[column.name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
                encoded[:, at[0]] = (values - column.mean) / column.sd
            else:
                encoded[:, at] = _encode_levels(frame[column.name], column)
        return encoded


def _learn_column(name: str, values: pd.Series) -> NumericColumn | CategoricalColumn | None:
    known = values.dropna()
    if known.nunique() < 2:
        return None
    if pd.api.types.is_bool_dtype(known.dtype) or pd.api.types.is_numeric_dtype(known.dtype):
        numbers = known.astype(float)
        knots: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        if numbers.nunique() >= MIN_DISTINCT_FOR_CURVE:
            low, high = float(numbers.min()), float(numbers.max())
            curve = np.unique(numbers.quantile(list(CURVE_QUANTILES)))
            step = np.unique(numbers.quantile(list(STEP_QUANTILES)))
            knots = (
                tuple(float(k) for k in curve if low < k < high),
                tuple(float(k) for k in step if low <= k < high),
            )
        sd = float(numbers.std(ddof=0))
        return NumericColumn(name, float(numbers.mean()), sd, float(numbers.min()), float(numbers.max()), *knots)
    shares = known.astype(str).value_counts(normalize=True).sort_index()
    return CategoricalColumn(name, tuple(shares.index), tuple(float(s) for s in shares))


def _encode_levels(values: pd.Series, column: CategoricalColumn) -> FloatArray:
    text = values.astype("string")
    unseen = sorted(set(text.dropna()) - set(column.levels))
    if unseen:
        warnings.warn(
            f"Column {column.name}: {', '.join(unseen)} was not seen in training and is treated as not known.",
            stacklevel=4,
        )
    codes = pd.Categorical(text, categories=list(column.levels)).codes
    indicators = np.eye(len(column.levels))[codes] - np.asarray(column.frequencies)
    indicators[codes < 0] = np.nan
    return indicators
