"""Training people with everything that was missing filled in, and the weights of those who are still seen.

Never complete cases. Who is not seen at the second assignment, or has no outcome, is stood for by similar people
through inverse-probability weights; single values missing among the people seen are filled in: by conditional means for
the full fit, by draws for the replicates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.regime.arms import ArmCoding
from bestviz.regime.dropout import weights_of_seen
from bestviz.regime.encoding import Encoder
from bestviz.regime.normal import JointNormal
from bestviz.regime.tables import TwoStageData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

DRAWN_VERSIONS = 5


@dataclass(frozen=True)
class Filler:
    """Encodes rows and fills in what is unknown about them.

    Attributes
    ----------
    baseline, interim : Encoder
    first_arms : ArmCoding
    state : JointNormal
        Of encoded baseline, first arm and encoded interim state, side by side.
    """

    baseline: Encoder
    interim: Encoder
    first_arms: ArmCoding
    state: JointNormal

    def fill_interim(
        self, baseline: FloatArray, first: IntArray, interim: pd.DataFrame, rng: np.random.Generator | None = None
    ) -> FloatArray:
        """Encode interim states of rows with encoded baseline and first-arm codes; what is unknown is filled in.

        Returns
        -------
        array, shape (m, s)
        """
        raw = self.interim.encode(interim)
        known = np.hstack([baseline, self.first_arms.components[first], raw])
        filled = self.state.fill(known, rng)[:, known.shape[1] - raw.shape[1] :]
        return self.interim.within_range(filled, np.isnan(raw), draw=rng is not None)


@dataclass(frozen=True)
class Completed:
    """Training people who enter the first stage, complete.

    Version 0 of a list holds conditional means of what was missing, the others independent draws.

    Attributes
    ----------
    people : int array, shape (n,)
        Positions in the tables of the people seen at the second assignment.
    baseline : array, shape (n, q)
    interim : list over versions of arrays, shape (n, s)
    outcomes : list over versions of arrays, shape (n, K)
        NaN for people without a second arm or without any outcome.
    early : list over versions of arrays, shape (n, E)
    with_outcome : bool array, shape (n,)
    seen_weights, outcome_weights : array, shape (n,)
        Inverse-probability weights of being seen, and of having an outcome (0 for who has none).
    """

    people: IntArray
    baseline: FloatArray
    interim: list[FloatArray]
    outcomes: list[FloatArray]
    early: list[FloatArray]
    with_outcome: BoolArray
    seen_weights: FloatArray
    outcome_weights: FloatArray


def complete(data: TwoStageData, draw: bool, seed: int) -> tuple[Filler, Completed]:
    """Encode and complete a trial.

    Parameters
    ----------
    data : TwoStageData
    draw : bool
        Whether drawn versions are wanted besides the conditional means.
    seed : int
        Same seed, same draws.
    """
    encoder = Encoder().fit(data.baseline)
    encoded = encoder.linear(data.baseline)
    assigned = data.first.notna().to_numpy()
    seen = assigned & _was_seen(data) & _has_a_future(data)
    known = np.hstack([encoded, _held(data.first_arms, data.first)])
    seen_weights = np.zeros(len(data))
    seen_weights[assigned] = weights_of_seen(seen[assigned], known[assigned])
    people = np.flatnonzero(seen)
    known = known[people]
    interim_encoder = Encoder().fit(data.interim.iloc[people])
    raw = interim_encoder.encode(data.interim.iloc[people])
    filler = Filler(encoder, interim_encoder, data.first_arms, JointNormal.learn(np.hstack([known, raw])))
    outcomes, early = data.outcomes.to_numpy()[people], data.early.to_numpy()[people]
    second = data.second.iloc[people]
    with_outcome = second.notna().to_numpy() & ~np.isnan(outcomes).all(axis=1)
    gaps = np.isnan(raw).any() or np.isnan(outcomes[with_outcome]).any() or np.isnan(early).any()
    first_codes = data.first_arms.codes(data.first.iloc[people])
    held = _held(data.second_arms, second)
    everybody = np.ones(len(people), dtype=bool)
    states, later, sooner = [], [], []
    for version in range(1 + (DRAWN_VERSIONS if draw and gaps else 0)):
        rng = np.random.default_rng([seed, version, 2]) if version else None
        state = filler.fill_interim(encoded[people], first_codes, data.interim.iloc[people], rng)
        if not version:
            of_outcomes = _OutcomeFiller.learn(np.hstack([known, state, held]), outcomes, with_outcome)
            of_early = _OutcomeFiller.learn(np.hstack([known, state]), early, everybody)
        states.append(state)
        later.append(of_outcomes.fill(np.hstack([known, state, held]), outcomes, rng))
        sooner.append(of_early.fill(np.hstack([known, state]), early, rng))
    outcome_weights = weights_of_seen(with_outcome, np.hstack([known, states[0]]))
    return filler, Completed(
        people, encoded[people], states, later, sooner, with_outcome, seen_weights[people], outcome_weights
    )


def _was_seen(data: TwoStageData) -> BoolArray:
    """Whether anything is known of a person at or after the second assignment."""
    interim = data.interim.notna().any(axis=1).to_numpy() if len(data.interim.columns) else np.zeros(len(data), bool)
    return interim | data.second.notna().to_numpy()


def _has_a_future(data: TwoStageData) -> BoolArray:
    """Whether some second arm is allowed, or the first arm can at least be continued."""
    return data.allowed_second.any(axis=1) | (data.second_arms.codes(data.first) >= 0)


def _held(arms: ArmCoding, assigned: pd.Series) -> FloatArray:
    """Treatments of the assigned arm, centred; 0 where none was assigned."""
    codes = arms.codes(assigned)
    return np.where(codes[:, None] >= 0, arms.components[codes], 0.0)


@dataclass(frozen=True)
class _OutcomeFiller:
    """Fills single missing outcomes of usable rows, given what is known and the outcomes that were seen."""

    usable: BoolArray
    center: FloatArray
    scale: FloatArray
    model: JointNormal | None

    @classmethod
    def learn(cls, known: FloatArray, outcomes: FloatArray, usable: BoolArray) -> _OutcomeFiller:
        """Learn from what is known (n, q) and outcomes (n, K) with missing values."""
        used = outcomes[usable]
        if not np.isnan(used).any():
            return cls(usable, np.zeros(0), np.ones(0), None)
        # An early quantity that nobody has is taken to be 0 throughout.
        empty = np.isnan(used).all(axis=0)
        shown = np.where(empty, 0.0, used)
        center, scale = np.nanmean(shown, axis=0), np.nanstd(shown, axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        model = JointNormal.learn(np.hstack([known[usable], (used - center) / scale]))
        return cls(usable, center, scale, model)

    def fill(self, known: FloatArray, outcomes: FloatArray, rng: np.random.Generator | None) -> FloatArray:
        """Conditional means, or draws where `rng` is given; shape (n, K)."""
        if self.model is None:
            return outcomes
        used = outcomes[self.usable]
        rows = np.hstack([known[self.usable], (used - self.center) / self.scale])
        filled = self.model.fill(rows, rng)[:, known.shape[1] :] * self.scale + self.center
        completed = outcomes.copy()
        completed[self.usable] = np.where(np.isnan(used), filled, used)
        return completed
