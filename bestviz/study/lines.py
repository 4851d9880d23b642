"""Finished repeats on disk: one JSON line each, in a plain or compressed file that one study at a time may write.

A line is written whole and forced to the disk before the next one begins, so a study that is killed loses the repeat it
was at and nothing else. What it left half-written is removed when the file is opened again. The lock is on the file
itself, and the system gives it back when its process dies.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from bestviz.errors import BestVizError

Line = dict[str, Any]
ENDINGS = (".jsonl", ".jsonl.gz")


class StudyError(BestVizError):
    """A study cannot be run, or its lines cannot be read or kept; the message says what is kept and how to go on."""


@dataclass
class Lines:
    """A file of lines that this process alone may write; a context that gives it back.

    Attributes
    ----------
    path : Path
    kept : list of dict
        All lines, those of earlier studies first.
    mended : bool
        Whether a half-written last line was removed when the file was opened.
    """

    path: Path
    kept: list[Line]
    mended: bool
    _handle: int
    _added: int = field(default=0)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, line: Mapping[str, Any]) -> None:
        """Write one line; when this returns it is on the disk.

        Raises
        ------
        StudyError
            There is no room, or the disk fails; the file is left as it was.
        """
        content = _packed(self.path, [line])
        before = os.fstat(self._handle).st_size
        try:
            _write(self._handle, content)
        except OSError as fault:
            with suppress(OSError):
                os.ftruncate(self._handle, before)
            raise StudyError(
                f"{self.path}: nothing more can be written ({fault.strerror}); the {len(self.kept)} lines in it are "
                "kept, so free space and run the same command again."
            ) from fault
        self.kept.append(dict(line))
        self._added += 1

    def close(self) -> None:
        """Give the file back; lines that were compressed one by one are compressed together, a third of the size."""
        if self._added > 1 and self.path.suffix == ".gz":
            with suppress(OSError):  # no room for both: the file is right as it is
                self._handle = _replaced(self.path, self._handle, _packed(self.path, self.kept))
        os.close(self._handle)


def open_lines(path: str | Path) -> Lines:
    """Open a file of lines to add to it; it is made if needed.

    Parameters
    ----------
    path : str or Path
        Ends in `.jsonl`, or in `.jsonl.gz` for a compressed file. Links are followed.

    Raises
    ------
    StudyError
        Another process has it open, it holds something else than JSON lines, or it cannot be written.
    """
    path = Path(path)
    if not path.name.endswith(ENDINGS):
        raise StudyError(f"{path}: the name must end in {' or '.join(ENDINGS)}.")
    path = path.resolve()
    try:
        handle = _locked(path)
    except OSError as fault:
        raise StudyError(f"{path}: it cannot be written ({fault.strerror}); name another file.") from fault
    try:
        kept, whole = _parsed(path)
        if not whole:
            handle = _replaced(path, handle, _packed(path, kept))
    except OSError as fault:
        os.close(handle)
        raise StudyError(f"{path}: it cannot be mended ({fault.strerror}); free space or name another file.") from fault
    except StudyError:
        os.close(handle)
        raise
    return Lines(path, kept, not whole, handle)


def read_lines(path: str | Path) -> list[Line]:
    """All whole lines of a file, whoever may be writing to it.

    Raises
    ------
    StudyError
        It cannot be read, or holds something else than JSON lines.
    """
    try:
        return _parsed(Path(path))[0]
    except OSError as fault:
        raise StudyError(f"{path}: it cannot be read ({fault.strerror}).") from fault


def _locked(path: Path) -> int:
    """Handle of the file at a path, which is locked."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_ino == os.stat(path).st_ino:
                return handle
        except BlockingIOError:
            os.close(handle)
            raise StudyError(f"{path}: another study is writing to it; wait for it, or name another file.") from None
        except OSError:
            os.close(handle)
            raise
        os.close(handle)  # it was replaced while it was being locked


def _replaced(path: Path, old: int, content: bytes) -> int:
    """Put new content in the place of a locked file; the handle of the new file, locked before it is seen."""
    new, draft = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        fcntl.flock(new, fcntl.LOCK_EX)
        os.fchmod(new, os.fstat(old).st_mode & 0o777)
        _write(new, content)
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        os.close(new)
        raise
    os.close(old)
    return new


def _write(handle: int, content: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_END)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _packed(path: Path, lines: Iterable[Mapping[str, Any]]) -> bytes:
    text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines).encode()
    # Without the time in it, the same lines are the same bytes.
    return gzip.compress(text, mtime=0) if path.suffix == ".gz" and text else text


def _parsed(path: Path) -> tuple[list[Line], bool]:
    """The lines of a file, and whether the last of them is whole."""
    text, whole = path.read_bytes(), True
    if path.suffix == ".gz":
        text, whole = _unpacked(path, text)
    *rows, rest = text.split(b"\n")
    lines: list[Line] = []
    for number, row in enumerate(rows, 1):
        line = _object(row)
        if line is not None:
            lines.append(line)
        elif number == len(rows) and not rest:
            whole = False
        else:
            raise StudyError(f"{path}, line {number}: it is not a JSON object; remove the line, or name another file.")
    return lines, whole and not rest


def _unpacked(path: Path, content: bytes) -> tuple[bytes, bool]:
    """What a compressed file holds, and whether its end is there."""
    # One byte of a new part is not known for one. The last byte of a whole part is the high byte of its size: small.
    parts, begun = [], content.endswith(b"\x1f")
    content = content.removesuffix(b"\x1f")
    with gzip.GzipFile(fileobj=BytesIO(content)) as file:
        try:
            while part := file.read1():
                parts.append(part)
        except EOFError:
            return b"".join(parts), False
        except (OSError, zlib.error):
            raise StudyError(f"{path}: the compressed file is damaged; get it again, or name another one.") from None
    return b"".join(parts), not begun


def _object(row: bytes) -> Line | None:
    try:
        found = json.loads(row)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
