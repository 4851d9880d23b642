"""The right-hand side of the Patient and the Week 12 page: stop, or the answer with all that stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.errors import BestVizError, InputError
from bestviz.trial import TREATMENTS
from bestviz.trial.checklists import cautions_for
from bestviz.trial.eligibility import CRITERIA, Criterion
from bestviz.trial.treatments import treatments_of
from bestviz.ui import followed, state
from bestviz.ui.case import Case
from bestviz.ui.details import draw_details
from bestviz.ui.inquiry import advise
from bestviz.ui.markup import (
    answer_html,
    classes_html,
    list_html,
    notes_html,
    paragraph_html,
    plan_html,
    refused_html,
    strip_html,
)
from bestviz.ui.option_markup import options_html
from bestviz.ui.parts import ANSWER
from bestviz.ui.take_away import draw_take_away
from bestviz.wording.case import BEGIN, tried_before
from bestviz.wording.entries import refused_entry

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_HEADINGS = {0: "Options, ranked by what matters to this patient", 12: "What next, ranked by what matters"}


@st.fragment(key=ANSWER)
def draw_answer(model: FittedModel, week: int = 0) -> None:
    """Draw the answer for the case in the session at week 0 or 12, or say in a sentence why there is none."""
    st.header(_HEADINGS[week], anchor="answer")
    if week and not followed.has_begun():
        st.info(BEGIN)
        return
    with _told():
        case, advice = state.case(model.inputs, week), None
        try:
            with _told():
                advice = _draw(model, case)
        finally:  # a case can be saved whatever happens above
            draw_take_away(model, case, advice)


@contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong with the case or the model in sentences."""
    try:
        yield
    except InputError as fault:
        for message in fault.messages:
            st.error(refused_entry(message))
    except BestVizError as fault:
        st.error(str(fault))


def _draw(model: FittedModel, case: Case) -> Mapping[str, Any] | None:
    stops = [CRITERIA[one] for one in case.exclusions if CRITERIA[one].stops_advice]
    if stops:
        _draw_stop(stops)
        return None
    advice = advise(model, case)
    _draw_advice(model, advice, case)
    return advice


def _draw_strip(text: str) -> None:
    with st.container(key="strip"):
        st.html(strip_html(text))


def _draw_stop(stops: Sequence[Criterion]) -> None:
    st.error("**No advice for this patient.** " + " ".join(dict.fromkeys(stop.action for stop in stops)))
    st.html(list_html(stop.label for stop in stops))
    st.caption(f"From the trial's {stops[0].source}. Untick it under “What is possible” if it was ticked by mistake.")
    _draw_strip("No advice for this patient.")


def _draw_advice(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    nothing_known = not case.patient.baseline and not case.patient.deep and not case.patient.interim
    st.html(answer_html(advice, nothing_known))
    _draw_strip(wording.headline(advice))
    _draw_notes(advice, case)
    if advice.get("by_response"):
        st.html(classes_html(advice))
        return
    if options := options_html(advice):
        st.html(options)
    if refused := refused_html(advice):
        st.html(refused)
    if wording.best(advice) is None:
        return
    if advice.get("plan"):
        st.subheader(f"Plan: {wording.plan_name(advice, advice['recommended_first']).lower()}, then by response")
        st.html(plan_html(advice))
    draw_details(model, advice, case)


def _draw_notes(advice: Mapping[str, Any], case: Case) -> None:
    outside = [f"Not so: {CRITERIA[one].label}. {CRITERIA[one].action}" for one in case.exclusions]
    if notes := [*outside, *advice["warnings"]]:
        st.html(notes_html(notes))
    possible = _possible_treatments(advice)
    if text := tried_before(case.tried, possible):
        st.html(paragraph_html(text))
    for code, found in _cautions(case, possible).items():
        st.warning(f"{code}: " + " ".join(found))


def _possible_treatments(advice: Mapping[str, Any]) -> set[str]:
    """Treatments that are part of any option that is possible."""
    answers = advice.get("by_response") or [advice]
    return {
        code
        for answer in answers
        for option in wording.options(answer)
        if option["allowed"]
        for code in treatments_of(option["arm"])
    }


def _cautions(case: Case, possible: set[str]) -> dict[str, list[str]]:
    """What to ask or do, by the situation: with a treatment that is possible, or on stopping the one that was had."""
    known, found = dict(case.patient.baseline), {}
    for code, treatment in TREATMENTS.items():
        here = cautions_for(code, known) if code in possible else ()
        if texts := [f"{c.label}. {c.advice}" for c in here if c.when]:
            found[f"With {treatment.name}"] = texts
    first = case.patient.first_arm
    if first is not None:
        without = {c.id for c in cautions_for(first, known)}
        leaving = [c for c in cautions_for(first, known | {"stopping": True}) if c.id not in without]
        if leaving:
            name = TREATMENTS[first].name
            found[f"If {name} is stopped"] = [c.advice for c in leaving]
    return found
