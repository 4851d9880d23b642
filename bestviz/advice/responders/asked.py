"""What is asked about: the weighted outcome, or one measure at one week, and its regression in every replicate.

Whatever is looked at, what follows the first treatment is the same: the second-stage rule for the preferences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import column_name, natural, weight_vector
from bestviz.advice.preferences import Preferences
from bestviz.errors import InputError
from bestviz.regime.engine import Engine
from bestviz.trial import Measure
from bestviz.trial.schedule import HORIZONS, PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Asked:
    """An outcome of a model.

    Attributes
    ----------
    model : FittedModel
    preferences : Preferences
        Of the rule that is followed, and of the weighted outcome.
    horizon : {24, 36, "mean"}
        When the weighted outcome is looked at.
    outcome : str or None
        Measure; None for the weighted outcome.
    week : int or None
        Of the measure.
    weights : array, shape (K,)
        Of all outcome columns, as the preferences say.
    """

    model: FittedModel
    preferences: Preferences
    horizon: int | str
    outcome: str | None
    week: int | None
    weights: FloatArray

    @property
    def measure(self) -> Measure | None:
        """The measure with the model's meaningful change; None for the weighted outcome."""
        return None if self.outcome is None else self.model.measures[self.outcome]

    @property
    def is_early(self) -> bool:
        """Whether the outcome comes before the second assignment."""
        return self._column in self.model.engine.early_names

    def first_coefficients(self) -> FloatArray:
        """First-stage coefficients in every replicate; shape (q + q2, R + 1), for rows of `Engine.first_rows`."""
        engine = self.model.engine
        rule = self.model.solve(self.weights, frozenset()).rule
        if self.outcome is None:
            return rule.coefficients.T
        if self.is_early:
            return _early(engine, engine.early_names.index(self._column)).T
        return _later(engine, self._unit[None], rule.choice)[0].T

    @staticmethod
    def later_coefficients(several: Sequence[Asked]) -> list[FloatArray]:
        """`first_coefficients` of several later measures for the same model and weights, faster than one by one."""
        one = several[0]
        rule = one.model.solve(one.weights, frozenset()).rule
        found = _later(one.model.engine, np.stack([each._unit for each in several]), rule.choice)
        return [coefficients.T for coefficients in found]

    def second_coefficients(self) -> FloatArray:
        """Second-stage coefficients in every replicate; shape (q, R + 1), for rows of `Engine.second_rows`.

        Raises
        ------
        InputError
            The outcome comes before the second assignment.
        """
        if self.is_early:
            raise InputError(
                f"week {self.week}: treatments of the second period cannot change what was measured before it; "
                "ask about a later week."
            )
        weights = self.weights if self.outcome is None else self._unit
        coefficients: FloatArray = self.model.engine.second.coefficients @ weights
        return coefficients.T

    def in_own_unit(self, values: FloatArray) -> FloatArray:
        """From meaningful changes (higher is better) to the measure's unit and sign; the weighted outcome as it is."""
        return values if self.measure is None else natural(values, self.measure)

    @property
    def _column(self) -> str:
        return "" if self.outcome is None or self.week is None else column_name(self.outcome, self.week)

    @property
    def _unit(self) -> FloatArray:
        names = self.model.engine.outcome_names
        return np.eye(len(names))[names.index(self._column)]


def ask(
    model: FittedModel,
    preferences: Preferences | Mapping[str, float] | None = None,
    outcome: str | None = None,
    week: int | None = None,
    horizon: int | str = PRIMARY_WEEK,
) -> Asked:
    """Check what is asked about.

    Parameters
    ----------
    model : FittedModel
    preferences : Preferences or mapping outcome -> weight, optional
        Default: PEG alone.
    outcome : str, optional
        Measure; default the weighted outcome.
    week : int, optional
        Of the measure; default 24.
    horizon : {24, 36, "mean"}

    Raises
    ------
    InputError
        Unknown outcome, week or horizon, or a week without an outcome.
    PreferenceError
        Preferences that cannot be, or an outcome that the model's data do not have.
    """
    if horizon not in HORIZONS:
        raise InputError(f"horizon: {horizon!r} is not one of {', '.join(map(str, HORIZONS))}.")
    if not isinstance(preferences, Preferences):
        preferences = Preferences.from_dict(preferences)
    if outcome is None and week is not None:
        raise InputError(f"week {week}: name the outcome too; the weighted outcome goes by its horizon.")
    if outcome is not None:
        week = PRIMARY_WEEK if week is None else week
        _check_column(model, outcome, week)
    weights = model.engine.weigh(weight_vector(preferences.weights, horizon, model.weighable_columns))
    return Asked(model, preferences, horizon, outcome, week, weights)


def _check_column(model: FittedModel, outcome: str, week: int) -> None:
    columns = (*model.engine.outcome_names, *model.engine.early_names)
    if outcome not in model.outcome_codes:
        raise InputError(
            f"outcome: {outcome!r} is none that this model knows; choose one of {', '.join(model.outcome_codes)}."
        )
    weeks = [str(w) for w in model.measures[outcome].weeks if column_name(outcome, w) in columns]
    if column_name(outcome, week) not in columns:
        raise InputError(
            f"week: this model does not have {model.measures[outcome].name} at week {week}; "
            f"choose {' or '.join(weeks)}."
        )


def _later(engine: Engine, weights: FloatArray, choice: IntArray) -> FloatArray:
    """Coefficients of weighted later outcomes (m, K) under given second-stage choices (n,); (m, R + 1, q + q2 + q3)."""
    means, lent = (
        np.moveaxis(of[:, :, : weights.shape[1]] @ weights.T, -1, 0)
        for of in (engine.first.means, engine.second.coefficients)
    )
    return engine.first.solve(engine.chosen_values(weights, choice), means, lent)


def _early(engine: Engine, place: int) -> FloatArray:
    """Coefficients of one early quantity; shape (R + 1, q + q2 + q3)."""
    values = np.stack([early[:, place] for early in engine.completed.early])[engine.versions]
    return engine.first.solve_early(values, place)
