"""Values of regimes and their differences: they come from the background and stay for the server's life."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import streamlit as st

from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_text import verdict
from bestviz.figures.regimes.values import build_values, describe_values, values_table
from bestviz.regime.judging.regimes import REFERENCES, TREE
from bestviz.ui import background
from bestviz.ui.markup import small_list_html
from bestviz.ui.regimes.asking import Question, begin_tree, draw_judge, evaluation_of, question, told
from bestviz.ui.regimes.controls import VALUES
from bestviz.ui.regimes.show import show, weighed
from bestviz.wording import regimes as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial

POLL = 2.0  # seconds
KEY_OUTCOME, KEY_COMPARED = "regimes.outcome", "regimes.compared"
_VALUES = "values"


@st.fragment(key=VALUES)
def draw_values(model: FittedModel, trial: Trial) -> None:
    """Draw the values, or how far their calculation is."""
    asked = question(model, trial)
    st.header("What regimes are worth")
    st.write(words.mode(trial.digest == model.info.data_digest, model.info.trained_on, trial.info.name))
    with told():
        judge = draw_judge(asked)
        if judge is None:
            return
        evaluation = evaluation_of(asked, judge)
        st.markdown(f"**{verdict(evaluation)}**")
        _draw_chosen(asked, evaluation)
        has_tree = any(each.judged.regime == TREE for each in evaluation.values)
        job = begin_tree(asked, judge)
        if job.is_active:
            _await_tree(asked.tree_key)
        elif job.state == "done" and not has_tree:  # it ended while the rest was drawn
            st.rerun()
        elif job.state == "failed":
            st.caption(f"The readable tree could not be judged. {job.fault}")
    st.caption(words.DISCOVERY)


def _draw_chosen(asked: Question, evaluation: Evaluation) -> None:
    """One outcome, as values or as differences."""
    offered = list(dict.fromkeys((each.outcome, each.week) for each in evaluation.values))
    names = {words.outcome(*one): one for one in offered}
    left, right = st.columns(2)
    with left:
        chosen = st.selectbox("Outcome", list(names), key=KEY_OUTCOME, persist_state="session")
    with right:
        shown = st.segmented_control(
            "Show", [_VALUES, *REFERENCES], default=_VALUES, required=True, key=KEY_COMPARED, wrap=True,
            format_func=lambda one: words.from_reference(None if one == _VALUES else one), persist_state="session",
        )  # fmt: skip
    outcome, week = names.get(str(chosen), offered[0])
    reference = None if shown in (None, _VALUES) else str(shown)
    show(
        asked, title=f"{words.from_reference(reference)}: {words.outcome(outcome, week)}", build=build_values,
        describe=describe_values,
        given={"evaluation": evaluation, "outcome": outcome, "week": week, "reference": reference},
        table=values_table(evaluation, outcome, week), name="values",
        notes=[words.measure_line(outcome), weighed(asked), words.VALUE],
    )  # fmt: skip
    if evaluation.warnings:
        st.html(small_list_html(evaluation.warnings))


@st.fragment(run_every=POLL)
def _await_tree(key: Hashable) -> None:
    """Say that the tree is coming; when it is there, the page is drawn again."""
    job = background.find(key)
    if job is None or not job.is_active:
        st.rerun()
    st.caption(words.TREE_WAITS)
