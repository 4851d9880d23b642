"""BestViz: page setup, model choice, navigation. Start: `streamlit run app.py`."""

import streamlit as st

from bestviz.ui import banner, models, navigation, style

st.set_page_config(page_title="BestViz", layout="wide", initial_sidebar_state="collapsed")
page = navigation.navigate()
style.draw_style()
models.choose()
model = models.current()
banner.draw_banner(model.manifest() if model else None)
page.run()
