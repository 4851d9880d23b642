"""Lasting and deep: what is left at week 36, and what deep phenotyping adds."""

import streamlit as st

from bestviz.ui import models, navigation, trials
from bestviz.ui.lasting.course import draw_lasting
from bestviz.ui.lasting.deep import draw_deep
from bestviz.wording import responding as words

navigation.enter()
st.title("Lasting and deep")
model = models.needed()
trial = trials.needed()

st.header("Week 24 against week 36")
st.write(words.LASTING)
draw_lasting(model, trial)

st.header("What deep phenotyping adds")
draw_deep(trial, model.info.learner)
