"""How a regime is drawn: a single treatment in its own colour and marker, everything else in accent or grey."""

from __future__ import annotations

from typing import Any

from bestviz.figures.theme import look, palette
from bestviz.regime.judging.regimes import AS_RANDOMISED, BEST_FIXED, BEST_SINGLE, FIRST_ONLY, LEARNED, SINGLE, TREE

_SYMBOLS = {
    AS_RANDOMISED: "x",
    BEST_SINGLE: "star",
    BEST_FIXED: "hexagon",
    FIRST_ONLY: "triangle-right",
    LEARNED: "circle",
    TREE: "cross",
}
_ACCENTED = (FIRST_ONLY, LEARNED, TREE)


def mark(regime: str, dark: bool) -> dict[str, Any]:
    """Marker of a regime."""
    if regime.startswith(SINGLE):
        style = look(regime.removeprefix(SINGLE), dark)
        return {"symbol": style.symbol, "color": style.color}
    colors = palette(dark)
    return {"symbol": _SYMBOLS[regime], "color": colors.accent if regime in _ACCENTED else colors.muted}
