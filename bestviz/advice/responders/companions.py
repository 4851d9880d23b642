"""Which inputs go together: what is found for one may belong to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bestviz.advice.model import FittedModel
from bestviz.advice.responders.features import features_of

LEAST = 0.4
MOST = 3


@dataclass(frozen=True)
class Companion:
    """An input that goes with another one.

    Attributes
    ----------
    feature, label : str
    correlation : float
        Absolute correlation among the participants at week 0; of categories the largest of any level.
    """

    feature: str
    label: str
    correlation: float


def companions(model: FittedModel) -> Mapping[str, tuple[Companion, ...]]:
    """For every baseline input the others that it goes with, the closest first.

    Only correlations of at least 0.4, at most three. Values that are not known count as filled in by the model.
    """
    encoder, features = model.engine.filler.baseline, features_of(model, 1)
    encoded = model.engine.completed.baseline
    with np.errstate(invalid="ignore"):  # a column without variation goes with nothing
        size = np.nan_to_num(np.abs(np.corrcoef(encoded, rowvar=False)))
    size = np.atleast_2d(size)
    columns = {feature.name: encoder.source == feature.place for feature in features}
    found = {}
    for feature in features:
        others = [
            Companion(other.name, other.label, float(size[np.ix_(columns[feature.name], columns[other.name])].max()))
            for other in features
            if other.name != feature.name
        ]
        close = sorted((each for each in others if each.correlation >= LEAST), key=lambda each: -each.correlation)
        found[feature.name] = tuple(close[:MOST])
    return found
