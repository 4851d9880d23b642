"""What is wrong with a data set: one finding a row, with its file, row and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One finding in a data set.

    Attributes
    ----------
    severity : {"error", "warning"}
        An error forbids a fit; a warning is stated and the fit goes on.
    file : str
        File name inside the data folder.
    row : int or None
        Line number in the file (header = 1); None for a whole file or column.
    column : str or None
        Column name; None for a whole file or row.
    message : str
        One sentence: what is wrong and what to do.
    """

    severity: Severity
    file: str
    row: int | None
    column: str | None
    message: str

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping, as printed by `validate --json`."""
        return asdict(self)

    def __str__(self) -> str:
        """`error: participants.csv, row 7, column age: ...`."""
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{self.severity}: {place}: {self.message}"


def errors_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Only the findings that forbid a fit."""
    return tuple(p for p in problems if p.severity == "error")


def warnings_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Only the findings with which a fit goes on."""
    return tuple(p for p in problems if p.severity == "warning")
