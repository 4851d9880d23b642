"""Options and plans: which ranks first, what is as good, what to do then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestviz.trial import TREATMENTS, arm_name, arm_title, treatments_of
from bestviz.wording.numbers import count_100, listed


def arm_first(arm: str) -> str:
    """A plan by its first arm: `Duloxetine first`."""
    return f"{arm_title(arm)} first"


def step(first: str, action: str, arm: str | None) -> str:
    """What to do after week 12, for example `Add duloxetine`."""
    if arm is None:
        return "No second step can be advised"
    added = [TREATMENTS[code].name for code in treatments_of(arm) if code not in treatments_of(first)]
    if action == "continue":
        return f"Continue {arm_name(first)}"
    if action == "augment":
        return f"Keep {arm_name(first)}, add {listed(added)}"
    return f"Switch to {arm_name(arm)}"


def ranked(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Allowed options, best first."""
    return [option for option in advice["first"] if option["allowed"] and option["utility"] is not None]


def not_told_apart(advice: Mapping[str, Any]) -> list[str]:
    """Arms that cannot be told apart from the best one, without those known to be equivalent and without the best."""
    best = advice["recommended_first"]
    return [
        option["arm"]
        for option in ranked(advice)
        if option["arm"] != best and option["near_equal"] and not option["equivalent"]
    ]


def equivalent(advice: Mapping[str, Any]) -> list[str]:
    """Arms known to be equivalent to the best one, without the best."""
    best = advice["recommended_first"]
    return [option["arm"] for option in ranked(advice) if option["arm"] != best and option["equivalent"]]


def headline(advice: Mapping[str, Any], nothing_known: bool = False) -> str:
    """The answer in one sentence; never a bare directive.

    `nothing_known` says that no input was entered: the answer is then told as that of an average.
    """
    text = _headline(advice)
    return text if not nothing_known or advice["recommended_first"] is None else f"{_AVERAGE} {text}"


_AVERAGE = (
    "Nothing is known about this patient yet: what follows is the average over people like the trial's participants."
)


def _headline(advice: Mapping[str, Any]) -> str:
    best = advice["recommended_first"]
    if best is None:
        return "No option can be ranked for this patient."
    close, same = not_told_apart(advice), equivalent(advice)
    others = len(ranked(advice)) - 1
    parts = [f"{arm_title(best)} ranks first"]
    if others > 2 and len(close) == others:
        return f"{parts[0]}, but none of the other options can be told apart from it."
    if others > 2 and len(same) == others:
        return f"{parts[0]}, but all other options are equivalent to it."
    if same:
        parts.append(f"{listed(map(arm_name, same))} {'is' if len(same) == 1 else 'are'} equivalent to it")
    if close:
        parts.append(f"{listed(map(arm_name, close))} cannot be told apart from it")
    if len(parts) > 1:
        return f"{parts[0]}, but {' and '.join(parts[1:])}."
    if not others:
        return f"{parts[0]}: it is the only option left."
    return f"{parts[0]}, ahead of the other {'options' if others > 1 else 'option'}."


def chances(advice: Mapping[str, Any]) -> str:
    """The chance of being best of each option, in words."""
    options = ranked(advice)
    if not options:
        return ""
    each = listed(f"{arm_name(option['arm'])} {count_100(option['probability_best'])}" for option in options)
    return f"Chance of being the best first step, of 100: {each}."


def refusal(option: Mapping[str, Any]) -> str:
    """An option that is not possible, with its reason."""
    return f"{arm_title(option['arm'])}: {option['reason'] or 'not allowed'}"


def support(option: Mapping[str, Any], week: int = 0) -> str:
    """How much stands behind one option at week 0, or at week 12."""
    people = option["worth_participants"]
    precise = "" if people is None else f"as precise as an average over about {people:.0f} people like this; "
    had = "started with it" if week == 0 else "had it after this first treatment and response"
    return f"{arm_title(option['arm'])}: {precise}{option['support']} participants {had}."
