"""For whom one treatment works better or worse: the strongest predictors, and what to keep in mind about them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz.advice.responders import Modification
from bestviz.advice.responders.tables import modifier_table
from bestviz.errors import InputError
from bestviz.figures.export import Caption
from bestviz.figures.responding.modifiers import (
    MOST,
    build_modifiers,
    describe_modifiers,
    in_units,
    is_clear,
    row_title,
)
from bestviz.trial import MEASURES, TREATMENTS
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.markup import list_html
from bestviz.ui.responding import found
from bestviz.ui.responding.along import draw_along
from bestviz.ui.responding.question import Question, draw_question
from bestviz.wording import responding as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

KEY_TREATMENT, KEY_ALL = "who.treatment", "who.all"


@st.fragment
def draw_predictors(model: FittedModel) -> None:
    """Draw the question, the predictors of one treatment, and what to expect along one of them."""
    st.header("Predictors of benefit")
    asked = draw_question(model)
    try:
        modification = found.modification(
            model, asked.weights, asked.outcome, asked.week, asked.horizon, asked.stage, asked.reference
        )
    except InputError as fault:
        st.info(str(fault))
        return
    treatment = _choose_treatment(modification)
    _draw_lollipop(model, modification, treatment, asked)
    draw_along(model, asked, treatment, [row.feature for row in modification.of(treatment)])


def _choose_treatment(modification: Modification) -> str:
    """The treatment that is looked at; at first the one with the strongest predictor."""
    treatments = [code for code in TREATMENTS if code in modification.people]
    strongest = modification.modifiers[0].treatment if modification.modifiers else treatments[0]
    chosen: str | None = st.pills(
        "Treatment", treatments, default=strongest, required=True, key=f"{KEY_TREATMENT}.{'.'.join(treatments)}",
        format_func=lambda code: TREATMENTS[code].title, persist_state="session",
    )  # fmt: skip
    return chosen or strongest


def _draw_lollipop(model: FittedModel, modification: Modification, treatment: str, asked: Question) -> None:
    rows, simulated = modification.of(treatment), model.info.simulated
    if not rows:
        st.info(" ".join(modification.notes))
        return
    every = len(rows) > MOST and st.toggle(f"All {len(rows)} predictors", key=KEY_ALL)
    most = len(rows) if every else MOST
    companions = found.companions(model)
    parts: dict[str, Any] = {"modification": modification, "treatment": treatment, "companions": companions}
    build = partial(build_modifiers, **parts, simulated=simulated, most=most)
    alt = describe_modifiers(**parts, simulated=simulated, most=most)
    show_figure(build(dark=is_dark()), alt=alt, key="who.modifiers")
    st.caption(_legend(modification, treatment, asked))
    if clear := [row for row in rows if is_clear(row)]:
        with st.expander("Clear predictors in their own units"):
            st.html(list_html([f"{row_title(row)}: {in_units(row, asked.outcome)}" for row in clear]))
    with st.expander("How to read this, and how not to"):
        st.html(list_html([*modification.notes, *modification.left_out]))
    about = words.when(asked.outcome, asked.week, asked.horizon)
    title = f"Who responds to {TREATMENTS[treatment].name}: {about}"
    notes = (_legend(modification, treatment, asked), *modification.notes, *words.simulated(simulated))
    draw_downloads(build, modifier_table(modification), f"predictors-{treatment}", Caption(title, notes, alt))


def _legend(modification: Modification, treatment: str, asked: Question) -> str:
    against = words.AVERAGE if asked.reference is None else TREATMENTS[asked.reference].name
    unit = words.unit_of_change(None if asked.outcome is None else MEASURES[asked.outcome])
    return (
        f"Benefit of {TREATMENTS[treatment].name} against {against}, averaged over "
        f"{modification.people[treatment]} participants who may have either. Filled: the 95 % interval leaves out 0. "
        f"SD: standard deviation. {unit}"
    ).rstrip()
