"""Measure how often what the advice says is true, on simulated trials: one JSON line a trial, then the means.

Run `python benchmarks/coverage.py [--trials 8] [--replicates 60] [--strength demo] [--seed 700]` from the repository;
about 15 s a trial. For 20 new people without contraindication, all inputs known, PEG at week 24: do the 95 % intervals
hold the true expected benefit of each first treatment followed by the learned rule, and the true difference from
enhanced self-care? Is an arm as often truly best as it is said to be? Does the set that cannot be told apart hold the
truly best arm?
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bestviz
from bestviz.advice.inputs import coded_frame
from bestviz.advice.model import FittedModel
from bestviz.data.simulator import Truth, course
from bestviz.data.simulator.people import people_of
from bestviz.data.simulator.values import World, draw_world, value_of
from bestviz.trial import SINGLE_ARMS

PEOPLE, DRAWS = 20, 250
PEG = {"peg": 1.0}


class Started:
    """Start one arm, then follow the second-stage rule of a fitted model."""

    def __init__(self, model: FittedModel, arm: str) -> None:
        self.model, self.arm = model, arm

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        return pd.Series(self.arm, index=baseline.index)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        model, engine = self.model, self.model.engine
        flags = {f"contraindicated_{code.lower()}": excluded[code].astype(float) for code in excluded}
        known = engine.filler.baseline.linear(coded_frame(baseline.assign(**flags), model.inputs))
        codes = engine.first_arms.codes(first)
        state = engine.filler.fill_interim(known, codes, coded_frame(interim, model.interim_columns))
        weights = np.array([float(name == "peg_24") for name in engine.outcome_names])
        values = engine.second_rows(known, state, codes) @ (engine.second.coefficients[0] @ weights)
        labels = list(engine.second_arms.labels)
        best = np.where(allowed[labels].to_numpy(), values, -np.inf).argmax(axis=1)
        return pd.Series(np.array(labels)[best], index=baseline.index)


def new_people(truth: Truth, seed: int) -> World:
    """20 people without contraindication, each many times with other noise in the first period."""
    drawn = draw_world(20 * PEOPLE, truth.multiple, seed)
    free = np.flatnonzero(drawn.people.excluded == 0)[:PEOPLE]
    baseline = drawn.baseline.iloc[np.repeat(free, DRAWS)].reset_index(drop=True)
    rng, count = np.random.default_rng(seed), PEOPLE * DRAWS
    normal, uniform = rng.standard_normal((count, course.FIRST_NORMALS)), rng.random((count, course.FIRST_UNIFORMS))
    return World(baseline, people_of(baseline, truth.multiple), normal, uniform)


def one_trial(truth: Truth, seed: int, replicates: int) -> dict[str, float]:
    model = bestviz.fit(truth.simulate(805, seed), replicates=replicates, seed=seed)
    world = new_people(truth, 10_000 + seed)
    start = world.baseline["peg"].to_numpy()[::DRAWS]
    with threadpool_limits(1):
        week24 = [value_of(Started(model, arm), world, PEG, 24, "peg", 24, False).each for arm in SINGLE_ARMS]
    true = start[:, None] - np.column_stack([each.reshape(PEOPLE, DRAWS).mean(axis=1) for each in week24])
    names = [name for name in model.inputs if not name.startswith("contraindicated")]
    rows = world.baseline[names].iloc[::DRAWS]
    tally: dict[str, list[float]] = {}
    for person, truth_of in zip(rows.to_dict("records"), true, strict=True):
        plain = {k: v.item() if hasattr(v, "item") else v for k, v in person.items() if not pd.isna(v)}
        advice = model.recommend({"baseline": plain}, PEG)
        for name, value in judged(advice, dict(zip(SINGLE_ARMS, truth_of, strict=True))):
            tally.setdefault(name, []).append(value)
    return {name: round(float(np.mean(values)), 3) for name, values in tally.items()}


def judged(advice: bestviz.Recommendation, true: dict[str, float]):  # type: ignore[no-untyped-def]
    """What is said of one person against what is true."""
    for option in advice.options:
        low, high = option.utility_interval
        yield "means_covered", low <= true[option.arm] <= high
        yield "mean_width", high - low
    for change in advice.outcomes:
        if change.outcome == "peg" and change.week == 24 and change.arm != "ESC":
            low, high = change.difference_interval
            yield "differences_covered", low <= true["ESC"] - true[change.arm] <= high
    best = max(true, key=lambda arm: true[arm])
    top = max(advice.options, key=lambda option: option.probability_best)
    yield "said_chance_of_top", top.probability_best
    yield "top_truly_best", top.arm == best
    yield "set_holds_best", best in advice.near_equal
    yield "set_size", len(advice.near_equal)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--replicates", type=int, default=60)
    parser.add_argument("--strength", default="demo", choices=["none", "modest", "demo", "strong"])
    parser.add_argument("--seed", type=int, default=700, help="seed of the first trial")
    asked = parser.parse_args()
    truth, rows = Truth.for_strength(asked.strength), []
    for seed in range(asked.seed, asked.seed + asked.trials):
        rows.append(one_trial(truth, seed, asked.replicates))
        print(json.dumps({"strength": asked.strength, "seed": seed} | rows[-1]), flush=True)
    means = pd.DataFrame(rows).mean().round(3).to_dict()
    print(json.dumps({"strength": asked.strength, "trials": asked.trials, "replicates": asked.replicates} | means))


if __name__ == "__main__":
    main()
