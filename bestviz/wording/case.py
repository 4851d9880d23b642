"""What a case says beside the model's inputs: treatments tried before, and how the first twelve weeks went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bestviz.trial import TREATMENTS
from bestviz.wording.numbers import listed

TRIED: dict[str, str] = {
    "helped": "it helped",
    "did_not_help": "it did not help",
    "side_effects": "stopped because of side effects",
    "not_recalled": "how it went is not known",
}

TAKEN: dict[str, str] = {
    "whole": "to the end",
    "stopped": "stopped early",
    "harm": "stopped because of harm or side effects",
}

BEGIN = "Choose the first treatment on the left: what comes next depends on it."

FRESH = "Nothing is entered for week 0 yet: fill in “Who”, open a case, or go on with what is known."
EXPECTED_NOTE = (
    "Expected at the start: what the model says from the values of week 0 alone, for the first treatment that was had."
)

PGIC: dict[int, str] = {
    1: "1 very much improved",
    2: "2 much improved",
    3: "3 minimally improved",
    4: "4 no change",
    5: "5 minimally worse",
    6: "6 much worse",
    7: "7 very much worse",
}

TRIED_NOTE = (
    "The model does not know what was tried before, so the ranking does not change with it: weigh it together with "
    "the patient."
)


def tried_before(tried: Mapping[str, str], allowed: Iterable[str]) -> str:
    """Which of the allowed treatments were tried before, and how that went; empty where none was."""
    allowed = tuple(allowed)
    known = [
        f"{TREATMENTS[code].name} ({TRIED[tried[code]]})" for code in TREATMENTS if code in tried and code in allowed
    ]
    return f"Tried before: {listed(known)}. {TRIED_NOTE}" if known else ""


def continued(count: int) -> str:
    """That the patient is the one of the Patient page."""
    things = "1 value" if count == 1 else f"{count} values"
    return f"The same patient as on the Patient page, with {things} of week 0."


def verdict(observed: float, expected: float, ends: tuple[float, float], sign: int) -> str:
    """Whether a value at week 12 is what could be expected; `ends` hold 8 of 10 people like this."""
    low, high = ends
    if low <= observed <= high:
        return "within what was expected"
    better = sign * (observed - expected) > 0
    return f"{'better' if better else 'worse'} than for 9 of 10 people like this"
