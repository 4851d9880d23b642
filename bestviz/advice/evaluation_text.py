"""An evaluation in words and in a table of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bestviz import wording
from bestviz.regime.judging.regimes import (
    AS_RANDOMISED,
    BEST_FIXED,
    BEST_SINGLE,
    FIRST_ONLY,
    LEARNED,
    REFERENCES,
    SINGLE,
    TREE,
)
from bestviz.regime.judging.values import Estimate
from bestviz.trial import MEASURES, arm_name

if TYPE_CHECKING:
    from bestviz.advice.evaluation import Evaluation

UTILITY = "utility"
NAMES = {
    AS_RANDOMISED: "as randomised",
    BEST_SINGLE: "best single start *",
    BEST_FIXED: "best fixed plan",
    FIRST_ONLY: "personalised start *",
    LEARNED: "learned regime",
    TREE: "readable tree",
}
CHOSEN = {BEST_SINGLE: "Best single start", BEST_FIXED: "Start of the best fixed plan"}
HEADINGS = ("REGIME", "VALUE (95 % INTERVAL)", "FROM AS RANDOMISED", "FROM BEST SINGLE", "FROM BEST FIXED")


def regime_name(regime: str) -> str:
    """Short name of a regime; a star means that it goes on as randomised."""
    return f"start {regime.removeprefix(SINGLE)} *" if regime.startswith(SINGLE) else NAMES[regime]


def verdict(evaluation: Evaluation) -> str:
    """Whether tailoring pays, in one sentence."""
    gain, start = evaluation.gain, arm_name(evaluation.best_start)
    ends = f"95 % interval {wording.interval(gain.interval, 2, signed=True)}"
    amount = f"{wording.number(gain.value, 2, signed=True)} meaningful changes ({ends})"
    if evaluation.tailoring_pays:
        return f"Tailoring beats starting everyone on {start} and following the best fixed plan: {amount}."
    return f"No evidence that tailoring beats starting everyone on {start}: difference in value {amount}."


def method(evaluation: Evaluation) -> str:
    """How the values were judged, in one sentence."""
    people = f"{evaluation.participants} participants of {evaluation.data!r}"
    if evaluation.mode == "cross-fitted":
        times = "once" if evaluation.repeats == 1 else f"{evaluation.repeats} times"
        return (
            f"Cross-fitted values, {people}: split {times} into {evaluation.folds} parts, each judged by rules that "
            f"were learned, with every choice, from the others."
        )
    return f"Values of the model as it is, fitted to {evaluation.trained_on!r}, in {people}."


def text_of(evaluation: Evaluation) -> str:
    """The whole evaluation in plain lines."""
    lines = [method(evaluation), verdict(evaluation), ""]
    lines += ["Utility: weighted improvement from baseline in meaningful changes; higher is better."]
    lines += _table(evaluation, UTILITY, 2)
    for code in evaluation.preferences:
        measure = MEASURES[code]
        lines += ["", f"{measure.name}, {measure.unit}; {wording.better(measure)}."]
        lines += _table(evaluation, code, 2)
    lines += ["", "* then as randomised", *_choices(evaluation)]
    if evaluation.by is not None:
        lines += ["", f"Utility of the learned regime by {evaluation.by}:", *_subgroup_table(evaluation)]
    lines += [f"Note: {warning}" for warning in evaluation.warnings]
    if evaluation.simulated:
        lines.append(f"{wording.SIMULATED}.")
    return "\n".join(lines)


def _table(evaluation: Evaluation, outcome: str, decimals: int) -> list[str]:
    regimes = list(dict.fromkeys(each.judged.regime for each in evaluation.values))
    rows = []
    for regime in regimes:
        judged = evaluation.value(regime, outcome)
        differences = [
            "" if reference == regime else _estimate(judged.differences[reference], decimals, signed=True)
            for reference in REFERENCES
        ]
        rows.append((regime_name(regime), _estimate(judged.value, decimals), *differences))
    return _aligned([HEADINGS, *rows])


def _subgroup_table(evaluation: Evaluation) -> list[str]:
    groups = dict.fromkeys(each.judged.subgroup for each in evaluation.values if each.judged.subgroup is not None)
    rows = []
    for group in groups:
        judged = evaluation.value(LEARNED, UTILITY, group)
        differences = [_estimate(judged.differences[reference], 2, signed=True) for reference in REFERENCES]
        rows.append((f"{group} ({judged.people})", _estimate(judged.value, 2), *differences))
    return _aligned([("GROUP (PEOPLE)", *HEADINGS[1:]), *rows])


def _choices(evaluation: Evaluation) -> list[str]:
    """Which first arm was the choice of the regimes that are chosen."""
    lines = []
    for regime, what in CHOSEN.items():
        shares = evaluation.named[regime]
        often = [arm_name(arm) + (f" ({share:.0%} of the parts)" if share < 1 else "") for arm, share in shares.items()]
        lines.append(f"{what}: {wording.listed(often)}.")
    return lines


def _estimate(estimate: Estimate, decimals: int, signed: bool = False) -> str:
    ends = wording.interval(estimate.interval, decimals, signed)
    return f"{wording.number(estimate.value, decimals, signed)} ({ends})"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
