"""A folder that is only in memory: files handed over by a browser are read without touching the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bestviz.errors import DataError


@dataclass(frozen=True)
class MemoryFile:
    """A file in memory."""

    name: str
    content: bytes = field(repr=False)

    @property
    def stem(self) -> str:
        """Name without its ending."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """Ending of the name, with its dot."""
        return PurePosixPath(self.name).suffix

    def read_bytes(self) -> bytes:
        return self.content


class MemoryFolder:
    """Files in memory, read like a folder on disk.

    Parameters
    ----------
    files : iterable of (str, bytes)
        File names, with or without folders before them, and contents. Hidden files are left out.
    name : str
        What messages call the folder.

    Raises
    ------
    DataError
        If two files have the same name.
    """

    def __init__(self, files: Iterable[tuple[str, bytes]], name: str = "the files chosen") -> None:
        self.name = name
        self._files: dict[str, MemoryFile] = {}
        for path, content in files:
            file = PurePosixPath(path.replace("\\", "/")).name
            if file.startswith("."):
                continue
            if file in self._files:
                raise DataError(f"There are two files called {file} in {name!r}: choose one folder only.")
            self._files[file] = MemoryFile(file, content)

    def __str__(self) -> str:
        return self.name

    def iterdir(self) -> Iterator[MemoryFile]:
        """The files in the order given."""
        return iter(self._files.values())
