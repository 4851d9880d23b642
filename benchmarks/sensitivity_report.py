"""What a fault in the trial does to advice and intervals, from the lines of the proof to a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from benchmarks.disturbances import AS_IT_IS, DISTURBANCES
from benchmarks.markdown import UNKNOWN, Mean, number, table, with_error, with_interval
from bestviz.study.lines import Line
from bestviz.study.measures import DIFFERENCES_TARGET, MEANS_TARGET

BEST_TARGET = (0.95, 1.0)
Pair = tuple[Line, Line]  # with the fault, and the same trial without it


def report(lines: Iterable[Line]) -> Iterator[str]:
    """Lines of the section; none without any line."""
    known = list(lines)
    if not known:
        return
    trials, people = len({line["seed"] for line in known}), max(line["n"] for line in known)
    yield from ("", "### What if something is wrong with the trial?", "")
    yield from (
        f"{trials} simulated trials of {people} people, each learned from as it is and with one thing wrong (additive",
        f"learner, {known[0]['replicates']} replicates); the truth stays what it is. Means over trials with standard",
        "errors; the value lost with its 95 % interval, paired by trial. Bold: the truth is held too seldom (intervals",
        "90 %, sets 95 %). The second and the third row say what chance alone does.",
        "",
    )
    yield from faults(known)


def faults(lines: Iterable[Line]) -> list[str]:
    """A row a fault, in their order."""
    by_fault: dict[str, dict[int, Line]] = {}
    for line in lines:
        by_fault.setdefault(line["wrong"], {})[line["seed"]] = line
    usual, rows = by_fault.get(AS_IT_IS.key, {}), []
    for wrong in (AS_IT_IS, *DISTURBANCES):
        own = by_fault.get(wrong.key, {})
        pairs = [(line, usual[seed]) for seed, line in own.items() if seed in usual and "unavailable" not in line]
        if own:
            failed = sum("unavailable" in line for line in own.values())
            rows.append([wrong.says, *cells(pairs), str(failed)])
    header = [
        "what is wrong", "another best first arm, % of people (PEG)", "the same (choice studies' preferences)",
        "chances of being best move by, points", "intervals of means hold the truth, %", "width against usual, %",
        "intervals of differences, %", "width against usual, %", "sets that hold the best arm, %",
        "value lost, hundredths of a meaningful change (PEG)", "the same (choice studies' preferences)", "failed",
    ]  # fmt: skip
    return table(header, rows)


def cells(pairs: list[Pair]) -> list[str]:
    """Everything that is told of one fault."""
    return [
        with_error(over(pairs, lambda line, _: 100 * line["changed"]), 0),
        with_error(over(pairs, lambda line, _: 100 * line["changed_typical"]), 0),
        with_error(over(pairs, lambda line, _: 100 * line["chance_moved"]), 0),
        held(pairs, "means_covered", MEANS_TARGET[0]),
        with_error(over(pairs, lambda line, usual: wider(line, usual, "means_width")), 0),
        held(pairs, "differences_covered", DIFFERENCES_TARGET[0]),
        with_error(over(pairs, lambda line, usual: wider(line, usual, "differences_width")), 0),
        held(pairs, "set_holds_best", BEST_TARGET[0]),
        with_interval(over(pairs, lambda line, usual: 100 * (usual["value"] - line["value"])), 1),
        with_interval(over(pairs, lambda line, usual: 100 * (usual["value_typical"] - line["value_typical"])), 1),
    ]


def over(pairs: list[Pair], told: Callable[[Line, Line], float]) -> Mean:
    """The mean over trials."""
    return Mean.of(told(line, usual) for line, usual in pairs)


def wider(line: Line, usual: Line, key: str) -> float:
    """Mean width in percent of the usual one."""
    return 100 * share(line[key]) / share(usual[key])


def held(pairs: list[Pair], key: str, least: float) -> str:
    """Percent that hold the truth; bold where these are too few."""
    mean = over(pairs, lambda line, _: 100 * share(line[key]))
    if not mean.trials:
        return UNKNOWN
    text, error = number(mean.value, 1), "" if mean.error is None else f" ({number(mean.error, 1)})"
    return (text if mean.value >= 100 * least else f"**{text}**") + error


def share(counted: list[float]) -> float:
    """A sum divided by its number of cases."""
    return counted[0] / counted[1]
