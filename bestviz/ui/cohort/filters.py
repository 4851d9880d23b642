"""Whom to look at: four filters that every part of the page obeys, their state in one line, and a way back."""

from __future__ import annotations

import streamlit as st

from bestviz.cohort.selection import Cohort, Filters, choices, select
from bestviz.data import Trial
from bestviz.wording import cohort as words

_MANY = 6  # choices; more of them go into a list


def key_filter(name: str) -> str:
    """Key of the widget of one filter."""
    return f"cohort.filter.{name}"


def draw_filters(trial: Trial) -> Cohort:
    """Draw the filters and say how many people they leave."""
    offered = choices(trial)
    place = st.container()
    with st.expander("Filters", key="cohort.filters"):
        columns = st.columns(2)
        for place_of, (name, values) in enumerate(offered.items()):
            with columns[place_of % 2]:
                _draw_filter(name, values)
    cohort = select(trial, _chosen(offered))
    with place:
        _draw_state(cohort)
    return cohort


def _draw_filter(name: str, values: tuple[str, ...]) -> None:
    label, key = words.filter_label(name), key_filter(name)
    if len(values) > _MANY:
        st.multiselect(label, values, key=key, placeholder="all", persist_state="session")
        return
    st.pills(
        label, values, selection_mode="multi", key=key, persist_state="session", wrap=True,
        format_func=lambda value: words.filter_option(name, value),
    )  # fmt: skip


def _chosen(offered: dict[str, tuple[str, ...]]) -> Filters:
    """The filters as the widgets say it; choices that this trial does not have are left out, all chosen is none."""
    found = {}
    for name, values in offered.items():
        picked = st.session_state.get(key_filter(name)) or ()
        found[name] = tuple(value for value in values if value in picked)
    return Filters(**found)


def _draw_state(cohort: Cohort) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{words.people_line(cohort)}** · {words.filter_line(cohort.filters)}", width="content")
        if cohort.filters.chosen:
            st.button("Reset filters", key="cohort.reset", on_click=_reset, type="tertiary")


def _reset() -> None:
    for name in Filters.__dataclass_fields__:
        st.session_state[key_filter(name)] = []
