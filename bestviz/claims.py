"""One fit at a time to a name, from a page or from the command line; nothing is left behind by a fit that was ended.

A claim is a lock on a hidden file beside the models. The system gives it back when its process dies, so a claim file
that nobody holds was left by a process that was killed, and so was a half-written model of its name. The file says
which process on which machine has the name. Where the file system has no locks, that alone decides.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from bestviz.errors import ModelFileError

_ENDING, _DRAFT = ".fitting", ".draft"
_ABANDONED = 3600  # seconds after which a draft that nobody claims is nobody's; writing one takes seconds
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@dataclass
class Claim:
    """The right to save a model under a name; a context that gives it back.

    Attributes
    ----------
    folder : Path
        `models/<name>`, links followed.
    handle : int
        Of the claim file, which is locked.
    """

    folder: Path
    handle: int

    def __enter__(self) -> Claim:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give the name back, and remove what an ended fit has left half-written."""
        _remove_drafts(self.folder)
        _claim_file(self.folder).unlink(missing_ok=True)
        os.close(self.handle)


def claim(folder: str | Path) -> Claim:
    """Take a name for a fit; the folder of models is made if needed.

    Parameters
    ----------
    folder : str or Path
        `models/<name>`.

    Raises
    ------
    ModelFileError
        Another fit has the name, or nothing can be written there.
    """
    folder = Path(folder).resolve()
    file = _claim_file(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = _locked(file)
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        raise ModelFileError(
            f"The folder of models {str(folder.parent)!r} cannot be written ({why}); free space, check rights, or name "
            "another one."
        ) from fault
    if handle is None:
        raise ModelFileError(
            f"A model called {folder.name!r} is being fitted now{_by(_holder(file))}; wait until it is done, cancel "
            "it, or choose another name."
        )
    return Claim(folder, handle)


def sweep(root: Path) -> None:
    """Remove what fits have left that were killed, or abandoned."""
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
    """Handle of the locked file, signed by this process; None where another holds it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if _lock(handle, file) and file.exists() and os.fstat(handle).st_ino == file.stat().st_ino:
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
            return handle
    except OSError:
        os.close(handle)
        raise
    os.close(handle)  # it is locked, or was removed while it was being taken
    return None


def _lock(handle: int, file: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as fault:
        if fault.errno not in _NO_LOCKS:
            raise
        return not _is_alive(*_holder(file))
    return True


def _holder(file: Path) -> tuple[int, str]:
    """Process and machine that signed a claim file; 0 and no name where nobody did."""
    try:
        said = json.loads(file.read_bytes())
        return int(said["pid"]), str(said["host"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""


def _is_alive(process: int, host: str) -> bool:
    """Whether a process may still be at work; one of another machine always may."""
    if process <= 0:
        return False
    if host != socket.gethostname():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _by(holder: tuple[int, str]) -> str:
    process, host = holder
    return f" (process {process} on {host})" if process else ""


def _remove_drafts(folder: Path) -> None:
    for draft in folder.parent.glob(f".{folder.name}.*{_DRAFT}"):
        shutil.rmtree(draft, ignore_errors=True)


def _age(draft: Path) -> float:
    try:
        latest = max(part.stat().st_mtime for part in (draft, *draft.iterdir()))
    except OSError:
        return 0.0
    return time.time() - latest
