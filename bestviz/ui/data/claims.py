"""One fit at a time to a name, and nothing left behind by a fit that was ended.

A claim is a lock on a hidden file beside the models. The system gives it back when the server dies, so a claim file
that nobody holds was left by a server that was killed, and so was a half-written model of its name.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from bestviz.errors import ModelFileError
from bestviz.wording import data as words

_ENDING, _DRAFT = ".fitting", ".draft"
_ABANDONED = 3600  # seconds after which a draft of the command line is nobody's; writing one takes seconds


@dataclass
class Claim:
    """The right to save a model under a name.

    Attributes
    ----------
    folder : Path
        `models/<name>`.
    handle : int
        Of the claim file, which is locked.
    """

    folder: Path
    handle: int

    def release(self) -> None:
        """Give the name back, and remove what an ended fit has left half-written."""
        _remove_drafts(self.folder)
        _claim_file(self.folder).unlink(missing_ok=True)
        os.close(self.handle)


def claim(folder: Path) -> Claim:
    """Take a name for a fit; the folder of models is made if needed.

    Raises
    ------
    ModelFileError
        Another fit has the name, or nothing can be written there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = _locked(_claim_file(folder))
    except OSError as fault:
        raise ModelFileError(words.cannot_write(str(folder.parent), fault.strerror or type(fault).__name__)) from fault
    if handle is None:
        raise ModelFileError(words.name_taken(folder.name))
    return Claim(folder, handle)


def sweep(root: Path) -> None:
    """Remove what fits have left that were killed with their server, or abandoned."""
    if not root.is_dir():
        return
    for file in root.glob(f".*{_ENDING}"):
        folder = root / file.name[1:].removesuffix(_ENDING)
        try:
            handle = _locked(file)
        except OSError:
            continue  # no right to write here: whoever saves will be told
        if handle is not None:
            Claim(folder, handle).release()
    for draft in root.glob(f".*{_DRAFT}"):
        if _age(draft) > _ABANDONED:
            shutil.rmtree(draft, ignore_errors=True)


def _claim_file(folder: Path) -> Path:
    return folder.parent / f".{folder.name}{_ENDING}"


def _locked(file: Path) -> int | None:
    """Handle of the locked file; None where another holds it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if file.exists() and os.fstat(handle).st_ino == file.stat().st_ino:
            return handle
    except BlockingIOError:
        pass
    except OSError:
        os.close(handle)
        raise
    os.close(handle)  # it is locked, or was removed while it was being taken
    return None


def _remove_drafts(folder: Path) -> None:
    for draft in folder.parent.glob(f".{folder.name}.*{_DRAFT}"):
        shutil.rmtree(draft, ignore_errors=True)


def _age(draft: Path) -> float:
    try:
        latest = max(part.stat().st_mtime for part in (draft, *draft.iterdir()))
    except OSError:
        return 0.0
    return time.time() - latest
