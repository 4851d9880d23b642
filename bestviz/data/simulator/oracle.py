"""The true best regime of the simulated world: exact at stage 2, by numerical integration at stage 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bestviz.data.simulator.course import Interim
from bestviz.data.simulator.design import allowed_second
from bestviz.data.simulator.integrate import Horizon, utilities_first, utilities_second
from bestviz.data.simulator.people import People, people_of
from bestviz.data.simulator.scales import GRADED
from bestviz.trial import ARMS, RESPONSE_CLASSES, SINGLE_ARMS, TREATMENTS


@dataclass(frozen=True)
class Oracle:
    """The regime that knows the truth.

    Baseline values that are missing count as typical; deep markers are used where the baseline table holds them.

    Attributes
    ----------
    strength : float
        Multiple of the effect modification.
    weights : mapping of outcome to weight
        Preference weights.
    horizon : 24, 36 or "mean"
        When outcomes count.
    draws, seed : int
        Random first periods used for stage 1.
    """

    strength: float
    weights: Mapping[str, float]
    horizon: Horizon = 24
    draws: int = 64
    seed: int = 0

    def decide_first(
        self, baseline: pd.DataFrame, excluded: pd.DataFrame | None = None, allowed: pd.DataFrame | None = None
    ) -> pd.Series:
        """Best first arm of each person; missing where nothing is allowed."""
        return _best(self.utilities_first(baseline, excluded, allowed))

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        excluded: pd.DataFrame | None = None,
        allowed: pd.DataFrame | None = None,
    ) -> pd.Series:
        """Best second arm of each person; missing where nothing is allowed."""
        return _best(self.utilities_second(baseline, first, interim, excluded, allowed))

    def utilities_first(
        self, baseline: pd.DataFrame, excluded: pd.DataFrame | None = None, allowed: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Utility of each first arm followed by the best second arm; NaN where not allowed."""
        people = with_excluded(people_of(baseline, self.strength), excluded)
        may = free_of(people.excluded)
        if allowed is not None:
            may &= allowed[list(SINGLE_ARMS)].to_numpy(bool)
        values = utilities_first(people, may, self.weights, self.horizon, self.draws, self.seed)
        return pd.DataFrame(values, index=baseline.index, columns=list(SINGLE_ARMS))

    def utilities_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        excluded: pd.DataFrame | None = None,
        allowed: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Utility of each second arm given week 12; NaN where not allowed."""
        people = with_excluded(people_of(baseline, self.strength), excluded)
        state, arms = interim_of(interim), first_numbers(first)
        may = allowed_second(arms, state.response, state.harm, people.excluded)
        if allowed is not None:
            may &= allowed[list(ARMS)].to_numpy(bool)
        values = utilities_second(people, arms, state, may, self.weights, self.horizon)
        return pd.DataFrame(values[:, : len(ARMS)], index=baseline.index, columns=list(ARMS))


def free_of(excluded: np.ndarray) -> np.ndarray:
    """Exclusion bits -> allowed first arms, people x treatments."""
    return (excluded[:, None] >> np.arange(len(TREATMENTS)) & 1) == 0


def with_excluded(people: People, excluded: pd.DataFrame | None) -> People:
    """People with further treatments excluded (table of bool, one column a treatment code)."""
    if excluded is None:
        return people
    bits = sum(excluded[code].to_numpy(bool).astype(int) << t for t, code in enumerate(TREATMENTS) if code in excluded)
    return people.with_excluded(people.excluded | np.asarray(bits, dtype=int))


def first_numbers(first: pd.Series | np.ndarray) -> np.ndarray:
    """Labels of first arms -> their numbers."""
    return np.array([SINGLE_ARMS.index(label) for label in first], dtype=int)


def interim_of(table: pd.DataFrame) -> Interim:
    """Week-12 state from a table with measures by code, `response`, `stopped_first`, `adverse_event_first`, ...."""

    def flag(name: str) -> np.ndarray:
        if name not in table:
            return np.zeros(len(table), bool)
        return table[name].astype("boolean").fillna(False).to_numpy(bool)

    def number(name: str) -> np.ndarray:
        return table[name].to_numpy(float) if name in table else np.full(len(table), np.nan)

    return Interim(
        peg_6=number("peg_6"),
        pgic_6=number("pgic_6"),
        values=np.stack([number(code) for code in GRADED], axis=1),
        opioid=number("opioid_use"),
        pgic=number("pgic"),
        response=np.array([RESPONSE_CLASSES.index(label) for label in table["response"]], dtype=int),
        event=flag("adverse_event_first"),
        stopped=flag("stopped_first"),
        harm=flag("stopped_for_harm"),
    )


def interim_table(interim: Interim, index: pd.Index) -> pd.DataFrame:
    """The week-12 state as a table, one row a person."""
    columns = {code: interim.values[:, k] for k, code in enumerate(GRADED)}
    columns |= {"opioid_use": interim.opioid, "pgic": interim.pgic, "peg_6": interim.peg_6, "pgic_6": interim.pgic_6}
    columns |= {"response": np.array(RESPONSE_CLASSES)[interim.response]}
    columns |= {
        "stopped_first": interim.stopped,
        "stopped_for_harm": interim.harm,
        "adverse_event_first": interim.event,
    }
    return pd.DataFrame(columns, index=index)


def _best(utilities: pd.DataFrame) -> pd.Series:
    values = utilities.to_numpy()
    none = np.isnan(values).all(axis=1)
    best = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
    labels = np.where(none, None, np.array(list(utilities.columns), dtype=object)[best])
    return pd.Series(labels, index=utilities.index, dtype="object")
