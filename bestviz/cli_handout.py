"""The command `handout`: the one-page hand-out of one patient, from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import bestviz
from bestviz.errors import PatientError
from bestviz.terminal import complain

if TYPE_CHECKING:
    from bestviz.reports.handout import Kind

_PATH = click.Path(path_type=Path)
_ENDINGS = (".pdf", ".html")


@click.command()
@click.option("--model", type=_PATH, required=True, help="Folder of the model, models/NAME.")
@click.option("--patient", type=_PATH, required=True, help="Patient file (JSON), of week 0 or of week 12.")
@click.option("--preferences", type=_PATH, help="Preferences file (JSON).  [default: PEG only]")
@click.option("--out", type=_PATH, required=True, help="File to write: .pdf, or .html for a page to print.")
@click.option(
    "--kind",
    type=click.Choice(["patient", "chart"]),
    default="patient",
    show_default=True,
    help="In plain words for the patient, or with all numbers for the chart.",
)
def handout(model: Path, patient: Path, preferences: Path | None, out: Path, kind: Kind) -> None:
    """Write the one-page hand-out of one patient: options, plan, and how sure we are."""
    if out.suffix.lower() not in _ENDINGS:
        raise click.UsageError(f"--out {out}: the name must end in {' or '.join(_ENDINGS)}.")
    from bestviz.reports.files import check_place, write_whole

    check_place(out)  # before the work, not after it
    from bestviz.advice.preferences import Preferences
    from bestviz.jsontext import read_object
    from bestviz.wording import SIMULATED

    wishes = Preferences.from_dict(None) if preferences is None else Preferences.from_json(_content(preferences))
    # As a mapping: the model knows which further inputs it was fitted with.
    whom = read_object(_content(patient), "Patient file", PatientError)
    advice = bestviz.load_model(model).recommend(whom, wishes).to_dict()
    from bestviz.reports.handout import handout_html, make_handout

    if out.suffix.lower() == ".pdf":
        write_whole(out, make_handout(advice, whom, wishes, kind=kind))
    else:
        write_whole(out, handout_html(advice, whom, wishes, kind=kind).encode())
    complain(*advice["warnings"], *([f"{SIMULATED}."] if advice["model"]["simulated"] else []))
    click.echo(f"{out}: hand-out for the {kind}, one page")


def _content(path: Path) -> bytes:
    from bestviz.jsontext import LARGEST_TEXT

    with open(path, "rb") as file:
        return file.read(LARGEST_TEXT + 1)  # one more is refused as too large
