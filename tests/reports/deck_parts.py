"""What the tests of slides share: values of regimes and who gets what, by hand, and the sizes of type in a figure."""

import re
from functools import cache

import pandas as pd

import bestviz
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Assigned, Paths
from bestviz.advice.evaluation_text import UTILITY
from bestviz.advice.evaluation_values import OutcomeValue
from bestviz.regime.judging.regimes import AS_RANDOMISED, BEST_FIXED, LEARNED, REFERENCES, SINGLE
from bestviz.regime.judging.values import Estimate, RegimeValue

NAME = "Simulated BEST-like trial"


@cache
def digest():
    """Of the trial of 300 people that they are judged in."""
    return bestviz.simulate_trial(n=300, seed=1).digest


def judged(**changes):
    """Values of four regimes for PEG, judged in 300 people; `values` may be given as (outcome, week) pairs."""
    rows = changes.pop("weeks", [(UTILITY, 24), ("peg", 6), ("peg", 24), ("peg", 36)])
    values = tuple(
        OutcomeValue(code, week, value(regime, place))
        for code, week in rows
        for place, regime in enumerate((AS_RANDOMISED, f"{SINGLE}ACT", BEST_FIXED, LEARNED))
    )
    given = {
        "mode": "cross-fitted", "values": values, "preferences": {"peg": 1.0}, "warnings": ("A warning.",),
        "named": {"best_single": {"DUL": 1.0}, "best_fixed": {"DUL": 1.0}}, "participants": 300, "trained_on": NAME,
        "data": NAME, "data_digest": digest(), "folds": 5, "repeats": 2, "simulated": True, "by": None,
    }  # fmt: skip
    return Evaluation(**given | changes)


def value(regime, place):
    """Each regime 0.365 better than the one before."""
    return RegimeValue(
        regime, None, None, 300, Estimate(place, 0.2), dict.fromkeys(REFERENCES, Estimate(0.365, 0.2832))
    )


def assigned(few=50):
    """Who gets both treatments; under the regime so many people go from ACT to DUL."""
    return Assigned(_paths(40, 60), _paths(90, few), 100, 95)


def _paths(one, other):
    rows = [
        ("ESC", "good", "continue", "ESC", one / 100, one),
        ("ACT", "poor", "switch", "DUL", 1 - one / 100, other),
    ]
    return Paths(pd.DataFrame(rows, columns=["first", "response", "action", "second", "share", "people"]), True)


def sizes_of_type(part, path=()):
    """Every size of type that a figure names, in pixels."""
    if isinstance(part, dict):
        for key, inside in part.items():
            yield from sizes_of_type(inside, (*path, key))
    elif isinstance(part, list | tuple):
        for inside in part:
            yield from sizes_of_type(inside, path)
    elif isinstance(part, str):
        yield from (float(size) for size in re.findall(r"font-size:\s*([\d.]+)px", part))
    elif path[-1:] == ("size",) and path[-2].endswith("font"):
        yield part
