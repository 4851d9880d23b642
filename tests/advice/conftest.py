"""Fitted models and patients for the tests of advice."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import bestviz
from bestviz.advice.model import FittedModel
from bestviz.trial import ASSESSED, BASELINE_MEASURES, COLUMNS, INPUT_COLUMNS, MEASURES, RESPONSE_CLASSES, SINGLE_ARMS
from bestviz.trial.schedule import HORIZONS

INTERIM = tuple(code for code in ASSESSED if 12 in MEASURES[code].weeks)
TYPICAL = {
    "age": 52, "sex": "female", "education": "bachelor", "employment": "working", "bmi": 31,
    "pain_duration": "over_5_years", "pain_frequency": "every_day", "widespread_areas": 2, "radicular": "none",
    "somatic": 3, "pcs6": 11, "phq2": 2, "gad2": 1, "tobacco": "never", "back_surgery": False, "antidepressant": False,
    "expectation": 6, "self_efficacy": 35, "peg": 6.5, "pain_intensity": 6, "pain_interference": 62,
    "physical_function": 39, "opioid_use": 0, "depression": 52, "anxiety": 54, "sleep_duration": 6.3,
    "sleep_disturbance": 56,
}  # fmt: skip


@pytest.fixture(scope="session")
def model(demo_models: Path) -> FittedModel:
    """300 simulated people, 30 replicates."""
    return bestviz.load_model(demo_models / "demo")


@pytest.fixture(scope="session")
def rich(model: FittedModel) -> FittedModel:
    """The same as if every arm had been given to many people: few second arms are refused as "too few"."""
    return replace(model, history=pd.concat([model.history] * 10, ignore_index=True))


@pytest.fixture(scope="session")
def odd() -> FittedModel:
    """Small data of PEG and PGIC alone, nobody started on duloxetine, with further inputs and deep markers."""
    trial = bestviz.simulate_trial(n=120, seed=5, deep=1.0)
    people = trial.participants[trial.participants["first_arm"] != "DUL"]
    clinics = [("north", "south", "west")[i % 3] for i in range(len(people))]
    people = people.assign(income=range(len(people)), clinic=clinics)
    values = trial.assessments
    values = values[values["id"].isin(people.index) & values["measure"].isin(["peg", "pgic"])]
    small = replace(trial, participants=people, assessments=values, deep=trial.deep.iloc[:, :2])
    return bestviz.fit(small, replicates=20, seed=1, with_deep=True, extra_inputs=("income", "clinic"))


@pytest.fixture
def typical() -> dict:
    return dict(TYPICAL)


@pytest.fixture
def anybody() -> Callable[[int], dict]:
    """Patient files of every kind, one a seed: all, some or nothing known, extremes, exclusions, both weeks."""
    return make_patient


@pytest.fixture
def wishes() -> Callable[[int, tuple[str, ...]], dict | None]:
    """Preferences of every kind, one a seed: none, one outcome, several."""
    return make_preferences


def make_patient(seed: int) -> dict:
    rng = random.Random(seed)
    gone = rng.choice([0, 0.2, 1])
    patient = {
        "baseline": {n: _value(rng, n) for n in (*INPUT_COLUMNS, *BASELINE_MEASURES) if rng.random() >= gone},
        "horizon": rng.choice(HORIZONS),
    }
    for key, chance in (("contraindicated", 0.2), ("declined", 0.15), ("unavailable", 0.1)):
        share = chance * rng.choice([0, 1, 3])
        patient[key] = {code: f"{key} here" for code in SINGLE_ARMS if rng.random() < share}
    if rng.random() < 0.5:
        gone = rng.choice([0, 0.3, 1])
        patient |= {
            "week": 12,
            "first_arm": rng.choice(SINGLE_ARMS),
            "interim": {n: _value(rng, n) for n in INTERIM if rng.random() >= gone},
            "stopped_for_harm": rng.choice([None, False, False, True]),
            "response": rng.choice([None, *RESPONSE_CLASSES]),
        }
    return patient


def make_preferences(seed: int, codes: tuple[str, ...]) -> dict | None:
    rng = random.Random(seed)
    some = {code: rng.random() for code in codes if rng.random() < 0.4}
    return rng.choice([None, {rng.choice(codes): 1}, some or None])


def _value(rng: random.Random, name: str) -> object:
    spec = MEASURES.get(name) or COLUMNS[name]
    if name in COLUMNS and spec.kind == "category":
        return rng.choice(spec.values)
    if name in COLUMNS and spec.kind == "boolean":
        return rng.random() < 0.5
    if name in MEASURES and spec.binary:
        return rng.choice([0, 1])
    value = rng.choice([spec.minimum, spec.maximum, rng.uniform(spec.minimum, spec.maximum)])
    whole = spec.kind == "integer" if name in COLUMNS else spec.unit == "category"
    return round(value) if whole else value
