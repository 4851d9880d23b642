"""What is counted in the data: who took part, how it went by first treatment, what is missing, what did harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz.cohort import courses, events, flow, responses, sequences
from bestviz.cohort.baseline import baseline, baseline_table
from bestviz.figures.cohort.courses import build_courses, describe_courses
from bestviz.figures.cohort.events import build_events, describe_events
from bestviz.figures.cohort.flow import build_flow, describe_flow
from bestviz.figures.cohort.missing import build_missing, describe_missing
from bestviz.figures.cohort.responses import build_responses, describe_responses
from bestviz.figures.cohort.sankey import build_sankey, describe_sankey
from bestviz.figures.cohort.spreads import build_spreads, describe_spreads
from bestviz.figures.timeline import build_timeline, describe_timeline
from bestviz.reports.pack.item import Asked, Item, figure
from bestviz.trial import MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK, SECOND_RANDOMISATION_WEEK
from bestviz.wording import cohort as cohort_words
from bestviz.wording import pack as words

_SPREAD = ("peg", "pgic")


def design(asked: Asked) -> Iterator[Item]:
    """The trial in one figure."""
    title = "The trial: two periods and the rule between"
    yield Item("design", asked.counted(title, words.NO_INTERVAL_DESIGN, alt=describe_timeline()), None, build_timeline)


def participant_flow(asked: Asked) -> Iterator[Item]:
    """Participant flow of both stages."""
    found = flow.participant_flow(asked.cohort)
    notes = (cohort_words.NO_INTERVAL, cohort_words.SMALL)
    yield _figure(
        asked, "flow", "Participant flow, weeks 0 to 36", build_flow, describe_flow, {"flow": found},
        flow.flow_table(found), *notes,
    )  # fmt: skip


def characteristics(asked: Asked) -> Iterator[Item]:
    """The baseline table."""
    rows = baseline(asked.cohort)
    if rows:
        labels = {row.name: cohort_words.characteristic(row.name) for row in rows}
        title = "Characteristics at week 0 by first treatment"
        caption = asked.counted(title, cohort_words.BASELINE, cohort_words.SMALL)
        yield Item("baseline", caption, baseline_table(rows, labels))


def means(asked: Asked) -> Iterator[Item]:
    """Means of every measure by first treatment and week."""
    for measure in responses.assessed(asked.cohort):
        rows = courses.means(asked.cohort, measure)
        yield _figure(
            asked, f"course-{measure}", f"{MEASURES[measure].name} by first treatment and week", build_courses,
            describe_courses, {"means": rows, "measure": measure}, courses.means_table(rows),
            cohort_words.INTERVAL_MEAN, cohort_words.NOT_REGIME,
        )  # fmt: skip


def spread(asked: Asked) -> Iterator[Item]:
    """How PEG and PGIC are spread at weeks 12 and 24."""
    for measure in _SPREAD:
        for week in (SECOND_RANDOMISATION_WEEK, PRIMARY_WEEK):
            if rows := courses.spreads(asked.cohort, measure, week):
                yield _figure(
                    asked, f"spread-{measure}-week-{week}", f"{MEASURES[measure].name} at week {week}", build_spreads,
                    describe_spreads, {"spreads": rows, "measure": measure}, courses.spreads_table(rows),
                    cohort_words.INTERVAL_MEAN, cohort_words.SPREAD,
                )  # fmt: skip


def response(asked: Asked) -> Iterator[Item]:
    """Response classes by first treatment."""
    counts = responses.responses(asked.cohort)
    rule = asked.trial.info.response_rule.describe()
    yield _figure(
        asked, "response", "Response at week 12 by first treatment", build_responses, describe_responses,
        {"counts": counts}, responses.responses_table(counts), cohort_words.NO_INTERVAL, rule, cohort_words.SMALL,
    )  # fmt: skip


def paths(asked: Asked) -> Iterator[Item]:
    """Sequences of treatment."""
    found = sequences.sequences(asked.cohort)
    if not found.people.few:
        notes = (cohort_words.NO_INTERVAL, cohort_words.SEQUENCES, cohort_words.SMALL)
        yield _figure(
            asked, "sequences", "Sequences as randomised, weeks 0 and 12", build_sankey, describe_sankey,
            {"sequences": found}, sequences.sequences_table(found), *notes,
        )  # fmt: skip


def absent(asked: Asked) -> Iterator[Item]:
    """Missing values: PEG as a figure, all measures as a table."""
    every = {measure: responses.missing(asked.cohort, measure) for measure in responses.assessed(asked.cohort)}
    notes = (cohort_words.NO_INTERVAL, cohort_words.MISSING_BARS)
    if rows := every.get("peg"):
        yield _figure(
            asked, "missing-peg", "Missing values of PEG by first treatment and week", build_missing, describe_missing,
            {"rows": rows, "measure": "peg"}, responses.missing_table(rows), *notes,
        )  # fmt: skip
    tables = [responses.missing_table(rows).assign(measure=MEASURES[code].name) for code, rows in every.items()]
    if tables:
        table = pd.concat(tables, ignore_index=True)
        order = ["measure", *(name for name in table.columns if name != "measure")]
        caption = asked.counted("Missing values by first treatment and week", cohort_words.NO_INTERVAL)
        yield Item("missing", caption, table[order])


def harms(asked: Asked) -> Iterator[Item]:
    """Side effects and stopping in each period."""
    for period, name in cohort_words.PERIODS.items():
        if not events.recorded(asked.cohort, period):
            continue
        rows = events.events(asked.cohort, period)
        notes = (cohort_words.INTERVAL_SHARE, cohort_words.ABOUT, cohort_words.SMALL)
        weeks = "weeks 0 to 12" if period == 1 else "weeks 12 to 24"
        yield _figure(
            asked, f"events-period-{period}", f"Side effects and stopping, {weeks}: {name.lower()}", build_events,
            describe_events, {"events": rows}, events.events_table(rows), *notes,
        )  # fmt: skip


def _figure(
    asked: Asked, key: str, title: str, build: Callable[..., go.Figure], describe: Callable[..., str],
    given: dict[str, Any], table: pd.DataFrame, *notes: str,
) -> Item:  # fmt: skip
    return figure(asked.counted, key, title, build, describe, given | {"simulated": asked.simulated}, table, *notes)
