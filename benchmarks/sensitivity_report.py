"""What a fault in the trial does to advice and intervals, from the lines of the proof to a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from benchmarks.disturbances import AS_IT_IS, DISTURBANCES
from benchmarks.markdown import UNKNOWN, Mean, number, table, with_error, with_interval
from bestviz.study.lines import Line
from bestviz.study.measures import DIFFERENCES_TARGET, MEANS_TARGET

# What should hold the truth, and at least how often.
HELD = (("means_covered", MEANS_TARGET[0]), ("differences_covered", DIFFERENCES_TARGET[0]), ("set_holds_best", 0.95))
ANOTHER, CHANCE = "another", ("luck", "another")
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
    pairs = pairs_of(known)
    yield from faults(pairs, known)
    yield from ("", " ".join(conclusions(pairs)))


def pairs_of(lines: Iterable[Line]) -> dict[str, list[Pair]]:
    """Lines by fault, each with that of the same trial as it is; those that failed are left out."""
    good = [line for line in lines if "unavailable" not in line]
    usual = {line["seed"]: line for line in good if line["wrong"] == AS_IT_IS.key}
    found: dict[str, list[Pair]] = {}
    for line in good:
        if line["seed"] in usual:
            found.setdefault(line["wrong"], []).append((line, usual[line["seed"]]))
    return found


def faults(pairs: dict[str, list[Pair]], lines: Iterable[Line]) -> list[str]:
    """A row a fault, in their order; the last column counts the trials that nothing could be learned from."""
    failed = Counter(line["wrong"] for line in lines if "unavailable" in line)
    rows = [
        [wrong.says, *cells(pairs.get(wrong.key, [])), str(failed[wrong.key])]
        for wrong in (AS_IT_IS, *DISTURBANCES)
        if wrong.key in pairs or failed[wrong.key]
    ]
    header = [
        "what is wrong", "another best first arm, % of people (PEG)", "the same (choice studies' preferences)",
        "chances of being best move by, points", "intervals of means hold the truth, %", "width against usual, %",
        "intervals of differences, %", "width against usual, %", "sets that hold the best arm, %",
        "value lost, hundredths of a meaningful change (PEG)", "the same (choice studies' preferences)", "failed",
    ]  # fmt: skip
    return table(header, rows)


def conclusions(pairs: dict[str, list[Pair]]) -> Iterator[str]:
    """What an investigator takes from the table, in sentences."""
    wrong = {each.key: each.says for each in DISTURBANCES if each.key in pairs and each.key not in CHANCE}
    moved = {key: over(pairs[key], lambda line, _: 100 * line["changed"]).value for key in (*wrong, ANOTHER)
             if key in pairs}  # fmt: skip
    if ANOTHER in moved and wrong:
        often = [wrong[key] for key in wrong if moved[key] >= moved[ANOTHER]]
        yield f"Another trial would change the best first arm of {number(moved[ANOTHER], 0)} % of people."
        yield named("As many are changed by", often) or "Nothing that was tried changes it as often."
    short = [words for key, words in wrong.items() if any(too_seldom(pairs[key], *told) for told in HELD)]
    yield named("The truth is held too seldom with", short) or "Intervals and sets hold the truth throughout."
    lost = [words for key, words in wrong.items() if surely_lost(pairs[key])]
    yield named("With PEG alone value is lost beyond chance with", lost) or "No value is lost beyond chance (PEG)."


def named(start: str, words: list[str]) -> str:
    """A sentence of a list; empty without any."""
    return f"{start}: {'; '.join(words)}." if words else ""


def surely_lost(pairs: list[Pair]) -> bool:
    """Whether the interval of the value lost is above 0."""
    interval = lost_of(pairs, "value").interval
    return interval is not None and interval[0] > 0


def too_seldom(pairs: list[Pair], key: str, least: float) -> bool:
    """Whether the truth is held less often than it should be."""
    return held_of(pairs, key).value < 100 * least


def cells(pairs: list[Pair]) -> list[str]:
    """Everything that is told of one fault."""
    return [
        with_error(over(pairs, lambda line, _: 100 * line["changed"]), 0),
        with_error(over(pairs, lambda line, _: 100 * line["changed_typical"]), 0),
        with_error(over(pairs, lambda line, _: 100 * line["chance_moved"]), 0),
        held(pairs, *HELD[0]),
        with_error(over(pairs, lambda line, usual: wider(line, usual, "means_width")), 0),
        held(pairs, *HELD[1]),
        with_error(over(pairs, lambda line, usual: wider(line, usual, "differences_width")), 0),
        held(pairs, *HELD[2]),
        with_interval(lost_of(pairs, "value"), 1),
        with_interval(lost_of(pairs, "value_typical"), 1),
    ]


def over(pairs: list[Pair], told: Callable[[Line, Line], float]) -> Mean:
    """The mean over trials."""
    return Mean.of(told(line, usual) for line, usual in pairs)


def wider(line: Line, usual: Line, key: str) -> float:
    """Mean width in percent of the usual one."""
    return 100 * share(line[key]) / share(usual[key])


def held(pairs: list[Pair], key: str, least: float) -> str:
    """Percent that hold the truth; bold where these are too few."""
    mean = held_of(pairs, key)
    if not mean.trials:
        return UNKNOWN
    text, error = number(mean.value, 1), "" if mean.error is None else f" ({number(mean.error, 1)})"
    return (text if mean.value >= 100 * least else f"**{text}**") + error


def held_of(pairs: list[Pair], key: str) -> Mean:
    """Percent that hold the truth, mean over trials."""
    return over(pairs, lambda line, _: 100 * share(line[key]))


def lost_of(pairs: list[Pair], key: str) -> Mean:
    """Value lost against the same trial without the fault, in hundredths of a meaningful change."""
    return over(pairs, lambda line, usual: 100 * (usual[key] - line[key]))


def share(counted: list[float]) -> float:
    """A sum divided by its number of cases."""
    return counted[0] / counted[1]
