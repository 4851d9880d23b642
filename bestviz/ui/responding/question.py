"""What is asked on the page Who responds: which outcome, when, which decision, which treatment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from bestviz.advice.outcomes import column_name
from bestviz.trial import MEASURES, TREATMENTS
from bestviz.trial.schedule import HORIZONS, PRIMARY_WEEK
from bestviz.ui import state
from bestviz.ui.responding.found import Weights
from bestviz.wording import responding as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

KEY_OUTCOME, KEY_STAGE, KEY_REFERENCE = "who.outcome", "who.stage", "who.reference"
WEIGHTED, AVERAGE = "weighted", "average"  # choices that are no measure and no treatment
_STAGES = {1: "First treatment", 2: "Treatment brought in at week 12"}


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    weights : tuple of (outcome, weight)
        As set on the Patient page.
    outcome : str or None
        Measure; None for the weighted outcome.
    week : int or None
        Of the measure.
    horizon : {24, 36, "mean"}
        Of the weighted outcome.
    stage : {1, 2}
    reference : str or None
        Treatment that benefits are against; None for the average of the others.
    """

    weights: Weights
    outcome: str | None
    week: int | None
    horizon: int | str
    stage: int
    reference: str | None


def weights_in_force() -> Weights:
    """The preference weights of this session, in an order that does not depend on how they were set."""
    return tuple(sorted(state.weights().items()))


def weeks_of(model: FittedModel, outcome: str) -> list[int]:
    """Weeks after the start at which a model knows a measure."""
    names = (*model.engine.outcome_names, *model.engine.early_names)
    return [week for week in MEASURES[outcome].weeks if column_name(outcome, week) in names]


def draw_question(model: FittedModel) -> Question:
    """Draw the choices and return what they say."""
    first, second, third, fourth = st.columns([3, 2, 3, 3])
    outcomes = [code for code in MEASURES if code in model.outcome_codes]
    chosen = first.selectbox(
        "Outcome", [*outcomes, WEIGHTED], key=KEY_OUTCOME, persist_state="session",
        format_func=lambda code: words.WEIGHTED if code == WEIGHTED else MEASURES[code].short,
    )  # fmt: skip
    outcome = None if chosen == WEIGHTED else chosen
    week, horizon = _when(model, outcome, second)
    stage = third.selectbox(
        "Decision", list(_STAGES), format_func=lambda at: _STAGES[at], key=KEY_STAGE, persist_state="session"
    )
    treatments = (model.engine.first_arms if stage == 1 else model.engine.second_arms).treatments
    against = fourth.selectbox(
        "Benefit against", [AVERAGE, *treatments], key=f"{KEY_REFERENCE}.{stage}", persist_state="session",
        format_func=lambda code: words.AVERAGE if code == AVERAGE else TREATMENTS[code].name,
    )  # fmt: skip
    reference = None if against == AVERAGE else against
    return Question(weights_in_force(), outcome, week, horizon, stage, reference)


def _when(
    model: FittedModel, outcome: str | None, place: st.delta_generator.DeltaGenerator
) -> tuple[int | None, int | str]:
    """Week of a measure, or the horizon of the weighted outcome."""
    if outcome is None:
        horizon = place.selectbox(
            "When", list(HORIZONS), key="who.horizon", persist_state="session",
            format_func=lambda at: "weeks 24 and 36" if at == "mean" else f"week {at}",
        )  # fmt: skip
        return None, horizon
    weeks = weeks_of(model, outcome)
    week = place.selectbox(
        "Week", weeks, index=weeks.index(PRIMARY_WEEK) if PRIMARY_WEEK in weeks else 0,
        key=f"who.week.{'.'.join(map(str, weeks))}", persist_state="session",
    )  # fmt: skip
    return week, PRIMARY_WEEK
