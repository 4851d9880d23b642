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

`measured` is for the proof: the same with asking that ends as shipped, and curves of agreement and loss after 0 to
12 questions that nothing ends, for careful people (half the noise, nothing at random) and careless ones (twice the
noise, 15 % at random), with a ranking first and without.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
from joblib import Parallel, delayed

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.answerers import (
    CAREFUL,
    CARELESS,
    GROUPS,
    LAPSE,
    NOISE,
    OUTCOMES,
    Manner,
    Person,
    profiles,
    utilities,
    weights_of,
)
from bestviz.advice.elicitation import Answer, Elicitation, StoppingRule

Asking = Literal["full", "top3", "none"]

MANNERS = {"careful": CAREFUL, "careless": CARELESS}
PEOPLE = {"quick": 60, "full": 300}
QUESTIONS = 12
# An agreement and a loss that cannot be had: only the number of questions ends the asking.
ENDLESS = StoppingRule(agreement=2.0, loss=-1.0, questions=QUESTIONS)


@dataclass(frozen=True)
class Case:
    """One simulated person before anything is said.

    Attributes
    ----------
    person : Person
    arms : array, shape (arms, K)
        Expected outcomes in meaningful changes.
    session : Elicitation
    """

    person: Person
    arms: np.ndarray
    session: Elicitation

    @property
    def true(self) -> np.ndarray:
        """Utility of every arm at the known weights."""
        return self.arms @ self.person.weights

    def ranked(self, ranking: Asking) -> Elicitation:
        """After a ranking of all outcomes, of the first three, or of none."""
        if ranking == "none":
            return self.session
        return self.session.rank(self.person.order()[: 3 if ranking == "top3" else None])


def case(size: int, group: str, manner: Manner, rule: StoppingRule, seed: int) -> Case:
    """The person of a group with this seed: the same weights and arms whatever the manner."""
    rng, codes = np.random.default_rng([seed, size, GROUPS.index(group)]), OUTCOMES[size]
    person = Person(codes, weights_of(group, codes, rng), manner, rng)
    arms = profiles(codes, rng)
    return Case(person, arms, Elicitation(codes, partial(utilities, arms), seed=seed, rule=rule))


# -- as shipped: asking ends when enough is known ---------------------------------------------------------------------


def one_person(
    size: int, group: str, manner: Manner, ranking: Asking, rule: StoppingRule, seed: int
) -> dict[str, float | str]:
    """What was found out about one person, and what it cost."""
    asked = case(size, group, manner, rule, seed)
    person, arms, true, seconds = asked.person, asked.arms, asked.true, []
    session = asked.ranked(ranking)
    start = time.process_time()
    while question := session.next_question():
        seconds.append(time.process_time() - start)
        choice = person.answer(question)
        start = time.process_time()
        session = session.answer(question, choice)
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


def summary(rows: list[dict[str, float | str]]) -> dict[str, Any]:
    """Means over people."""
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


# -- curves: asking goes on -------------------------------------------------------------------------------------------


def course(size: int, manner: Manner, ranking: Asking, seed: int) -> tuple[list[float], list[float]]:
    """After 0 to 12 questions: whether the arm is that of the known weights, and what is lost in meaningful changes.

    Where no more can be asked, what is known stays as it is.
    """
    asked = case(size, "uniform", manner, ENDLESS, seed)
    session, true, best = asked.ranked(ranking), asked.true, []
    for number in range(QUESTIONS + 1):
        best.append(true[session.best])
        question = session.next_question() if number < QUESTIONS else None
        if question is not None:
            session = session.answer(question, asked.person.answer(question))
    return [float(value == true.max()) for value in best], [float(true.max() - value) for value in best]


def curve(size: int, answers: str, ranking: Asking, people: int) -> dict[str, Any]:
    """Means and standard errors over people, after 0 to 12 questions."""
    tasks = (delayed(course)(size, MANNERS[answers], ranking, seed) for seed in range(1, people + 1))
    found = np.array(Parallel(n_jobs=-1)(tasks))
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(people)
    same, lost = ({"mean": mean[at].round(4).tolist(), "se": error[at].round(4).tolist()} for at in (0, 1))
    return {"kind": "curve", "outcomes": size, "answers": answers, "ranking": ranking, "people": people} | {
        "same_arm": same["mean"], "same_arm_se": same["se"], "lost": lost["mean"], "lost_se": lost["se"],
    }  # fmt: skip


def stopped(size: int, group: str, people: int) -> dict[str, Any]:
    """As shipped: a full ranking, then questions until enough is known."""
    tasks = (delayed(one_person)(size, group, Manner(), "full", StoppingRule(), seed) for seed in range(1, people + 1))
    rows = Parallel(n_jobs=-1)(tasks)
    return {"kind": "stopped", "outcomes": size, "group": group, "people": people} | summary(rows)


def measured(size: Literal["quick", "full"], done: Collection[str] = ()) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Name and line of each part of the proof that is not done yet: how asking ends, and the curves."""
    people = PEOPLE[size]
    rankings: tuple[Asking, ...] = ("full", "none")
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        f"stopped {outcomes} {group}": partial(stopped, outcomes, group, people)
        for outcomes, group in product(OUTCOMES, GROUPS)
    }
    parts |= {
        f"curve {outcomes} {answers} {ranking}": partial(curve, outcomes, answers, ranking, people)
        for outcomes, answers, ranking in product(OUTCOMES, MANNERS, rankings)
    }
    for name, part in parts.items():
        if name not in done:
            yield name, [part()]


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
    rule = replace(rule, agreement=asked.agreement, loss=asked.loss, fewest=asked.fewest)
    manner = Manner(NOISE * asked.noise, LAPSE)
    for size in asked.outcomes:
        for group in asked.groups:
            seeds = range(asked.seed, asked.seed + asked.people)
            rows = [one_person(size, group, manner, asked.ranking, rule, seed) for seed in seeds]
            print(json.dumps({"outcomes": size, "group": group} | setting | summary(rows)), flush=True)


if __name__ == "__main__":
    main()
