"""Trials simulated from replicates of a fitted model: worlds whose truth is known.

People are drawn again from the trial, with the first arms, contraindications and missing values they had. Their state
at week 12, their second arms and their outcomes are drawn anew, and what arms do follows a replicate, not the full fit:
that one is shrunken, and a world made from it would be too easy to learn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from bestviz.advice.calibration.source import Source
from bestviz.advice.calibration.tables import Tables
from bestviz.regime.design import Features
from bestviz.regime.resampling import bootstrap_counts, resampling_strata
from bestviz.trial import allowed_second_table

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# Added to the number of participants who had a second arm, so that every allowed arm has a chance.
SMOOTHING = 1.0


@dataclass(frozen=True)
class Week12:
    """State and options of people at week 12.

    Attributes
    ----------
    state : DataFrame
        Complete, every value one that was observed.
    encoded : array, shape (m, s)
        The same as the fitted model sees it.
    harmed : bool array, shape (m,)
        Stopped the first arm because of harm.
    allowed : bool array, shape (m, arms)
        Second arms of the model.
    """

    state: pd.DataFrame
    encoded: FloatArray
    harmed: BoolArray
    allowed: BoolArray


@dataclass(frozen=True)
class World:
    """A world, in which a replicate is the truth.

    Attributes
    ----------
    source : Source
    replicate : int
    halfway : array, shape (q, s)
        Coefficients of the encoded state at week 12 on baseline and first arm.
    """

    source: Source
    replicate: int
    halfway: FloatArray

    @classmethod
    def of(cls, source: Source, replicate: int, seed: tuple[int, ...]) -> World:
        """The world of a replicate; the seed is that of the drawn prior means of effects on the state."""
        return cls(source, replicate, source.halfway(replicate, np.random.default_rng(seed)))

    def expected(self, baseline: FloatArray, week12: Week12, first: IntArray) -> FloatArray:
        """True outcomes of every second arm, for encoded rows; shape (m, arms, K)."""
        engine = self.source.engine
        features = engine.second_features(baseline, week12.encoded)
        return engine.second.basis.every_arm(features, engine.second.coefficients[self.replicate], first)

    def week12(
        self, who: IntArray, baseline: FloatArray, first: IntArray, rng: np.random.Generator, mirrored: bool = False
    ) -> Week12:
        """Draw the state at week 12 and what is allowed then.

        Parameters
        ----------
        who : int array, shape (m,)
            Whose contraindications each row has.
        baseline : array, shape (m, q)
            Encoded rows.
        first : int array, shape (m,)
        mirrored : bool
            Rows of the second half stray as far to the other side as those of the first half.
        """
        source, filler, rows = self.source, self.source.engine.filler, len(baseline)
        known = np.hstack([baseline, filler.first_arms.components[first]])
        unknown = np.hstack([known, np.full((rows, filler.interim.width), np.nan)])
        half = unknown[: rows // 2] if mirrored else unknown
        noise = (filler.state.fill(half, rng) - filler.state.fill(half))[:, known.shape[1] :]
        states = self._expected_states(baseline, first) + (np.vstack([noise, -noise]) if mirrored else noise)
        states = filler.interim.within_range(states, np.ones(states.shape, dtype=bool), draw=True)
        drawn, observed = filler.interim.decode(states), source.trial.interim
        state = pd.DataFrame({name: _as_observed(observed[name], drawn.get(name), rows) for name in observed})
        stopped = state["stopped_first"].to_numpy(float) == 1 if "stopped_first" in state else np.zeros(rows, bool)
        harmed = stopped & (rng.random(rows) < source.harm)
        facts = {"first_arm": source.arms(first), "response": state["response"], "stopped_for_harm": harmed}
        people = source.trial.contraindications.iloc[who].reset_index(drop=True)
        allowed = allowed_second_table(people.assign(**facts))[list(source.engine.second_arms.labels)]
        return Week12(state, filler.interim.encode(state), harmed, allowed.to_numpy())

    def _expected_states(self, baseline: FloatArray, first: IntArray) -> FloatArray:
        features = Features.of([self.source.engine.filler.baseline], [baseline])
        of_every_arm = self.source.state_basis.every_arm(features, self.halfway)
        return of_every_arm[np.arange(len(first)), first]

    def draw(self, seed: tuple[int, ...]) -> Tables:
        """Simulate a trial; same seed, same trial."""
        source, rng = self.source, np.random.default_rng(seed)
        engine, trial = source.engine, source.trial
        everybody = np.arange(len(trial))
        strata = resampling_strata(source.first_codes(everybody), trial.allowed_first.to_numpy())
        who = np.repeat(everybody, bootstrap_counts(strata, 1, int(rng.integers(2**31)))[1])
        first, (_, encoded) = source.first_codes(who), source.complete_baseline(who, rng)
        week12 = self.week12(who, encoded, first, rng)
        second = self._assign(week12, source.arms(first), rng)
        expected = self.expected(encoded, week12, first)[np.arange(len(who)), second]
        outcomes = expected + source.residuals[rng.integers(len(source.residuals), size=len(who))]
        like = replace(trial, **{name: part.iloc[who].reset_index(drop=True) for name, part in vars(trial).items()})
        had = like.second.notna().to_numpy() & week12.allowed.any(axis=1)
        known = like.outcomes.notna().to_numpy() & had[:, None]
        return replace(
            like,
            interim=week12.state.where(like.interim.notna()),
            second=pd.Series(np.array(engine.second_arms.labels, dtype=object)[second]).where(had),
            outcomes=pd.DataFrame(np.where(known, outcomes, np.nan), columns=like.outcomes.columns),
            harmed=pd.Series(week12.harmed),
        )

    def _assign(self, week12: Week12, first: npt.NDArray[np.object_], rng: np.random.Generator) -> IntArray:
        """Draw allowed second arms, as often as the data hold them, smoothed; any arm where none is allowed."""
        arms = self.source.engine.second_arms.labels
        places, distinct = pd.MultiIndex.from_arrays([first, week12.state["response"]]).factorize()
        counts = np.array([[self.source.counts.get((*pair, arm), 0) for arm in arms] for pair in distinct], dtype=float)
        heaped = ((counts[places] + SMOOTHING) * week12.allowed).cumsum(axis=1)
        drawn: IntArray = (heaped[:, :-1] <= rng.random((len(first), 1)) * heaped[:, -1:]).sum(axis=1)
        return drawn


def _as_observed(column: pd.Series, drawn: pd.Series | None, rows: int) -> npt.NDArray:
    """Drawn values of a column, each the nearest of those observed; the usual one where the column never varies."""
    observed = column.dropna()
    if drawn is None:
        return np.full(rows, observed.mode().iloc[0] if len(observed) else np.nan)
    if not is_numeric_dtype(observed):
        return drawn.to_numpy()
    values = np.unique(observed.to_numpy(float))
    above = np.clip(np.searchsorted(values, drawn.to_numpy(float)), 1, len(values) - 1)
    below = values[above - 1]
    return np.where(drawn - below <= values[above] - drawn, below, values[above])
