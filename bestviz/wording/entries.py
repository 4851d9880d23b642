"""What is said right under a field about the value in it."""

from __future__ import annotations

from bestviz.wording.measures import inside


def impossible(label: str, value: float, limits: str) -> str:
    """A value that cannot be; `limits` as in `0 to 10 points`."""
    return f"{value:g} is impossible for {inside(label)}: it goes from {limits}. Correct it or empty the field."


def not_whole(label: str, value: float) -> str:
    """A number with decimals where only whole ones exist."""
    return f"{value:g} is impossible for {inside(label)}: it must be a whole number. Correct it or empty the field."


def under_age(youngest: float) -> str:
    """Too young for the trial."""
    return f"Under {youngest:g} years: the trial enrolled adults only, so there is no advice."


def below_entry(criterion: str) -> str:
    """Outside an entry criterion of the trial; advice is given."""
    return f"Below the trial's entry criterion ({inside(criterion)}): read the advice with caution."
