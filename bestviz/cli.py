"""The command line: everything the pages do, from the shell.

Results go to stdout, messages to stderr. Exit 0: done; 1: data or inputs are wrong; 2: the command was used wrongly.
Packages that take long to load are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

import bestviz
from bestviz.cli_handout import handout
from bestviz.cli_models import models
from bestviz.cli_slides import slides
from bestviz.cli_study import study
from bestviz.errors import DataError, ModelFileError, PatientError
from bestviz.terminal import Commands, complain, count, json_text, listed, progress_bar

if TYPE_CHECKING:
    from bestviz.advice.patient import Patient
    from bestviz.data.dataset import Trial
    from bestviz.data.simulator.effects import Strength

FOLDER = click.Path(path_type=Path)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(bestviz.__version__, message="BestViz %(version)s")
def main() -> None:
    """BestViz: decision support for the BEST trial in chronic low-back pain.

    Learns from a two-stage trial which treatment to start and what to do at week 12, and says how sure it is.
    """


@main.command()
@click.option("--n", type=click.IntRange(min=1), default=805, show_default=True, help="Number of participants.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same data.")
@click.option("--out", type=FOLDER, required=True, help="Folder to write: new, empty, or an earlier data folder.")
@click.option(
    "--deep", type=click.FloatRange(0, 1), default=0.63, show_default=True, help="Share with deep phenotyping."
)
@click.option(
    "--strength",
    type=click.Choice(["none", "modest", "demo", "strong"]),
    default="demo",
    show_default=True,
    help="How much the best treatment differs from person to person.",
)
@click.option("--format", "form", type=click.Choice(["tables", "bacpac"]), default="tables", show_default=True)
def simulate(n: int, seed: int, out: Path, deep: float, strength: Strength, form: Literal["tables", "bacpac"]) -> None:
    """Simulate a trial like BEST, with the truth behind it in truth.json."""
    from bestviz.data.simulator import Truth

    truth = Truth.for_strength(strength)
    trial = truth.simulate(n, seed, deep)
    bestviz.write_trial(trial, out, format=form)
    facts = {"n": n, "seed": seed, "deep": deep, **truth.describe()}
    (out / "truth.json").write_text(json_text(facts) + "\n", encoding="utf-8")
    click.echo(f"{out}: {count(len(trial), 'simulated participant')}")


@main.command()
@click.argument("data", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def validate(data: Path, as_json: bool) -> None:
    """Check the data in folder DATA and list every problem with file, row and column."""
    found = bestviz.validate(data)
    if as_json:
        click.echo(json_text(found.to_dict()))
    else:
        for problem in found.problems:
            click.echo(str(problem))
        errors = len(found.errors)
        click.echo(
            f"{data}: {found.participants} participants, {found.assessments} assessments; "
            f"{count(errors, 'error')}, {count(len(found.problems) - errors, 'warning')}."
        )
    if found.errors:
        sys.exit(1)


@main.command()
@click.argument("data", type=FOLDER)
@click.option("--out", type=FOLDER, required=True, help="Folder of the model, models/NAME.")
@click.option("--replicates", type=click.IntRange(min=20), default=200, show_default=True, help="Refits for intervals.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same model.")
@click.option("--jobs", type=click.IntRange(min=1), help="Jobs at a time.  [default: one a core]")
@click.option(
    "--learner",
    type=click.Choice(["ensemble", "additive", "forest"]),
    default="ensemble",
    show_default=True,
    help="What is learned with: additive, forest, or the better of these and both together (ensemble).",
)
@click.option("--with-deep", is_flag=True, help="Use the deep phenotyping markers too.")
@click.option("--calibrate", is_flag=True, help="Measure in simulated trials by how much to widen intervals; minutes.")
@click.option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address.")
def fit(
    data: Path,
    out: Path,
    replicates: int,
    seed: int,
    jobs: int | None,
    learner: Literal["ensemble", "additive", "forest"],
    with_deep: bool,
    calibrate: bool,
    dask: str | None,
) -> None:
    """Fit a model to the data in folder DATA."""
    with ExitStack() as stack:
        stack.enter_context(_cluster(dask))
        from bestviz.claims import claim
        from bestviz.store import check_destination

        check_destination(out)  # before the long work, not after it
        trial = _usable(data)
        stack.enter_context(claim(out))
        complain(*listed(trial.problems))
        progress = stack.enter_context(progress_bar())
        model = bestviz.fit(
            trial,
            replicates=replicates,
            seed=seed,
            jobs=jobs,
            learner=learner,
            with_deep=with_deep,
            calibrate=calibrate,
            progress=progress,
        )
        model.save(out)
    click.echo(f"{out}: fitted to {trial.info.name!r}, {count(len(trial), 'participant')}")


@main.command()
@click.option("--model", type=FOLDER, required=True, help="Folder of the model, models/NAME.")
@click.option("--patient", type=FOLDER, required=True, help="Patient file (JSON), or a BACPAC folder with --id.")
@click.option("--id", "person", metavar="USUBJID", help="Which person of the BACPAC folder.")
@click.option("--preferences", type=FOLDER, help="Preferences file (JSON).  [default: PEG only]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def recommend(model: Path, patient: Path, person: str | None, preferences: Path | None, as_json: bool) -> None:
    """Rank the treatments for one patient, with reasons and how sure we are."""
    if patient.is_dir() and person is None:
        raise click.UsageError("With a BACPAC folder as --patient, name the person: --id USUBJID.")
    if person is not None and not patient.is_dir():
        raise click.UsageError(f"--id goes with a BACPAC folder as --patient, and {patient} is not a folder.")
    from bestviz.advice.preferences import Preferences
    from bestviz.jsontext import read_object

    wishes = Preferences.from_dict(None) if preferences is None else Preferences.from_json(_content(preferences))
    if person is None:
        # As a mapping: the model knows which further inputs it was fitted with.
        whom: Any = read_object(_content(patient), "Patient file", PatientError)
    else:
        whom = _bacpac_person(patient, person)
    advice = bestviz.load_model(model).recommend(whom, wishes)
    if as_json:
        click.echo(json_text(advice.to_dict()))
    else:
        click.echo(advice.to_text())


@main.command()
@click.option("--model", type=FOLDER, required=True, help="Folder of the model, models/NAME.")
@click.option("--data", type=FOLDER, required=True, help="Data folder: that of the model, or another one.")
@click.option("--preferences", type=FOLDER, help="Preferences file (JSON).  [default: PEG only]")
@click.option("--by", metavar="COLUMN", help="Also by the groups of a column, or of a measure at week 0.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(model: Path, data: Path, preferences: Path | None, by: str | None, as_json: bool) -> None:
    """Judge what a model's regime is worth, against as randomised, single treatments and fixed plans.

    On the data that the model was fitted to, the whole fit is repeated without each fifth of the people, twice; on
    other data, the model is judged as it is. What the regime is worth for PEG on its own data is kept beside the model.
    """
    from bestviz.advice import evaluation
    from bestviz.advice.evaluation_tables import subgroup_columns
    from bestviz.advice.kept_value import keep
    from bestviz.advice.preferences import Preferences
    from bestviz.wording import SIMULATED

    wishes = Preferences.from_dict(None) if preferences is None else Preferences.from_json(_content(preferences))
    fitted = bestviz.load_model(model)
    trial = _usable(data, "judged")
    complain(*listed(trial.problems))
    if by is not None and by not in subgroup_columns(trial):
        raise click.UsageError(f"--by {by}: the data have no such column; choose one of the participants table.")
    evaluation.check_question(fitted, trial, wishes, by)
    with progress_bar() as progress:
        judge = evaluation.trial_judge(fitted, trial, progress=progress)
    found = judge.evaluate(wishes, by)
    try:
        if keep(fitted, judge, model):
            complain(f"{model}: its cross-fitted value is kept beside it and stands in its card.")
    except ModelFileError as error:
        complain(str(error))
    if not as_json:
        click.echo(found.to_text())
        return
    complain(*found.warnings, *([f"{SIMULATED}."] if found.simulated else []))
    click.echo(json_text(found.to_dict()))


main.add_command(handout)
main.add_command(slides)
main.add_command(study)
main.add_command(models)


def _usable(data: Path, done: str = "fitted") -> Trial:
    """The trial in a folder; every error is written out before it is refused."""
    found = bestviz.validate(data)
    if found.trial is None:
        raise DataError(f"{data}: {count(len(found.errors), 'error')}, so nothing was {done}.", found.errors)
    return found.trial


def _bacpac_person(folder: Path, person: str) -> Patient:
    from bestviz.advice.patient import Patient
    from bestviz.data.bacpac import read_person

    return Patient.from_person(read_person(folder, person))


def _content(path: Path) -> bytes:
    from bestviz.jsontext import LARGEST_TEXT

    with open(path, "rb") as file:
        return file.read(LARGEST_TEXT + 1)  # one more is refused as too large


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """Run joblib's work on a Dask cluster, or on this machine without an address."""
    if address is None:
        yield
        return
    try:
        distributed = import_module("dask.distributed")
    except ImportError:
        raise click.UsageError(
            "--dask needs the package distributed (pip install 'dask[distributed]'), which is not installed here; "
            "without --dask the fit runs on this machine."
        ) from None
    import joblib

    os.environ["BESTVIZ_KEEP_BACKEND"] = "1"  # else the fit would choose threads on this machine
    try:
        with distributed.Client(address), joblib.parallel_config(backend="dask"):
            yield
    finally:
        del os.environ["BESTVIZ_KEEP_BACKEND"]
