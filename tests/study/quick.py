"""Repeats that take no time, fail or end their process; processes elsewhere find them by the name of this module."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from bestviz.errors import RegimeError
from bestviz.study.settings import Settings

SETTINGS = Settings("planning", 120, "additive", replicates=20, people=3, draws=8)
MARK = "BESTVIZ_TEST_MARK"  # folder where a repeat notes what it did


def drawn(settings, number):
    """A number that depends on all that it should depend on."""
    rng = np.random.default_rng([settings.n, settings.trial_seed(number)])
    return {"value": float(rng.standard_normal(500) @ rng.standard_normal(500)), "fit_seconds": time.perf_counter()}


def slow(settings, number):
    time.sleep(0.4)
    return drawn(settings, number)


def noted(settings, number):
    """Leaves a file each time it is done."""
    folder = Path(os.environ[MARK])
    (folder / f"{number}-{len(list(folder.iterdir()))}").touch()
    return slow(settings, number)


def failing(settings, number):
    if number == 1:
        raise RegimeError("The trial has no second arms.")
    if number == 2:
        raise ZeroDivisionError("by nothing")
    return {"value": float("nan")} if number == 3 else {"value": 1.0}


def deadly_once(settings, number):
    """Ends its own process the first time."""
    mark = Path(os.environ[MARK]) / "mark"
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(settings, number)


def deadly(settings, number):
    if number == 0:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(settings, number)
