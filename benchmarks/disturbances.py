"""What may be wrong with a trial like BEST: each function takes a trial and gives it back with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.data.dataset import Trial
from bestviz.data.simulator import simulate_trial
from bestviz.trial import MEASURES, Measure, ResponseRule, allowed_first_table, allowed_second_table
from bestviz.trial.schedule import PRIMARY_WEEK

BoolArray = npt.NDArray[np.bool_]
Change = Callable[[Trial, np.random.Generator], Trial]

PAIN = ("pain_intensity", "pain_interference")
LEFT = 0.30  # without PEG at week 24
WORSE_THIRD, OTHERS = 0.40, 0.05  # chance that late outcomes are missing
SITE_SD = 0.5  # meaningful changes
MISLABELLED = 0.02
# What is recorded of the first and of the second period once it is over.
OF_FIRST = (
    "response", "second_arm", "second_probability", "stopped_first", "stopped_for_harm", "adverse_event_first",
    "received_first",
)  # fmt: skip
OF_SECOND = ("stopped_second", "adverse_event_second", "serious_event", "received_second")


@dataclass(frozen=True)
class Disturbance:
    """One thing that is wrong.

    Attributes
    ----------
    key : str
    says : str
        What is wrong, as an investigator reads it.
    change : callable
        The trial with it.
    measures : mapping of str to Measure
        The measures that the model is fitted with.
    luck : int
        Added to the seed of the fit.
    """

    key: str
    says: str
    change: Change
    measures: Mapping[str, Measure] = field(default_factory=lambda: MEASURES)
    luck: int = 0


def as_it_is(trial: Trial, rng: np.random.Generator) -> Trial:
    """Nothing wrong."""
    return trial


def another(trial: Trial, rng: np.random.Generator) -> Trial:
    """Another trial of the same size: what would have come out with other people."""
    return simulate_trial(len(trial), int(rng.integers(1_000_000, 2_000_000)))


def classed_by(rule: ResponseRule) -> Change:
    """Classes are not in the data, and the rule that stands in for them is not the one of the trial."""

    def change(trial: Trial, rng: np.random.Generator) -> Trial:
        people = trial.participants.drop(columns="response")
        return replace(trial, participants=people, info=replace(trial.info, response_rule=rule))

    return change


def missing_if_worse(trial: Trial, rng: np.random.Generator) -> Trial:
    """What follows week 12 is missing more often of those whose PEG came out worst."""
    late = trial.values("peg", PRIMARY_WEEK)
    worst = (late > late.quantile(2 / 3)).to_numpy()
    gone = rng.random(len(trial)) < np.where(worst, WORSE_THIRD, OTHERS)
    return without(trial, gone, 12)


def more_leave(trial: Trial, rng: np.random.Generator) -> Trial:
    """People leave at random until PEG at week 24 is missing for 30 %: every other one of them before week 12."""
    seen = np.flatnonzero(trial.values("peg", PRIMARY_WEEK).notna())
    excess = max(round(LEFT * len(trial)) - (len(trial) - len(seen)), 0)
    chosen = rng.choice(seen, excess, replace=False)
    early, late = (np.isin(np.arange(len(trial)), chosen[start::2]) for start in (0, 1))
    return without(without(trial, early, 6), late, 12)


def without(trial: Trial, gone: BoolArray, last: int) -> Trial:
    """Some people without anything that was seen after a week.

    Parameters
    ----------
    trial : Trial
    gone : bool array, shape (n,)
    last : int
        The last week at which they were seen: 6 or 12.
    """
    people = trial.participants.copy()
    ids, unseen = people.index[gone], [*(OF_FIRST if last < 12 else ()), *OF_SECOND]
    for name in unseen:
        people[name] = people[name].mask(gone)
    seen = trial.assessments
    kept = ~(seen["id"].isin(ids) & (seen["week"] > last))
    return replace(trial, participants=people, assessments=seen[kept].reset_index(drop=True))


def sites_differ(trial: Trial, rng: np.random.Generator) -> Trial:
    """Every outcome after week 0 is better at some sites than at others, on average by nothing."""
    sites = trial.participants["site"].astype(str)
    effects = pd.Series(rng.normal(0, SITE_SD, sites.nunique()), index=sorted(sites.unique()))
    better = sites.map(effects)
    better -= better.mean()
    table = trial.assessments.copy()
    for code, rows in table.groupby("measure").groups.items():
        measure = MEASURES[str(code)]
        if not measure.binary and measure.role != "response":
            own = table.loc[rows]
            shift = measure.sign * measure.meaningful_change * better.loc[own["id"]].to_numpy()
            moved = own["value"] + np.where(own["week"] > 0, shift, 0.0)
            table.loc[rows, "value"] = moved.clip(measure.minimum, measure.maximum)
    return replace(trial, assessments=table)


def mislabelled(trial: Trial, rng: np.random.Generator) -> Trial:
    """2 % of arms, first and second each, are recorded as another arm that the person could have had."""
    people = trial.participants.copy()
    with_class = people.assign(response=trial.response)
    tables = {"first_arm": allowed_first_table(people), "second_arm": allowed_second_table(with_class)}
    for name, allowed in tables.items():
        known = np.flatnonzero(people[name].notna())
        for place in rng.choice(known, round(MISLABELLED * len(known)), replace=False):
            others = [arm for arm in allowed.columns[allowed.iloc[place]] if arm != people[name].iloc[place]]
            if others:
                people.loc[people.index[place], name] = str(rng.choice(others))
    return replace(trial, participants=people)


def with_changes(factors: Mapping[str, float]) -> dict[str, Measure]:
    """The measures with other meaningful changes, as multiples of ours."""
    moved = {code: MEASURES[code].meaningful_change * factor for code, factor in factors.items()}
    return MEASURES | {code: MEASURES[code].with_meaningful_change(value) for code, value in moved.items()}


AS_IT_IS = Disturbance("none", "nothing", as_it_is)
DISTURBANCES = (
    Disturbance("luck", "nothing, but other random numbers in the fit", as_it_is, luck=1),
    Disturbance("another", "another trial of the same size", another),
    Disturbance("rule_strict", "classes by a rule one category too strict", classed_by(ResponseRule(0, 1, 2))),
    Disturbance("rule_lenient", "classes by a rule one category too lenient", classed_by(ResponseRule(2, 3, 4))),
    Disturbance(
        "pain_half", "meaningful changes of pain half as large", as_it_is, with_changes(dict.fromkeys(PAIN, 0.5))
    ),
    Disturbance(
        "pain_double", "meaningful changes of pain twice as large", as_it_is, with_changes(dict.fromkeys(PAIN, 2.0))
    ),
    Disturbance(
        "peg_larger", "meaningful change of PEG 1.5 points in place of 1", as_it_is, with_changes({"peg": 1.5})
    ),
    Disturbance(
        "missing_if_worse",
        "late outcomes missing for 40 % of the worst third and 5 % of the others, beside those missing anyway",
        missing_if_worse,
    ),
    Disturbance("drop_out", "30 % without PEG at week 24", more_leave),
    Disturbance("sites", "sites differ by half a meaningful change (standard deviation)", sites_differ),
    Disturbance("mislabelled", "2 % of arms recorded wrongly", mislabelled),
)
