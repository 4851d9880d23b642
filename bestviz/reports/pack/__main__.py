"""The pack from the shell: `python -m bestviz.reports.pack --data DATA --model models/NAME --out pack.zip`."""

from __future__ import annotations

from pathlib import Path

import click

import bestviz
from bestviz.cli_filters import filter_options, filters_of
from bestviz.reports.pack.readme import WITH_TREE, WITHOUT_TREE
from bestviz.terminal import Commands, complain, progress_bar

_PATH = click.Path(path_type=Path)


@click.group(cls=Commands, invoke_without_command=True)
@click.option("--data", type=_PATH, required=True, help="Folder of the data.")
@click.option("--model", type=_PATH, required=True, help="Folder of the model, models/NAME.")
@click.option("--preferences", type=_PATH, help="Preferences file (JSON).  [default: PEG only]")
@click.option(
    "--evaluate", type=click.Choice([WITH_TREE, WITHOUT_TREE]), help="Judge the regimes too, with or without the tree."
)
@filter_options
@click.option("--out", type=_PATH, required=True, help="File to write: .zip.")
def pack(
    data: Path, model: Path, preferences: Path | None, evaluate: str | None, out: Path, **chosen: tuple[str, ...]
) -> None:
    """Write every figure and table of the analysis plan into one ZIP, the same bytes for the same input."""
    if out.suffix.lower() != ".zip":
        raise click.UsageError(f"--out {out}: the name must end in .zip.")
    from bestviz.reports.files import check_place, write_whole

    check_place(out)  # before the work, not after it
    from bestviz.advice.preferences import Preferences
    from bestviz.reports.pack import make_pack

    wishes = Preferences.from_dict(None) if preferences is None else Preferences.from_json(preferences.read_bytes())
    fitted, trial = bestviz.load_model(model), bestviz.load_trial(data)
    filters = filters_of(trial, chosen)
    with progress_bar() as show:
        judged = both = None
        if evaluate:
            from bestviz.advice.evaluation import trial_judge
            from bestviz.advice.evaluation_assigned import assigned

            judge = trial_judge(fitted, trial, progress=show)
            judged, both = judge.evaluate(wishes, with_tree=evaluate == WITH_TREE), assigned(judge, wishes)
        write_whole(out, make_pack(fitted, trial, wishes, judged, show, filters=filters, assigned=both))
    if trial.digest != fitted.info.data_digest:
        from bestviz.wording.pack import APART

        complain(APART)
    click.echo(f"{out}: manuscript pack")


if __name__ == "__main__":
    pack(prog_name="python -m bestviz.reports.pack")
