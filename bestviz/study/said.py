"""What a learned model says of new people at week 0, in meaningful changes; all their inputs are known.

It is the advice's own: the same solving, ranking, intervals and chances, for many people at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.options import Option, Utilities, rank
from bestviz.advice.uncertainty import Z_80, Z_95, Calibration, interval, spread
from bestviz.regime.weights import distinct_exclusions
from bestviz.study.procedure import Procedure, barred
from bestviz.study.scenario import FloatArray, People
from bestviz.trial import TREATMENTS

BoolArray = npt.NDArray[np.bool_]
NOT_ALLOWED = "not allowed for this person"


@dataclass(frozen=True)
class Said:
    """What a model says of the first arms of one person; each arm is followed by the learned rule.

    Attributes
    ----------
    utilities : Utilities
    options : mapping of arm to Option
        The arms that are allowed and that enough participants had, as the advice ranks them.
    varies : array, shape (2,)
        10 % and 90 % quantiles of how far one person ends from the expected value.
    ends : (float, float)
        Worst and best that the instrument can show.
    calibration : Calibration
    """

    utilities: Utilities
    options: dict[str, Option]
    varies: FloatArray
    ends: tuple[float, float]
    calibration: Calibration

    @property
    def arms(self) -> tuple[str, ...]:
        """All first arms of the model."""
        return self.utilities.arms

    @property
    def allowed(self) -> BoolArray:
        """Which arms are options; shape (arms,)."""
        return np.array([arm in self.options for arm in self.arms])

    @property
    def near_equal(self) -> BoolArray:
        """Which arms cannot be told apart from the best; shape (arms,)."""
        return np.array([arm in self.options and self.options[arm].near_equal for arm in self.arms])

    @property
    def chances(self) -> FloatArray:
        """Chance that each arm is best, 0 for those that are no options; shape (arms,)."""
        return np.array([self.options[arm].probability_best if arm in self.options else 0.0 for arm in self.arms])

    @property
    def means(self) -> FloatArray:
        """95 % intervals of the means, NaN for arms that are no options; shape (arms, 2)."""
        ends = {arm: option.utility_interval for arm, option in self.options.items()}
        return np.array([ends.get(arm) or (np.nan, np.nan) for arm in self.arms])

    def differences(self, one: npt.NDArray[np.intp], other: npt.NDArray[np.intp]) -> FloatArray:
        """95 % intervals of differences between arms at places (pairs,); shape (pairs, 2)."""
        gaps = self.utilities.drawn[0, one] - self.utilities.drawn[0, other]
        return interval(gaps[:, 0], spread(gaps) * self.calibration.differences, Z_95)

    def person(self, arm: int) -> tuple[float, float]:
        """80 % interval of the person's own outcome under the arm at a place."""
        values = self.utilities.drawn[0, arm]
        mean, sd = float(values[0]), float(spread(values)) * self.calibration.means
        below, above = self.varies
        low, high = mean - np.hypot(min(below, 0.0), Z_80 * sd), mean + np.hypot(max(above, 0.0), Z_80 * sd)
        # Never narrower than the interval of the mean, and cut to the instrument.
        outer = min(low, mean - Z_95 * sd), max(high, mean + Z_95 * sd)
        return float(np.clip(outer[0], *self.ends)), float(np.clip(outer[1], *self.ends))


def said_of(learned: Procedure, people: People) -> list[Said]:
    """What the learned model says of each person."""
    model, engine = learned.model, learned.model.engine
    heads, may = (table.iloc[:: people.draws] for table in (people.baseline, people.allowed_first))
    allowed = may.reindex(columns=list(engine.first_arms.labels), fill_value=False).to_numpy(bool)
    rows = engine.first_rows(engine.filler.baseline.linear(heads[list(model.inputs)]))
    start, weights, unit = learned.start(heads), engine.weigh(learned.weights), learned.meaningful
    support, said = _support(model), {}
    for out, members in distinct_exclusions(barred(heads), tuple(TREATMENTS)):
        solved = model.solve(weights, frozenset(out))
        for at in np.arange(len(heads))[members]:
            utilities = Utilities(
                engine.first_arms.labels,
                (rows[[at]] @ solved.rule.coefficients.T - start[at]) / unit,
                rows[[at]] @ solved.rule.anew.T / unit,
                solved.residual_variance / unit**2,
            )
            refusals = {arm: None if ok else NOT_ALLOWED for arm, ok in zip(utilities.arms, allowed[at], strict=True)}
            options = rank(model, utilities, refusals, support).options
            worst, best = ((end - start[at]) / unit for end in learned.ends)
            said[at] = Said(
                utilities,
                {option.arm: option for option in options if option.allowed},
                solved.residual_quantiles @ weights / unit,
                (float(worst), float(best)),
                model.calibration,
            )
    return [said[at] for at in range(len(heads))]


def _support(model: FittedModel) -> dict[str, int]:
    """Participants with each first arm that the model knows."""
    counts = model.history["first"].value_counts()
    return {arm: int(counts.get(arm, 0)) for arm in model.engine.first_arms.labels}
