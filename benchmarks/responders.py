"""Time of who responds to what, profiles, the fairness table, lasting and the worth of markers: one JSON line each.

Run `python benchmarks/responders.py` from the repository on an otherwise idle machine; some minutes (`--without-deep`:
one). Every answer is asked for once anew and once again with the rules still in memory. Wall-clock seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bestviz
from bestviz.advice.deep import deep_gain
from bestviz.advice.lasting import lasting
from bestviz.advice.model import FittedModel
from bestviz.advice.responders import effect_modification, fairness, profile
from bestviz.data.dataset import Trial

TARGET = 2.0
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=805)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--learner", choices=["ensemble", "additive", "forest"], nargs="+",
                        default=["additive", "forest"])  # fmt: skip
    parser.add_argument("--without-deep", action="store_true")
    given = parser.parse_args()
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
