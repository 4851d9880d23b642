"""The one answer to "which arms are allowed here", for both stages, one person or a table of people.

Allowed means: permitted by the design at this point, and free of every treatment that the person cannot have
(contraindicated, declined, not available, or stopped for harm).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bestviz.trial.sequences import RESPONSE_CLASSES, ResponseClass, permitted_second_arms
from bestviz.trial.treatments import ARMS, SINGLE_ARMS, TREATMENTS, treatments_of

CONTRAINDICATION_COLUMNS: dict[str, str] = {code: f"contraindicated_{code.lower()}" for code in TREATMENTS}


def refusals_first(excluded: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Why each first arm is not allowed.

    Parameters
    ----------
    excluded : mapping of treatment code to reason, optional
        What this person can have at no stage, with the reason in words.

    Returns
    -------
    dict
        Every single-treatment arm in the fixed order -> None where it is allowed, else the reason.
    """
    return {arm: _excluded_reason(arm, excluded or {}) for arm in SINGLE_ARMS}


def refusals_second(
    first: str,
    response: ResponseClass,
    excluded: Mapping[str, str] | None = None,
    stopped_for_harm: bool = False,
) -> dict[str, str | None]:
    """Why each second arm is not allowed.

    Parameters
    ----------
    first : str
        First arm as assigned.
    response : {"excellent", "good", "medium", "poor"}
        Response class at week 12.
    excluded : mapping of treatment code to reason, optional
        What this person can have at no stage.
    stopped_for_harm : bool
        Whether the first arm was stopped because of harm: its treatment leaves the set.

    Returns
    -------
    dict
        Every arm (four single, six pairs) -> None where it is allowed, else the reason.
    """
    reasons = dict(excluded or {})
    if stopped_for_harm:
        for code in treatments_of(first):
            reasons[code] = f"{TREATMENTS[code].name} was stopped because of harm"
    permitted = permitted_second_arms(first, response)
    return {
        arm: _excluded_reason(arm, reasons)
        if arm in permitted
        else f"not offered by the trial after {TREATMENTS[first].name} with {response} response"
        for arm in ARMS
    }


def allowed_first_table(participants: pd.DataFrame) -> pd.DataFrame:
    """Allowed first arms of many people.

    Parameters
    ----------
    participants : DataFrame, one row a person
        Contraindication columns (`contraindicated_esc`, ...) are read where present; missing means not contraindicated.

    Returns
    -------
    DataFrame of bool, same index, one column a single-treatment arm
    """
    contraindicated = contraindication_table(participants)
    return pd.DataFrame({arm: ~contraindicated[arm] for arm in SINGLE_ARMS}, index=participants.index)


def allowed_second_table(participants: pd.DataFrame) -> pd.DataFrame:
    """Allowed second arms of many people.

    Parameters
    ----------
    participants : DataFrame, one row a person
        Needs `first_arm`; reads `response`, `stopped_for_harm` and the contraindication columns where present. With an
        unknown response, everything that some class would permit is allowed.

    Returns
    -------
    DataFrame of bool, same index, one column an arm (ten columns)
    """
    contraindicated = contraindication_table(participants)
    harm = _flag(participants, "stopped_for_harm")
    first = participants["first_arm"].astype("string")
    response = (
        participants["response"].astype("string")
        if "response" in participants
        else pd.Series(pd.NA, index=participants.index, dtype="string")
    )
    patterns = pd.DataFrame({"first": first, "response": response, "harm": harm}).join(contraindicated)
    table = pd.DataFrame(False, index=participants.index, columns=list(ARMS))
    for rows in patterns.groupby(list(patterns.columns), dropna=False).groups.values():
        # The rows of a group are alike: the first one speaks for all.
        first_arm, response_class, stopped, *barred = patterns.loc[rows[0]]
        if pd.isna(first_arm):
            continue
        excluded = {code: "contraindicated" for code, no in zip(TREATMENTS, barred, strict=True) if no}
        classes = RESPONSE_CLASSES if pd.isna(response_class) else (response_class,)
        for one in classes:
            refusals = refusals_second(first_arm, one, excluded, bool(stopped))
            table.loc[rows] |= [refusals[arm] is None for arm in ARMS]
    return table


def contraindication_table(participants: pd.DataFrame) -> pd.DataFrame:
    """Contraindicated treatments of many people: DataFrame of bool, one column a treatment code."""
    return pd.DataFrame(
        {code: _flag(participants, column) for code, column in CONTRAINDICATION_COLUMNS.items()},
        index=participants.index,
    )


def _excluded_reason(arm: str, excluded: Mapping[str, str]) -> str | None:
    return next((excluded[code] for code in treatments_of(arm) if code in excluded), None)


def _flag(participants: pd.DataFrame, column: str) -> pd.Series:
    if column not in participants:
        return pd.Series(False, index=participants.index)
    return participants[column].astype("boolean").fillna(False).astype(bool)
