"""Drawing one whole trial: people, eligibility, both randomisations, the course, and what is seen of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bestviz.data.simulator import course, design
from bestviz.data.simulator.assemble import Course, assessments_table, participants_table, peg_by_week
from bestviz.data.simulator.dropout import draw_seen
from bestviz.data.simulator.first_period import draw_first
from bestviz.data.simulator.markers import MARKERS, draw_markers
from bestviz.data.simulator.people import people_of, variables_of
from bestviz.data.simulator.population import draw_people
from bestviz.data.simulator.second_period import draw_second
from bestviz.trial import TREATMENTS

DEEP_SHARE = 0.63  # [verified] 510 of 805 had the optional deep phenotyping


def draw_baseline(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Complete baseline of n people: covariates, week-0 measures, contraindications and every deep marker."""
    people = draw_people(n, rng)
    variables = variables_of(people)
    people = people.join(design.draw_contraindications(variables, rng))
    return people.join(draw_markers(variables, rng.standard_normal((n, len(MARKERS)))))


def draw_course(n: int, strength: float, seed: int) -> Course:
    """Everything that happens in one trial of n people, nothing missing yet."""
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(6)]
    baseline = draw_baseline(n, streams[0])
    baseline.index = pd.Index(
        [f"BEST-{site}-{i + 1:05d}" for i, site in enumerate(baseline["site"])], name="id", dtype="str"
    )
    people = people_of(baseline, strength)
    first = design.minimise(baseline, people.excluded, streams[1])
    normal = streams[2].standard_normal((n, course.FIRST_NORMALS))
    interim = draw_first(people, first, normal, streams[2].random((n, course.FIRST_UNIFORMS)))
    allowed = design.allowed_second(first, interim.response, interim.harm, people.excluded)
    second, second_probability = design.draw_second_arms(allowed, streams[3])
    later = draw_second(people, first, second, interim, streams[4])
    peg = peg_by_week(people.start[:, course.PEG], interim, later)
    return Course(
        baseline=baseline,
        first=first,
        first_probability=design.first_probability(people.excluded)[np.arange(n), first],
        interim=interim,
        second=second,
        second_probability=second_probability,
        later=later,
        seen=draw_seen(people.age, peg, interim.stopped, streams[5]),
    )


def tables_of(happened: Course, deep: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """Participants, assessments and deep markers of a trial, with what is missing left out."""
    rng = np.random.default_rng([seed, 2])
    participants = participants_table(happened, rng)
    assessments = assessments_table(happened, rng)
    chosen = rng.random(len(participants)) < deep
    markers = happened.baseline.loc[chosen, list(MARKERS)] if chosen.any() else None
    return participants, assessments, markers


def excluded_table(baseline: pd.DataFrame) -> pd.DataFrame:
    """Contraindications as a table of bool with one column a treatment code."""
    return pd.DataFrame(
        {code: baseline[f"contraindicated_{code.lower()}"].to_numpy(bool) for code in TREATMENTS}, index=baseline.index
    )
