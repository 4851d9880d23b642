"""What matters to a patient: how important one meaningful change is in each outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import Any

from bestviz.errors import PreferenceError
from bestviz.jsontext import read_object
from bestviz.trial import PREFERENCE_MEASURES, WEIGHTABLE


@dataclass(frozen=True)
class Preferences:
    """Importance weights of outcomes.

    Attributes
    ----------
    weights : dict of str to float
        Outcome code -> importance of one meaningful change. Normalised when made: they sum to 1, outcomes of weight 0
        are left out, and the order is that of `bestviz.trial.WEIGHTABLE`.
    """

    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        """Check and normalise the weights; every fault is named."""
        object.__setattr__(self, "weights", _normalised(self.weights))

    def __hash__(self) -> int:
        return hash(tuple(self.weights.items()))

    @classmethod
    def from_dict(cls, weights: Mapping[str, Any] | None) -> Preferences:
        """Preferences from a mapping outcome -> weight of 0 or more; None means `{"peg": 1}`."""
        return cls(PRIMARY_WEIGHTS if weights is None else weights)

    @classmethod
    def from_json(cls, content: str | bytes) -> Preferences:
        """Preferences from the text of a preferences file."""
        return cls.from_dict(read_object(content, "Preferences file", PreferenceError))

    def to_dict(self) -> dict[str, float]:
        """Outcome -> weight; they sum to 1."""
        return dict(self.weights)


@dataclass(frozen=True)
class Preset:
    """A choice of preferences with a name.

    Attributes
    ----------
    key : str
        Stable identifier.
    label : str
        Name a clinician reads.
    explanation : str
        Where the weights come from, in a sentence or two.
    assumed : bool
        Whether the weights rest on our own assumptions.
    preferences : Preferences
        The weights.
    """

    key: str
    label: str
    explanation: str
    assumed: bool
    preferences: Preferences


PRIMARY_WEIGHTS: dict[str, float] = {"peg": 1.0}

# CAPER discrete-choice studies in chronic low-back pain (n=211, doi 10.1002/pmrj.13112 and 10.1093/pm/pnad038): what
# the extreme level of an attribute is worth. Physical ability +1.60 to +1.98: the middle, 1.79. Severe pain, constant
# fatigue and near-constant depression or anxiety: each about -1.0 (-0.99 to -1.02). Assumed here: the coefficients
# serve as the weights of one meaningful change; the one attribute "depression or anxiety" is shared equally between
# the two outcomes; fatigue, which is not among the outcomes, stands for disturbed sleep. Pain interference gets none
# (ability and pain carry it already), nor do sleep duration and opioid use, which the studies did not ask about.
_CAPER_WEIGHTS: dict[str, float] = {
    "physical_function": 1.79,
    "pain_intensity": 1.0,
    "sleep_disturbance": 1.0,
    "depression": 0.5,
    "anxiety": 0.5,
}


def _normalised(weights: object) -> dict[str, float]:
    if not isinstance(weights, Mapping):
        raise PreferenceError(
            f"Preferences must be an object such as {{'peg': 1}}: outcome and weight; not {type(weights).__name__}."
        )
    if not weights:
        raise PreferenceError(
            "Preferences are empty: give at least one outcome a weight above 0, for example {'peg': 1}."
        )
    faults = [fault for outcome, weight in weights.items() if (fault := _fault(outcome, weight))]
    if faults:
        raise PreferenceError(faults)
    known = {code: float(weights[code]) for code in WEIGHTABLE if code in weights and weights[code] > 0}
    if not known:
        raise PreferenceError("All preference weights are 0: give at least one outcome a weight above 0.")
    largest = max(known.values())
    if math.isclose(sum(known.values()), 1.0, rel_tol=0, abs_tol=1e-12):
        return known  # normalising once more would change the last digit
    scaled = {code: weight / largest for code, weight in known.items()}  # first to 1: huge weights must not overflow
    total = sum(scaled.values())
    return {code: weight / total for code, weight in scaled.items() if weight > 0}


def _fault(outcome: object, weight: object) -> str | None:
    if outcome not in WEIGHTABLE:
        near = get_close_matches(str(outcome), WEIGHTABLE, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(WEIGHTABLE)}."
        return f"Preferences: unknown outcome {outcome!r}; {hint}"
    if isinstance(weight, bool) or not isinstance(weight, Real):
        return f"Preferences: the weight of {outcome} must be a number of 0 or more, not {weight!r}."
    try:
        finite = math.isfinite(float(weight))
    except OverflowError:
        finite = False
    if not finite:
        return f"Preferences: the weight of {outcome} must be a finite number."
    if weight < 0:
        return (
            f"Preferences: the weight of {outcome} is {weight}; weights cannot be negative (0 leaves an outcome out)."
        )
    return None


PRESETS: dict[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset(
            "trial_primary",
            "Trial primary outcome (PEG only)",
            "Only PEG counts, the trial's primary outcome.",
            False,
            Preferences(PRIMARY_WEIGHTS),
        ),
        Preset(
            "equal",
            "Equal weights",
            "One meaningful change counts the same in each of the eight outcomes that the trial weighs by preference. "
            "PEG is not among them: it sums up pain and activity, which are counted already.",
            False,
            Preferences(dict.fromkeys(PREFERENCE_MEASURES, 1.0)),
        ),
        Preset(
            "typical_patient",
            "Typical patient (function first)",
            "From two choice studies of 211 people with chronic low-back pain (CAPER): physical ability counts most, "
            "then pain, sleep (asked there as fatigue) and mood. How their numbers become weights is our assumption.",
            True,
            Preferences(_CAPER_WEIGHTS),
        ),
    )
}
