"""The four treatments of BEST and the arms built from them.

An *arm* is what is assigned for one 12-week period: one treatment (`"ACT"`) or a combination of two (`"ACT+DUL"`),
treatments joined by `+` in the fixed order ESC, ACT, EBEM, DUL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Treatment:
    """One of the four treatments of the trial.

    Attributes
    ----------
    code : str
        Short code used in data and labels.
    name : str
        Name a clinician reads, in sentence case without a capital.
    plain : str
        What it is, in plain words.
    """

    code: str
    name: str
    plain: str

    @property
    def title(self) -> str:
        """The name with a capital first letter, for headings and chart labels."""
        return self.name[0].upper() + self.name[1:]


# Source: trial site and registry entry NCT05396014.
TREATMENTS: dict[str, Treatment] = {
    t.code: t
    for t in (
        Treatment("ESC", "enhanced self-care", "self-care skills through online modules"),
        Treatment("ACT", "acceptance and commitment therapy", "skill-building sessions with a psychologist"),
        Treatment("EBEM", "exercise and manual therapy", "sessions with a physical therapist and a chiropractor"),
        Treatment("DUL", "duloxetine", "a prescription drug (an SNRI)"),
    )
}

SINGLE_ARMS: tuple[str, ...] = tuple(TREATMENTS)
PAIR_ARMS: tuple[str, ...] = tuple("+".join(pair) for pair in combinations(TREATMENTS, 2))
ARMS: tuple[str, ...] = SINGLE_ARMS + PAIR_ARMS


def treatments_of(arm: str) -> tuple[str, ...]:
    """Split an arm label into its treatments.

    Parameters
    ----------
    arm : str
        For example `"ACT+DUL"`.

    Returns
    -------
    tuple of str
        For example `("ACT", "DUL")`.
    """
    return tuple(arm.split("+"))


def arm_of(treatments: Iterable[str]) -> str:
    """Join treatments into an arm label in the fixed order ESC, ACT, EBEM, DUL."""
    wanted = set(treatments)
    return "+".join(code for code in TREATMENTS if code in wanted)


def arm_name(arm: str) -> str:
    """Name of an arm as a clinician reads it, for example `"acceptance and commitment therapy with duloxetine"`."""
    return " with ".join(TREATMENTS[code].name for code in treatments_of(arm))


def arm_title(arm: str) -> str:
    """Name of an arm with a capital first letter."""
    name = arm_name(arm)
    return name[0].upper() + name[1:]
