"""Intervals and chances beside what is true, from the lines of the proof to tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from benchmarks.markdown import UNKNOWN, number, table
from bestviz.study.lines import Line
from bestviz.study.measures import MEASURES
from bestviz.study.summary import LEAST_CASES, Found, summary, tenths

Ends = tuple[float, float]
TARGETS = {measured.key: measured.target for measured in MEASURES}
COVERED = {
    "means_covered": "95 % intervals of means",
    "differences_covered": "95 % intervals of differences",
    "person_covered": "80 % intervals of persons",
    "set_holds_best": "sets that hold the best arm",
}
VALUES = {
    "value_covered_learned": "learned regime",
    "value_covered_best_fixed": "best fixed plan",
    "value_covered_as_randomised": "as randomised",
    "value_covered_learned_less_best_fixed": "learned less best fixed",
    "value_covered_learned_less_as_randomised": "learned less as randomised",
}


def report(coverage: Sequence[Line], values: Sequence[Line]) -> Iterator[str]:
    """Lines of the sections; none without any line."""
    if coverage:
        yield from ("", "### Are intervals and chances true?", "")
        yield from (
            "Simulated trials, and in each new people with every first arm followed by the learned rule. Percent that",
            "hold the truth, with standard errors over trials. Bold: outside the target; with a question mark the 95 %",
            "interval reaches it.",
            "",
        )
        yield from by_scenario(coverage, COVERED, size_of_set)
        yield from ("", "Stated chance that an arm is best, by tenth, all trials:", "")
        yield from chances_table(coverage)
    if values:
        yield from ("", "### Are the values of regimes true?", "")
        yield from (
            "Percent of the 95 % intervals of cross-fitted values that hold the true value, as above.",
            "",
        )
        yield from by_scenario(values, VALUES)


def by_scenario(
    lines: Sequence[Line], keys: dict[str, str], further: Callable[[dict[str, Found]], list[str]] | None = None
) -> list[str]:
    """A row a study, one for all together, and the targets."""
    head = ["scenario", "learner", "replicates", "trials", "failed"]
    rows = []
    for name, own in [*studies(lines), (["all", "", ""], list(lines))]:
        found = {one.key: one for one in summary(own)}
        failed = sum("unavailable" in line for line in own)
        shares = [share(found.get(key)) for key in keys]
        rows.append([*name, str(len(own) - failed), str(failed), *shares, *(further(found) if further else [])])
    aims = ["target", "", "", "", "", *(band(TARGETS[key]) for key in keys), *([""] if further else [])]
    return table([*head, *keys.values(), *(["arms in the set"] if further else [])], [*rows, aims])


def studies(lines: Sequence[Line]) -> list[tuple[list[str], list[Line]]]:
    """Lines by scenario, learner and replicates, in the order in which they come."""
    found: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        said = line["settings"]
        found.setdefault((said["scenario"], said["learner"], str(said["replicates"])), []).append(line)
    return [(list(key), own) for key, own in found.items()]


def chances_table(lines: Iterable[Line]) -> list[str]:
    """Means of the chances in each tenth that has cases."""
    rows, (low, high) = [], TARGETS["chances"] or (0.0, 1.0)
    good = [line for line in lines if "unavailable" not in line]
    for tenth in tenths(good):
        ends = " to ".join(number(100 * end, 1) for end in tenth.interval)
        missed = not low <= tenth.error <= high and tenth.cases >= LEAST_CASES
        error = number(100 * (tenth.true - tenth.said), 1)
        rows.append([
            number(100 * tenth.said, 1), f"{number(100 * tenth.true, 1)} ({ends})", f"**{error}**" if missed else error,
            str(tenth.cases),
        ])  # fmt: skip
    return table(["stated, mean %", "true, % (95 % interval)", "error, points (target: within 5)", "cases"], rows)


def size_of_set(found: dict[str, Found]) -> list[str]:
    one = found.get("set_size")
    return [UNKNOWN if one is None else number(one.value, 1)]


def share(found: Found | None) -> str:
    """Percent with its standard error."""
    if found is None:
        return UNKNOWN
    mark = {"missed": "**{}**", "unclear": "**{}**?"}.get(found.verdict or "", "{}")
    error = "" if found.se is None else f" ({number(100 * found.se, 1)})"
    return mark.format(number(100 * found.value, 1)) + error


def band(target: Ends | None) -> str:
    """A target in percent."""
    if target is None:
        return ""
    low, high = (number(100 * end, 0) for end in target)
    return f"at least {low}" if target[1] >= 1 else f"{low} to {high}"
