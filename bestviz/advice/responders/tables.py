"""The numbers under the figures of who responds, as tables to be saved; counts of fewer than 10 people are hidden."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bestviz.advice.responders.fairness import Fairness, FairnessRow
from bestviz.advice.responders.groups import FEWEST_IN_A_GROUP
from bestviz.advice.responders.modification import Modification
from bestviz.advice.responders.profiles import Profile
from bestviz.cohort.suppression import Count
from bestviz.cohort.tables import protect_groups

_LEFT = "left out"
_PLACES = 2  # decimals of a group's numbers


def modifier_table(modification: Modification) -> pd.DataFrame:
    """One row a predictor and treatment; effects in meaningful changes."""
    return pd.DataFrame(
        {
            "treatment": row.treatment,
            "predictor": row.label,
            "level": row.level,
            "effect_of_one_sd": row.effect,
            "effect_lower_95": row.effect_interval[0],
            "effect_upper_95": row.effect_interval[1],
            "effect_of_one_unit_or_level": row.per_unit,
            "unit_lower_95": row.per_unit_interval[0],
            "unit_upper_95": row.per_unit_interval[1],
            "unit": row.unit,
            "participants": modification.people[row.treatment],
        }
        for row in modification.modifiers
    )


def profile_table(profile: Profile) -> pd.DataFrame:
    """One row a first treatment and value of the feature."""
    people = dict(zip(profile.values, profile.people, strict=True))
    labels = dict(zip(profile.values, profile.value_labels, strict=True))
    few = f"<{FEWEST_IN_A_GROUP}"
    return pd.DataFrame(
        {
            "first_treatment": point.arm,
            profile.feature: labels[point.value],
            "people_near": str(people[point.value]) if people[point.value] >= FEWEST_IN_A_GROUP else few,
            "mean": point.mean,
            "lower_95": point.mean_interval[0],
            "upper_95": point.mean_interval[1],
            "difference_from_esc": point.difference,
            "difference_lower_95": None if point.difference_interval is None else point.difference_interval[0],
            "difference_upper_95": None if point.difference_interval is None else point.difference_interval[1],
        }
        for point in profile.points
    )


def group_sizes(rows: Sequence[FairnessRow]) -> dict[tuple[str, str], Count]:
    """People of each (column, group), everybody first; how many are in no group that is shown cannot be worked out."""
    everybody, *groups = rows
    sizes = {(everybody.column, everybody.group): Count(everybody.people, everybody.people)}
    for column in dict.fromkeys(row.column for row in groups):
        found = {row.group: row.people for row in groups if row.column == column}
        left = everybody.people - sum(found.values())
        shown = protect_groups(found | ({_LEFT: left} if left else {}))
        sizes |= {(column, group): shown[group] for group in found}
    return sizes


def group_table(fairness: Fairness) -> pd.DataFrame:
    """One row a group; amounts in meaningful changes, rounded as shown: more would tell the mean of a small rest."""
    sizes = group_sizes(fairness.rows)
    return pd.DataFrame(
        {
            "grouped_by": row.column,
            "group": row.group,
            "people": sizes[row.column, row.group].text,
            "gain": row.gain,
            "lower_95": row.gain_interval[0],
            "upper_95": row.gain_interval[1],
            "as_recommended": row.utility,
            "as_randomised": row.utility_as_randomised,
        }
        for row in fairness.rows
    ).round(_PLACES)
