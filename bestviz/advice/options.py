"""Ranked options at one point of decision: utility, interval, chance of being best, support."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.recommendation import Option
from bestviz.advice.uncertainty import as_precise_as, chances_of_being_best, compare, interval, spread
from bestviz.trial import ARMS

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Utilities:
    """Weighted improvement of each arm in meaningful changes.

    Attributes
    ----------
    arms : tuple of str
    drawn : array, shape (D, arms, R + 1)
        In each draw of what is not known; replicate 0 is the full fit.
    competing : array, shape (D, arms, R + 1)
        The same where each replicate chooses its own later rule; for chances of being best only.
    residual_variance : float
        Of one person's weighted outcome.
    """

    arms: tuple[str, ...]
    drawn: FloatArray
    competing: FloatArray
    residual_variance: float

    @cached_property
    def replicates(self) -> FloatArray:
        """Averaged over what is not known; shape (arms, R + 1)."""
        mean: FloatArray = self.drawn.mean(axis=0)
        return mean

    @cached_property
    def between(self) -> FloatArray:
        """Standard deviation over the draws of what is not known; shape (arms,)."""
        deviations: FloatArray = self.drawn[:, :, 0].std(axis=0)
        return deviations

    @cached_property
    def estimation(self) -> FloatArray:
        """Standard deviation over the replicates for a person of whom all is known, on average; shape (arms,)."""
        return _average_spread(self.drawn)

    @property
    def leverage(self) -> FloatArray:
        """How much less sure one draw is than the average of the draws; shape (arms,). The same for every outcome."""
        return _ratio(self.estimation, spread(self.replicates))

    def leverage_against(self, arm: str) -> FloatArray:
        """As `leverage`, of differences from one arm; shape (arms,)."""
        at = self.arms.index(arm)
        gaps = self.drawn - self.drawn[:, at : at + 1]
        return _ratio(_average_spread(gaps), spread(gaps.mean(axis=0)))


def _average_spread(drawn: FloatArray) -> FloatArray:
    return np.sqrt((spread(drawn) ** 2).mean(axis=0))


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 1.0)


@dataclass(frozen=True)
class Ranking:
    """Options in order of utility, and what stands out.

    Attributes
    ----------
    options : tuple of Option
        Allowed ones by utility, then the others in the fixed order.
    recommended : str or None
        The first one; None when nothing is left.
    near_equal : tuple of str
        Arms that cannot be told apart from it, itself included.
    widened : float
        How many times as wide the interval of the recommended arm is for what is not known of the patient.
    """

    options: tuple[Option, ...]
    recommended: str | None
    near_equal: tuple[str, ...]
    widened: float = 1.0

    @property
    def arms(self) -> list[str]:
        """The allowed arms, best first."""
        return [option.arm for option in self.options if option.allowed]


def rank(
    model: FittedModel, utilities: Utilities, refusals: Mapping[str, str | None], support: Mapping[str, int]
) -> Ranking:
    """Rank the arms of one point of decision.

    Parameters
    ----------
    model : FittedModel
    utilities : Utilities
        Of the arms that the model knows.
    refusals : mapping of arm to reason or None
        All arms of this point of decision; None where allowed.
    support : mapping of arm to number of participants
    """
    reasons = {arm: refusals[arm] or too_few(model, arm, utilities.arms, support) for arm in refusals}
    allowed = np.array([reasons.get(arm, "") is None for arm in utilities.arms])
    if not allowed.any():
        return Ranking(tuple(_refused(arm, reasons[arm], support[arm]) for arm in reasons), None, ())
    comparison = compare(utilities.drawn, allowed, model.calibration)
    chances = chances_of_being_best(utilities.competing, allowed, model.calibration)
    estimation = utilities.estimation * model.calibration.means
    sd = np.hypot(estimation, utilities.between)
    ends = interval(utilities.replicates[:, 0], sd)
    worth = as_precise_as(utilities.residual_variance, sd**2)
    options = []
    for i in np.argsort(-utilities.replicates[:, 0], kind="stable"):
        if allowed[i]:
            arm = utilities.arms[i]
            options.append(
                Option(
                    arm=arm,
                    allowed=True,
                    reason=None,
                    utility=float(utilities.replicates[i, 0]),
                    utility_interval=(float(ends[i, 0]), float(ends[i, 1])),
                    probability_best=float(chances[i]),
                    near_equal=bool(comparison.near_equal[i]),
                    equivalent=bool(comparison.equivalent[i]),
                    worth_participants=int(worth[i]),
                    support=support[arm],
                )
            )
    refused = [_refused(arm, reasons[arm], support[arm]) for arm in reasons if reasons[arm] is not None]
    near = tuple(option.arm for option in options if option.near_equal)
    best = comparison.best
    return Ranking((*options, *refused), utilities.arms[best], near, float(sd[best] / max(estimation[best], 1e-12)))


def first_support(model: FittedModel) -> dict[str, int]:
    """Participants assigned each first arm; all of them were allowed it."""
    return model.first_counts


def second_support(model: FittedModel, first: str, response: str) -> dict[str, int]:
    """Participants assigned each second arm after this first arm and response class; all of them were allowed it."""
    return {arm: model.second_counts.get((first, response, arm), 0) for arm in ARMS}


def nothing_left(model: FittedModel, refusals: Iterable[str | None]) -> str:
    """Why there is no option, where the trial refuses every arm or too few participants had what it allows."""
    if any(reason is None for reason in refusals):
        return f"too few to say: fewer than {model.smallest_support} participants had any of what is left at this point"
    return "nothing that the trial offers at this point is left for this patient"


def too_few(model: FittedModel, arm: str, known: tuple[str, ...], support: Mapping[str, int]) -> str | None:
    """Why nothing can be said about an arm that hardly any participant had here; None where enough had it."""
    if arm in known and support[arm] >= model.smallest_support:
        return None
    return (
        f"too few to say: {support[arm]} participants had it at this point, at least "
        f"{model.smallest_support} are needed"
    )


def _refused(arm: str, reason: str | None, support: int) -> Option:
    return Option(arm, False, reason, None, None, 0.0, False, False, None, support)
