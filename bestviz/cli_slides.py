"""The command `slides`: the slide deck of a trial and a model, from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import bestviz
from bestviz.cli_filters import filter_options, filters_of
from bestviz.errors import DataError
from bestviz.terminal import complain, count, listed, progress_bar

if TYPE_CHECKING:
    from bestviz.advice.evaluation import Evaluation
    from bestviz.advice.evaluation_assigned import Assigned
    from bestviz.advice.model import FittedModel
    from bestviz.advice.preferences import Preferences
    from bestviz.data.dataset import Trial
    from bestviz.reports.deck import Progress, Slide

_PATH = click.Path(path_type=Path)
_ENDINGS = (".pptx", ".html", ".pdf", ".zip")
_MOST_JOURNEYS = 6


@click.command()
@click.option("--data", type=_PATH, required=True, help="Data folder, as a rule that of the model.")
@click.option("--model", type=_PATH, required=True, help="Folder of the model, models/NAME.")
@click.option("--out", type=_PATH, required=True, help="File to write: .pptx, .html, .pdf, or .zip: pictures.")
@click.option("--template", type=_PATH, help="PowerPoint file (.pptx) whose layouts are used; for .pptx only.")
@click.option("--preferences", type=_PATH, help="Preferences file (JSON).  [default: PEG only]")
@click.option(
    "--journeys",
    type=click.IntRange(0, _MOST_JOURNEYS),
    default=2,
    show_default=True,
    help="Representative patients with a slide of their own.",
)
@click.option("--evaluate", is_flag=True, help="Judge what the regime is worth first; minutes.")
@filter_options
@click.option("--dark", is_flag=True, help="Light type on a dark ground.")
def slides(
    data: Path,
    model: Path,
    out: Path,
    template: Path | None,
    preferences: Path | None,
    journeys: int,
    evaluate: bool,
    dark: bool,
    **chosen: tuple[str, ...],
) -> None:
    """Write slides that tell the story of a trial and of what a model learned from it."""
    ending = out.suffix.lower()
    if ending not in _ENDINGS:
        raise click.UsageError(f"--out {out}: the name must end in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}.")
    if template is not None and ending != ".pptx":
        raise click.UsageError(f"--template goes with a .pptx file as --out, and {out} is none.")
    from bestviz.reports.files import check_place, write_whole

    check_place(out)  # before the work, not after it
    from bestviz.advice.preferences import Preferences
    from bestviz.cohort.selection import select
    from bestviz.reports.deck import default_deck, smallest_type
    from bestviz.reports.deck.wall import SMALLEST
    from bestviz.wording import SIMULATED
    from bestviz.wording.cohort import refused
    from bestviz.wording.presentation import filtered_out
    from bestviz.wording.slides import other_data, small_type

    wishes = Preferences.from_dict(None) if preferences is None else Preferences.from_json(_content(preferences))
    given = None if template is None else template.read_bytes()
    fitted, trial = bestviz.load_model(model), _trial(data)
    info = fitted.info
    if trial.digest != info.data_digest:
        complain(other_data(info.trained_on, trial.info.name))
    filters = filters_of(trial, chosen)
    if filters.chosen and (refusal := refused(select(trial, filters))):
        complain(filtered_out(refusal))
    if given is not None and (points := smallest_type(given)) < SMALLEST:
        complain(small_type(points))
    judged, both = _judged(fitted, trial, wishes) if evaluate else (None, None)
    with progress_bar() as progress:
        deck = default_deck(
            fitted, trial, wishes, evaluation=judged, assigned=both, filters=filters, journeys=journeys,
            progress=progress,
        )  # fmt: skip
    with progress_bar() as progress:
        content = _file(ending, deck, given, dark, progress)
    write_whole(out, content)
    if any(slide.simulated for slide in deck):
        complain(f"{SIMULATED}.")
    click.echo(f"{out}: {count(len(deck), 'slide')}")


def _judged(model: FittedModel, trial: Trial, wishes: Preferences) -> tuple[Evaluation, Assigned]:
    """What the regimes are worth and who gets what under them; weights that cannot be used are told before the work."""
    from bestviz.advice.evaluation import check_question, trial_judge
    from bestviz.advice.evaluation_assigned import assigned

    check_question(model, trial, wishes)
    with progress_bar() as progress:
        judge = trial_judge(model, trial, progress=progress)
    return judge.evaluate(wishes), assigned(judge, wishes)


def _file(ending: str, deck: tuple[Slide, ...], template: bytes | None, dark: bool, progress: Progress | None) -> bytes:
    from bestviz.reports.deck import deck_html, deck_pdf, deck_pptx, deck_zip

    if ending == ".pptx":
        return deck_pptx(deck, template=template, dark=dark, progress=progress)
    make = {".html": deck_html, ".pdf": deck_pdf, ".zip": deck_zip}[ending]
    return make(deck, dark=dark, progress=progress)


def _trial(data: Path) -> Trial:
    from bestviz.data.problems import warnings_of

    found = bestviz.validate(data)
    if found.trial is None:
        raise DataError(f"{data}: {count(len(found.errors), 'error')}, so no slides were made.", found.errors)
    complain(*listed(warnings_of(found.problems)))
    return found.trial


def _content(path: Path) -> bytes:
    from bestviz.jsontext import LARGEST_TEXT

    with open(path, "rb") as file:
        return file.read(LARGEST_TEXT + 1)  # one more is refused as too large
