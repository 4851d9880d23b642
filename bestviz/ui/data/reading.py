"""Data read as a draft, from a folder or from uploaded files, and examined under the response rule in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bestviz.data.bacpac import MemoryFolder
from bestviz.data.bacpac.read import is_bacpac, read_bacpac
from bestviz.data.checks import check
from bestviz.data.draft import Draft
from bestviz.data.load import TABLES, Validation, _read, _read_tables
from bestviz.data.tables import find_file
from bestviz.errors import DataError
from bestviz.trial import MEASURES, ResponseRule
from bestviz.wording import data as words

LARGEST_FILE, LARGEST_UPLOAD = 20, 60  # MB
_MB = 1_000_000


def read_folder(place: Path) -> Draft:
    """Read a folder in either format; what is wrong with it stands in the draft."""
    return _read(place)


def read_files(files: Sequence[tuple[str, bytes]]) -> Draft:
    """Read uploaded files in either format, in memory.

    Parameters
    ----------
    files : sequence of (name, content)

    Raises
    ------
    DataError
        No files, files that are too large, or two of one name.
    """
    if not files:
        raise DataError(words.NO_FILES)
    for name, content in files:
        if len(content) > LARGEST_FILE * _MB:
            raise DataError(words.too_large(name, len(content) / _MB, LARGEST_FILE))
    if (total := sum(len(content) for _, content in files)) > LARGEST_UPLOAD * _MB:
        raise DataError(words.too_large(words.TOGETHER, total / _MB, LARGEST_UPLOAD))
    folder = MemoryFolder(files, words.UPLOADED)
    own = any(find_file(folder, stem) for stem in TABLES[:2])
    return read_bacpac(folder) if is_bacpac(folder) and not own else _read_tables(folder)  # type: ignore[arg-type]


def examine(draft: Draft, rule: ResponseRule | None = None) -> Validation:
    """Everything that is wrong with a draft, and the trial where nothing forbids it.

    Parameters
    ----------
    draft : Draft
    rule : ResponseRule, optional
        Instead of the data set's own.
    """
    if rule is not None:
        draft = replace(draft, info=replace(draft.info, response_rule=rule))
    trial, problems = check(draft)
    present = set() if draft.assessments is None else set(draft.assessments["measure"].unique())
    return Validation(
        participants=0 if draft.participants is None else len(draft.participants),
        assessments=draft.rows,
        measures=[code for code in MEASURES if code in present],
        problems=problems,
        trial=trial,
    )
