"""What another response rule and other meaningful changes alter in a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bestviz.data import Trial
from bestviz.trial import MEASURES, RESPONSE_CLASSES, Measure
from bestviz.trial.schedule import PRIMARY_WEEK

UNKNOWN = "not known"


@dataclass(frozen=True)
class ClassesMoved:
    """Response classes before and after another rule.

    Attributes
    ----------
    before, after : dict of str to int
        People by class, `not known` last.
    changed : int
        People whose class is another one.
    recorded, differing, judged, unknown : int
        People whose class the data carry, those of them whom the rule puts into another, and people whose class the
        rule judges or nobody knows, afterwards.
    """

    before: dict[str, int]
    after: dict[str, int]
    changed: int
    recorded: int
    differing: int
    judged: int
    unknown: int


def classes_moved(before: Trial, after: Trial) -> ClassesMoved:
    """Compare the response classes of the same people under two rules."""
    old, new = (trial.response.fillna(UNKNOWN) for trial in (before, after))
    said = after.participants.get("response", pd.Series(pd.NA, index=new.index))
    recorded, unknown = int(said.notna().sum()), int((new == UNKNOWN).sum())
    by_rule = after.info.response_rule.classify(
        after.values("peg", 0), after.values("peg", 12), after.values("pgic", 12)
    )
    differing = int((said.notna() & by_rule.notna() & (said != by_rule)).sum())
    judged = len(new) - recorded - unknown
    return ClassesMoved(_counts(old), _counts(new), int((old != new).sum()), recorded, differing, judged, unknown)


def _counts(classes: pd.Series) -> dict[str, int]:
    counts = classes.value_counts()
    return {name: int(counts.get(name, 0)) for name in (*RESPONSE_CLASSES, UNKNOWN)}


def share_improved(trial: Trial, measure: Measure) -> float | None:
    """Share of people who improved meaningfully from week 0 to 24, among those with both values; None without any."""
    if measure.binary:
        return None
    change = measure.sign * (trial.values(measure.code, PRIMARY_WEEK) - trial.values(measure.code, 0)).dropna()
    # A change of exactly that size counts, also where thirds are rounded.
    return float((change >= measure.meaningful_change - 1e-9).mean()) if len(change) else None


def measures_with(changes: Mapping[str, float]) -> dict[str, Measure]:
    """All measures, some with other meaningful changes; the rest with those of the trial."""
    return {
        code: measure.with_meaningful_change(changes[code]) if code in changes else measure
        for code, measure in MEASURES.items()
    }
