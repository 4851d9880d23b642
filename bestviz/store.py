"""Fitted models on disk: saved whole or not at all, checked before they are opened.

A model is a folder `models/<name>/{model.joblib, manifest.json, card.md}`. Reading a model file means following the
instructions inside it. Three things come before that: the manifest has to be complete and of this format, the file has
to match the manifest's size and SHA-256, and the reader looks up nothing but what is on a short list
(`bestviz.safe_unpickle`). The digest shows that a file is unchanged, not who made it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from bestviz.errors import InputError, ModelFileError
from bestviz.jsontext import read_object
from bestviz.manifest import check_content, check_manifest, manifest_text
from bestviz.safe_unpickle import unpickle

MODEL_FILE, MANIFEST_FILE, CARD_FILE = "model.joblib", "manifest.json", "card.md"


@dataclass(frozen=True)
class ModelEntry:
    """One model of a folder of models.

    Attributes
    ----------
    name : str
        Name of its folder.
    folder : Path
        The folder.
    manifest : dict or None
        What the model is; None if it cannot be read.
    problem : str or None
        Why the model cannot be used, in a sentence; None if nothing is known to be wrong.
    """

    name: str
    folder: Path
    manifest: dict[str, Any] | None
    problem: str | None


def save_model(model: object, folder: str | Path, manifest: Mapping[str, Any], card: str) -> None:
    """Save a fitted model; a model of that name is replaced only once the new one is complete.

    Parameters
    ----------
    model : object
        The fitted model, built from the kinds of object that `load_model` accepts.
    folder : str or Path
        `models/<name>`; made if needed. A folder that holds other files is refused.
    manifest : mapping
        What the model is: `trained_on`, `simulated` and `participants`, and anything else that JSON can hold. Versions,
        date, size and digest are added here.
    card : str
        The model card, Markdown.

    Raises
    ------
    ModelFileError
        If it cannot be saved; an older model of that name is then still in use.
    """
    target = check_destination(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".draft", dir=target.parent))
    except OSError as fault:
        raise ModelFileError(f"{target}: the model cannot be saved there ({_why(fault)}).") from fault
    try:
        _write_draft(draft, model, manifest, card)
        _swap(draft, target)
    except OSError as fault:
        raise ModelFileError(
            f"{target}: the model was not saved ({_why(fault)}); free space or check rights."
        ) from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_destination(folder: str | Path) -> Path:
    """The absolute folder that a model would be saved in; an error if that would overwrite anything but a model."""
    target = Path(folder).resolve()
    if target.exists() and not target.is_dir():
        raise ModelFileError(f"{folder}: this is a file; name a folder for the model.")
    if target.is_dir():
        foreign = sorted({p.name for p in target.iterdir()} - {MODEL_FILE, MANIFEST_FILE, CARD_FILE})
        if foreign:
            raise ModelFileError(
                f"{folder}: this folder holds other things ({foreign[0]}); name a new folder for the model."
            )
    return target


def load_manifest(folder: str | Path) -> dict[str, Any]:
    """What a saved model is, checked for completeness and for versions that fit.

    Parameters
    ----------
    folder : str or Path
        `models/<name>`.

    Returns
    -------
    dict
        The manifest.
    """
    folder = Path(folder)
    with _locked(folder.resolve().parent):
        return _good_manifest(folder)


def verify_model(folder: str | Path) -> dict[str, Any]:
    """Check a saved model without opening it: manifest, versions, size and SHA-256; returns the manifest."""
    return _verified(Path(folder))[0]


def load_model(folder: str | Path) -> Any:
    """Load a fitted model after checking its manifest, versions, size and SHA-256.

    Parameters
    ----------
    folder : str or Path
        `models/<name>`.

    Returns
    -------
    object
        The model as it was saved.

    Raises
    ------
    ModelFileError
        If it is missing, damaged, foreign or of another version; nothing inside the file has run then.
    """
    _, content = _verified(Path(folder))
    return unpickle(content, f"{Path(folder) / MODEL_FILE}: this is not a model that BestViz can open safely")


def load_card(folder: str | Path) -> str:
    """The model card, Markdown."""
    path = Path(folder) / CARD_FILE
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ModelFileError(f"{path}: the model card cannot be read ({_why(fault)}).") from fault


def list_models(root: str | Path) -> list[ModelEntry]:
    """The models of a folder of models, by name; digests are not checked here (see `verify_model`)."""
    root = Path(root)
    if not root.is_dir():
        return []
    with _locked(root.resolve()):
        for trace in root.glob(".*.replaced"):
            _restore(root / _name_of(trace))
        folders = sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
        return [_entry(p) for p in folders if (p / MANIFEST_FILE).exists() or (p / MODEL_FILE).exists()]


def _entry(folder: Path) -> ModelEntry:
    manifest = None
    try:
        manifest = _read_manifest(folder)
        check_manifest(manifest, folder / MANIFEST_FILE, MODEL_FILE)
        if not (folder / MODEL_FILE).is_file():
            raise ModelFileError(f"{folder / MODEL_FILE}: the file is missing; fit the model again.")
    except ModelFileError as fault:
        return ModelEntry(folder.name, folder, manifest, str(fault))
    return ModelEntry(folder.name, folder, manifest, None)


# --- writing ---


def _write_draft(draft: Path, model: object, manifest: Mapping[str, Any], card: str) -> None:
    with open(draft / MODEL_FILE, "w+b") as file:
        joblib.dump(model, file)
        _flush(file)
        file.seek(0)
        content = file.read()
    # Read back at once: a model that could not be opened later must not replace one that can.
    unpickle(content, "The model cannot be saved: it could not be opened again")
    for name, words in ((MANIFEST_FILE, manifest_text(manifest, MODEL_FILE, content)), (CARD_FILE, card)):
        with open(draft / name, "wb") as file:
            file.write(words.encode("utf-8"))
            _flush(file)
    draft.chmod(0o755)  # a temporary folder is private, a model is as readable as its files
    _flush_folder(draft)


def _swap(draft: Path, target: Path) -> None:
    """Put the draft in place of the target; if that fails or is killed, `_restore` brings the old model back."""
    with _locked(target.parent, exclusive=True):
        try:
            if target.exists():
                os.rename(target, tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".replaced", dir=target.parent))
            os.rename(draft, target)
        except OSError:
            _restore(target)
            raise
        _flush_folder(target.parent)
        for old in _set_aside(target):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _locked(root: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Keep readers out while a model is swapped, and the swap out while one is read."""
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


def _restore(target: Path) -> None:
    """Bring back a model that was set aside by a save that was killed."""
    if target.exists():
        return
    for old in _set_aside(target):
        if (old / MANIFEST_FILE).is_file():
            try:
                os.rename(old, target)
            except OSError:
                continue  # no right to write, or another process was faster: whoever reads sees what there is
            return


def _set_aside(target: Path) -> list[Path]:
    return [p for p in sorted(target.parent.glob(".*.replaced")) if _name_of(p) == target.name]


def _name_of(trace: Path) -> str:
    """`demo` of `.demo.x7f3.replaced`."""
    return trace.name[1:].rsplit(".", 2)[0]


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading ---


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_FILE
    _restore(folder.resolve())
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelFileError(
            f"{folder}: there is no model here (no {MANIFEST_FILE}); fit one or name another."
        ) from None
    except OSError as fault:
        raise ModelFileError(f"{path}: it cannot be read ({_why(fault)}).") from fault
    try:
        return read_object(content, str(path))
    except InputError as fault:
        raise ModelFileError(f"{fault} Fit the model again.") from None


def _good_manifest(folder: Path) -> dict[str, Any]:
    manifest = _read_manifest(folder)
    check_manifest(manifest, folder / MANIFEST_FILE, MODEL_FILE)
    return manifest


def _verified(folder: Path) -> tuple[dict[str, Any], bytes]:
    path = folder / MODEL_FILE
    with _locked(folder.resolve().parent):
        manifest = _good_manifest(folder)
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise ModelFileError(f"{path}: it cannot be read ({_why(fault)}); fit it again.") from fault
    check_content(manifest, content, path)
    return manifest, content


def _why(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or type(fault).__name__
