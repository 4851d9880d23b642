"""The card of the model in use, on the page and to take away."""

from __future__ import annotations

import streamlit as st

from bestviz.advice.kept_value import load_value
from bestviz.advice.uncertainty import Calibration
from bestviz.figures.calibration import build_chances, build_coverage, describe_chances, describe_coverage
from bestviz.ui import models
from bestviz.ui.charts import is_dark, show_figure
from bestviz.wording import card
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
    if model.calibration.after is not None:
        _draw_calibration(model.calibration)


def _draw_calibration(calibration: Calibration) -> None:
    """How true intervals and chances were, drawn."""
    st.markdown("#### How sure it may be")
    left, right = st.columns(2, gap="large")
    with left:
        figure = build_coverage(calibration=calibration, dark=is_dark())
        show_figure(figure, alt=describe_coverage(calibration=calibration), key="card.coverage")
    with right:
        figure = build_chances(calibration=calibration, dark=is_dark())
        show_figure(figure, alt=describe_chances(calibration=calibration), key="card.chances")
    st.caption(f"{card.COVERAGE_NOTE} {card.NO_TEST_SET}")
