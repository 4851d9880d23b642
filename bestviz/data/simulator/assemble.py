"""From arrays of one simulated trial to the tables of a `Trial`, with what was not seen left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bestviz.data.simulator import dropout, safety
from bestviz.data.simulator.course import PEG, Interim, Later
from bestviz.data.simulator.scales import GRADED
from bestviz.trial import ARMS, BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, RESPONSE_CLASSES, SINGLE_ARMS

NEVER_MISSING = ("age", "sex")


@dataclass(frozen=True)
class Course:
    """Everything that happened in one simulated trial, complete; one row a person.

    `baseline` holds covariates, week-0 measures, contraindications and markers; arms are numbers
    (`safety.NO_ARM` = no second arm was possible).
    """

    baseline: pd.DataFrame
    first: np.ndarray
    first_probability: np.ndarray
    interim: Interim
    second: np.ndarray
    second_probability: np.ndarray
    later: Later
    seen: dropout.Seen


def participants_table(course: Course, rng: np.random.Generator) -> pd.DataFrame:
    """The participants table: index `id`, missing where not seen."""
    people = course.baseline
    names = [*ARMS, None]
    first = np.array(SINGLE_ARMS)[course.first]
    second = np.array(names, dtype=object)[course.second]
    at_12, at_24 = course.seen.in_trial(12), course.seen.in_trial(24)
    out = people[[name for name in COLUMNS if name in people]].copy()
    for name in INPUT_COLUMNS:
        missing = rng.random(len(out)) < dropout.MISS_BASELINE
        if name not in NEVER_MISSING:
            out[name] = _typed(out[name], name).mask(missing)
    columns = {
        "first_arm": (first, None),
        "first_probability": (np.round(course.first_probability, 4), None),
        "response": (np.array(RESPONSE_CLASSES)[course.interim.response], at_12),
        "second_arm": (second, at_12),
        "second_probability": (np.round(course.second_probability, 4), at_12),
        "stopped_first": (course.interim.stopped, at_12),
        "stopped_for_harm": (course.interim.harm, at_12),
        "adverse_event_first": (course.interim.event, at_12),
        "stopped_second": (course.later.stopped, at_24),
        "adverse_event_second": (course.later.event, at_24),
        "serious_event": (rng.random(len(out)) < safety.SERIOUS, at_24),
        "received_first": (_received(first, course.interim.stopped), at_12),
        "received_second": (_received(second, course.later.stopped), at_24),
    }
    for name, (values, seen) in columns.items():
        out[name] = pd.Series(values, index=out.index)
        if seen is not None:
            out[name] = _typed(out[name], name).mask(~seen)
    out = out[[name for name in COLUMNS if name in out]]
    for name in out.columns.astype(str):
        out[name] = _typed(out[name], name)
    return out


def assessments_table(course: Course, rng: np.random.Generator) -> pd.DataFrame:
    """The assessments, long: id, week, measure, value; what was not seen has no row."""
    interim, later, seen = course.interim, course.later, course.seen
    tables = {
        0: {code: course.baseline[code].to_numpy(float) for code in BASELINE_MEASURES},
        6: {"peg": interim.peg_6, "pgic": interim.pgic_6},
        12: _measures(interim.values) | {"opioid_use": interim.opioid, "pgic": interim.pgic},
        18: {"peg": later.peg_18, "pgic": later.pgic_18},
        24: _measures(later.values_24) | {"opioid_use": later.opioid_24, "pgic": later.pgic_24},
        36: _measures(later.values_36) | {"opioid_use": later.opioid_36, "pgic": later.pgic_36},
    }
    parts = []
    ids = course.baseline.index
    for week, measures in tables.items():
        for code, values in measures.items():
            missing = rng.random(len(ids))
            if week == 0:
                keep = np.full(len(ids), True) if code == "peg" else missing >= dropout.MISS_BASELINE_MEASURE
            else:
                keep = seen.at(week) if code in ("peg", "pgic") else seen.at(week) & (missing >= dropout.MISS_VALUE)
            parts.append(pd.DataFrame({"id": ids[keep], "week": week, "measure": code, "value": values[keep]}))
    long = pd.concat(parts, ignore_index=True)
    long["week"] = long["week"].astype("int64")
    long["id"], long["measure"] = long["id"].astype("str"), long["measure"].astype("str")
    return long.sort_values(["id", "week", "measure"], ignore_index=True)


def peg_by_week(course_peg_0: np.ndarray, interim: Interim, later: Later) -> dict[int, np.ndarray]:
    """PEG that later leaving may depend on."""
    return {
        0: course_peg_0,
        6: interim.peg_6,
        12: interim.values[:, PEG],
        18: later.peg_18,
        24: later.values_24[:, PEG],
    }


def _measures(values: np.ndarray) -> dict[str, np.ndarray]:
    return {code: values[:, k] for k, code in enumerate(GRADED)}


def _received(arm: np.ndarray, stopped: np.ndarray) -> np.ndarray:
    return np.array(
        [
            "none" if label is None else f"{label}, stopped early" if early else str(label)
            for label, early in zip(arm, stopped, strict=True)
        ],
        dtype=object,
    )


def _typed(values: pd.Series, name: str) -> pd.Series:
    kind = COLUMNS[name].kind
    if kind == "boolean":
        return values.astype("boolean")
    return values.astype("float64" if kind in ("number", "integer") else "str")
