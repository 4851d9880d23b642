"""Fitted models on disk: saved whole or not at all, checked before they are opened.

A model is a folder `models/<name>/{model.joblib, manifest.json, card.md}`; what was worked out about it later may lie
there too. Reading a model file means following the
instructions inside it. Three things come before that: the manifest has to be complete and of this format, the file has
to match the manifest's size and SHA-256, and the reader looks up nothing but what is on a short list
(`bestviz.safe_unpickle`). The digest shows that a file is unchanged, not who made it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from bestviz.errors import InputError, ModelFileError
from bestviz.jsontext import read_object
from bestviz.manifest import MANIFEST_FILE, check_content, check_manifest, manifest_text
from bestviz.safe_unpickle import unpickle
from bestviz.swapping import flush, flush_folder, locked, restore, restore_all, swap, write_text

MODEL_FILE, CARD_FILE = "model.joblib", "card.md"
VALUE_FILE = "value.json"  # what the model's rule is worth, once that was worked out


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
        swap(draft, target)
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
        foreign = sorted({p.name for p in target.iterdir()} - {MODEL_FILE, MANIFEST_FILE, CARD_FILE, VALUE_FILE})
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
    with locked(folder.resolve().parent):
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


def attach(folder: str | Path, digest: str, files: Mapping[str, str]) -> None:
    """Put texts beside a saved model, each whole or not at all.

    Parameters
    ----------
    folder : str or Path
        `models/<name>`.
    digest : str
        Of the model that they are about, as its manifest has it.
    files : mapping of str to str
        Names and contents.

    Raises
    ------
    ModelFileError
        There is another model now, or none, or nothing can be written.
    """
    target = Path(folder).resolve()
    with locked(target.parent, exclusive=True):
        if _good_manifest(target).get("digest") != digest:
            raise ModelFileError(f"{folder}: another model has taken its place; nothing was added to it.")
        try:
            draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".draft", dir=target.parent))
        except OSError as fault:
            raise ModelFileError(f"{folder}: {_not_kept(fault)}") from fault
        try:
            for name, words in files.items():
                write_text(draft / name, words)
                os.replace(draft / name, target / name)
            flush_folder(target)
        except OSError as fault:
            raise ModelFileError(f"{folder}: {_not_kept(fault)}") from fault
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def read_attached(folder: str | Path, name: str) -> str:
    """A text that lies beside a model."""
    path = Path(folder) / name
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ModelFileError(f"{path}: it cannot be read ({_why(fault)}).") from fault


def list_models(root: str | Path) -> list[ModelEntry]:
    """The models of a folder of models, by name; digests are not checked here (see `verify_model`)."""
    root = Path(root)
    if not root.is_dir():
        return []
    with locked(root.resolve()):
        restore_all(root)
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
        flush(file)
        file.seek(0)
        content = file.read()
    # Read back at once: a model that could not be opened later must not replace one that can.
    unpickle(content, "The model cannot be saved: it could not be opened again")
    for name, words in ((MANIFEST_FILE, manifest_text(manifest, MODEL_FILE, content)), (CARD_FILE, card)):
        write_text(draft / name, words)
    draft.chmod(0o755)  # a temporary folder is private, a model is as readable as its files
    flush_folder(draft)


# --- reading ---


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_FILE
    restore(folder.resolve())
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
    with locked(folder.resolve().parent):
        manifest = _good_manifest(folder)
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise ModelFileError(f"{path}: it cannot be read ({_why(fault)}); fit it again.") from fault
    check_content(manifest, content, path)
    return manifest, content


def _not_kept(fault: Exception) -> str:
    return f"what was found about the model cannot be kept beside it ({_why(fault)})."


def _why(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or type(fault).__name__
