"""Writing a Trial to a data folder, in either format: the whole folder appears at once or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd

from bestviz.data.bacpac.write import write_bacpac
from bestviz.data.dataset import Trial
from bestviz.data.info import FILE as INFO_FILE
from bestviz.errors import DataError

# What a data folder may hold and be replaced with; anything else in it is someone else's.
_OWN_STEMS = {"participants", "assessments", "deep", "dataset", "truth", "assignments", "DM", "SC", "QSMD", "FT"}


def write_trial(
    trial: Trial, folder: str | Path, *, format: Literal["tables", "bacpac"] = "tables", parquet: bool = False
) -> Path:
    """Write a trial; reading it back gives the same trial.

    Parameters
    ----------
    trial : Trial
        What to write.
    folder : str or Path
        New, empty, or an earlier data folder of BestViz, which is replaced.
    format : {"tables", "bacpac"}
        Three tables, or the consortium's format; what that cannot carry goes into its `assignments.csv`.
    parquet : bool
        Parquet in place of CSV; only for tables.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        If the folder holds files of another kind, cannot be written, or the format cannot carry the trial.
    """
    if format not in ("tables", "bacpac"):
        raise DataError(f"Unknown format {format!r}: write 'tables' or 'bacpac'.")
    if format == "bacpac" and parquet:
        raise DataError("A BACPAC folder is written as CSV; leave out parquet.")

    def fill(new: Path) -> None:
        if format == "bacpac":
            write_bacpac(trial, new)
        else:
            _write_tables(trial, new, parquet)

    return _replace_folder(Path(folder), fill)


def _write_tables(trial: Trial, folder: Path, parquet: bool) -> None:
    tables = {"participants": trial.participants.reset_index(names="id"), "assessments": trial.assessments}
    if trial.deep is not None:
        tables["deep"] = trial.deep.reset_index(names="id")
    for stem, table in tables.items():
        if parquet:
            table.to_parquet(folder / f"{stem}.parquet", index=False)
        else:
            to_csv(table, folder / f"{stem}.csv")
    text = json.dumps(trial.info.to_dict(), indent=2, ensure_ascii=False)
    (folder / INFO_FILE).write_text(text + "\n", encoding="utf-8")


def to_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV: true/false in lower case, missing empty, numbers exact."""
    flags = {
        name: column.map({True: "true", False: "false"}).astype("str")
        for name, column in table.items()
        if pd.api.types.is_bool_dtype(column.dtype)
    }
    table.assign(**{str(name): column for name, column in flags.items()}).to_csv(path, index=False, lineterminator="\n")


def _replace_folder(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Fill a new folder beside the wanted one, then put it in its place."""
    foreign = [p.name for p in folder.iterdir() if p.stem not in _OWN_STEMS] if folder.is_dir() else []
    if foreign or (folder.exists() and not folder.is_dir()):
        what = f"holds other files ({foreign[0]!r})" if foreign else "is a file"
        raise DataError(f"{str(folder)!r} {what}; name a new or empty folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            new, old = Path(temporary) / "new", Path(temporary) / "old"
            new.mkdir()
            fill(new)
            if folder.exists():
                folder.rename(old)
            try:
                shutil.move(new, folder)
            except OSError:
                if old.exists():
                    old.rename(folder)
                raise
    except OSError as error:
        raise DataError(f"{str(folder)!r} cannot be written: {error.strerror or error}.") from error
    return folder
