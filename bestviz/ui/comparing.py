"""Two plans side by side for this patient, on every outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.figures.comparison import build_comparison, describe_comparison
from bestviz.ui import inquiry
from bestviz.ui.case import Case
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.tables import comparison_html

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel


def draw_comparison(model: FittedModel, advice: Mapping[str, Any], case: Case) -> None:
    """Draw two plans that the reader picks, at first the best and the next best."""
    arms = [option["arm"] for option in wording.ranked(advice)]
    if len(arms) < 2:
        st.info("There is only one option, so there is nothing to compare it with.")
        return
    which, left = ".".join(arms), st.columns(2)
    with left[0]:
        one = _choose("Plan A", arms, arms[0], f"compare.a.{which}", advice)
    with left[1]:
        rest = [arm for arm in arms if arm != one]
        two = _choose("Plan B", rest, rest[0], f"compare.b.{which}.{one}", advice)
    week = wording.usual_week(advice)
    weeks = sorted({row["week"] for row in advice["outcomes"]})
    week = st.segmented_control("Week", weeks, default=week, key=f"compare.week.{week}", required=True) or week
    pair = (one, two)
    figure = build_comparison(advice=advice, arms=pair, week=week, dark=is_dark())
    show_figure(figure, alt=describe_comparison(advice=advice, arms=pair, week=week), key="compare")
    st.html(comparison_html(advice, pair, week, inquiry.differences(model, case, pair)))
    st.caption(f"{wording.NATURAL_COURSE} {wording.simulated_note(advice)}".strip())


def _choose(label: str, arms: list[str], usual: str, key: str, advice: Mapping[str, Any]) -> str:
    chosen: str = st.selectbox(
        label, arms, index=arms.index(usual), format_func=lambda arm: wording.plan_name(advice, arm), key=key
    )
    return chosen
