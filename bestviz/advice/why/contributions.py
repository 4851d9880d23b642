"""What each input contributes to the difference between two arms, for one patient.

The difference is what it is for the average of the participants, plus one part an input. The parts are Shapley values:
an input that is not in the game takes the values that the participants have (Lundberg & Lee 2017, arXiv 1705.07874).
The additive part of the regression gives them input by input, the forest part leaf by leaf; both exactly. Everything
that is not known of the patient is one part. Each part is a row of the stage's columns, and the rows sum to what tells
the two arms apart; so the parts sum to the difference, in every replicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bestviz.advice.recommendation import Interval
from bestviz.advice.uncertainty import Calibration, interval, spread
from bestviz.advice.why.situation import Situation, mean_of
from bestviz.errors import InputError
from bestviz.regime.design import Features

if TYPE_CHECKING:
    from bestviz.advice.why.decision import Decision

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Common:
    """The part of a difference that is the same for everybody: what it is for the average participant."""

    effect: float
    interval: Interval


@dataclass(frozen=True)
class Part:
    """What one known input contributes.

    Attributes
    ----------
    feature : str
        Name of the input, with `interim.` before it for one of week 12.
    value : float, str, bool or None
    effect : float
        In meaningful changes; above 0 speaks for the first of the two arms.
    interval : (float, float)
        95 %.
    """

    feature: str
    value: float | str | bool | None
    effect: float
    interval: Interval


@dataclass(frozen=True)
class UnknownPart:
    """What all inputs that are not known contribute together; the interval holds how far apart people like this are."""

    features: tuple[str, ...]
    effect: float
    interval: Interval


@dataclass(frozen=True)
class Contributions:
    """Where a difference between two arms comes from.

    Attributes
    ----------
    arms : (str, str)
        The difference is the utility of the first less that of the second.
    difference : float
        In meaningful changes; the sum of `common`, `parts` and `unknown`.
    interval : (float, float)
        95 %.
    common : Common
    parts : tuple of Part
        Every known input of the model, largest first.
    unknown : UnknownPart or None
        None where everything is known.
    """

    arms: tuple[str, str]
    difference: float
    interval: Interval
    common: Common
    parts: tuple[Part, ...]
    unknown: UnknownPart | None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping; intervals as pairs."""
        return _listed(asdict(self))


def contributions_of(
    decision: Decision, weights: FloatArray, arms: tuple[str, str] | None = None
) -> Contributions | None:
    """Split the difference between two options of a patient.

    Parameters
    ----------
    decision : Decision
    weights : array, shape (K,)
        Of the outcome columns.
    arms : (str, str), optional
        Default the best and the next best; None is returned where there are no two.

    Raises
    ------
    InputError
        Arms that are not two different options of this patient.
    """
    coefficients = decision.coefficients(weights)
    drawn = np.tensordot(decision.rows, coefficients.T, axes=1)
    if arms is None:
        order = np.argsort(-drawn[:, :, 0].mean(axis=0), kind="stable")
        possible = [decision.arms[at] for at in order if decision.allowed[at]]
        if len(possible) < 2:
            return None
        arms = (possible[0], possible[1])
    else:
        arms = _checked(decision, arms)
    return contributions_between(decision.situation, arms, coefficients, drawn, decision.model.calibration)


def contributions_between(
    situation: Situation,
    arms: tuple[str, str],
    coefficients: FloatArray,
    drawn: FloatArray,
    calibration: Calibration,
) -> Contributions:
    """Split the difference between two arms.

    Parameters
    ----------
    situation : Situation
    arms : (str, str)
    coefficients : array, shape (R + 1, q)
        Of the weighted outcome at this stage.
    drawn : array, shape (D, arms, R + 1)
        Utilities of all arms in each draw of what is not known.
    calibration : Calibration
    """
    first, second = (situation.arms.index(arm) for arm in arms)
    gaps = drawn[:, first] - drawn[:, second]
    between = float(gaps[:, 0].std())
    estimation = float(np.sqrt((spread(gaps) ** 2).mean())) * calibration.differences
    effects = difference_rows(situation, first, second) @ coefficients.T
    sds = spread(effects) * calibration.differences
    common, *known = [(float(e), _ends(e, sd)) for e, sd in zip(effects[:, 0], sds, strict=True)]
    unknown = None
    if situation.unknown:
        effect, _ = known.pop()
        unknown = UnknownPart(situation.unknown, effect, _ends(effect, float(np.hypot(sds[-1], between))))
    parts = [
        Part(name, _plain(situation.values.get(name)), *each) for name, each in zip(situation.known, known, strict=True)
    ]
    parts.sort(key=lambda part: -abs(part.effect))
    difference = float(gaps[:, 0].mean())
    ends = _ends(difference, float(np.hypot(estimation, between)))
    return Contributions(arms, difference, ends, Common(*common), tuple(parts), unknown)


def difference_rows(situation: Situation, first: int, second: int) -> FloatArray:
    """What tells two arms (positions) apart, in the columns of the stage.

    Returns
    -------
    array, shape (1 + known inputs (+ 1), q)
        For the average participant, for each known input, and for what is not known, where anything is not.
    """
    additive = _additive_rows(situation, first, second)
    parts = [additive @ situation.basis.directions]
    if situation.basis.forest is not None:
        parts.append(_forest_rows(situation, first, second))
    return np.hstack([*parts, additive @ situation.further])


def _checked(decision: Decision, arms: Sequence[str]) -> tuple[str, str]:
    if len(arms) != 2 or arms[0] == arms[1]:
        raise InputError("arms: two different arms are compared; name two.")
    faults = []
    for arm in arms:
        if arm not in decision.refusals:
            faults.append(f"arms: unknown arm {arm!r}; use two of {', '.join(decision.refusals)}.")
        elif reason := decision.refusals[arm]:
            faults.append(f"arms: {arm} is no option for this patient ({reason}); choose another.")
    if faults:
        raise InputError(faults)
    return arms[0], arms[1]


def _players(situation: Situation) -> tuple[IntArray, int | None, int]:
    """Number of the part of each input, that of what is not known (None where all is), and how many parts."""
    known = len(situation.known)
    player = np.full(len(situation.names), known, dtype=np.intp)
    player[[name not in situation.unknown for name in situation.names]] = np.arange(known)
    return (player, known, known + 1) if situation.unknown else (player, None, known)


def _additive_rows(situation: Situation, first: int, second: int) -> FloatArray:
    """In the columns of the layout; shape (1 + parts, p)."""
    layout = situation.basis.layout
    twice = np.zeros(2, dtype=np.intp)
    prior = None if situation.prior is None else np.full(2, situation.prior)
    people = (mean_of(Features.of(situation.encoders, situation.draws)), situation.participants.average)
    own, average = (layout.matrix(each.take(twice), np.array([first, second]), prior) for each in people)
    player, _, count = _players(situation)
    feature = np.array([key.feature for key in layout.keys])
    part = np.where(feature < 0, -1, player[feature])
    apart = (own[0] - own[1]) - (average[0] - average[1])
    return np.vstack([average[0] - average[1], np.where(part == np.arange(count)[:, None], apart, 0.0)])


def _forest_rows(situation: Situation, first: int, second: int) -> FloatArray:
    """In the columns of the forest part; shape (1 + parts, width)."""
    forest, references = situation.basis.forest, situation.participants.references
    player, joint, count = _players(situation)
    if forest is None or references is None:
        return np.zeros((1 + count, 0 if forest is None else forest.width))
    like = forest.likeness
    before = np.full(2, situation.prior or 0)
    codes = like.codes(np.array([first, second]), before)
    alike_in_arms = forest.shares[1] * (like.codes(like.arm, like.before) @ (codes[0] - codes[1]))
    likeness = references.shapley(np.hstack(situation.draws), player, joint)
    rows: FloatArray = (np.vstack([references.expected, likeness]) * alike_in_arms) @ forest.projection
    return rows


def _ends(effect: float, sd: float) -> Interval:
    low, high = interval(np.asarray(effect), np.asarray(sd))
    return float(low), float(high)


def _plain(value: object) -> float | str | bool | None:
    return value if isinstance(value, bool | int | float | str) else None


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value
