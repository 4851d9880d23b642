"""Slides on the trial itself: the question, the design, who took part and what happened; limits and what comes next."""

from __future__ import annotations

from functools import partial
from typing import Any

from bestviz.cohort.courses import means
from bestviz.cohort.flow import participant_flow
from bestviz.cohort.responses import responses as count_responses
from bestviz.figures.cohort.courses import build_courses, describe_courses
from bestviz.figures.cohort.responses import build_responses, describe_responses
from bestviz.figures.timeline import build_timeline, describe_timeline
from bestviz.reports.deck import fits
from bestviz.reports.deck.slide import Slide, Table
from bestviz.reports.deck.source import Source
from bestviz.trial.schedule import PEG_WEEKS
from bestviz.wording import cohort as cohort_words
from bestviz.wording import slides as words


def question(source: Source) -> Slide:
    """What the trial asks."""
    caption = (words.counted(source.cohort.randomised), *source.aim[1:])
    return Slide(
        "question", words.QUESTION, caption, words.QUESTION_POINTS, simulated=source.simulated,
        points=words.QUESTION_POINTS, details=source.of_model[1:],
    )  # fmt: skip


def design(source: Source) -> Slide:
    """How the trial asks it."""
    return Slide(
        "design", words.DESIGN, (words.DESIGN_CAPTION,), alt=describe_timeline(), simulated=source.simulated,
        build=build_timeline, fit=fits.timeline, details=(words.DESIGN_DETAILS,),
    )  # fmt: skip


def people(source: Source) -> Slide | None:
    """Who was randomised, measured, and randomised again."""
    if source.cohort.refusal:
        return None
    flow = participant_flow(source.cohort)
    found = {words.ROWS["assigned"]: [one.assigned for one in flow.branches]}
    for week in PEG_WEEKS[1:3]:
        found[words.people_measured(week)] = [one.measured[week] for one in flow.branches]
    found[words.ROWS["again"]] = [one.again for one in flow.branches]
    found[words.ROWS["not_again"]] = [one.not_again for one in flow.branches]
    for week in PEG_WEEKS[3:]:
        found[words.people_measured(week)] = [one.measured[week] for one in flow.branches]
    table = Table(
        (words.FLOW_HEAD, *(one.arm for one in flow.branches)),
        tuple((head, *(count.text for count in counts)) for head, counts in found.items()),
    )
    caption = (words.left(source.cohort), words.PEOPLE_CAPTION)
    details = (cohort_words.SMALL, cohort_words.arm_key(source.cohort.arms), *source.of_people)
    alt = "; ".join(
        f"{row[0]}: " + ", ".join(map(" ".join, zip(table.heads[1:], row[1:], strict=True))) for row in table.rows
    )
    return Slide(
        "people", words.PEOPLE, caption, alt=f"{alt}.", simulated=source.simulated, table=table, details=details
    )


def courses(source: Source) -> Slide | None:
    """PEG by first treatment and week."""
    rows = () if source.cohort.refusal else means(source.cohort, "peg")
    if not any(row.mean is not None for row in rows):
        return None
    given: dict[str, Any] = {"means": rows, "measure": "peg", "simulated": source.simulated}
    details = (words.HAPPENED_DETAILS, cohort_words.arm_key(source.cohort.arms), *source.of_people)
    return Slide(
        "courses", words.COURSES, (words.left(source.cohort), words.HAPPENED), alt=describe_courses(**given),
        simulated=source.simulated, build=partial(build_courses, **given), fit=fits.courses, details=details,
    )  # fmt: skip


def responses(source: Source) -> Slide | None:
    """Response classes by first treatment."""
    if source.cohort.refusal or source.trial.response.isna().all():
        return None
    given: dict[str, Any] = {"counts": count_responses(source.cohort), "simulated": source.simulated}
    rule = source.trial.info.response_rule.describe()
    details = (cohort_words.SMALL, cohort_words.arm_key(source.cohort.arms), *source.of_people)
    return Slide(
        "responses", words.RESPONSES, (words.left(source.cohort), words.COUNTS_BY_RESPONSE), (rule,),
        describe_responses(**given), source.simulated, build=partial(build_responses, **given), fit=fits.responses,
        details=details,
    )  # fmt: skip


def limits(source: Source) -> Slide:
    """What must not be read into it."""
    return Slide("limits", words.LIMITS, (), words.LIMIT_POINTS, simulated=source.simulated, points=words.LIMIT_POINTS)


def outlook(source: Source) -> Slide:
    """What comes next."""
    return Slide("next", words.NEXT, (), words.NEXT_POINTS, simulated=source.simulated, points=words.NEXT_POINTS)
