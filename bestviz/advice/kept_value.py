"""What a model's rule is worth in people it was not learned from: worked out once, kept beside the model.

For the trial's primary outcome, so that models can be compared. It holds for the model whose digest it carries; what
lies beside another one is ignored.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bestviz import store
from bestviz.advice.evaluation import Evaluation, TrialJudge, trial_judge
from bestviz.advice.evaluation_groups import CONTRAINDICATIONS, safe_grouping
from bestviz.advice.fitting import Progress
from bestviz.advice.preferences import Preferences
from bestviz.data.dataset import Trial
from bestviz.errors import ModelFileError
from bestviz.regime.judging.regimes import BEST_FIXED, LEARNED
from bestviz.regime.judging.values import Estimate
from bestviz.trial.schedule import PRIMARY_WEEK

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_AIM, _OUTCOME = Preferences({"peg": 1.0}), "peg"
_BY = ("sex", "age", "race", CONTRAINDICATIONS)


@dataclass(frozen=True)
class Ranged:
    """An estimate with its 95 % interval.

    Attributes
    ----------
    estimate, low, high : float
    """

    estimate: float
    low: float
    high: float

    @classmethod
    def of(cls, estimate: Estimate) -> Ranged:
        """Of an estimate with a standard error."""
        return cls(estimate.value, *estimate.interval)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Ranged:
        """Back from JSON; a ValueError if a number is none."""
        found = cls(*(float(content[name]) for name in ("estimate", "low", "high")))
        if not all(map(math.isfinite, asdict(found).values())):
            raise ValueError("not a number")
        return found

    @property
    def interval(self) -> tuple[float, float]:
        """Both ends."""
        return self.low, self.high


@dataclass(frozen=True)
class Group:
    """Value of the rule in a group of at least 10 people.

    Attributes
    ----------
    by, name : str
        What the groups are formed by, and which one it is.
    people : int
    value, gain : Ranged
        As in `KeptValue`.
    """

    by: str
    name: str
    people: int
    value: Ranged
    gain: Ranged


@dataclass(frozen=True)
class KeptValue:
    """Cross-fitted value of the rule that a model's whole procedure learns, when it aims at PEG.

    Attributes
    ----------
    digest : str
        Of the model.
    date : str
        ISO 8601.
    people, folds, repeats : int
        So many people, split into so many parts, so many times.
    value : Ranged
        Mean PEG at week 24 in points, lower is better.
    gain : Ranged
        Difference from the best fixed plan in points; below 0 the rule is better.
    groups : tuple of Group
    """

    digest: str
    date: str
    people: int
    folds: int
    repeats: int
    value: Ranged
    gain: Ranged
    groups: tuple[Group, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, as stored."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> KeptValue:
        """Back from JSON; KeyError, TypeError or ValueError if it is not what was stored."""
        rows = (Group(str(row["by"]), str(row["name"]), int(row["people"]), *_ranged(row)) for row in content["groups"])
        people, folds, repeats = (int(content[name]) for name in ("people", "folds", "repeats"))
        value, gain = _ranged(content)
        return cls(str(content["digest"]), str(content["date"]), people, folds, repeats, value, gain, tuple(rows))


def judge_and_keep(
    model: FittedModel, trial: Trial, folder: str | Path, progress: Progress | None = None
) -> TrialJudge:
    """Judge a model in a trial as `trial_judge` does, and keep what is worth keeping beside the model.

    Parameters
    ----------
    folder : str or Path
        `models/<name>`; where nothing can be written there, nothing is kept.
    """
    judge = trial_judge(model, trial, progress=progress)
    with suppress(ModelFileError):
        keep(model, judge, folder)
    return judge


def keep(model: FittedModel, judge: TrialJudge, folder: str | Path) -> KeptValue | None:
    """Keep the cross-fitted value beside the model, and in its card.

    Parameters
    ----------
    folder : str or Path
        `models/<name>`.

    Returns
    -------
    KeptValue or None
        None where the judge is not of the model's own data.

    Raises
    ------
    ModelFileError
        The model is no longer there, or nothing can be written.
    """
    found = value_by(judge, model.digest)
    if found is not None:
        content = json.dumps(found.to_dict(), indent=2, allow_nan=False, ensure_ascii=False) + "\n"
        store.attach(folder, model.digest, {store.VALUE_FILE: content, store.CARD_FILE: model.card(found)})
    return found


def value_by(judge: TrialJudge, digest: str) -> KeptValue | None:
    """What a judge says of PEG at week 24; None where it is not of the model's own data."""
    if judge.mode != "cross-fitted":
        return None
    scored = judge.scored(_AIM, with_tree=False)
    value, gain, people = _of(judge.evaluate(_AIM, scored=scored))
    groups = [
        group
        for by in _BY
        if (made := safe_grouping(judge.trial, by)) is not None and len(made.order) > 1
        for group in _groups(judge.evaluate(_AIM, made, scored=scored), by, made.order)
    ]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return KeptValue(digest, today, people, judge.folds, judge.repeats, value, gain, tuple(groups))


def load_value(folder: str | Path, digest: str) -> KeptValue | None:
    """What is kept beside a model; None where there is nothing, or it is of another model or damaged."""
    try:
        found = KeptValue.from_dict(json.loads(store.read_attached(folder, store.VALUE_FILE)))
    except (ModelFileError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if found.digest == digest else None


def _ranged(content: Mapping[str, Any]) -> tuple[Ranged, Ranged]:
    return Ranged.from_dict(content["value"]), Ranged.from_dict(content["gain"])


def _groups(evaluation: Evaluation, by: str, names: tuple[str, ...]) -> Iterator[Group]:
    for name in names:
        with suppress(KeyError):  # too few of them could be judged
            value, gain, people = _of(evaluation, name)
            yield Group(by, name, people, value, gain)


def _of(evaluation: Evaluation, group: str | None = None) -> tuple[Ranged, Ranged, int]:
    """Value, gain and people; a KeyError for a group that was not judged."""
    for each in evaluation.values:
        judged = each.judged
        if (judged.regime, each.outcome, each.week, judged.subgroup) == (LEARNED, _OUTCOME, PRIMARY_WEEK, group):
            return Ranged.of(judged.value), Ranged.of(judged.differences[BEST_FIXED]), judged.people
    raise KeyError(group)
