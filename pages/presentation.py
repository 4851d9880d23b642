"""Presentation: slides from the same figures, chosen, ordered, shown and taken away."""

import streamlit as st

from bestviz import wording
from bestviz.data import Trial
from bestviz.ui import models, navigation, trials
from bestviz.ui.presentation.arranging import arrangement
from bestviz.ui.presentation.choosing import draw_choosing
from bestviz.ui.presentation.exporting import draw_exports
from bestviz.ui.presentation.showing import draw_slide, is_showing
from bestviz.ui.presentation.source import Source, deck_of, source
from bestviz.wording import cohort, slides
from bestviz.wording import presentation as words

navigation.enter()
with st.container(key="deck.head"):
    st.title("Presentation")
    model = models.needed()
    trial = trials.needed()


def draw_facts(given: Source, trial: Trial) -> None:
    """What is behind the slides, and what does not fit together."""
    simulated = f" {wording.SIMULATED}." if trial.info.simulated or given.asked.model.info.simulated else ""
    aim = slides.aim(given.asked.preferences.weights, wording.horizon(given.asked.horizon))
    st.caption(f"Data: {trial.info.name}, {len(trial)} people. {aim}{simulated}")
    if not given.belongs:
        st.warning(slides.other_data(given.asked.model.info.trained_on, trial.info.name))
    if given.filters.chosen:
        st.caption(words.filtered(cohort.filter_line(given.filters)))
    if given.refused:
        st.info(words.filtered_out(given.refused))
    if given.fault:
        st.caption(words.not_judged(given.fault))


@st.fragment
def draw(given: Source) -> None:
    """List, slide and files; in the show the slide alone."""
    deck = deck_of(given)
    if not deck:
        st.info(words.NO_SLIDES)
        return
    chosen = arrangement().slides(deck)
    if is_showing() and chosen:
        draw_slide(chosen)
        return
    left, right = st.columns([8, 4], gap="large")
    with left:  # on a phone it comes first
        if chosen:
            draw_slide(chosen)
        draw_exports(given, chosen)
    with right:
        draw_choosing(deck)


given = source(model, trial)
with st.container(key="deck.facts"):
    st.write(words.HOW)
    draw_facts(given, trial)
draw(given)
