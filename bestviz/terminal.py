"""How the command line talks: errors as sentences, results as JSON, progress only where somebody looks."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bestviz.errors import BestVizError, DataError, InputError

if TYPE_CHECKING:
    from bestviz.data.problems import Problem

LONGEST_LIST = 50  # problems written out; `validate` writes all
Progress = Callable[[int, int, str], None]


class Commands(click.Group):
    """Turns an expected error into its sentences and exit 1; a traceback only where it was asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal without UTF-8 shows a question mark, no failure
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BestVizError as error:
            complain(*_sentences(error))
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever reads has seen enough: click ends quietly
                raise
            where = f"{error.filename}: " if error.filename else ""
            complain(f"{where}{error.strerror or error}.")
        except Exception as error:
            if os.environ.get("BESTVIZ_DEBUG") == "1":
                traceback.print_exc()
            complain(
                f"Something unexpected went wrong ({type(error).__name__}: {error}). Set BESTVIZ_DEBUG=1 to see where."
            )
        ctx.exit(1)


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr if somebody is looking at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(file=sys.stderr) as bar:

        def show(done: int, total: int, what: str) -> None:
            bar.total, bar.n = total, done
            bar.set_description_str(what, refresh=False)
            bar.refresh()

        yield show


def _sentences(error: BestVizError) -> Sequence[str]:
    if isinstance(error, InputError):
        return error.messages
    if isinstance(error, DataError):
        return (*listed(error.problems), str(error))
    return (str(error),)


def listed(problems: Sequence[Problem]) -> tuple[str, ...]:
    """The first problems, a line each, and how many more there are."""
    more = len(problems) - LONGEST_LIST
    lines = tuple(str(problem) for problem in problems[:LONGEST_LIST])
    return (*lines, f"... and {more} more; `validate` lists all of them.") if more > 0 else lines


def count(number: int, what: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def complain(*sentences: str) -> None:
    """Write to stderr, a line each."""
    for sentence in sentences:
        click.echo(sentence, err=True)


def json_text(value: Any) -> str:
    """A result as JSON; NaN in it is a bug, so it is refused."""
    return json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False)
