"""Time of who responds to what, profiles, the fairness table, lasting and the worth of markers: one JSON line each.

Run `python benchmarks/responders.py` from the repository on an otherwise idle machine; some minutes (`--without-deep`:
one). Every answer is asked for once anew and once again with the rules still in memory. Wall-clock seconds.

`--coverage TRIALS` measures instead how often 95 % intervals of effect modification hold the truth: PEG at week 12,
numbers, ordered categories and yes/no, on simulated trials of 805 people; about 10 seconds a trial.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bestviz
from bestviz.advice.deep import deep_gain
from bestviz.advice.lasting import lasting
from bestviz.advice.model import FittedModel
from bestviz.advice.responders import effect_modification, fairness, profile
from bestviz.advice.responders.features import Feature, features_of
from bestviz.data.dataset import Trial
from bestviz.data.simulator import Truth
from bestviz.trial import COLUMNS

TARGET = 2.0
FIRST_SEED = 101
PEOPLE_OF_THE_TRUTH = 200
# True effects above this, in meaningful changes for one SD, count as strong.
STRONG = 0.2
WEIGHTS = {"peg": 1.0, "depression": 0.5}


def questions(model: FittedModel, trial: Trial) -> dict[str, Callable[[], object]]:
    return {
        "effect modification, first stage": lambda: effect_modification(model, WEIGHTS),
        "effect modification, second stage": lambda: effect_modification(model, WEIGHTS, stage=2),
        "effect modification, PEG at week 12": lambda: effect_modification(model, WEIGHTS, outcome="peg", week=12),
        "profile along age, PEG at week 24": lambda: profile(model, "age", WEIGHTS, outcome="peg"),
        "profile along employment, utility": lambda: profile(model, "employment", WEIGHTS),
        "fairness table": lambda: fairness(model, trial, WEIGHTS),
        "lasting, PEG": lambda: lasting(model, trial, "peg", WEIGHTS),
    }


def seconds(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return round(time.perf_counter() - start, 2)


def expected(truth: Truth, people: pd.DataFrame, feature: Feature, value: float, arms: tuple[str, ...]) -> np.ndarray:
    """True mean PEG at week 12 of every arm with a feature set to a value; between two ranks in proportion."""
    column = COLUMNS.get(feature.name)
    if column is not None and column.ordered:
        low = int(value)
        parts = [(low, low + 1 - value), (min(low + 1, len(column.values) - 1), value - low)]
        settings = [(column.values[rank], share) for rank, share in parts]
    else:
        settings = [(bool(value) if column is not None and column.kind == "boolean" else value, 1.0)]
    return sum(
        share * np.array([truth.expected(people.assign(**{feature.name: one}), arm, week=12).mean() for arm in arms])
        for one, share in settings
    )


def true_effects(truth: Truth, people: pd.DataFrame, model: FittedModel) -> dict[tuple[str, str], float]:
    """True change of the benefit for one SD more, by treatment and feature."""
    found, arms = {}, model.engine.first_arms.labels
    for feature in features_of(model, 1):
        if feature.kind == "category":
            continue
        column = feature.column
        low, high = max(column.mean - column.sd, column.minimum), min(column.mean + column.sd, column.maximum)
        low, high = (0.0, 1.0) if feature.kind == "yes_no" else (low, high)
        fall = expected(truth, people, feature, low, arms) - expected(truth, people, feature, high, arms)
        slope = fall / (high - low) * column.sd
        for place, arm in enumerate(arms):
            found[arm, feature.name] = slope[place] - np.delete(slope, place).mean()
    return found


def measure_coverage(trials: int, learner: str, strength: str) -> None:
    truth, rows = Truth.for_strength(strength), []
    for seed in range(FIRST_SEED, FIRST_SEED + trials):
        trial, people = truth.simulate_complete(805, seed)
        model = bestviz.fit(trial, replicates=100, seed=1, learner=learner)
        found = effect_modification(model, outcome="peg", week=12).modifiers
        shown = {(m.treatment, m.feature): m for m in found if m.level in (None, "yes")}
        for key, true in true_effects(truth, people.iloc[:PEOPLE_OF_THE_TRUTH], model).items():
            ends = shown[key].effect_interval if key in shown else (0.0, 0.0)
            estimate = shown[key].effect if key in shown else 0.0
            rows.append((true, estimate, ends[0] - 1e-9 <= true <= ends[1] + 1e-9))
    table = np.array(rows, dtype=float)
    strong = np.abs(table[:, 0]) > STRONG
    shrunk = table[strong, 0] @ table[strong, 1] / (table[strong, 0] @ table[strong, 0])
    print(json.dumps({
        "what": "coverage of effect modification", "learner": learner, "strength": strength, "trials": trials,
        "intervals": len(table), "covered": round(table[:, 2].mean(), 3), "strong": int(strong.sum()),
        "strong_covered": round(table[strong, 2].mean(), 3), "estimate_of_strong_over_truth": round(shrunk, 2),
    }), flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=805)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--learner", choices=["ensemble", "additive", "forest"], nargs="+",
                        default=["additive", "forest"])  # fmt: skip
    parser.add_argument("--without-deep", action="store_true")
    parser.add_argument("--coverage", type=int, metavar="TRIALS")
    parser.add_argument("--strength", default="demo")
    given = parser.parse_args()
    if given.coverage:
        for learner in given.learner:
            measure_coverage(given.coverage, learner, given.strength)
        return
    trial = bestviz.simulate_trial(n=given.n, seed=1)
    for learner in given.learner:
        model = bestviz.fit(trial, replicates=given.replicates, seed=1, learner=learner)
        for what, ask in questions(model, trial).items():
            model.__dict__.pop("_remembered", None)
            anew = seconds(ask)
            print(json.dumps({"what": what, "learner": learner, "n": given.n, "replicates": given.replicates,
                              "seconds": anew, "again": seconds(ask), "target": TARGET}), flush=True)  # fmt: skip
        if not given.without_deep:
            took = seconds(lambda learner=learner: deep_gain(trial, learner=learner))
            print(json.dumps({"what": "worth of markers, 5 folds", "learner": learner, "n": given.n,
                              "seconds": took}), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
