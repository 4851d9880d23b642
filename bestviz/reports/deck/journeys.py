"""A slide of one representative patient: what ranks first, what then, why, and the expected PEG."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from bestviz import wording
from bestviz.advice.preferences import Preferences
from bestviz.figures.trajectories import build_trajectories, describe_trajectories
from bestviz.reports.deck import fits
from bestviz.reports.deck.slide import Slide
from bestviz.reports.deck.source import patient_of
from bestviz.trial import SINGLE_ARMS
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import slides as words
from bestviz.wording.cohort import arm_key

if TYPE_CHECKING:
    from bestviz.advice.archetypes import Representative
    from bestviz.advice.model import FittedModel


def journey_slide(
    model: FittedModel,
    representative: Representative,
    weights: Preferences | Mapping[str, float] | None = None,
    *,
    horizon: int | str = PRIMARY_WEEK,
) -> Slide | None:
    """One representative patient; None where nothing can be ranked.

    Parameters
    ----------
    model : FittedModel
    representative : Representative
        From `bestviz.advice.archetypes.representatives`.
    weights : Preferences or mapping outcome -> weight, optional
        Default: PEG alone.
    horizon : {24, 36, "mean"}
        When benefit counts.

    Raises
    ------
    PreferenceError
        Weights that the model cannot use.
    """
    advice = model.recommend(patient_of(representative, horizon), weights).to_dict()
    best = wording.best(advice)
    if best is None:
        return None
    arms = [best, *(["ESC"] if best != "ESC" else [])]
    given: dict[str, Any] = {"advice": advice, "outcome": "peg", "arms": arms}
    info = model.info
    caption = (words.typical_of(representative.people), words.INTERVAL, words.EVERY_WEEK)
    details = (
        words.typical(representative.name, representative.text, representative.people, info.simulated),
        arm_key(SINGLE_ARMS),
        words.model_line(model.name, info.trained_on, info.participants),
    )
    return Slide(
        f"journey_{_slug(representative.name)}", words.journey(representative.name), caption,
        (wording.headline(advice), wording.NATURAL_COURSE, *(reason["text"] for reason in advice["reasons"])),
        describe_trajectories(**given), info.simulated, points=tuple(_points(advice, best)),
        build=partial(build_trajectories, **given), fit=fits.trajectories,
        details=details,
    )  # fmt: skip


def _points(advice: Mapping[str, Any], best: str) -> list[str]:
    option = wording.ranked(advice)[0]
    points = [words.ranks_first(best, option["probability_best"], wording.not_told_apart(advice))]
    week = wording.usual_week(advice)
    rows = [row for row in advice["trajectories"] if (row["arm"], row["outcome"]) == (best, "peg")]
    ends = {row["week"]: row for row in rows if row["week"] in (0, week)}
    if {0, week} <= ends.keys():
        there = ends[week]
        points.append(
            words.expected_peg(ends[0]["mean"], week, there["mean"], wording.interval(there["mean_interval"]))
        )
    steps = [
        (step["response"], words.step(best, step["action"], step["arm"])) for step in advice["plan"] if step["arm"]
    ]
    if steps:
        points.append(words.then(steps))
    return points


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
