"""Are deep phenotyping markers worth having? The same procedure with and without them, judged in the same people.

Everything is repeated without each fold of people; the two regimes are then valued in the people left out by doubly
robust scores. Both are valued by both sets of expectations, and the mean of the two counts, so that neither has an
advantage and the difference is that between the rules alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz import wording
from bestviz.advice.deep_changes import Changes, changes_of
from bestviz.advice.evaluation_tables import people_of_trial, start_levels
from bestviz.advice.fitting import LEAST_MARKER_SHARE, Progress
from bestviz.advice.inputs import baseline_inputs
from bestviz.advice.outcomes import weight_vector
from bestviz.advice.preferences import Preferences
from bestviz.advice.threads import one_thread, side_by_side
from bestviz.data.dataset import Trial
from bestviz.errors import DataError, InputError
from bestviz.regime import TwoStageRegime
from bestviz.regime.judging.crossfit import cross_fit, refit
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.plans import learned_first, learned_second
from bestviz.regime.judging.scores import under
from bestviz.regime.judging.values import Estimate, estimates
from bestviz.regime.learners import Learner
from bestviz.trial import MEASURES
from bestviz.trial.schedule import HORIZONS, PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
# The whole procedure is repeated twice in each.
FOLDS = 5
FEWEST_PEOPLE = 50
# A gain of so many standard errors is found in 80 of 100 studies of this size (two-sided 5 %).
USUALLY_FOUND = 2.8


@dataclass(frozen=True)
class DeepGain:
    """What markers add to the value of the learned regime.

    Attributes
    ----------
    people, participants : int
        Who has markers and was judged, and all participants.
    markers, left_out : tuple of str
        Markers used, and those that too few of these people have.
    preferences : mapping of outcome to weight
    horizon : {24, 36, "mean"}
    without, with_markers : Estimate
        Cross-fitted value of the two regimes: weighted improvement since week 0 in meaningful changes.
    gain : Estimate
        Their difference in the same people.
    first_differs : float
        Share of the people to whom the two regimes give different first treatments.
    changes : Changes
        Who they are.
    folds, repeats : int
    learner : str
    simulated : bool
    """

    people: int
    participants: int
    markers: tuple[str, ...]
    left_out: tuple[str, ...]
    preferences: Mapping[str, float]
    horizon: int | str
    without: Estimate
    with_markers: Estimate
    gain: Estimate
    first_differs: float
    changes: Changes
    folds: int
    repeats: int
    learner: str
    simulated: bool

    @property
    def statement(self) -> str:
        """The finding in plain words."""
        low, high = self.gain.interval
        found = (
            f"In the {self.people} people who have deep phenotyping, the regime that uses the {len(self.markers)} "
            f"markers is worth {wording.number(self.gain.value, 2, signed=True)} meaningful changes against the one "
            f"that does not (95 % interval {wording.interval((low, high), 2, signed=True)})."
        )
        if low > 0:
            return f"{found} The markers add to the value of tailoring."
        if high < 0:
            return f"{found} With the markers the regime did worse: they add more noise than knowledge here."
        return (
            f"{found} No evidence of a gain. Data of this size usually show a gain of "
            f"{wording.number(USUALLY_FOUND * self.gain.se, 2)} or more; a smaller one may have been missed."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping."""
        plain = {name: list(v) if isinstance(v, tuple) else v for name, v in self.__dict__.items()}
        values = {name: getattr(self, name) for name in ("without", "with_markers", "gain")}
        return plain | {
            "preferences": dict(self.preferences),
            "changes": self.changes.to_dict(),
            **{name: value.to_dict() | {"se": value.se} for name, value in values.items()},
            "statement": self.statement,
        }


def deep_gain(
    trial: Trial,
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    horizon: int | str = PRIMARY_WEEK,
    folds: int = FOLDS,
    repeats: int = 1,
    seed: int = 1,
    learner: Learner = "ensemble",
    jobs: int | None = None,
    progress: Progress | None = None,
) -> DeepGain:
    """Cross-fitted value of the whole procedure with deep markers, against without, in the people who have them.

    With the ensemble this takes minutes: learners are chosen anew in every fold.

    Parameters
    ----------
    trial : Trial
    preferences : Preferences or mapping outcome -> weight, optional
        What both regimes aim at. Default: PEG alone.
    horizon : {24, 36, "mean"}
    folds, repeats : int
        People are split into so many folds, so many times; the folds are the same for both regimes.
    seed : int
        Same seed, same answer.
    learner : {"ensemble", "additive", "forest"}
    jobs : int, optional
        Parallel jobs; default all cores. The result does not depend on it.
    progress : callable(done, total, what), optional

    Raises
    ------
    DataError
        The data have no markers, or too few people have them.
    InputError, PreferenceError, RegimeError
        An unknown horizon or outcome; too many folds; nothing can be learned without one of them.
    """
    if horizon not in HORIZONS:
        raise InputError(f"horizon: {horizon!r} is not one of {', '.join(map(str, HORIZONS))}.")
    wishes = preferences if isinstance(preferences, Preferences) else Preferences.from_dict(preferences)
    some, markers, rare = with_markers_only(trial)
    inputs = baseline_inputs(some)
    plain, deep = people_of_trial(some, inputs), people_of_trial(some, inputs, markers)
    weights = weight_vector(wishes.weights, horizon, tuple(plain.data.outcomes.columns[: plain.data.weighable]))
    aim = {name: weight for name, weight in zip(plain.data.outcomes.columns, weights, strict=False) if weight}
    fit = refit(TwoStageRegime(learner=learner, random_state=seed), aim=aim)
    advance = _counter(progress, 2 * folds * repeats)
    with one_thread(), side_by_side(jobs):
        judged = [cross_fit(people, fit, folds, repeats, seed, advance) for people in (plain, deep)]
        values, arms = _scores(judged, weights, len(plain))
    start = _start(some, wishes, plain.index)
    scores = np.stack([values[0] - start, values[1] - start, values[1] - values[0]], axis=2)
    without, with_markers, gain = estimates(scores)
    changes = changes_of(some, markers, arms, dict(enumerate(plain.data.first_arms.labels)))
    return DeepGain(
        len(plain), len(trial), markers, rare, wishes.to_dict(), horizon, without, with_markers, gain,
        float((arms[0] != arms[1]).mean()), changes, folds, repeats, learner, trial.info.simulated,
    )  # fmt: skip


def with_markers_only(trial: Trial) -> tuple[Trial, tuple[str, ...], tuple[str, ...]]:
    """The people who have markers, the markers that enough of them have, and the others.

    Raises
    ------
    DataError
        The data have no markers, or too few people have them.
    """
    if trial.deep is None or not len(trial.deep):
        raise DataError("deep: the data have no deep phenotyping markers, so their worth cannot be judged.")
    known = trial.deep.reindex(trial.participants.index).notna()
    chosen = known.any(axis=1) & trial.participants["first_arm"].notna()
    if chosen.sum() < FEWEST_PEOPLE:
        raise DataError(
            f"deep: only {chosen.sum()} participants have markers and a first arm; at least {FEWEST_PEOPLE} are needed "
            "to judge what markers are worth."
        )
    people = trial.participants[chosen]
    enough = known[chosen].mean() >= LEAST_MARKER_SHARE
    varies = trial.deep.reindex(people.index).nunique() > 1
    used = tuple(str(name) for name in trial.deep.columns if enough[name] and varies[name])
    if not used:
        raise DataError("deep: no marker is known of enough people to be judged.")
    values = trial.assessments[trial.assessments["id"].isin(people.index)]
    some = replace(trial, participants=people, assessments=values, deep=trial.deep.reindex(people.index))
    return some, used, tuple(str(name) for name in trial.deep.columns if name not in used)


def _scores(judged: list[list[list[Part]]], weights: FloatArray, people: int) -> tuple[FloatArray, IntArray]:
    """Scores of both regimes and the first arms that they give; each (2, splits, n)."""
    scores = np.zeros((2, len(judged[0]), people))
    arms = np.zeros(scores.shape, dtype=np.intp)
    for split, pairs in enumerate(zip(*judged, strict=True)):
        for parts in zip(*pairs, strict=True):
            rows = parts[0].rows
            for regime, rule in enumerate(_Rule.of(part, weights) for part in parts):
                scores[regime, split, rows] = np.mean([rule.scores(part, weights) for part in parts], axis=0)
                arms[regime, split, rows] = rule.first.argmax(axis=1)
    return scores, arms


@dataclass(frozen=True)
class _Rule:
    """A learned regime in one part.

    Attributes
    ----------
    first, second : array, shape (m, arms of the stage)
        Probability with which it gives each person of the part each arm.
    training : array, shape (training people, second arms)
    """

    first: FloatArray
    second: FloatArray
    training: FloatArray

    @classmethod
    def of(cls, part: Part, weights: FloatArray) -> _Rule:
        return cls(
            learned_first(part, weights), learned_second(part.cases, weights), learned_second(part.training, weights)
        )

    def scores(self, part: Part, weights: FloatArray) -> FloatArray:
        """Scores of the weighted outcome, with what another part of the same people expects; shape (m,)."""
        expected = part.first_expected(self.training, part.cases.baseline)
        options = part.first_scores(expected, under(self.second, part.second_scores))
        score: FloatArray = under(self.first, options) @ weights
        return score


def _start(trial: Trial, wishes: Preferences, index: pd.Index) -> FloatArray:
    """Weighted week-0 level of each person in meaningful changes; side effects and stopping start at 0."""
    levels = start_levels(trial, MEASURES).loc[index]
    start = np.zeros(len(index))
    for code, weight in wishes.weights.items():
        if code in levels:
            start += weight * levels[code].to_numpy(float)
    return start


def _counter(progress: Progress | None, total: int) -> Callable[[], None]:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total, "Judging markers")

    return advance
