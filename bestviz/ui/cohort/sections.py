"""The parts of the page, of which only the open one is counted and drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from bestviz.cohort import courses, events, flow, responses, sequences
from bestviz.cohort.selection import Cohort
from bestviz.figures.cohort.courses import build_courses, describe_courses
from bestviz.figures.cohort.events import build_events, describe_events
from bestviz.figures.cohort.flow import build_flow, describe_flow
from bestviz.figures.cohort.missing import build_missing, describe_missing
from bestviz.figures.cohort.responses import build_responses, describe_responses
from bestviz.figures.cohort.sankey import build_sankey, describe_sankey
from bestviz.figures.cohort.spreads import build_spreads, describe_spreads
from bestviz.trial import MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK, SECOND_RANDOMISATION_WEEK
from bestviz.ui.cohort.baseline import draw_baseline
from bestviz.ui.cohort.show import show
from bestviz.ui.tables import numbers_html
from bestviz.wording import cohort as words

_SPREAD_WEEKS = (SECOND_RANDOMISATION_WEEK, PRIMARY_WEEK)


def draw_flow(cohort: Cohort) -> None:
    """Participant flow of both stages."""
    found = flow.participant_flow(cohort)
    show(
        cohort, title="Participant flow", build=build_flow, describe=describe_flow, given={"flow": found},
        table=flow.flow_table(found), name="flow", notes=[words.NO_INTERVAL, words.SMALL],
    )  # fmt: skip


def draw_courses(cohort: Cohort) -> None:
    """Means by first treatment and week."""
    if measure := _choose_measure(cohort, "courses"):
        rows = courses.means(cohort, measure)
        show(
            cohort, title=f"{MEASURES[measure].short} by first treatment and week", build=build_courses,
            describe=describe_courses, given={"means": rows, "measure": measure}, table=courses.means_table(rows),
            name=f"course-{measure}", notes=[words.INTERVAL_MEAN, words.NOT_REGIME],
        )  # fmt: skip


def draw_spreads(cohort: Cohort) -> None:
    """How values spread at weeks 12 and 24."""
    measure = _choose_measure(cohort, "spreads")
    if not measure:
        return
    found = {week: courses.spreads(cohort, measure, week) for week in _SPREAD_WEEKS}
    if not any(found.values()):
        st.info(words.no_data(f"{words.measure_inside(measure)} at weeks 12 and 24"))
    for week, rows in found.items():
        if not rows:
            continue
        show(
            cohort, title=f"{MEASURES[measure].short} at week {week}", build=build_spreads, describe=describe_spreads,
            given={"spreads": rows, "measure": measure}, table=courses.spreads_table(rows),
            name=f"spread-{measure}-{week}", notes=[words.INTERVAL_MEAN, words.SPREAD],
        )  # fmt: skip


def draw_responses(cohort: Cohort) -> None:
    """Response classes by first treatment."""
    if cohort.trial.response.isna().all():
        st.info(words.no_data("response classes, and no PEG and impression of change to tell them by"))
        return
    counts = responses.responses(cohort)
    show(
        cohort, title="Response at week 12 by first treatment", build=build_responses, describe=describe_responses,
        given={"counts": counts}, table=responses.responses_table(counts), name="responses",
        notes=[words.NO_INTERVAL, cohort.trial.info.response_rule.describe(), words.SMALL],
    )  # fmt: skip


def draw_sequences(cohort: Cohort) -> None:
    """Sequences of treatment."""
    found = sequences.sequences(cohort)
    if found.people.few:
        st.info(words.NO_SEQUENCES)
        return
    show(
        cohort, title="Sequences as randomised", build=build_sankey, describe=describe_sankey,
        given={"sequences": found}, table=sequences.sequences_table(found), name="sequences",
        notes=[words.NO_INTERVAL, words.SEQUENCES, words.SMALL],
    )  # fmt: skip


def draw_missing(cohort: Cohort) -> None:
    """Missing values by first treatment and week."""
    if measure := _choose_measure(cohort, "missing"):
        rows = responses.missing(cohort, measure)
        show(
            cohort, title=f"Missing values: {MEASURES[measure].short}", build=build_missing, describe=describe_missing,
            given={"rows": rows, "measure": measure}, table=responses.missing_table(rows), name=f"missing-{measure}",
            notes=[words.NO_INTERVAL, words.MISSING_BARS],
        )  # fmt: skip


def draw_events(cohort: Cohort) -> None:
    """Side effects and stopping."""
    offered = [period for period in events.PERIODS if events.recorded(cohort, period)]
    if not offered:
        st.info(words.no_data("columns on side effects or stopping"))
        return
    period = st.segmented_control(
        "Period", offered, default=offered[0], required=True, format_func=words.PERIODS.__getitem__,
        key="cohort.period", persist_state="session",
    )  # fmt: skip
    rows = events.events(cohort, period or offered[0])
    if all(one.share is None for one in rows):
        st.info(words.ALL_FEW)
        st.html(numbers_html(events.events_table(rows), "Side effects and stopping", cohort.trial.info.simulated))
        return
    show(
        cohort, title="Side effects and stopping", build=build_events, describe=describe_events,
        given={"events": rows}, table=events.events_table(rows), name=f"events-{period or offered[0]}",
        notes=[words.INTERVAL_SHARE, words.ABOUT, words.SMALL],
    )  # fmt: skip


def _choose_measure(cohort: Cohort, part: str) -> str | None:
    offered = [code for code in responses.assessed(cohort) if part != "spreads" or not MEASURES[code].binary]
    if not offered:
        st.info(words.no_data("assessments"))
        return None
    return st.selectbox(
        "Measure", offered, format_func=lambda code: MEASURES[code].short, key=f"cohort.measure.{part}",
        persist_state="session", width=360,
    )  # fmt: skip


SECTIONS: dict[str, Callable[[Cohort], None]] = {
    "Flow": draw_flow,
    "Baseline": draw_baseline,
    "Means by week": draw_courses,
    "Spread": draw_spreads,
    "Response": draw_responses,
    "Sequences": draw_sequences,
    "Missing data": draw_missing,
    "Side effects and stopping": draw_events,
}
