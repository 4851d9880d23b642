"""Overview: what this is and is not, the trial in one figure, the model behind the pages."""

import streamlit as st

from bestviz import wording
from bestviz.figures.timeline import build_timeline, describe_timeline
from bestviz.trial import DEFAULT_RESPONSE_RULE, TREATMENTS
from bestviz.ui import charts, facts, models, navigation

DOORS = (
    (
        "pages/patient.py",
        "**One patient:** options ranked by what matters to this person, a plan, and how sure that is.",
        "Open the Patient page",
    ),
    (
        "pages/cohort.py",
        "**The cohort:** who took part, what they had, how it went, and what is missing.",
        "Open the Cohort page",
    ),
    (
        "pages/presentation.py",
        "**The presentation:** slides made from the same figures, to show and to take away.",
        "Open the Presentation page",
    ),
)

navigation.enter()
st.title("BestViz")
st.write("Which treatment first for chronic low-back pain, and what then? Decision support from the BEST trial.")

model = models.facts()
if model is None:
    models.offer_demo()
else:
    for door, (page, text, label) in zip(st.columns(len(DOORS)), DOORS, strict=True):
        with door, st.container(border=True, height="stretch"):
            st.markdown(text)
            st.page_link(page, label=label)

st.header("What this is, and what it is not")
st.write(wording.INTENDED_USE)
st.write(wording.NATURAL_COURSE)

st.header("The trial in one figure")
charts.show_figure(build_timeline(dark=charts.is_dark()), alt=describe_timeline(), key="timeline")
with st.expander("The treatments"):
    for treatment in TREATMENTS.values():
        st.markdown(f"- **{treatment.title}** ({treatment.code}): {treatment.plain}")
with st.expander("How the response at week 12 is judged"):
    st.write(DEFAULT_RESPONSE_RULE.describe())
    st.caption(
        "The trial's own cut-offs are not public; these are assumed and can be changed in a data set. "
        "A response class that the data carry always wins over them."
    )
st.caption(
    "BEST: Biomarkers for Evaluating Spine Treatments, NCT05396014, Back Pain Consortium. "
    "BestViz states no result of that trial: every number comes from the data that its model was fitted on."
)

if model is not None:
    st.header("The model behind the pages")
    facts.draw_facts(model)
