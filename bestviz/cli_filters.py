"""Options of commands that say whom the figures of the trial show; the same filters as on the Cohort page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import click

from bestviz.errors import InputError

if TYPE_CHECKING:
    from bestviz.cohort.selection import Filters
    from bestviz.data.dataset import Trial

Command = TypeVar("Command", bound=Callable[..., object])
_OPTIONS = {
    "contraindication": "Only people with this contraindication (a treatment's code), or 'none'; may be given again.",
    "age": "Only these ages, for example '40 to 49'; may be given again.",
    "sex": "Only these; may be given again.",
    "site": "Only these study sites; may be given again.",
}


def filter_options(command: Command) -> Command:
    """Add --site, --sex, --age and --contraindication to a command."""
    for name, told in _OPTIONS.items():
        command = click.option(f"--{name}", multiple=True, help=told)(command)
    return command


def filters_of(trial: Trial, chosen: Mapping[str, tuple[str, ...]]) -> Filters:
    """The filters that were asked for.

    Raises
    ------
    InputError
        Values that the data do not have; each one is named, with those that there are.
    """
    from bestviz.cohort.selection import Filters, choices

    offered = choices(trial)
    wrong = [
        f"--{name} {value}: not in these data; choose from: {', '.join(offered.get(name, ())) or 'none'}."
        for name, values in chosen.items()
        for value in values
        if value not in offered.get(name, ())
    ]
    if wrong:
        raise InputError(wrong)
    return Filters(**chosen)
