"""How time and memory grow, from the lines of the proof to tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from math import log

from benchmarks.markdown import UNKNOWN, number, table
from bestviz.study.lines import Line

COLUMNS = {
    "fit_seconds": ("fit, s", 1),
    "save_seconds": ("save, s", 1),
    "load_seconds": ("load, s", 1),
    "advice_seconds": ("advice, new patient, s", 2),
    "again_seconds": ("advice, new preferences, s", 2),
    "file_mb": ("file, MB", 1),
    "fit_mb": ("memory to the end of the fit, MB", 0),
    "peak_mb": ("memory at most, MB", 0),
}
STEEP = 1.1  # an exponent above it is worse than linear; timings are not exact


def report(lines: Iterable[Line]) -> Iterator[str]:
    """Lines of the section; none without any line."""
    known = list(lines)
    if not known:
        return
    yield from ("", "### How do time and memory grow?", "")
    yield from (
        "Processor seconds of one thread; memory is the peak of the process, what was imported included. Advice:",
        "medians of 5.",
        "",
    )
    yield from sizes(known)
    header, rule, *steps = growth([line for line in known if "unavailable" not in line])
    if not steps:
        return
    yield from (
        "",
        "Growth from one size to the next: the exponent, 1 where twice the size takes twice as much (bold: more than",
        f"{number(STEEP, 1)}).",
        "",
    )
    yield from (header, rule, *steps)
    yield from (
        "",
        "The work is in proportion to people and to replicates: features stay the same, and a forest looks at no more",
        "than 1,200 people. What is above 1 is memory: the design rows of every person with every second arm, built",
        "anew when a model is opened (and saving opens what it wrote), take fresh memory from the system and outgrow",
        "the processor's cache.",
    )


def sizes(lines: Iterable[Line]) -> list[str]:
    """A row a size."""
    rows = []
    for line in lines:
        cells = [number(line[key], digits) if key in line else UNKNOWN for key, (_, digits) in COLUMNS.items()]
        rows.append(
            [number(line["n"], 0), str(line["replicates"]), line["learner"], *cells, line.get("unavailable", "")]
        )
    return table(["people", "replicates", "learner", *(words for words, _ in COLUMNS.values()), ""], rows)


def growth(lines: Sequence[Line]) -> list[str]:
    """A row a step: sizes that differ in people alone, or in replicates alone."""
    rows = []
    for what, other, words in (("n", "replicates", "people"), ("replicates", "n", "replicates")):
        ordered = sorted(lines, key=lambda line: (line["learner"], line[other], line[what]))
        for _, own in groupby(ordered, key=lambda line: (line["learner"], line[other])):
            for one, more in pairwise(own):
                cells = [steepness(one, more, key, what) for key in COLUMNS]
                rows.append([f"{one[what]} to {more[what]} {words}", one["learner"], f"{one[other]}", *cells])
    return table(["step", "learner", "replicates or people", *(words for words, _ in COLUMNS.values())], rows)


def steepness(one: Line, more: Line, key: str, what: str) -> str:
    """The exponent of growth between two sizes."""
    if not (one[key] > 0 and more[key] > 0):
        return UNKNOWN
    exponent = log(more[key] / one[key]) / log(more[what] / one[what])
    text = number(exponent, 2)
    return f"**{text}**" if exponent > STEEP else text
