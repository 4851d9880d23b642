"""Cohort: who was in the trial and what happened to them, part by part, for everybody or for some."""

import streamlit as st

from bestviz.data import Trial
from bestviz.ui import navigation, trials
from bestviz.ui.cohort.filters import draw_filters
from bestviz.ui.cohort.sections import SECTIONS
from bestviz.wording import cohort as words

navigation.enter()
st.title("Cohort")


@st.fragment
def draw(trial: Trial) -> None:
    """Filters and the open part; a change draws these alone again."""
    cohort = draw_filters(trial)
    part = st.segmented_control(
        "Part", list(SECTIONS), default=next(iter(SECTIONS)), required=True, key="cohort.part",
        persist_state="session", wrap=True, label_visibility="collapsed",
    )  # fmt: skip
    if refused := words.refused(cohort):
        st.info(refused)
        return
    SECTIONS[part or next(iter(SECTIONS))](cohort)
    with st.expander("How small numbers are protected", key="cohort.small"):
        st.write(words.SMALL)
        st.write(words.SMALL_LIMIT)


trial = trials.needed()
trials.draw_facts(trial)
draw(trial)
