"""Which pairs of values of two outcomes some regime reaches: one outcome can be had at the cost of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bestviz.advice.evaluation import TrialJudge
from bestviz.advice.fitting import Progress
from bestviz.advice.outcomes import LATE_WEEKS, column_name, horizon_columns, natural
from bestviz.advice.preferences import Preferences
from bestviz.advice.threads import one_thread
from bestviz.errors import InputError
from bestviz.regime.judging.regimes import AS_RANDOMISED, BEST_FIXED, LEARNED, SINGLE
from bestviz.regime.judging.scored import Scored
from bestviz.regime.judging.values import Estimate
from bestviz.trial import MEASURES, SINGLE_ARMS
from bestviz.trial.schedule import FOLLOW_UP_WEEK, PRIMARY_WEEK

STEPS = 9


@dataclass(frozen=True)
class Reached:
    """What one regime reaches.

    Attributes
    ----------
    regime : str
    share : float or None
        Of a regime learned for these two outcomes alone: the weight of the first, the other has the rest.
    values : tuple of two Estimate
        In the measures' own units and signs.
    """

    regime: str
    share: float | None
    values: tuple[Estimate, Estimate]


@dataclass(frozen=True)
class Reach:
    """Values of two outcomes under several regimes.

    Attributes
    ----------
    outcomes : tuple of two str
    weeks : tuple of two int
    learned : tuple of Reached
        Regimes learned for the two outcomes alone, from all weight on the second to all on the first.
    plain : tuple of Reached
        As randomised, single treatments, the best fixed plan, and the regime learned for the preferences in force.
    """

    outcomes: tuple[str, str]
    weeks: tuple[int, int]
    learned: tuple[Reached, ...]
    plain: tuple[Reached, ...]

    @property
    def rows(self) -> tuple[Reached, ...]:
        """All of them."""
        return self.learned + self.plain


def reachable_outcomes(judge: TrialJudge) -> tuple[str, ...]:
    """Outcomes between which a trade-off can be shown."""
    columns = judge.judge.outcomes
    return tuple(dict.fromkeys(name.rsplit("_", 1)[0] for name in columns))


def reach(
    judge: TrialJudge,
    scored: Scored,
    outcomes: tuple[str, str],
    horizon: int | str = PRIMARY_WEEK,
    progress: Progress | None = None,
) -> Reach:
    """Judge regimes learned for two outcomes, from one end of their weights to the other.

    Parameters
    ----------
    judge : TrialJudge
    scored : Scored
        Of the preferences in force.
    outcomes : (str, str)
        Two different measures that can carry weight.
    horizon : {24, 36, "mean"}
        When regimes aim to do well; values are those of week 24, or of week 36 where that is the horizon.
    progress : callable(done, total, what), optional

    Raises
    ------
    InputError
        The same outcome twice, or one that is not judged.
    """
    if outcomes[0] == outcomes[1]:
        raise InputError("A trade-off needs two different outcomes; choose another one.")
    absent = [MEASURES[code].name for code in outcomes if code not in reachable_outcomes(judge)]
    if absent:
        raise InputError(f"The data have too few values of {', '.join(absent)}; choose another outcome.")
    columns = tuple(_shown(code, horizon, judge.judge.outcomes) for code in outcomes)
    learned = []
    for step, share in enumerate(np.linspace(0, 1, STEPS)):
        wishes = Preferences(dict(zip(outcomes, (share, 1 - share), strict=True)))
        with one_thread():
            values = judge.judge.learned(judge.weights(wishes, horizon))
        learned.append(Reached(LEARNED, float(share), _pair(judge, values, columns)))
        if progress is not None:
            progress(step + 1, STEPS, "Weighing")
    judged: dict[str, dict[str, Estimate]] = {}
    for each in scored.judged().values:
        if each.outcome in columns:
            judged.setdefault(each.regime, {})[str(each.outcome)] = each.value
    order = (AS_RANDOMISED, *(SINGLE + arm for arm in SINGLE_ARMS), BEST_FIXED, LEARNED)
    wanted = [name for name in order if name in judged]
    plain = tuple(Reached(name, None, _pair(judge, judged[name], columns)) for name in wanted)
    weeks = tuple(int(column.rsplit("_", 1)[1]) for column in columns)
    return Reach(outcomes, (weeks[0], weeks[1]), tuple(learned), plain)


def _shown(code: str, horizon: int | str, columns: tuple[str, ...]) -> str:
    """The outcome column whose value is shown."""
    week = FOLLOW_UP_WEEK if horizon == FOLLOW_UP_WEEK else PRIMARY_WEEK
    names = horizon_columns(code, week, columns) or [n for w in LATE_WEEKS if (n := column_name(code, w)) in columns]
    return names[0]


def _pair(judge: TrialJudge, values: Mapping[str, Estimate], columns: tuple[str, ...]) -> tuple[Estimate, Estimate]:
    found = []
    for column in columns:
        measure = judge.measures[column.rsplit("_", 1)[0]]
        found.append(values[column].times(float(natural(np.array(1.0), measure))))
    return found[0], found[1]
