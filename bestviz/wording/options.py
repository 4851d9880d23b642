"""Options and plans: which ranks first, what is as good, what to do then; at week 0 and at week 12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestviz.trial import TREATMENTS, arm_name, arm_title, treatments_of
from bestviz.wording.numbers import count_100, listed, sentence


def arm_first(arm: str) -> str:
    """A plan by its first arm: `Duloxetine first`."""
    return f"{arm_title(arm)} first"


def step(first: str, action: str, arm: str | None) -> str:
    """What to do after week 12, for example `Add duloxetine`."""
    if arm is None:
        return "No second step can be advised"
    if action == "continue":
        return f"Continue {arm_name(first)}"
    if action == "augment":
        return f"Keep {arm_name(first)}, add {_added(first, arm)}"
    return f"Switch to {arm_name(arm)}"


def _added(first: str, arm: str) -> str:
    return listed(TREATMENTS[code].name for code in treatments_of(arm) if code not in treatments_of(first))


def options(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options of the point of decision, week 0 or week 12, as the advice orders them."""
    rows: list[Mapping[str, Any]] = advice["first" if "first" in advice else "second"]
    return rows


def best(advice: Mapping[str, Any]) -> str | None:
    """The arm that ranks first; None where there is none."""
    arm: str | None = advice.get("recommended_first", advice.get("recommended_second"))
    return arm


def week_of(advice: Mapping[str, Any]) -> int:
    """The point of decision, week 0 or week 12."""
    return 0 if "first" in advice else 12


def usual_week(advice: Mapping[str, Any]) -> int:
    """The week of outcomes that is shown first: that of the horizon, the primary one where both count."""
    return 36 if advice["horizon"] == 36 else 24


def option_name(advice: Mapping[str, Any], arm: str) -> str:
    """An option inside a sentence; at week 12 by what is done, where the advice tells the first arm as `first_arm`.

    For example `duloxetine`, or `adding duloxetine`.
    """
    first = advice.get("first_arm")
    if week_of(advice) == 0 or first is None:
        return arm_name(arm)
    if arm == first:
        return f"continuing {arm_name(first)}"
    if first in treatments_of(arm):
        return f"adding {_added(first, arm)}"
    return f"switching to {arm_name(arm)}"


def option_title(advice: Mapping[str, Any], arm: str) -> str:
    """As `option_name`, with a capital."""
    return sentence(option_name(advice, arm))


def plan_name(advice: Mapping[str, Any], arm: str) -> str:
    """A plan by its first arm (`Duloxetine first`), at week 12 by what is done (`Adding duloxetine`)."""
    return arm_first(arm) if week_of(advice) == 0 else option_title(advice, arm)


def ranked(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Allowed options, best first."""
    return [option for option in options(advice) if option["allowed"] and option["utility"] is not None]


def refused(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Options that are not possible, without those that the trial never offers at this point."""
    return [option for option in options(advice) if not option["allowed"] and not _never_offered(option)]


def _never_offered(option: Mapping[str, Any]) -> bool:
    return (option["reason"] or "").startswith("not offered by the trial")


def not_told_apart(advice: Mapping[str, Any]) -> list[str]:
    """Arms that cannot be told apart from the best one, without those known to be equivalent and without the best."""
    first = best(advice)
    return [
        option["arm"]
        for option in ranked(advice)
        if option["arm"] != first and option["near_equal"] and not option["equivalent"]
    ]


def equivalent(advice: Mapping[str, Any]) -> list[str]:
    """Arms known to be equivalent to the best one, without the best."""
    first = best(advice)
    return [option["arm"] for option in ranked(advice) if option["arm"] != first and option["equivalent"]]


def headline(advice: Mapping[str, Any], nothing_known: bool = False) -> str:
    """The answer in one sentence; never a bare directive.

    `nothing_known` says that no input was entered: the answer is then told as that of an average.
    """
    text = _headline(advice)
    return text if not nothing_known or best(advice) is None else f"{_AVERAGE} {text}"


_AVERAGE = (
    "Nothing is known about this patient yet: what follows is the average over people like the trial's participants."
)


def _headline(advice: Mapping[str, Any]) -> str:
    first = best(advice)
    if first is None:
        if advice.get("by_response"):
            return "What ranks first depends on the response at week 12, which is not known yet."
        return "No option can be ranked for this patient."
    close, same = not_told_apart(advice), equivalent(advice)
    others = len(ranked(advice)) - 1
    parts = [f"{option_title(advice, first)} ranks first"]
    if others > 2 and len(close) == others:
        return f"{parts[0]}, but none of the other options can be told apart from it."
    if others > 2 and len(same) == others:
        return f"{parts[0]}, but all other options are equivalent to it."
    if same:
        parts.append(f"{_named(advice, same)} {'is' if len(same) == 1 else 'are'} equivalent to it")
    if close:
        parts.append(f"{_named(advice, close)} cannot be told apart from it")
    if len(parts) > 1:
        return f"{parts[0]}, but {' and '.join(parts[1:])}."
    if not others:
        return f"{parts[0]}: it is the only option left."
    return f"{parts[0]}, ahead of the other {'options' if others > 1 else 'option'}."


def _named(advice: Mapping[str, Any], arms: list[str]) -> str:
    return listed(option_name(advice, arm) for arm in arms)


def chances(advice: Mapping[str, Any]) -> str:
    """The chance of being best of each option, in words."""
    rows = ranked(advice)
    if not rows:
        return ""
    each = listed(f"{option_name(advice, row['arm'])} {count_100(row['probability_best'])}" for row in rows)
    return f"Chance of being the best {'first' if week_of(advice) == 0 else 'next'} step, of 100: {each}."


def refusal(advice: Mapping[str, Any], option: Mapping[str, Any]) -> str:
    """An option that is not possible, with its reason."""
    return f"{option_title(advice, option['arm'])}: {option['reason'] or 'not allowed'}"


def support(advice: Mapping[str, Any], option: Mapping[str, Any]) -> str:
    """How much stands behind one option."""
    people = option["worth_participants"]
    precise = "" if people is None else f"as precise as an average over about {people:.0f} people like this; "
    had = "started with it" if week_of(advice) == 0 else "had it after this first treatment and response"
    return f"{option_title(advice, option['arm'])}: {precise}{option['support']} participants {had}."
