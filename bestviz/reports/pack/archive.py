"""A ZIP whose bytes depend on its content alone."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping

SUMS = "SHA256SUMS"
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
_READABLE = 0o644 << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in one ZIP, with their digests in a file of their own.

    Parameters
    ----------
    files : mapping of str to bytes
        Path inside the archive -> content, in the order of writing.
    """
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in files.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in {**files, SUMS: sums.encode()}.items():
            entry = zipfile.ZipInfo(path, _NO_TIME)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _READABLE, 3
            archive.writestr(entry, content)
    return buffer.getvalue()
