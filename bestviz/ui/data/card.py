"""The card of the model in use, on the page and to take away."""

from __future__ import annotations

import streamlit as st

from bestviz.advice.kept_value import load_value
from bestviz.ui import models
from bestviz.wording import data as words


def draw_card() -> None:
    """Draw the model card; its headings become those of a part of the page."""
    model = models.current()
    if model is None:
        st.info(words.NO_CARD)
        return
    text = model.card(load_value(models.models_folder() / model.name, model.digest))
    st.download_button(
        "Download the card (Markdown)", text, f"{model.name}-card.md", "text/markdown", key="card.download",
        on_click="ignore",
    )  # fmt: skip
    title, _, body = text.partition("\n")
    st.subheader(title.removeprefix("# "))
    st.markdown(body.replace("\n## ", "\n#### "))
