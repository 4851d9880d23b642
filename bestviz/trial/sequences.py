"""Which second arms the design permits after a first arm and a week-12 response, and what such a step is called.

Source: the trial statisticians' list of sequences: 22 permitted (first, second) pairs. Enhanced self-care is never
dropped when it came first, and nobody is switched to enhanced self-care alone.
"""

from __future__ import annotations

from typing import Literal

from bestviz.trial.treatments import SINGLE_ARMS, arm_of, treatments_of

ResponseClass = Literal["excellent", "good", "medium", "poor"]
Action = Literal["continue", "augment", "switch"]

RESPONSE_CLASSES: tuple[ResponseClass, ...] = ("excellent", "good", "medium", "poor")
ACTIONS: tuple[Action, ...] = ("continue", "augment", "switch")

_ACTIONS_AFTER_ACTIVE: dict[ResponseClass, tuple[Action, ...]] = {
    "excellent": ("continue",),
    "good": ("augment",),
    "medium": ("augment", "switch"),
    "poor": ("switch",),
}
_ACTIONS_AFTER_ESC: dict[ResponseClass, tuple[Action, ...]] = {
    "excellent": ("continue",),
    "good": ("augment",),
    "medium": ("augment",),
    "poor": ("augment",),
}


def permitted_actions(first: str, response: ResponseClass) -> tuple[Action, ...]:
    """Actions that the design permits after a first arm and a response class."""
    return (_ACTIONS_AFTER_ESC if first == "ESC" else _ACTIONS_AFTER_ACTIVE)[response]


def arms_for_action(first: str, action: Action) -> tuple[str, ...]:
    """Second arms that carry out an action after a first arm, whatever the response."""
    if action == "continue":
        return (first,)
    others = tuple(code for code in SINGLE_ARMS if code != first)
    if action == "augment":
        return tuple(arm_of((first, other)) for other in others)
    return tuple(code for code in others if code != "ESC") if first != "ESC" else ()


def permitted_second_arms(first: str, response: ResponseClass) -> tuple[str, ...]:
    """Second arms that the design permits after a first arm and a response class.

    Parameters
    ----------
    first : str
        First arm, a single treatment.
    response : {"excellent", "good", "medium", "poor"}
        Response class at week 12.

    Returns
    -------
    tuple of str
        Arm labels; contraindications are not considered here (see `bestviz.trial.allowed`).
    """
    return tuple(arm for action in permitted_actions(first, response) for arm in arms_for_action(first, action))


def action_of(first: str, second: str) -> Action:
    """Name the step from a first to a second arm: continue, augment or switch."""
    if first == second:
        return "continue"
    return "augment" if first in treatments_of(second) else "switch"


PERMITTED_PAIRS: tuple[tuple[str, str], ...] = tuple(
    (first, second)
    for first in SINGLE_ARMS
    for second in dict.fromkeys(arm for response in RESPONSE_CLASSES for arm in permitted_second_arms(first, response))
)
