"""Measure why and what if: contributions, flips and preference maps, their time and how exactly they are the advice's.

Run `python benchmarks/maps.py [--people 100] [--n 805] [--replicates 200] [--learner ensemble] [--seed 1]` from the
repository; a minute or two. One JSON line a question and kind of patient: wall-clock and processor seconds, and what
was checked: how far the parts are from summing to the difference that is shown, how many flips were not confirmed by
the advice for the changed patient, and at how many of the points tried the map said another option than the advice.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bestviz
from bestviz.advice.inputs import INTERIM_MEASURES, INTERIM_PREFIX
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import PRESETS
from bestviz.trial import BASELINE_MEASURES, INPUT_COLUMNS

TARGETS = {"contributions": 0.03, "flips": 0.3, "preference map of 5,000 points": 1.0}
THREE = ("peg", "physical_function", "adverse_event")
PREFERENCES = PRESETS["typical_patient"].preferences
Patient = Mapping[str, Any]


def patients(count: int, seed: int) -> Iterator[tuple[str, Patient]]:
    """New simulated people: every other one with half of the inputs, and every other pair at week 12."""
    trial = bestviz.simulate_trial(n=4 * count, seed=seed)
    rng, found = np.random.default_rng(seed), 0
    for person, row in trial.participants.iterrows():
        if found == count:
            return
        half, later = found % 2 == 1, found % 4 > 1
        names = [*(n for n in INPUT_COLUMNS if n in row), *BASELINE_MEASURES]
        kept = {n for n in names if n == "peg" or not half or rng.random() < 0.5}
        values = {n: row[n] if n in row else trial.values(n, 0)[person] for n in kept}
        patient: dict[str, Any] = {"baseline": known(values)}
        if later:
            interim = known({code: trial.values(code, 12)[person] for code in INTERIM_MEASURES})
            if not {"peg", "pgic"} <= set(interim):
                continue
            patient |= {"week": 12, "first_arm": row["first_arm"], "interim": interim | {"pgic": int(interim["pgic"])}}
        found += 1
        yield f"week {12 if later else 0}, {'half of the' if half else 'all'} inputs of week 0", patient


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v.item() if hasattr(v, "item") else v for n, v in values.items() if not pd.isna(v)}


class Tally:
    """Times and findings by question and kind of patient."""

    def __init__(self) -> None:
        self.times: dict[tuple[str, str], list[tuple[float, float]]] = {}
        self.checks: dict[tuple[str, str], list[float]] = {}

    def time(self, what: str, kind: str, task: Callable[[], Any]) -> Any:
        start, processor = time.perf_counter(), time.process_time()
        result = task()
        spent = time.perf_counter() - start, time.process_time() - processor
        self.times.setdefault((what, kind), []).append(spent)
        return result

    def check(self, what: str, kind: str, value: float) -> None:
        self.checks.setdefault((what, kind), []).append(value)

    def report(self) -> None:
        for key, spent in sorted(self.times.items()):
            wall, processor = np.array(spent).T
            row: dict[str, Any] = {"what": key[0], "patient": key[1], "people": len(wall)}
            row |= {"seconds": round(float(np.median(wall)), 4), "slowest": round(float(wall.max()), 4)}
            row |= {"processor": round(float(np.median(processor)), 4)}
            row |= {"processor_slowest": round(float(processor.max()), 4), "target": TARGETS.get(key[0])}
            if checks := self.checks.get(key):
                gap = key[0] == "contributions"
                row |= {
                    "checked": len(checks),
                    "largest_gap" if gap else "wrong": max(checks) if gap else int(sum(checks)),
                }
            print(json.dumps(row), flush=True)


def ask(model: FittedModel, kind: str, patient: Patient, tally: Tally, rng: np.random.Generator) -> None:
    advice = tally.time("advice", kind, lambda: model.recommend(patient, PREFERENCES))
    utilities = {option.arm: option.utility for option in advice.options}
    found = tally.time("contributions", kind, lambda: model.contributions(patient, PREFERENCES))
    if found is not None:
        parts = [found.common, *found.parts, *([found.unknown] if found.unknown else [])]
        shown = utilities[found.arms[0]] - utilities[found.arms[1]]
        tally.check("contributions", kind, abs(sum(part.effect for part in parts) - shown))
    flips = tally.time("flips", kind, lambda: model.flips(patient, PREFERENCES))
    for flip in flips.inputs:
        part, name = ("interim" if flip.feature.startswith(INTERIM_PREFIX) else "baseline"), flip.feature
        changed = {**patient, part: {**patient[part], name.removeprefix(INTERIM_PREFIX): flip.after}}
        tally.check("flips", kind, model.recommend(changed, PREFERENCES).recommended != flip.arm)
    what = "preference map of 5,000 points"
    plane = tally.time(what, kind, lambda: model.preference_map(patient, THREE, PREFERENCES))
    for point in rng.integers(0, len(plane.weights), 2) if plane is not None else ():
        there = model.recommend(patient, dict(zip(THREE, plane.weights[point].tolist(), strict=True)))
        tally.check(what, kind, there.recommended != plane.arms[plane.winners[point]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--n", type=int, default=805)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--learner", default="ensemble", choices=["ensemble", "additive", "forest"])
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    trial = bestviz.simulate_trial(n=asked.n, seed=asked.seed)
    model = bestviz.fit(trial, replicates=asked.replicates, seed=asked.seed, learner=asked.learner)
    stages = {"first": model.engine.first.basis, "second": model.engine.second.basis}
    forests = [name for name, basis in stages.items() if basis.forest is not None]
    tally, rng = Tally(), np.random.default_rng(asked.seed)
    start = time.perf_counter()
    for prepare in (lambda: model.first_participants, lambda: model.second_participants):
        prepare()
    prepared = round(time.perf_counter() - start, 3)
    print(
        json.dumps({"learner": asked.learner, "forests": forests, "n": asked.n, "prepared_once": prepared}), flush=True
    )
    for kind, patient in patients(asked.people, asked.seed + 1000):
        ask(model, kind, patient, tally, rng)
    tally.report()


if __name__ == "__main__":
    main()
