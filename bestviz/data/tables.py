"""Reading one table file (CSV or Parquet) as text cells, keeping the line number of every row for messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

import numpy as np
import pandas as pd

from bestviz.data.problems import Problem, Severity

# Cells that mean "not known". Lower-case "none" is not among them: it is a value of `radicular`.
MISSING = frozenset({"", ".", "NA", "N/A", "NaN", "nan", "null", "NULL"})


class File(Protocol):
    """A file as far as the readers need it: `pathlib.Path`, or a file that is only in memory."""

    @property
    def name(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    def read_bytes(self) -> bytes: ...


class Folder(Protocol):
    """A folder as far as the readers need it: `pathlib.Path`, or `bestviz.data.MemoryFolder`."""

    def iterdir(self) -> Iterator[File]: ...


@dataclass(frozen=True)
class Table:
    """The cells of one file as text.

    Attributes
    ----------
    file : str
        File name inside the data folder, for messages.
    columns : dict of str to Series of str
        Column name -> cells without surrounding blanks, missing where the cell says "not known"; all share one index.
    lines : Series of int
        Line number of each row in the file (header = 1).
    """

    file: str
    columns: dict[str, pd.Series]
    lines: pd.Series

    def __len__(self) -> int:
        """Number of rows under the header."""
        return len(self.lines)

    def __contains__(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self.columns

    def __getitem__(self, column: str) -> pd.Series:
        """Cells of one column."""
        return self.columns[column]

    def get(self, column: str) -> pd.Series:
        """Cells of one column; missing throughout where the file does not have it."""
        return self.columns.get(column, pd.Series(pd.NA, self.lines.index, dtype="str"))

    def where(self, rows: pd.Series) -> Table:
        """Only the rows where the mask holds."""
        return Table(self.file, {name: cells[rows] for name, cells in self.columns.items()}, self.lines[rows])

    def problem(self, severity: Severity, message: str, column: str | None = None) -> Problem:
        """A finding about the whole file or a whole column."""
        return Problem(severity, self.file, None, column, message)

    def problems(
        self, rows: pd.Series, column: str, message: str, severity: Severity = "error", hints: Iterable[str] = ()
    ) -> list[Problem]:
        """One finding for each row where the mask holds; `{value}` in the message becomes the cell.

        `hints` are the values that are right: the one nearest to the cell is suggested.
        """
        if not rows.any():
            return []
        known = tuple(hints)
        cells = self.columns[column][rows]
        return [
            Problem(severity, self.file, int(line), column, message.format(value=shown(cell)) + suggestion(cell, known))
            for line, cell in zip(self.lines[rows], cells, strict=True)
        ]


def shown(cell: object) -> str:
    """A cell as it is quoted in a message, cut to a readable length."""
    text = "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]
    return repr(text if len(text) <= 40 else text[:37] + "...")


def suggestion(wrong: object, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the nearest known name, empty if none is near."""
    names = {name.casefold(): name for name in known}
    near = get_close_matches(str(wrong).casefold(), names, 1, 0.6)
    return f" Did you mean {names[near[0]]!r}?" if near else ""


def find_file(folder: Folder, stem: str, endings: tuple[str, ...] = (".csv", ".parquet")) -> list[File]:
    """Files of a table, whatever the case of their names."""
    wanted = {stem.casefold() + ending for ending in endings}
    return sorted((file for file in folder.iterdir() if file.name.casefold() in wanted), key=lambda file: file.name)


def read_table(path: File, *, legacy: bool = False) -> tuple[Table | None, list[Problem]]:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : Path or another `File`
        File ending in `.csv` or `.parquet`.
    legacy : bool
        Whether a CSV file in Windows-1252 is read with a warning; otherwise it is an error.

    Returns
    -------
    Table or None
        None where nothing can be read.
    list of Problem
        Why not, and every row that does not fit the header (it is left out).
    """
    try:
        if path.suffix.casefold() == ".parquet":
            return _read_parquet(path.name, path.read_bytes())
        return _read_csv(path.name, path.read_bytes(), legacy)
    except OSError as error:
        return None, [Problem("error", path.name, None, None, f"The file cannot be opened: {error.strerror or error}.")]


def _read_csv(file: str, data: bytes, legacy: bool) -> tuple[Table | None, list[Problem]]:
    text, problems = _decode(file, data, legacy)
    if text is None:
        return None, problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    end = 0
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(end + 1)
            end = reader.line_num
    except csv.Error as error:
        message = f"The file is not valid CSV here ({error}); it may be cut off or a quotation mark is missing."
        problems.append(Problem("error", file, reader.line_num, None, message))
    if not rows:
        return None, problems or [_empty(file)]
    header = [name.strip() for name in rows.pop(0)]
    first_line = lines.pop(0)
    wrong = _header_fault(header)
    if wrong:
        return None, [*problems, Problem("error", file, first_line, None, wrong)]
    fits = [len(row) == len(header) for row in rows]
    for number, (fit, row, line) in enumerate(zip(fits, rows, lines, strict=True), 1):
        if not fit:
            message = f"The row has {len(row)} fields where the header has {len(header)}"
            message += "; the file seems to be cut off here." if number == len(rows) else "; correct the row."
            problems.append(Problem("error", file, line, None, message))
    kept = [row for fit, row in zip(fits, rows, strict=True) if fit]
    cells = list(zip(*kept, strict=True)) if kept else [()] * len(header)
    columns = {name: _text(values) for name, values in zip(header, cells, strict=True) if name}
    numbers = [line for fit, line in zip(fits, lines, strict=True) if fit]
    return Table(file, columns, pd.Series(numbers, dtype="int64")), problems


def _decode(file: str, data: bytes, legacy: bool) -> tuple[str | None, list[Problem]]:
    if not data.strip():
        return None, [_empty(file)]
    if b"\0" in data:
        message = "The file is not UTF-8 text (it holds null bytes: binary or UTF-16); save it as CSV UTF-8."
        return None, [Problem("error", file, None, None, message)]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"The file is not UTF-8 (byte 0x{data[error.start]:02x})"
    if not legacy:
        return None, [Problem("error", file, line, None, f"{found}; save it as CSV UTF-8.")]
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        message = f"{found} and not Windows-1252 either; save it as CSV UTF-8."
        return None, [Problem("error", file, line, None, message)]
    return text, [Problem("warning", file, line, None, f"{found}; it was read as Windows-1252.")]


def _header_fault(header: list[str]) -> str | None:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        return "The fields are not separated by commas; save the table as comma-separated CSV."
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    return f"The column {doubled[0]!r} is there twice; remove or rename one." if doubled else None


def _read_parquet(file: str, data: bytes) -> tuple[Table | None, list[Problem]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = pq.ParquetFile(pa.BufferReader(data)).read()
    except (pa.ArrowException, OSError, ValueError):
        message = "The file cannot be read as Parquet; it is damaged, cut off or of another kind."
        return None, [Problem("error", file, None, None, message)]
    problems = []
    columns: dict[str, pd.Series] = {}
    wrong = _header_fault(list(content.column_names))
    if wrong:
        return None, [Problem("error", file, None, None, wrong)]
    for name, column in zip(content.column_names, content.columns, strict=True):
        try:
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            columns[name] = _text(column.cast(pa.string()).to_pylist())
        except (pa.ArrowException, UnicodeDecodeError):
            message = f"The column cannot be read as text (it holds {column.type}); store numbers, text or true/false."
            problems.append(Problem("error", file, None, name, message))
    lines = pd.Series(np.arange(2, content.num_rows + 2), dtype="int64")
    return Table(file, columns, lines), problems


def _text(values: Iterable[str | None]) -> pd.Series:
    cells = pd.Series(list(values), dtype="str").str.strip()
    return cells.mask(cells.isin(MISSING))


def _empty(file: str) -> Problem:
    return Problem("error", file, None, None, "The file is empty.")
