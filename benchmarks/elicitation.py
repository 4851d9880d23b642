"""Measure whether a ranking and a few questions find what matters: one JSON line a group of simulated people.

Run `python benchmarks/elicitation.py [--people 300] [--outcomes 3 5 9] [--ranking full|top3|none] [--noise 1]` from the
repository; a few minutes. Every person has known weights and four arms whose expected outcomes differ by 0 to 1.5
meaningful changes in each outcome (0 to 15 of 100 people in daily opioid use). Groups: `uniform` (all weights equally
likely, which is also what is assumed beforehand), `function_first` (around the weights of the CAPER choice studies) and
`few` (Dirichlet .4: one or two outcomes carry nearly everything); in the last two the prior is wrong.

How people answer: with logistic noise of scale 1/3 of one meaningful change in an outcome of average weight, times
`--noise`; "about equal" where the difference felt is below .15 of that; rankings with as much noise; and 5 % of answers
and rankings are given at random.

Reported: how often the first arm is that of the known weights (`same_arm`, with its standard error), the share of what
known weights are worth over equal ones that is gained (`gap_closed`), what is still lost (`lost`, meaningful changes),
how often the stated 90 % intervals hold the true weight, the stated agreement and loss, questions asked, why asking
ended, people to whom a contradiction was pointed out, and processor seconds a question (taking in the answer and
choosing the next; the utilities are a small product here).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bestviz.advice.elicitation import Answer, Elicitation, Question, StoppingRule
from bestviz.advice.preferences import PRESETS

OUTCOMES = {
    3: ("pain_intensity", "physical_function", "adverse_event"),
    5: ("pain_intensity", "physical_function", "depression", "sleep_disturbance", "adverse_event"),
    9: (
        "pain_intensity", "pain_interference", "physical_function", "opioid_use", "depression", "anxiety",
        "sleep_duration", "sleep_disturbance", "adverse_event",
    ),
}  # fmt: skip
GROUPS = ("uniform", "function_first", "few")
ARMS, RANGE, OPIOID_RANGE = 4, 1.5, 0.15
NOISE, UNFELT, LAPSE = 1 / 3, 0.15, 0.05
# Outcomes that the choice studies did not ask about, against 1 for pain; and how alike the people of that group are.
NOT_ASKED, ALIKE = 0.3, 2.0


@dataclass(frozen=True)
class Person:
    """Someone with known weights (K,) who answers with noise of a given scale."""

    outcomes: tuple[str, ...]
    weights: np.ndarray
    noise: float
    rng: np.random.Generator

    def felt(self, worth: np.ndarray) -> np.ndarray:
        """Importance against that of an average outcome."""
        return len(self.weights) * worth

    def order(self) -> list[list[str]]:
        if self.rng.random() < LAPSE:
            places = self.rng.permutation(len(self.weights))
        else:
            places = np.argsort(-(self.felt(self.weights) + self.rng.gumbel(0, self.noise, len(self.weights))))
        return [[self.outcomes[place]] for place in places]

    def answer(self, question: Question) -> str:
        if self.rng.random() < LAPSE:
            return str(self.rng.choice(["a", "b"]))
        a, b = (self.weights[self.outcomes.index(gain.outcome)] * gain.steps for gain in (question.a, question.b))
        difference = self.felt(a - b) + self.rng.logistic(0, self.noise)
        return "equal" if abs(difference) < UNFELT else "a" if difference > 0 else "b"


def weights_of(group: str, outcomes: tuple[str, ...], rng: np.random.Generator) -> np.ndarray:
    if group != "function_first":
        return rng.dirichlet(np.full(len(outcomes), 1.0 if group == "uniform" else 0.4))
    typical = PRESETS["typical_patient"].preferences.weights
    centre = np.array([typical.get(code, NOT_ASKED * typical["pain_intensity"]) for code in outcomes])
    return rng.dirichlet(ALIKE * len(outcomes) * centre / centre.sum())


def profiles(outcomes: tuple[str, ...], rng: np.random.Generator) -> np.ndarray:
    """Expected outcomes (arms, K) in meaningful changes."""
    largest = np.array([OPIOID_RANGE if code == "opioid_use" else RANGE for code in outcomes])
    values = rng.random((ARMS, len(outcomes)))
    spread = (values - values.min(axis=0)) / np.ptp(values, axis=0)
    return spread * rng.uniform(0, largest)


def utilities(arms: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return weights @ arms.T


def one_person(size: int, group: str, asked: argparse.Namespace, seed: int) -> dict[str, float | str]:
    rng, codes = np.random.default_rng([seed, size, GROUPS.index(group)]), OUTCOMES[size]
    person = Person(codes, weights_of(group, codes, rng), NOISE * asked.noise, rng)
    arms = profiles(codes, rng)
    rule = StoppingRule(agreement=asked.agreement, loss=asked.loss, fewest=asked.fewest)
    session, seconds = Elicitation(codes, partial(utilities, arms), seed=seed, rule=rule), []
    if asked.ranking != "none":
        session = session.rank(person.order()[: 3 if asked.ranking == "top3" else None])
    start = time.process_time()
    while question := session.next_question():
        seconds.append(time.process_time() - start)
        choice = person.answer(question)
        start = time.process_time()
        session = session.answer(question, choice)
    true = arms @ person.weights
    equal = true[arms.mean(axis=1).argmax()]
    inside = [low <= w <= high for w, (low, high) in zip(person.weights, session.intervals.values(), strict=True)]
    return {
        "same_arm": true[session.best] == true.max(),
        "same_arm_equal_weights": equal == true.max(),
        "worth": true.max() - equal,
        "gained": true[session.best] - equal,
        "lost": true.max() - true[session.best],
        "said_agreement": session.agreement,
        "said_loss": session.expected_loss,
        "covered": np.mean(inside),
        "questions": sum(isinstance(said, Answer) for said in session.answers),
        "contradicted": bool(session.contradictions),
        "seconds": sum(seconds),
        "slowest": max(seconds, default=0.0),
        "stopped": str(session.stop_reason),
    }


def summary(rows: list[dict[str, float | str]]) -> dict[str, object]:
    column = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    mean = {name: float(values.mean()) for name, values in column.items() if name != "stopped"}
    same = mean["same_arm"]
    kept = ("same_arm_equal_weights", "lost", "said_agreement", "said_loss", "covered", "questions", "contradicted")
    return {
        "same_arm": round(same, 3),
        "same_arm_se": round(float(np.sqrt(same * (1 - same) / len(rows))), 3),
        "gap_closed": round(mean["gained"] / mean["worth"], 3),
        "worth": round(mean["worth"], 4),
        **{name: round(mean[name], 4) for name in kept},
        "stopped": dict(Counter(column["stopped"].tolist())),
        "seconds_a_question": round(mean["seconds"] / max(mean["questions"], 1e-9), 3),
        "slowest_question": round(float(column["slowest"].max()), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300, help="people a group and number of outcomes")
    parser.add_argument("--outcomes", type=int, nargs="+", default=list(OUTCOMES), choices=list(OUTCOMES))
    parser.add_argument("--groups", nargs="+", default=list(GROUPS[:2]), choices=GROUPS)
    parser.add_argument("--ranking", default="full", choices=["full", "top3", "none"], help="what comes first")
    parser.add_argument("--noise", type=float, default=1.0, help="2 doubles the noise of the answers")
    rule = StoppingRule()
    parser.add_argument("--agreement", type=float, default=rule.agreement)
    parser.add_argument("--loss", type=float, default=rule.loss)
    parser.add_argument("--fewest", type=int, default=rule.fewest, help="questions before the loss may end the asking")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first person")
    asked = parser.parse_args()
    setting = {name: getattr(asked, name) for name in ("people", "ranking", "noise", "agreement", "loss", "fewest")}
    for size in asked.outcomes:
        for group in asked.groups:
            rows = [one_person(size, group, asked, asked.seed + person) for person in range(asked.people)]
            print(json.dumps({"outcomes": size, "group": group} | setting | summary(rows)), flush=True)


if __name__ == "__main__":
    main()
