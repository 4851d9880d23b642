"""Calibration of a fitted model: learn again in worlds drawn from it, and compare what is said with what is true there.

Where the truth is a replicate of the fit, the same procedure shows by how much its own intervals are too narrow: a
parametric bootstrap of their coverage (Beran 1987, doi 10.1093/biomet/74.3.457).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from bestviz.advice.calibration.factors import Errors, Judged
from bestviz.advice.calibration.judge import Refit
from bestviz.advice.calibration.source import Source
from bestviz.advice.calibration.world import World
from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import column_name, weight_vector
from bestviz.advice.preferences import PRIMARY_WEIGHTS
from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import Calibration
from bestviz.data.dataset import Trial
from bestviz.errors import DataError, RegimeError
from bestviz.trial import PREFERENCE_MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]

WORLDS, REPLICATES = 20, 60
# Streams of random numbers of one world, none of which a regime uses: effects on the state, the trial, what is learned
# from it, and who is asked about.
EFFECTS, DRAWN, LEARNED, JUDGED = 11, 12, 13, 14


def calibration_of(
    model: FittedModel,
    trial: Trial,
    worlds: int = WORLDS,
    replicates: int = REPLICATES,
    advance: Callable[[], None] = lambda: None,
) -> Calibration:
    """Measure how true a model's intervals and chances are, and by how much they are to be widened.

    Parameters
    ----------
    model : FittedModel
    trial : Trial
        To which it was fitted.
    worlds : int
        Trials to simulate, at least 2.
    replicates : int
        Of every regime that is learned in them.
    advance : callable
        Called once a world.

    Raises
    ------
    DataError
        The data are too small to be simulated and learned from again, or nobody has a choice.
    """
    judged: list[tuple[Judged, Judged]] = []
    try:
        # Around all worlds as well as in each: a thread that is done must not lift the limit of another.
        with one_thread():
            source, weights, seed = Source.of(model, trial, worlds), _weights(model), model.info.seed
            tasks = (delayed(_judged_world)(source, weights, replicates, (seed, number)) for number in range(worlds))
            for one in Parallel(return_as="generator")(tasks):
                judged.append(one)
                advance()
    except RegimeError as error:
        raise DataError(
            "The data are too small to calibrate on (nothing can be learned from trials simulated like them); "
            "fit without calibration."
        ) from error
    first, second = ([part for part in stage if part.has_choices] for stage in zip(*judged, strict=True))
    if len(first) < 2:
        raise DataError(
            "Nobody has a choice between first arms, so there is nothing to calibrate; fit without calibration."
        )
    return _calibration(model, Errors.of(first), Errors.of(second) if second else None, replicates)


def _calibration(model: FittedModel, first: Errors, second: Errors | None, replicates: int) -> Calibration:
    factors, learner = first.factors(), model.engine.tuning.learner
    others = "" if len(_weights(model)) == 1 else " alone and the preference outcomes alike"
    return Calibration(
        factors.means,
        factors.differences,
        factors.chances,
        f"factors measured for these {model.info.participants} participants, learner {learner}, PEG at week "
        f"{PRIMARY_WEEK}{others}, all inputs known",
        f"{len(first.means)} trials simulated from replicates of this model, each learned from again with {replicates} "
        "replicates",
        first.coverage_as_is(),
        first.coverage_left_out(),
        second.coverage_as_is() if second else None,
        second.coverage([factors] * len(second.means)) if second else None,
    )


def _weights(model: FittedModel) -> FloatArray:
    """Weights of the outcome columns under which a model is judged; shape (weightings, weighable outcomes)."""
    columns = model.weighable_columns
    known = [code for code in PREFERENCE_MEASURES if column_name(code, PRIMARY_WEEK) in columns]
    wishes = [PRIMARY_WEIGHTS] + ([dict.fromkeys(known, 1 / len(known))] if known else [])
    return np.array([weight_vector(wish, PRIMARY_WEEK, columns) for wish in wishes])


def _judged_world(source: Source, weights: FloatArray, replicates: int, seed: tuple[int, int]) -> tuple[Judged, Judged]:
    """Draw a world, learn in it, and compare what is learned about both stages with what is true."""
    with one_thread():
        world = World.of(source, source.replicate_of(seed[1]), (*seed, EFFECTS))
        drawn = world.draw((*seed, DRAWN))
        own_seed = int(np.random.default_rng((*seed, LEARNED)).integers(2**31))
        learned = drawn.learn(source.engine.weighable, source.tuning, replicates, own_seed)
        return Refit(world, drawn, learned).judge(weights, (*seed, JUDGED))
