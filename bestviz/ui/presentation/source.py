"""What the slides are made of: the model, data, filters, weights and values in force; decks are kept by digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Assigned
from bestviz.advice.preferences import Preferences
from bestviz.cohort.selection import Filters, choices, select
from bestviz.errors import BestVizError
from bestviz.reports.deck import Slide, default_deck
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.ui import background, models
from bestviz.ui.cohort.filters import key_filter
from bestviz.ui.regimes.asking import Question, assigned_of, evaluation_of, judge_of, question
from bestviz.wording import cohort as cohort_words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial

JOURNEYS = 6  # representative patients that are offered
_KEPT = 12  # decks, of all sessions; they hold published counts and means, of nobody alone


@dataclass(frozen=True)
class Source:
    """What is presented.

    Attributes
    ----------
    asked : Question
        Model, trial, weights and horizon.
    filters : Filters
        As set on the Cohort page.
    evaluation : Evaluation or None
        Values of regimes for these weights, where they have been judged.
    assigned : Assigned or None
        Who gets both treatments, where that has been judged.
    judged : str
        How far they have been judged: `""`, `"plain"`, `"tree"`.
    fault : str
        Why they could not be, in a sentence.
    """

    asked: Question
    filters: Filters
    evaluation: Evaluation | None
    assigned: Assigned | None
    judged: str
    fault: str

    @property
    def key(self) -> tuple[Any, ...]:
        """Of everything that slides are made from."""
        return (*self.asked.key, self.filters, self.judged)  # type: ignore[misc]

    @property
    def file_key(self) -> tuple[Any, ...]:
        """Of a file that is asked for: it stays the same when the readable tree is judged while the file is made."""
        return (*self.asked.key, self.filters, self.evaluation is not None)  # type: ignore[misc]

    @property
    def refused(self) -> str:
        """Why no slide shows the people that the filters leave; empty where slides do."""
        return cohort_words.refused(select(self.asked.trial, self.filters)) if self.filters.chosen else ""

    @property
    def belongs(self) -> bool:
        """Whether the model was fitted on the data."""
        return self.asked.trial.digest == self.asked.model.info.data_digest

    @property
    def pack_evaluation(self) -> Evaluation | None:
        """The values for the manuscript pack, which looks at week 24."""
        return self.evaluation if self.asked.horizon == PRIMARY_WEEK else None


def source(model: FittedModel, trial: Trial) -> Source:
    """What is presented now; values are taken where the Regimes page has judged them, never waited for."""
    asked, judged, fault = question(model, trial), "", ""
    evaluation, both = None, None
    judge = judge_of(asked)
    if judge is not None:
        tree = background.find(asked.tree_key)
        judged = "tree" if tree is not None and tree.state == "done" else "plain"
        try:
            evaluation, both = evaluation_of(asked, judge), assigned_of(asked, judge)
        except BestVizError as error:
            judged, fault = "", str(error)
    return Source(asked, filters_in_force(trial), evaluation, both, judged, fault)


def filters_in_force(trial: Trial) -> Filters:
    """The filters of the Cohort page that this trial has."""
    offered = choices(trial)
    set_to = {name: st.session_state.get(key_filter(name)) or () for name in offered}
    return Filters(**{name: tuple(one for one in offered[name] if one in set_to[name]) for name in offered})


def deck_of(given: Source) -> tuple[Slide, ...]:
    """Every slide there is, those of representative patients too."""
    return _deck(given.key, given)


@st.cache_resource(show_spinner="Collecting the slides", max_entries=_KEPT)
def _deck(key: tuple[Any, ...], _given: Source) -> tuple[Slide, ...]:
    del key
    asked: Question = _given.asked
    with models.ADVISING:
        return default_deck(
            asked.model, asked.trial, Preferences(asked.preferences.weights), horizon=asked.horizon,
            evaluation=_given.evaluation, assigned=_given.assigned, filters=_given.filters, journeys=JOURNEYS,
        )  # fmt: skip
