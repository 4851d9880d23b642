"""What is asked about regimes, and its answers: long ones in the background, others kept by digests for all sessions.

What is kept holds counts and means. Everybody's scores are kept for the session that asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz.advice.evaluation import Evaluation, TrialJudge
from bestviz.advice.evaluation_assigned import Assigned, Recommended, assigned, recommended
from bestviz.advice.evaluation_groups import Grouping
from bestviz.advice.evaluation_reach import Reach, reach
from bestviz.advice.evaluation_tree import ReadableTree, judge_tree
from bestviz.advice.kept_value import judge_and_keep
from bestviz.advice.preferences import Preferences
from bestviz.advice.responders import Fairness, fairness
from bestviz.errors import BestVizError, InputError
from bestviz.ui import background, models, state
from bestviz.ui.work import begins_by_itself, draw_work

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial
    from bestviz.regime.judging.scored import Scored

_SCORED, _TREE = "regimes.scored", "regimes.tree.key"
_KEPT = 16  # answers, of all sessions


@dataclass(frozen=True)
class Question:
    """Regimes for some weights, judged in a trial.

    Attributes
    ----------
    model : FittedModel
    trial : Trial
    preferences : Preferences
    horizon : {24, 36, "mean"}
    """

    model: FittedModel
    trial: Trial
    preferences: Preferences
    horizon: int | str

    @property
    def judge_key(self) -> Hashable:
        """Of everything but the weights."""
        return "regimes.judge", self.model.digest, self.trial.digest

    @property
    def key(self) -> Hashable:
        """Of everything."""
        return self.model.digest, self.trial.digest, tuple(self.preferences.weights.items()), self.horizon

    @property
    def tree_key(self) -> Hashable:
        """Of the job that judges the readable tree."""
        return "regimes.tree", self.key


def question(model: FittedModel, trial: Trial) -> Question:
    """The question with the weights in force."""
    return Question(model, trial, Preferences(state.weights()), st.session_state.get(state.KEY_HORIZON) or 24)


@contextmanager
def told() -> Iterator[None]:
    """Say in sentences what cannot be answered, in place of what was to be drawn."""
    try:
        yield
    except InputError as fault:
        for message in fault.messages:
            st.info(message)
    except BestVizError as fault:
        st.error(str(fault))


# -- long work --------------------------------------------------------------------------------------------------------


def draw_judge(asked: Question) -> TrialJudge | None:
    """The judge of the trial; it begins by itself where the server allows, and until it is there that is drawn."""
    given = (judge_and_keep, asked.model, asked.trial, (models.models_folder() / asked.model.name).absolute())
    if background.find(asked.judge_key) is None and begins_by_itself():
        background.start(asked.judge_key, *given)
    judge: TrialJudge | None = draw_work(asked.judge_key, "regimes.judge", "Judge the regimes", *given)
    return judge


def judge_of(asked: Question) -> TrialJudge | None:
    """The judge of the trial where it is there."""
    job = background.find(asked.judge_key)
    return job.result if job is not None and job.state == "done" else None


def begin_tree(asked: Question, judge: TrialJudge) -> background.Job:
    """Judge the readable tree for the weights in force; that for other weights, if it still goes on, is given up."""
    before = st.session_state.get(_TREE)
    if before is not None and before != asked.tree_key:
        background.cancel(before)
    st.session_state[_TREE] = asked.tree_key
    found = background.find(asked.tree_key)
    return found or background.start(asked.tree_key, judge_tree, judge, asked.preferences, asked.horizon)


def draw_tree_work(asked: Question, judge: TrialJudge) -> ReadableTree | None:
    """The readable tree; until it is there, its progress."""
    given = (judge_tree, judge, asked.preferences, asked.horizon)
    found: tuple[Scored, ReadableTree] | None = draw_work(
        asked.tree_key, "regimes.tree", "Learn the readable tree", *given
    )
    return None if found is None else found[1]


def draw_reach_work(asked: Question, judge: TrialJudge, outcomes: tuple[str, str]) -> Reach | None:
    """The trade-off of two outcomes; until it is there, its progress."""
    key = ("regimes.reach", asked.key, outcomes)
    if background.find(key) is None:
        background.start(key, reach, judge, scored_of(asked, judge), outcomes, asked.horizon)
    given = (reach, judge, scored_of(asked, judge), outcomes, asked.horizon)
    found: Reach | None = draw_work(key, "regimes.reach", "Weigh these two", *given)
    return found


# -- short work -------------------------------------------------------------------------------------------------------


def scored_of(asked: Question, judge: TrialJudge) -> Scored:
    """Everybody's scores for the weights in force; with the readable tree where it has been judged."""
    job = background.find(asked.tree_key)
    if job is not None and job.state == "done":
        found: Scored = job.result[0]
        return found
    kept = st.session_state.get(_SCORED)
    if kept is None or kept[0] != asked.key:
        kept = asked.key, judge.scored(asked.preferences, asked.horizon, with_tree=False)
        st.session_state[_SCORED] = kept
    scored: Scored = kept[1]
    return scored


def evaluation_of(asked: Question, judge: TrialJudge, groups: Grouping | None = None) -> Evaluation:
    """Values for the weights in force, for everybody and for groups."""
    return judge.evaluate(asked.preferences, groups, asked.horizon, scored=scored_of(asked, judge))


def assigned_of(asked: Question, judge: TrialJudge) -> Assigned:
    """Who gets what, as randomised and under the regime."""
    found: Assigned = _kept("assigned", asked.key, lambda: assigned(judge, asked.preferences, asked.horizon))
    return found


def recommended_of(asked: Question) -> Recommended:
    """What the model as it is recommends to the participants."""

    def ask() -> Recommended:
        with models.ADVISING:
            return recommended(asked.model, asked.trial, asked.preferences, asked.horizon)

    found: Recommended = _kept("recommended", asked.key, ask)
    return found


def fairness_of(asked: Question, columns: tuple[str, ...]) -> Fairness:
    """What the model as it is recommends to groups of participants."""

    def ask() -> Fairness:
        with models.ADVISING:
            return fairness(asked.model, asked.trial, asked.preferences, columns=columns, horizon=asked.horizon)

    found: Fairness = _kept("fairness", (asked.key, columns), ask)
    return found


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _kept(kind: str, key: Hashable, _make: Callable[[], Any]) -> Any:
    """The answer of a kind to what is asked, made once."""
    del kind, key
    return _make()
