"""Questions to the model about the case at hand; each answer is kept in the session until the case changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from bestviz.advice.patient import Patient
from bestviz.trial import MEASURES
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK
from bestviz.ui import models
from bestviz.ui.case import Case
from bestviz.wording.case import verdict

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_KEPT = "inquiry.kept"
Answer = TypeVar("Answer")


def advise(model: FittedModel, case: Case) -> dict[str, Any]:
    """The advice as `recommend --json` prints it; at week 12 also the first arm, as `first_arm`, for the words."""

    def ask() -> dict[str, Any]:
        advice = model.recommend(case.patient, case.preferences).to_dict()
        return advice | {"first_arm": case.patient.first_arm} if case.patient.week else advice

    return _kept("advice", model, case, ask)


def expected(model: FittedModel, case: Case) -> list[dict[str, Any]]:
    """What had been expected at week 0 of the values that are known at week 12, for the first treatment that was had.

    Returns
    -------
    list of dict
        Keys outcome, observed, expected, person_interval (80 %) and verdict (words).
    """
    first = case.patient.first_arm
    measured = {
        code: float(value) for code, value in case.patient.interim.items() if code in MEASURES and code != "pgic"
    }
    if first is None or not measured:
        return []
    start = Patient(  # as it was then: what was had could be had
        baseline=case.patient.baseline, deep=case.patient.deep, extra_inputs=case.patient.extra_inputs
    )

    def ask() -> list[dict[str, Any]]:
        points = model.recommend(start, case.preferences).to_dict()["trajectories"]
        return [
            {
                "outcome": point["outcome"],
                "observed": measured[point["outcome"]],
                "expected": point["mean"],
                "person_interval": point["person_interval"],
                "verdict": verdict(
                    measured[point["outcome"]],
                    point["mean"],
                    tuple(point["person_interval"]),
                    MEASURES[point["outcome"]].sign,
                ),
            }
            for point in points
            if (point["arm"], point["week"]) == (first, SECOND_RANDOMISATION_WEEK) and point["outcome"] in measured
        ]

    return _kept("expected", model, case, ask)


def contributions(model: FittedModel, case: Case, arms: tuple[str, str]) -> dict[str, Any] | None:
    """What each input contributes to the difference between two options; None where it cannot be told."""

    def ask() -> dict[str, Any] | None:
        found = model.contributions(case.patient, case.preferences, arms)
        return found.to_dict() if found else None

    return _kept(f"contributions {arms}", model, case, ask)


def differences(model: FittedModel, case: Case, arms: tuple[str, str]) -> list[dict[str, Any]]:
    """The difference between two options on every outcome at weeks 24 and 36."""
    return _kept(
        f"differences {arms}",
        model,
        case,
        lambda: [row.to_dict() for row in model.differences(case.patient, case.preferences, arms)],
    )


def flips(model: FittedModel, case: Case) -> Mapping[str, Any]:
    """The smallest single changes that put another option ahead."""
    return _kept("flips", model, case, lambda: model.flips(case.patient, case.preferences).to_dict())


def _kept(what: str, model: FittedModel, case: Case, ask: Callable[[], Answer]) -> Answer:
    asked = (model.digest, case.patient.to_dict(), case.preferences.to_dict())
    if st.session_state.get(_KEPT, (None,))[0] != asked:
        st.session_state[_KEPT] = (asked, {})
    answers: dict[str, Any] = st.session_state[_KEPT][1]
    if what not in answers:
        with models.ADVISING:
            answers[what] = ask()
    answer: Answer = answers[what]
    return answer
