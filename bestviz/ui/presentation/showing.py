"""One slide as it is looked at: on the page, or in the show, where it fills the window."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from bestviz.reports.deck import Slide, wall_figure
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.presentation import markup
from bestviz.ui.presentation.arranging import current_key, go
from bestviz.wording import presentation as words

# A figure that is enlarged with its slide must not measure its place.
_STILL = {"displayModeBar": False, "responsive": False, "scrollZoom": False, "doubleClick": False}
KEY_SHOWING, KEY_NOTES, KEY_DARK = "deck.showing", "deck.notes", "deck.dark"


def is_showing() -> bool:
    """Whether the show is on."""
    return bool(st.session_state.get(KEY_SHOWING))


def is_slide_dark() -> bool:
    """Whether slides are dark: as chosen, else as the reader's theme."""
    return bool(st.session_state.get(KEY_DARK, is_dark()))


def draw_slide(slides: Sequence[Slide]) -> None:
    """Draw the slide that is looked at, how to turn over, and its notes."""
    showing, dark = is_showing(), is_slide_dark()
    keys = [slide.key for slide in slides]
    at = keys.index(current_key(slides))
    st.html(markup.style_html(slides[at], dark, showing))
    with st.container(key="deck.slide"):
        _draw_body(slides[at], dark, showing)
    with st.container(key="deck.bar", horizontal=True, vertical_alignment="center"):
        _draw_bar(keys, at, showing)
    if st.session_state.get(KEY_NOTES) and (spoken := markup.spoken_html(slides[at])):
        with st.container(key="deck.spoken"):
            st.html(spoken)
    if not showing:
        st.caption(words.KEYS)


def _draw_body(slide: Slide, dark: bool, showing: bool) -> None:
    st.html(markup.title_html(slide))
    with st.container(key="deck.beside" if slide.build is not None and slide.points else "deck.body"):
        if slide.points:
            st.html(markup.points_html(slide))
        if slide.build is not None:
            _draw_figure(slide, dark, showing)
        elif slide.table is not None:
            st.html(markup.table_html(slide.table, slide.alt or slide.title))
    if slide.small_print:
        st.html(markup.small_print_html(slide, showing))


def _draw_figure(slide: Slide, dark: bool, showing: bool) -> None:
    """On the page a figure fits its place, down to a phone's; in the show it has a set size and is enlarged whole."""
    key = f"deck.figure.{slide.key}"
    if not showing:
        show_figure(slide.figure(dark), alt=slide.alt, key=key)
    elif (figure := wall_figure(slide, dark=dark)) is not None:
        width, height = int(figure.layout.width), int(figure.layout.height)
        st.plotly_chart(
            figure, theme=None, width=width, height=height, config=_STILL, alt=slide.alt, key=f"{key}.wall"
        )  # fmt: skip


def _draw_bar(keys: Sequence[str], at: int, showing: bool) -> None:
    before, after = keys[max(at - 1, 0)], keys[min(at + 1, len(keys) - 1)]
    st.button(
        words.PREVIOUS, key="deck.previous", on_click=go, args=(before,), disabled=at == 0, shortcut="Left"
    )  # fmt: skip
    st.markdown(words.place(at + 1, len(keys)), width="content")
    st.button(
        words.NEXT, key="deck.next", on_click=go, args=(after,), disabled=at == len(keys) - 1, shortcut="Right",
        type="primary",
    )  # fmt: skip
    if showing:
        st.button(words.LEAVE, key="deck.leave", on_click=_show, args=(False,), shortcut="Esc")
    else:
        st.button(words.SHOW, key="deck.show", on_click=_show, args=(True,))
    st.toggle(words.NOTES, key=KEY_NOTES, persist_state="session")
    st.toggle(words.DARK, value=is_dark(), key=KEY_DARK, persist_state="session")


def _show(on: bool) -> None:
    st.session_state[KEY_SHOWING] = on
