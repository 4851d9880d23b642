"""Choosing among learners by the value of the rule they learn, not by their error of prediction.

Error of prediction hardly sees which rule is better: most of an outcome's variance has nothing to do with arms. So
each candidate is learned without each fold of people, and the one whose rule has the highest doubly robust value in the
people left out is used, without a test of significance: the standard error of a value is of the order of all that
tailoring can gain, and a test would nearly always forbid it. Among the candidates is the plain one, which gives
everybody the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bestviz.regime.engine import Engine
from bestviz.regime.judging.judge import Judge
from bestviz.regime.judging.people import JudgedPeople
from bestviz.regime.judging.regimes import LEARNED
from bestviz.regime.learners import Learner
from bestviz.regime.tables import TwoStageData
from bestviz.regime.tuning import Tuning

FOLDS = 5
# With fewer people in whom the whole course is known, values tell nothing about candidates.
FEWEST_PEOPLE = 200
# Columns by which the effects of arms differ between people.
TAILORING = ("modifier", "step", "prior modifier")


def choose_by_value(people: JudgedPeople, aim: Mapping[str, float] | None, share: bool, seed: int) -> Tuning:
    """The tuned ensemble, one of its members or the plain candidate, whichever learns the best rule.

    Parameters
    ----------
    people : JudgedPeople
    aim : mapping outcome -> weight, optional
        What the rules that are compared aim at; default all outcomes alike.
    share : bool
        Whether first-stage effects may lean on second-stage ones.
    seed : int

    Returns
    -------
    Tuning
        Frozen, with the values of the candidates in `compared`.
    """
    ensemble = _tuned("ensemble", people.data, share, seed)
    if np.count_nonzero(people.seen & people.data.outcomes.notna().any(axis=1)) < FEWEST_PEOPLE:
        return ensemble
    tunings = {"ensemble": ensemble, "plain": _plain(ensemble)}
    if max((*(ensemble.second_forest or ()), *(ensemble.first_forest or ()))) > 0:
        # Where the ensemble has no use for a forest, the forest alone would be a candidate by chance only.
        tunings["additive"] = replace(ensemble, learner="additive")
        tunings["forest"] = _tuned("forest", people.data, share, seed)
    values = {}
    for name, tuning in tunings.items():

        def fit(data: TwoStageData, tuning: Tuning = tuning) -> Engine:
            return Engine(data, 0, seed, tuning)

        judged = Judge.cross_fitted(people, fit, FOLDS, seed=seed).values(aim)
        values[name] = judged.value(LEARNED).value.value
    return replace(tunings[max(values, key=lambda name: values[name])], compared=values)


def _tuned(learner: Learner, data: TwoStageData, share: bool, seed: int) -> Tuning:
    return Engine(data, 0, seed, Tuning(learner, share)).tuning


def _plain(tuning: Tuning) -> Tuning:
    """The same smoother without anything by which the effects of arms differ between people."""
    return replace(
        tuning,
        second=_without_tailoring(tuning.second),
        first=_without_tailoring(tuning.first),
        second_forest=_shared_alone(tuning.second_forest),
        first_forest=_shared_alone(tuning.first_forest),
    )


def _without_tailoring(variances: Mapping[tuple[str, str], float] | None) -> dict[tuple[str, str], float]:
    return {name: variance for name, variance in (variances or {}).items() if name[0] not in TAILORING}


def _shared_alone(shares: tuple[float, float] | None) -> tuple[float, float]:
    return (shares[0] if shares else 0.0, 0.0)
