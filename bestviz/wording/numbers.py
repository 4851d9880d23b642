"""Numbers, counts of 100 and lists as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def count_100(chance: float) -> str:
    """A chance as a count of 100, for example `52`; never 0 or 100 where it is not exactly that."""
    if 0 < chance < 0.005:
        return "fewer than 1"
    if 0.995 < chance < 1:
        return "more than 99"
    return f"{100 * chance:.0f}"


def of_100(chance: float) -> str:
    """A chance in words, for example `52 of 100`."""
    return f"{count_100(chance)} of 100"


def number(value: float, decimals: int = 1, signed: bool = False) -> str:
    """A number with a true minus sign; with `signed` also a plus."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("−" if value < 0 else "+" if signed else "") + text


def interval(ends: Sequence[float], decimals: int = 1, signed: bool = False) -> str:
    """`−2.6 to −1.5`."""
    low, high = ends
    return f"{number(low, decimals, signed)} to {number(high, decimals, signed)}"
