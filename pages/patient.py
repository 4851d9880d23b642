"""Patient: who, what is possible, what matters; beside it the answer, always in sight."""

import streamlit as st

from bestviz.ui import answer, models, navigation, steps

navigation.enter()
st.title("Patient")
model = models.needed()

left, right = st.columns([5, 8], gap="large")
with left, st.container(key="steps"):
    steps.draw_steps(model)
with right:
    answer.draw_answer(model)
