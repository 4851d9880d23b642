"""Values of regimes in the measures' own units and signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bestviz.advice.evaluation_text import UTILITY
from bestviz.regime.judging.regimes import REFERENCES
from bestviz.regime.judging.scored import Judgement
from bestviz.regime.judging.values import RegimeValue
from bestviz.trial import Measure


@dataclass(frozen=True)
class OutcomeValue:
    """Value of a regime for one outcome at one week.

    Attributes
    ----------
    outcome : str
        Measure code, or `utility`.
    week : int or "mean"
    judged : RegimeValue
        In the measure's own unit and sign; utilities are improvement from baseline in meaningful changes.
    """

    outcome: str
    week: int | str
    judged: RegimeValue

    def to_dict(self) -> dict[str, Any]:
        """One row of `values` in `evaluate --json`."""
        row: dict[str, Any] = {
            "regime": self.judged.regime,
            "outcome": self.outcome,
            "week": self.week,
            "subgroup": self.judged.subgroup,
            "value": self.judged.value.value,
            "se": self.judged.value.se,
            "interval": list(self.judged.value.interval),
        }
        return row | {f"difference_from_{name}": self.judged.differences[name].to_dict() for name in REFERENCES}


def in_own_units(
    found: Judgement, measures: Mapping[str, Measure], horizon: int | str, order: tuple[str, ...]
) -> tuple[OutcomeValue, ...]:
    """Values by subgroup (everybody first), outcome (utility first) and week, then as judged; without classes."""
    rows = []
    for each in found.values:
        if each.outcome is None:
            rows.append(OutcomeValue(UTILITY, horizon, each))
            continue
        code, week = each.outcome.rsplit("_", 1)
        if code in measures:
            factor = measures[code].sign * measures[code].meaningful_change
            rows.append(OutcomeValue(code, int(week), each.times(factor)))
    outcomes, groups = (UTILITY, *measures), (None, *order)
    rows.sort(key=lambda row: (groups.index(row.judged.subgroup), outcomes.index(row.outcome), str(row.week).zfill(4)))
    return tuple(rows)
