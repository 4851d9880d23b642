"""What the learned regime is worth against plain ways of treating everybody, in the measures' own units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from bestviz.advice.evaluation_groups import Grouping, grouping
from bestviz.advice.evaluation_tables import (
    history_of,
    people_of_trial,
    start_levels,
    subgroups,
    unknown_to,
)
from bestviz.advice.evaluation_text import UTILITY, regime_name, text_of
from bestviz.advice.evaluation_values import OutcomeValue, in_own_units
from bestviz.advice.fitting import Progress
from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import column_name, horizon_columns, weight_vector
from bestviz.advice.preferences import Preferences
from bestviz.advice.threads import one_thread, side_by_side
from bestviz.data.dataset import Trial
from bestviz.errors import PreferenceError
from bestviz.regime import TwoStageRegime
from bestviz.regime.judging.crossfit import refit
from bestviz.regime.judging.judge import FOLDS, Judge
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.regimes import BEST_FIXED, LEARNED
from bestviz.regime.judging.scored import Scored
from bestviz.regime.judging.values import Estimate, RegimeValue
from bestviz.trial import MEASURES, Measure
from bestviz.trial.schedule import PRIMARY_WEEK

Mode = Literal["cross-fitted", "external"]
# Choices between rules that are nearly tied change from fold to fold in step with the people left out, the more so the
# smaller the folds, and standard errors do not see it. Two splits into five parts take as many fits as one into ten; on
# simulated trials their 95 % intervals covered 91 to 98 % in place of 83 to 92 %.
REPEATS = 2


@dataclass(frozen=True)
class Evaluation:
    """Values of all regimes for one set of preferences.

    Attributes
    ----------
    mode : {"cross-fitted", "external"}
        Whether the whole procedure was judged by cross-fitting on the data that the model was fitted to, or the model
        as it is on other data.
    values : tuple of OutcomeValue
    preferences : mapping of str to float
    named : mapping of str to mapping of str to float
        For `best_single` and `best_fixed`: how often each first arm was the choice, as a share of the parts.
    warnings : tuple of str
    participants : int
    trained_on, data : str
        Names of the data set of the model and of that in which it was judged.
    data_digest : str
        Of the latter.
    folds, repeats : int
        They were split into so many parts, so many times.
    simulated : bool
        Whether the participants are simulated.
    by : str or None
        Column by which subgroups were formed.
    """

    mode: Mode
    values: tuple[OutcomeValue, ...]
    preferences: Mapping[str, float]
    named: Mapping[str, Mapping[str, float]]
    warnings: tuple[str, ...]
    participants: int
    trained_on: str
    data: str
    data_digest: str
    folds: int
    repeats: int
    simulated: bool
    by: str | None

    def value(self, regime: str, outcome: str = UTILITY, subgroup: str | None = None) -> RegimeValue:
        """One of the values; that of the latest week up to the primary one where there are several.

        Raises
        ------
        KeyError
            There is no such value.
        """
        rows = [
            each for each in self.values
            if (each.judged.regime, each.outcome, each.judged.subgroup) == (regime, outcome, subgroup)
        ]  # fmt: skip
        rows = [each for each in rows if isinstance(each.week, str) or each.week <= PRIMARY_WEEK] or rows
        if not rows:
            raise KeyError(f"No value of {regime!r} for outcome {outcome!r} and subgroup {subgroup!r}.")
        return rows[-1].judged

    @property
    def gain(self) -> Estimate:
        """What the learned regime gains over the best fixed plan, in meaningful changes."""
        return self.value(LEARNED).differences[BEST_FIXED]

    @property
    def best_start(self) -> str:
        """First arm of the best fixed plan, as most often chosen."""
        return next(iter(self.named[BEST_FIXED]))

    @property
    def tailoring_pays(self) -> bool:
        """Whether the interval of the gain holds only what is worthwhile."""
        return self.gain.interval[0] > 0

    def to_dict(self) -> dict[str, Any]:
        """The mapping that `evaluate --json` prints."""
        return {"mode": self.mode, "values": [each.to_dict() for each in self.values]}

    def to_text(self) -> str:
        """The evaluation in plain lines, for a terminal."""
        return text_of(self)


@dataclass(frozen=True)
class TrialJudge:
    """A judge of one model in one trial; asking for other preferences or groups repeats no fit.

    Attributes
    ----------
    judge : Judge
    trial : Trial
    mode : {"cross-fitted", "external"}
    measures : mapping of str to Measure
    starts : DataFrame
        Week-0 levels in meaningful changes, one column a measure.
    trained_on : str
        Name of the data set that the model was fitted to.
    folds, repeats : int
        Participants were split into so many parts, so many times.
    warnings : tuple of str
    """

    judge: Judge
    trial: Trial
    mode: Mode
    measures: Mapping[str, Measure]
    starts: pd.DataFrame
    trained_on: str
    folds: int
    repeats: int
    warnings: tuple[str, ...]

    def evaluate(
        self,
        preferences: Preferences | Mapping[str, float] | None = None,
        by: str | Grouping | None = None,
        horizon: int | str = PRIMARY_WEEK,
        with_tree: bool = True,
        scored: Scored | None = None,
    ) -> Evaluation:
        """Values of all regimes that aim at what the preferences weigh.

        Parameters
        ----------
        preferences : Preferences or mapping outcome -> weight, optional
            Default: PEG alone.
        by : str or Grouping, optional
            Column of the participants table, or measure at week 0, by which values are given for subgroups too; or
            groups made elsewhere.
        horizon : {24, 36, "mean"}
            When the utility is taken.
        with_tree : bool
            Whether a readable rule is learned and judged as well; it takes seconds.
        scored : Scored, optional
            What `scored` gave for the same preferences, horizon and tree: other groups then cost means alone.

        Raises
        ------
        InputError
            Preferences or a column that cannot be used.
        """
        wishes = _preferences(preferences)
        groups = grouping(self.trial, by) if isinstance(by, str) else by
        if scored is None:
            scored = self.scored(wishes, horizon, with_tree)
        index = self.judge.people.index
        found = scored.judged(None if groups is None else groups.labels.loc[index], self.start_level(wishes))
        order = () if groups is None else groups.order
        return Evaluation(
            self.mode,
            in_own_units(found, self.measures, horizon, order),
            wishes.to_dict(),
            found.named,
            self.warnings + found.notes(regime_name),
            len(index),
            self.trained_on,
            self.trial.info.name,
            self.trial.digest,
            self.folds,
            self.repeats,
            self.trial.info.simulated,
            None if groups is None else groups.name,
        )

    def scored(
        self, preferences: Preferences | Mapping[str, float] | None = None, horizon: int | str = PRIMARY_WEEK,
        with_tree: bool = True,
    ) -> Scored:  # fmt: skip
        """Everybody's scores under all regimes that aim at what the preferences weigh; parameters as in `evaluate`."""
        with one_thread():
            return self.judge.scored(self.weights(preferences, horizon), with_tree)

    def weights(
        self, preferences: Preferences | Mapping[str, float] | None, horizon: int | str = PRIMARY_WEEK
    ) -> dict[str, float]:
        """Preferences as weights of the outcomes judged."""
        return _weights(self.judge.people, _preferences(preferences), horizon)

    def start_level(self, preferences: Preferences | Mapping[str, float] | None) -> pd.Series:
        """Everybody's weighted level at week 0, in meaningful changes; Series of float."""
        index = self.judge.people.index
        weighed = _preferences(preferences).weights.items()
        return sum(
            (weight * self.starts.loc[index, code] for code, weight in weighed if code in self.starts),
            pd.Series(0.0, index=index),
        )


def trial_judge(
    model: FittedModel,
    trial: Trial,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> TrialJudge:
    """Judge a model in a trial: the whole procedure anew where it is the one the model was fitted to, else the model.

    Parameters
    ----------
    folds, repeats : int
        Participants are split into so many folds, so many times.
    jobs : int, optional
        Parallel jobs; default all cores. The result does not depend on it.
    progress : callable(done, total, what), optional

    Raises
    ------
    DataError, RegimeError
        The data cannot be learned from or judged in.
    """
    same = trial.digest == model.info.data_digest
    people = people_of_trial(trial, model.inputs, model.markers, model.measures, model.history)
    advance = _counter(progress, folds * repeats)
    seed = model.info.seed
    with one_thread(), side_by_side(jobs):
        if same:
            regime = TwoStageRegime(learner=model.info.learner, random_state=seed)  # type: ignore[arg-type]
            again = refit(regime, aim={column_name("peg", PRIMARY_WEEK): 1.0})
            judge = Judge.cross_fitted(people, again, folds, repeats, seed, advance)
        else:
            judge = Judge.of_frozen(people, model.engine, history_of(model), folds, repeats, seed, advance)
    return TrialJudge(
        judge, trial, "cross-fitted" if same else "external", model.measures, start_levels(trial, model.measures),
        model.info.trained_on, folds, repeats, () if same else unknown_to(model, trial, people),
    )  # fmt: skip


def evaluate(
    model: FittedModel,
    trial: Trial,
    preferences: Preferences | Mapping[str, float] | None = None,
    by: str | None = None,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Values of the learned regime and of plain ones in a trial; parameters as in `trial_judge` and its `evaluate`.

    Raises
    ------
    InputError
        Preferences or a column that cannot be used; told before the long work.
    DataError, RegimeError
        The data cannot be learned from or judged in.
    """
    check_question(model, trial, preferences, by)
    return trial_judge(model, trial, folds, repeats, jobs, progress).evaluate(preferences, by)


def check_question(
    model: FittedModel,
    trial: Trial,
    preferences: Preferences | Mapping[str, float] | None = None,
    by: str | None = None,
) -> None:
    """Refuse preferences or a column that cannot be used, before the long work; errors as in `evaluate`."""
    wishes = _preferences(preferences)
    if by is not None:
        subgroups(trial, by)
    _weights(people_of_trial(trial, model.inputs, model.markers, model.measures), wishes, PRIMARY_WEEK)


def _preferences(preferences: Preferences | Mapping[str, float] | None) -> Preferences:
    return preferences if isinstance(preferences, Preferences) else Preferences.from_dict(preferences)


def _weights(people: JudgedPeople, wishes: Preferences, horizon: int | str) -> dict[str, float]:
    """Preference weights as weights of the outcome columns."""
    columns = tuple(str(c) for c in people.data.outcomes.columns[: people.data.weighable])
    absent = [code for code in wishes.weights if not horizon_columns(code, horizon, columns)]
    if absent:
        few = "the data have too few values of it to judge by; give it no weight."
        raise PreferenceError([f"{MEASURES[code].name}: {few}" for code in absent])
    vector = weight_vector(wishes.weights, horizon, columns)
    return {name: float(weight) for name, weight in zip(columns, vector, strict=True) if weight}


def _counter(progress: Progress | None, total: int) -> Callable[[], None]:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total, "Judging")

    return advance
