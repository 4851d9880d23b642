"""What the slides are made from: a model, a trial, what matters, and what is asked of them more than once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bestviz import wording
from bestviz.advice.archetypes import Representative, representatives
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Recommended, recommended
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.cohort.selection import Cohort, Filters, select
from bestviz.data.dataset import Trial
from bestviz.wording import slides as words


@dataclass(frozen=True)
class Source:
    """What slides are made from.

    Attributes
    ----------
    model : FittedModel
    trial : Trial
    preferences : Preferences
    horizon : {24, 36, "mean"}
    evaluation : Evaluation or None
    """

    model: FittedModel
    trial: Trial
    preferences: Preferences
    horizon: int | str
    evaluation: Evaluation | None = None

    @property
    def judged(self) -> Evaluation | None:
        """The evaluation, where it is one of these weights."""
        found = None if self.evaluation is None else dict(self.evaluation.preferences)
        return self.evaluation if found == self.preferences.to_dict() else None

    @property
    def simulated(self) -> bool:
        """Whether any of the people behind the slides are simulated."""
        return self.model.info.simulated or self.trial.info.simulated

    @cached_property
    def cohort(self) -> Cohort:
        """All randomised people of the trial."""
        return select(self.trial, Filters())

    @cached_property
    def recommended(self) -> Recommended:
        """What the model as it is recommends to them."""
        return recommended(self.model, self.trial, self.preferences, self.horizon)

    @cached_property
    def representatives(self) -> tuple[Representative, ...]:
        """Groups of similar participants of the model."""
        return representatives(self.model)

    @cached_property
    def patient(self) -> dict[str, Any]:
        """A patient file of the representative of the largest group."""
        return patient_of(self.representatives[0], self.horizon)

    @cached_property
    def advice(self) -> dict[str, Any]:
        """Advice for that patient."""
        return self.model.recommend(self.patient, self.preferences).to_dict()

    @property
    def of_people(self) -> str:
        """The line on the people of the trial."""
        return words.data_line(len(self.cohort), self.trial.info.name)

    @property
    def of_model(self) -> tuple[str, ...]:
        """Lines on the model; that its data are others, where they are."""
        info = self.model.info
        aim = words.aim(self.preferences.weights, wording.horizon(self.horizon))
        line = words.model_line(self.model.name, info.trained_on, info.participants)
        return (aim, line) if self.belongs else (aim, line, self.mismatch)

    @property
    def belongs(self) -> bool:
        """Whether the model was fitted to these data."""
        return self.trial.digest == self.model.info.data_digest

    @property
    def mismatch(self) -> str:
        """That model and data do not belong together, in a sentence."""
        return words.other_data(self.model.info.trained_on, self.trial.info.name)


def patient_of(representative: Representative, horizon: int | str) -> dict[str, Any]:
    """The patient file of a representative patient at week 0."""
    return {"week": 0, "baseline": representative.baseline, "horizon": horizon}
