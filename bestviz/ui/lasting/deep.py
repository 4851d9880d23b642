"""What deep phenotyping adds: judged in the background, then the value, and whose first treatment changes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from bestviz import wording
from bestviz.advice.deep import DeepGain, deep_gain, with_markers_only
from bestviz.advice.deep_changes import Changes, Switch
from bestviz.cohort.suppression import Count
from bestviz.cohort.tables import protect_groups
from bestviz.errors import BestVizError
from bestviz.figures.deep import build_deep, describe_deep, rows_of
from bestviz.figures.export import Caption
from bestviz.trial import SINGLE_ARMS, arm_title
from bestviz.trial.schedule import HORIZONS
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.responding.question import weights_in_force
from bestviz.ui.tables import table_html
from bestviz.ui.work import draw_work
from bestviz.wording import responding as words

if TYPE_CHECKING:
    from bestviz.data import Trial

KEY_HORIZON, KEY_BY = "deep.horizon", "deep.by"


@st.fragment
def draw_deep(trial: Trial, learner: str) -> None:
    """Draw what markers add; where the data have none, say so."""
    try:
        some, markers, rare = with_markers_only(trial)
    except BestVizError as fault:
        st.info(words.no_deep(str(fault)))
        return
    st.write(words.DEEP_WHAT)
    st.write(words.have_markers(len(some), len(trial), len(markers), rare))
    horizon = st.segmented_control(
        "The regimes look at", list(HORIZONS), default=HORIZONS[0], required=True, key=KEY_HORIZON,
        format_func=lambda at: "weeks 24 and 36" if at == "mean" else f"week {at}", persist_state="session",
    )  # fmt: skip
    weights = weights_in_force()
    st.caption(f"{words.aim(dict(weights))} {words.DEEP_WAIT}")
    at = horizon or HORIZONS[0]
    found: DeepGain | None = draw_work(
        ("deep", trial.digest, weights, at, learner), "deep", words.DEEP_BUTTON, deep_gain, trial, dict(weights),
        horizon=at, learner=learner,
    )  # fmt: skip
    if found is not None:
        _draw_gain(found)
        _draw_changes(found)


def _draw_gain(found: DeepGain) -> None:
    st.write(found.statement)
    build, alt = partial(build_deep, gain=found), describe_deep(gain=found)
    show_figure(build(dark=is_dark()), alt=alt, key="deep.value")
    method = words.deep_method(found.people, found.folds, found.repeats)
    st.caption(method)
    table = pd.DataFrame(
        {"what": name, "meaningful_changes": each.value, "lower_95": each.interval[0], "upper_95": each.interval[1]}
        for name, each in rows_of(found)
    )
    notes = (found.statement, method, *words.simulated(found.simulated))
    draw_downloads(build, table, "deep", Caption("What deep phenotyping adds", notes, alt))


def _draw_changes(found: DeepGain) -> None:
    st.header("For whom the recommendation changes")
    st.write(words.changed(found.first_differs))
    st.html(switches_html(found.changes.switches, found.simulated))
    columns = list(dict.fromkeys(group.column for group in found.changes.groups))
    if not columns:
        return
    by = st.selectbox("By", columns, format_func=words.marker, key=KEY_BY, persist_state="session")
    st.html(groups_html(found.changes, by, found.simulated))
    st.caption(words.DEEP_GROUPS)


def switches_html(switches: Sequence[Switch], simulated: bool) -> str:
    """First treatment without against with markers; small counts cannot be worked out from the rest either."""
    found = {(each.without, each.with_markers): each.people for each in switches}
    arms = [arm for arm in SINGLE_ARMS if any(arm in pair for pair in found)]
    pairs = [(one, other) for one in arms for other in arms]
    # Everybody is published as well, so one hidden count alone would be what is left.
    counts = protect_groups({"\n".join(pair): found.get(pair, 0) for pair in pairs})
    rows = [
        [f"Without: {escape(arm_title(one))}", *(_count(counts[f"{one}\n{other}"], one == other) for other in arms)]
        for one in arms
    ]
    tail = f" {wording.SIMULATED}." if simulated else ""
    heads = ["", *(f"With: {arm_title(arm)}" for arm in arms)]
    return table_html(f"{words.DEEP_SWITCHES}.{tail}", heads, rows)


def _count(people: Count, same: bool) -> str:
    text = words.FEWER if people.few else people.text
    return f"{escape(text)}<small>no change</small>" if same else f"<strong>{escape(text)}</strong>"


def groups_html(changes: Changes, by: str, simulated: bool) -> str:
    """How many of 100 change, group by group."""
    rows = [
        [
            escape(wording.sentence(group.group)),
            str(group.people),
            f'{wording.of_100(group.share)} <span class="bv-ends">({_ends(group.interval)})</span>',
        ]
        for group in changes.groups
        if group.column == by
    ]
    tail = f" {wording.SIMULATED}." if simulated else ""
    heads = [words.marker(by), "People", "Get another first treatment (95 % interval)"]
    return table_html(f"By {wording.inside(words.marker(by))}.{tail}", heads, rows)


def _ends(ends: tuple[float, float]) -> str:
    return wording.interval([100 * end for end in ends], 0)
