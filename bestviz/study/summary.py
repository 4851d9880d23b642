"""What the repeats of one study say together: each measure with its interval, beside its target.

Cases of one trial depend on each other, so standard errors rest on trials, not on cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t

from bestviz.study.lines import Line
from bestviz.study.measures import BINS, MEASURES, Measured

FloatArray = npt.NDArray[np.float64]
Ends = tuple[float, float]
Verdict = Literal["met", "missed", "unclear"]
LEAST_CASES = 100  # of a tenth whose error counts
_Z = 1.959963984540054


@dataclass(frozen=True)
class Found:
    """One measure over all repeats that have it.

    Attributes
    ----------
    key, says, unit : str
        As in `Measured`; `says` names the arm where there is one.
    value : float
        Shares are from 0 to 1.
    se : float or None
        Standard error; None with fewer than 2 repeats, and of a largest error.
    interval : (float, float) or None
        95 %.
    repeats : int
    cases : int or None
        What was pooled; None for a mean of repeats.
    target : (float, float) or None
    verdict : {"met", "missed", "unclear"} or None
        Unclear: the value is outside the target, the interval reaches it.
    """

    key: str
    says: str
    unit: str
    value: float
    se: float | None
    interval: Ends | None
    repeats: int
    cases: int | None
    target: Ends | None
    verdict: Verdict | None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; an end of the target that is open is null."""
        ends = None if self.target is None else [end if np.isfinite(end) else None for end in self.target]
        interval = None if self.interval is None else list(self.interval)
        return vars(self) | {"target": ends, "interval": interval}


@dataclass(frozen=True)
class Tenth:
    """Options whose chance of being best was said to be within one tenth.

    Attributes
    ----------
    said : float
        Mean of the chances said.
    true : float
        Share that was truly best.
    interval : (float, float)
        95 %, of `true`.
    cases : int
    """

    said: float
    true: float
    interval: Ends
    cases: int

    @property
    def error(self) -> float:
        """How far the chance said is from the true share."""
        return abs(self.said - self.true)


def summary(lines: Iterable[Line]) -> tuple[Found, ...]:
    """Every measure that some line has, in their order.

    Parameters
    ----------
    lines : iterable of dict
        Of one study; those that are `unavailable` are left out.
    """
    good = [line for line in lines if "unavailable" not in line]
    found = []
    for measured in MEASURES:
        for one in _named(measured, good):
            values = [line[one.key] for line in good if line.get(one.key) is not None]
            if values and (row := _COMBINED[one.combined](one, values)) is not None:
                found.append(row)
    return tuple(found)


def tenths(lines: Iterable[Line], key: str = "chances") -> tuple[Tenth, ...]:
    """The stated chances of being best beside how often it was so, for each tenth that has cases."""
    rows = [line[key] for line in lines if line.get(key) is not None]
    return _tenths(np.array(rows, dtype=float).reshape(len(rows), BINS, 3))


def summary_table(found: Iterable[Found]) -> pd.DataFrame:
    """The same as a table, a row a measure."""
    rows = [
        {
            "measure": one.says,
            "unit": one.unit or "share",
            "found": one.value,
            "standard error": one.se,
            "lower end": None if one.interval is None else one.interval[0],
            "upper end": None if one.interval is None else one.interval[1],
            "target from": None if one.target is None else one.target[0],
            "target to": None if one.target is None else one.target[1],
            "verdict": one.verdict or "",
            "repeats": one.repeats,
        }
        for one in found
    ]
    return pd.DataFrame(rows)


# -- how repeats are combined -----------------------------------------------------------------------------------------


def _mean(measured: Measured, values: Sequence[float]) -> Found:
    each = np.array(values, dtype=float)
    se = float(each.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else None
    value = float(each.mean())
    return _found(measured, value, se, _around(value, se, len(each)), len(each), None)


def _pooled(measured: Measured, values: Sequence[Sequence[float]]) -> Found | None:
    sums, cases = np.array(values, dtype=float).T
    if not cases.sum():
        return None
    value, se = _ratio(sums, cases)
    is_share = not measured.unit
    ends = _wilson(value, se, len(cases), cases.sum()) if is_share else _around(value, se, len(cases))
    return _found(measured, value, se, ends, len(cases), int(cases.sum()))


def _largest_error(measured: Measured, values: Sequence[Any]) -> Found | None:
    rows = [row for row in _tenths(np.array(values, dtype=float)) if row.cases >= LEAST_CASES]
    if not rows:
        return None
    largest = max(row.error for row in rows)
    found = _found(measured, largest, None, None, len(values), sum(row.cases for row in rows))
    if measured.target is None or found.verdict == "met":
        return found
    allowed = measured.target[1]
    sure = any(not _overlap(row.interval, (row.said - allowed, row.said + allowed)) for row in rows)
    return replace(found, verdict="missed" if sure else "unclear")


_COMBINED: Mapping[str, Callable[[Measured, Any], Found | None]] = {
    "mean": _mean,
    "pooled": _pooled,
    "deciles": _largest_error,
}


def _tenths(bins: FloatArray) -> tuple[Tenth, ...]:
    """From sums of shape (repeats, tenths, 3): chances said, truly best, cases."""
    rows = []
    for at in range(bins.shape[1]):
        said, true, cases = bins[:, at].T
        if cases.sum():
            share, se = _ratio(true, cases)
            ends = _wilson(share, se, int((cases > 0).sum()), cases.sum())
            rows.append(Tenth(float(said.sum() / cases.sum()), share, ends, int(cases.sum())))
    return tuple(rows)


def _named(measured: Measured, lines: Sequence[Mapping[str, Any]]) -> list[Measured]:
    """The measure itself, or where its key ends in `*` one for each arm that the lines have."""
    if not measured.key.endswith("*"):
        return [measured]
    start = measured.key[:-1]
    keys = dict.fromkeys(key for line in lines for key in line if key.startswith(start))
    return [replace(measured, key=key, says=measured.says.format(arm=key.removeprefix(start))) for key in keys]


def _found(
    measured: Measured,
    value: float,
    se: float | None,
    ends: Ends | None,
    repeats: int,
    cases: int | None,
) -> Found:
    verdict: Verdict | None = None
    if measured.target is not None:
        inside = measured.target[0] <= value <= measured.target[1]
        verdict = "met" if inside else "unclear" if ends is None or _overlap(ends, measured.target) else "missed"
    return Found(
        measured.key, measured.says, measured.unit, value, se, ends, repeats, cases, measured.target, verdict
    )  # fmt: skip


def _ratio(sums: FloatArray, cases: FloatArray) -> tuple[float, float | None]:
    """A ratio of sums over repeats, and its standard error; repeats are independent, their cases are not."""
    value, repeats = float(sums.sum() / cases.sum()), len(cases)
    if repeats < 2:
        return value, None
    spread = float(((sums - value * cases) ** 2).sum()) * repeats / (repeats - 1)
    return value, float(np.sqrt(spread) / cases.sum())


def _around(value: float, se: float | None, repeats: int) -> Ends | None:
    if se is None:
        return None
    half = float(t.ppf(0.975, repeats - 1)) * se
    return value - half, value + half


def _wilson(share: float, se: float | None, repeats: int, cases: float) -> Ends:
    """Wilson's interval with as many independent cases as give this standard error; at 0 or 1, one a repeat."""
    chance = share * (1 - share)
    number = float(repeats) if not se or chance <= 0 else float(min(cases, chance / se**2))
    center = (share + _Z**2 / (2 * number)) / (1 + _Z**2 / number)
    half = _Z * np.sqrt(max(chance, 0) / number + _Z**2 / (4 * number**2)) / (1 + _Z**2 / number)
    return max(0.0, float(center - half)), min(1.0, float(center + half))


def _overlap(one: Ends, other: Ends) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
