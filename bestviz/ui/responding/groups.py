"""What personalising adds over the trial's average, group by group."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from bestviz import wording
from bestviz.advice.responders.tables import group_table
from bestviz.errors import BestVizError
from bestviz.figures.export import Caption
from bestviz.figures.responding.groups import build_groups, describe_groups
from bestviz.trial.schedule import HORIZONS
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.responding import found
from bestviz.ui.responding.question import weights_in_force
from bestviz.wording import responding as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial

KEY_HORIZON = "who.groups.horizon"


@st.fragment
def draw_groups(model: FittedModel, trial: Trial) -> None:
    """Draw the forest of subgroups."""
    horizon = st.segmented_control(
        "When", list(HORIZONS), default=HORIZONS[0], required=True, key=KEY_HORIZON, persist_state="session",
        format_func=lambda at: "weeks 24 and 36" if at == "mean" else f"week {at}",
    )  # fmt: skip
    weights = weights_in_force()
    try:
        fairness = found.fairness(model, trial, weights, horizon or HORIZONS[0])
    except BestVizError as fault:
        st.info(str(fault))
        return
    simulated = model.info.simulated or trial.info.simulated
    build = partial(build_groups, fairness=fairness, simulated=simulated)
    alt = describe_groups(fairness=fairness, simulated=simulated)
    show_figure(build(dark=is_dark()), alt=alt, key="who.groups")
    st.write(fairness.statement)
    aim = words.aim(dict(weights))
    st.caption(f"{aim} Dotted: everybody. {' '.join(fairness.notes)}")
    notes = (aim, *fairness.notes, *words.simulated(simulated))
    title = f"What personalising the first treatment adds, by group, {wording.horizon(fairness.horizon)}"
    draw_downloads(build, group_table(fairness), "groups", Caption(title, notes, alt))
