"""Write tables and curves of docs/benchmarks.md from the lines that `proof.py` kept; the same lines, the same bytes.

Run `python benchmarks/report.py [--results benchmarks/results] [--document docs/benchmarks.md] [--check]` from the
repository. What stands between the two marks in the document is replaced, and the drawing in `figures` beside it; with
--check nothing is written, and the exit is 1 if a file is not what the lines say.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import chances_report, curves, elicitation_report, scale_report, sensitivity_report, shares_report
from benchmarks.pieces import SCRIPTS
from bestviz.errors import BestVizError
from bestviz.study.lines import Line, StudyError, read_lines

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- proof: written by benchmarks/report.py -->", "<!-- end of proof -->"
REPORTS: dict[str, Callable[[list[Line]], Iterator[str]]] = {
    "elicitation": elicitation_report.report,
    "scale": scale_report.report,
    "sensitivity": sensitivity_report.report,
}


def lines_in(results: Path) -> dict[str, list[Line]]:
    """All lines of a folder by the name of the piece."""
    return {path.name.split(".")[0]: read_lines(path) for path in sorted(results.glob("*.jsonl.gz"))}


def section(kept: dict[str, list[Line]]) -> str:
    """What the lines say, in Markdown."""
    parts = [
        *shares_report.report(of_kind(kept, "shares-")),
        *chances_report.report(of_kind(kept, "coverage-"), of_kind(kept, "values-")),
        *(row for name in SCRIPTS for row in REPORTS[name](of_script(name, kept))),
    ]
    return "\n".join(parts or ["No piece of the proof has been run."])


def of_kind(kept: dict[str, list[Line]], start: str) -> list[Line]:
    return [line for piece, lines in kept.items() if piece.startswith(start) for line in lines]


def of_script(name: str, kept: dict[str, list[Line]]) -> list[Line]:
    """The lines of all parts of a script: of the full proof where that was run, else of the quick one."""
    found = kept.get(f"{name}-full") or kept.get(f"{name}-quick") or []
    return [line for part in found for line in part.get("lines", [])]


def replaced(document: str, text: str) -> str:
    """The document with another section between the marks.

    Raises
    ------
    StudyError
        The marks are not there once each, in their order.
    """
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in head + tail:
        raise StudyError(f"The document needs the lines {BEGIN!r} and {END!r}, once each and in this order.")
    return f"{head}{BEGIN}\n{text}\n{END}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--document", type=Path, default=HERE.parent / "docs" / "benchmarks.md")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the document is another")
    asked = parser.parse_args()
    try:
        kept = lines_in(asked.results)
        files = {asked.document: replaced(asked.document.read_text(), section(kept))}
        drawn = curves.drawing(of_script("elicitation", kept))
        if drawn:
            files[asked.document.parent / curves.PLACE] = drawn
        for path, text in files.items():
            write(path, text, asked)
    except (BestVizError, OSError) as fault:
        sys.exit(str(fault))


def write(path: Path, text: str, asked: argparse.Namespace) -> None:
    """Put a text in its file; with --check, stop where the file holds another."""
    if path.exists() and path.read_text() == text:
        return
    if asked.check:
        sys.exit(f"{path} is not what the lines in {asked.results} say.")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(text)
    draft.replace(path)


if __name__ == "__main__":
    main()
