"""Regimes: what the learned regime is worth against plain ways, who gets what, and what it rests on."""

import streamlit as st

from bestviz.ui import models, navigation, trials
from bestviz.ui.regimes.controls import draw_controls
from bestviz.ui.regimes.details import draw_details
from bestviz.ui.regimes.values import draw_values

navigation.enter()
st.title("Regimes")
model = models.needed()
trial = trials.needed()
trials.draw_facts(trial)
draw_controls()
draw_values(model, trial)
draw_details(model, trial)
