"""Measure how time and memory grow with participants and replicates: one JSON line a size.

Run `python benchmarks/scale.py [quick|full]`, or for one size `python benchmarks/scale.py --one 805 50 additive`, from
the repository. Every size is measured in a new process: the memory is the peak of the process, with everything that was
imported (`imported_mb` alone, `fit_mb` after the fit, `peak_mb` at the end). One job and one thread, and processor
seconds, so that sizes compare on a busy machine too. `advice_seconds` and `again_seconds` are medians over new patients
and over changes of preferences.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Literal, TypeVar

# Before numpy is loaded: one thread, so that times compare.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bestviz
from benchmarks.speed import PATIENT, peak_mb
from bestviz.advice.patient import Patient
from bestviz.advice.preferences import PRESETS
from bestviz.errors import BestVizError

Task = tuple[int, int, str]
Result = TypeVar("Result")

SEED, QUESTIONS, LONGEST = 1, 5, 3600
REPLICATES = 50
QUICK: tuple[Task, ...] = (
    *((n, REPLICATES, "additive") for n in (805, 3000, 10_000)),
    *((n, REPLICATES, "ensemble") for n in (805, 3000)),
    *((805, replicates, "additive") for replicates in (100, 200, 500, 1000)),
)
FULL: tuple[Task, ...] = (*QUICK, (10_000, REPLICATES, "ensemble"), (50_000, REPLICATES, "additive"))
SIZES = {"quick": QUICK, "full": FULL}


def one_size(n: int, replicates: int, learner: str) -> dict[str, Any]:
    """Fit, save, load and ask a model of one size; the numbers are those of this process."""
    imported = peak_mb()
    trial = bestviz.simulate_trial(n=n, seed=SEED)
    fit = partial(bestviz.fit, trial, replicates=replicates, seed=SEED, jobs=1, learner=learner)  # type: ignore[arg-type]
    fitting, model = timed(fit)
    fit_mb = peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "scale"
        saving, _ = timed(partial(model.save, home))
        size = (home / "model.joblib").stat().st_size / 1e6
        loading, loaded = timed(partial(bestviz.load_model, home))
    new, again = asked(loaded)
    return {
        "n": n, "replicates": replicates, "learner": learner, "fit_seconds": round(fitting, 2),
        "save_seconds": round(saving, 2), "load_seconds": round(loading, 2), "advice_seconds": round(new, 3),
        "again_seconds": round(again, 3), "file_mb": round(size, 1), "imported_mb": round(imported),
        "fit_mb": round(fit_mb), "peak_mb": round(peak_mb()),
    }  # fmt: skip


def asked(model: bestviz.FittedModel) -> tuple[float, float]:
    """Median seconds of the advice for a new patient, and after a change of preferences; each is new to the model."""
    weights = PRESETS["typical_patient"].preferences
    people = [Patient.from_dict({"baseline": PATIENT | {"age": 40 + step}}) for step in range(QUESTIONS)]
    model.recommend(people[0], {"peg": 1})  # what is worked out once a model
    new = [timed(partial(model.recommend, person, weights))[0] for person in people]
    changed = [{"peg": 1, "physical_function": 0.1 * step} for step in range(1, QUESTIONS + 1)]
    again = [timed(partial(model.recommend, people[0], wishes))[0] for wishes in changed]
    return median(new), median(again)


def timed(task: Callable[[], Result]) -> tuple[float, Result]:
    """Processor seconds of a task, and its result."""
    start = time.process_time()
    result = task()
    return time.process_time() - start, result


def in_new_process(task: Task) -> dict[str, Any]:
    """The line of one size; `unavailable` says what happened where there is none."""
    n, replicates, learner = task
    command = [sys.executable, __file__, "--one", str(n), str(replicates), learner]
    head = {"n": n, "replicates": replicates, "learner": learner}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return head | {"unavailable": f"It was not finished after {LONGEST // 60} minutes."}
    if done.returncode < 0:
        return head | {"unavailable": f"The process was ended by signal {-done.returncode}; memory may have run out."}
    if done.returncode:
        return head | {"unavailable": (done.stderr.strip().splitlines() or ["It failed without a word."])[-1]}
    line: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return line


def measured(size: Literal["quick", "full"], done: Collection[str] = ()) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Name and line of each part of the proof that is not done yet, smallest first."""
    for task in SIZES[size]:
        part = " ".join(map(str, task))
        if part not in done:
            yield part, [in_new_process(task)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="?", choices=list(SIZES), default="quick")
    parser.add_argument("--one", nargs=3, metavar=("N", "REPLICATES", "LEARNER"), help="only this size, here")
    given = parser.parse_args()
    if given.one is None:
        for _, lines in measured(given.size):
            print(json.dumps(lines[0]), flush=True)
        return
    n, replicates, learner = given.one
    try:
        print(json.dumps(one_size(int(n), int(replicates), learner)))
    except (BestVizError, ValueError, MemoryError) as fault:
        sys.exit(str(fault) or "There was not enough memory.")


if __name__ == "__main__":
    main()
