"""The course of one outcome, of 100 people like this, and all outcomes in numbers; looking around reruns only these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from bestviz import wording
from bestviz.figures.trajectories import build_trajectories, describe_trajectories, ties
from bestviz.trial import ARMS, MEASURES
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.markup import people_html
from bestviz.ui.tables import outcomes_html


@st.fragment
def draw_course(advice: Mapping[str, Any]) -> None:
    """Draw the course of one outcome and of 100 people how many improve; at first for the two best and self-care."""
    drawn = {row["outcome"] for row in advice["trajectories"]}
    outcome = st.selectbox(
        "Outcome", [code for code in MEASURES if code in drawn], format_func=lambda code: MEASURES[code].short,
        key="course.outcome", persist_state="session",
    )  # fmt: skip
    arms = _choose_plans(advice)
    if not arms:
        st.info("Choose at least one plan.")
        return
    best = wording.best(advice)
    vary = best if best in arms else arms[0]
    figure = build_trajectories(advice=advice, outcome=outcome, arms=arms, vary=vary, dark=is_dark())
    show_figure(figure, alt=describe_trajectories(advice=advice, outcome=outcome, arms=arms), key="course")
    tied = ties(advice, outcome, arms)
    st.caption(
        f"{tied} Bars: how sure the mean is (95 %). Shaded: where 8 of 10 people fall with "
        f"{wording.plan_name(advice, vary).lower()}. {wording.NATURAL_COURSE}".strip()
    )
    _draw_people(advice, outcome, arms)


def _choose_plans(advice: Mapping[str, Any]) -> list[str]:
    possible = [option["arm"] for option in wording.ranked(advice)]
    usual = {*possible[:2], "ESC"}
    return st.pills(
        "Plans",
        [arm for arm in ARMS if arm in possible],
        selection_mode="multi",
        format_func=lambda arm: wording.plan_name(advice, arm),
        default=[arm for arm in ARMS if arm in possible and arm in usual],
        key=f"course.plans.{'.'.join(sorted(usual & set(possible)))}",
    )


def _draw_people(advice: Mapping[str, Any], outcome: str, arms: list[str]) -> None:
    week = wording.usual_week(advice)
    if people := people_html(advice, outcome, week, arms):
        change = wording.meaningful(MEASURES[outcome])
        st.markdown(f"**Of 100 people like this, how many improve by at least {change} by week {week}**")
        st.html(people)


@st.fragment
def draw_outcomes(advice: Mapping[str, Any]) -> None:
    """Draw the table of all outcomes of one plan."""
    possible = [option["arm"] for option in wording.ranked(advice)]
    arm = st.selectbox(
        "Plan", possible, format_func=lambda one: wording.plan_name(advice, one), key=f"table.plan.{possible[0]}"
    )
    weeks = sorted({row["week"] for row in advice["outcomes"]})
    usual = wording.usual_week(advice)
    week = st.segmented_control("Week", weeks, default=usual, key=f"table.week.{usual}", required=True)
    st.html(outcomes_html(advice, arm, week or usual))
    st.caption(f"{wording.NATURAL_COURSE} {wording.simulated_note(advice)}".strip())
