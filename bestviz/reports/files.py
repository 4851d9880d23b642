"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bestviz.errors import BestVizError


class PlaceError(BestVizError):
    """A file cannot be written where it was asked for."""


def check_place(path: Path) -> None:
    """Refuse a place where no file can be written, before the work is done.

    Raises
    ------
    PlaceError
        The folder does not exist or is not writable, or the name is that of a folder.
    """
    if path.is_dir():
        raise PlaceError(f"{path}: it is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise PlaceError(f"{path}: the folder {path.parent} does not exist; make it first or name another.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise PlaceError(f"{path}: nothing can be written into the folder {path.parent}; name another.")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside it, then rename it; only its owner can read what is new.

    Raises
    ------
    PlaceError
        It cannot be written there; an earlier file of that name stays as it was.
    """
    check_place(path)
    draft = ""
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as fault:
        if draft:
            with suppress(OSError):
                os.unlink(draft)
        raise PlaceError(f"{path}: it cannot be written ({fault.strerror}); name another place.") from None
