"""The command `study`: the whole procedure judged on simulated trials whose truth is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bestviz.terminal import complain, count, json_text, progress_bar

if TYPE_CHECKING:
    from bestviz.reports.study import Study

_PATH = click.Path(path_type=Path)
# Written out, so that `--help` answers at once; tested to be those of bestviz.study.scenarios.
SCENARIOS = (
    "none", "modest", "demo", "strong", "planning", "sparse", "smooth", "threshold", "non_regular", "responders_only",
    "confounded",
)  # fmt: skip
ALL = "all"
LEAST_REPLICATES = 20


@click.command()
@click.option("--scenario", type=click.Choice([*SCENARIOS, ALL]), required=True, help="What is true in the trials.")
@click.option("--n", type=click.IntRange(min=1), help="Participants of each trial.  [default: the scenario's own]")
@click.option("--repeats", type=click.IntRange(1, 1000), default=100, show_default=True, help="Simulated trials.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same numbers.")
@click.option("--learner", type=click.Choice(["ensemble", "additive"]), default="ensemble", show_default=True)
@click.option(
    "--replicates",
    type=click.IntRange(min=LEAST_REPLICATES),
    default=60,
    show_default=True,
    help="Refits for intervals in each trial.",
)
@click.option("--people", type=click.IntRange(min=1), default=20, show_default=True, help="New people of each trial.")
@click.option("--draws", type=click.IntRange(min=1), default=100, show_default=True, help="Courses of each of them.")
@click.option("--values", is_flag=True, help="Judge the intervals of values of regimes too; much longer.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time.  [default: one a processor]")
@click.option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address.")
@click.option("--out", type=_PATH, help="File of finished repeats (.jsonl or .jsonl.gz); what is in it is not redone.")
@click.option("--figures", type=_PATH, help="Folder to write figures and their numbers into; made if needed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def study(
    scenario: str,
    n: int | None,
    repeats: int,
    seed: int,
    learner: str,
    replicates: int,
    people: int,
    draws: int,
    values: bool,
    jobs: int | None,
    dask: str | None,
    out: Path | None,
    figures: Path | None,
    as_json: bool,
) -> None:
    """Judge the whole procedure on simulated trials whose truth is known.

    How much of the possible gain the learned regime keeps, and how often intervals and chances are true. With --out it
    can be ended at any time; the same command goes on where it was.
    """
    if dask is not None and jobs is not None:
        raise click.UsageError("--jobs is for this machine; a Dask cluster has as many as its workers.")
    from bestviz.reports.study import Study
    from bestviz.study.run import run_study
    from bestviz.study.scenarios import scenario_of
    from bestviz.study.settings import Settings
    from bestviz.wording import SIMULATED

    if figures is not None:
        _ready(figures)  # before the work, not after it
    studies = []
    with progress_bar() as progress:
        for name in SCENARIOS if scenario == ALL else (scenario,):
            settings = Settings(
                name, n or scenario_of(name).size, learner, replicates, people, draws, values, seed
            )  # fmt: skip
            found = run_study(settings, repeats, out, jobs, dask, progress, tell=complain)
            studies.append(Study(settings, repeats, found))
    written = [] if figures is None else list(_written(figures, studies))
    complain(f"{SIMULATED}.")
    if as_json:
        each = [one.to_dict() for one in studies]
        click.echo(json_text({"studies": each} if scenario == ALL else each[0]))
    else:
        click.echo("\n\n".join(one.to_text() for one in studies))
        if written:
            click.echo(f"\n{figures}: {count(len(written), 'file')}")
    if any(len(one.lines) < repeats for one in studies):
        sys.exit(1)


def _ready(folder: Path) -> None:
    from bestviz.reports.files import check_place

    folder.mkdir(parents=True, exist_ok=True)
    check_place(folder / "figure")


def _written(folder: Path, studies: list[Study]) -> Iterator[Path]:
    from bestviz.figures.export import picture_problem
    from bestviz.reports.files import write_whole
    from bestviz.reports.study import study_files

    if problem := picture_problem():
        complain(problem)
    for name, content in study_files(studies):
        write_whole(folder / name, content)
        yield folder / name
