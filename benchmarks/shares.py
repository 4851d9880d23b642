"""How much of the possible gain a rule keeps that was learned from one simulated trial: what one repeat does.

Every learner has the same tables of the same trials. Values are true ones, over new people who are the same for all
trials and rules of a scenario. A line holds what the scenario's best regime, best fixed plan and randomisation are
worth for the same people, so that it can be read by itself.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

from benchmarks.peers import PEERS
from bestviz.study.repeat import VALUE_SEED, known_values
from bestviz.study.rules import Familiar, learn
from bestviz.study.scenarios import scenario_of
from bestviz.study.settings import Settings
from bestviz.study.tables import Tables

OURS = ("ensemble", "additive")
LEARNERS = (*OURS, *PEERS)


def one_share(settings: Settings, number: int) -> dict[str, Any]:
    """The line of one learner on one trial.

    Raises
    ------
    BestVizError
        The trial cannot be learned from, or a package that a peer needs is not installed.
    """
    world, seed = scenario_of(settings.scenario), settings.trial_seed(number)
    tables, people = world.tables(settings.n, seed), world.people(settings.value_people, VALUE_SEED)
    with warnings.catch_warnings():
        # What nobody had in this trial is left out.
        warnings.filterwarnings("ignore", message=".*never occur|.*not seen in training")
        start = time.perf_counter()
        rule = fitted(settings.learner, tables, seed)
        seconds = time.perf_counter() - start
        value = float(world.expected(rule, people).mean())
    known = vars(known_values(settings.scenario, settings.value_people))
    spread = float(tables.outcomes[tables.target].std())
    return {"seed": seed, "value": value} | known | {"spread": spread, "fit_seconds": round(seconds, 3)}


def fitted(learner: str, tables: Tables, seed: int) -> Familiar:
    """A learner's rule, as a scenario asks it."""
    if learner in PEERS:
        return Familiar(PEERS[learner](tables, seed), tables)
    return learn(learner, tables, seed)
