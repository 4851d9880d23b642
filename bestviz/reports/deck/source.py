"""What the slides are made from: a model, a trial, what matters, and what is asked of them more than once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bestviz import wording
from bestviz.advice.archetypes import Representative, representatives
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Assigned, Recommended, recommended
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.cohort.selection import Cohort, Filters, select
from bestviz.data.dataset import Trial
from bestviz.reports.judged import mismatch
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
        Values of regimes, of whatever they were judged.
    assigned : Assigned or None
        Who gets both treatments, judged with the values.
    filters : Filters
        Whom the slides on the trial show.
    """

    model: FittedModel
    trial: Trial
    preferences: Preferences
    horizon: int | str
    evaluation: Evaluation | None = None
    assigned: Assigned | None = None
    filters: Filters = field(default_factory=Filters)

    @cached_property
    def not_judged(self) -> str:
        """Why the evaluation is not one of this model, these data, these weights and this time; empty where it is."""
        if self.evaluation is None:
            return words.NO_VALUES[0]
        return mismatch(self.evaluation, self.model, self.trial, self.preferences, self.horizon)

    @property
    def judged(self) -> Evaluation | None:
        """The evaluation, where it belongs to what is shown."""
        return None if self.not_judged else self.evaluation

    @property
    def simulated(self) -> bool:
        """Whether any of the people behind the slides are simulated."""
        return self.model.info.simulated or self.trial.info.simulated

    @cached_property
    def cohort(self) -> Cohort:
        """The randomised people of the trial that the filters leave."""
        return select(self.trial, self.filters)

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
    def is_filtered(self) -> bool:
        """Whether not everybody is looked at."""
        return bool(self.filters.chosen)

    @property
    def of_people(self) -> tuple[str, ...]:
        """The people of the trial and their data, for the notes."""
        told = (words.filters_line(self.cohort),) if self.is_filtered else ()
        return (*told, words.data_line(self.trial.info.name))

    @property
    def aim(self) -> tuple[str, ...]:
        """What the regime aims at, and that its data are others, where they are; for the slide."""
        short = words.aim_in_short(self.preferences.weights, self.horizon)
        return (short,) if self.belongs else (short, words.OTHER_PEOPLE)

    @property
    def of_model(self) -> tuple[str, ...]:
        """Lines on aim, data and model; that the model's data are others, where they are; for the notes."""
        info = self.model.info
        aim = words.aim(self.preferences.weights, wording.horizon(self.horizon))
        data = words.data_line(self.trial.info.name)
        line = words.model_line(self.model.name, info.trained_on, info.participants)
        return (aim, data, line) if self.belongs else (aim, data, line, self.mismatch)

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
