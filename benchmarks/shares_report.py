"""Shares of the possible gain, from the lines of the proof to tables and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from benchmarks.markdown import UNKNOWN, Mean, number, table, verdict, with_error, with_interval
from benchmarks.peers import PEERS
from benchmarks.shares import LEARNERS, OURS
from bestviz.study.lines import Line

SHIPPED = OURS[0]
LEAST_GAIN = 0.01  # of an outcome SD; below it no share of the gain is told
WITHIN_POINTS, MOST_LOSS, AIM = -2.0, 0.02, 94.0
WORDS = {
    "ensemble": "learned regime (ensemble, as shipped)",
    "additive": "learned regime (additive)",
    "lasso": "lasso Q-learning",
    "lasso_pooled": "pooled lasso (the planned learner)",
    "random_forest": "random-forest Q-learning",
    "policy_tree": "policy trees (econml)",
    "policy_forest": "policy forests (econml)",
    "best_single": "best single treatment",
    "best_fixed": "best fixed plan",
}


@dataclass(frozen=True)
class Scenario:
    """All shares of one scenario.

    Attributes
    ----------
    name : str
    n : int
        Participants of a trial.
    values, seconds : DataFrame
        True values of the learners' rules and times to learn; trials (rows), learners (columns).
    oracle, fixed, spread : float
        Values of the best regime and of the best fixed plan, and the mean outcome SD of the trials.
    """

    name: str
    n: int
    values: pd.DataFrame
    seconds: pd.DataFrame
    oracle: float
    fixed: float
    spread: float

    @property
    def gain(self) -> float:
        """What tailoring can add to the best fixed plan."""
        return self.oracle - self.fixed

    @property
    def has_gain(self) -> bool:
        return self.gain > LEAST_GAIN * self.spread

    @property
    def peers(self) -> list[str]:
        return [name for name in PEERS if name in self.values]

    @property
    def best_peer(self) -> str:
        return str(self.values[self.peers].mean().idxmax())

    def share(self, learner: str) -> Mean:
        """Percent of the possible gain."""
        if learner not in self.values or not self.has_gain:
            return Mean.of([])
        return Mean.of(100 * (self.values[learner] - self.fixed) / self.gain)

    def above(self, peer: str) -> Mean:
        """How many points of the possible gain the shipped learner is above a peer, paired by trial."""
        if not {SHIPPED, peer} <= set(self.values):
            return Mean.of([])
        return Mean.of(100 * (self.values[SHIPPED] - self.values[peer]) / self.gain)

    def loss(self, learner: str) -> Mean:
        """Outcome SDs below the truly best fixed plan."""
        return Mean.of((self.fixed - self.values[learner]) / self.spread if learner in self.values else [])

    def behind(self, peer: str) -> Mean:
        """Outcome SDs that the shipped learner is below a peer, paired by trial."""
        if not {SHIPPED, peer} <= set(self.values):
            return Mean.of([])
        return Mean.of((self.values[peer] - self.values[SHIPPED]) / self.spread)


def scenarios_of(lines: Iterable[Line]) -> list[Scenario]:
    """Lines of shares by scenario, in the order in which they come."""
    known = [line["settings"] | line for line in lines if "spread" in line]
    found = []
    for name, own in pd.DataFrame(known).groupby("scenario", sort=False) if known else ():
        wide = own.pivot(index="seed", columns="learner", values=["value", "fit_seconds"])
        first = own.iloc[0]
        spread = float(own.drop_duplicates("seed")["spread"].mean())
        values, seconds = wide["value"], wide["fit_seconds"]
        found.append(Scenario(str(name), int(first["n"]), values, seconds, first["oracle"], first["fixed"], spread))
    return found


def report(lines: Iterable[Line]) -> Iterator[str]:
    """Lines of the section; none without any share."""
    scenarios = scenarios_of(lines)
    if not scenarios:
        return
    yield from ("### How much of the possible gain is kept?", "")
    yield from (
        "Percent of the possible gain, (V − V best fixed plan) / (V oracle − V best fixed plan), with standard errors",
        "over trials; all learners on the same trials, true values over the same new people. The best fixed plan in",
        "the formula is the truly best one; that in the table is chosen from the same data as the other rules.",
        "",
    )
    yield from shares_table([each for each in scenarios if each.has_gain])
    yield from (
        "",
        "The learned regime as shipped less peers, in points of the possible gain, paired by trial, with 95 %",
        "intervals. The best peer of a scenario is chosen with hindsight, which favours the peers. Unclear: the mean",
        "misses the target, and the interval reaches it.",
        "",
    )
    yield from against_best(scenarios)
    yield ""
    yield from against_each(scenarios)
    yield from (
        "",
        "Loss against a fixed plan in outcome SD (negative: better), with 95 % intervals: against the truly best one,",
        "which nobody knows, and, paired by trial, against the one that the same data show to be best, which is what",
        "can be had without tailoring.",
        "",
    )
    yield from losses(scenarios)
    yield from planning(scenarios)
    yield from ("", "Time to learn from a trial, median in seconds, one process:", "")
    yield from times(scenarios)


def shares_table(scenarios: list[Scenario]) -> list[str]:
    header = ["scenario", "people", "trials", "possible gain, SD", *(WORDS[name] for name in LEARNERS)]
    rows = [
        [
            each.name, str(each.n), str(len(each.values)), number(each.gain / each.spread, 2),
            *(with_error(each.share(name), 0) for name in LEARNERS),
        ]
        for each in scenarios
    ]  # fmt: skip
    means = [Mean.over([each.share(name) for each in scenarios if name in each.values]) for name in LEARNERS]
    return table(header, [*rows, ["mean", "", "", "", *(with_error(mean, 0) for mean in means)]])


def against_best(scenarios: list[Scenario]) -> list[str]:
    rows = []
    for each in scenarios:
        if each.has_gain and each.peers and SHIPPED in each.values:
            above = each.above(each.best_peer)
            rows.append([each.name, WORDS[each.best_peer], with_interval(above, 1), verdict(above, WITHIN_POINTS)])
    return table(["scenario", "best peer", "difference, points", "target: at least −2"], rows)


def against_each(scenarios: list[Scenario]) -> list[str]:
    rows = []
    for peer in PEERS:
        means = [each.above(peer) for each in scenarios if each.has_gain]
        known = [mean for mean in means if mean.trials]
        if known:
            above = Mean.over(known)
            rows.append([WORDS[peer], str(len(known)), with_interval(above, 1), verdict(above, 0.0)])
    return table(["peer", "scenarios", "mean difference, points", "target: above 0"], rows)


def losses(scenarios: list[Scenario]) -> list[str]:
    rows = []
    for each in scenarios:
        ours, plan, behind = each.loss(SHIPPED), each.loss("best_fixed"), each.behind("best_fixed")
        if ours.trials:
            told = [verdict(mean.times(-1), -MOST_LOSS) if mean.trials else UNKNOWN for mean in (ours, behind)]
            shown = [with_interval(mean, 3) for mean in (ours, plan, behind)]
            rows.append([each.name, *shown[:1], told[0], *shown[1:], told[1]])
    target = "target: at most 0.02"
    header = [
        "scenario", "learned regime against the truly best", target, "best fixed plan from the same data against it",
        "learned regime against best fixed plan from the same data", target,
    ]  # fmt: skip
    return table(header, rows)


def planning(scenarios: list[Scenario]) -> Iterator[str]:
    """The trial team's measure in their scenario: percent of the oracle's value."""
    for each in scenarios:
        if each.name == "planning" and {SHIPPED, "lasso_pooled"} <= set(each.values):
            of_oracle = 100 * each.values / each.oracle
            ours, above = Mean.of(of_oracle[SHIPPED]), Mean.of(of_oracle[SHIPPED] - of_oracle["lasso_pooled"])
            yield from (
                "",
                f"Planning scenario, percent of the oracle's value over {ours.trials} trials: learned regime "
                f"{with_interval(ours, 1)} (aim {AIM:.0f}: {verdict(ours, AIM)}); pooled lasso "
                f"{with_interval(Mean.of(of_oracle['lasso_pooled']), 1)}; paired difference {with_interval(above, 1)} "
                f"(target at least 0: {verdict(above, 0.0)}).",
            )


def times(scenarios: list[Scenario]) -> list[str]:
    rows = [
        [WORDS[name], *(time_of(each, name) for each in scenarios)]
        for name in LEARNERS
        if any(name in each.seconds for each in scenarios)
    ]
    return table(["", *(each.name for each in scenarios)], rows)


def time_of(scenario: Scenario, learner: str) -> str:
    known = scenario.seconds[learner].dropna() if learner in scenario.seconds else []
    return number(float(known.median()), 1) if len(known) else UNKNOWN
