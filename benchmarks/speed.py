"""Measure simulate, fit, save, load, advice, decisions for many people, and import: one JSON line a result.

Run `python benchmarks/speed.py` from the repository on an otherwise idle machine; about two minutes. Times are wall
clock seconds, the median of the repeats where there are several; memory is the peak of the process.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bestviz
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import PRESETS
from bestviz.advice.threads import one_thread

N, REPLICATES, SEED, REPEATS = 805, 200, 1, 15

PATIENT = {
    "age": 58, "sex": "female", "education": "bachelor", "employment": "working", "bmi": 29.0,
    "pain_duration": "over_5_years", "pain_frequency": "every_day", "widespread_areas": 4, "radicular": "thigh",
    "somatic": 4, "pcs6": 12, "phq2": 2, "gad2": 2, "tobacco": "never", "back_surgery": False, "antidepressant": False,
    "expectation": 6, "self_efficacy": 30, "peg": 6.7, "pain_intensity": 6, "pain_interference": 64.0,
    "physical_function": 37.0, "opioid_use": 0, "depression": 56.0, "anxiety": 55.0, "sleep_duration": 6.0,
    "sleep_disturbance": 58.0,
}  # fmt: skip


def say(**row: object) -> None:
    print(json.dumps(row), flush=True)


def timed(task: Callable[[], object], repeats: int = 1) -> tuple[float, object]:
    """Median seconds of a task, and its last result."""
    seconds, result = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        result = task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def peak_mb() -> float:
    """Most memory that this process has had; `getrusage` would count that of the process that started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def measure_import() -> None:
    code = "import sys, time; t = time.perf_counter(); import bestviz; s = time.perf_counter() - t; "
    code += "print(s, 'streamlit' in sys.modules, 'plotly' in sys.modules)"
    runs = [subprocess.check_output([sys.executable, "-c", code], text=True).split() for _ in range(5)]
    seconds = statistics.median(float(run[0]) for run in runs)
    say(what="import bestviz", seconds=round(seconds, 3), target=1.0, streamlit=runs[0][1], plotly=runs[0][2])


def advice_times(model: bestviz.FittedModel) -> None:
    """A change of preferences (each new to the model), and a new patient (each new), known and with unknown inputs."""
    bases = {"all inputs known": PATIENT, "3 inputs known": {"age": 58, "peg": 6.7, "physical_function": 37.0}}
    weights = PRESETS["typical_patient"].preferences
    for name, base in bases.items():
        patient = Patient.from_dict({"baseline": base})
        changed = [{"peg": 1, "physical_function": 0.1 * step} for step in range(1, REPEATS + 1)]
        model.recommend(patient)
        asked = [lambda w=w, p=patient: model.recommend(p, w) for w in changed]
        report("advice after a change of preferences", name, asked, 0.1)
        others = [{"baseline": base | {"age": 40 + step}} for step in range(REPEATS)]
        model.recommend(patient, weights)
        report("advice for a new patient", name, [lambda p=p: model.recommend(p, weights) for p in others], 0.3)


def report(what: str, patient: str, tasks: list[Callable[[], object]], target: float) -> None:
    seconds = [timed(task)[0] for task in tasks]
    median, slowest = round(statistics.median(seconds), 3), round(max(seconds), 3)
    say(what=what, patient=patient, seconds=median, slowest=slowest, target=target)


def fit_times(trial: bestviz.Trial) -> bestviz.FittedModel:
    """Both learners with all replicates; memory is the peak up to then, so the smaller one comes first."""
    for learner, target, target_mb in (("additive", 15.0, 2000), ("ensemble", 90.0, 2000)):
        fit = partial(bestviz.fit, trial, replicates=REPLICATES, seed=SEED, learner=learner)
        seconds, model = timed(fit)
        tuning = model.engine.tuning
        say(what="fit", learner=learner, n=N, replicates=REPLICATES, seconds=round(seconds, 2), target=target,
            peak_mb=round(peak_mb()), target_mb=target_mb, used=tuning.learner, shares_of_forest=[
                *tuning.second_forest, *tuning.first_forest])  # fmt: skip
    return model


def refit_against_product(model: bestviz.FittedModel) -> None:
    """The first stage for new weights, by products and by solving every replicate of both stages again."""
    engine, rng = model.engine, np.random.default_rng(0)
    weights = [engine.weigh(w) for w in rng.dirichlet(np.ones(engine.weighable), REPEATS)]
    with one_thread():
        quick = statistics.median(timed(partial(engine.first_rule, w, ()))[0] for w in weights)
    trial = bestviz.simulate_trial(n=N, seed=SEED)
    slow, _ = timed(partial(bestviz.fit, trial, replicates=REPLICATES, seed=SEED))
    say(what="both stages for new weights, all replicates", seconds=round(quick, 3), full_refit=round(slow, 2),
        times_faster=round(slow / quick), target_times=100)  # fmt: skip


def many_decisions(model: bestviz.FittedModel) -> None:
    """First arms for 10,000 new people from their tables."""
    from bestviz.advice.inputs import baseline_table

    people = bestviz.simulate_trial(n=10_000, seed=7)
    engine, start = model.engine, time.perf_counter()
    table = baseline_table(people, model.inputs)
    known = engine.filler.baseline.linear(table)
    weights = engine.weigh(np.eye(engine.weighable)[:1])
    engine.first_values(known, np.repeat(weights, len(known), axis=0), ()).argmax(axis=1)
    say(what="10,000 decisions", seconds=round(time.perf_counter() - start, 2), target=2.0)


def main() -> None:
    measure_import()
    seconds, trial = timed(lambda: bestviz.simulate_trial(n=N, seed=SEED), 5)
    say(what="simulate", n=N, seconds=round(seconds, 3), target=2.0)
    model = fit_times(trial)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "demo"
        seconds, _ = timed(lambda: model.save(home))
        size = (home / "model.joblib").stat().st_size / 1e6
        say(what="save", seconds=round(seconds, 2), size_mb=round(size, 1), target_mb=25)
        code = f"import time; t = time.perf_counter(); import bestviz; bestviz.load_model({str(home)!r}); "
        code += "print(time.perf_counter() - t)"
        fresh = float(subprocess.check_output([sys.executable, "-c", code], text=True))
        seconds, model = timed(lambda: bestviz.load_model(home), 5)
        say(what="load", seconds=round(seconds, 2), in_a_new_process_with_imports=round(fresh, 2), target=2.0)
    advice_times(model)
    refit_against_product(model)
    many_decisions(model)


if __name__ == "__main__":
    main()
