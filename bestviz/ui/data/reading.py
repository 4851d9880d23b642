"""Uploaded files read as a draft, in memory, within limits of size."""

from __future__ import annotations

from collections.abc import Sequence

from bestviz.data import Draft, MemoryFolder, read_draft
from bestviz.errors import DataError
from bestviz.wording import data as words

LARGEST_FILE, LARGEST_UPLOAD = 20, 60  # MB
_MB = 1_000_000


def read_files(files: Sequence[tuple[str, bytes]]) -> Draft:
    """Read uploaded files in either format, in memory; what is wrong with them stands in the draft.

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
    return read_draft(MemoryFolder(files, words.UPLOADED))
