"""What worlds are drawn from: a trial, and a regime that was learned from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.calibration.tables import Tables
from bestviz.advice.model import FittedModel
from bestviz.data.dataset import Trial
from bestviz.regime.additive import informed_directions, tune
from bestviz.regime.basis import StageBasis
from bestviz.regime.design import Features, StageDesign
from bestviz.regime.engine import Engine
from bestviz.regime.residuals import second_residuals
from bestviz.regime.solving import drawn_means, residual_covariance, solve
from bestviz.regime.tuning import Tuning

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Source:
    """The trial and the regime that worlds are drawn from.

    Attributes
    ----------
    trial : Tables
    engine : Engine
        The model's; for a forest alone, the ensemble learned from the same trial, as a world of steps like its own
        would flatter it.
    tuning : Tuning
        How worlds are learned from: with the model's learner, tuned anew.
    state_basis : StageBasis
        In which the state at week 12 is regressed on baseline and first arm.
    residuals : array, shape (r, K)
        Of the outcomes given the state at week 12; one row a person.
    counts : mapping of (first arm, response class, second arm) to participants
    harm : float
        Share of those who stopped their first arm who did so because of harm.
    """

    trial: Tables
    engine: Engine
    tuning: Tuning
    state_basis: StageBasis
    residuals: FloatArray
    counts: Mapping[tuple[str, str, str], int]
    harm: float

    @classmethod
    def of(cls, model: FittedModel, trial: Trial, worlds: int) -> Source:
        """What is needed to draw a number of worlds from a trial and the model that was fitted to it."""
        tables, engine = Tables.of(model, trial), model.engine
        tuning = Tuning(engine.tuning.learner, engine.tuning.share)
        if tuning.learner == "forest":
            richest = replace(tuning, learner="ensemble")
            engine = tables.learn(engine.weighable, richest, max(worlds, 2), model.info.seed)
            engine.round_replicates()  # the same after a journey to another process
        harm = _share_of_harm(tables)
        return cls(tables, engine, tuning, _state_basis(engine), second_residuals(engine)[0], model.second_counts, harm)

    def replicate_of(self, world: int) -> int:
        """Replicate that is the truth of a world."""
        return 1 + world % self.engine.replicates

    def first_codes(self, who: IntArray) -> IntArray:
        """First arms that people had."""
        return self.engine.first_arms.codes(self.trial.first.iloc[who])

    def arms(self, first: IntArray) -> npt.NDArray[np.object_]:
        """Labels of first arms."""
        return np.array(self.engine.first_arms.labels, dtype=object)[first]

    def complete_baseline(self, who: IntArray, rng: np.random.Generator) -> tuple[pd.DataFrame, FloatArray]:
        """Baseline of people with missing inputs drawn: as a table, and as the model sees it."""
        frame, encoder = self.trial.baseline.iloc[who].reset_index(drop=True), self.engine.filler.baseline
        drawn = encoder.decode(encoder.linear(frame, rng))
        for name in drawn:
            frame[name] = frame[name].where(frame[name].notna(), drawn[name])
        return frame, encoder.linear(frame)

    def halfway(self, replicate: int, rng: np.random.Generator) -> FloatArray:
        """Coefficients of the encoded state at week 12 in a replicate, with drawn prior means; shape (q, s)."""
        done, weights, first = self.engine.completed, self.engine.first.weights, self.engine.first_codes
        features = Features.of([self.engine.filler.baseline], [done.baseline])
        design, states = self.state_basis.rows(features, np.arange(len(first)), first), done.interim
        full = solve(design, states[0], weights[0])
        covariance = residual_covariance(states[0], design @ full, weights[0], 0.0)
        means = drawn_means(design.shape[1], covariance, rng)
        return solve(design, states[self.engine.versions[replicate]], weights[replicate], means)


def _state_basis(engine: Engine) -> StageBasis:
    """Columns for the state at week 12: arms may do more for some people than for others, as they do for outcomes."""
    layout, done = StageDesign(engine.first_arms, None, [engine.filler.baseline]), engine.completed
    matrix = layout.matrix(Features.of(layout.encoders, [done.baseline]), engine.first_codes)
    weights = engine.first.weights[0]
    variance = tune(matrix, done.interim[0], weights, layout, spread=True).variance
    return StageBasis(layout, informed_directions(matrix, weights, variance))


def _share_of_harm(trial: Tables) -> float:
    if "stopped_first" not in trial.interim:
        return 0.0
    stopped = (trial.interim["stopped_first"] == 1).to_numpy()
    return float(trial.harmed[stopped].mean()) if stopped.any() else 0.0
