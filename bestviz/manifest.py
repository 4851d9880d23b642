"""The manifest of a saved model: what it is, what made it, and the digest of its file."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bestviz
from bestviz.errors import ModelFileError

MANIFEST_FILE = "manifest.json"
FORMAT_VERSION = 1
LIBRARIES = ("numpy", "pandas", "scikit-learn", "joblib")


def manifest_text(facts: Mapping[str, Any], file_name: str, content: bytes) -> str:
    """The manifest as JSON text: the given facts, with versions, date, size and digest added.

    Parameters
    ----------
    facts : mapping
        What the model says of itself; `trained_on`, `simulated` and `participants` are needed.
    file_name : str
        Name of the model file.
    content : bytes
        The whole model file.
    """
    complete = {
        **facts,
        "format_version": FORMAT_VERSION,
        "versions": {
            "bestviz": bestviz.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "file": {"name": file_name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()},
    }
    if fault := next(_faults(complete, file_name), None):
        raise ModelFileError(f"The model cannot be saved: in its manifest {fault}.")
    try:
        return json.dumps(complete, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"The model cannot be saved: its manifest is not plain JSON ({error}).") from error


def check_manifest(manifest: Mapping[str, Any], path: Path, file_name: str) -> None:
    """Refuse a manifest that is incomplete, or of a model made with other versions.

    The first two numbers of each version have to agree. Python's may differ: files are the same from 3.11 to 3.13.
    """
    found = manifest.get("format_version")
    if found != FORMAT_VERSION:
        raise ModelFileError(
            f"{path}: the model has format version {found!r}, this BestViz reads {FORMAT_VERSION}; fit the model again."
        )
    if fault := next(_faults(manifest, file_name), None):
        raise ModelFileError(f"{path}: {fault}; fit the model again.")
    here = {"bestviz": bestviz.__version__, **{name: version(name) for name in LIBRARIES}}
    for name, installed in here.items():
        made_with = manifest["versions"][name]
        if _first_two(made_with) != _first_two(installed):
            raise ModelFileError(
                f"{path}: the model was made with {name} {made_with}, installed is {installed}; fit the model again."
            )


def check_content(manifest: Mapping[str, Any], content: bytes, path: Path) -> None:
    """Refuse a model file that is not the one the manifest describes."""
    size, digest = manifest["file"]["size"], manifest["file"]["sha256"]
    if len(content) != size:
        raise ModelFileError(
            f"{path}: it has {len(content)} bytes instead of {size}: it is damaged; fit the model again."
        )
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelFileError(f"{path}: it is not the file that was saved (its SHA-256 differs); fit the model again.")


def _faults(manifest: Mapping[str, Any], file_name: str) -> Iterator[str]:
    versions, file = manifest.get("versions"), manifest.get("file")
    if not isinstance(versions, dict) or not all(
        isinstance(versions.get(name), str) for name in ("bestviz", *LIBRARIES)
    ):
        yield "the versions that made the model are missing"
    if not isinstance(file, dict) or file.get("name") != file_name:
        yield f"the entry 'file' does not name {file_name}"
    elif not isinstance(file.get("size"), int) or not isinstance(file.get("sha256"), str):
        yield "the size or digest of the model file is missing"
    for key, kind in (("trained_on", str), ("simulated", bool), ("participants", int), ("created", str)):
        if not isinstance(manifest.get(key), kind):
            yield f"the entry {key!r} is missing or not what it should be"


def _first_two(text: str) -> list[str]:
    return text.split(".")[:2]
