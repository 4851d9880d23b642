"""What the pack is made of: figures with their numbers, tables, and what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Assigned
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.cohort.selection import Cohort, Filters, select
from bestviz.data.dataset import Trial
from bestviz.figures.export import Caption
from bestviz.reports.judged import mismatch
from bestviz.trial import SINGLE_ARMS
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import cohort as cohort_words
from bestviz.wording import pack as words


@dataclass(frozen=True)
class Item:
    """One figure or table.

    Attributes
    ----------
    key : str
        Stem of its file names.
    caption : Caption
        Title, notes (people, interval, time point, simulated data) and alternative text.
    table : DataFrame or None
        The numbers under the figure, or the table itself.
    build : callable or None
        Builds the figure in the light scheme; None for a table.
    """

    key: str
    caption: Caption
    table: pd.DataFrame | None
    build: Callable[[], go.Figure] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Asked:
    """What a pack is made of.

    Attributes
    ----------
    model : FittedModel
    trial : Trial
    wishes : Preferences
    filters : Filters
        Whom the figures of the cohort show; what the model expects is of everybody.
    evaluation : Evaluation or None
        Values of regimes, for whatever weights they were judged.
    assigned : Assigned or None
        Who gets both treatments, judged with the values.
    """

    model: FittedModel
    trial: Trial
    wishes: Preferences
    filters: Filters
    evaluation: Evaluation | None
    assigned: Assigned | None = None

    @cached_property
    def cohort(self) -> Cohort:
        """The people that the filters leave."""
        return select(self.trial, self.filters)

    @cached_property
    def not_judged(self) -> str:
        """Why there are no values of regimes for this model, these data, these weights and week 24; empty where are."""
        if self.evaluation is None:
            return words.NOT_EVALUATED
        return mismatch(self.evaluation, self.model, self.trial, self.wishes, PRIMARY_WEEK)

    @property
    def values(self) -> Evaluation | None:
        """Values of regimes, if they belong to what is shown."""
        return None if self.not_judged else self.evaluation

    @property
    def belongs(self) -> bool:
        """Whether the model was fitted on these data."""
        return self.trial.digest == self.model.info.data_digest

    @property
    def simulated(self) -> bool:
        """Whether the people of the data, or those of the model, are simulated."""
        return self.trial.info.simulated or self.model.info.simulated

    def counted(self, title: str, *notes: str, alt: str = "") -> Caption:
        """Caption of what is counted in the data."""
        cohort = self.cohort
        people = f"{cohort_words.people_line(cohort)}. Filters: {cohort_words.filter_line(cohort.filters)}."
        return self._caption(title, alt, people, *notes, cohort_words.arm_key(cohort.arms))

    def expected(self, title: str, *notes: str, alt: str = "") -> Caption:
        """Caption of what the model says."""
        model = f"Model: {self.model.name} ({self.model.digest}). {words.aim(self.wishes.to_dict())}"
        apart = () if self.belongs else (words.APART,)
        return self._caption(title, alt, *notes, cohort_words.arm_key(SINGLE_ARMS), model, *apart)

    def _caption(self, title: str, alt: str, *notes: str) -> Caption:
        lines = [*notes, f"Data: {self.trial.info.name}."]
        lines += [f"{wording.SIMULATED}."] if self.simulated else []
        return Caption(title, tuple(dict.fromkeys(filter(None, lines))), alt)


def figure(
    caption: Callable[..., Caption], key: str, title: str, build: Callable[..., go.Figure],
    describe: Callable[..., str], given: dict[str, Any], table: pd.DataFrame | None, *notes: str,
) -> Item:  # fmt: skip
    """A figure with its numbers.

    Parameters
    ----------
    caption : callable
        `Asked.counted` or `Asked.expected`.
    build, describe : callable
        `build_*` and `describe_*` of a figure; `given` are their arguments but for `dark`.
    """
    return Item(key, caption(title, *notes, alt=describe(**given)), table, partial(build, **given))
