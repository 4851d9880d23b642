"""What a slide is: one question, one figure, table or list of points, and what the presenter says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bestviz import wording

if TYPE_CHECKING:
    import plotly.graph_objects as go


def unchanged(_figure: go.Figure) -> None:
    """Leave a figure as it is."""


@dataclass(frozen=True)
class Table:
    """A small table of text.

    Attributes
    ----------
    heads : tuple of str
        Heads of the columns.
    rows : tuple of tuple of str
        As many cells each as there are heads; the first one is the head of the row.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Slide:
    """One slide; its body is a figure, else a table, else points.

    Attributes
    ----------
    key : str
        Stable name, unique in a deck; no patient data.
    title : str
        What the slide says or asks, at most about 60 characters.
    caption : tuple of str
        Short sentences under the body, large enough to be read from the last row: of how many people, which interval,
        which time point.
    details : tuple of str
        What else belongs to the caption; in the notes, and on the page.
    notes : tuple of str
        What the presenter can say, a paragraph each, with the numbers.
    alt : str
        Alternative text of the figure or table; empty for points.
    simulated : bool
        Whether the data are simulated; every export then says so on the slide.
    points : tuple of str
        Sentences of a slide of text.
    table : Table or None
    build : callable(dark=bool) -> Figure, or None
        Builds the figure as on the pages.
    fit : callable(Figure) -> None
        Changes of the figure for a wide slide, before everything is made larger.
    """

    key: str
    title: str
    caption: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alt: str = ""
    simulated: bool = False
    points: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    table: Table | None = None
    build: Callable[..., go.Figure] | None = None
    fit: Callable[[go.Figure], None] = unchanged

    def figure(self, dark: bool = False) -> go.Figure | None:
        """The figure as on the pages, in the light or the dark scheme; None where there is none."""
        return None if self.build is None else self.build(dark=dark)

    @property
    def note(self) -> str:
        """The note on simulated data as a sentence; empty where they are not."""
        return f"{wording.SIMULATED}." if self.simulated else ""

    @property
    def small_print(self) -> str:
        """Note on simulated data and caption in one paragraph, as on the slide."""
        return " ".join([*([self.note] if self.note else []), *self.caption])

    @property
    def spoken(self) -> str:
        """What the presenter reads: notes, the figure in words, then the whole caption."""
        whole = " ".join((*self.caption, *self.details))
        text = "\n\n".join(part for part in (*self.notes, self.alt, whole) if part)
        return text if self.note in text else f"{text}\n\n{self.note}".strip()
