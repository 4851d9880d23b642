"""Patient: who, what is possible, what matters; beside it the answer, always in sight."""

import streamlit as st

from bestviz.ui import answer, models, navigation, steps

navigation.enter()
st.title("Patient")
model = models.needed()

left, right = st.columns([5, 8], gap="large")
# The answer first: it needs what is in the session, not the fields, and its charts keep the browser busy longest.
with right:
    answer.draw_answer(model)
with left, st.container(key="steps"):
    steps.draw_steps(model)
