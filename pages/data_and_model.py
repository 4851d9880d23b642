"""Data and model: choose and check data, edit the rules, fit a model, compare models, read the card."""

import streamlit as st

from bestviz.ui import models, navigation
from bestviz.ui.data.card import draw_card
from bestviz.ui.data.choosing import draw_choosing
from bestviz.ui.data.ordering import draw_fitting
from bestviz.ui.data.rules import draw_rules
from bestviz.ui.data.shelf import draw_shelf

PARTS = {"Data": draw_choosing, "Rules": draw_rules, "Fit": draw_fitting, "Models": draw_shelf, "Model card": draw_card}

navigation.enter()
st.title("Data and model")
if models.facts() is None:
    models.offer_demo()


@st.fragment
def draw_parts() -> None:
    """Only the open part is drawn; another one opened draws these alone again."""
    tabs = st.tabs(list(PARTS), key="data.tabs", on_change="rerun")
    for tab, draw in zip(tabs, PARTS.values(), strict=True):
        if tab.open:
            with tab:
                draw()


draw_parts()
