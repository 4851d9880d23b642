"""The commands `models list` and `models verify`: the fitted models of a folder, and whether their files are sound."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bestviz.errors import ModelFileError
from bestviz.terminal import complain

if TYPE_CHECKING:
    from bestviz.store import ModelEntry


@click.group()
def models() -> None:
    """List the fitted models and check their files."""


_ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path),
    default="models",
    envvar="BESTVIZ_MODELS",
    show_default=True,
    help="Folder of models.",
)


@models.command("list")
@_ROOT
def list_them(root: Path) -> None:
    """List the models of a folder."""
    rows = [("NAME", "TRAINED ON", "PEOPLE", "DATA", "CREATED", "STATE"), *map(_row, _entries(root))]
    if len(rows) > 1:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@models.command()
@_ROOT
def verify(root: Path) -> None:
    """Check every model's manifest, versions and digest; exit 1 if any is bad."""
    from bestviz.store import verify_model

    bad = False
    for entry in _entries(root):
        try:
            verify_model(entry.folder)
            click.echo(f"{entry.name}: good")
        except ModelFileError as error:
            click.echo(f"{entry.name}: BAD: {error}")
            bad = True
    if bad:
        sys.exit(1)


def _entries(root: Path) -> list[ModelEntry]:
    from bestviz.store import list_models

    entries = list_models(root)
    if not entries:
        complain(f"There are no models in {root}.")
    return entries


def _row(entry: ModelEntry) -> tuple[str, ...]:
    facts = entry.manifest or {}
    data = "?" if "simulated" not in facts else "simulated" if facts["simulated"] else "real"
    middle = (
        str(facts.get("trained_on", "?")),
        str(facts.get("participants", "?")),
        data,
        str(facts.get("created", "?")),
    )
    return entry.name, *middle, entry.problem or "good"
