"""The right-hand side of the Patient page: stop, or the answer with everything that stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.errors import BestVizError, InputError
from bestviz.figures.options import build_options, describe_options
from bestviz.trial import TREATMENTS, arm_name
from bestviz.trial.checklists import cautions_for
from bestviz.trial.eligibility import CRITERIA, Criterion
from bestviz.ui import models, state
from bestviz.ui.case import Case
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.course import draw_course, draw_outcomes
from bestviz.ui.markup import answer_html, list_html, notes_html, paragraph_html, plan_html, strip_html
from bestviz.ui.parts import ANSWER

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_KEPT = "advice.kept"


@st.fragment(key=ANSWER)
def draw_answer(model: FittedModel) -> None:
    """Draw the answer for the case in the session, or say in a sentence why there is none."""
    st.header("Options, ranked by what matters to this patient", anchor="answer")
    place = st.container()
    try:
        case = state.case(model.inputs)
        _draw_take_away(case)  # before the answer, so that a case can be saved whatever happens there
        stops = [CRITERIA[one] for one in case.exclusions if CRITERIA[one].stops_advice]
        with place:
            if stops:
                _draw_stop(stops)
            else:
                _draw_advice(advise(model, case), case)
    except InputError as fault:
        for message in fault.messages:
            place.error(message)
    except BestVizError as fault:
        place.error(str(fault))


def advise(model: FittedModel, case: Case) -> dict[str, Any]:
    """The advice for a case as a mapping; the last one is kept in the session, so that looking around costs nothing."""
    asked = (model.digest, case.to_json())
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != asked:
        with models.ADVISING:
            kept = (asked, model.recommend(case.patient, case.preferences).to_dict())
        st.session_state[_KEPT] = kept
    advice: dict[str, Any] = kept[1]
    return advice


def _draw_strip(text: str) -> None:
    with st.container(key="strip"):
        st.html(strip_html(text))


def _draw_stop(stops: Sequence[Criterion]) -> None:
    st.error("**No advice for this patient.** " + " ".join(dict.fromkeys(stop.action for stop in stops)))
    st.html(list_html(stop.label for stop in stops))
    st.caption(f"From the trial's {stops[0].source}. Untick it in step 2 if it was ticked by mistake.")
    _draw_strip("No advice for this patient.")


def _draw_advice(advice: Mapping[str, Any], case: Case) -> None:
    nothing_known = not case.patient.baseline and not case.patient.deep
    st.html(answer_html(advice, nothing_known))
    _draw_strip(wording.headline(advice))
    _draw_cautions(advice, case)
    if advice["recommended_first"] is None:
        return
    show_figure(build_options(advice=advice, dark=is_dark()), alt=describe_options(advice=advice), key="options")
    _draw_certainty(advice)
    st.subheader(f"Plan: {wording.arm_first(advice['recommended_first']).lower()}, then by response")
    st.html(plan_html(advice))
    draw_course(advice)
    draw_outcomes(advice)
    _draw_reasons(advice)


def _draw_cautions(advice: Mapping[str, Any], case: Case) -> None:
    outside = [f"Not so: {CRITERIA[one].label}. {CRITERIA[one].action}" for one in case.exclusions]
    if notes := [*outside, *advice["warnings"]]:
        st.html(notes_html(notes))
    allowed = {option["arm"] for option in advice["first"] if option["allowed"]}
    for code in TREATMENTS:
        found = [c for c in cautions_for(code, dict(case.patient.baseline)) if c.when] if code in allowed else []
        if found:
            st.warning(f"With {TREATMENTS[code].name}: " + " ".join(f"{c.label}. {c.advice}" for c in found))


def _draw_certainty(advice: Mapping[str, Any]) -> None:
    with st.expander("How sure is this?", key="group.certainty"):
        st.write(wording.chances(advice))
        st.write(wording.TOLD_APART)
        st.write(wording.CERTAINTY)
        st.html(list_html(wording.support(option) for option in wording.ranked(advice)))
        if text := wording.unknown_inputs(advice):
            st.html(paragraph_html(text))
        st.write(wording.NATURAL_COURSE)


def _draw_reasons(advice: Mapping[str, Any]) -> None:
    options = wording.ranked(advice)
    if not advice["reasons"] or len(options) < 2:
        return
    st.subheader(f"Why {arm_name(options[0]['arm'])} before {arm_name(options[1]['arm'])}")
    st.html(list_html(reason["text"] for reason in advice["reasons"]))
    st.caption(wording.REASONS)


def _draw_take_away(case: Case) -> None:
    st.subheader("Take away")
    st.download_button(
        "Save the case file", case.to_json(), "case.json", "application/json", key="case.save", on_click="ignore"
    )
    st.caption("The file holds what is entered under 1 to 3. Open it there again with “Open a case”.")
