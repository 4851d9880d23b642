"""Measure the simulator: one JSON line a result. Run `python benchmarks/simulator.py [part ...]` from the repository.

Parts: `trial` (means, shares, missing), `gains` (oracle against fixed plans), `probabilities` (first randomisation by
what is contraindicated), `speed`. Without arguments all of them, in about a minute and a half.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bestviz.data.simulator import Truth
from bestviz.data.simulator.design import exclusion_pattern, minimise
from bestviz.data.simulator.effects import STRENGTHS
from bestviz.data.simulator.people import people_of
from bestviz.data.simulator.trials import draw_baseline
from bestviz.trial import MEASURES, SINGLE_ARMS


def say(**row: object) -> None:
    print(json.dumps(row), flush=True)


def trial(n: int = 30_000) -> None:
    for strength in ("none", "demo", "strong"):
        one = Truth(strength).simulate(n, seed=3)
        people = one.participants
        shares = people["response"].value_counts(normalize=True).round(3)
        say(part="trial", strength=strength, n=n, response={str(k): float(v) for k, v in shares.items()})
        stopped = people.groupby("first_arm")["stopped_first"].mean().astype(float).round(3)
        say(part="trial", strength=strength, stopped_first=stopped.to_dict())
        say(part="trial", strength=strength, no_second_arm=round(float(people["second_arm"].isna().mean()), 3))
        for measure in (code for code, m in MEASURES.items() if m.role != "burden"):
            for week in one.weeks(measure):
                values = one.values(measure, week)
                row = {"part": "trial", "strength": strength, "measure": measure, "week": week}
                row |= {"mean": round(float(values.mean()), 2), "missing": round(float(values.isna().mean()), 3)}
                if week and measure != "pgic":
                    change = values - one.values(measure, 0)
                    row["change"] = change.groupby(people["first_arm"]).mean().round(2).to_dict()
                    row["sd_change"] = round(float(change.std()), 2)
                if strength == "demo" or measure == "peg":
                    say(**row)


def gains(n: int = 20_000) -> None:
    for strength in STRENGTHS:
        truth = Truth(strength)
        plan = truth.best_fixed_plan(n=n, seed=1)
        best = truth.value(plan, n, seed=2)
        oracle = truth.value(truth.oracle(draws=32), n, seed=2)
        single = truth.best_single(n=n, seed=1)
        gain = oracle.minus(best)
        say(
            part="gains",
            strength=strength,
            n=n,
            as_randomised=round(truth.value(truth.as_randomised(), n, seed=2).value, 3),
            best_single=[single.start, round(truth.value(single, n, seed=2).value, 3)],
            best_fixed=[plan.first[0], plan.plan, round(best.value, 3)],
            oracle=round(oracle.value, 3),
            gain=round(gain.value, 3),
            se=round(gain.se, 4),
        )


def probabilities(trials: int = 300, n: int = 805) -> None:
    parts = []
    for seed in range(trials):
        rng = np.random.default_rng([seed, 5])
        people = draw_baseline(n, rng)
        excluded = people_of(people, 1.0).excluded
        arms = minimise(people, excluded, rng)
        parts.append(
            pd.DataFrame(
                {
                    "contraindicated": [exclusion_pattern(bits) or "none" for bits in excluded],
                    "arm": np.array(SINGLE_ARMS)[arms],
                    "band": np.digitize(people["peg"], (5, 7)),
                }
            )
        )
    all_of_them = pd.concat(parts)
    for name, by in (("all", []), ("by PEG band", ["band"])):
        keys = [all_of_them[key] for key in ["contraindicated", *by]]
        table = pd.crosstab(keys, all_of_them["arm"], normalize="index").round(4)
        for key, row in table.iterrows():
            say(part="probabilities", what=name, contraindicated=str(key), trials=trials, probability=row.to_dict())


def speed() -> None:
    for n in (805, 100_000):
        truth = Truth()
        truth.simulate(100)
        begin = time.perf_counter()
        truth.simulate(n)
        say(part="speed", n=n, seconds=round(time.perf_counter() - begin, 2))


PARTS = {"trial": trial, "gains": gains, "probabilities": probabilities, "speed": speed}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
