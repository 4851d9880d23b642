"""The deck as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bestviz.reports.deck.pictures import Progress
from bestviz.reports.deck.slide import Slide
from bestviz.wording import slides as words


def deck_pptx(
    slides: Sequence[Slide],
    *,
    template: Path | bytes | None = None,
    title: str = words.DECK,
    dark: bool = False,
    progress: Progress | None = None,
) -> bytes:
    """The deck."""
    raise NotImplementedError
