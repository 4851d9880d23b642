"""Which folders of this machine a reader may take data from: those inside one root, and the one the server names."""

from __future__ import annotations

import os
from pathlib import Path

from bestviz.data.bacpac.read import is_bacpac
from bestviz.data.load import TABLES
from bestviz.data.tables import find_file
from bestviz.errors import InputError
from bestviz.wording import data as words

_MOST_LISTED = 100


def data_root() -> Path:
    """Folder whose subfolders may be chosen: `$BESTVIZ_DATA_ROOT`, else `data`."""
    return Path(os.environ.get("BESTVIZ_DATA_ROOT") or "data")


def found_folders() -> list[str]:
    """Subfolders of the root, one or two levels down, that hold a table of either format; relative to the root."""
    root = data_root()
    places = [place for pattern in ("*", "*/*") for place in root.glob(pattern)]
    return sorted(str(place.relative_to(root)) for place in places if _holds_data(place))[:_MOST_LISTED]


def _holds_data(place: Path) -> bool:
    try:
        hidden = any(part.startswith(".") for part in place.parts[-2:])
        return place.is_dir() and not hidden and (is_bacpac(place) or any(find_file(place, stem) for stem in TABLES))
    except OSError:
        return False


def checked_folder(text: str) -> Path:
    """The folder that a reader means, seen from the root or from where the server was started.

    Raises
    ------
    InputError
        No path, an address, a path outside the root (whether it exists or not), or no folder.
    """
    text = text.strip()
    if not text:
        raise InputError(words.NO_PATH)
    if "://" in text or text.startswith(("//", "\\\\")):
        raise InputError(words.not_local(text))
    try:
        inside = [place for place in (data_root() / text, Path(text)) if _may_be_read(place)]
        if not inside:
            raise InputError(words.outside(text, str(data_root())))
        there = next((place for place in inside if place.exists()), None)
        if there is None:
            raise InputError(words.no_folder(text, str(data_root())))
        if not there.is_dir():
            raise InputError(words.is_file(text))
    except (OSError, ValueError):  # too long, or with characters that no path has
        raise InputError(words.no_folder(text[:80], str(data_root()))) from None
    return there


def _may_be_read(place: Path) -> bool:
    """Whether a folder lies inside the root, links followed, or is the one that the server was started with."""
    real, named = place.resolve(), os.environ.get("BESTVIZ_DATA")
    return real.is_relative_to(data_root().resolve()) or (named is not None and real == Path(named).resolve())
