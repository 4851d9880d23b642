"""What a ranking and some questions find out, from the lines of the proof to tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.curves import PLACE
from benchmarks.markdown import number, table
from bestviz.study.lines import Line

SHOWN = (0, 1, 2, 3, 4, 6, 8, 12)  # questions
LEAST_SAME, LEAST_CLOSED = 85.0, 80.0
GROUPS = {
    "uniform": "any weights alike",
    "function_first": "function first",
    "few": "one or two outcomes carry nearly everything",
}
ANSWERS = {"careful": "careful", "careless": "careless"}
FIRST = {"full": "a ranking", "none": "nothing"}


def report(lines: Iterable[Line]) -> Iterator[str]:
    """Lines of the section; none without any line."""
    known = list(lines)
    ended = [line for line in known if line.get("kind") == "stopped"]
    curves = [line for line in known if line.get("kind") == "curve"]
    if not known:
        return
    yield from ("", "### Do a ranking and a few questions find what matters?", "")
    yield from (
        "Simulated people with known weights, each with four arms whose expected outcomes differ by up to 1.5",
        "meaningful changes. Percent with the same first arm as with the known weights; standard errors in brackets;",
        "bold: below the target. The gap is what known weights are worth over equal ones. After a ranking of all",
        "outcomes questions follow until asking ends as shipped.",
        "",
    )
    yield from endings(ended)
    yield from (
        "",
        "Percent with the same first arm after so many questions, when nothing ends the asking (any weights alike).",
        "Careful: half the usual noise; careless: twice the noise, and 15 % of answers and rankings at random.",
        "",
    )
    if curves:
        yield from (f"![Percent with the same first arm by the number of questions]({PLACE})", "")
    yield from by_questions(curves, "same_arm", 100, 0)
    yield from ("", "What is still lost then, in hundredths of a meaningful change:", "")
    yield from by_questions(curves, "lost", 100, 1)


def endings(lines: Iterable[Line]) -> list[str]:
    """A row a group of people."""
    rows = [
        [
            str(line["outcomes"]), GROUPS[line["group"]], str(line["people"]),
            f"{reached(100 * line['same_arm'], LEAST_SAME)} ({number(100 * line['same_arm_se'], 0)})",
            number(100 * line["same_arm_equal_weights"], 0), reached(100 * line["gap_closed"], LEAST_CLOSED),
            number(100 * line["lost"], 1), number(100 * line["covered"], 0), number(line["questions"], 1),
        ]
        for line in lines
    ]  # fmt: skip
    header = [
        "outcomes", "weights of people", "people", f"same first arm, % (target {LEAST_SAME:.0f})",
        "the same with equal weights, %", f"gap closed, % (target {LEAST_CLOSED:.0f})",
        "lost, hundredths of a meaningful change", "90 % intervals that hold the weight, %", "questions, mean",
    ]  # fmt: skip
    return table(header, rows)


def by_questions(lines: Sequence[Line], key: str, factor: float, digits: int) -> list[str]:
    """A row a curve, with standard errors."""
    rows = [
        [
            str(line["outcomes"]), ANSWERS[line["answers"]], FIRST[line["ranking"]], str(line["people"]),
            *(with_error(line[key][at] * factor, line[f"{key}_se"][at] * factor, digits) for at in SHOWN),
        ]
        for line in lines
    ]  # fmt: skip
    header = ["outcomes", "answers", "said first", "people", *(questions(at) for at in SHOWN)]
    return table(header, rows)


def questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def with_error(value: float, error: float, digits: int) -> str:
    return f"{number(value, digits)} ({number(error, digits)})"


def reached(value: float, least: float) -> str:
    """A percentage, bold where it is below the target."""
    text = number(value, 0)
    return text if value >= least else f"**{text}**"
