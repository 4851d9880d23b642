"""Ranking the outcomes without drag and drop: a field a place, more than one outcome where they matter alike."""

from __future__ import annotations

import streamlit as st

from bestviz import wording
from bestviz.advice.elicitation import Elicitation
from bestviz.ui import told
from bestviz.ui.markup import list_html
from bestviz.ui.parts import ANSWER, redraw
from bestviz.wording import preferences as words


def draw_ranking(session: Elicitation, part: str) -> None:
    """Draw a field for each place that is taken and for the next one; `part` is drawn again after a change."""
    st.caption(words.RANK)
    with st.expander(words.ONE_CHANGE, key="group.one_change"):
        st.html(list_html(f"{words.outcome_label(code)}: {words.one_change(code)}" for code in session.outcomes))
    groups = told.ranked(session)
    named = {code for group in groups for code in group}
    places = len(groups) + (len(named) < len(session.outcomes))
    for place in range(places):
        st.session_state[_key(place)] = list(groups[place]) if place < len(groups) else []
        st.multiselect(
            f"{wording.sentence(_ordinal(place))} most important" if place else "Most important",
            session.outcomes,
            format_func=words.outcome_label,
            key=_key(place),
            placeholder="choose one or more" if place == 0 else "choose, or leave empty",
            on_change=_take,
            args=(place, places, part),
        )


def _take(changed: int, places: int, part: str) -> None:
    """Take the ranking; an outcome that is named at another place moves to the latest one."""
    chosen = [list(st.session_state.get(_key(place)) or ()) for place in range(places)]
    groups = [
        group if place == changed else [code for code in group if code not in chosen[changed]]
        for place, group in enumerate(chosen)
    ]
    told.rank([group for group in groups if group])
    redraw(part, ANSWER)


def _key(place: int) -> str:
    return f"ask.place.{place}"


def _ordinal(place: int) -> str:
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh")
    return names[place]
