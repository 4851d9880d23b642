"""The four treatments of BEST and the arms built from them.

An *arm* is what is assigned for one 12-week period: one treatment (`"ACT"`) or a combination of two (`"ACT+DUL"`),
treatments joined by `+` in the fixed order ESC, ACT, EBEM, DUL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Effort:
    """What a treatment asks of a patient over one period of 12 weeks, in plain words.

    Attributes
    ----------
    visits : str
        Contacts with a professional.
    home : str
        What is done at home.
    usual_harm : str
        The commonest unwanted effects.
    """

    visits: str
    home: str
    usual_harm: str


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
    effort : Effort
        What it asks of a patient.
    """

    code: str
    name: str
    plain: str
    effort: Effort

    @property
    def title(self) -> str:
        """The name with a capital first letter, for headings and chart labels."""
        return self.name[0].upper() + self.name[1:]


# Names and what they are: trial site and registry entry NCT05396014. Efforts: assumed; the trial's own numbers of
# visits are not public, and what is offered differs from place to place. Unwanted effects of duloxetine: public drug
# references; of the others: what is usual for such treatments (assumed).
EFFORT_SOURCE = "usual amounts (assumed): the trial's own numbers are not public, and places differ"

TREATMENTS: dict[str, Treatment] = {
    t.code: t
    for t in (
        Treatment(
            "ESC",
            "enhanced self-care",
            "self-care skills through online modules",
            Effort("no visits", "online modules, about an hour a week", "hardly any are known"),
        ),
        Treatment(
            "ACT",
            "acceptance and commitment therapy",
            "skill-building sessions with a psychologist",
            Effort("about one session a week", "short exercises on most days", "feeling upset for a while"),
        ),
        Treatment(
            "EBEM",
            "exercise and manual therapy",
            "sessions with a physical therapist and a chiropractor",
            Effort("about one session a week", "exercises on most days", "sore muscles, more pain for a day or two"),
        ),
        Treatment(
            "DUL",
            "duloxetine",
            "a prescription drug (an SNRI)",
            Effort(
                "a visit to start and a few to check",
                "a capsule every day; it must not be stopped suddenly",
                "nausea, dry mouth, sleepiness, constipation, sweating",
            ),
        ),
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
