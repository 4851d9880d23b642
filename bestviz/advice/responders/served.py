"""How each group of people is served by what a model recommends to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.advice.recommendation import Interval
from bestviz.advice.responders.cohort import Cohort
from bestviz.advice.responders.groups import Group
from bestviz.advice.uncertainty import NEGLIGIBLE, Z_90, Z_95, interval, spread
from bestviz.data.dataset import Trial
from bestviz.regime.judging.probabilities import Randomisation

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FairnessRow:
    """One group of participants.

    Attributes
    ----------
    column, group : str
    people : int
        With any option left.
    recommended : mapping of arm to float
        Share to whom each first arm is recommended.
    may_have : mapping of arm to float
        Share who may have it.
    utility, utility_as_randomised : float
        Mean expected improvement in meaningful changes: first arm as recommended, first arm as randomised.
    gain : float
        Their difference.
    gain_interval : (float, float)
        95 %, from the replicates and from who happened to take part.
    interval_width : float
        Mean width of the 95 % interval of the recommended arm's benefit.
    not_told_apart : float
        Share for whom another arm cannot be told apart from the recommended one.
    inputs_missing : float
        Mean share of the model's inputs that are not known.
    any_missing : float
        Share of whom some input is not known.
    """

    column: str
    group: str
    people: int
    recommended: Mapping[str, float]
    may_have: Mapping[str, float]
    utility: float
    utility_as_randomised: float
    gain: float
    gain_interval: Interval
    interval_width: float
    not_told_apart: float
    inputs_missing: float
    any_missing: float


@dataclass(frozen=True)
class Gap:
    """The two groups of a column between which what the recommendation adds differs most.

    Attributes
    ----------
    column, more, less : str
    difference : float
        Of the gains, in meaningful changes; 0 or more.
    difference_interval : (float, float)
        95 %, from the replicates and from who happened to take part.
    is_clear : bool
        Whether an interval that allows for all pairs of groups looked at (Bonferroni) leaves out 0.
    """

    column: str
    more: str
    less: str
    difference: float
    difference_interval: Interval
    is_clear: bool


@dataclass(frozen=True)
class Served:
    """What is recommended to each person, and what is expected of it.

    Attributes
    ----------
    model : FittedModel
    decided : bool array, shape (n,)
        Who has any option.
    arm : int array, shape (n,)
    allowed : bool array, shape (n, arms)
    recommended, randomised : array, shape (n, R + 1)
        Improvement with the first arm as recommended, and as randomised.
    alternatives : bool array, shape (n,)
        Whether another arm cannot be told apart.
    missing : bool array, shape (n, inputs)
    """

    model: FittedModel
    decided: BoolArray
    arm: IntArray
    allowed: BoolArray
    recommended: FloatArray
    randomised: FloatArray
    alternatives: BoolArray
    missing: BoolArray

    @classmethod
    def of(cls, model: FittedModel, trial: Trial, preferences: Preferences, horizon: int | str) -> Served:
        """Everybody in a trial."""
        cohort = Cohort.of(model, trial)
        utilities = cohort.utilities(preferences, horizon)
        arm = cohort.recommended(utilities)
        assigned = model.engine.first_arms.codes(trial.participants["first_arm"])
        allowed = cohort.allowed
        codes = np.where(allowed[np.arange(len(allowed)), assigned], assigned, -1)
        chances = Randomisation.fit(allowed, codes, cohort.encoded).table(allowed, cohort.encoded)
        best = utilities[np.arange(len(arm)), arm]
        behind = best[:, None] - utilities
        sd = spread(behind) * model.calibration.differences
        near = allowed & (behind[:, :, 0] - Z_90 * sd <= NEGLIGIBLE)
        return cls(
            model, cohort.decided, arm, allowed, best, np.einsum("na,nar->nr", chances, utilities),
            near.sum(axis=1) > 1, cohort.missing,
        )  # fmt: skip

    @property
    def gain(self) -> FloatArray:
        """What the recommended first arm adds; shape (n, R + 1)."""
        return self.recommended - self.randomised

    def row(self, group: Group) -> FairnessRow:
        """One row of the table."""
        rows, labels = group.rows, self.model.engine.first_arms.labels
        chosen = np.bincount(self.arm[rows], minlength=len(labels)) / len(rows)
        gain, missing = self.gain[rows].mean(axis=0), self.missing[rows]
        ends = interval(gain[0], np.hypot(self._model_sd(gain), np.sqrt(self._sampling(group))))
        widths = 2 * Z_95 * self.model.calibration.means * spread(self.recommended[rows])
        return FairnessRow(
            column=group.column,
            group=group.name,
            people=len(rows),
            recommended=_by_arm(labels, chosen),
            may_have=_by_arm(labels, self.allowed[rows].mean(axis=0)),
            utility=float(self.recommended[rows, 0].mean()),
            utility_as_randomised=float(self.randomised[rows, 0].mean()),
            gain=float(gain[0]),
            gain_interval=(float(ends[0]), float(ends[1])),
            interval_width=float(widths.mean()),
            not_told_apart=float(self.alternatives[rows].mean()),
            inputs_missing=float(missing.mean()) if missing.size else 0.0,
            any_missing=float(missing.any(axis=1).mean()),
        )

    def gap(self, groups: list[Group], pairs: int) -> Gap:
        """The two groups between which the gain differs most, one of so many pairs looked at."""
        gains = [self.gain[group.rows].mean(axis=0) for group in groups]
        order = np.argsort([-gain[0] for gain in gains], kind="stable")
        more, less = groups[order[0]], groups[order[-1]]
        difference = gains[order[0]] - gains[order[-1]]
        sd = np.sqrt(self._model_sd(difference) ** 2 + self._sampling(more) + self._sampling(less))
        ends = interval(difference[0], sd)
        needed = float(ndtri(1 - 0.025 / pairs))
        return Gap(
            more.column, more.name, less.name, float(difference[0]), (float(ends[0]), float(ends[1])),
            bool(difference[0] > needed * sd),
        )  # fmt: skip

    def _model_sd(self, difference: FloatArray) -> float:
        """Standard deviation over the replicates of a difference (R + 1,)."""
        return float(spread(difference) * self.model.calibration.differences)

    def _sampling(self, group: Group) -> float:
        """Variance of the mean gain of a group for who happened to take part."""
        return float(self.gain[group.rows, 0].var(ddof=1) / len(group.rows))


def _by_arm(labels: tuple[str, ...], shares: FloatArray) -> dict[str, float]:
    return {arm: float(share) for arm, share in zip(labels, shares, strict=True)}
