"""The default deck: the story of the trial and of what was learned from it, a slide a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from bestviz.advice.preferences import Preferences
from bestviz.cohort.selection import Filters
from bestviz.errors import BestVizError
from bestviz.reports.deck import regime_slides, trial_slides
from bestviz.reports.deck.journeys import journey_slide
from bestviz.reports.deck.source import Source
from bestviz.trial.schedule import PRIMARY_WEEK

if TYPE_CHECKING:
    from bestviz.advice.evaluation import Evaluation
    from bestviz.advice.evaluation_assigned import Assigned
    from bestviz.advice.model import FittedModel
    from bestviz.data.dataset import Trial
    from bestviz.reports.deck.slide import Slide

Progress = Callable[[int, int, str], None]

# In the order of the story; what returns None, or cannot be answered by this model and these data, is left out.
STORY: tuple[Callable[[Source], Slide | None], ...] = (
    trial_slides.question,
    trial_slides.design,
    trial_slides.people,
    trial_slides.courses,
    trial_slides.responses,
    regime_slides.firsts,
    regime_slides.values,
    regime_slides.randomised,
    regime_slides.regime,
    regime_slides.for_whom,
    regime_slides.one_patient,
    regime_slides.why,
    regime_slides.sure,
    regime_slides.preferences,
    regime_slides.lasting,
)
ENDING: tuple[Callable[[Source], Slide | None], ...] = (trial_slides.limits, trial_slides.outlook)


def default_deck(
    model: FittedModel,
    trial: Trial,
    weights: Preferences | Mapping[str, float] | None = None,
    *,
    horizon: int | str = PRIMARY_WEEK,
    evaluation: Evaluation | None = None,
    assigned: Assigned | None = None,
    filters: Filters | None = None,
    journeys: int = 0,
    progress: Progress | None = None,
) -> tuple[Slide, ...]:
    """The slides that tell the whole story.

    Parameters
    ----------
    model : FittedModel
    trial : Trial
        As a rule the data of the model; where they are others, every slide of the model says so.
    weights : Preferences or mapping outcome -> weight, optional
        What the regime aims at. Default: PEG alone.
    horizon : {24, 36, "mean"}
        When benefit counts.
    evaluation : Evaluation, optional
        Values of the regimes for the same weights, time and data; without it, or with one of others, a slide says so
        and how to get them.
    assigned : Assigned, optional
        Who gets both treatments, judged with the evaluation.
    filters : Filters, optional
        Whom the slides on the trial show; the slides of the model show everybody and say so. Default: everybody.
    journeys : int
        How many representative patients get a slide of their own, after those of the regime.
    progress : callable(done, total, what), optional
        Told after each slide; may raise to cancel.

    Returns
    -------
    tuple of Slide
        What the model or the data cannot answer is left out.

    Raises
    ------
    PreferenceError
        Weights that no model can use.
    """
    wishes = weights if isinstance(weights, Preferences) else Preferences.from_dict(weights)
    source = Source(model, trial, wishes, horizon, evaluation, assigned, filters or Filters())
    patients = [
        lambda _, one=one: journey_slide(model, one, wishes, horizon=horizon)
        for one in source.representatives[:journeys]
    ]
    makers = [*STORY, *patients, *ENDING]
    slides = []
    for done, make in enumerate(makers, 1):
        with suppress(BestVizError):  # this model or these data have no answer to it
            if (slide := make(source)) is not None:
                slides.append(slide)
        if progress is not None:
            progress(done, len(makers), "Collecting slides")
    return tuple(slides)
