"""Why one option is ahead of another, and what would have to be different for another one to be ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.advice.inputs import input_label
from bestviz.advice.why.changes import shown, unit_of
from bestviz.advice.why.flips import NO_INPUT, NO_WEIGHT
from bestviz.figures.reasons import build_reasons, describe_reasons
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.ui import inquiry
from bestviz.ui.case import Case
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.markup import list_html
from bestviz.ui.preferences_map import draw_preference_map

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_MOST = 6  # inputs that flip the answer before the rest is only counted


def draw_reasons(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    """Draw what speaks for the best option and what for another one, by default the next best."""
    arms = [option["arm"] for option in wording.ranked(advice)]
    if len(arms) < 2:
        st.info("There is only one option, so there is nothing to compare it with.")
        return
    best, others = arms[0], arms[1:]
    other = others[0]
    if len(others) > 1:
        other = st.selectbox(
            f"{wording.option_title(advice, best)} compared with", others,
            format_func=lambda arm: wording.option_name(advice, arm), key=f"why.other.{'.'.join(arms)}",
        )  # fmt: skip
    found = inquiry.contributions(model, case, (best, other))
    if found is None:
        return
    labels = {part["feature"]: label for part in found["parts"] if (label := _label(part))}
    figure = build_reasons(advice=advice, contributions=found, labels=labels, dark=is_dark())
    show_figure(figure, alt=describe_reasons(advice=advice, contributions=found, labels=labels), key="why")
    st.caption(wording.REASONS)


def _label(part: Mapping[str, Any]) -> str:
    """An input with its value; empty for what is no trait of the patient."""
    name, value = part["feature"], part["value"]
    if name in CONTRAINDICATION_COLUMNS.values() or value is None:
        return ""
    return f"{input_label(name)}: {shown(name, value)} {unit_of(name, value)}".rstrip()


def draw_flips(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    """Draw the single changes that would put another option ahead, and the map of preferences."""
    found = inquiry.flips(model, case)
    first = wording.option_name(advice, found["recommended"])
    st.markdown(f"**Single changes of the patient that would put another option ahead of {first}**")
    texts = [flip["text"] for flip in found["inputs"]]
    further = len(texts) - _MOST
    more = [f"{further} more would need a larger change."] if further > 0 else []
    st.html(list_html([*texts[:_MOST], *more] or [NO_INPUT]))
    st.markdown("**Other weights that would put another option ahead**")
    st.html(list_html([flip["text"] for flip in found["weights"]] or [NO_WEIGHT]))
    st.caption(wording.FLIPS)
    st.markdown("**How much the answer depends on what matters**")
    draw_preference_map(model, case)
