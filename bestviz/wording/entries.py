"""What is said right under a field about the value in it."""

from __future__ import annotations

import re

from bestviz.wording.measures import input_label, inside


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


def refused_entry(message: str) -> str:
    """A refusal of a patient file in the words of the page: names of fields, and empty for null."""
    named = re.match(r"(baseline|interim)\.(\w+): ", message)
    if named is None:
        return message
    when = " (week 12)" if named[1] == "interim" else ""
    rest = message[named.end() :].replace("or be null if", "or be left empty if")
    return f"{input_label(named[2])}{when}: {rest}"
