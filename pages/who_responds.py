"""Who responds: for whom each treatment works better or worse than for others, and what personalising adds."""

import streamlit as st

from bestviz.ui import models, navigation, trials
from bestviz.ui.responding.groups import draw_groups
from bestviz.ui.responding.predictors import draw_predictors
from bestviz.wording import responding as words

navigation.enter()
st.title("Who responds")
model = models.needed()

st.write(words.OTHER_QUESTION)
st.write(words.DISCOVERY)
draw_predictors(model)

st.header("Groups: personalised against the trial's average")
st.write(words.GROUPS)
draw_groups(model, trials.needed())
