"""The pieces of the proof, each by itself under an hour on two cores: what they are called and what they repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.shares import LEARNERS, one_share
from bestviz.study.run import Repeat
from bestviz.study.scenarios import SCENARIOS
from bestviz.study.settings import Settings

Size = Literal["quick", "full"]
SHIPPED = 200  # replicates of `fit` unless told otherwise
SCRIPTS = ("elicitation", "scale", "sensitivity")  # modules of benchmarks with `lines(size)`

TRIALS = {"quick": 10, "full": 20}  # of each scenario, for shares of the possible gain
TRIALS_OF_PLANNING = {"quick": 20, "full": 40}
# Seeds of the trials. Those of 1 served to improve the engine, 5 and 9 to set the calibration: the proof has others.
SHARES_SEED, COVERAGE_SEED, SHIPPED_SEED, VALUES_SEED = 4, 6, 2, 3
JUDGED = {"quick": 60, "full": 300}  # trials over all scenarios, for intervals and chances


@dataclass(frozen=True)
class Study:
    """What `run_study` is asked for.

    Attributes
    ----------
    settings : Settings
    repeats : int
    repeat : callable, optional
        What one repeat does; that of `bestviz study` by default.
    """

    settings: Settings
    repeats: int
    repeat: Repeat | None = None


def pieces(size: Size) -> dict[str, tuple[Study, ...]]:
    """Studies by name of the piece. The trials of the quick proof are the first ones of the full proof.

    The values of regimes are judged with the additive learner, since each trial is learned from anew for every tenth
    left out; and the shipped number of replicates is among the studies of intervals.
    """
    each = -(-JUDGED[size] // len(SCENARIOS))
    found = {f"shares-{name}": shares(name, size) for name in SCENARIOS}
    found |= {f"coverage-{name}": (Study(settings(name, seed=COVERAGE_SEED), each),) for name in SCENARIOS}
    if size == "full":
        found["coverage-shipped"] = (Study(settings("demo", replicates=SHIPPED, seed=SHIPPED_SEED), each),)
        for name in SCENARIOS:
            values = settings(name, learner="additive", replicates=20, people=1, draws=2, values=True, seed=VALUES_SEED)
            found[f"values-{name}"] = (Study(values, each),)
    return found


def shares(scenario: str, size: Size) -> tuple[Study, ...]:
    """A study of every learner on the same trials."""
    trials = (TRIALS_OF_PLANNING if scenario == "planning" else TRIALS)[size]
    return tuple(
        Study(settings(scenario, learner=name, replicates=0, seed=SHARES_SEED), trials, one_share) for name in LEARNERS
    )


def settings(scenario: str, **other: object) -> Settings:
    """Settings at the scenario's own size."""
    return Settings(scenario, SCENARIOS[scenario].size, **other)  # type: ignore[arg-type]
