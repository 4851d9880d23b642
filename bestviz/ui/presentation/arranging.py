"""How a presenter arranges a deck: which slides in which order, with which titles and notes; in the session only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from bestviz.reports.deck import Slide
from bestviz.wording import presentation as words

JOURNEY = "journey_"  # keys of slides of representative patients begin with it; they are added on request
KEY_ARRANGEMENT, KEY_AT = "deck.arrangement", "deck.at"


@dataclass(frozen=True)
class Arrangement:
    """What a presenter changed.

    Attributes
    ----------
    order : tuple of str or None
        Keys of the chosen slides; None as long as nothing was chosen: all but the journeys.
    titles, remarks : mapping of str to str
        Key -> title in place of the slide's own, and note of the presenter's own.
    """

    order: tuple[str, ...] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)

    def keys(self, deck: Sequence[Slide]) -> tuple[str, ...]:
        """Keys of the chosen slides that the deck has, in order."""
        offered = [slide.key for slide in deck]
        if self.order is None:
            return tuple(key for key in offered if not key.startswith(JOURNEY))
        return tuple(key for key in self.order if key in offered)

    def slides(self, deck: Sequence[Slide]) -> tuple[Slide, ...]:
        """The chosen slides with the presenter's words."""
        found = {slide.key: slide for slide in deck}
        return tuple(self._worded(found[key]) for key in self.keys(deck))

    def left(self, deck: Sequence[Slide]) -> tuple[Slide, ...]:
        """The slides that are not chosen, in the order of the deck."""
        chosen = self.keys(deck)
        return tuple(self._worded(slide) for slide in deck if slide.key not in chosen)

    def moved(self, deck: Sequence[Slide], key: str, by: int) -> Arrangement:
        """One slide put further down (1) or up (-1); at the end it stays."""
        order = list(self.keys(deck))
        at = order.index(key)
        to = min(max(at + by, 0), len(order) - 1)
        order.insert(to, order.pop(at))
        return replace(self, order=tuple(order))

    def without(self, deck: Sequence[Slide], key: str) -> Arrangement:
        """One slide left out; its words are kept."""
        return replace(self, order=tuple(one for one in self.keys(deck) if one != key))

    def with_slide(self, deck: Sequence[Slide], key: str, after: str | None) -> Arrangement:
        """One slide more, after another one; at the end where there is none."""
        order = [one for one in self.keys(deck) if one != key]
        order.insert(order.index(after) + 1 if after in order else len(order), key)
        return replace(self, order=tuple(order))

    def retitled(self, key: str, title: str) -> Arrangement:
        """Another title; an empty one gives the slide's own back."""
        return replace(self, titles=_with(self.titles, key, title))

    def annotated(self, key: str, remark: str) -> Arrangement:
        """A note of the presenter's own; an empty one takes it away."""
        return replace(self, remarks=_with(self.remarks, key, remark))

    def _worded(self, slide: Slide) -> Slide:
        remark = self.remarks.get(slide.key)
        notes = (words.own_note(remark), *slide.notes) if remark else slide.notes
        return replace(slide, title=self.titles.get(slide.key, slide.title), notes=notes)


def _with(texts: Mapping[str, str], key: str, text: str) -> dict[str, str]:
    rest = {one: kept for one, kept in texts.items() if one != key}
    return rest | {key: text.strip()} if text.strip() else rest


def arrangement() -> Arrangement:
    """The arrangement of this session."""
    kept: Arrangement | None = st.session_state.get(KEY_ARRANGEMENT)
    return kept or Arrangement()


def arrange(new: Arrangement) -> None:
    """Take another arrangement."""
    st.session_state[KEY_ARRANGEMENT] = new


def current_key(slides: Sequence[Slide]) -> str:
    """Key of the slide that is looked at: the first where that was left out."""
    keys = [slide.key for slide in slides]
    kept = st.session_state.get(KEY_AT)
    return kept if kept in keys else keys[0]


def go(key: str) -> None:
    """Look at another slide."""
    st.session_state[KEY_AT] = key
