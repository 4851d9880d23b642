"""The preference map: which option ranks first over three outcomes that the reader picks, and where this patient is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from bestviz import wording
from bestviz.advice.patient import Patient
from bestviz.errors import InputError
from bestviz.figures.preference_map import build_preference_map, describe_preference_map, own_place
from bestviz.trial import WEIGHTABLE
from bestviz.ui import models
from bestviz.ui.case import Case
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.parts import redraw
from bestviz.wording import preferences as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.advice.why.preference_map import PreferenceMap

PART = "part.map"
POINTS = 2000
USUAL = ("peg", "physical_function", "sleep_disturbance")
CORNERS = ("Top", "Left", "Right")
_CHOSEN, _KEPT = "map.chosen", "map.kept"


@st.fragment(key=PART)
def draw_preference_map(model: FittedModel, case: Case) -> None:
    """Draw the map for a case at week 0 or 12, for the three outcomes that weigh most or that the reader picked."""
    offered = [code for code in WEIGHTABLE if code in model.outcome_codes]
    if len(offered) < len(CORNERS):
        st.info("The map needs three outcomes; this model has fewer.")
        return
    chosen = _choose(offered, case.preferences.weights)
    try:
        found = preference_map(model, case, chosen)
    except InputError as fault:
        for message in fault.messages:
            st.info(message)
        return
    if found is None:
        st.info("No option is possible for this patient, so there is nothing to map.")
        return
    names, simulated = names_of(found.arms, case.patient), model.info.simulated
    st.markdown(f"**{words.map_shares(names.values(), found.shares)}** {own_place(found, names)}".strip())
    show_figure(
        build_preference_map(preference_map=found, names=names, simulated=simulated, dark=is_dark()),
        alt=describe_preference_map(preference_map=found, names=names, simulated=simulated),
        key="chart.map",
    )
    st.caption(f"{words.map_others(found.others)} {words.MAP}")


def three_of(weights: Mapping[str, float], offered: Sequence[str]) -> tuple[str, ...]:
    """The three outcomes with most weight; where fewer have any, the usual ones and then the model's fill up."""
    heavy = sorted((code for code in weights if code in offered), key=lambda code: -weights[code])
    wanted = [*heavy, *(code for code in USUAL if code in offered), *offered]
    return tuple(dict.fromkeys(wanted))[: len(CORNERS)]


def names_of(arms: Iterable[str], patient: Patient) -> dict[str, str]:
    """What options are called inside a sentence; at week 12 by what is done."""
    point = {"first": ()} if patient.week == 0 else {"second": (), "first_arm": patient.first_arm}
    return {arm: wording.option_name(point, arm) for arm in arms}


def preference_map(model: FittedModel, case: Case, outcomes: Sequence[str]) -> PreferenceMap | None:
    """The map of a case; the other outcomes keep their weights. The latest one is kept in the session.

    Raises
    ------
    InputError
        A case that the model cannot answer, or for which the map makes no sense yet.
    """
    others = {code: share for code, share in case.preferences.weights.items() if code not in outcomes}
    if sum(others.values()) > 1 - SMALLEST:  # all the weight is elsewhere: the three have the map for themselves
        others = {}
    asked = (model.digest, case.to_json(), tuple(outcomes))
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != asked:
        with models.ADVISING:
            found = model.preference_map(case.patient, outcomes, case.preferences, points=POINTS, others=others)
        kept = (asked, found)
        st.session_state[_KEPT] = kept
    answer: PreferenceMap | None = kept[1]
    return answer


SMALLEST = 0.01  # share of all weights that three outcomes must have for the others to keep theirs


def _choose(offered: list[str], weights: Mapping[str, float]) -> tuple[str, ...]:
    """Three fields; an outcome chosen a second time changes places with the one it replaces."""
    picked = st.session_state.get(_CHOSEN)
    chosen = picked if picked and set(picked) <= set(offered) else three_of(weights, offered)
    for column, corner, code in zip(st.columns(len(CORNERS)), CORNERS, chosen, strict=True):
        if st.session_state.get(_key(corner)) != code:
            st.session_state[_key(corner)] = code
        column.selectbox(
            f"{corner} corner", offered, format_func=words.outcome_label, key=_key(corner), on_change=_take,
            args=(corner, chosen),
        )  # fmt: skip
    return chosen


def _take(corner: str, before: tuple[str, ...]) -> None:
    new, old = st.session_state[_key(corner)], before[CORNERS.index(corner)]
    st.session_state[_CHOSEN] = tuple(
        new if place == corner else old if code == new else code for place, code in zip(CORNERS, before, strict=True)
    )
    redraw(PART)


def _key(corner: str) -> str:
    return f"map.{corner.lower()}"
