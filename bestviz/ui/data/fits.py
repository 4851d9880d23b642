"""Fits that the page has started: each in a process of its own, known to the whole server, so a reload finds them.

What is fitted is handed to the process through a pipe and lies on no disk. The name is claimed until the process has
ended, and the model takes its place among the others only when it is complete.
"""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import bestviz
from bestviz.claims import Claim, claim
from bestviz.data import Trial
from bestviz.errors import DataError, InputError
from bestviz.store import check_destination
from bestviz.trial import Measure
from bestviz.ui import background
from bestviz.ui.background import Job
from bestviz.wording import data as words

Learner = Literal["ensemble", "additive", "forest"]
Progress = Callable[[int, int, str], None]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_POLL, _DYING = 0.2, 0.5  # seconds
_NUMBERS = itertools.count()
_LOCK = threading.Lock()
_FITS: dict[str, Fit] = {}
# Seconds for 805 people and 200 replicates on two processors: start and saving, replicates, calibration.
_START, _REPLICATES, _CALIBRATION = 6.0, 12.0, 200.0


@dataclass(frozen=True)
class Order:
    """What is to be fitted, and how.

    Attributes
    ----------
    trial : Trial
    folder : Path
        `models/<name>`.
    learner : {"ensemble", "additive", "forest"}
    replicates, seed : int
    with_deep, calibrate : bool
    measures : mapping of str to Measure
        With the meaningful changes to use.
    """

    trial: Trial = field(repr=False)
    folder: Path
    learner: Learner
    replicates: int
    seed: int
    with_deep: bool
    calibrate: bool
    measures: Mapping[str, Measure] = field(repr=False)

    @property
    def expected(self) -> float:
        """Seconds that it will take, about: measured on two processors."""
        size = len(self.trial) / 805 * (1.5 if self.with_deep else 1)
        return _START + size * (_REPLICATES * self.replicates / 200 + (_CALIBRATION if self.calibrate else 0))


@dataclass
class Fit:
    """A fit that was started.

    Attributes
    ----------
    name, data : str
        Of the model and of the data set.
    simulated : bool
    expected : float
        Seconds, about.
    job : Job
        Its state and progress.
    started : float
        On the monotonic clock.
    """

    name: str
    data: str
    simulated: bool
    expected: float
    job: Job
    started: float = field(default_factory=time.monotonic)

    def left(self) -> float | None:
        """Seconds left, by the steps done so far; None before any is."""
        if not self.job.total or not self.job.done:
            return None
        return (time.monotonic() - self.started) * (self.job.total - self.job.done) / self.job.done


def start(order: Order) -> Fit:
    """Start a fit in the background.

    Raises
    ------
    InputError
        A name that no folder should have.
    DataError
        Data without assignments, or without the markers that are asked for.
    ModelFileError
        Another fit has the name, the name is that of something else, or nothing can be written there.
    """
    _check(order)
    held = claim(order.folder)
    try:
        check_destination(order.folder)
        job = background.start(("fit", order.folder.name, next(_NUMBERS)), fit_and_save, order)
    except BaseException:
        held.release()
        raise
    fit = Fit(order.folder.name, order.trial.info.name, order.trial.info.simulated, order.expected, job)
    with _LOCK:
        _FITS.pop(fit.name, None)
        _FITS[fit.name] = fit
    threading.Thread(target=_watch, args=(job, held), daemon=True).start()
    return fit


def all_fits() -> list[Fit]:
    """The latest fit to each name since the server was started, the newest first."""
    with _LOCK:
        return list(reversed(_FITS.values()))


def is_active() -> bool:
    """Whether any fit goes on or waits."""
    return any(fit.job.is_active for fit in all_fits())


def cancel(fit: Fit) -> None:
    """End a fit at once; an older model of its name stays in use."""
    background.cancel(fit.job.key)


def forget(fit: Fit) -> None:
    """Take a fit that has ended off the list."""
    with _LOCK:
        _FITS.pop(fit.name, None)


def fit_and_save(order: Order, progress: Progress) -> str:
    """Fit and save, in the process; the same calls as the command line's. Returns the digest of the model."""
    model = bestviz.fit(
        order.trial,
        replicates=order.replicates,
        seed=order.seed,
        learner=order.learner,
        with_deep=order.with_deep,
        measures=order.measures,
        calibrate=order.calibrate,
        progress=progress,
    )
    progress(0, 0, words.SAVING)
    model.save(order.folder)
    return model.digest


def _check(order: Order) -> None:
    if not NAME.fullmatch(order.folder.name):
        raise InputError(words.BAD_NAME)
    if order.trial.participants["first_arm"].isna().all():
        raise DataError(words.NO_ARMS)


def _watch(job: Job, held: Claim) -> None:
    """Give the name back once the process has ended, and has had the time to stop writing."""
    while job.is_active:
        time.sleep(_POLL)
    time.sleep(_DYING)
    held.release()
