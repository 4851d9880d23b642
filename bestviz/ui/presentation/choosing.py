"""Choose slides, put them in order, give them another title and notes of one's own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from bestviz.reports.deck import Slide
from bestviz.ui.presentation.arranging import Arrangement, arrange, arrangement, current_key, go
from bestviz.wording import presentation as words

_LIST, _ADD = "deck.list", "deck.add"


def draw_choosing(deck: Sequence[Slide]) -> None:
    """Draw the list of slides, and what can be done with the one that is looked at."""
    slides = arrangement().slides(deck)
    if slides:
        at = current_key(slides)
        _draw_list(slides, at)
        _draw_moves(deck, [slide.key for slide in slides], at)
    else:
        st.info(words.EMPTY)
    _draw_adding(deck)
    st.button(words.RESET, key="deck.reset", on_click=_reset, type="tertiary")
    if slides:
        _draw_words(deck, at)


def _draw_list(slides: Sequence[Slide], at: str) -> None:
    titles = {slide.key: f"{place}. {slide.title}" for place, slide in enumerate(slides, 1)}
    st.session_state[_LIST] = at  # buttons and arrow keys change it too
    st.radio(
        words.CHOSEN, list(titles), format_func=lambda key: titles.get(key, key), key=_LIST,
        on_change=lambda: go(st.session_state[_LIST]),
    )  # fmt: skip


def _draw_moves(deck: Sequence[Slide], keys: Sequence[str], at: str) -> None:
    place = keys.index(at)
    with st.container(horizontal=True):
        for label, key, by, disabled in (
            (words.UP, "deck.up", -1, place == 0),
            (words.DOWN, "deck.down", 1, place == len(keys) - 1),
        ):
            st.button(label, key=key, disabled=disabled, on_click=_move, args=(deck, at, by))
        st.button(words.OUT, key="deck.out", on_click=_leave_out, args=(deck, at))


def _draw_adding(deck: Sequence[Slide]) -> None:
    titles = {slide.key: slide.title for slide in arrangement().left(deck)}
    if titles:
        st.session_state[_ADD] = None
        st.selectbox(
            words.ADD, list(titles), index=None, format_func=lambda key: titles.get(key, key), key=_ADD,
            on_change=_add, args=(deck,), placeholder=f"{len(titles)} more",
        )  # fmt: skip


def _draw_words(deck: Sequence[Slide], at: str) -> None:
    own = next(slide.title for slide in deck if slide.key == at)
    mine = arrangement()
    title, remark = f"deck.title.{at}", f"deck.remark.{at}"
    st.text_input(
        words.TITLE, mine.titles.get(at, own), key=title, max_chars=90,
        on_change=lambda: arrange(arrangement().retitled(at, _new(title, own))),
    )  # fmt: skip
    st.text_area(
        words.REMARK, mine.remarks.get(at, ""), key=remark, max_chars=2000,
        on_change=lambda: arrange(arrangement().annotated(at, st.session_state[remark])),
    )  # fmt: skip


def _new(key: str, own: str) -> str:
    """What was written, unless it is what the slide says anyway."""
    written = str(st.session_state[key])
    return "" if written.strip() == own else written


def _move(deck: Sequence[Slide], key: str, by: int) -> None:
    arrange(arrangement().moved(deck, key, by))
    go(key)


def _leave_out(deck: Sequence[Slide], key: str) -> None:
    """Leave a slide out and look at the one after it, or the last."""
    keys, new = arrangement().keys(deck), arrangement().without(deck, key)
    rest = new.keys(deck)
    if rest:
        go(rest[min(keys.index(key), len(rest) - 1)])
    arrange(new)


def _add(deck: Sequence[Slide]) -> None:
    """Add a slide after the one that is looked at, and look at it."""
    key = st.session_state[_ADD]
    slides = arrangement().slides(deck)
    if key is not None:
        arrange(arrangement().with_slide(deck, key, current_key(slides) if slides else None))
        go(key)


def _reset() -> None:
    arrange(Arrangement())
