"""Measure how good the values of regimes are, on simulated trials: one JSON line a trial, then coverage and bias.

Run `python benchmarks/values.py [--trials 20] [--strength demo] [--learner ensemble] [--folds 5] [--repeats 2]` from
the repository; some minutes a trial. For the improvement of PEG at week 24: does the 95 % interval of a cross-fitted
value hold the true value of what was judged? What was judged are the rules learned without each fold, so the truth of
the learned regime and of the best fixed plan is the mean over these rules of their value in the simulated world.
`seconds` is the time of all fits, `seconds_weights` that of all values for other weights of the outcomes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import parallel_config
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bestviz.advice.evaluation import REPEATS
from bestviz.advice.evaluation_tables import people_of_trial
from bestviz.advice.inputs import baseline_inputs, coded_frame, interim_table
from bestviz.data.simulator import Truth
from bestviz.regime import TwoStageRegime
from bestviz.regime.judging.crossfit import refit
from bestviz.regime.judging.judge import FOLDS, Judge
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.plans import FixedPlan, best_plan
from bestviz.regime.judging.regimes import AS_RANDOMISED, BEST_FIXED, BEST_SINGLE, LEARNED, REFERENCES, SINGLE
from bestviz.trial import MEASURES, SINGLE_ARMS
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

FloatArray = npt.NDArray[np.float64]
PEOPLE = 3000
OUTCOME = "peg_24"


class JudgedRule:
    """The learned rule or the best fixed plan of one part, asked about simulated people."""

    def __init__(self, part: Part, inputs: tuple[str, ...], columns: tuple[str, ...], plan: FixedPlan | None) -> None:
        self.part, self.inputs, self.columns, self.plan = part, inputs, columns, plan
        engine = part.view.engine
        self.weights = np.array([float(name == OUTCOME) for name in engine.outcome_names])
        self.first_labels, self.second_labels = (
            list(coding.labels) for coding in (part.people.data.first_arms, part.people.data.second_arms)
        )

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        may = allowed[self.first_labels].to_numpy(bool)
        if self.plan is not None:
            return self._named(self.plan.first_rule(may), self.first_labels, baseline.index)
        encoded = self._encoded(baseline, excluded)
        judged = np.array([float(name == OUTCOME) for name in self.part.view.outcomes])
        barred = excluded.reindex(columns=list(self.part.people.treatments), fill_value=False).to_numpy(bool)
        values = self.part.view.learned_first(encoded, judged, barred, self.part.people)
        return self._named(np.where(may, values, -np.inf), self.first_labels, baseline.index)

    def decide_second(
        self, baseline: pd.DataFrame, first: pd.Series, interim: pd.DataFrame, *, allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:  # fmt: skip
        engine, labels = self.part.view.engine, self.second_labels
        codes = self.part.people.data.first_arms.codes(first)
        groups = pd.Index(self.part.groups).get_indexer(interim["response"].astype(object))
        may = allowed[labels].to_numpy(bool) & self._enough[codes, groups]
        may = np.where(may.any(axis=1, keepdims=True), may, allowed[labels].to_numpy(bool))
        if self.plan is not None:
            order = self.plan.second[codes, groups]
            place = np.take_along_axis(may, order, axis=1).argmax(axis=1)
            return pd.Series(np.array(labels)[order[np.arange(len(order)), place]], index=baseline.index)
        encoded, own = self._encoded(baseline, excluded), engine.first_arms.codes(first)
        state = engine.filler.fill_interim(encoded, own, coded_frame(interim, self.columns))
        values = engine.second_values(encoded, state, own) @ self.weights[: engine.weighable]
        place = engine.second_arms.codes(labels)
        ordered = np.where(place >= 0, values[:, np.maximum(place, 0)], -np.inf)
        return self._named(np.where(may, ordered, -np.inf), labels, baseline.index)

    @property
    def _enough(self) -> npt.NDArray[np.bool_]:
        """Second arms that enough people had after each first arm and class."""
        cases = self.part.training
        open_to = np.zeros((len(self.first_labels), len(self.part.groups), len(self.second_labels)), dtype=bool)
        np.logical_or.at(open_to, (cases.first, cases.group), cases.choosable)
        return open_to

    def _encoded(self, baseline: pd.DataFrame, excluded: pd.DataFrame) -> FloatArray:
        flags = {CONTRAINDICATION_COLUMNS[code]: excluded[code].astype(float) for code in excluded}
        rows = coded_frame(baseline.assign(**flags), self.inputs)
        return self.part.view.engine.filler.baseline.linear(rows)

    @staticmethod
    def _named(values: FloatArray, labels: list[str], index: pd.Index) -> pd.Series:
        return pd.Series(np.array(labels)[values.argmax(axis=1)], index=index)


def truths(truth: Truth, n: int) -> dict[str, float]:
    """True values of the trial itself and of the single treatments."""
    found = {AS_RANDOMISED: truth.value(truth.as_randomised(), n).value}
    return found | {SINGLE + arm: truth.value(truth.single(arm), n).value for arm in SINGLE_ARMS}


def one_trial(
    truth: Truth, fixed: dict[str, float], seed: int, learner: str, folds: int, repeats: int
) -> dict[str, object]:
    trial = truth.simulate(805, seed)
    people = people_of_trial(trial)
    start = -trial.values("peg", 0).reindex(people.index) / MEASURES["peg"].meaningful_change
    began = time.perf_counter()
    with parallel_config(backend="threading", n_jobs=2):
        judge = Judge.cross_fitted(people, refit(TwoStageRegime(learner=learner)), folds, repeats, seed)
    fitted = time.perf_counter()
    found = judge.values({OUTCOME: 1.0}, start=start)
    row: dict[str, object] = {
        "seed": seed, "seconds": round(fitted - began, 1), "seconds_weights": round(time.perf_counter() - fitted, 2)
    }  # fmt: skip
    inputs, columns = baseline_inputs(trial), tuple(interim_table(trial).columns)
    weights = np.array([float(name == OUTCOME) for name in judge.outcomes])
    rules: dict[str, Callable[[Part], JudgedRule]] = {
        LEARNED: lambda part: JudgedRule(part, inputs, columns, None),
        BEST_FIXED: lambda part: JudgedRule(part, inputs, columns, best_plan(part, weights)),
    }
    true = dict(fixed)
    with threadpool_limits(1):
        for name, rule in rules.items():
            true[name] = float(np.mean([truth.value(rule(part), PEOPLE).value for part in judge.parts]))
    true[BEST_SINGLE] = sum(share * true[SINGLE + arm] for arm, share in found.named[BEST_SINGLE].items())
    for name, value in true.items():
        judged = found.value(name)
        row[name] = [round(judged.value.value, 4), round(judged.value.se, 4), round(value, 4)]
        for reference in REFERENCES:
            if reference != name:
                gain = judged.differences[reference]
                row[f"{name} - {reference}"] = [
                    round(gain.value, 4), round(gain.se, 4), round(value - true[reference], 4)
                ]  # fmt: skip
    return row


def summary(rows: list[dict[str, object]]) -> dict[str, object]:
    """For each value and difference: coverage of the interval, bias, spread of the estimates, mean standard error."""
    table: dict[str, object] = {"trials": len(rows)}
    for name in rows[0]:
        if isinstance(rows[0][name], list):
            value, se, true = np.array([row[name] for row in rows], dtype=float).T
            table[name] = {
                "covered": round(float((np.abs(value - true) <= 1.96 * se).mean()), 3),
                "bias": round(float((value - true).mean()), 3),
                "bias_se": round(float((value - true).std(ddof=1) / np.sqrt(len(rows))), 3),
                "spread": round(float((value - true).std(ddof=1)), 3),
                "se": round(float(se.mean()), 3),
                "true": round(float(true.mean()), 3),
            }
        elif name != "seed":
            table[name] = round(float(np.mean([row[name] for row in rows])), 2)  # type: ignore[misc]
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--strength", default="demo", choices=["none", "modest", "demo", "strong"])
    parser.add_argument("--learner", default="ensemble", choices=["ensemble", "additive", "forest"])
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--seed", type=int, default=900, help="seed of the first trial")
    parser.add_argument("--people", type=int, default=20_000, help="simulated people for the truth of plain regimes")
    options = parser.parse_args()
    truth = Truth.for_strength(options.strength)
    fixed, rows = truths(truth, options.people), []
    for seed in range(options.seed, options.seed + options.trials):
        rows.append(one_trial(truth, fixed, seed, options.learner, options.folds, options.repeats))
        print(json.dumps(rows[-1]), flush=True)
    if len(rows) > 1:
        print(json.dumps(summary(rows)), flush=True)


if __name__ == "__main__":
    main()
