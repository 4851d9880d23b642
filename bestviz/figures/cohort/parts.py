"""What the figures of the cohort share: text that is no markup, shades of one colour, rows of arms."""

from __future__ import annotations

from html import escape
from typing import Any

from bestviz.cohort.suppression import Count
from bestviz.figures.theme import Palette

SIZE = 12  # of small text, pixels
DODGE = 0.5  # weeks between arms, so that points at one week stay apart


def plain(text: str) -> str:
    """Text for a figure: "<10" is no markup."""
    return escape(text, quote=False)


def count(value: Count) -> str:
    """A count for a figure."""
    return plain(value.text)


def shade(colors: Palette, share: float) -> tuple[str, str]:
    """The accent mixed into the background, and the colour of text on it, both `#RRGGBB`."""
    mixed = [
        round(share * a + (1 - share) * b)
        for a, b in zip(_parts(colors.accent), _parts(colors.background), strict=True)
    ]
    text = max((colors.text, colors.background), key=lambda one: _contrast(_parts(one), mixed))
    return "#" + "".join(f"{part:02X}" for part in mixed), text


def _parts(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def _contrast(a: list[int], b: list[int]) -> float:
    low, high = sorted(
        sum(w * (x / 255) ** 2.2 for w, x in zip((0.2126, 0.7152, 0.0722), c, strict=True)) for c in (a, b)
    )
    return (high + 0.05) / (low + 0.05)


def note(text: str, x: float, y: float, **how: Any) -> dict[str, Any]:
    """An annotation without an arrow."""
    return {"text": text, "x": x, "y": y, "showarrow": False, **how}


def dodge(place: int, arms: int) -> float:
    """How far the points of the arm at this place stand from their week."""
    return DODGE * (place - (arms - 1) / 2)
