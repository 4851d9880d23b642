"""Regimes: what the learned regime is worth against plain ways, who gets what, and what it rests on."""

import streamlit as st

from bestviz import wording
from bestviz.ui import models, navigation, trials
from bestviz.ui.regimes.controls import draw_controls
from bestviz.ui.regimes.details import draw_details
from bestviz.ui.regimes.values import draw_values
from bestviz.wording import cohort as words

navigation.enter()
st.title("Regimes")
model = models.current()
if model is None:
    models.offer_demo()
    st.stop()

trial = trials.current()
if trial is None:
    trials.offer_demo()
elif trial.participants["first_arm"].isna().all():
    st.info(words.NO_ARMS)
else:
    simulated = f" {wording.SIMULATED}." if trial.info.simulated else ""
    st.caption(f"Data: {trial.info.name}, {len(trial)} people.{simulated}")
    draw_controls()
    draw_values(model, trial)
    draw_details(model, trial)
