"""Prove or refute what BestViz claims, in pieces: lines of JSON are kept, and what is kept is not measured again.

Run `python benchmarks/proof.py quick|full [--piece NAME ...] [--jobs 2] [--out benchmarks/results]` from the repository
in an environment with requirements-bench.txt; without econml its two peers are left out and the rest goes on. A piece
that was killed goes on where it was. Then `python benchmarks/report.py` writes the tables of docs/benchmarks.md.

- `shares-SCENARIO`: the share of the possible gain, learned regimes and peers on the same trials.
- `coverage-SCENARIO`, `coverage-shipped`, `values-SCENARIO`: are intervals and chances true? As `bestviz study`.
- `elicitation`, `scale`, `sensitivity`: the scripts of these names, which give parts (`measured`) in place of repeats.

Lines know the version of BestViz, not every change of it: after one that matters, name what is to be measured anew
with --again LEARNER, or choose another folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

# Before numpy is loaded: processes side by side, and one thread in each.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.peers import NEEDED
from benchmarks.pieces import SCRIPTS, Size, Study, pieces
from benchmarks.shares import LEARNERS
from bestviz.errors import BestVizError
from bestviz.study.lines import ENDINGS, Line, open_lines, read_lines
from bestviz.study.run import run_study

RESULTS = Path(__file__).resolve().parent / "results"


def say(piece: str, **known: object) -> None:
    print(json.dumps({"piece": piece} | known), flush=True)


def measure(piece: str, studies: Iterable[Study], out: Path, jobs: int) -> bool:
    """Do what is missing of a piece; whether all of it is there afterwards."""
    whole = True
    for study in studies:
        settings = study.settings
        head = {"scenario": settings.scenario, "learner": settings.learner}
        if settings.learner in NEEDED and find_spec(NEEDED[settings.learner]) is None:
            say(piece, **head, unavailable=missing_sentence(settings.learner))
            continue
        try:
            tell = partial(say_note, piece, head)
            start = time.perf_counter()
            lines = run_study(settings, study.repeats, path_of(out, piece), jobs, tell=tell, repeat=study.repeat)
        except BestVizError as fault:
            say(piece, **head, stopped=str(fault))
            whole = False
        else:
            refused = [line["unavailable"] for line in lines if "unavailable" in line]
            told = {"unavailable": refused[0], "of_trials": len(refused)} if refused else {}
            say(piece, **head, trials=len(lines), seconds=round(time.perf_counter() - start, 1), **told)
            whole &= len(lines) == study.repeats
    return whole


def missing_sentence(learner: str) -> str:
    return f"{learner} needs {NEEDED[learner]}, which is not installed: pip install -r requirements-bench.txt."


def say_note(piece: str, head: dict[str, str], sentence: str) -> None:
    say(piece, **head, note=sentence)


def run_script(name: str, size: Size, out: Path) -> bool:
    """Measure the parts of a script that are not there yet; whether all are afterwards. One line a part is kept."""
    try:
        measured = import_module(f"benchmarks.{name}").measured
        with open_lines(path_of(out, f"{name}-{size}")) as file:
            before = {line.get("part") for line in file.kept}
            for part, lines in measured(size, before):
                file.append({"part": part, "lines": lines})
            say(name, parts=len(file.kept), new=len(file.kept) - len(before))
    except BrokenExecutor:  # its own message has many lines
        say(name, stopped="A worker process was ended; the parts before it are kept, so run the same command again.")
        return False
    except (BestVizError, ImportError, AttributeError) as fault:
        say(name, stopped=f"It could not be measured ({fault}).")
        return False
    return True


def forget(learners: Iterable[str], out: Path) -> None:
    """Drop the lines of these learners from every file."""
    for path in sorted(found for ending in ENDINGS for found in out.glob(f"*{ending}")):
        lines = read_lines(path)
        kept = [line for line in lines if not _by(line, learners)]
        if len(kept) < len(lines):
            with open_lines(path):  # nobody else is writing to it
                draft = path.with_name(f"new-{path.name}")
                draft.unlink(missing_ok=True)
                with open_lines(draft) as file:
                    for line in kept:
                        file.append(line)
                draft.replace(path)


def _by(line: Line, learners: Iterable[str]) -> bool:
    return line.get("settings", {}).get("learner") in learners


def path_of(out: Path, piece: str) -> Path:
    return out / f"{piece}.jsonl.gz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=["quick", "full"])
    parser.add_argument("--piece", nargs="+", metavar="NAME", help="only these pieces; a name that is none lists them")
    parser.add_argument("--learners", nargs="+", choices=LEARNERS, metavar="LEARNER", help="only these, of the shares")
    parser.add_argument("--trials", type=int, help="fewer trials of each study than the proof has")
    parser.add_argument("--again", nargs="+", default=[], metavar="LEARNER", help="measure these anew")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the lines")
    asked = parser.parse_args()
    known = pieces(asked.size)
    wrong = set(asked.piece or ()) - {*known, *SCRIPTS}
    if wrong:
        parser.error(f"no such piece: {', '.join(sorted(wrong))}; there are {', '.join([*known, *SCRIPTS])}")
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        forget(asked.again, asked.out)
    except (BestVizError, OSError) as fault:
        sys.exit(str(fault))
    whole = True
    for piece in asked.piece or [*known, *SCRIPTS]:
        if piece in SCRIPTS:
            whole &= run_script(piece, asked.size, asked.out)
        else:
            whole &= measure(piece, chosen(known[piece], asked), asked.out, asked.jobs)
    sys.exit(not whole)


def chosen(studies: Iterable[Study], asked: argparse.Namespace) -> Iterator[Study]:
    """The studies that were asked for."""
    for study in studies:
        if study.repeat is None or not asked.learners or study.settings.learner in asked.learners:
            fewer = min(study.repeats, asked.trials or study.repeats)
            yield Study(study.settings, fewer, study.repeat)


if __name__ == "__main__":
    main()
