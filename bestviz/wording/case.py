"""What a case says beside the model's inputs: treatments tried before, and how the first twelve weeks went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bestviz.trial import TREATMENTS
from bestviz.wording.numbers import listed, sentence

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
    return f"{sentence('tried before')}: {listed(known)}. {TRIED_NOTE}" if known else ""
