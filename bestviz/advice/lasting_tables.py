"""The numbers on what lasts, as a table to be saved."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bestviz.advice.lasting_result import Amount, Course, Lasting


def lasting_table(every: Mapping[str, Lasting]) -> pd.DataFrame:
    """One row a measure, first treatment and comparison; in the measure's own unit and sign."""
    rows = []
    for code, lasting in every.items():
        for row in lasting.rows:
            for against, course in (("week 0", row.change), ("enhanced self-care", row.against_esc)):
                if course is not None:
                    head = {
                        "measure": code,
                        "unit": lasting.unit,
                        "first_treatment": row.arm,
                        "difference_from": against,
                    }
                    rows.append(head | _amounts(course) | {"participants": lasting.people})
    return pd.DataFrame(rows)


def _amounts(course: Course) -> dict[str, float | None]:
    found = {
        **_amount("week_24", course.week_24),
        **_amount("week_36", course.week_36),
        **_amount("week_36_less_24", course.fading),
        "share_kept": course.kept.share,
    }
    low, high = course.kept.interval or (None, None)
    return found | {"share_kept_lower_95": low, "share_kept_upper_95": high}


def _amount(name: str, amount: Amount) -> dict[str, float | None]:
    return {name: amount.estimate, f"{name}_lower_95": amount.interval[0], f"{name}_upper_95": amount.interval[1]}
