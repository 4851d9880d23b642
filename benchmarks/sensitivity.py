"""Measure what becomes of advice and intervals when something is wrong with the trial: one JSON line a trial and fault.

Run `python benchmarks/sensitivity.py [--trials 8] [--n 805] [--replicates 40]` from the repository. Every simulated
BEST-like trial (demonstration strength) is learned from as it is and with one thing wrong at a time
(`benchmarks/disturbances.py`), by the additive learner; the truth stays what it was.

Reported: the share of new people whose best first arm is another one than without the fault (`changed` with PEG alone,
`changed_typical` with the preferences of the choice studies), how far chances of being best moved (`chance_moved`, root
mean square), intervals beside the truth as in a study, and true values of the learned rule in meaningful changes
(`value`, `value_typical`). Two rows say what chance alone does: other random numbers in the fit, and another trial.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal

# Before numpy is loaded: processes side by side, and one thread in each.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.clinic import Classed, Coded, Rescaled
from benchmarks.disturbances import AS_IT_IS, DISTURBANCES, Disturbance
from bestviz.advice.fitting import fit
from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import weight_vector
from bestviz.advice.preferences import PRESETS, PRIMARY_WEIGHTS
from bestviz.advice.threads import one_thread
from bestviz.errors import DataError, RegimeError
from bestviz.study.best_like import BestLike, tables_of
from bestviz.study.coverage import coverage, true_means
from bestviz.study.procedure import Advised, barred
from bestviz.study.said import Said, said_of
from bestviz.trial import MEASURES, TREATMENTS
from bestviz.trial.schedule import PRIMARY_WEEK

TRIALS = {"quick": 8, "full": 40}
FIRST_SEED, N, REPLICATES = 7000, 805, 40
# New people who are told something, how often each is drawn to know what is true, and people on whom rules are valued.
TOLD, DRAWS, VALUED, VALUE_SEED = 40, 100, 5000, 1
WISHES: Mapping[str, Mapping[str, float]] = {
    "": PRIMARY_WEIGHTS,
    "_typical": PRESETS["typical_patient"].preferences.weights,
}
SCENARIO = BestLike("demo")
WIDTHS = ("means_width", "differences_width")


@dataclass(frozen=True)
class Found:
    """What was learned from one trial.

    Attributes
    ----------
    said : list of Said
        One a new person who is told something.
    arms : mapping of wishes to array of str
        Best first arm of each person on whom rules are valued.
    measures : dict
        Intervals beside the truth, and values.
    """

    said: list[Said]
    arms: Mapping[str, np.ndarray]
    measures: dict[str, Any]


def found_in(wrong: Disturbance, seed: int, n: int, replicates: int) -> Found:
    """Learn from a trial with something wrong, and compare what is said with what is true.

    Raises
    ------
    DataError, RegimeError
        Such a trial cannot be learned from.
    """
    trial = wrong.change(SCENARIO.trial(n, seed), np.random.default_rng([seed, 1]))
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of arms that were not allowed: they are part of what is studied
        model = fit(trial, replicates, seed + wrong.luck, jobs=1, learner="additive", measures=wrong.measures)
        rules = {name: rule_of(model, weights) for name, weights in WISHES.items()}
        weights, peg = weights_in(model, PRIMARY_WEIGHTS), model.measures["peg"]
        learned = Rescaled(tables_of(trial), model, rules[""], 1.0, weights, True, 0.0, peg)
        people = SCENARIO.people(TOLD, seed, DRAWS)
        said = said_of(learned, people)
        # What is said is in meaningful changes of the model, and what is true in ours.
        unit = peg.meaningful_change / MEASURES["peg"].meaningful_change
        compared = coverage(said, true_means(SCENARIO, learned, people) / unit)
        del compared["chances"]
        for name in WIDTHS:
            compared[name][0] *= unit
        values = {f"value{name}": value_of(rules[name], wishes) for name, wishes in WISHES.items()}
        return Found(said, {name: first_arms(rule) for name, rule in rules.items()}, compared | values)


def rule_of(model: FittedModel, weights: Mapping[str, float]) -> Classed:
    """What a model advises for some preferences, with classes by its own rule."""
    return Classed(Advised(model, weights_in(model, weights)), model.rule)


def weights_in(model: FittedModel, weights: Mapping[str, float]) -> np.ndarray:
    return weight_vector(weights, PRIMARY_WEEK, model.weighable_columns)


def first_arms(rule: Classed) -> np.ndarray:
    """First arm of each person on whom rules are valued."""
    people = SCENARIO.people(VALUED, VALUE_SEED)
    excluded = pd.DataFrame(barred(people.baseline), people.baseline.index, list(TREATMENTS))
    return rule.decide_first(people.baseline, allowed=people.allowed_first, excluded=excluded).to_numpy(str)


def value_of(rule: Classed, weights: Mapping[str, float]) -> float:
    """True value of a rule in our meaningful changes."""
    return SCENARIO.truth.value(Coded(rule), VALUED, VALUE_SEED, weights=weights).value


def against(found: Found, usual: Found) -> dict[str, Any]:
    """What is another than without the fault."""
    changed = {f"changed{name}": float((arms != usual.arms[name]).mean()) for name, arms in found.arms.items()}
    gaps = [one.chances - other.chances for one, other in zip(found.said, usual.said, strict=True)]
    allowed = [one.allowed & (one.allowed.sum() > 1) for one in usual.said]
    moved = np.concatenate([gap[at] for gap, at in zip(gaps, allowed, strict=True)])
    return changed | {"chance_moved": float(np.sqrt(np.mean(moved**2)))}


def one_trial(seed: int, n: int, replicates: int) -> list[dict[str, Any]]:
    """A line for the trial as it is, and one for each fault; `unavailable` where nothing can be learned."""
    usual, lines = found_in(AS_IT_IS, seed, n, replicates), []
    for wrong in (AS_IT_IS, *DISTURBANCES):
        head = {"wrong": wrong.key, "seed": seed, "n": n, "replicates": replicates}
        try:
            found = usual if wrong is AS_IT_IS else found_in(wrong, seed, n, replicates)
        except (DataError, RegimeError) as fault:
            lines.append(head | {"unavailable": str(fault)})
        else:
            lines.append(head | against(found, usual) | found.measures)
    return lines


def measured(size: Literal["quick", "full"], done: Collection[str] = ()) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Seed and lines of each trial of the proof that is not done yet; the quick one has the first of the full."""
    seeds = [seed for seed in range(FIRST_SEED, FIRST_SEED + TRIALS[size]) if str(seed) not in done]
    yield from zip(map(str, seeds), lines_of(seeds, N, REPLICATES), strict=True)


def lines_of(seeds: Iterable[int], n: int, replicates: int) -> Iterator[list[dict[str, Any]]]:
    """The lines of each trial, in their order."""
    tasks = (delayed(one_trial)(seed, n, replicates) for seed in seeds)
    yield from Parallel(n_jobs=-1, return_as="generator")(tasks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=TRIALS["quick"])
    parser.add_argument("--n", type=int, default=N, help="participants of a trial")
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    asked = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + asked.trials)
    for line in chain.from_iterable(lines_of(seeds, asked.n, asked.replicates)):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
