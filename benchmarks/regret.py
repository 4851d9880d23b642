"""Measure how much of the possible gain a learned regime keeps, against peers in the same run: one JSON line a rule.

Run `python benchmarks/regret.py [--strength demo] [--seeds 20] [--learners additive lasso ...] [--people 10000]
[--jobs 2]` from the repository; about half a minute a trial with all learners, nearly all of it random forests.
`--strength planning` is the trial team's planning scenario (see `planning.py`), the others are strengths of effect
modification of the simulator, 805 people a trial. Every learner is fitted on the same tables, and PEG at week 24 alone
(in the planning scenario Y) decides. Values are true ones, over new people that are the same for all rules.

- `gain_share`: (V - V of the best fixed plan) / (V of the oracle - V of the best fixed plan); null without a gain.
- `random_share`: the same with as randomised in place of the best fixed plan.
- `oracle_share`: V / V of the oracle, as the trial team reports it; in the planning scenario only.
- `loss_sd`: (V of the best fixed plan - V) in standard deviations of the outcome.

The summary holds means with standard errors over the trials, and the difference from the peer with the highest mean
value, paired by trial, in V (`above_best_peer`) and as a share of the possible gain.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# Before numpy is loaded: a process of its own for every trial, and one thread in each.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks import planning
from benchmarks.peers import PEERS, Tables
from bestviz.advice.inputs import baseline_inputs, baseline_table, coded_frame, interim_table
from bestviz.advice.outcomes import outcome_tables
from bestviz.data.simulator import Truth
from bestviz.data.simulator.rules import AsRandomised, Rule
from bestviz.errors import RegimeError
from bestviz.regime import TwoStageRegime
from bestviz.trial import allowed_first_table, allowed_second_table
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

OURS = ("additive", "forest", "ensemble")
SCENARIOS = ("none", "modest", "demo", "strong", "planning")
FIRST_SEED, VALUE_SEED = 1000, 1
LEAST_GAIN = 0.01  # of an outcome SD; below it no share of the gain is told


@dataclass(frozen=True)
class Learned:
    """A fitted `TwoStageRegime` as a rule for one outcome."""

    regime: TwoStageRegime
    target: str

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return self.regime.decide_first(baseline, {self.target: 1.0}, allowed, excluded)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        return self.regime.decide_second(baseline, first, interim, {self.target: 1.0}, allowed, excluded)


@dataclass(frozen=True)
class Coded:
    """A rule fitted on the tables that the regime sees, asked with the simulator's tables."""

    rule: Rule
    tables: Tables

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return self.rule.decide_first(self._baseline(baseline, excluded), allowed=allowed, excluded=excluded)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        state = coded_frame(interim, self.tables.interim)
        known = self._baseline(baseline, excluded)
        return self.rule.decide_second(known, first, state, allowed=allowed, excluded=excluded)

    def _baseline(self, baseline: pd.DataFrame, excluded: pd.DataFrame) -> pd.DataFrame:
        flags = {CONTRAINDICATION_COLUMNS[code]: excluded[code] for code in excluded}
        return coded_frame(baseline.assign(**flags), self.tables.baseline)


class World(Protocol):
    """A scenario in which trials are drawn and rules are valued."""

    def tables(self, seed: int) -> Tables: ...

    def value(self, rule: Rule, tables: Tables | None = None) -> float: ...

    def references(self) -> dict[str, float]:
        """Values of the oracle, the best fixed plan and as randomised."""


@dataclass(frozen=True)
class Simulated:
    """The simulator's world like the BEST trial."""

    truth: Truth
    people: int

    def tables(self, seed: int) -> Tables:
        trial = self.truth.simulate(seed=seed)
        people, outcomes = trial.participants, outcome_tables(trial)
        return Tables(
            baseline=baseline_table(trial, baseline_inputs(trial)),
            first=people["first_arm"],
            interim=interim_table(trial),
            second=people["second_arm"],
            outcomes=outcomes.weighable,
            target="peg_24",
            halfway=outcomes.early["peg_12"],
            allowed_first=allowed_first_table(people),
            allowed_second=allowed_second_table(people.assign(response=trial.response)),
        )

    def value(self, rule: Rule, tables: Tables | None = None) -> float:
        return self.truth.value(rule if tables is None else Coded(rule, tables), self.people, VALUE_SEED).value

    def references(self) -> dict[str, float]:
        truth = self.truth
        rules = {"oracle": truth.oracle(), "fixed": truth.best_fixed_plan(), "random": truth.as_randomised()}
        return {name: self.value(rule) for name, rule in rules.items()}


@dataclass(frozen=True)
class Planning:
    """The trial team's planning scenario."""

    people: int
    participants: int = planning.PEOPLE

    def tables(self, seed: int) -> Tables:
        drawn = planning.draw(seed, self.participants)
        every = pd.DataFrame(True, index=drawn.first.index, columns=list(planning.SINGLE_ARMS))
        return Tables(
            drawn.baseline, drawn.first, drawn.interim, drawn.second, drawn.outcome.to_frame("y"), "y",
            drawn.interim["y1"], every, drawn.allowed_second,
        )  # fmt: skip

    def value(self, rule: Rule, tables: Tables | None = None) -> float:
        return planning.value(rule, self.people, VALUE_SEED)

    def references(self) -> dict[str, float]:
        uniform = AsRandomised(lambda table: np.ones((len(table), len(planning.SINGLE_ARMS))))
        rules = {"oracle": planning.Oracle(), "fixed": planning.best_fixed_plan(), "random": uniform}
        return {name: self.value(rule) for name, rule in rules.items()}


def world_of(scenario: str, people: int) -> World:
    return Planning(people) if scenario == "planning" else Simulated(Truth.for_strength(scenario), people)


def fit(learner: str, tables: Tables, seed: int) -> Rule:
    if learner in PEERS:
        return PEERS[learner](tables, seed)
    regime = TwoStageRegime(learner=learner, random_state=seed)
    regime.fit(
        tables.baseline, tables.first, tables.interim, tables.second, tables.outcomes, tables.allowed_first,
        tables.allowed_second,
    )  # fmt: skip
    return Learned(regime, tables.target)


def one_trial(world: World, seed: int, learners: list[str], known: dict[str, float]) -> list[dict[str, Any]]:
    """Rows of all learners on one trial."""
    tables = world.tables(seed)
    spread, rows = float(tables.outcomes[tables.target].std()), []
    for learner in learners:
        row: dict[str, Any] = {"seed": seed, "learner": learner}
        try:
            with warnings.catch_warnings():
                # What nobody had in this trial is left out.
                warnings.filterwarnings("ignore", message=".*never occur|.*not seen in training")
                start = time.perf_counter()
                rule = fit(learner, tables, seed)
                seconds = time.perf_counter() - start
                value = world.value(rule, tables)
            row |= {"fit_seconds": seconds, "value": value} | scored(value, known, spread)
            if isinstance(world, Planning):
                row["oracle_share"] = value / known["oracle"]
        except RegimeError as error:
            row["unavailable"] = str(error)
        rows.append(row)
    return rows


def scored(value: float, known: dict[str, float], spread: float) -> dict[str, float | None]:
    """The measures of one value; none where there is next to no gain to have a share of."""
    gain = known["oracle"] - known["fixed"]
    return {
        "gain_share": (value - known["fixed"]) / gain if gain > LEAST_GAIN * spread else None,
        "random_share": (value - known["random"]) / (known["oracle"] - known["random"]),
        "loss_sd": (known["fixed"] - value) / spread,
    }


def summary(rows: list[dict[str, Any]], known: dict[str, float]) -> Iterator[dict[str, Any]]:
    """One row a learner: means and standard errors over trials, and the paired difference from the best peer."""
    table = pd.DataFrame([row for row in rows if "unavailable" not in row])
    if table.empty:
        return
    values = table.pivot(index="seed", columns="learner", values="value")
    peers = [name for name in values if name in PEERS]
    best = values[peers].mean().idxmax() if peers else None
    for learner, own in table.groupby("learner", sort=False):
        row = {"learner": learner, "trials": len(own), "fit_seconds": float(own["fit_seconds"].mean())}
        for name in own.columns.drop(["seed", "learner", "fit_seconds"]):
            if own[name].notna().all():
                row |= mean_and_error(name, own[name])
        if best is not None and learner != best:
            difference = (values[learner] - values[best]).dropna()
            row |= {"best_peer": best} | mean_and_error("above_best_peer", difference)
            if "gain_share" in row:
                gain = known["oracle"] - known["fixed"]
                row |= mean_and_error("gain_share_above_best_peer", difference / gain)
        yield row


def mean_and_error(name: str, values: pd.Series) -> dict[str, float | None]:
    error = float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else None
    return {name: float(values.mean()), f"{name}_se": error}


def say(scenario: str, row: dict[str, Any]) -> None:
    plain = {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}
    print(json.dumps({"scenario": scenario} | plain), flush=True)


def measure(scenario: str, asked: argparse.Namespace) -> None:
    world = world_of(scenario, asked.people)
    known = world.references()
    say(scenario, {"people": asked.people} | known)
    tasks = (delayed(one_trial)(world, FIRST_SEED + i, asked.learners, known) for i in range(asked.seeds))
    rows = []
    for trial in Parallel(asked.jobs, return_as="generator")(tasks):
        for row in trial:
            say(scenario, row)
        rows += trial
    for row in summary(rows, known):
        say(scenario, {"summary": True} | row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strength", nargs="+", default=["demo"], choices=SCENARIOS, metavar="SCENARIO")
    parser.add_argument("--seeds", type=int, default=20, help="trials of each scenario")
    parser.add_argument("--learners", nargs="+", default=[*PEERS, *OURS], choices=[*PEERS, *OURS], metavar="LEARNER")
    parser.add_argument("--people", type=int, default=10_000, help="new people in which a rule is valued")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    for scenario in asked.strength:
        measure(scenario, asked)


if __name__ == "__main__":
    main()
