"""A model's folder put in place of another as a whole, also where the process is killed; readers are kept out."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bestviz.manifest import MANIFEST_FILE


def swap(draft: Path, target: Path) -> None:
    """Put the draft in place of the target; if that fails or is killed, `restore` brings the old one back."""
    with locked(target.parent, exclusive=True):
        try:
            if target.exists():
                os.rename(target, tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".replaced", dir=target.parent))
            os.rename(draft, target)
        except OSError:
            restore(target)
            raise
        flush_folder(target.parent)
        for old in _set_aside(target):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def locked(root: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Keep readers of `root` out while a folder in it is swapped, and the swap out while one is read."""
    try:
        handle = os.open(root, os.O_RDONLY)
    except OSError:
        yield  # no folder: nothing to protect, whoever reads says what is wrong
        return
    try:
        with suppress(OSError):  # a file system without locks: at worst a reader is told to try again
            fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def restore(target: Path) -> None:
    """Bring back a folder that was set aside by a swap that was killed."""
    if target.exists():
        return
    for old in _set_aside(target):
        if (old / MANIFEST_FILE).is_file():
            try:
                os.rename(old, target)
            except OSError:
                continue  # no right to write, or another process was faster: whoever reads sees what there is
            return


def restore_all(root: Path) -> None:
    """Bring back every folder inside `root` that was set aside so."""
    for trace in root.glob(".*.replaced"):
        restore(root / _name_of(trace))


def _set_aside(target: Path) -> list[Path]:
    return [p for p in sorted(target.parent.glob(".*.replaced")) if _name_of(p) == target.name]


def _name_of(trace: Path) -> str:
    """`demo` of `.demo.x7f3.replaced`."""
    return trace.name[1:].rsplit(".", 2)[0]


def write_text(path: Path, words: str) -> None:
    """Write a text in UTF-8, down to the disk."""
    with open(path, "wb") as file:
        file.write(words.encode("utf-8"))
        flush(file)


def flush(file: Any) -> None:
    """What is written to a file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """So are the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
