"""Representative patients: groups of similar participants of a model, each with its typical values.

What is shown is never one person's record: every group holds at least `FEWEST` people, numbers are rounded means and
categories are the most frequent ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.patient import LOWEST_TRIAL_PEG
from bestviz.advice.threads import one_thread
from bestviz.regime.encoding import Encoder, NumericColumn
from bestviz.trial import COLUMNS, MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.wording.archetypes import LONGEST_NAME, archetype_name, archetype_text, kind, trait

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

FloatArray = npt.NDArray[np.float64]

FEWEST = 10  # people in a group
_STARTS, _SEED = 10, 0
_NOTABLE = 0.3  # SD (of a category: share of people) from the average that is worth a word
_TRAITS, _CANDIDATES = 3, 6  # words in a name, and those it is chosen from
# Lowest values with which the trial let people join; ordered categories by rank.
_ENTRY = {"peg": float(LOWEST_TRIAL_PEG), "pain_duration": 1.0, "pain_frequency": 1.0}


@dataclass(frozen=True)
class Representative:
    """A group of similar participants.

    Attributes
    ----------
    name : str
        What sets the group apart, at most 50 characters; different for each group.
    text : str
        Typical values of the main inputs, with units.
    people : int
        Participants in the group, at least 10.
    baseline : dict
        Typical value of each model input, as in a patient file.
    """

    name: str
    text: str
    people: int
    baseline: dict[str, Any]


def representatives(model: FittedModel, count: int = 6) -> tuple[Representative, ...]:
    """Groups of similar participants, the largest first; the same model gives the same groups.

    Parameters
    ----------
    model : FittedModel
    count : int
        Groups wanted; there are fewer, or none, where a group would hold under 10 people. People outside the trial's
        entry criteria are left out.

    Returns
    -------
    tuple of Representative
    """
    encoder, rows = _inputs_of(model)
    rows = rows[_could_join(encoder, rows)]
    with one_thread():
        groups = _grouped(rows, min(count, len(rows) // FEWEST))
    names: list[str] = []
    found = []
    for group in groups:
        baseline = _typical(encoder, group)
        names.append(_name(_traits(encoder, group, rows), names))
        found.append(Representative(names[-1], archetype_text(baseline), len(group), baseline))
    return tuple(found)


def _inputs_of(model: FittedModel) -> tuple[Encoder, FloatArray]:
    """The inputs that a patient is described by, and the participants: contraindications and markers are left out."""
    whole = model.engine.filler.baseline
    left_out = {*CONTRAINDICATION_COLUMNS.values(), *model.markers}
    kept = [column.name not in left_out for column in whole.columns]
    encoder = Encoder()
    encoder.columns = [column for column, keep in zip(whole.columns, kept, strict=True) if keep]
    sizes = [1 if isinstance(column, NumericColumn) else len(column.levels) for column in encoder.columns]
    encoder.source = np.repeat(np.arange(len(sizes)), sizes)
    return encoder, model.engine.completed.baseline[:, np.array(kept, dtype=bool)[whole.source]]


def _could_join(encoder: Encoder, rows: FloatArray) -> npt.NDArray[np.bool_]:
    could = np.ones(len(rows), dtype=bool)
    for place, column in enumerate(encoder.columns):
        if isinstance(column, NumericColumn) and column.name in _ENTRY:
            values = rows[:, encoder.source == place][:, 0] * column.sd + column.mean
            could &= values >= _ENTRY[column.name] - 1e-9
    return could


def _grouped(rows: FloatArray, count: int) -> list[FloatArray]:
    """Rows in as many groups of at least `FEWEST` as possible up to `count`, the largest first."""
    from sklearn.cluster import KMeans

    for number in range(count, 0, -1):
        if not rows.shape[1]:
            break
        means = KMeans(number, n_init=_STARTS, random_state=_SEED).fit(rows)
        sizes = np.bincount(means.labels_, minlength=number)
        if sizes.min() >= FEWEST:
            return [rows[means.labels_ == label] for label in np.argsort(-sizes, kind="stable")]
    return []


def _typical(encoder: Encoder, group: FloatArray) -> dict[str, Any]:
    """Rounded means of numbers, most frequent categories."""
    means = encoder.decode(group.mean(axis=0, keepdims=True)).iloc[0]
    typical = {}
    for place, column in enumerate(encoder.columns):
        value = means[column.name]
        if isinstance(column, NumericColumn):
            known = COLUMNS.get(column.name)
            if known is not None and known.ordered:
                ranks = np.rint(group[:, encoder.source == place][:, 0] * column.sd + column.mean).astype(int)
                value = known.values[np.bincount(ranks, minlength=len(known.values)).argmax()]
            else:
                value = _rounded(column.name, float(value))
        typical[column.name] = value
    return typical


def _rounded(name: str, value: float) -> float | int | bool:
    measure, column = MEASURES.get(name), COLUMNS.get(name)
    if measure is not None and not measure.binary:
        step = 1.0 if measure.unit == "T-score" else 0.5
        return round(value / step) * step
    if measure is not None or (column is not None and column.kind == "boolean"):
        return value >= 0.5
    if column is not None:
        return round(value) if column.kind == "integer" else float(round(value))
    return float(f"{value:.3g}")


def _traits(encoder: Encoder, group: FloatArray, rows: FloatArray) -> list[str]:
    """What sets a group apart from all, the most striking first; only what its typical values show too."""
    shift = group.mean(axis=0) - rows.mean(axis=0)
    own, usual = _typical(encoder, group), _typical(encoder, rows)
    found: list[tuple[float, str]] = []
    for place, column in enumerate(encoder.columns):
        apart = shift[encoder.source == place]
        if own[column.name] == usual[column.name]:
            continue
        if isinstance(column, NumericColumn):
            found.append((abs(float(apart[0])), trait(column.name, bool(apart[0] > 0))))
        else:
            found.append((float(apart.max()), kind(column.name, own[column.name])))
    found.sort(key=lambda one: -one[0])
    return list(dict.fromkeys(words for size, words in found if size >= _NOTABLE))


def _name(traits: list[str], taken: list[str]) -> str:
    """The most striking traits that fit into a name; further ones where the name is taken."""
    for count in range(min(_TRAITS, len(traits)), -1, -1):
        for chosen in combinations(traits[:_CANDIDATES], count):
            name = archetype_name(chosen)
            if len(name) <= LONGEST_NAME and name not in taken:
                return name
    return f"{archetype_name(())} ({len(taken) + 1})"
