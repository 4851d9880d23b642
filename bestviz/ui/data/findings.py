"""Everything that is wrong with a data set: a table with filters, and the whole list as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from bestviz import wording
from bestviz.data.problems import Problem
from bestviz.ui.tables import table_html
from bestviz.wording import data as words

SHOWN = 50  # rows at a time
_KIND, _FILE, _TEXT, _PAGE = "findings.kind", "findings.file", "findings.text", "findings.page"
_KINDS = {"All": None, "Errors": "error", "Warnings": "warning"}
_HEADS = ("Severity", "File", "Row", "Column", "What is wrong", "How to mend it")


@st.fragment
def draw_findings(problems: Sequence[Problem], *, simulated: bool) -> None:
    """Draw the findings; a filter draws these alone again."""
    kind, file, text = st.columns(3)
    with kind:
        chosen = st.segmented_control(
            "Severity", list(_KINDS), default="All", required=True, key=_KIND, persist_state="session"
        )
    with file:
        files = sorted({problem.file for problem in problems})
        only = st.selectbox("File", files, index=None, placeholder="every file", key=_FILE)
    with text:
        holds = st.text_input("Column or words", key=_TEXT, max_chars=100)
    rows = matching(problems, _KINDS[chosen or "All"], only, holds)
    _draw_rows(rows, simulated)
    st.download_button(
        "Download all findings (CSV)", findings_csv(problems, simulated), "findings.csv", "text/csv",
        key="findings.download", on_click="ignore",
    )  # fmt: skip


def matching(problems: Iterable[Problem], severity: str | None, file: str | None, text: str) -> list[Problem]:
    """The findings of one severity and file whose column or message holds a text; None for any."""
    wanted = text.casefold().strip()
    return [
        problem
        for problem in problems
        if severity in (None, problem.severity)
        and file in (None, problem.file)
        and wanted in f"{problem.column or ''} {problem.message}".casefold()
    ]


def _draw_rows(rows: Sequence[Problem], simulated: bool) -> None:
    if not rows:
        st.info("No finding is like this.")
        return
    pages = -(-len(rows) // SHOWN)
    page = 1
    if pages > 1:
        st.session_state[_PAGE] = min(st.session_state.get(_PAGE, 1), pages)
        page = int(st.number_input(f"Part (1 to {pages}, {SHOWN} findings each)", 1, pages, key=_PAGE, width=260))
    part = rows[(page - 1) * SHOWN : page * SHOWN]
    st.html(findings_html(part, f"{words.counted(len(rows), 'finding')}{_of(page, part, rows)}"))
    if simulated:
        st.caption(f"{wording.SIMULATED}.")


def _of(page: int, part: Sequence[Problem], rows: Sequence[Problem]) -> str:
    first = (page - 1) * SHOWN
    return "" if len(part) == len(rows) else f"; shown: {first + 1} to {first + len(part)}"


def findings_html(problems: Iterable[Problem], caption: str) -> str:
    """Findings as a table."""
    return table_html(caption, _HEADS, ([escape(cell) for cell in _cells(problem)] for problem in problems))


def findings_csv(problems: Iterable[Problem], simulated: bool) -> str:
    """Findings as CSV; no cell is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    note = [wording.SIMULATED] if simulated else []
    writer.writerow(["severity", "file", "row", "column", "message", "how to mend", *(["note"] if note else [])])
    for problem in problems:
        writer.writerow([_harmless(cell) for cell in _cells(problem, whole="")] + note)
    return out.getvalue()


def _cells(problem: Problem, whole: str = "whole file") -> list[str]:
    row = whole if problem.row is None else str(problem.row)
    return [problem.severity, problem.file, row, problem.column or "", problem.message, words.mend(problem)]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
