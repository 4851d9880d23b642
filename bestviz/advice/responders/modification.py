"""Who responds to what: how much the benefit of a treatment changes with each feature of a person.

This is kept apart from which treatment is best: a feature can mark people who respond well to a treatment that is still
not the best for them. Partial dependence with all else as it is in the data; an average slope for numbers, a level
against the rest for categories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bestviz import wording
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.advice.recommendation import Interval
from bestviz.advice.responders.asked import ask
from bestviz.advice.responders.averages import Averaging
from bestviz.advice.responders.contrasts import averaging_of, first_contrasts, second_contrasts
from bestviz.advice.responders.features import Feature, features_of
from bestviz.advice.responders.plain import plain
from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import interval, spread
from bestviz.errors import InputError
from bestviz.regime.encoding import CategoricalColumn
from bestviz.trial import TREATMENTS
from bestviz.trial.schedule import PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]

FEWEST_IN_A_LEVEL = 10
# An effect whose replicates differ by less is none at all.
ROUNDING = 1e-9

NOTES = (
    "This says for whom a treatment works better or worse than for others, not which treatment is best for a person.",
    "Inputs that go together share the credit, and which of them comes out on top changes from sample to sample: "
    "do not read much into a single one.",
    "The model shrinks effects towards none and its intervals take that for granted: the strongest effects come out "
    "too small, and their intervals hold the true size less often than 95 times of 100. What the data do not clearly "
    "show is estimated as 0; its interval says how large it may be all the same.",
    "Found in the data that the model was fitted on; there is no independent test.",
)
NOTHING_DIFFERS = (
    "In this model the benefit of no treatment differs between people: tailoring did not pay when it was fitted. Fit "
    'with learner="additive" to look at effect modification all the same.'
)


@dataclass(frozen=True)
class Modifier:
    """How the benefit of one treatment changes with one feature.

    Attributes
    ----------
    treatment : str
    feature, label : str
        Input, and its name as it is read.
    level : str or None
        Category that is set against the others, `yes` for a yes/no; None for a number.
    effect : float
        Change of the benefit for one standard deviation more, in meaningful changes; above 0: works better.
    effect_interval : (float, float)
        95 %.
    per_unit : float
        Change of the benefit for one unit more (one step of an ordered category), for a yes against a no, or for this
        level against the others.
    per_unit_interval : (float, float)
    unit : str
        Of a number; empty where it has none.
    probability_sign : float
        Share of the replicates in which the effect has this sign; a half where the estimate is 0.
    strength : float
        Absolute effect in standard errors, by which modifiers are ranked.
    """

    treatment: str
    feature: str
    label: str
    level: str | None
    effect: float
    effect_interval: Interval
    per_unit: float
    per_unit_interval: Interval
    unit: str
    probability_sign: float
    strength: float

    @property
    def text(self) -> str:
        """The finding in a sentence."""
        name = wording.inside(self.label)
        who = {None: f"one SD more of {name}", "yes": f"{name}: yes instead of no"}.get(
            self.level, f"{name}: {self.level} instead of the others"
        )
        value, ends = (self.effect, self.effect_interval) if self.level is None else (
            self.per_unit, self.per_unit_interval
        )  # fmt: skip
        return (
            f"Benefit of {TREATMENTS[self.treatment].name} with {who}: {wording.number(value, 2, signed=True)} "
            f"meaningful changes (95 % interval {wording.interval(ends, 2, signed=True)})."
        )


@dataclass(frozen=True)
class Modification:
    """Effect modification at one stage.

    Attributes
    ----------
    stage : {1, 2}
        1: treatment started with, then as recommended; 2: treatment brought in at week 12.
    reference : str or None
        Treatment that benefits are against; None for the average of what else a person may have.
    preferences : mapping of outcome to weight
    horizon : {24, 36, "mean"}
    outcome : str or None
        Measure looked at; None for the weighted outcome.
    week : int or None
    people : mapping of treatment to int
        Participants over whom is averaged.
    modifiers : tuple of Modifier
        The strongest first; features that have no such effect in the model do not appear.
    left_out : tuple of str
        What nothing is said about, and why.
    """

    stage: int
    reference: str | None
    preferences: Mapping[str, float]
    horizon: int | str
    outcome: str | None
    week: int | None
    people: Mapping[str, int]
    modifiers: tuple[Modifier, ...]
    left_out: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, a sentence each."""
        if not self.modifiers:
            return (NOTHING_DIFFERS,)
        count = len(self.modifiers)
        return (
            *NOTES,
            f"Of {count} intervals about {max(round(count / 20), 1)} leave out 0 if no feature matters at all.",
        )

    def of(self, treatment: str) -> tuple[Modifier, ...]:
        """Modifiers of one treatment, the strongest first."""
        return tuple(each for each in self.modifiers if each.treatment == treatment)

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, intervals as lists."""
        rows = [{**plain(each), "text": each.text} for each in self.modifiers]
        return {**plain(self), "modifiers": rows, "notes": list(self.notes)}


def effect_modification(
    model: FittedModel,
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    outcome: str | None = None,
    week: int | None = None,
    horizon: int | str = PRIMARY_WEEK,
    stage: int = 1,
    reference: str | None = None,
) -> Modification:
    """How the benefit of each treatment changes with each feature.

    Parameters
    ----------
    model : FittedModel
    preferences : Preferences or mapping outcome -> weight, optional
        Of the weighted outcome, and of the rule that is followed after the first treatment. Default: PEG alone.
    outcome : str, optional
        One measure instead of the weighted outcome.
    week : int, optional
        Of that measure; default 24. At week 12 and before, single treatments are looked at.
    horizon : {24, 36, "mean"}
        When the weighted outcome is looked at.
    stage : {1, 2}
        1: the treatment started with, in people who may start with any. 2: a treatment brought in at week 12, in people
        who may have it or something else then.
    reference : str, optional
        Treatment to compare with; default the average of the others that a person may have.

    Raises
    ------
    InputError, PreferenceError
        An unknown outcome, week, horizon, stage or reference.
    """
    asked = ask(model, preferences, outcome, week, horizon)
    if stage not in (1, 2):
        raise InputError(f"stage: {stage!r} is not 1 (first treatment) or 2 (treatment brought in at week 12).")
    treatments = (model.engine.first_arms if stage == 1 else model.engine.second_arms).treatments
    if reference is not None and reference not in treatments:
        raise InputError(
            f"reference: {reference!r} is no treatment that this model knows at this stage; "
            f"choose one of {', '.join(treatments)}."
        )
    with one_thread():
        contrasts = first_contrasts(model, reference) if stage == 1 else second_contrasts(model, reference)
        averaging = averaging_of(asked, stage, contrasts)
        found = [
            modifier
            for feature in features_of(model, stage)
            for modifier in _modifiers(averaging, feature, contrasts.treatments, model)
        ]
    found.sort(key=lambda each: -each.strength)
    return Modification(
        stage, reference, asked.preferences.to_dict(), horizon, outcome, asked.week,
        dict(zip(contrasts.treatments, contrasts.people, strict=True)), tuple(found), contrasts.left_out,
    )  # fmt: skip


def _modifiers(
    averaging: Averaging, feature: Feature, treatments: tuple[str, ...], model: FittedModel
) -> list[Modifier]:
    """Modifiers of every treatment by one feature; of a category, one for each level that is not rare.

    None where the feature has no effect in the model.
    """
    found, factor = [], model.calibration.differences
    for level, change, sd in _changes(averaging, feature, len(model.engine.people)):
        change[np.abs(change[:, 0]) < ROUNDING, 0] = 0.0
        deviation = spread(change) * factor
        ends = interval(change[:, 0], deviation)
        # Replicates stray as far as the interval is wide.
        strayed = change[:, :1] + factor * (change[:, 1:] - change[:, :1])
        sign = np.where(change[:, 0] == 0, 0.5, (np.sign(strayed) == np.sign(change[:, :1])).mean(axis=1))
        for row in np.flatnonzero(deviation > ROUNDING):
            value, low, high = (float(v) for v in (change[row, 0], *ends[row]))
            found.append(
                Modifier(
                    treatment=treatments[row],
                    feature=feature.name,
                    label=feature.label,
                    level=level,
                    effect=value * sd,
                    effect_interval=(low * sd, high * sd),
                    per_unit=value,
                    per_unit_interval=(low, high),
                    unit=feature.unit,
                    probability_sign=float(sign[row]),
                    strength=float(abs(value) / deviation[row]),
                )
            )
    return found


def _changes(averaging: Averaging, feature: Feature, people: int) -> list[tuple[str | None, FloatArray, float]]:
    """Changes of the sums (s, R + 1) per unit or level, with the level and the standard deviation."""
    column = feature.column
    if isinstance(column, CategoricalColumn):
        return _level_changes(averaging, feature, column, people)
    if feature.kind == "yes_no":
        low, high = 0.0, 1.0
    else:
        low, high = max(column.mean - column.sd, column.minimum), min(column.mean + column.sd, column.maximum)
    below, above = averaging.at(feature, feature.encoded([low, high]))
    return [("yes" if feature.kind == "yes_no" else None, (above - below) / (high - low), column.sd)]


def _level_changes(
    averaging: Averaging, feature: Feature, column: CategoricalColumn, people: int
) -> list[tuple[str | None, FloatArray, float]]:
    """Each level against the others, weighted by how frequent they are; of two levels only the first."""
    shares = np.asarray(column.frequencies)
    sums = averaging.at(feature, feature.encoded(list(column.levels)))
    found: list[tuple[str | None, FloatArray, float]] = []
    for place, level in enumerate(column.levels[: 1 if len(column.levels) == 2 else None]):
        if shares[place] * people < FEWEST_IN_A_LEVEL:
            continue
        rest = np.where(np.arange(len(shares)) == place, 0.0, shares)
        others = np.einsum("g,gsr->sr", rest / rest.sum(), sums)
        sd = float(np.sqrt(shares[place] * (1 - shares[place])))
        found.append((feature.value_label(level), sums[place] - others, sd))
    return found
