"""Patient: who, what is possible, what matters; beside it the answer, always in sight."""

import streamlit as st

from bestviz.ui import answer, inputs, matters, models, navigation, possible

navigation.enter()
st.title("Patient")
model = models.current()
if model is None:
    models.offer_demo()
    st.stop()

left, right = st.columns([5, 8], gap="large")
with left, st.container(key="steps"):
    who, what_is_possible, what_matters = st.tabs(["1 Who", "2 What is possible", "3 What matters"], key="steps.tabs")
    with who:
        inputs.draw_who(model.inputs)
    with what_is_possible:
        possible.draw_possible()
    with what_matters:
        matters.draw_matters(model.outcome_codes)
with right:
    answer.draw_answer(model)
