"""Many repeats of one study, here or on a cluster; what is finished is kept, and what is kept is not done again."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from joblib import parallel_config

import bestviz
from bestviz.advice.threads import one_thread
from bestviz.errors import BestVizError, InputError
from bestviz.study.cluster import on_cluster
from bestviz.study.lines import Line, Lines, StudyError, open_lines
from bestviz.study.pool import on_this_machine
from bestviz.study.scenarios import scenario_of
from bestviz.study.settings import MOST_REPEATS, Settings

Repeat = Callable[[Settings, int], dict[str, Any]]
Progress = Callable[[int, int, str], None]
Tell = Callable[[str], object]


def run_study(
    settings: Settings,
    repeats: int,
    out: Path | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
    *,
    tell: Tell = warnings.warn,
    repeat: Repeat | None = None,
) -> list[Line]:
    """Do what is missing of a study.

    Parameters
    ----------
    settings : Settings
    repeats : int
        From 1 to 1,000; numbers 0 to `repeats - 1`.
    out : Path, optional
        File of lines, `.jsonl` or `.jsonl.gz`; it may hold those of other studies too.
    jobs : int, optional
        Processes of this machine; default one a processor. The numbers do not depend on it.
    dask : str, optional
        Address of the scheduler of a Dask cluster to use in place of this machine; the numbers are the same.
    progress : callable(done, total, what), optional
    tell : callable(sentence)
        Told of what was mended and of workers that vanished.
    repeat : callable(settings, number), optional
        What one repeat does, a function of a module; default `bestviz.study.repeat.one_repeat`.

    Returns
    -------
    list of dict
        A line for each finished repeat, in their order: `settings`, `repeat`, `version` and what the repeat found, or
        `unavailable`, a sentence. Shorter than `repeats` only if `tell` said why.

    Raises
    ------
    InputError
        There is no such scenario, or the number of repeats is out of range.
    StudyError
        The file cannot be used, or the study had to stop; what is finished is in the file.
    """
    scenario_of(settings.scenario)
    if not 1 <= repeats <= MOST_REPEATS:
        raise InputError(f"repeats: from 1 to {MOST_REPEATS} of one seed, not {repeats}.")
    work = partial(one_line, repeat or _one_repeat, settings)
    with nullcontext() if out is None else open_lines(out) as file:
        done = {} if file is None else finished(file.kept, settings, repeats)
        if file is not None and file.mended:
            tell(f"{file.path}: the last line was half-written and was removed; its repeat is done again.")
        missing = [number for number in range(repeats) if number not in done]
        _show(progress, len(done), repeats, settings)
        source = (
            on_cluster(dask, work, missing, tell) if dask and missing else on_this_machine(work, missing, jobs, tell)
        )
        with closing(_explained(source, done, repeats, file)) as lines:
            for line in lines:
                if file is not None:
                    file.append(line)
                done[line["repeat"]] = line
                _show(progress, len(done), repeats, settings)
    return [done[number] for number in sorted(done)]


def finished(lines: Iterable[Line], settings: Settings, repeats: int) -> dict[int, Line]:
    """Lines of one study by the number of the repeat; those of other settings or of another version are no part of it.

    Parameters
    ----------
    lines : iterable of dict
    settings : Settings
    repeats : int
        Later repeats are left out.
    """
    same = (settings.to_dict(), bestviz.__version__)
    found: dict[int, Line] = {}
    for line in lines:
        if (line.get("settings"), line.get("version")) == same and line.get("repeat") in range(repeats):
            found.setdefault(line["repeat"], line)
    return found


def one_line(repeat: Repeat, settings: Settings, number: int) -> Line:
    """The line of one repeat, the same wherever it is made; a repeat that fails says so in place of its measures."""
    head = {"settings": settings.to_dict(), "repeat": number, "version": bestviz.__version__}
    with one_thread(), parallel_config(backend="sequential"):
        try:
            # Through JSON, so that a line is the same from memory and from a file.
            line: Line = json.loads(json.dumps(head | repeat(settings, number), allow_nan=False))
        except BestVizError as fault:
            return head | {"unavailable": str(fault)}
        except Exception as fault:
            return head | {"unavailable": f"Something unexpected went wrong ({type(fault).__name__}: {fault})."}
    return line


def _one_repeat(settings: Settings, number: int) -> dict[str, Any]:
    from bestviz.study.repeat import one_repeat  # loads the learners

    return one_repeat(settings, number)


def _explained(
    source: Iterable[Line], done: dict[int, Line], repeats: int, file: Lines | None
) -> Generator[Line, None, None]:
    """The lines; an error also says what is finished and how to go on."""
    try:
        yield from source
    except StudyError as fault:
        state = f"{len(done)} of {repeats} repeats are finished"
        kept = (
            f"{state}, but lost without a file to keep them in (--out)"
            if file is None
            else f"{state} and kept in {file.path}; run the same command again for the rest"
        )
        raise StudyError(f"{str(fault).removesuffix('.')}; {kept}.") from fault


def _show(progress: Progress | None, done: int, repeats: int, settings: Settings) -> None:
    if progress is not None:
        progress(done, repeats, f"{settings.scenario}, n = {settings.n}")
