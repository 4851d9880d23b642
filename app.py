"""BestViz: page setup, model choice, navigation. Start: `streamlit run app.py`."""

import streamlit as st

from bestviz.ui import banner, faults, models, navigation, style


def main() -> None:
    """Draw what all pages share, then the page asked for."""
    st.set_page_config(page_title="BestViz", layout="wide", initial_sidebar_state="collapsed")
    page = navigation.navigate()
    style.draw_style()
    models.choose()
    banner.draw_banner(models.facts())
    page.run()


if __name__ == "__main__":
    main()  # once a rerun of a reader's session
else:
    # Once a server: `streamlit run` finds it, opens the model early, and words what goes wrong.
    app = st.App("app.py", lifespan=models.warming, on_script_error=faults.apologise)
