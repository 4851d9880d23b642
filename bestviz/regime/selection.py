"""Choosing among learners by the value of the rule they learn, not by their error of prediction.

Error of prediction hardly sees which rule is better: most of an outcome's variance has nothing to do with arms. So
each candidate is learned without each fold of people, and the one whose rule has the highest doubly robust value in the
people left out is used, without a test of significance: the standard error of a value is of the order of all that
tailoring can gain, and a test would nearly always forbid it.
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
# An ensemble whose forest has less than this prior variance, relative to the residual one, learns nearly the rule of
# its additive member.
LEAST_SHARE = 0.1


def choose_by_value(people: JudgedPeople, aim: Mapping[str, float] | None, share: bool, seed: int) -> Tuning:
    """The tuned ensemble or one of its members, whichever learns the best rule.

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
        Frozen, with the values of the candidates in `compared`, where there was more than one.
    """
    ensemble = _tuned("ensemble", people.data, share, seed)
    known = np.count_nonzero(people.seen & people.data.outcomes.notna().any(axis=1))
    if known < FEWEST_PEOPLE or not _leans_on_a_forest(ensemble):
        # The ensemble then is its additive member or nearly so, and a forest alone would be a candidate by chance only.
        return ensemble
    tunings = {
        "ensemble": ensemble,
        "additive": replace(ensemble, learner="additive"),
        "forest": _tuned("forest", people.data, share, seed),
    }
    values = {}
    for name, tuning in tunings.items():

        def fit(data: TwoStageData, tuning: Tuning = tuning) -> Engine:
            return Engine(data, 0, seed, tuning)

        judged = Judge.cross_fitted(people, fit, FOLDS, seed=seed).values(aim)
        values[name] = judged.value(LEARNED).value.value
    return replace(tunings[max(values, key=lambda name: values[name])], compared=values)


def _tuned(learner: Learner, data: TwoStageData, share: bool, seed: int) -> Tuning:
    return Engine(data, 0, seed, Tuning(learner, share)).tuning


def _leans_on_a_forest(tuning: Tuning) -> bool:
    return max((*(tuning.second_forest or ()), *(tuning.first_forest or ())), default=0.0) >= LEAST_SHARE
