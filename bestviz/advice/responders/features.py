"""The features that a model looks at, one by one: what kind they are, what values they take, how they are encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
import numpy.typing as npt

from bestviz import wording
from bestviz.advice.inputs import INTERIM_PREFIX, input_label
from bestviz.advice.model import FittedModel
from bestviz.errors import InputError
from bestviz.regime.encoding import CategoricalColumn, Encoder, NumericColumn
from bestviz.trial import COLUMNS, MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

FloatArray = npt.NDArray[np.float64]
Kind = Literal["number", "ordered", "yes_no", "category"]


@dataclass(frozen=True)
class Feature:
    """One model input.

    Attributes
    ----------
    name : str
        As asked for; inputs of week 12 begin with `interim.`.
    kind : {"number", "ordered", "yes_no", "category"}
        Ordered categories are coded by their rank, a yes by 1.
    column : NumericColumn or CategoricalColumn
        How it is encoded.
    block, place : int
        Position of its encoder (0 baseline, 1 week 12) and of its column in that encoder.
    """

    name: str
    kind: Kind
    column: NumericColumn | CategoricalColumn
    block: int
    place: int

    @property
    def label(self) -> str:
        """Name that a clinician reads."""
        return input_label(self.name)

    @property
    def unit(self) -> str:
        """Unit of a number, in words; empty where it has none."""
        name = self.name.removeprefix(INTERIM_PREFIX)
        if self.kind != "number":
            return ""
        return MEASURES[name].unit if name in MEASURES else COLUMNS[name].unit if name in COLUMNS else ""

    def value_label(self, value: float | str) -> str:
        """A value as it is read."""
        if isinstance(value, str):
            return wording.category(value)
        if self.kind == "yes_no":
            return "yes" if value else "no"
        column = COLUMNS.get(self.name.removeprefix(INTERIM_PREFIX))
        if self.kind == "ordered" and column is not None:
            return wording.category(column.values[round(value)])
        return f"{value:.3g}"

    def encoded(self, values: Sequence[float | str]) -> FloatArray:
        """Encoded columns of values (numbers, or names of levels); shape (values, columns of this feature)."""
        if isinstance(self.column, NumericColumn):
            return (np.array(values, dtype=float)[:, None] - self.column.mean) / self.column.sd
        codes = [self.column.levels.index(str(value)) for value in values]
        return np.eye(len(self.column.levels))[codes] - self.column.frequencies

    def observed(self, encoder: Encoder, encoded: FloatArray) -> npt.NDArray[np.float64] | npt.NDArray[np.str_]:
        """Values in encoded rows: numbers in their own unit, or the likeliest level; shape (m,)."""
        own = encoded[:, encoder.source == self.place]
        if isinstance(self.column, NumericColumn):
            # Standardised and back: whole numbers are to be whole again.
            return np.round(own[:, 0] * self.column.sd + self.column.mean, 9)
        return np.array(self.column.levels)[(own + self.column.frequencies).argmax(axis=1)]


def features_of(model: FittedModel, stage: int) -> list[Feature]:
    """Features of a stage; contraindications are part of what is possible, not of who people are, and left out."""
    fillers = [model.engine.filler.baseline, model.engine.filler.interim][:stage]
    return [
        Feature(f"{INTERIM_PREFIX * block}{column.name}", _kind(column), column, block, place)
        for block, encoder in enumerate(fillers)
        for place, column in enumerate(encoder.columns)
        if column.name not in CONTRAINDICATION_COLUMNS.values()
    ]


def feature_named(model: FittedModel, name: str, stage: int = 1) -> Feature:
    """One feature.

    Raises
    ------
    InputError
        The model has no such feature at this stage.
    """
    known = {feature.name: feature for feature in features_of(model, stage)}
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"choose one of {', '.join(known)}."
    raise InputError(f"feature: this model does not look at {name!r}; {hint}")


def _kind(column: NumericColumn | CategoricalColumn) -> Kind:
    if isinstance(column, CategoricalColumn):
        return "category"
    known, measure = COLUMNS.get(column.name), MEASURES.get(column.name)
    if known is not None:
        return "ordered" if known.ordered else "yes_no" if known.kind == "boolean" else "number"
    if measure is not None:
        return "yes_no" if measure.binary else "number"
    return "yes_no" if (column.minimum, column.maximum, column.curve_knots) == (0, 1, ()) else "number"
