"""Who was randomised: characteristics at the start by first arm, with standardised differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
import pandas as pd

from bestviz.cohort.selection import KNOWN, MISSING, Cohort
from bestviz.cohort.suppression import Count
from bestviz.cohort.tables import ALL, Table
from bestviz.trial import BASELINE_MEASURES, COLUMNS, MEASURES, TREATMENTS
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

YES = "yes"
_BARRED = tuple(column for code, column in CONTRAINDICATION_COLUMNS.items() if code in TREATMENTS)


@dataclass(frozen=True)
class Characteristic:
    """One characteristic at the start, by first arm.

    Attributes
    ----------
    name : str
        Participant column or measure code.
    levels : dict of str to dict of str to Count
        Level -> people by arm, `all` included; empty for a number.
    means : dict of str to (mean, SD) or None
        By arm, `all` included; None where fewer than 10 people are known; empty for a category.
    people : dict of str to Count
        People by arm, `all` included.
    missing : dict of str to Count
        Whose value is not known, by arm, `all` included.
    difference : float or None
        Largest standardised difference between two arms, absolute, worked out from what is shown.
    """

    name: str
    levels: dict[str, dict[str, Count]]
    means: dict[str, tuple[float, float] | None]
    people: dict[str, Count]
    missing: dict[str, Count]
    difference: float | None


def baseline(cohort: Cohort) -> tuple[Characteristic, ...]:
    """Characteristics at the start, in the order of the participant columns, then measures at week 0."""
    table, found = cohort.trial.participants, []
    for name, column in COLUMNS.items():
        wanted = (column.use in ("input", "description") and column.kind != "text") or name in _BARRED
        if not wanted or name not in table or table[name].isna().all():
            continue
        if column.kind == "category":
            levels = tuple(level for level in column.values if (table[name] == level).any())
            found.append(_category(cohort, name, table[name].astype("object"), levels))
        elif column.kind == "boolean":
            yes = table[name].map({True: YES, False: "no"}).astype("object")
            found.append(_category(cohort, name, yes, (YES, "no")))
        else:
            found.append(_number(cohort, name, table[name]))
    for code in BASELINE_MEASURES:
        if 0 in cohort.trial.weeks(code):
            values = cohort.trial.values(code, 0)
            if MEASURES[code].binary:
                found.append(_category(cohort, code, values.map({1.0: YES, 0.0: "no"}).astype("object"), (YES, "no")))
            else:
                found.append(_number(cohort, code, values))
    return tuple(found)


def _category(cohort: Cohort, name: str, values: pd.Series, levels: tuple[str, ...]) -> Characteristic:
    known = values.where(values.notna(), MISSING)
    table = cohort.table(known, (*levels, MISSING), overall=True, keep=YES, never=_never(name))
    shown = {level: _across(table, level) for level in levels}
    return Characteristic(name, shown, {}, _across(table, ALL), _across(table, MISSING), _gap(table, levels))


def _number(cohort: Cohort, name: str, values: pd.Series) -> Characteristic:
    levels = values.notna().map({True: KNOWN, False: MISSING})
    table = cohort.table(levels, (KNOWN, MISSING), overall=True)
    here = cohort.here(values).astype(float)
    means = {
        arm: _moments(here[cohort.arm_codes == place]) if cohort.is_safe(values, arm) else None
        for place, arm in enumerate(cohort.arms)
    }
    # The mean of all would tell that of an arm which is left out.
    means[ALL] = _moments(here) if None not in means.values() and cohort.is_safe(values) else None
    means = {arm: means[arm] for arm in (ALL, *cohort.arms)}
    parts = [part for arm, part in means.items() if part and arm != ALL]
    gaps = [abs(a - b) / sqrt((s * s + t * t) / 2) for (a, s), (b, t) in combinations(parts, 2) if s or t]
    gap = round(max(gaps), 2) if gaps else None
    return Characteristic(name, {}, means, _across(table, ALL), _across(table, MISSING), gap)


def _across(table: Table, level: str) -> dict[str, Count]:
    """One level by arm, everybody first."""
    return {arm: table[arm][level] for arm in (ALL, *(arm for arm in table if arm != ALL))}


def _moments(values: np.ndarray) -> tuple[float, float]:
    return round(float(np.nanmean(values)), 2), round(float(np.nanstd(values, ddof=1)), 2)


def _never(name: str) -> frozenset[tuple[str, str]]:
    """Nobody is assigned what is contraindicated, as every reader knows."""
    return frozenset((code, YES) for code, column in CONTRAINDICATION_COLUMNS.items() if column == name)


def _gap(table: Table, levels: tuple[str, ...]) -> float | None:
    """Largest standardised difference of a category (Yang and Dalton 2012).

    Levels that are hidden in some arm, and values not known, count as one: so it gives no hidden count away.
    """
    arms = {arm: row for arm, row in table.items() if arm != ALL and row[ALL].value}
    whole = [level for level in levels if all(row[level].value is not None for row in arms.values())]
    if not whole:
        return None
    shares = [np.array([row[level].low for level in whole]) / row[ALL].low for row in arms.values()]
    return round(max((_distance(a, b) for a, b in combinations(shares, 2)), default=0.0), 2)


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    spread = (np.diag(a) - np.outer(a, a) + np.diag(b) - np.outer(b, b)) / 2
    return float(sqrt(max((a - b) @ np.linalg.pinv(spread) @ (a - b), 0.0)))


def baseline_table(rows: tuple[Characteristic, ...], labels: Mapping[str, str]) -> pd.DataFrame:
    """The characteristics as a table of text; `labels` names the characteristics.

    Returns
    -------
    DataFrame of str
        Columns characteristic, level, all, one an arm (`62.1 (5.4)` or `120 (59)`), standardised_difference,
        not_known_all and one `not_known_ARM` an arm.
    """
    found = []
    for row in rows:
        head = {"characteristic": labels[row.name]}
        gap = "" if row.difference is None else f"{row.difference:.2f}"
        tail = {"standardised_difference": gap} | {f"not_known_{arm}": one.text for arm, one in row.missing.items()}
        if row.means:
            cells = {arm: mean_text(part) for arm, part in row.means.items()}
            found.append(head | {"level": "mean (SD)"} | cells | tail)
        for level, counts in row.levels.items():
            cells = {arm: share_text(count, row.people[arm]) for arm, count in counts.items()}
            found.append(head | {"level": level} | cells | tail)
    table = pd.DataFrame(found)
    arms = [name for name in table.columns if name in rows[0].people and name != ALL] if found else []
    rest = [name for name in table.columns if name not in ("characteristic", "level", ALL, *arms)]
    return table[["characteristic", "level", ALL, *arms, *rest]] if found else table


def mean_text(part: tuple[float, float] | None) -> str:
    """A mean with its standard deviation, for example `62.1 (5.4)`."""
    return f"{part[0]:.1f} ({part[1]:.1f})" if part else "not shown"


def share_text(count: Count, people: Count) -> str:
    """A count with its share of 100 of the arm, for example `120 (59)`; without a share where either is hidden."""
    if count.value is None or not people.value:
        return count.text
    return f"{count.value} ({100 * count.value / people.value:.0f})"
