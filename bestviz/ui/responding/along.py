"""What to expect of each treatment along one feature, all else as it is in the data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from bestviz.advice.responders import Profile
from bestviz.advice.responders.features import features_of
from bestviz.advice.responders.tables import profile_table
from bestviz.figures.export import Caption
from bestviz.figures.responding.profiles import build_profile, describe_profile, drawn_arms, few
from bestviz.trial import SINGLE_ARMS, arm_title
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.responding import found
from bestviz.ui.responding.question import Question
from bestviz.wording import responding as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

KEY_FEATURE, KEY_ARMS, KEY_SHOW = "who.feature", "who.arms", "who.show"
_EXPECTED, _DIFFERENCE = "Expected outcome", "Difference from enhanced self-care"


@st.fragment
def draw_along(model: FittedModel, asked: Question, treatment: str, strongest: Sequence[str]) -> None:
    """Draw the profile of one feature; at first of the strongest predictor of the treatment."""
    st.header("Along one feature")
    features = {feature.name: feature.label for feature in features_of(model, 1)}
    first = next((name for name in strongest if name in features), next(iter(features)))
    left, right = st.columns(2)
    feature = left.selectbox(
        "Feature", list(features), index=list(features).index(first), format_func=features.__getitem__,
        key=f"{KEY_FEATURE}.{treatment}", persist_state="session",
    )  # fmt: skip
    show = right.segmented_control(
        "Show",
        [_EXPECTED, _DIFFERENCE],
        default=_EXPECTED,
        required=True,
        key=KEY_SHOW,
        persist_state="session",
        wrap=True,
    )
    profile = found.profile(model, feature, asked.weights, asked.outcome, asked.week, asked.horizon)
    arms = _choose_arms(profile, differences=show == _DIFFERENCE)
    if arms:
        _draw(model, profile, arms, differences=show == _DIFFERENCE)
    else:
        st.info("Choose at least one treatment.")


def _choose_arms(profile: Profile, *, differences: bool) -> list[str]:
    possible = drawn_arms(profile, SINGLE_ARMS, differences)
    return st.pills(
        "First treatments", possible, selection_mode="multi", default=possible, format_func=arm_title,
        key=f"{KEY_ARMS}.{'.'.join(possible)}", persist_state="session",
    )  # fmt: skip


def _draw(model: FittedModel, profile: Profile, arms: Sequence[str], *, differences: bool) -> None:
    simulated = model.info.simulated
    build = partial(build_profile, profile=profile, arms=arms, differences=differences, simulated=simulated)
    alt = describe_profile(profile=profile, arms=arms, differences=differences, simulated=simulated)
    show_figure(build(dark=is_dark()), alt=alt, key="who.profile")
    note = words.profile_note(profile.averaged_over, bool(few(profile)))
    st.caption(" ".join([note, *profile.notes, *profile.left_out]))
    title = f"{profile.label}: {words.when(profile.outcome, profile.week, profile.horizon)}"
    notes = (note, *profile.notes, *profile.left_out, *words.simulated(simulated))
    draw_downloads(build, profile_table(profile), f"along-{profile.feature}", Caption(title, notes, alt))
