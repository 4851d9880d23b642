"""Fit a model to a trial: the one place where trial, outcomes and regime meet."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

import bestviz
from bestviz.advice.inputs import baseline_inputs, baseline_table, interim_table
from bestviz.advice.model import FittedModel, ModelInfo, smallest_support
from bestviz.advice.outcomes import column_name, outcome_tables
from bestviz.advice.threads import one_thread, side_by_side
from bestviz.data.dataset import Trial
from bestviz.errors import DataError, InputError
from bestviz.regime import TwoStageRegime
from bestviz.trial import MEASURES, Measure, allowed_first_table, allowed_second_table
from bestviz.trial.allowed import contraindication_table
from bestviz.trial.schedule import PRIMARY_WEEK

Progress = Callable[[int, int, str], None]

FEWEST_REPLICATES = 20
LEAST_MARKER_SHARE = 0.2


def fit(
    trial: Trial,
    replicates: int = 200,
    seed: int = 1,
    jobs: int | None = None,
    learner: Literal["ensemble", "additive", "forest"] = "ensemble",
    with_deep: bool = False,
    extra_inputs: Iterable[str] = (),
    measures: Mapping[str, Measure] = MEASURES,
    calibrate: bool = False,
    progress: Progress | None = None,
) -> FittedModel:
    """Fit a model to a validated trial.

    Parameters
    ----------
    trial : Trial
    replicates : int
        Bootstrap replicates, at least 20.
    seed : int
        Same seed, same model.
    jobs : int, optional
        Parallel jobs; default all cores. The result does not depend on it.
    learner : {"ensemble", "additive", "forest"}
        What smooths the outcomes; the ensemble is chosen among its members by value for PEG at week 24.
    with_deep : bool
        Use deep phenotyping markers as inputs too.
    extra_inputs : iterable of str
        Further columns of the participants table to use as inputs.
    measures : mapping of str to Measure
        Measures with the meaningful changes to use.
    calibrate : bool
        Measure in simulated trials how true intervals and chances are, and widen them by that. Takes minutes.
    progress : callable(done, total, what), optional

    Raises
    ------
    InputError
        Too few replicates.
    DataError, RegimeError
        The data cannot be learned from, or are too small to calibrate on.
    """
    if replicates < FEWEST_REPLICATES:
        raise InputError(f"replicates: at least {FEWEST_REPLICATES} are needed for intervals, not {replicates}.")
    people = trial.participants
    if people["first_arm"].isna().all():
        raise DataError(
            "participants: nobody has a first arm, so nothing can be learned about arms; add assignments.csv."
        )
    inputs = baseline_inputs(trial, extra_inputs)
    markers, rare = _markers(trial) if with_deep else ((), ())
    outcomes, interim = outcome_tables(trial, measures), interim_table(trial)
    advance = _counter(progress, 2 * replicates + 1, "Fitting replicates")
    history, allowed_second = _history(trial), allowed_second_table(people.assign(response=trial.response))
    regime = TwoStageRegime(learner=learner, replicates=replicates, random_state=seed)
    # One BLAS thread a job: more would wait for each other on matrices of this size.
    with one_thread(), side_by_side(jobs), warnings.catch_warnings():
        # Arms that nobody got are the data check's to report.
        warnings.filterwarnings("ignore", message="Allowed .* never occur")
        regime.fit(
            baseline_table(trial, inputs, markers),
            people["first_arm"],
            interim,
            people["second_arm"],
            outcomes.weighable,
            allowed_first_table(people),
            allowed_second,
            carried=outcomes.carried,
            early=outcomes.early,
            choosable_second=enough_people(history, allowed_second),
            aim={column_name("peg", PRIMARY_WEEK): 1.0},
            advance=advance,
        )
    regime.engine_.round_replicates()
    info = ModelInfo(
        version=bestviz.__version__,
        created=datetime.datetime.now(datetime.UTC).date().isoformat(),
        trained_on=trial.info.name,
        description=trial.info.description,
        data_digest=trial.digest,
        simulated=trial.info.simulated,
        participants=len(trial),
        replicates=replicates,
        seed=seed,
        learner=learner,
    )
    model = FittedModel(
        info,
        regime.engine_,
        inputs,
        markers,
        tuple(interim.columns),
        measures,
        trial.info.response_rule,
        history,
        markers_left_out=rare,
    )
    return _calibrated(model, trial, jobs, progress) if calibrate else model


def _calibrated(model: FittedModel, trial: Trial, jobs: int | None, progress: Progress | None) -> FittedModel:
    from bestviz.advice.calibration import WORLDS, calibration_of  # it learns regimes itself

    with one_thread(), side_by_side(jobs):
        found = calibration_of(model, trial, advance=_counter(progress, WORLDS, "Calibrating"))
    return replace(model, calibration=found)


def _markers(trial: Trial) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Markers to use, and those that too few people have."""
    if trial.deep is None or not len(trial.deep):
        raise DataError("deep: the data have no deep phenotyping markers; fit without them.")
    known = trial.deep.reindex(trial.participants.index).notna().mean()
    names = [str(name) for name in trial.deep.columns]
    enough = dict(zip(names, known >= LEAST_MARKER_SHARE, strict=True))
    return tuple(n for n in names if enough[n]), tuple(n for n in names if not enough[n])


def _history(trial: Trial) -> pd.DataFrame:
    people = trial.participants
    barred = contraindication_table(people)
    table = pd.DataFrame({"first": people["first_arm"], "response": trial.response, "second": people["second_arm"]})
    return table.join(barred).reset_index(drop=True)


def enough_people(history: pd.DataFrame, allowed: pd.DataFrame, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Allowed second arms that enough participants had after the same first arm and class: others are never advised.

    Parameters
    ----------
    history : DataFrame
        First arm, response class and second arm of the participants.
    allowed : DataFrame of bool
        One row for each of `rows`, one column an arm.
    rows : DataFrame, optional
        First arm and response class of the people to answer for; default the participants.
    """
    counts = history.groupby(["first", "response"])["second"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(allowed.columns), fill_value=0)
    people = history if rows is None else rows
    places = counts.index.get_indexer(pd.MultiIndex.from_frame(people[["first", "response"]]))
    enough = np.where(places[:, None] >= 0, counts.to_numpy()[places] >= smallest_support(len(history)), True)
    return allowed & enough


def _counter(progress: Progress | None, total: int, what: str) -> Callable[[], None]:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, total), total, what)

    return advance


__all__ = ["Progress", "enough_people", "fit"]
