"""Week 12: how the first treatment went, what next, and how that compares with what had been expected."""

import streamlit as st

from bestviz.ui import answer, models, navigation, week_12

navigation.enter()
st.title("Week 12")
model = models.needed()

left, right = st.columns([5, 8], gap="large")
# The answer first: it needs what is in the session, not the fields, and its charts keep the browser busy longest.
with right:
    answer.draw_answer(model, week=12)
with left, st.container(key="steps"):
    week_12.draw_steps(model)
